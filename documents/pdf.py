"""PDF documents: lines become paragraphs, the outline or large lines become chapters."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

import pypdfium2
import pypdfium2.raw as pdfium

from common.errors import Message
from documents.builder import PARAGRAPH, Builder
from documents.errors import Broken, EmptyDocument, Encrypted, Scanned, TooLargeInside
from documents.pdf_lines import Line, PageReader
from documents.pdf_pages import HEADING_SIZE, LONGEST_HEADING, Body, mark_kinds
from documents.pdf_scans import Scans
from documents.text_cleaning import hyphen, one_line, parts_of, words_of
from documents.types import Document, TextRun

MOST_PAGES = 10_000
LOOKED_FOR_PICTURES = 50
MOST_PLACES = 5_000
DEEPEST = 3
LONGEST_LABEL = 24
PASSWORD_ERRORS = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)

PROGRAM_TITLE = re.compile(
    r"microsoft word - |untitled|.*\.(?:docx?|tex|dvi|indd|qxd|odt|rtf|html?)\Z", re.IGNORECASE
)
SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*\Z")
ITEM = re.compile(r"(?:[•‣▪●◦·–—*-]|\(?[a-z\d]{1,3}[.)])\s+\S", re.IGNORECASE)
BULLET = re.compile(r"[•‣▪●◦·–—-]\s+")
BROKEN_PATH = re.compile(r"(?:\A|\s)\S*/\S*[/.]\Z")
CITATION = re.compile(r"\s?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]")
NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[^\W\d_]")
CHAPTER = re.compile(r"(?:chapter|kapitel|chapitre|capítulo|capitolo|part|teil)\b", re.IGNORECASE)
LABEL = re.compile(r"(?:chapter|appendix|part|kapitel|anhang)?[\divxlc]{0,8}[a-z]?")
LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the outline; `top` in points, None where it points to the whole page."""

    title: str
    level: int
    page: int
    top: float | None


def open_pdf(path: str) -> pypdfium2.PdfDocument:
    """Open the PDF at that path; raises Encrypted, Broken."""
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", 0) in PASSWORD_ERRORS or "assword" in str(error):
            raise Encrypted from error
        raise Broken from error


def read_pdf(pdf: pypdfium2.PdfDocument, title: str, scans: Scans | None = None) -> Document:
    """Read a PDF; `scans` recognises pages without text.

    Raises Scanned, EmptyDocument, TooLargeInside.
    """
    if len(pdf) > MOST_PAGES:
        raise TooLargeInside
    pages, without = _pages(pdf, scans)
    body = mark_kinds(pages)
    places = _outline(pdf, len(pages))
    builder = Builder(chapters_given=bool(places))
    _metadata(pdf, builder)
    if scans:
        scans.mark(pages)
        builder.notes += scans.notes(len(pages))
    if without:
        builder.notes.append(
            Message("{count} of {pages} pages have no text.", count=without, pages=len(pages))
        )
    lines = [line for page in pages for line in page]
    starts = _starts(lines, places)
    levels = {} if places else _levels(lines, body)
    words = words_of("\n".join(line.text for line in lines))
    _Writer(builder, body, _right_edges(lines), words).write(lines, starts, levels)
    return builder.document("pdf", title)


def _pages(pdf: pypdfium2.PdfDocument, scans: Scans | None) -> tuple[list[list[Line]], int]:
    """The lines of every page, and on how many pages there are pictures alone."""
    reader = PageReader(pdf)
    pages: list[list[Line]] = []
    broken = 0
    for number in range(len(pdf)):
        try:
            pages.append(reader.lines(number))
        except pypdfium2.PdfiumError:
            pages.append([])
            broken += 1
    empty = [number for number, page in enumerate(pages) if not page]
    if scans:
        scans.read(pdf, pages, [number for number in empty if reader.has_pictures(number)])
        empty = [number for number in empty if not pages[number]]
    if len(empty) < len(pages) or not pages:
        return pages, len(empty)
    if broken == len(pages):
        raise Broken
    for number in empty[:LOOKED_FOR_PICTURES]:
        if reader.has_pictures(number):
            raise Scanned
    raise EmptyDocument


def _metadata(pdf: pypdfium2.PdfDocument, builder: Builder) -> None:
    found = pdf.get_metadata_dict(skip_empty=True)
    title = one_line(found.get("Title", ""))
    builder.title = "" if PROGRAM_TITLE.match(title) else title
    builder.author = found.get("Author", "")


def _outline(pdf: pypdfium2.PdfDocument, pages: int) -> list[Place]:
    found = []
    try:
        for mark in pdf.get_toc(max_depth=DEEPEST):
            target = mark.get_dest()
            page = target.get_index() if target else None
            title = one_line(mark.get_title())
            if page is None or not 0 <= page < pages or not title:
                continue
            mode, view = target.get_view()
            top = {pdfium.PDFDEST_VIEW_XYZ: 1, pdfium.PDFDEST_VIEW_FITH: 0}.get(mode)
            height = view[top] if top is not None and len(view) > top else None
            found.append(Place(title, mark.level + 1, page, height))
            if len(found) >= MOST_PLACES:
                break
    except pypdfium2.PdfiumError:
        return []
    found.sort(key=lambda place: place.page)
    return found


