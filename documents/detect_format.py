"""Detection of a file's format: by its first bytes, and by its name only among texts."""

import re
from collections.abc import Mapping
from pathlib import PurePath

from documents.encodings import is_binary, outline
from documents.errors import (
    EmptyDocument,
    Encrypted,
    FalselyNamed,
    ForPrograms,
    Misnamed,
    NotAsNamed,
    NotSupported,
    OldWordFile,
    OtherCaptions,
    OtherOfficeFile,
)
from documents.foreign_formats import (
    BY_NAME,
    refused_by_name,
    refused_by_signature,
    refused_by_text,
    refused_captions,
    refused_xml,
)
from documents.markdown_detection import looks_like_markdown

MOST_BAD_BYTES = 50
HEAD = 64 * 1024  # bytes looked at

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
OUTLOOK = "__properties_version1.0".encode("utf-16-le")

SUFFIXES: Mapping[str, str] = {
    "pdf": ".pdf",
    "epub": ".epub .kepub",
    "docx": ".docx .docm .dotx .dotm",
    "odt": ".odt .ott",
    "fodt": ".fodt .fott",
    "rtf": ".rtf",
    "fb2": ".fb2 .fbz",
    "html": ".html .htm .xhtml .xht .shtml",
    "markdown": ".md .markdown .mdown .mkd .mkdn .mdx .qmd .rmd",
    "txt": ".txt .text",
    "srt": ".srt",
    "vtt": ".vtt",
    "ass": ".ass .ssa",
    "rst": ".rst",
    "latex": ".tex .ltx .latex",
    "mhtml": ".mhtml .mht",
    "eml": ".eml",
    "notebook": ".ipynb",
    "csv": ".csv",
    "tsv": ".tsv .tab",
}
NAMES = {suffix: kind for kind, suffixes in SUFFIXES.items() for suffix in suffixes.split()}
SHOWN = {"html": "HTML", "markdown": "Markdown", "latex": "LaTeX", "notebook": "Jupyter"}
OF_BYTES = frozenset(("pdf", "epub", "docx", "odt", "fodt", "rtf"))
HELD_TO_NAMES = OF_BYTES | {"fb2"}
READ_BY_CONTENT = frozenset((".doc", ".dot", ".rtf"))  # as Word opens them

HTML = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
XML = re.compile(r"\s*<(?:\?xml\b|!doctype\b|svg\b|rss\b|feed\b|FictionBook\b)", re.IGNORECASE)
FICTION_BOOK = re.compile(r"<(?:\w{1,20}:)?FictionBook\b")
FLAT_ODT = re.compile(r"<office:document\s[^<>]*opendocument\.text")
# What a damaged file still shows, where its name says the same.
OPEN_MARKUP = re.compile(r"<(?:office|text):[a-z]")
BOOK_MARKUP = re.compile(r"<(?:\w{1,20}:)?(?:section|body|description|title-info)>")
SALVAGED = frozenset(("fodt", "fb2", "notebook"))
FLAT_WITHIN = 16 * 1024
VTT = re.compile(r"WEBVTT(?:[ \t\r\n]|\Z)")
SRT = re.compile(
    r"\s*+(?:\d+[ \t]*\r?\n)?[ \t]*\d{1,3}:\d{1,2}(?::\d{1,2})?(?: ?[,.:] ?\d{1,3})?"
    r"[ \t]*[-–—]{1,3}>[ \t]*\d{1,3}:\d"
)
# Times of cues, which stand on lines of their own wherever captions begin.
TIMES = re.compile(
    r"^[ \t]*-?\d{1,3}[:：]\d{1,2}[:：]\d{1,2}[,.，]\d{1,3}[ \t]*--?>[ \t]*-?\d{1,3}[:：]\d",
    re.MULTILINE,
)
ASS = re.compile(r"\s*\[Script Info\]", re.IGNORECASE)
LATEX = re.compile(r"^[ \t]{0,20}\\(?:documentclass|documentstyle|begin\{document\})", re.MULTILINE)
NOTEBOOK = re.compile(r"\s*\{\s*\"(?:cells|metadata|nbformat|nbformat_minor)\"\s*:")
HEADERS = re.compile(
    r"(?:[!-9;-~]{1,60}:[ \t][^\n]{0,2000}\r?\n(?:[ \t][^\n]{0,2000}\r?\n){0,50}){2,}"
)
OF_MAIL = re.compile(r"^(?:from|mime-version|received|message-id):", re.IGNORECASE | re.MULTILINE)
SENT = re.compile(r"^(?:to|received|message-id|return-path):", re.IGNORECASE | re.MULTILINE)
SAVED = re.compile(r"^(?:from:[ \t]{0,9}<saved by|snapshot-content-location:)", re.I | re.M)
RELATED = re.compile(r"^content-type:\s{0,9}multipart/related", re.IGNORECASE | re.MULTILINE)


def kind_of(head: bytes, filename: str, content_type: str = "") -> str:
    """Detect the kind of content that begins with `head`: "pdf", "zip" or a kind of text.

    `content_type` is what a server said; the end of an address is not held against it. Raises
    NotSupported and its kin, Encrypted for a locked Office file, EmptyDocument.
    """
    if not head.strip(b"\0\t\r\n "):
        raise EmptyDocument
    suffix = PurePath(filename.lower()).suffix
    if NAMES.get(suffix) in SALVAGED and is_binary(head) and head.count(b"\0") <= MOST_BAD_BYTES:
        head = head.replace(b"\0", b"")
    try:
        kind = _kind_of_bytes(head, suffix, content_type)
    except NotSupported as error:
        raise (error if content_type else named_refusal(error, filename)) from None
    if kind != "zip" and not content_type:
        check_name(kind, filename)
    return kind


