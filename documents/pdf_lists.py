"""Lists in the lines of a PDF."""

import re
from collections import defaultdict

from documents.pdf_lines import Line

ENUMERATED = re.compile(r"[(\[]?(\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)\]]\s+\S")
BULLET = re.compile(r"[•‣▪●◦○■□►➢✓–—-]\s+|[·*]\s+(?=\S)")
SAME_LEFT = 3.0  # points

NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii")


def items_of(lines: list[Line]) -> frozenset[int]:
    """Find the lines that begin items: each has another one, counted one up or down, at its x."""
    seen: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    found: set[int] = set()
    for index, line in enumerate(lines):
        enumerated = ENUMERATED.match(line.text) if line.kind == "text" else None
        if enumerated is None:
            continue
        place = round(line.left / SAME_LEFT)
        for style, value in _values(enumerated[1]):
            for x in (place - 1, place, place + 1):
                before = seen.get((x, style, value - 1))
                if before and line.page - lines[before[-1]].page <= 1:
                    found |= {index, before[-1]}
            seen[place, style, value].append(index)
    return frozenset(found)


def _values(written: str) -> list[tuple[str, int]]:
    if written.isdecimal():
        return [("1", int(written))]
    made = [("i", NUMERALS.index(written) + 1)] if written in NUMERALS else []
    if len(written) == 1 and written.isascii():
        made.append(("a" if written.islower() else "A", ord(written)))
    return made
