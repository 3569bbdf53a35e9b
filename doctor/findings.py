"""What a look may find: how bad it is, what it is, and the remedy."""

from collections.abc import Iterator
from dataclasses import dataclass

from sentences import Sentence

GOOD, WARN, BAD = "good", "warn", "bad"
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and found; `remedy` is empty when nothing is to be done."""

    level: str
    what: str
    remedy: str = ""


Findings = Iterator[Finding]


def named(names: list[str], what: str, level: str, remedy: str) -> Findings:
    if not names:
        return
    shown = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    yield Finding(level, Sentence(what, count=len(names), names=shown), remedy)
