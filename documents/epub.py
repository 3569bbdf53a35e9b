"""Books in the EPUB format: chapters by the table of contents, text in reading order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from documents.builder import Builder
from documents.errors import Broken, Encrypted
from documents.html import parse
from documents.html_walker import Flow, no_kind
from documents.safe_xml import parse_xml
from documents.safe_zip import Archive, resolve
from documents.text_cleaning import one_line
from documents.types import Document

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
NCX = "application/x-dtbncx+xml"
IMAGES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
LARGEST_COVER = 4_000_000
DEEPEST = 3  # levels of the table of contents that begin chapters


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the book's list of files."""

    path: str
    media_type: str
    properties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the table of contents: the file and the id in it, "" for its beginning."""

    title: str
    level: int
    path: str
    anchor: str


def read_epub(archive: Archive, title: str) -> Document:
    """Read a book; raises DocumentError."""
    _check_locks(archive)
    path = _package_path(archive)
    package = _xml(archive, path)
    items = _items(package, path)
    toc = list(_toc(archive, package, items))
    builder = Builder(chapters_given=bool(toc))
    _metadata(package, builder)
    _cover(archive, package, items, builder)
    waiting: dict[tuple[str, str], list[Place]] = {}
    for place in toc:
        waiting.setdefault((place.path, place.anchor), []).append(place)
    for item in _spine(package, items):
        _tell(archive, item, waiting, builder)
    return builder.document("epub", title)


def _check_locks(archive: Archive) -> None:
    if ENCRYPTION not in archive:
        return
    for method in _xml(archive, ENCRYPTION).iter("{*}EncryptionMethod"):
        # Fonts are often scrambled in books that are free to read otherwise.
        if method.get("Algorithm") not in FONT_ALGORITHMS:
            raise Encrypted


def _xml(archive: Archive, path: str) -> etree._Element:
    if path not in archive:
        raise Broken
    return parse_xml(archive.read(path))


def _package_path(archive: Archive) -> str:
    for rootfile in _xml(archive, CONTAINER).iter("{*}rootfile"):
        path = resolve("", unquote(rootfile.get("full-path", "")))
        if path in archive:
            return path
    raise Broken


def _items(package: etree._Element, base: str) -> dict[str, Item]:
    found = {}
    for item in package.iterfind("{*}manifest/{*}item"):
        path = resolve(base, unquote(item.get("href", "")))
        properties = frozenset(item.get("properties", "").split())
        found[item.get("id", "")] = Item(path, item.get("media-type", ""), properties)
    return found


def _spine(package: etree._Element, items: dict[str, Item]) -> Iterator[Item]:
    """The files in reading order; what stands beside it (notes, answers) comes last."""
    beside = []
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None or item.media_type not in PAGES:
            continue
        if reference.get("linear") == "no":
            beside.append(item)
        else:
            yield item
    yield from beside


def _metadata(package: etree._Element, builder: Builder) -> None:
    def texts(name: str) -> list[str]:
        found = package.iterfind(f"{{*}}metadata//{{*}}{name}")
        return [one_line("".join(node.itertext())) for node in found]

    builder.title = next(filter(None, texts("title")), "")
    builder.author = ", ".join(dict.fromkeys(filter(None, texts("creator"))))
    builder.language = next(filter(None, texts("language")), "")


def _cover(
    archive: Archive, package: etree._Element, items: dict[str, Item], builder: Builder
) -> None:
    named = {
        meta.get("content")
        for meta in package.iterfind("{*}metadata//{*}meta")
        if meta.get("name") == "cover"
    }
    for name, item in items.items():
        if "cover-image" not in item.properties and name not in named:
            continue
        if item.path not in archive:
            continue
        image = archive.read(item.path)
        kinds = (kind for start, kind in IMAGES.items() if image.startswith(start))
        kind = next(kinds, "")
        if kind and len(image) <= LARGEST_COVER:
            builder.cover, builder.cover_type = image, kind
            return


def _toc(archive: Archive, package: etree._Element, items: dict[str, Item]) -> Iterator[Place]:
    for item in items.values():
        if "nav" in item.properties and item.path in archive:
            places = list(_from_nav(archive, item.path))
            if places:
                yield from places
                return
    spine = package.find("{*}spine")
    named = items.get(spine.get("toc", "")) if spine is not None else None
    candidates = [named, *(item for item in items.values() if item.media_type == NCX)]
    for each in candidates:
        if each is not None and each.path in archive:
            yield from _from_ncx(_xml(archive, each.path), each.path)
            return


def _from_nav(archive: Archive, path: str) -> Iterator[Place]:
    tree = parse(archive.read(path))
    navs = tree.css("nav")
    wanted = [nav for nav in navs if "toc" in (nav.attributes.get("epub:type") or "").split()]
    for nav in (wanted or navs)[:1]:
        for link in nav.css("li > a, li > span"):
            level = sum(1 for above in _up_to(link, nav) if above.tag == "ol")
            title = one_line(link.text())
            target = link.attributes.get("href") or ""
            if title and target and level <= DEEPEST:
                yield _place(title, level, path, target)


def _up_to(node: Any, top: Any) -> Iterator[Any]:
    above = node.parent
    while above is not None and above.mem_id != top.mem_id:
        yield above
        above = above.parent


def _from_ncx(root: etree._Element, path: str) -> Iterator[Place]:
    for point in root.iterfind("{*}navMap//{*}navPoint"):
        text, content = point.find("{*}navLabel/{*}text"), point.find("{*}content")
        level = sum(1 for above in point.iterancestors() if above.tag == point.tag) + 1
        if text is not None and content is not None and level <= DEEPEST:
            title = one_line("".join(text.itertext()))
            yield _place(title, level, path, content.get("src", ""))


def _place(title: str, level: int, base: str, target: str) -> Place:
    reference, _, anchor = target.partition("#")
    path = resolve(base, unquote(reference)) if reference else base
    return Place(title, level, path.lower(), unquote(anchor))


def _tell(
    archive: Archive,
    item: Item,
    waiting: dict[tuple[str, str], list[Place]],
    builder: Builder,
) -> None:
    """Pass one file of the book to the builder; chapters begin where the contents point to."""
    if item.path not in archive:
        return
    path = item.path.lower()

    def begin(anchor: str) -> None:
        for place in waiting.pop((path, anchor), ()):
            builder.chapter(place.title, place.level)

    begin("")
    anchors = {anchor for file, anchor in waiting if file == path}
    is_contents = "nav" in item.properties
    kind_of = _contents if is_contents else no_kind
    Flow(builder, kind_of, anchors, begin).walk(parse(archive.read(item.path)).body)


def _contents(_node: Any, _attributes: dict[str, str | None]) -> str:
    return "contents"
