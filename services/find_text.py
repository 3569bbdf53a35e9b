"""Words found in a text, whatever their capitals and accents."""

import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

LONGEST_QUERY = 200  # characters
MOST_COUNTED = 10_000
LAST_LETTER = 0x1F000  # behind it no script knows capitals
WINDOW = 100_000  # characters between two looks at the clock
LONGEST_MATCH = 2_000  # characters, with all white space
LOOK_S = 1.0
AROUND = 40  # characters before and behind a match
ACCENTS = "\u0300-\u036f"
IS_ACCENT = re.compile(f"[{ACCENTS}]")
SPACE = re.compile(r"\s")
# One character that is written as two: ß is found by ss, and the other way round.
DOUBLE = {"ss": "ßẞ"}


class TextMatch(NamedTuple):
    """A match: its place in the text, and what stands before, in and behind it."""

    start: int
    before: str
    match: str
    after: str


class Found(NamedTuple):
    """Matches of a page, how many there are in all, and where to go on.

    `is_more` where not all could be counted: there are too many, or it took too long. `next` is
    the number of the first match of the next page, None on the last.
    """

    matches: list[TextMatch]
    total: int
    is_more: bool
    next: int | None


def find(text: str, query: str, *, first: int = 0, limit: int = 100) -> Found:
    """Find a phrase in a text; `first` is the number of the first match that is wanted."""
    words = query[:LONGEST_QUERY].split()
    if not words:
        return Found([], 0, is_more=False, next=None)
    pattern = re.compile(r"\s+".join(map(_pattern, words)))
    deadline = time.monotonic() + LOOK_S
    spans: list[tuple[int, int]] = []
    is_more = False
    for window in range(0, len(text), WINDOW):
        spans += _within(pattern, text, window, spans[-1][1] if spans else 0)
        if is_more := len(spans) > MOST_COUNTED or time.monotonic() > deadline:
            break
    total = min(len(spans), MOST_COUNTED)
    end = min(total, first + limit)
    matches = [_match(text, start, stop) for start, stop in spans[first:end]]
    return Found(matches, total, is_more, end if end < total else None)


def _within(
    pattern: re.Pattern[str], text: str, window: int, after: int
) -> Iterator[tuple[int, int]]:
    """The matches that begin in a window of the text, and behind the last one."""
    end = window + WINDOW
    for match in pattern.finditer(text, max(window, after), end + LONGEST_MATCH):
        if match.start() < end:
            yield match.span()


def _match(text: str, start: int, end: int) -> TextMatch:
    pieces = (text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND])
    return TextMatch(start, *(SPACE.sub(" ", piece) for piece in pieces))


def _pattern(word: str) -> str:
    """A regular expression of one word: each letter as one of all that are alike."""
    folded = "".join(map(_folded, unicodedata.normalize("NFC", word))) or word
    parts = []
    place = 0
    while place < len(folded):
        pair = folded[place : place + 2]
        if pair in DOUBLE:
            both = "".join(map(_letter, pair))
            parts.append(f"(?:{both}|[{DOUBLE[pair]}])")
            place += 2
        else:
            parts.append(_letter(folded[place]))
            place += 1
    return "".join(parts)


def _letter(letter: str) -> str:
    alike = "".join(map(re.escape, sorted({letter, *_alike().get(letter, ())})))
    accents = f"[{ACCENTS}]*" if letter.isalpha() else ""
    return f"[{alike}]{accents}"


def _folded(letter: str) -> str:
    """A letter without its capital and its accents; those of other scripts are letters."""
    apart = unicodedata.normalize("NFD", letter)
    bare = apart[0] if all(map(IS_ACCENT.match, apart[1:])) else letter
    return bare.casefold()


@cache
def _alike() -> dict[str, list[str]]:
    """All letters that fold to each letter, but for those that nothing else is like."""
    found = defaultdict(list)
    for code in range(LAST_LETTER):
        letter = chr(code)
        if letter.isalpha():
            folded = _folded(letter)
            if folded != letter and len(folded) == 1:
                found[folded].append(letter)
    return dict(found)
