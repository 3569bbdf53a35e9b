"""Findings of the doctor: severity, description and remedy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from common.errors import Message
from config import Config

GOOD, WARN, BAD = "good", "warn", "bad"
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding of one check; `remedy` is empty when nothing is to be done.

    After one with `is_last` no further look at the same data is worth taking.
    """

    level: str
    what: str
    remedy: str = ""
    is_last: bool = False


Findings = Iterator[Finding]
Look = Callable[[Config], Findings]


def named(names: list[str], what: str, level: str, remedy: str, **values: str) -> Findings:
    """Make one finding about many rows or files, naming the first few."""
    if not names:
        return
    shown = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    yield Finding(level, Message(what, count=len(names), names=shown, **values), remedy)
