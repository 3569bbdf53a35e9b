"""The interface of web server and app beside WSGI itself: limits, refusals, ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

NOTE = "voiceverse.note"  # where the app writes down, in the environ, what only it knows
REFUSAL = "voiceverse.refusal"  # why a body was not taken in
ABORTED = "aborted"  # the connection ended before everything was sent
BROKEN = "broken"  # the answer failed here after its head was sent


class Rule(NamedTuple):
    """A limit for the body of a request: `limit` bytes, of which `copies` lie on the disk.

    `token` is that of a session whose cookie we signed; one that `is_queued` waits for its turn.
    """

    limit: int
    token: str = ""
    copies: int = 1
    is_queued: bool = False


RuleOf = Callable[[str, str, str, bool], Rule]


@dataclass
class Outcome:
    """An answer that has ended: its status, None when not even a head was sent; what went wrong.

    `method` and `path` are None where the request could not be read.
    """

    method: str | None
    path: str | None
    status: int | None
    problem: str
    ms: float
    note: dict[str, Any] = field(default_factory=dict)


Report = Callable[[Outcome], None]


def hanging_up(environ: dict[str, Any]) -> Callable[[], None] | None:
    """A function that ends the connection of a request; None where another server received it."""
    told = environ.get("waitress.client_disconnected")
    return getattr(getattr(told, "__self__", None), "hang_up", None)
