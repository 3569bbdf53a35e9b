"""Reader of OpenDocument texts, in an archive (ODT) or flat in one file of XML (FODT)."""

from lxml import etree

from documents.builder import Builder
from documents.errors import Broken, Encrypted
from documents.odt_blocks import Reader
from documents.odt_styles import Styles
from documents.office_headings import tell
from documents.office_paragraphs import title_from
from documents.safe_xml import parse_xml
from documents.safe_zip import Archive
from documents.types import Document

CONTENT = "content.xml"


def read_odt(archive: Archive, title: str) -> Document:
    """Read the archive of an OpenDocument text; raises DocumentError."""
    manifest = _beside(archive, "META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter("{*}encryption-data"), None) is not None:
        raise Encrypted
    if CONTENT not in archive:
        raise Broken
    content = parse_xml(archive.read(CONTENT))
    styles, meta = _beside(archive, "styles.xml"), _beside(archive, "meta.xml")

    def embedded(name: str) -> etree._Element | None:
        return _beside(archive, f"{name.removeprefix('./').strip('/')}/{CONTENT}")

    roots = [root for root in (styles, content) if root is not None]
    return _document(content, roots, meta, title, Reader(Styles(roots), embedded))


def read_flat_odt(data: bytes, title: str) -> Document:
    """Read an OpenDocument text that is one file of XML; raises DocumentError."""
    root = parse_xml(data)
    return _document(root, [root], root, title, Reader(Styles([root])))


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
) -> Document:
    text = content.find("{*}body/{*}text")
    if text is None:
        raise Broken
    builder = Builder()
    properties = meta.find("{*}meta") if meta is not None else None
    if properties is not None:
        builder.title = title_from(properties.findtext("{*}title") or "")
        builder.author = (
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
