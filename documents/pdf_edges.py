"""Heads, feet and page numbers of a PDF: what stands at the edge of the sheet, page after page."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import median

from documents.pdf_lines import Line, Page

EDGE_LINES = 4  # at the top and at the bottom of a page
OUTER = 0.1  # of the sheet's height, where heads and feet stand
NEAR = 0.18  # so far in stand single lines that are well apart from the text
FAR_OUT = 0.05  # so far out there is no text
SAME_Y = 3.0  # points
REPEATS = 3  # pages that a head must stand on
FEW_PAGES = 5  # in so few, two are enough: left and right pages have heads of their own
HEADING_SIZE = 1.12  # of the size of the text
APART = 1.5  # of the distance of lines
HEAD_CELLS = 3  # left, middle and right of a head that stands on one page only

DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
NUMBER = r"(?:\d{1,4}|[ivxlc]{1,7})"
PAGE_NUMBER = re.compile(
    rf"[-–—|\[( ]{{0,4}}(?:page|seite|página|pagina|strona|sida|p\.|s\.)?\s{{0,3}}({NUMBER})"
    rf"(?:\s{{0,3}}(?:/|of|von|de|di|sur|z|av)\s{{0,3}}\d{{1,4}})?[-–—|\]) ]{{0,4}}",
    re.IGNORECASE,
)
COUNTED = re.compile(
    r"(?:page|seite|página|pagina|strona|sida)\s+\d{1,4}\s+(?:/|of|von|de|di|sur|z|av)\s+\d{1,4}",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[.!?…][\"'”’»)]{0,3}\Z")
SHORTENED = re.compile(r"\b(?:al|eds?|vol|no|inc|ltd|co|corp|jr|sr|st|\w)\.\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """Look of the running text: size, distance of its lines in points."""

    size: float
    leading: float
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """A line near an edge; `away` is its distance from that as a share of the sheet's height."""

    line: Line
    away: float
    is_apart: bool