def _letters(text: str) -> str:
    return LETTERS.sub("", text).casefold()


def _starts(lines: list[Line], places: list[Place]) -> dict[int, list[Place]]:
    """Find the line at which each place of the outline begins; the heading's lines are marked."""
    starts: dict[int, list[Place]] = defaultdict(list)
    first = [line.page for line in lines]
    lowest = 0
    for place in places:
        begin, end = bisect_left(first, place.page), bisect_left(first, place.page + 1)
        found = _heading_at(lines, max(begin, lowest), end, place)
        if found is None:
            found = begin
            while place.top is not None and found < end and lines[found].bottom > place.top:
                found += 1
        lowest = max(lowest, found)
        starts[min(lowest, len(lines) - 1)].append(place)
    return starts


def _heading_at(lines: list[Line], begin: int, end: int, place: Place) -> int | None:
    """The first line of the heading that an outline's title is written in, nearest its place."""
    wanted = _letters(place.title)
    best: tuple[float, int, int] | None = None
    for index in range(begin, end):
        if lines[index].kind not in ("text", "code", "table"):
            continue
        stop = _matched(lines, index, end, wanted)
        if stop:
            away = abs(lines[index].top - place.top) if place.top is not None else 0.0
            if best is None or away < best[0]:
                best = (away, index, stop)
    if best is None:
        return None
    _, index, stop = best
    if index > begin and len(lines[index - 1].text) <= LONGEST_LABEL:
        # "Chapter One" stands in a line of its own above the title.
        index -= 1 if CHAPTER.match(lines[index - 1].text) else 0
    for line in lines[index:stop]:
        line.kind = "heading"
    return index


def _matched(lines: list[Line], index: int, end: int, wanted: str) -> int:
    """The end of the lines that together are a title, a number before it allowed; 0 if none."""
    said = ""
    for stop in range(index, min(index + 4, end)):
        said += _letters(lines[stop].text)
        if said == wanted:
            return stop + 1
        number = said[: -len(wanted)] if said.endswith(wanted) else said
        is_number = _is_label(number)
        if said.endswith(wanted) and is_number:
            return stop + 1
        if not (is_number or wanted.startswith(said) or _is_label_and(said, wanted)):
            return 0
    return 0


def _is_label(text: str) -> bool:
    return bool(
        re.fullmatch(r"(?:chapter|appendix|part|kapitel|anhang)?[\divxlc]{0,8}[a-z]?", text)
    )


def _is_label_and(said: str, wanted: str) -> bool:
    label = re.match(r"(?:chapter|appendix|part|kapitel|anhang)?\d*", said)
    return label is not None and bool(label[0]) and wanted.startswith(said[label.end() :])


def _levels(lines: list[Line], body: Body) -> dict[int, int]:
    """Find which lines are headings of which level, by size, by number or by weight."""
    sizes = sorted(
        {
            round(line.size)
            for line in lines
            if line.kind == "text" and line.size > HEADING_SIZE * body.size
            if len(line.text) <= LONGEST_HEADING
        },
        reverse=True,
    )
    found = {}
    for index, line in enumerate(lines):
        if line.kind != "text" or len(line.text) > LONGEST_HEADING or not _has_letters(line):
            continue
        if line.size > HEADING_SIZE * body.size:
            found[index] = min(6, sizes.index(round(line.size)) + 1)
        elif line.is_bold and not SENTENCE_END.search(line.text):
            number = NUMBERED.match(line.text)
            if number:
                found[index] = min(6, len(sizes) + 1 + number[1].count("."))
            elif CHAPTER.match(line.text):
                found[index] = min(6, len(sizes) + 1)
    return found


def _has_letters(line: Line) -> bool:
    return any(map(str.isalnum, line.text))


def _right_edges(lines: list[Line]) -> dict[int, float]:
    """Find where full lines end, by column, in points."""
    edges = {}
    for column in (0, 1):
        ends = [line.right for line in lines if line.column == column and line.kind == "text"]
        if len(ends) > 1:
            edges[column] = quantiles(ends, n=10)[-1]
    return edges


