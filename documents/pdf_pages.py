"""Kinds of lines on a PDF's pages: heads, feet, page numbers, notes, tables, code."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from documents.pdf_lines import Line

EDGE_LINES = 3  # at the top and the bottom of a page, where heads and feet stand
EDGE = 0.2  # of the height of the written part of a page
SAME_Y = 3.0  # points
REPEATS = 3  # pages that a head must stand on
HEADING_SIZE = 1.12  # of the size of the text
NOTE_SIZE = 0.93
LONGEST_HEADING = 160
CONTENTS_SHARE = 0.4
TABLE_LINES = 3
CODE_SHARE = 0.6

DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
PAGE_NUMBER = re.compile(
    r"[-–—|\[( ]*(?:page|seite|p\.|s\.)?\s*(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von)\s*\d{1,4})?[-–—|\]) ]*",
    re.IGNORECASE,
)
LEADERS = re.compile(r"(?:\. ?){4,}|…{2,}|(?:· ?){4,}|_{4,}")
ENDS_IN_NUMBER = re.compile(r"\s(?:\d{1,4}|[ivxlc]{1,7})\Z")
CONTENTS_HEAD = re.compile(
    r"(?:table of )?contents|inhalt(?:sverzeichnis)?|table des matières|índice|indice|sommario",
    re.IGNORECASE,
)
NOTE_START = re.compile(r"(?:\d{1,3}|[*†‡§¶]{1,3})(?=\s|\Z|[^\W\d_]|[“\"‘(])")


@dataclass(frozen=True, slots=True)
class Body:
    """Look of the running text: size, distance of its lines in points."""

    size: float
    leading: float
    is_fixed: bool


def body_of(lines: Iterable[Line]) -> Body:
    """Measure the commonest size and distance, by characters."""
    sizes: Counter[float] = Counter()
    distances: Counter[float] = Counter()
    fixed = every = 0
    before: Line | None = None
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        every += len(line.text)
        fixed += len(line.text) if line.is_fixed else 0
        if before and before.page == line.page and 0 < before.bottom - line.bottom < 60:
            distances[round(before.bottom - line.bottom)] += len(line.text)
        before = line
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    leading = float(distances.most_common(1)[0][0]) if distances else size * 1.2
    return Body(max(size, 0.5), max(leading, 1.0), fixed > CODE_SHARE * max(1, every))


def mark_kinds(pages: list[list[Line]]) -> Body:
    """Set the kind of every line that is not running text; returns the look of that."""
    _mark_edges(pages, body_of(line for page in pages for line in page))
    body = body_of(line for page in pages for line in page if line.kind == "text")
    is_contents = False
    for page in pages:
        is_contents = _mark_contents(page, is_going_on=is_contents)
        _mark_notes(page, body)
        if not body.is_fixed:
            _mark_code(page)
        _mark_tables(page)
    return body


def _mark_edges(pages: list[list[Line]], body: Body) -> None:
    """Heads, feet and page numbers: what stands at the same place on many pages."""
    for is_top in (True, False):
        kind = "running_head" if is_top else "running_foot"
        edges = [_edge(page, is_top=is_top) for page in pages]
        counts: dict[str, list[Line]] = defaultdict(list)
        for edge in edges:
            for line in edge:
                # Chapters that open alike, with their titles on top, are not heads.
                if line.size <= HEADING_SIZE * body.size:
                    counts[_pattern(line.text)].append(line)
        needed = min(REPEATS, max(2, len(pages)))
        repeated = [
            line
            for pattern, found in counts.items()
            if pattern and len(found) >= needed and _is_at_one_height(found)
            for line in found
        ]
        for line in repeated:
            line.kind = kind
        _mark_bands(edges, repeated, kind)
        _mark_numbers(pages, edges)


def _edge(page: list[Line], *, is_top: bool) -> list[Line]:
    """The lines at one end of a page, the outermost first."""
    if not page:
        return []
    lowest, highest = min(line.bottom for line in page), max(line.bottom for line in page)
    room = EDGE * (highest - lowest)
    ordered = sorted(page, key=lambda line: -line.bottom if is_top else line.bottom)
    limit = highest - room if is_top else lowest + room
    inside = [li for li in ordered if (li.bottom >= limit) == is_top or li.bottom == limit]
    return inside[:EDGE_LINES]


def _pattern(text: str) -> str:
    pattern = DIGITS.sub("#", " ".join(text.lower().split()))
    return "" if pattern.strip("-–—|[]() ") == "#" else pattern


def _is_at_one_height(lines: list[Line]) -> bool:
    middle = median(line.bottom for line in lines)
    near = sum(1 for line in lines if abs(line.bottom - middle) <= SAME_Y)
    return near >= 0.7 * len(lines)


def _mark_bands(edges: list[list[Line]], repeated: list[Line], kind: str) -> None:
    """Heads that change from chapter to chapter stand where the repeated ones stand."""
    heights = Counter(round(line.bottom) for line in repeated)
    for height, count in heights.items():
        near = [li for edge in edges for li in edge if abs(li.bottom - height) <= SAME_Y]
        if count < REPEATS or count < len(near) // 2:
            continue
        size = median(line.size for line in repeated if abs(line.bottom - height) <= SAME_Y)
        for line in near:
            if line.kind == "text" and abs(line.size - size) < 0.6:
                line.kind = kind


def _mark_numbers(pages: list[list[Line]], edges: list[list[Line]]) -> None:
    found = []
    for edge in edges:
        bare = [line for line in edge if line.kind == "text"]
        if bare and PAGE_NUMBER.fullmatch(bare[0].text):
            found.append(bare[0])
    # One number at the edge may be anything; on a third of the pages it counts them.
    if len(found) >= 2 or (found and len(pages) == 1 and found[0].text.strip() == "1"):
        for line in found:
            line.kind = "page_number"


def _mark_contents(page: list[Line], *, is_going_on: bool) -> bool:
    """Mark a printed table of contents; whether the next page may go on with it."""
    text = [line for line in page if line.kind == "text"]
    leaders = [line for line in text if LEADERS.search(line.text)]
    if len(leaders) >= 2 and len(leaders) >= CONTENTS_SHARE * len(text):
        for line in text:
            line.kind = "contents"
        return True
    start = next((i for i, li in enumerate(text) if CONTENTS_HEAD.fullmatch(li.text)), None)
    if start is not None or is_going_on:
        rest = text[start or 0 :]
        numbered = [line for line in rest[1:] if ENDS_IN_NUMBER.search(line.text)]
        if len(numbered) >= 3 and len(numbered) >= 0.6 * (len(rest) - 1):
            for line in rest:
                line.kind = "contents"
            return True
    for line in leaders:
        line.kind = "contents"
    return False


def _mark_notes(page: list[Line], body: Body) -> None:
    """Footnotes: smaller lines at the end of a page, or of a column, after a mark."""
    for column in (0, 1):
        text = [line for line in page if line.kind == "text" and line.column == column]
        start = len(text)
        for index in range(len(text) - 1, -1, -1):
            line = text[index]
            if line.size > NOTE_SIZE * body.size:
                break
            if NOTE_START.match(line.text):
                start = index
        for line in text[start:]:
            line.kind = "note"


def _mark_code(page: list[Line]) -> None:
    for line in page:
        if line.is_fixed and line.kind == "text":
            line.kind = "code"


def _mark_tables(page: list[Line]) -> None:
    """Rows of cells one below the other."""
    for run in _runs_of_cells(page):
        rows = sum(1 for line in run if line.cells > 1)
        if rows >= TABLE_LINES:
            for line in run:
                line.kind = "table"


def _runs_of_cells(page: list[Line]) -> Iterator[list[Line]]:
    run: list[Line] = []
    for line in page:
        if line.kind == "text" and line.cells > 1:
            run.append(line)
        elif run:
            yield run
            run = []
    if run:
        yield run
