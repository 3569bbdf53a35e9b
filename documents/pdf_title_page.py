"""Title of a PDF on its first page, and the credits below it: authors, places, dates."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile

from documents.pdf_edges import HEADING_SIZE, Body
from documents.pdf_headings import (
    COUNTED,
    LONGEST_RUN,
    NUMBERED,
    SENTENCE_END,
    WORD,
    goes_on,
    is_named,
    may_be_heading,
)
from documents.pdf_lines import Line, Page
from documents.pdf_outline import CHAPTER
from documents.pdf_pages import is_formula_like

TITLE_SIZE = 1.3  # of the size of the text
TITLE_PAGE_LINES = 28
MOST_CREDITS = 40  # lines under a title
MOST_BELOW = 300  # lines that are looked at
LOOKED_AHEAD = 3  # lines
PROSE = 60  # characters of a line of running text, and more than half of that in a column
FULL = 0.85  # of the width of the column
CENTRED = 6.0  # points
ROW = 0.5  # of the height of a line
FEW_PAGE_LINES = 14
MOST_TITLE_LINES = 4
CREDITS = ("text", "table", "code", "formula", "caption")  # kinds, before they are known

ABSTRACT = re.compile(
    r"(?:abstract|summary|zusammenfassung|résumé|resumen|resumo|riassunto|keywords)\s?[.:—–-]",
    re.IGNORECASE,
)
NAMES = (
    "univers institut departm département facult fakult school hochschul college colleg laborat "
    "centre center zentrum academ akadem ministr hospital klinik gmbh verlag press éditions "
    "publish thesis dissertation thèse tesis tesi submitted degree supervis betreu gutachter "
    "vorgelegt eingereicht presented présenté matrikel version edition auflage translat übersetz "
    "illustrat edited herausgegeben correspond author street straße project report research"
)
STRONG = re.compile(
    rf"\S@\S|@\S|https?://|www\.|\b(?:1[5-9]|20)\d\d\b|\b(?:{'|'.join(NAMES.split())})|"
    r"\A(?:by|von|par|por|di|av|door|and|und|et|y|für|for|of)\b",
    re.IGNORECASE,
)
PARTICLE_NAMES = (
    "a af al and at av by d da de del della den der des di do dos du e el et for für i im in la le "
    "las los n o of on op par por ter the to und van vom von y zu zum zur"
)
PARTICLES = frozenset(PARTICLE_NAMES.split())
LETTERS = re.compile(r"[^\W\d_]+")
LEADING_MARK = re.compile(r"(?:\d{1,2}(?!st|nd|rd|th)(?=[^\W\d_])|[*†‡§¶∗]{1,3}\s?(?=\w))")
DATE = re.compile(r"\d{1,2}(?:st|nd|rd|th)?[ .].{3,20}\d{4}\Z")


def title_lines(lines: list[Line], page: Page, body: Body) -> list[int]:
    """Find the large lines on the first page that are the document's title, by their indexes."""
    first = [i for i, li in enumerate(lines) if li.page == lines[0].page and li.kind == "text"]
    likely = [
        index
        for index in first
        if WORD.search(lines[index].text) and lines[index].cells == 1
        if not is_formula_like(lines[index].text)
    ]
    if not likely:
        return []
    size = max(lines[index].size for index in likely)
    if size < TITLE_SIZE * body.size:
        return _small_title(lines, likely, page, body)
    start = next(index for index in likely if lines[index].size > size - 0.5)
    stop = start + 1
    while stop in first and goes_on(lines[stop - 1], lines[stop]):
        stop += 1
    text = " ".join(line.text for line in lines[start:stop])
    others = [*lines[:start], *lines[stop:]]
    if any(line.size > size - 0.5 and may_be_heading(line, body) for line in others):
        return []
    if CHAPTER.match(text) or NUMBERED.match(text) or len(text) > LONGEST_RUN:
        return []
    return list(range(start, stop))


def _small_title(lines: list[Line], likely: list[int], page: Page, body: Body) -> list[int]:
    """A title that is no larger than the text: centred on top, bold or in capitals."""
    text = [lines[index] for index in likely]
    edge, right = min(line.left for line in text), max(line.right for line in text)
    found: list[int] = []
    for index in likely[:MOST_TITLE_LINES]:
        line = lines[index]
        is_marked = line.is_bold or (line.text.isupper() and not found)
        is_marked &= not any(map(str.isdigit, line.text))  # the number of a journal
        is_like_first = not found or line.is_bold == lines[found[0]].is_bold
        is_centred = any(
            abs(line.left + line.right - both) < 2 * CENTRED
            for both in (edge + right, page.left + page.right)
        )
        is_inside = line.left > edge + 2 * body.size
        if not (is_marked and is_like_first and is_centred and is_inside):
            break
        if found and index != found[-1] + 1:
            break
        found.append(index)
    if not found or found[0] != likely[0] or found[-1] + 1 >= len(lines):
        return []
    said = " ".join(lines[index].text for index in found)
    after = lines[found[-1] + 1]
    has_credits = is_credit(after, (edge + right) / 2, body) and after.left > edge + body.size
    if not has_credits or is_named(said) or NUMBERED.match(said) or CHAPTER.match(said):
        return []
    return found


