"""Files of an EPUB: its package, the list of files in it, and their order, however sloppy."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from documents.errors import Broken, Encrypted
from documents.safe_xml import parse_xml
from documents.safe_zip import Archive, resolve

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
PAGE_ENDINGS = (".xhtml", ".html", ".htm", ".xht")
IS_PAGE = re.compile(
    rb"<(?:!doctype\s+html|html|body|head|p|div|section|h[1-6]|svg|dtbook|nav|article|ncx)\b",
    re.IGNORECASE,
)
LOOKED_AT = 4000  # bytes at the start of a file that tell whether it is a page
BARE = re.compile(rb"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,30};)")
ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{0,30};)")
DIGITS = re.compile(r"(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Item:
    """Entry of the book's list of files; `path` is the archive's name for it, "" where missing."""

    path: str
    href: str
    media_type: str
    properties: frozenset[str]


@dataclass(slots=True)
class Package:
    """What the package of a book says; `root` is None where the archive holds none.

    `order` are the files in reading order, `missing` what is named and is not there.
    """

    root: etree._Element | None
    path: str
    items: dict[str, Item] = field(default_factory=dict)
    order: list[Item] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def check_locks(archive: Archive) -> None:
    """Look for copy protection; raises Encrypted."""
    if ENCRYPTION not in archive:
        return
    for method in parse_file(archive, ENCRYPTION).iter("{*}EncryptionMethod"):
        # Fonts are often scrambled in books that are free to read otherwise.
        if method.get("Algorithm") not in FONT_ALGORITHMS:
            raise Encrypted


def parse_file(archive: Archive, path: str) -> etree._Element:
    """Parse a file of XML; raises Broken."""
    if path not in archive:
        raise Broken
    return parse_xml(_mended(archive.read(path)))


def _mended(data: bytes) -> bytes:
    """Write bare ampersands and the entities of HTML in a way that a parser of XML keeps."""
    if b"\0" in data[:200]:
        return data
    data = data.lstrip()
    return ENTITY.sub(_character, BARE.sub(b"&amp;", data))


def _character(found: re.Match[bytes]) -> bytes:
    written = html.unescape(found[0].decode())
    return b"".join(b"&#%d;" % ord(sign) for sign in written) if len(written) < 3 else b""


def find(archive: Archive, base: str, href: str) -> str:
    """Find the file that a reference in the file `base` means, "" where there is none."""
    href = href.replace("\\", "/").strip()
    for reference in (unquote(href), href):
        for start in (base, ""):
            if path := archive.find(resolve(start, reference)):
                return path
    return ""


def read_package(archive: Archive) -> Package:
    """Read the package, or make one of the pages in the archive; raises Broken, Encrypted."""
    path = _package_path(archive)
    if not path:
        return _of_pages(archive)
    try:
        root = parse_file(archive, path)
    except Broken:
        return _of_pages(archive)
    package = Package(root, path, _items(archive, root, path))
    _put_in_order(archive, package)
    if not package.order:
        others = [item for item in package.items.values() if is_page(archive, item)]
        package.order = [item for item in others if "nav" not in item.properties]
    if not package.order:
        package.order = _of_pages(archive).order
    return package


def _package_path(archive: Archive) -> str:
    if CONTAINER in archive:
        try:
            rootfiles = list(parse_file(archive, CONTAINER).iter("{*}rootfile"))
        except Broken:
            rootfiles = []
        for rootfile in rootfiles:
            if path := find(archive, "", rootfile.get("full-path", "")):
                return path
    packages = [name for name in archive.names() if name.lower().endswith(".opf")]
    return min(packages, key=lambda name: (name.count("/"), name), default="")


def _of_pages(archive: Archive) -> Package:
    """The pages of a book that lost its package, in the order of their names."""
    names = [name for name in archive.names() if name.lower().endswith(PAGE_ENDINGS)]
    items = {name: Item(name, name, "", frozenset()) for name in sorted(names, key=_natural)}
    if not items:
        raise Broken
    return Package(None, "", items, list(items.values()))


def _natural(name: str) -> list[tuple[int, str]]:
    pieces = DIGITS.split(name.lower())
    return [(int(piece), "") if piece.isdecimal() else (0, piece) for piece in pieces]


def _items(archive: Archive, root: etree._Element, base: str) -> dict[str, Item]:
    found = {}
    for item in root.iterfind("{*}manifest/{*}item"):
        href = item.get("href", "")
        properties = frozenset(item.get("properties", "").split())
        path = find(archive, base, href) if href else ""
        found[item.get("id", "")] = Item(path, href, item.get("media-type", ""), properties)
    return found


def _put_in_order(archive: Archive, package: Package) -> None:
    """Follow the spine; what stands beside it (notes, answers) comes last."""
    if package.root is None:
        return
    beside, seen = [], set()
    for reference in package.root.iterfind("{*}spine/{*}itemref"):
        name = reference.get("idref", "")
        item = package.items.get(name) or _by_href(package, name)
        if item is None or not item.path:
            package.missing.append((item.href if item else name) or "?")
            continue
        if item.path in seen or not is_page(archive, item):
            continue
        seen.add(item.path)
        if reference.get("linear") == "no":
            beside.append(item)
        else:
            package.order.append(item)
    package.order += beside


def _by_href(package: Package, name: str) -> Item | None:
    """Find the file that is meant by an idref which no item has as its id."""
    for item in package.items.values():
        file = item.href.rpartition("/")[2]
        if name and name in (file, file.rpartition(".")[0]):
            return item
    return None


def is_page(archive: Archive, item: Item) -> bool:
    """Whether a file is a page by what stands in it, whatever its media type says."""
    if item.media_type.startswith(("image/jpeg", "image/png", "image/gif", "font/", "text/css")):
        return False
    if not item.path:
        return False
    try:
        return looks_like_page(archive.head(item.path, LOOKED_AT))
    except Broken:
        return True  # whoever reads the whole of it finds the damage and names it


def looks_like_page(head: bytes) -> bool:
    """Whether bytes are the beginning of HTML or of a drawing in SVG."""
    return bool(IS_PAGE.search(head.replace(b"\0", b"")))


def pages_in(package: Package) -> Iterator[Item]:
    """List the files in reading order that are there."""
    return (item for item in package.order if item.path)