class _Writer:
    """Joins lines into paragraphs and tells them to the builder."""

    def __init__(
        self, builder: Builder, body: Body, edges: dict[int, float], words: frozenset[str]
    ) -> None:
        self._builder = builder
        self._body = body
        self._edges = edges
        self._words = words
        self._before: Line | None = None
        self._last: Line | None = None

    def write(
        self, lines: list[Line], starts: dict[int, list[Place]], levels: dict[int, int]
    ) -> None:
        """Write all lines to the builder; `starts` and `levels` are by the index of a line."""
        index = 0
        while index < len(lines):
            for place in starts.get(index, ()):
                self._builder.chapter(place.title, place.level)
                self._before = None
            line = lines[index]
            if line.kind == "heading" or index in levels:
                index = self._heading(lines, index, starts, levels)
                continue
            following = lines[index + 1] if index + 1 < len(lines) else None
            if line.kind == "text":
                self._text(line, self._following(lines, index))
            else:
                self._other(line, following)
            index += 1

    def _heading(
        self,
        lines: list[Line],
        index: int,
        starts: dict[int, list[Place]],
        levels: dict[int, int],
    ) -> int:
        """Tell a heading of one or more lines; the index of the line after it."""
        first, level = lines[index], levels.get(index, 0)
        stop = index + 1
        while (
            stop < len(lines)
            and stop not in starts
            and lines[stop].kind == first.kind
            and levels.get(stop, 0) == level
            and lines[stop].page == first.page
            and 0 <= lines[stop - 1].bottom - lines[stop].bottom < 2 * first.size
            and not (level and NUMBERED.match(lines[stop].text))
        ):
            stop += 1
        text = " ".join(line.text for line in lines[index:stop])
        self._builder.heading(parts_of(text, PARAGRAPH), level or 1)
        self._before = None
        return stop

    def _other(self, line: Line, following: Line | None) -> None:
        """Tell a line that is left out; those of one kind are joined."""
        last, self._last = self._last, line
        is_same = last is not None and last.kind == line.kind and last.page == line.page
        glue = "\n" if is_same and line.kind in ("table", "code", "contents") else PARAGRAPH
        is_new_note = line.kind == "note" and line.text[:1].isdigit()
        if is_same and line.kind == "note" and not is_new_note:
            glue = " "
        self._builder.joined(line.text, line.kind, glue, is_same=is_same and not is_new_note)

    def _following(self, lines: list[Line], index: int) -> Line | None:
        """The next line of running text, over the end of the page."""
        for line in lines[index + 1 : index + 60]:
            if line.kind == "text":
                return line
            if line.kind == "heading":
                return None
        return None

    def _text(self, line: Line, following: Line | None) -> None:
        """Tell a line of the running text, joined to the one before where that goes on."""
        self._last = None
        before, self._before = self._before, line
        glue = PARAGRAPH
        if before is not None and not self._is_new(before, line):
            is_whole = _is_hyphenated(before, line) or _is_path(before, line)
            glue = "" if is_whole else " "
        parts = list(_line_parts(line, glue))
        if following is not None and _is_hyphenated(line, following):
            if not line.is_broken:
                parts[-1:] = _without_hyphen(parts[-1])
            if not self._is_new(line, following):
                text = line.text if line.is_broken else line.text[:-1]
                parts.append(hyphen(text, following.text, self._words))
        self._builder.parts(parts)

    def _is_new(self, before: Line, line: Line) -> bool:
        """Whether a line begins a paragraph."""
        if before.is_broken and line.text[:1].islower():
            return False
        is_ended = bool(SENTENCE_END.search(before.text))
        if before.page != line.page or before.column != line.column:
            return is_ended or bool(ITEM.match(line.text)) or _differs(before, line)
        away = before.bottom - line.bottom
        if away < -1 or away > 1.35 * max(self._body.leading, line.size) or _differs(before, line):
            return True
        if ITEM.match(line.text) and (is_ended or BULLET.match(line.text)):
            return True
        edge = self._edges.get(line.column, before.right)
        is_short = before.right < edge - 0.12 * (edge - before.left)
        is_indented = line.left > before.left + 0.8 * self._body.size
        return (is_ended and is_short) or (is_indented and is_ended)


def _differs(before: Line, line: Line) -> bool:
    return abs(before.size - line.size) > 0.12 * max(before.size, line.size)


def _is_hyphenated(line: Line, following: Line) -> bool:
    if not following.text[:1].islower():
        return False
    text = line.text
    return line.is_broken or (text[-1:] in "-\xad‐" and text[-2:-1].isalpha())


def _is_path(line: Line, following: Line) -> bool:
    """Whether an address or a file's path goes on in the next line without a hyphen."""
    first = following.text[:1]
    is_going_on = first.islower() or (line.text.endswith("/") and first.isalnum())
    return is_going_on and bool(BROKEN_PATH.search(line.text))


def _without_hyphen(part: TextRun) -> list[TextRun]:
    text = part.text[:-1]
    return [TextRun(text, part.kind, part.glue, part.replaced_by)] if text else []


def _line_parts(line: Line, glue: str) -> Iterator[TextRun]:
    """The parts of a line: marks of notes and citations by their own rules."""
    special = [(start, end, "note_mark") for start, end in line.marks]
    special += [(*found.span(), "reference") for found in CITATION.finditer(line.text)]
    if glue == PARAGRAPH and (bullet := BULLET.match(line.text)):
        special.append((0, bullet.end(), "bullet"))
    place = 0
    for start, end, kind in sorted(special):
        if start < place:
            continue
        before = line.text[place:start]
        if before:
            yield from parts_of(before, glue)
            glue = ""
        yield TextRun(line.text[start:end], kind, glue)
        glue, place = "", end
    if place < len(line.text):
        yield from parts_of(line.text[place:], glue)
