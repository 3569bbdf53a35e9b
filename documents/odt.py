"""Reader of OpenDocument texts, in an archive (ODT) or flat in one file of XML (FODT)."""

import re

from lxml import etree

from common.errors import Message
from documents.builder import Builder
from documents.errors import Broken, Encrypted
from documents.odt_blocks import Reader
from documents.odt_runs import OFFICE
from documents.odt_styles import Styles
from documents.office_headings import tell
from documents.office_paragraphs import author_from, title_from
from documents.safe_xml import DAMAGED, parse_damaged, parse_xml
from documents.safe_zip import Archive
from documents.types import Document

CONTENT = "content.xml"
START = re.compile(
    rb"<(office:(?:font-face-decls|styles|automatic-styles|body|text)|text:(?:p|h|section|list))\b"
)
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        *((name, name) for name in ("office", "style", "text", "table", "meta")),
        *(("draw", "drawing"), ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible")),
    )
)
ROOT = (
    f'<office:document {_SPACES} xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
).encode()


def read_odt(archive: Archive, title: str) -> Document:
    """Read the archive of an OpenDocument text; raises DocumentError."""
    manifest = _beside(archive, "META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter("{*}encryption-data"), None) is not None:
        raise Encrypted
    if CONTENT not in archive:
        raise Broken
    content, is_damaged = _parsed(archive.read(CONTENT))
    styles, meta = _beside(archive, "styles.xml"), _beside(archive, "meta.xml")

    def embedded(name: str) -> etree._Element | None:
        return _beside(archive, f"{name.removeprefix('./').strip('/')}/{CONTENT}")

    roots = [root for root in (styles, content) if root is not None]
    builder = Builder()
    if is_damaged:
        builder.notes.append(Message(DAMAGED))
    return _document(content, roots, meta, title, Reader(Styles(roots), embedded), builder)


def read_flat_odt(data: bytes, title: str) -> Document:
    """Read an OpenDocument text that is one file of XML; raises DocumentError."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.replace(b"\0", b"")
    root, is_damaged = _parsed(data)
    builder = Builder()
    if is_damaged:
        builder.notes.append(Message(DAMAGED))
    return _document(root, [root], root, title, Reader(Styles([root])), builder)


def _parsed(data: bytes) -> tuple[etree._Element, bool]:
    """Parse the text; where its first element is damaged, with one that is whole."""
    root, is_damaged = parse_damaged(data)
    if not is_damaged or root.find("{*}body/{*}text") is not None:
        return root, is_damaged
    found = START.search(data)
    if found is None:
        raise Broken
    around = b"<office:body>" if found[1].endswith(b"text") else b""
    around = b"<office:body><office:text>" if found[1].startswith(b"text:") else around
    return parse_xml(ROOT + around + data[found.start() :]), True


def _beside(archive: Archive, name: str) -> etree._Element | None:
    """A file of the archive, None where it is missing or damaged."""
    try:
        return parse_xml(archive.read(name)) if name in archive else None
    except Broken:
        return None


def _document(
    content: etree._Element,
    roots: list[etree._Element],
    meta: etree._Element | None,
    title: str,
    reader: Reader,
    builder: Builder,
) -> Document:
    text = next(content.iter(f"{OFFICE}text"), None)
    if text is None:
        raise Broken
    properties = meta.find("{*}meta") if meta is not None else None
    if properties is not None:
        builder.title = title_from(properties.findtext("{*}title") or "")
        builder.author = author_from(
            properties.findtext("{*}creator") or properties.findtext("{*}initial-creator") or ""
        )
        builder.language = properties.findtext("{*}language") or ""
    builder.language = builder.language or _usual_language(roots)
    reader.walk(text)
    tell(reader.paragraphs, builder)
    return builder.document("odt", title)


def _usual_language(roots: list[etree._Element]) -> str:
    """Language of the default paragraph style, "" where there is none."""
    for root in roots:
        for style in root.iterfind("{*}styles/{*}default-style"):
            properties = style.find("{*}text-properties")
            if properties is None:
                continue
            named = {etree.QName(name).localname: it for name, it in properties.attrib.items()}
            language, country = named.get("language", ""), named.get("country", "")
            if language not in ("", "none", "zxx"):
                return f"{language}-{country}" if country not in ("", "none") else language
    return ""
