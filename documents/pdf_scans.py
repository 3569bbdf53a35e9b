"""Scanned pages of a PDF: pictures become lines of text, each page with a mark how sure it is."""

from collections.abc import Callable
from math import sqrt
from statistics import mean

import pypdfium2

from common.errors import Message
from documents.errors import NeedsRecognition, TooLargeInside
from documents.pdf_lines import Line, Page
from documents.recognition import DOUBTFUL, DPI, Picture, Recogniser, WordLine

POINTS = 72
MOST_PAGES = 2000  # an hour or two of work
MOST_DOTS = 20_000_000  # in a picture of a page; a plan is looked at less closely
NAMED = 10  # pages that are named in a note

Progress = Callable[[int, int], None]


class Scans:
    """Recognises pages without text with the Tesseract at the path `program`.

    `at_page` is told how many are done, and of how many. Unless `is_now`, the first page that needs
    it raises NeedsRecognition: it takes long, so that whoever asked may do it in another place.
    """

    def __init__(self, program: str, *, is_now: bool, at_page: Progress) -> None:
        self._program, self._is_now, self._at_page = program, is_now, at_page
        self._recogniser: Recogniser | None = None
        self.percents: dict[int, int] = {}

    def read(self, pdf: pypdfium2.PdfDocument, pages: list[Page], numbers: list[int]) -> None:
        """Fill in the lines of those pages; raises NeedsRecognition, TooLargeInside."""
        if not numbers:
            return
        if not self._is_now:
            raise NeedsRecognition
        if len(numbers) > MOST_PAGES:
            raise TooLargeInside
        self._recogniser = Recogniser(self._program)
        for done, number in enumerate(numbers):
            self._at_page(done, len(numbers))
            pages[number] = self._page(pdf, number, self._recogniser)

    def mark(self, pages: list[Page]) -> None:
        """Put the mark of its page before the first line of each that was recognised."""
        for number, percent in self.percents.items():
            first = pages[number].lines[0]
            text = f"{number + 1}: {percent} %"
            place = (first.left, first.right, first.top, first.top)
            pages[number].lines.insert(0, Line(text, number, *place, first.size, kind="scan_mark"))

    def notes(self, pages: int) -> list[Message]:
        """Say how many pages were recognised, how surely, and what would help."""
        if not self.percents:
            return []
        percent = round(mean(self.percents.values()))
        found = [
            Message(
                "Text recognised on {count} of {pages} pages (certainty {percent} %). "
                    "Check names and numbers.",
                count=len(self.percents), pages=pages, percent=percent,
            )
        ]  # fmt: skip
        doubtful = [number + 1 for number, sure in self.percents.items() if sure < DOUBTFUL]
        if doubtful:
            named = ", ".join(map(str, doubtful[:NAMED])) + ("…" if doubtful[NAMED:] else "")
            found.append(
                Message("Hard to read, so much of it may be wrong: page {pages}.", pages=named)
            )
        if self._recogniser and self._recogniser.missing:
            found.append(
                Message(
                    "Tesseract does not have the language of this document ({language}). "
                    "Install that language and import the document again.",
                    language=self._recogniser.missing,
                )
            )
        return found

    def _page(self, pdf: pypdfium2.PdfDocument, number: int, recogniser: Recogniser) -> Page:
        page = pdf[number]
        try:
            width, height = page.get_size()
            scale = min(DPI / POINTS, sqrt(MOST_DOTS / max(1.0, width * height)))
            picture = _picture(page, scale)
        finally:
            page.close()
        found = recogniser.read(picture)
        if found.lines:
            self.percents[number] = found.percent
        high = found.height / scale
        return Page([_line(line, number, scale, high) for line in found.lines], high=high)


def _picture(page: pypdfium2.PdfPage, scale: float) -> Picture:
    made = page.render(scale=scale, grayscale=True)
    try:
        dots, width, stride = memoryview(made.buffer), made.width, made.stride
        rows = (dots[row * stride : row * stride + width] for row in range(made.height))
        return Picture(width, made.height, b"".join(rows))
    finally:
        made.close()


def _line(line: WordLine, number: int, scale: float, page_height: float) -> Line:
    left = min(word.left for word in line.words) / scale
    right = max(word.left + word.width for word in line.words) / scale
    top = page_height - min(word.top for word in line.words) / scale
    size = round(line.height / scale, 1)
    return Line(line.text, number, left, right, top - size, top, size)