def text_without_marks(line: Line) -> str:
    """The text of a line of a title, which may have marks of notes."""
    text = line.text
    for start, stop in reversed(line.marks):
        text = text[:start] + text[stop:]
    return text.rstrip("*†‡∗ ")


def with_credits(
    lines: list[Line], title: list[int], page: Page, body: Body
) -> tuple[list[Line], range]:
    """Put the credits of a title right after it, author by author.

    Returns all lines, and the indexes of the credits among them.
    """
    if not title:
        return lines, range(0)
    last = lines[title[-1]]
    below = [line for line in lines if line.page == last.page and line.bottom < last.bottom - 1]
    below = [line for line in below if line.kind in CREDITS and not line.turn]
    below = sorted(below, key=lambda line: -line.top)[:MOST_BELOW]
    found = _credits(below, lines, title, body)
    if not found:
        return lines, range(0)
    low = min(line.bottom for line in found)
    gone = {id(line) for line in found}
    skipped = {(line.text, line.bottom) for line in page.lines if line.kind not in CREDITS}
    pieces = [
        piece
        for piece in page.pieces
        if low - 1 < piece.bottom < last.bottom - 1 and not piece.turn
        if piece.text.strip() and (piece.text, piece.bottom) not in skipped
    ]
    made = by_author(pieces or found)
    for line in made:
        _without_mark(line)
    kept = [line for line in lines if id(line) not in gone]
    start = next(i for i, line in enumerate(kept) if line is last) + 1
    return [*kept[:start], *made, *kept[start:]], range(start, start + len(made))


def _credits(below: list[Line], lines: list[Line], title: list[int], body: Body) -> list[Line]:
    """The lines from the top that are credits, up to where the text begins."""
    last = lines[title[-1]]
    middle = (last.left + last.right) / 2
    edge = max((line.right for line in below), default=0.0)
    likely = list(takewhile(lambda line: not begins_text(line, below, body, edge), below))
    rest = [*below[len(likely) :], *(line for line in lines if line.page != last.page)]
    found: list[Line] = []
    for index, line in enumerate(likely[:MOST_CREDITS]):
        coming = likely[index : index + 1 + LOOKED_AHEAD]
        is_known = any(is_credit(one, middle, body) for one in coming[:1])
        is_between = len(line.text) < PROSE and any(STRONG.search(one.text) for one in coming[1:])
        if not (is_known or is_between) or _is_heading_elsewhere(line, rest, middle, body):
            break
        found.append(line)
    return found


def begins_text(line: Line, below: Sequence[Line], body: Body, edge: float) -> bool:
    """Whether a heading or a paragraph begins with a line."""
    text = line.text
    is_heading = line.is_bold or line.size > HEADING_SIZE * body.size
    if CHAPTER.match(text) or (NUMBERED.match(text) and is_heading and not DATE.match(text)):
        return True
    is_counted = COUNTED.match(text) and not STRONG.search(text)
    if is_counted or is_named(text) or ABSTRACT.match(text):
        return True
    if len(text) < PROSE / 2 or line.cells > 1:
        return False
    after = next((li for li in below if _is_below(line, li)), None)
    if after is None:
        return False
    width = max(line.right, after.right) - after.left
    is_full = line.right - after.left > FULL * min(width, edge - after.left)
    is_even = -2 < line.left - after.left < 3 * line.size and after.left < line.left + 2
    is_centred = abs(line.left + line.right - after.left - after.right) < CENTRED
    is_shifted = is_centred and abs(line.left - after.left) > 2
    return is_full and is_even and not is_shifted


def _is_below(line: Line, other: Line) -> bool:
    away = line.bottom - other.bottom
    is_near = 0.5 * line.size < away < 2 * line.size and abs(line.size - other.size) < 0.5
    return is_near and min(line.right, other.right) > max(line.left, other.left)


def is_credit(line: Line, middle: float, body: Body) -> bool:
    """Whether a line under a title, whose middle that is, names people, places or a date."""
    text = line.text
    if STRONG.search(text):
        return not SENTENCE_END.search(text) or len(text) < PROSE
    if len(text) >= 2 * PROSE:
        return False
    if SENTENCE_END.search(text) and not text.endswith((":", ".)")):
        words = text.rstrip(".").split()
        return len(words) <= 4 and all(word[:1].isupper() for word in words)
    words = [word for word in LETTERS.findall(text) if word.lower() not in PARTICLES]
    named = sum(1 for word in words if not word[0].islower())
    if words and any(map(str.isupper, text)):
        return named >= 0.6 * len(words)
    is_centred = _is_at(line, middle)
    return line.size > 1.02 * body.size or (is_centred and named >= 0.6 * len(words))


