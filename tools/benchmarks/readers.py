"""Other readers of documents, which take a file's bytes and return its whole text."""

import posixpath
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

import mammoth
import pypdf
from lxml import etree
from pdfminer.high_level import extract_text
from selectolax.lexbor import LexborHTMLParser

CONTAINER = "META-INF/container.xml"


def _pypdf(content: bytes) -> str:
    return "\n\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def _pdfminer(content: bytes) -> str:
    return extract_text(BytesIO(content))


def _mammoth(content: bytes) -> str:
    return mammoth.extract_raw_text(BytesIO(content)).value


def _spine(content: bytes) -> str:
    """The text of each file in reading order, as programs on top of ebooklib take it."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        container = etree.fromstring(archive.read(CONTAINER))
        path = next(container.iter("{*}rootfile")).get("full-path", "")
        package = etree.fromstring(archive.read(path))
        hrefs = {item.get("id"): item.get("href", "") for item in package.iter("{*}item")}
        names = [hrefs[item.get("idref")] for item in package.iter("{*}itemref")]
        folder = posixpath.dirname(path)
        pages = [archive.read(posixpath.join(folder, name)).decode() for name in names]
    bodies = [LexborHTMLParser(page).body for page in pages]
    return "\n\n".join(body.text(separator="\n\n", strip=True) for body in bodies if body)


READERS: Mapping[str, Mapping[str, Callable[[bytes], str]]] = {
    "pdf": {"pypdf": _pypdf, "pdfminer.six": _pdfminer},
    "docx": {"mammoth": _mammoth},
    "epub": {"files of the spine": _spine},
}
