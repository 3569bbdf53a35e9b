"""Scanned documents of tests: pictures of pages, without a text layer."""

import shutil
from io import BytesIO

import pypdfium2
import pytest
from fpdf import FPDF

from tests.documents.making import Pdf, paragraphs

TESSERACT = shutil.which("tesseract") or ""
needs_tesseract = pytest.mark.skipif(not TESSERACT, reason="tesseract is not on this machine")
DOTS_A_POINT = 200 / 72


def scanned(pdf: bytes, turned: int = 0, only: frozenset[int] | None = None) -> bytes:
    """The pages of a PDF as pictures, turned by so many degrees; of `only` these, others as text.

    Pages that stay text are said in one line.
    """
    made = FPDF(unit="pt")
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        width, height = page.get_size()
        made.add_page(format=(width, height))
        if only is not None and number not in only:
            made.set_font("helvetica", size=12)
            made.text(72, 72, "This page is text.")
            continue
        picture = page.render(scale=DOTS_A_POINT, rotation=turned).to_pil().convert("L")
        made.image(picture, 0, 0, width, height)
    return bytes(made.output())


def chapters(count: int = 2) -> bytes:
    """A PDF of chapters, one a page, with a running head."""
    made = Pdf(head="THE LANTERN", foot="{page}")
    for number in range(1, count + 1):
        made.page()
        made.heading(f"Chapter {number}", 18, 0)
        for block in paragraphs(2, number):
            made.paragraph(block)
    return made.bytes()


def lines(*texts: str) -> bytes:
    """A PDF of one page with these lines."""
    made = FPDF(unit="pt")
    made.add_page()
    made.set_font("helvetica", size=14)
    for number, text in enumerate(texts):
        made.text(72, 100 + 24 * number, text)
    output = BytesIO(bytes(made.output()))
    return output.getvalue()