def _is_heading_elsewhere(line: Line, rest: list[Line], middle: float, body: Body) -> bool:
    """Whether a line of credits looks as headings in the text do, and stands as they do."""
    size = round(line.size)
    is_centred = _is_at(line, middle)
    if STRONG.search(line.text) or (line.size <= 1.02 * body.size and not line.is_bold):
        return False
    alike = (
        other
        for other in rest
        if round(other.size) == size and other.is_bold == line.is_bold
        if not is_centred or _is_at(other, middle)
        if not (NUMBERED.match(other.text) or CHAPTER.match(other.text))
    )
    return any(may_be_heading(other, body) for other in alike)


def _is_at(line: Line, middle: float) -> bool:
    return abs((line.left + line.right) / 2 - middle) < CENTRED


def by_author(pieces: list[Line]) -> list[Line]:
    """Order pieces of rows by columns of authors, each from the top."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.bottom):
        if rows and abs(rows[-1][0].bottom - piece.bottom) < ROW * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    made: list[Line] = []
    band: list[list[Line]] = []
    for row in rows:
        if band and (_is_apart(band[-1], row) or not _fits(band, row)):
            made += _in_columns(band)
            band = []
        band.append(row)
    return made + _in_columns(band)


def _is_apart(above: list[Line], row: list[Line]) -> bool:
    away = min(line.bottom for line in above) - max(line.top for line in row)
    return away > 0.6 * max(line.size for line in row)


def _fits(band: list[list[Line]], row: list[Line]) -> bool:
    """Whether a row goes on in the columns of those above it."""
    columns = next((above for above in reversed(band) if len(above) > 1), None)
    if columns is None or len(row) > 1:
        return (columns is None) == (len(row) == 1)
    line = row[0]
    return any(
        abs(line.left - above.left) < 3
        or abs(line.left + line.right - above.left - above.right) < 2 * CENTRED
        for above in columns
    )


def _in_columns(band: list[list[Line]]) -> list[Line]:
    if all(len(row) == 1 for row in band):
        return [row[0] for row in band]
    columns: list[list[Line]] = []
    right = 0.0
    for line in sorted((line for row in band for line in row), key=lambda line: line.left):
        if columns and line.left < right:
            columns[-1].append(line)
            right = max(right, line.right)
        else:
            columns.append([line])
            right = line.right
    if len(columns) == 1:
        return [line for row in band for line in sorted(row, key=lambda line: line.left)]
    return [line for one in columns for line in sorted(one, key=lambda line: -line.bottom)]


def _without_mark(line: Line) -> None:
    """A mark before a place tells which author it belongs to."""
    line.kind = "text"
    mark = LEADING_MARK.match(line.text)
    if mark and not any(start == 0 for start, _ in line.marks):
        line.marks = [(0, mark.end()), *line.marks]


def mark_title_page(pages: Sequence[Page], body: Body) -> list[Line]:
    """Mark a first page that holds title, author and date alone; returns its title's lines."""
    number = next((n for n, page in enumerate(pages) if page.lines), 0)
    page = pages[number].lines
    text = [line for line in page if line.kind in CREDITS]
    rest = [line for other in pages[number + 1 :] for line in other.lines if line.kind == "text"]
    if not rest or not 1 <= len(text) <= TITLE_PAGE_LINES or any(line.turn for line in text):
        return []
    words = [line for line in text if WORD.search(line.text)]
    if not words:
        return []
    size = max(line.size for line in words)
    title = [line for line in words if line.size > size - 0.5]
    others = [line for line in text if line.size <= size - 0.5]
    said = " ".join(line.text for line in title)
    if size < 1.15 * body.size or len(said) > LONGEST_RUN or is_named(said):
        return []
    if CHAPTER.match(said) or NUMBERED.match(said) or _opens_as_others(title, text, rest):
        return []
    edge = max(line.right for line in text)
    below = sorted(text, key=lambda line: -line.top)
    if any(begins_text(line, below, body, edge) for line in others):
        return []
    middle = (title[0].left + title[0].right) / 2
    known = sum(1 for line in others if is_credit(line, middle, body))
    if known < 0.6 * len(others) or (len(text) > FEW_PAGE_LINES and not _is_sparse(text)):
        return []
    for line in text:
        line.kind = "front_matter"
    return title


def _opens_as_others(title: list[Line], text: list[Line], rest: Iterable[Line]) -> bool:
    """Whether other pages open with a line of the same look, as each of several poems does."""
    first = title[0]
    return first.top >= max(line.top for line in text) and any(
        abs(line.size - first.size) < 0.5
        and line.is_bold == first.is_bold
        and abs(line.bottom - first.bottom) < first.size
        for line in rest
    )


def _is_sparse(text: list[Line]) -> bool:
    """Whether a page's lines stand far apart."""
    ordered = sorted(text, key=lambda line: -line.bottom)
    far = sum(1 for one, other in pairwise(ordered) if one.bottom - other.bottom > 1.7 * one.size)
    return far >= 0.3 * len(ordered)
