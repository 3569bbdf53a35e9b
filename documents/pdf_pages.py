"""Kinds of lines on a PDF's pages: contents, notes, tables, code, formulas, watermarks."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from documents.pdf_edges import OUTER, SAME_Y, Body, mark_edges
from documents.pdf_lines import Line, Page

NOTE_SIZE = 0.93
CONTENTS_SHARE = 0.4
TABLE_LINES = 3
CODE_SHARE = 0.6
WATERMARK_SIZE = 1.8  # of the size of the text
COVERED = 2  # lines that a watermark lies on
LONGEST_FORMULA = 100
NEAR_FORMULA = 2.2  # of the size
FEW_LETTERS = 8
FEW_WORDS = 3

LEADERS = re.compile(r"(?:\. ?){4,}|…{2,}|(?:· ?){4,}|_{4,}")
ENDS_IN_NUMBER = re.compile(r"\s(?:\d{1,4}|[ivxlc]{1,7})\Z")
CONTENTS_HEAD = re.compile(
    r"(?:table of )?contents|inhalt(?:sverzeichnis)?|table des matières|índice|indice|sommario",
    re.IGNORECASE,
)
NOTE_START = re.compile(r"(?:\d{1,3}|[*†‡§¶]{1,3})(?=\s|\Z|[^\W\d_]|[“\"‘(])")
STAMP = re.compile(
    r"draft|confidential|do not (?:copy|distribute)|(?:internal|personal) use only|copy|sample"
    r"|specimen|preview|proof|void|preprint|not for (?:sale|distribution)|entwurf|vertraulich"
    r"|muster|kopie|brouillon|confidentiel|spécimen|borrador|confidencial|muestra|bozza|riservato",
    re.IGNORECASE,
)
DOWNLOADED = re.compile(
    r"(?:this (?:copy|document) (?:is|was) )?(?:downloaded|licen[sc]ed|printed|accessed|provided)"
    r"\s(?:by|from|to|for|on)\b(?=.{0,200}\d)",
    re.IGNORECASE,
)
ARXIV = re.compile(r"arXiv:\d{4}\.\d{4,5}|arXiv:[a-z-]{2,12}/\d{7}")
LONG_WORD = re.compile(r"[^\W\d_]{3,}")
FUNCTION_NAMES = (
    "sin cos tan cot sec csc log exp lim max min sup inf det dim mod arg deg gcd ker var cov "
    "arcsin arccos arctan sinh cosh tanh"
)
FUNCTIONS = frozenset(FUNCTION_NAMES.split())
SIGN = re.compile(r"[=<>≤≥≠≈≡≅∼∑∏∫∮√∂∇∞±×÷∈∉⊂⊆∪∩→⇒↦∀∃∝⟨⟩^]|[+−*/]\s?\w")
OPERATOR = re.compile(r"[∑∏∫∮√∂⋃⋂⊕⊗∏(){}\[\]⎛⎝⎞⎠⎧⎨⎩\s]{1,20}")
EQUATION_NUMBER = re.compile(r"\((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){0,2}[a-z]?\)")


def body_of(lines: Iterable[Line]) -> Body:
    """Measure the commonest size and distance, by characters."""
    sizes: Counter[float] = Counter()
    distances: Counter[float] = Counter()
    fixed = every = 0
    before: Line | None = None
    for line in lines:
        if line.turn:
            continue
        sizes[round(line.size * 2) / 2] += len(line.text)
        every += len(line.text)
        fixed += len(line.text) if line.is_fixed else 0
        if before and before.page == line.page and 0 < before.bottom - line.bottom < 60:
            distances[round(before.bottom - line.bottom)] += len(line.text)
        before = line
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    leading = float(distances.most_common(1)[0][0]) if distances else size * 1.2
    return Body(max(size, 0.5), max(leading, 1.0), fixed > CODE_SHARE * max(1, every))


def mark_kinds(pages: Sequence[Page]) -> Body:
    """Set the kind of every line that is not running text; returns the look of that."""
    body = body_of(line for page in pages for line in page.lines)
    _mark_turned(pages)
    _mark_watermarks(pages, body)
    mark_edges(pages, body)
    body = body_of(line for page in pages for line in page.lines if line.kind == "text")
    is_contents = False
    for page in pages:
        is_contents = _mark_contents(page.lines, is_going_on=is_contents)
        _mark_notes(page.lines, body)
        if not body.is_fixed:
            _mark_code(page.lines)
        _mark_tables(page.lines)
        _mark_formulas(page.lines, body)
    return body


def _mark_turned(pages: Sequence[Page]) -> None:
    """Text that is turned against its page: a stamp over all pages, or words at a picture."""
    aside = [line for page in pages for line in page.lines if line.turn]
    counts = Counter(line.text for line in aside)
    for line in aside:
        text = line.text
        is_stamp = line.turn == 0.5 or counts[text] > 1 or ARXIV.search(text)
        is_stamp = is_stamp or STAMP.fullmatch(text) or DOWNLOADED.match(text)
        line.kind = "watermark" if is_stamp else "caption"


def _mark_watermarks(pages: Sequence[Page], body: Body) -> None:
    large: dict[str, list[Line]] = defaultdict(list)
    for page in pages:
        height = page.high - page.low
        for line in page.lines:
            if line.turn:
                continue
            if DOWNLOADED.match(line.text) and height > 0:
                away = min(page.high - line.top, line.bottom - page.low) / height
                if away <= OUTER:
                    line.kind = "watermark"
            elif line.size >= WATERMARK_SIZE * body.size and len(line.text) > 2:
                large[line.text].append(line)
                if STAMP.fullmatch(line.text) or _lies_on_text(line, page.lines):
                    line.kind = "watermark"
    for lines in large.values():
        heights = [line.bottom for line in lines]
        is_everywhere = len(lines) >= max(2, 0.5 * len(pages))
        if is_everywhere and len(pages) > 2 and max(heights) - min(heights) <= SAME_Y:
            inner = [line for line in lines if not _is_outer(line, pages[line.page])]
            for line in inner:
                line.kind = "watermark"


def _is_outer(line: Line, page: Page) -> bool:
    return min(page.high - line.top, line.bottom - page.low) <= 1.5 * OUTER * (page.high - page.low)


def _lies_on_text(line: Line, lines: list[Line]) -> bool:
    middle = (line.bottom + line.top) / 2
    covered = [
        other
        for other in lines
        if other is not line
        and not other.turn
        and other.size < 0.7 * line.size
        and min(other.right, line.right) - max(other.left, line.left) > line.size
        and line.bottom + 0.1 * line.size < (other.bottom + other.top) / 2 < line.top
    ]
    # Two words that a tall box touches may stand above and below; on a text one is in the middle.
    at_middle = any(other.bottom - 2 <= middle <= other.top + 2 for other in covered)
    return len(covered) >= COVERED or (at_middle and bool(covered))


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
    for line in text[text.index(leaders[0]) : text.index(leaders[-1])] if leaders else ():
        if ENDS_IN_NUMBER.search(line.text):
            line.kind = "contents"  # the name of a chapter stands between those of its sections
    return False


def _mark_notes(page: list[Line], body: Body) -> None:
    """Footnotes: smaller lines at the end of a page, or of a column, after a mark."""
    for column in {line.column for line in page}:
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
        if line.kind == "text" and line.cells > 1 and not line.is_field:
            run.append(line)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _mark_formulas(page: list[Line], body: Body) -> None:
    """Displayed formulas, which stand apart from the edge of the text, and their pieces."""
    text = [line for line in page if line.kind == "text"]
    edges: dict[int, float] = {}
    for line in text:
        edges[line.column] = min(line.left, edges.get(line.column, line.left))
    found = [line for line in text if _is_formula(line, edges[line.column], body)]
    for line in found:
        line.kind = "formula"
    if not found:
        return
    for line in text:
        if line.kind == "text" and _is_piece(line, edges[line.column], body):
            near = any(
                abs(line.bottom - other.bottom) < NEAR_FORMULA * body.size for other in found
            )
            if near:
                line.kind = "formula"


def _is_formula(line: Line, edge: float, body: Body) -> bool:
    text = line.text
    if len(text) > LONGEST_FORMULA:
        return False
    if OPERATOR.fullmatch(text) and not text.isascii():
        return True
    is_indented = line.left > edge + 1.2 * body.size
    return is_indented and bool(SIGN.search(text)) and _has_no_words(text)


def _is_piece(line: Line, edge: float, body: Body) -> bool:
    if EQUATION_NUMBER.fullmatch(line.text):
        return True
    is_indented = line.left > edge + 1.2 * body.size
    return is_indented and len(line.text) <= FEW_LETTERS and _has_no_words(line.text)


def is_formula_like(text: str) -> bool:
    """Whether a text has signs of a formula and hardly a word."""
    words = [word for word in LONG_WORD.findall(text) if word.lower() not in FUNCTIONS]
    return bool(SIGN.search(text)) and len(words) < FEW_WORDS


def _has_no_words(text: str) -> bool:
    return all(word.lower() in FUNCTIONS for word in LONG_WORD.findall(text))
