"""Pages of a PDF, one after the other: lines in reading order, fields, turned text."""

from collections.abc import Iterable
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from documents.pdf_columns import in_reading_order, walls
from documents.pdf_figures import Box
from documents.pdf_forms import written_onto
from documents.pdf_lines import Line, Page, TextLines, turned

COLUMNS_FROM = 8  # lines
FIELD_SIZE = 0.75  # of a field's height
LARGEST_FIELD = 12.0  # points
FIRST_PAGES = 3  # one of them has the title


class PageReader:
    """Reads the pages of a document."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document

    def read(self, number: int) -> Page:
        """Read the page of that index; raises PdfiumError."""
        page = self._document[number]
        text = page.get_textpage()
        try:
            reader = TextLines(text, number)
            left, low, right, high = turned(page.get_bbox(), reader.turn)
            pieces = reader.pieces() if number < FIRST_PAGES else []
            lines = _lines(reader, page, number)
            return Page(lines, low, high, reader.turn, reader.lost, pieces, left, right)
        finally:
            text.close()
            page.close()

    def has_pictures(self, number: int) -> bool:
        """Whether there is an image on a page; a page that cannot be opened shows none."""
        try:
            page = self._document[number]
        except pypdfium2.PdfiumError:
            return False
        try:
            objects = page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
            return next(iter(objects), None) is not None
        finally:
            page.close()


def _lines(reader: TextLines, page: pypdfium2.PdfPage, number: int) -> list[Line]:
    lines = reader.lines()
    between: list[float] = []
    if len(lines) >= COLUMNS_FROM:
        between = walls(_upright(reader.segments()))
        if between:
            lines = reader.lines_between(between)
    if _collide(lines):
        lines = reader.pieces()
    lines += (_field(turned(box, reader.turn), text, number) for box, text in written_onto(page))
    lines = [line for line in lines if line.text.strip()]  # signs that nobody sees leave none
    upright = [line for line in lines if not line.turn]
    aside = [line for line in lines if line.turn]
    return in_reading_order(upright, has_columns=bool(between)) + aside


def _collide(lines: list[Line]) -> bool:
    """Whether words of one line stand in the gaps of another."""
    rows = sorted((line for line in lines if not line.turn), key=lambda line: line.bottom)
    for line, other in pairwise(rows):
        is_one_row = abs(line.bottom - other.bottom) < 0.2 * line.size
        is_alike = abs(line.size - other.size) < 0.2 * line.size and line.text != other.text
        overlap = min(line.right, other.right) - max(line.left, other.left)
        if is_one_row and is_alike and overlap > line.size:
            return True
    return False


def _upright(boxes: Iterable[Box]) -> list[Box]:
    """Leave out what is far higher than wide: text that is turned against the page."""
    return [box for box in boxes if box[3] - box[1] < 3 * (box[2] - box[0]) + 12]


def _field(box: Box, text: str, number: int) -> Line:
    left, bottom, right, top = box
    height = min(FIELD_SIZE * (top - bottom), LARGEST_FIELD)
    middle = (bottom + top) / 2
    low, high = middle - height / 2, middle + height / 2
    return Line(text, number, left, right, low, high, round(height, 1), is_field=True)