def check_name(kind: str, filename: str) -> None:
    """Raise Misnamed where a file of that kind is called something that it is not.

    Texts may be called what they like, as long as it is a text.
    """
    suffix = PurePath(filename.lower()).suffix
    expected = NAMES.get(suffix, "")
    is_foreign = suffix in BY_NAME and BY_NAME[suffix][0] is not ForPrograms
    if suffix in READ_BY_CONTENT or expected == kind or not (expected or is_foreign):
        return
    if is_foreign or kind in OF_BYTES or expected in HELD_TO_NAMES:
        raise Misnamed(
            name=_shortened(filename),
            expected=_shown(expected, suffix),
            found=_shown(kind, ""),
            ending=SUFFIXES.get(kind, f".{kind}").split()[0],
        )


def named_refusal(error: NotSupported, filename: str) -> NotSupported:
    """Make the refusal that says what the name promised, if that is something else."""
    suffix = PurePath(filename.lower()).suffix
    by_name = refused_by_name(suffix)
    found = str(error.values.get("format", ""))
    if by_name is not None:
        return by_name if not found or type(by_name) is type(error) else error
    expected = NAMES.get(suffix, "")
    if not expected or type(error) in (Misnamed, OldWordFile, OtherCaptions, OtherOfficeFile):
        return error
    name, shown = _shortened(filename), _shown(expected, suffix)
    if found:
        return FalselyNamed(name=name, expected=shown, found=found)
    return NotAsNamed(name=name, expected=shown) if type(error) is NotSupported else error


def _shortened(filename: str) -> str:
    return PurePath(filename.replace("\\", "/")).name[-100:]


def _shown(kind: str, suffix: str) -> str:
    if kind:
        return SHOWN.get(kind, kind.upper())
    return BY_NAME[suffix][1].get("format", suffix[1:].upper())


def _kind_of_bytes(head: bytes, suffix: str, content_type: str) -> str:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(OLE):
        if OUTLOOK in head or suffix == ".msg":
            raise refused_by_name(".msg") or NotSupported()
        raise Encrypted if ENCRYPTED_PACKAGE in head else OldWordFile
    if head[:64].lstrip(b"\xef\xbb\xbf\t\r\n ").startswith(b"{\\rtf"):
        return "rtf"
    if refusal := refused_by_signature(head):
        raise refusal
    if is_binary(head):
        raise NotSupported
    return _kind_of_text(outline(head), suffix, content_type)


def _kind_of_text(text: str, suffix: str, content_type: str) -> str:
    text = text.rstrip("\0")
    controls = sum(1 for sign in text[:4096] if sign < " " and sign not in "\t\n\r\b\f\x1b")
    if controls > len(text[:4096]) // 100:
        raise NotSupported
    text = text.lstrip("\ufeff")
    if kind := _kind_of_certain(text, suffix):
        return kind
    if refusal := refused_captions(text):
        raise refusal
    named = NAMES.get(suffix, "")
    if len(TIMES.findall(text)) >= (1 if named in ("srt", "vtt") else 3):
        return "vtt" if named == "vtt" else "srt"
    if (named == "html" or "html" in content_type) and TAG.search(text):
        return "html"
    if FLAT_ODT.search(text[:FLAT_WITHIN]) or (named == "fodt" and OPEN_MARKUP.search(text)):
        return "fodt"
    if named == "fb2" and BOOK_MARKUP.search(text):
        return "fb2"
    if named == "txt" or suffix in READ_BY_CONTENT:
        return "markdown" if looks_like_markdown(text) else "txt"
    if XML.match(text):
        raise refused_xml(text)
    if named in ("markdown", "rst", "latex", "mhtml", "eml", "notebook", "csv", "tsv"):
        return named
    if "markdown" in content_type:
        return "markdown"
    return _kind_of_unnamed(text, suffix, content_type)


def _kind_of_certain(text: str, suffix: str) -> str:
    """The kind of a text that shows it whatever it is called, "" for others."""
    for kind, start in (("vtt", VTT), ("srt", SRT), ("ass", ASS), ("html", HTML)):
        if start.match(text):
            return "vtt" if kind == "srt" and suffix == ".vtt" else kind
    if XML.match(text) and FICTION_BOOK.search(text[:5000]):
        return "fb2"
    headers = HEADERS.match(text)
    if headers and RELATED.search(headers[0]) and not _is_sent(headers[0]):
        return "mhtml"
    return ""


def _is_sent(headers: str) -> bool:
    """Whether headers are those of mail: a page that was saved went to nobody."""
    return SENT.search(headers) is not None and not SAVED.search(headers)


def _kind_of_unnamed(text: str, suffix: str, content_type: str) -> str:
    """The kind of a text whose name says nothing, or a format that is not read."""
    if NOTEBOOK.match(text) and '"nbformat"' in text:
        return "notebook"
    if refusal := refused_by_text(text):
        raise refusal
    by_name = refused_by_name(suffix)
    # Addresses end in .php and the like, whatever a server makes there.
    if isinstance(by_name, ForPrograms if not content_type else ()) or _is_markup(by_name):
        raise by_name or NotSupported()
    if LATEX.search(text):
        return "latex"
    headers = HEADERS.match(text)
    if headers and len(OF_MAIL.findall(headers[0])) >= 2:
        return "eml"
    return "markdown" if looks_like_markdown(text) else "txt"


def _is_markup(refusal: NotSupported | None) -> bool:
    return refusal is not None and "tool" in refusal.values
