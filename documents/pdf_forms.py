"""Fields of a PDF's forms and texts that were written onto its pages."""

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from documents.pdf_figures import Box
from documents.text_cleaning import one_line

MOST_FIELDS = 2_000  # on a page
LONGEST_VALUE = 20_000  # bytes
CHECKED, UNCHECKED = "☑", "☐"
TYPED = (
    pdfium.FPDF_FORMFIELD_TEXTFIELD,
    pdfium.FPDF_FORMFIELD_COMBOBOX,
    pdfium.FPDF_FORMFIELD_LISTBOX,
)
TICKED = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
HIDDEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW


def written_onto(page: pypdfium2.PdfPage) -> Iterator[tuple[Box, str]]:
    """Find the values of a page's fields and its free texts, each with its box in points."""
    count = pdfium.FPDFPage_GetAnnotCount(page)
    for index in range(min(count, MOST_FIELDS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            text = _text(annotation, page.formenv)
            box = pdfium.FS_RECTF()
            if text and pdfium.FPDFAnnot_GetRect(annotation, box):
                yield (box.left, box.bottom, box.right, box.top), text
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _text(annotation: Any, form: Any) -> str:
    if pdfium.FPDFAnnot_GetFlags(annotation) & HIDDEN:
        return ""
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    if kind == pdfium.FPDF_ANNOT_FREETEXT:
        return _string(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents")
    if kind != pdfium.FPDF_ANNOT_WIDGET or form is None:
        return ""
    field = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if field in TICKED:
        return CHECKED if pdfium.FPDFAnnot_IsChecked(form, annotation) else UNCHECKED
    if field in TYPED:
        return _string(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation)
    return ""


def _string(get: Any, *of: Any) -> str:
    """The UTF-16 text that a function of PDFium writes, on one line."""
    size = get(*of, None, 0)
    if not 2 < size <= LONGEST_VALUE:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    get(*of, buffer, size)
    return one_line(bytes(buffer)[: size - 2].decode("utf-16-le", "replace"))
