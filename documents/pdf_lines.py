"""Lines of a PDF's pages with their places, read with PDFium."""

import ctypes
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from documents.text_cleaning import clean

LINE_END = re.compile("\r\n|[\r\n\ufffe\x02]")
HYPHENS = "\ufffe\x02"
MARK = re.compile(r"(?<=[^\W\d_]|[.,;:!?”\"’»)\]])(?:\d{1,3}|[*†‡])(?=[\s.,;:!?”)]|\Z)")
MARKS = re.compile(r"[\d*†‡]")
SMALL = 0.85  # of the line's size: the digits of a note's mark are smaller
FIXED_PITCH = 1
FIXED = re.compile(r"mono|cour|consol|menlo|typewriter|tt\d*\Z", re.IGNORECASE)
BOLD = re.compile(r"bold|black|heavy|semib|demi", re.IGNORECASE)
BOLD_WEIGHT = 600
COLUMN_LINES = 8
COLUMN_FILL = 0.7
GAP = 1.6  # of the size: a wider space parts the cells of a row, or two columns
LOOSE = 0.66  # of the size: letters take less on average, unless there are wide gaps
NAME_BYTES = 128


@dataclass(slots=True)
class Line:
    """A line of text; places in points from the lower left corner of its page.

    `marks` are the stretches of the text that are raised marks of notes. `is_broken` tells that
    its last word goes on in the next line after a hyphen.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    is_bold: bool = False
    is_fixed: bool = False
    is_broken: bool = False
    cells: int = 1
    column: int = 0
    kind: str = "text"
    marks: list[tuple[int, int]] = field(default_factory=list)


class PageReader:
    """Reads the lines of one page after the other."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document
        self._one, self._other = pdfium.FS_RECTF(), pdfium.FS_RECTF()
        self._name = ctypes.create_string_buffer(NAME_BYTES)
        self._flags = ctypes.c_int()
        self._text: Any = None

    def lines(self, number: int) -> list[Line]:
        """Read the lines of the page of that index in reading order; raises PdfiumError."""
        page = self._document[number]
        self._text = text = page.get_textpage()
        try:
            return _in_columns(self._read(text.get_text_range(errors="replace"), number))
        finally:
            text.close()
            page.close()

    def has_pictures(self, number: int) -> bool:
        """Whether there is an image on a page."""
        page = self._document[number]
        try:
            objects = page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
            return next(iter(objects), None) is not None
        finally:
            page.close()

    def _read(self, text: str, number: int) -> list[Line]:
        is_even = len(text) == self._text.count_chars()
        found: list[tuple[Line, int]] = []
        start = 0
        for end in [*LINE_END.finditer(text), None]:
            stop = end.start() if end else len(text)
            line = text[start:stop].strip()
            if line:
                first = start + text[start:stop].index(line[0])
                if not is_even:
                    first = pdfium.FPDFText_GetCharIndexFromTextIndex(self._text, first)
                made = self._line(line, first, number)
                made.is_broken = end is not None and end[0] in HYPHENS
                found.append((made, first))
            start = end.end() if end else stop
        if len(found) >= COLUMN_LINES and (gutter := _gutter(self._segments())):
            return [half for line, first in found for half in self._halves(line, first, gutter)]
        return [line for line, _ in found]

    def _segments(self) -> list[Line]:
        """Find runs that stand side by side without a wide gap, one line each, without its text."""
        found: list[Line] = []
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        for number in range(pdfium.FPDFText_CountRects(self._text, 0, -1)):
            pdfium.FPDFText_GetRect(self._text, number, left, top, right, bottom)
            box = (left.value, right.value, bottom.value, top.value)
            last = found[-1] if found else None
            height = box[3] - box[2]
            if last and abs(last.bottom - box[2]) < height and -1 < box[0] - last.right < height:
                last.right = max(last.right, box[1])
            else:
                found.append(Line("", 0, *box, height))
        return found

    def _halves(self, line: Line, first: int, gutter: float) -> Iterator[Line]:
        """A line that goes across two columns as two, any other as it is."""
        if line.left < gutter < line.right and line.text.isprintable():
            for gap in self._gaps(line.text, first, line.size, wide=0.6):
                after = gap + len(line.text[gap:]) - len(line.text[gap:].lstrip())
                pdfium.FPDFText_GetLooseCharBox(self._text, first + gap - 1, self._one)
                pdfium.FPDFText_GetLooseCharBox(self._text, first + after, self._other)
                if self._one.right <= gutter <= self._other.left:
                    yield self._line(line.text[:gap], first, line.page)
                    rest = self._line(line.text[after:], first + after, line.page)
                    rest.is_broken = line.is_broken
                    yield rest
                    return
        yield line

    def _line(self, line: str, first: int, number: int) -> Line:
        one, other, text = self._one, self._other, self._text
        last = first + len(line) - 1
        pdfium.FPDFText_GetLooseCharBox(text, first, one)
        pdfium.FPDFText_GetLooseCharBox(text, last, other)
        size = max(one.top - one.bottom, other.top - other.bottom, 0.1)
        made = Line(
            unicodedata.normalize("NFC", clean(line)) if not line.isascii() else line,
            number,
            one.left,
            max(other.right, one.right),
            min(one.bottom, other.bottom),
            max(one.top, other.top),
            round(size, 1),
        )
        made.is_bold, made.is_fixed = self._font(first, last)
        if made.text == line and MARKS.search(line):
            made.marks = [
                found.span()
                for found in MARK.finditer(line)
                if self._is_raised(first + found.start(), made)
            ]
        if made.right - made.left > LOOSE * size * len(line) and len(line) > 2:
            made.cells = len(self._gaps(line, first, size)) + 1
        return made

    def _font(self, first: int, last: int) -> tuple[bool, bool]:
        is_fixed = True
        for place in (first, (first + last) // 2, last):
            pdfium.FPDFText_GetFontInfo(
                self._text, place, self._name, NAME_BYTES, ctypes.byref(self._flags)
            )
            name = self._name.value.decode("latin-1")
            is_fixed &= bool(self._flags.value & FIXED_PITCH or FIXED.search(name))
            if not is_fixed:
                break
        is_bold = pdfium.FPDFText_GetFontWeight(self._text, first) >= BOLD_WEIGHT
        return is_bold or bool(BOLD.search(self._name.value.decode("latin-1"))), is_fixed

    def _is_raised(self, place: int, line: Line) -> bool:
        box = self._one
        pdfium.FPDFText_GetLooseCharBox(self._text, place, box)
        size = box.top - box.bottom
        return size < SMALL * line.size and box.bottom > line.bottom + 0.1 * line.size

    def _gaps(self, line: str, first: int, size: float, wide: float = GAP) -> list[int]:
        """Find the spaces in a line that are as wide as those between columns."""
        found = []
        for space in re.finditer(r"(?<=\S) +(?=\S)", line):
            pdfium.FPDFText_GetLooseCharBox(self._text, first + space.start() - 1, self._one)
            pdfium.FPDFText_GetLooseCharBox(self._text, first + space.end(), self._other)
            if self._other.left - self._one.right > wide * size:
                found.append(space.start())
        return found


def _in_columns(lines: list[Line]) -> list[Line]:
    """The lines of a page as they are read: of two columns the left one first."""
    gutter = _gutter(lines)
    if gutter is None:
        return lines
    left = [line for line in lines if line.right <= gutter]
    right = [line for line in lines if line.left >= gutter]
    for line in right:
        line.column = 1
    across = [line for line in lines if line.left < gutter < line.right]
    made: list[Line] = []
    for bottom in [*sorted((line.bottom for line in across), reverse=True), -1e9]:
        for side in (left, right):
            above = [line for line in side if line.bottom > bottom]
            made += sorted(above, key=lambda line: -line.bottom)
            side[:] = [line for line in side if line.bottom <= bottom]
        made += [line for line in across if line.bottom == bottom]
    return made


def _gutter(lines: list[Line]) -> float | None:
    """The x between two columns of prose, None where there are none."""
    if len(lines) < 2 * COLUMN_LINES:
        return None
    lefts = sorted(line.left for line in lines)
    rights = sorted(line.right for line in lines)
    best: tuple[int, float] = (0, 0.0)
    for step in range(30, 71, 2):
        x = lefts[0] + (rights[-1] - lefts[0]) * step / 100
        left, right = bisect_right(rights, x), len(lefts) - bisect_left(lefts, x)
        if left + right >= len(lines) * 0.8:
            best = max(best, (min(left, right), x))
    count, x = best
    if count < COLUMN_LINES:
        return None
    sides = [[line for line in lines if line.right <= x], [li for li in lines if li.left >= x]]
    for side in sides:
        widths = [line.right - line.left for line in side]
        if median(widths) < COLUMN_FILL * max(widths):
            return None
    return x
