"""Books in the EPUB format: chapters by the table of contents, text in reading order."""

from typing import Any

from lxml import etree

from common.errors import Message
from documents import epub_front as front
from documents.builder import Builder
from documents.epub_contents import Place, anchored, completed, read_contents
from documents.epub_files import Item, Package, check_locks, is_page, pages_in, read_package
from documents.epub_pages import Glance, glance, parse_page
from documents.errors import Broken, EmptyDocument, PicturesOnly
from documents.html_kinds import Attributes
from documents.html_walker import Flow
from documents.safe_zip import Archive
from documents.text_cleaning import one_line
from documents.types import Document

IMAGES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
LARGEST_COVER = 4_000_000
NAMED = 5  # files that a note names


def read_epub(archive: Archive, title: str) -> Document:
    """Read a book; raises DocumentError."""
    check_locks(archive)
    package = read_package(archive)
    places = read_contents(archive, package)
    _take_in_named(archive, package, places)
    book = _Book(archive, package)
    book.look()
    book.sort(places)
    builder = Builder(chapters_given=book.has_contents)
    _metadata(package.root, builder)
    _cover(archive, package, builder)
    book.tell(builder)
    builder.notes += _notes(package, places, book.damaged)
    try:
        return front.with_front_matter_read(builder.document("epub", title))
    except EmptyDocument:
        if book.damaged:
            raise Broken from None
        if any(page.pictures for page in book.glances.values()):
            raise PicturesOnly from None
        raise


def _take_in_named(archive: Archive, package: Package, places: list[Place]) -> None:
    """Put files that the contents name into the order where the book's own order forgot them."""
    paths = [item.path for item in package.order]
    known = set(paths)
    navs = {item.path for item in package.items.values() if "nav" in item.properties}
    before = ""
    for place in places:
        path = place.path
        item = Item(path, place.href, "", frozenset())
        if path and path not in known and path not in navs and is_page(archive, item):
            at = paths.index(before) + 1 if before in known else 0
            paths.insert(at, path)
            package.order.insert(at, item)
            known.add(path)
        before = path if path in known else before


class _Book:
    """The pages of a book: looked at first, then told to a builder one after the other."""

    def __init__(self, archive: Archive, package: Package) -> None:
        self._archive, self._package = archive, package
        self.damaged: list[str] = []
        self.glances: dict[str, Glance] = {}
        self.has_contents = False
        self._waiting: dict[str, list[Place]] = {}
        self._kinds: dict[str, str] = {}
        self._is_over = False  # what follows is the licence of Project Gutenberg

    def look(self) -> None:
        """Look at every page; those that cannot be read are damaged."""
        for item in pages_in(self._package):
            try:
                self.glances[item.path] = glance(parse_page(self._archive, item.path))
            except Broken:
                self.damaged.append(item.href)

    def sort(self, places: list[Place]) -> None:
        """Tell which pages are left out, and in which pages chapters begin."""
        referred = front.kinds_by_reference(self._archive, self._package)
        self._kinds = front.kinds_of_pages(self.glances, places, referred)
        places = completed(places, self._package.order, self.glances, self._kinds)
        self.has_contents = bool(places)
        for place in places:
            self._waiting.setdefault(place.path, []).append(place)

    def tell(self, builder: Builder) -> None:
        """Pass the pages to the builder; chapters begin where the contents point to."""
        for item in pages_in(self._package):
            if item.path in self.glances:
                self._tell_page(item, builder)

    def _tell_page(self, item: Item, builder: Builder) -> None:
        tree = parse_page(self._archive, item.path)
        body: Any = tree.body
        places = anchored(self._waiting.pop(item.path, []), body)

        def begin(anchor: str) -> None:
            for place in places.pop(anchor, ()):
                builder.chapter(place.title, place.level)

        builder.language = builder.language or _language(tree)
        begin("")
        self._begin_written(item, builder)
        frame, is_last = front.gutenberg_frame(body)
        page = self.glances[item.path]
        is_nav = "nav" in item.properties and page.linked * 2 > page.size
        whole = "contents" if is_nav else self._kinds.get(item.path, "")
        if self._is_over:
            whole = front.FRONT
        self._is_over = self._is_over or is_last

        def kind_of(node: Any, attributes: Attributes) -> str:
            if node.mem_id in frame:
                return front.FRONT
            return whole or front.kind_of(node, attributes)

        flow = Flow(builder, kind_of, frozenset(places), begin, is_drawn=page.is_drawn)
        flow.walk(body)

    def _begin_written(self, item: Item, builder: Builder) -> None:
        """Without contents, begin a chapter at a paragraph that reads like its heading."""
        page = self.glances[item.path]
        if not self.has_contents and page.heading and page.is_written:
            pages = self.glances.values()
            levels = (each.level for each in pages if each.heading and not each.is_written)
            builder.chapter(page.heading, min(levels, default=1))


def _language(tree: Any) -> str:
    html = tree.css_first("html")
    if html is None:
        return ""
    return html.attributes.get("xml:lang") or html.attributes.get("lang") or ""


def _metadata(root: etree._Element | None, builder: Builder) -> None:
    if root is None:
        return

    def texts(name: str) -> list[str]:
        found = root.iterfind(f"{{*}}metadata//{{*}}{name}")
        return [one_line("".join(node.itertext())) for node in found]

    builder.title = next(filter(None, texts("title")), "")
    builder.author = ", ".join(dict.fromkeys(filter(None, texts("creator"))))
    builder.language = next(filter(None, texts("language")), "")


def _cover(archive: Archive, package: Package, builder: Builder) -> None:
    if package.root is None:
        return
    named = {
        meta.get("content")
        for meta in package.root.iterfind("{*}metadata//{*}meta")
        if meta.get("name") == "cover"
    }
    for name, item in package.items.items():
        if "cover-image" not in item.properties and name not in named:
            continue
        if not item.path:
            continue
        try:
            image = archive.read(item.path)
        except Broken:
            continue
        kinds = (kind for start, kind in IMAGES.items() if image.startswith(start))
        kind = next(kinds, "")
        if kind and len(image) <= LARGEST_COVER:
            builder.cover, builder.cover_type = image, kind
            return


def _notes(package: Package, places: list[Place], damaged: list[str]) -> list[Message]:
    """Sentences about what the book names and does not hold, and about what could not be read."""
    notes = []
    unknown = [place.href for place in places if not place.path]
    missing = list(dict.fromkeys(package.missing + unknown))
    if len(missing) == 1:
        notes.append(Message("A file of the book is missing: {name}.", name=missing[0]))
    elif missing:
        names = _listed(missing)
        text = "{count} files of the book are missing: {names}."
        notes.append(Message(text, count=len(missing), names=names))
    if damaged:
        text = "Damaged files of the book were left out: {names}."
        notes.append(Message(text, names=_listed(damaged)))
    if package.root is None:
        notes.append(Message("The book's list of files is missing. Its pages are sorted by name."))
    return notes


def _listed(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