def mark_edges(pages: Sequence[Page], body: Body) -> None:
    """Mark running heads and feet and page numbers; those of left and right pages may differ."""
    for is_top in (True, False):
        kind = "running_head" if is_top else "running_foot"
        edges = [_edge(page, body, is_top=is_top) for page in pages]
        # What stands further in than a line of the text is text, too.
        heads = [list(takewhile(lambda edge: _may_repeat(edge, body), found)) for found in edges]
        repeated = _repeated(heads, body, REPEATS if len(pages) > FEW_PAGES else 2)
        for line in repeated:
            line.kind = kind
        _mark_bands(heads, repeated, kind, 2)
        # The name of a chapter may stand on two pages; then there is one on most pages.
        _mark_bands(heads, _repeated(heads, body, 2), kind, max(REPEATS, len(pages) // 2))
        for found in edges:
            _mark_row(found, kind)
        _mark_numbers(pages, edges)


def _edge(page: Page, body: Body, *, is_top: bool) -> list[EdgeLine]:
    """The lines at one edge of the sheet, the outermost first."""
    height = page.high - page.low
    if height <= 0:
        return []
    ordered = sorted(
        (line for line in page.lines if not line.turn and line.kind == "text"),
        key=lambda line: -line.top if is_top else line.bottom,
    )
    found: list[EdgeLine] = []
    for index, line in enumerate(ordered[:EDGE_LINES]):
        away = (page.high - line.top if is_top else line.bottom - page.low) / height
        if away > NEAR:
            break
        found.append(EdgeLine(line, away, _is_apart(ordered, index, body, page, is_top=is_top)))
    return found


def _is_apart(ordered: list[Line], index: int, body: Body, page: Page, *, is_top: bool) -> bool:
    """Whether a gap parts a line, with those at it, from the text in the inner of the sheet."""
    height = page.high - page.low
    for line, inner in zip(ordered[index:], ordered[index + 1 : index + 6], strict=False):
        away = (page.high - line.top if is_top else line.bottom - page.low) / height
        if away > OUTER and line is not ordered[index]:
            return False
        gap = abs(line.bottom - inner.bottom)
        if gap > APART * body.leading:
            return True
        if gap > SAME_Y and abs(line.size - inner.size) > 0.08 * body.size:
            return True
    return len(ordered) - index < EDGE_LINES and index > 0


def _may_repeat(edge: EdgeLine, body: Body) -> bool:
    """Whether this may be a head: a refrain and the last line of a text are none."""
    text = edge.line.text
    is_sentence = edge.line.size >= 0.95 * body.size and bool(SENTENCE.search(text))
    if is_sentence and not SHORTENED.search(text) and edge.away > FAR_OUT:
        return False
    return edge.is_apart or edge.away <= FAR_OUT or bool(PAGE_NUMBER.fullmatch(text))


def _repeated(edges: list[list[EdgeLine]], body: Body, needed: int) -> list[Line]:
    counts: dict[str, list[Line]] = defaultdict(list)
    for found in edges:
        for edge in found:
            counts[_pattern(edge.line.text)].append(edge.line)
    made: list[Line] = []
    for pattern, lines in counts.items():
        if not pattern or len(lines) < needed or not _is_at_one_height(lines):
            continue
        # Chapters that open alike, with their titles on top, are not heads.
        is_large = median(line.size for line in lines) > HEADING_SIZE * body.size
        if is_large and len({line.text for line in lines}) > 1:
            continue
        made += lines
    return made


def _pattern(text: str) -> str:
    pattern = DIGITS.sub("#", " ".join(text.lower().split()))
    return "" if pattern.strip("-–—|[]() ") == "#" else pattern


def _is_at_one_height(lines: list[Line]) -> bool:
    middle = median(line.bottom for line in lines)
    near = sum(1 for line in lines if abs(line.bottom - middle) <= SAME_Y)
    return near >= 0.7 * len(lines)


def _mark_bands(edges: list[list[EdgeLine]], repeated: list[Line], kind: str, needed: int) -> None:
    """Heads that change from chapter to chapter stand where the repeated ones stand."""
    for height, count in Counter(round(line.bottom) for line in repeated).items():
        near = [
            edge.line
            for found in edges
            for edge in found
            if abs(edge.line.bottom - height) <= SAME_Y
        ]
        if count < 2 or count < 0.4 * len(near) or len(near) < needed:
            continue
        size = median(line.size for line in repeated if abs(line.bottom - height) <= SAME_Y)
        for line in near:
            if line.kind == "text" and abs(line.size - size) < 0.6:
                line.kind = kind


def _mark_row(edges: list[EdgeLine], kind: str) -> None:
    """A head of one page in three pieces, as a manual has it."""
    rows = [edge for edge in edges if edge.line.cells >= HEAD_CELLS]
    if len(rows) == 1 and rows[0].is_apart and rows[0].away <= OUTER and rows[0] is edges[0]:
        rows[0].line.kind = kind


def _mark_numbers(pages: Sequence[Page], edges: list[list[EdgeLine]]) -> None:
    found: list[tuple[Line, int | None]] = []
    for edge in edges:
        bare = [one.line for one in edge if one.line.kind == "text"][:2]
        for line in bare:
            number = PAGE_NUMBER.fullmatch(line.text)
            if number:
                value = int(number[1]) if number[1].isdecimal() else None
                found.append((line, value - line.page if value is not None else None))
                break
    offsets = Counter(offset for _, offset in found if offset is not None)
    lines = [line for line, _ in found]
    for line, offset in found:
        is_counting = offset is not None and offsets[offset] >= 2
        at_height = sum(1 for other in lines if abs(other.bottom - line.bottom) <= SAME_Y)
        is_first = len(pages) == 1 and line.text.strip("-–—|[]() ") == "1"
        if is_counting or at_height >= 2 or is_first or COUNTED.fullmatch(line.text):
            line.kind = "page_number"
