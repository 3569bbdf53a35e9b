"""PDF documents: lines become paragraphs, the outline or large lines become chapters."""

import pypdfium2
import pypdfium2.raw as pdfium

from common.errors import Message
from documents.builder import Builder
from documents.errors import (
    Broken,
    EmptyDocument,
    Encrypted,
    Scanned,
    TooLargeInside,
    UnknownLetters,
)
from documents.pdf_edges import Body
from documents.pdf_headings import join_initials, levels_of
from documents.pdf_lines import Line, Page
from documents.pdf_outline import outline, starts_of
from documents.pdf_pages import mark_kinds
from documents.pdf_paragraphs import Writer, layout_of
from documents.pdf_reader import PageReader
from documents.pdf_scans import Scans
from documents.pdf_title_page import mark_title_page, text_without_marks, title_lines, with_credits
from documents.pdf_titles import is_a_title
from documents.text_cleaning import one_line
from documents.types import Document

MOST_PAGES = 10_000
LOOKED_FOR_PICTURES = 50
FEW_LETTERS = 60  # bullets and large brackets from fonts of signs are no loss
UNREADABLE = (
    "The fonts on {count} of {pages} pages do not contain their letters. Run text "
    "recognition (OCR) on the PDF and import the result."
)
PASSWORD_ERRORS = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


def open_pdf(path: str) -> pypdfium2.PdfDocument:
    """Open the PDF at that path; raises Encrypted, Broken."""
    try:
        pdf = pypdfium2.PdfDocument(path)
        pdf.init_forms()
        return pdf
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", 0) in PASSWORD_ERRORS or "assword" in str(error):
            raise Encrypted from error
        raise Broken from error


def read_pdf(pdf: pypdfium2.PdfDocument, title: str, scans: Scans | None = None) -> Document:
    """Read a PDF; `scans` recognises pages without text.

    Raises Scanned, UnknownLetters, EmptyDocument, TooLargeInside.
    """
    if len(pdf) > MOST_PAGES:
        raise TooLargeInside
    pages, without = _pages(pdf, scans)
    body = mark_kinds(pages)
    places = outline(pdf, pages)
    builder = Builder(chapters_given=bool(places))
    _metadata(pdf, builder)
    if scans:
        scans.mark(pages)
        builder.notes += scans.notes(len(pages))
    if without:
        builder.notes.append(
            Message("Pages without text: {count} of {pages}.", count=without, pages=len(pages))
        )
    lost = sum(1 for page in pages if page.lost >= FEW_LETTERS)
    if lost:
        builder.notes.append(Message(UNREADABLE, count=lost, pages=len(pages)))
    lines, beside = _titled(pages, body, builder, has_outline=bool(places))
    starts = starts_of(lines, places)
    levels = levels_of(lines, body, beside) if not places else {}
    Writer(builder, layout_of(lines, pages, body, beside), lines).write(starts, levels)
    try:
        return builder.document("pdf", title)
    except EmptyDocument:
        if any(page.lost for page in pages):
            raise UnknownLetters from None
        raise


def _pages(pdf: pypdfium2.PdfDocument, scans: Scans | None) -> tuple[list[Page], int]:
    """The lines of every page, and on how many pages there are pictures alone."""
    reader = PageReader(pdf)
    pages: list[Page] = []
    broken = 0
    for number in range(len(pdf)):
        try:
            pages.append(reader.read(number))
        except pypdfium2.PdfiumError:
            pages.append(Page([]))
            broken += 1
    empty = [number for number, page in enumerate(pages) if not page.lines]
    if scans:
        scans.read(pdf, pages, [n for n in empty if pages[n].lost or reader.has_pictures(n)])
        empty = [number for number in empty if not pages[number].lines]
    if len(empty) < len(pages) or not pages:
        return pages, len(empty)
    if broken == len(pages):
        raise Broken
    if any(page.lost for page in pages):
        raise UnknownLetters
    for number in empty[:LOOKED_FOR_PICTURES]:
        if reader.has_pictures(number):
            raise Scanned
    raise EmptyDocument


def _metadata(pdf: pypdfium2.PdfDocument, builder: Builder) -> None:
    found = pdf.get_metadata_dict(skip_empty=True)
    title = one_line(found.get("Title", ""))
    builder.title = title if is_a_title(title) else ""
    author = one_line(found.get("Author", ""))
    builder.author = author if is_a_title(author) else ""


def _titled(
    pages: list[Page], body: Body, builder: Builder, *, has_outline: bool
) -> tuple[list[Line], range]:
    """The lines of all pages, and which are credits of the title; that may name the document."""
    alone = mark_title_page(pages, body)
    lines = join_initials([line for page in pages for line in page.lines], body)
    page = pages[lines[0].page]
    title = [] if alone else title_lines(lines, page, body)
    named = alone or [lines[index] for index in title]
    if not has_outline:
        builder.title = builder.title or " ".join(map(text_without_marks, named))
    return with_credits(lines, title, page, body)
