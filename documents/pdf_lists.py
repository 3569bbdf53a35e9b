"""Lists and verses in the lines of a PDF: where a line's end was meant."""

import re
from collections import defaultdict
from itertools import pairwise

from documents.pdf_lines import Line

ENUMERATED = re.compile(r"[(\[]?(\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)\]]\s+\S")
BULLET = re.compile(r"[•‣▪●◦○■□►➢✓–—-]\s+|[·*]\s+(?=\S)")
SAME_LEFT = 3.0  # points
SPACE = 0.35  # of the size
CAPITAL = 0.4  # more than the other letters
ROUND = 5  # lines before and after that show how wide the text is
VERSES = 0.5  # of the line ends that must be meant
POEMS = 0.4  # of the blocks that are verse
FULL = 0.9  # of the widest line
STANZA = 4  # lines
RAGGED = 1  # of the size, by which the lines of a stanza differ
CAPITALS = 0.9  # of the lines of a stanza that begin so

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


def meant_ends(lines: list[Line]) -> frozenset[int]:
    """Find the lines after which the next word would have had room: the line's end was meant."""
    found: set[int] = set()
    for index, (line, after) in enumerate(pairwise(lines)):
        if line.kind != "text" or after.kind != "text" or line.is_broken:
            continue
        if line.page != after.page or line.column != after.column:
            continue
        width = (after.right - after.left) / len(after.text) * _width(after.text)
        near = lines[max(0, index - ROUND) : index + ROUND + 1]
        ends = sorted(
            other.right
            for other in near
            if other.page == line.page and other.column == line.column and other.kind == "text"
        )
        edge = ends[-3] if len(ends) > ROUND else ends[-1]  # a few lines may stand out
        if edge - line.right > width + SPACE * line.size:
            found.add(index)
    return frozenset(found)


def _width(text: str) -> float:
    """The width of a text's first word, in letters."""
    word = text.split(maxsplit=1)[0]
    return len(word) + CAPITAL * sum(map(str.isupper, word))


def verses_of(lines: list[Line], meant: frozenset[int], leading: float) -> frozenset[int]:
    """Find the lines of verse, addresses and the like, whose ends are kept."""
    blocks: list[list[int]] = []
    for index, line in enumerate(lines):
        if line.kind != "text":
            continue
        if blocks and _goes_on(lines[blocks[-1][-1]], line, leading):
            blocks[-1].append(index)
        else:
            blocks.append([index])
    blocks = [block for block in blocks if len(block) > 1]
    kept = [block for block in blocks if _is_verse(lines, block, meant)]
    said = {lines[index].text for block in kept for index in block}
    if kept and len(kept) >= POEMS * len(blocks) and not any(line.is_broken for line in lines):
        # In a book of poems a stanza that does not fill its lines is verse, too.
        widest = FULL * max(line.right - line.left for line in lines if line.kind == "text")
        kept += [
            block
            for block in blocks
            if all(lines[index].right - lines[index].left < widest for index in block)
        ]
    kept += [block for block in blocks if all(lines[index].text in said for index in block)]
    return frozenset(index for block in kept for index in block[:-1])


def _goes_on(line: Line, after: Line, leading: float) -> bool:
    away = line.bottom - after.bottom
    is_below = -1 <= away <= 1.35 * max(leading, line.size)
    return is_below and line.page == after.page and line.column == after.column


def _is_verse(lines: list[Line], block: list[int], meant: frozenset[int]) -> bool:
    ends = block[:-1]
    if sum(1 for index in ends if index in meant) >= VERSES * len(ends):
        return True
    rights = [lines[index].right for index in ends]
    if max(rights) - min(rights) < RAGGED * lines[block[0]].size:
        return False
    capitals = sum(1 for index in block if lines[index].text.lstrip("“\"‘'«„—")[:1].isupper())
    return len(block) >= STANZA and capitals >= CAPITALS * len(block)
