"""Verse in the lines of a PDF: where a line's end was meant, and is kept."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from documents.pdf_lines import Line, Page

SPACE = 0.35  # of the size
CAPITAL = 0.4  # more than the other letters
ROUND = 5  # lines before and after that show how wide the text is
VERSES = 0.5  # of the line ends that must be meant
POEMS = 0.4  # of the blocks that are verse
FULL = 0.9  # of the widest line
STANZA = 4  # lines
RAGGED = 1  # of the size, by which the lines of a stanza differ
CAPITALS = 0.9  # of the lines of a stanza that begin so
JUSTIFIED = 0.4  # of the size, by which the lines of a justified paragraph differ at most
INDENTED = 3  # of the size, by which its first line may be indented
NARROW = 0.8  # of the room between the margins
ROOMY = 1.15  # of the width of a word, that it has room for sure
ENDS = 0.4  # of the ends in a narrow block that leave room for the next word
RHYMES = 0.5  # of the lines
PAIRS = 4  # lines that rhyme
HALF = 0.55  # of the room between the margins, which no column of prose leaves empty
PUNCTUATED_LINES = 0.75
STANZAS = 3  # alike, one after the other
LONGEST_STANZA = 14  # lines
LONGEST_WORD = 40  # characters
LAST_LINE = 0.65  # of the widest line of a stanza: the last one of a paragraph is often shorter

PUNCTUATED = re.compile(r"[,;:.!?…—–][\"'”’»)]{0,3}\Z")
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]{0,3}\Z")
LAST_WORD = re.compile(r"[^\W\d_]+(?=[\W\d_]*\Z)")

Block = list[int]


def meant_ends(lines: list[Line], blocks: list[Block]) -> frozenset[int]:
    """Find the lines after which the next word would have had room: the line's end was meant."""
    found: set[int] = set()
    for index, (line, after) in enumerate(pairwise(lines)):
        if line.kind != "text" or after.kind != "text" or line.is_broken:
            continue
        if line.page != after.page or line.column != after.column:
            continue
        near = lines[max(0, index - ROUND) : index + ROUND + 1]
        ends = sorted(
            other.right
            for other in near
            if other.page == line.page and other.column == line.column and other.kind == "text"
        )
        edge = ends[-3] if len(ends) > ROUND else ends[-1]  # a few lines may stand out
        if edge - line.right > _width(after) + SPACE * line.size:
            found.add(index)
    for block in blocks:
        if _is_justified(lines, block):
            found -= set(block[:-1])
    return frozenset(found)


def _width(line: Line) -> float:
    """The width of a line's first word."""
    word = line.text.split(maxsplit=1)[0]
    letters = len(word) + CAPITAL * sum(map(str.isupper, word))
    return (line.right - line.left) / len(line.text) * letters


def blocks_of(lines: list[Line], leading: float) -> list[Block]:
    """Find lines of text one below the other without a gap, by their indexes."""
    blocks: list[Block] = []
    for index, line in enumerate(lines):
        if line.kind != "text":
            continue
        if blocks and _goes_on(lines[blocks[-1][-1]], line, leading):
            blocks[-1].append(index)
        else:
            blocks.append([index])
    return [block for block in blocks if len(block) > 1]


def _goes_on(line: Line, after: Line, leading: float) -> bool:
    away = line.bottom - after.bottom
    is_below = -1 <= away <= 1.35 * max(leading, line.size)
    is_headed = line.is_bold and not after.is_bold and line.right < after.right - 2 * line.size
    is_there = line.page == after.page and line.column == after.column
    return is_below and not is_headed and is_there


def _is_justified(lines: list[Line], block: Block) -> bool:
    """Whether all lines but the last end at one edge, and begin at one but for the first."""
    if len(block) < 3:
        return False
    size = lines[block[0]].size
    rights = [lines[index].right for index in block[:-1]]
    lefts = [lines[index].left for index in block[1:]]
    is_even = max(rights) - min(rights) < JUSTIFIED * size and max(lefts) - min(lefts) < 2
    is_begun = abs(lines[block[0]].left - lefts[0]) < INDENTED * size
    return is_even and is_begun and lines[block[-1]].right <= max(rights) + 2


def verses_of(
    lines: list[Line], blocks: list[Block], meant: frozenset[int], pages: Sequence[Page]
) -> frozenset[int]:
    """Find the lines of verse, addresses and the like, whose ends are kept."""
    narrow = _narrow(lines, pages)
    stanzas = _stanzas(lines, blocks, narrow)
    kept = [
        block
        for number, block in enumerate(blocks)
        if number in stanzas
        or _is_verse(lines, block, meant, narrow.get(lines[block[0]].page, 0.0))
    ]
    said = {lines[index].text for block in kept for index in block}
    if kept and len(kept) >= POEMS * len(blocks) and not any(line.is_broken for line in lines):
        # In a book of poems a stanza that does not fill its lines is verse, too.
        widest = FULL * max(line.right - line.left for line in lines if line.kind == "text")
        kept += [
            block
            for block in blocks
            if lines[block[0]].page in narrow
            or all(lines[index].right - lines[index].left < widest for index in block)
        ]
    kept += [block for block in blocks if all(lines[index].text in said for index in block)]
    kept_lines = {index for block in kept for index in block}
    ends = {block[-1] for block in kept}
    return frozenset(kept_lines - {end for end in ends if end + 1 not in kept_lines})


