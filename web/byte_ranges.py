"""Byte ranges of HTTP: what a Range header asks for."""

import re
from typing import NamedTuple

# A list may hold empty members, and blanks around its commas; Python reads 4,300 digits at most.
ONE_RANGE = re.compile(r"bytes=[ \t,]*([0-9]{0,4000})-([0-9]{0,4000})[ \t,]*", re.IGNORECASE)


class Span(NamedTuple):
    """A part of a file: the first byte and how many."""

    start: int
    length: int


class Unsatisfiable(Exception):
    """The range lies wholly outside the file."""


def parse(header: str | None, size: int) -> Span | None:
    """The one span that a Range header names in a file of `size` bytes.

    None means the whole file: no header, several ranges, another unit or a malformed one.
    Raises Unsatisfiable when no byte of the file is meant.
    """
    match = ONE_RANGE.fullmatch(header or "")
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return _span(size - length, size - 1, size)
    if last and int(last) < int(first):
        return None
    return _span(int(first), int(last) if last else size - 1, size)


def _span(first: int, last: int, size: int) -> Span:
    if first >= size:
        raise Unsatisfiable
    return Span(first, min(last, size - 1) - first + 1)
