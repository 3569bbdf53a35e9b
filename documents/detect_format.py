"""Detection of a file's format: by its first bytes, and by its name only among texts."""

import re
from pathlib import PurePath

from documents.encodings import is_binary, outline
from documents.errors import (
    EmptyDocument,
    Encrypted,
    NotSupported,
    OldWordFile,
    OtherOfficeFile,
    PlainArchive,
)

HEAD = 64 * 1024  # bytes looked at

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
NAMES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".srt": "srt",
    ".vtt": "vtt",
}

HTML = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
XML = re.compile(r"\s*<(?:\?xml|!doctype|svg|rss|feed)\b", re.IGNORECASE)
VTT = re.compile(r"WEBVTT(?:[ \t\r\n]|\Z)")
SRT = re.compile(
    r"\s*+(?:\d+[ \t]*\r?\n)?[ \t]*\d{1,3}:\d{1,2}(?::\d{1,2})?(?: ?[,.:] ?\d{1,3})?"
    r"[ \t]*[-–—]{1,3}>[ \t]*\d{1,3}:\d"
)
HEADING_LINE = re.compile(r"^#{1,6} +\S", re.MULTILINE)
FENCE_LINE = re.compile(r"^(?:```|~~~)", re.MULTILINE)


def kind_of(head: bytes, filename: str, content_type: str = "") -> str:
    """Detect the kind of content that begins with `head`: "pdf", "zip" or a kind of text.

    `content_type` is what a server said. Raises NotSupported and its kin, Encrypted for a locked
    Office file, EmptyDocument.
    """
    if not head.strip(b"\0\t\r\n "):
        raise EmptyDocument
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(OLE):
        raise Encrypted if ENCRYPTED_PACKAGE in head else OldWordFile
    if head.startswith(b"{\\rtf"):
        raise OtherOfficeFile
    if head.startswith(ARCHIVES):
        raise PlainArchive
    if is_binary(head):
        raise NotSupported
    return _kind_of_text(outline(head), filename, content_type)


def _kind_of_text(text: str, filename: str, content_type: str) -> str:
    controls = sum(1 for sign in text[:4096] if sign < " " and sign not in "\t\n\r\f\x1b")
    if controls > len(text[:4096]) // 100:
        raise NotSupported
    if VTT.match(text):
        return "vtt"
    if SRT.match(text):
        return "vtt" if filename.lower().endswith(".vtt") else "srt"
    if HTML.match(text):
        return "html"
    named = NAMES.get(PurePath(filename.lower()).suffix, "")
    if (named == "html" or "html" in content_type) and TAG.search(text):
        return "html"
    if XML.match(text):
        raise NotSupported
    if named == "markdown" or "markdown" in content_type:
        return "markdown"
    return "markdown" if _looks_like_markdown(text) else "txt"


def _looks_like_markdown(text: str) -> bool:
    headings = len(HEADING_LINE.findall(text))
    lines = sum(1 for line in text.splitlines() if line.strip())
    # A file of settings has a comment at every other line; a text has few headings.
    return headings >= 2 and (headings * 3 < lines or len(FENCE_LINE.findall(text)) >= 2)