def _narrow(lines: list[Line], pages: Sequence[Page]) -> dict[int, float]:
    """Find pages all of whose lines end far from the right margin, and the room on them."""
    edges: dict[int, tuple[float, float]] = {}
    for line in lines:
        if line.kind == "text":
            left, right = edges.get(line.page, (line.left, line.right))
            edges[line.page] = min(left, line.left), max(right, line.right)
    with_columns = {line.page for line in lines if line.column}
    found: dict[int, float] = {}
    for number, (left, right) in edges.items():
        page = pages[number]
        room = page.right - page.left - 2 * (left - page.left)
        if number not in with_columns and 0 < right - left < NARROW * room:
            found[number] = room
    return found


def _stanzas(lines: list[Line], blocks: list[Block], narrow: dict[int, float]) -> set[int]:
    """Find narrow blocks of as many lines each, none of which ends as a paragraph does."""
    found: set[int] = set()
    run: list[int] = []
    for number, block in enumerate([*blocks, []]):
        is_stanza = bool(block) and lines[block[0]].page in narrow and _is_stanza(lines, block)
        if run and not (is_stanza and len(block) == len(blocks[run[-1]])):
            found |= set(run) if len(run) >= STANZAS else set()
            run = []
        run += [number] if is_stanza else []
    return found


def _is_stanza(lines: list[Line], block: Block) -> bool:
    widths = [lines[index].right - lines[index].left for index in block]
    is_ragged = max(widths) - min(widths) >= RAGGED * lines[block[0]].size
    is_whole = not any(lines[index].is_broken for index in block)
    is_open = not SENTENCE_END.search(lines[block[-1]].text)
    is_full = is_open or widths[-1] >= LAST_LINE * max(widths)
    return len(block) <= LONGEST_STANZA and is_ragged and is_whole and is_full


def _is_verse(lines: list[Line], block: Block, meant: frozenset[int], room: float) -> bool:
    """Whether a block is verse; `room` is that between the margins where nothing fills it."""
    ends = block[:-1]
    if sum(1 for index in ends if index in meant) >= VERSES * len(ends):
        return True
    if any(lines[index].is_broken for index in block) or len(block) < STANZA:
        return False
    rights = [lines[index].right for index in ends]
    is_ragged = max(rights) - min(rights) >= RAGGED * lines[block[0]].size
    capitals = sum(1 for index in block if lines[index].text.lstrip("“\"‘'«„—")[:1].isupper())
    if is_ragged and capitals >= CAPITALS * len(block):
        return True
    if not room or _is_justified(lines, block):
        return False
    texts = [lines[index].text for index in block]
    punctuated = sum(1 for text in texts if PUNCTUATED.search(text))
    rights.append(lines[block[-1]].right)
    if max(rights) - min(rights) < RAGGED * lines[block[0]].size:
        return False
    if punctuated >= PUNCTUATED_LINES * len(texts):
        return True
    rhymes = _rhymes(texts) >= max(RHYMES, PAIRS / len(texts))
    if rhymes and max(rights) - lines[block[0]].left < HALF * room:
        return True
    is_formed = rhymes or punctuated >= VERSES * len(texts)
    roomy = _roomy(lines, block, is_punctuated=punctuated >= VERSES * len(texts))
    return roomy >= max(1 if is_formed else 2, ENDS * len(ends))


def _roomy(lines: list[Line], block: Block, *, is_punctuated: bool) -> int:
    """How many lines leave room for the next word up to the end of the widest line."""
    edge = max(lines[index].right for index in block)
    widest = max(lines[index].right - lines[index].left for index in block)
    found = 0
    for index, following in pairwise(block):
        line = lines[index]
        room = min(edge - line.right, widest - (line.right - line.left))
        is_end = not is_punctuated and SENTENCE_END.search(line.text)
        found += not is_end and room > ROOMY * _width(lines[following]) + SPACE * line.size
    return found


def _rhymes(texts: Sequence[str]) -> float:
    """The share of lines that end as another one within the next three."""
    words = [
        found[0].lower() if (found := LAST_WORD.search(text[-LONGEST_WORD:])) else ""
        for text in texts
    ]
    ends = [word[-3:] if len(word) > 3 else word[-2:] for word in words]
    counts = Counter[int]()
    for index, end in enumerate(ends):
        for place in range(index + 1, min(index + 4, len(ends))):
            is_other = words[place] != words[index] and len(end) > 1 and len(ends[place]) > 1
            if is_other and (words[place].endswith(end) or words[index].endswith(ends[place])):
                counts[index] += 1
                counts[place] += 1
    return len(counts) / len(texts)
