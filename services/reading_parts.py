"""Parts of a text for reading on a page: where it is cut, and which words are a chapter's heading.

A part begins where a chapter does, else at a paragraph, a line, a sentence or a word; the parts
together are the text, sign by sign.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

PART_CHARACTERS = 6_000
LONGEST_TITLE = 400  # signs of the text in which a chapter's title is looked for
ENDS = ("\n\n", "\n", ". ", " ")  # the best first


class Part(NamedTuple):
    """Part of a text: from where to where it goes (code points)."""

    start: int
    end: int


def cut(text: str, chapter_starts: Iterable[int] = ()) -> list[Part]:
    """The parts of a text, at least one; `chapter_starts` are places where one must begin."""
    ends = sorted({start for start in chapter_starts if 0 < start < len(text)})
    parts, start = [], 0
    for end in (*ends, len(text)):
        for place in (*_between(text, start, end), end):
            parts.append(Part(start, place))
            start = place
    return parts


def part_at(parts: list[Part], place: int) -> int:
    """The index of the part that holds a place of the text; the last one for a place behind it."""
    found = (index for index, part in enumerate(parts) if place < part.end)
    return next(found, len(parts) - 1)


def heading_span(text: str, start: int, title: str) -> Part | None:
    """Where a chapter's text begins with its title, whatever the signs between; None elsewhere."""
    wanted = "".join(sign for sign in title.casefold() if sign.isalnum())
    first = re.compile(r"\s*").match(text, start)
    begins = first.end() if first else start
    found = ""
    for place in range(begins, min(len(text), begins + LONGEST_TITLE)):
        if not wanted or not wanted.startswith(found):
            return None
        if found == wanted:
            return _to_line_end(text, begins, place)
        found += "".join(sign for sign in text[place].casefold() if sign.isalnum())
    return Part(begins, len(text)) if wanted and found == wanted else None


def _between(text: str, start: int, end: int) -> Iterator[int]:
    """The places between two at which a text is cut, so that no part is too long."""
    while end - start > PART_CHARACTERS:
        start = _best_end(text, start + PART_CHARACTERS // 2, start + PART_CHARACTERS)
        yield start


def _best_end(text: str, low: int, high: int) -> int:
    for sign in ENDS:
        found = text.rfind(sign, low, high)
        if found >= 0:
            return found + len(sign)
    return high


def _to_line_end(text: str, begins: int, place: int) -> Part | None:
    """The heading to the end of its line; None where words follow there: it is a sentence."""
    line_end = text.find("\n", place)
    line_end = len(text) if line_end < 0 else line_end
    if any(sign.isalnum() for sign in text[place:line_end]):
        return None
    return Part(begins, line_end)
