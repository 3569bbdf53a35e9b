"""Reader of Word files (DOCX): paragraphs, lists, tables, text boxes and notes in their order."""

from collections.abc import Iterator, Mapping

from lxml import etree

from common.errors import Message
from documents.builder import Builder
from documents.docx_chunks import read_chunk
from documents.docx_numbering import Label, Numbering
from documents.docx_package import MC, Package, R, W, children_of, toggle, value, value_of
from documents.docx_runs import CONTROL, Found, Runs, alternative, kind_of_control
from documents.docx_styles import Style, Styles, centred, outline
from documents.errors import Broken
from documents.office_headings import tell
from documents.office_paragraphs import Paragraph, Run, author_from, is_layout, title_from
from documents.office_paragraphs import note as note_of
from documents.office_paragraphs import table as table_of
from documents.safe_xml import DAMAGED, parse_xml
from documents.safe_zip import Archive
from documents.types import Document

HELD_NAMES = "sdt sdtContent ins moveTo customXml smartTag tr tc body txbxContent"
HELD = frozenset(f"{W}{name}" for name in HELD_NAMES.split())
ROW, CELL = f"{W}tr", f"{W}tc"
PARAGRAPH, TABLE, CHUNK = f"{W}p", f"{W}tbl", f"{W}altChunk"
PROPERTIES, STYLE, OUTLINE = f"{W}pPr", f"{W}pStyle", f"{W}outlineLvl"
LISTED, PLACE = f"{W}numPr", f"{W}jc"
OTHER_FORMAT = "A part of this document in another format was left out."


def read_docx(archive: Archive, title: str) -> Document:
    """Read a Word document; raises DocumentError."""
    package = Package(archive)
    root, is_damaged = package.document()
    body = next(root.iter(f"{W}body"), None)
    if body is None:
        raise Broken
    builder = Builder()
    if is_damaged:
        builder.notes.append(Message(DAMAGED))
    _metadata(archive, builder)
    reader = _Reader(package, body)
    reader.walk(body)
    reader.finish(builder)
    return builder.document("docx", title)


def _metadata(archive: Archive, builder: Builder) -> None:
    if "docProps/core.xml" not in archive:
        return
    try:
        core = parse_xml(archive.read("docProps/core.xml"))
    except Broken:
        return
    builder.title = title_from(core.findtext("{*}title") or "")
    builder.author = author_from(core.findtext("{*}creator") or "")
    builder.language = core.findtext("{*}language") or ""


class _Reader:
    """Reads blocks one after another; `paragraphs` is what came of them."""

    def __init__(self, package: Package, body: etree._Element) -> None:
        self._package = package
        self._styles = Styles(package.part("styles"))
        self._numbering = Numbering(package.part("numbering"))
        self._notes = package.notes()
        self._runs = Runs(package, self._styles, body)
        self._carried: list[Run] = []
        self._is_in_cell = False
        self._has_other_format = False
        self.paragraphs: list[Paragraph] = []

    def finish(self, builder: Builder) -> None:
        """Tell a builder everything that was read."""
        if self._has_other_format:
            builder.notes.append(Message(OTHER_FORMAT))
        tell(self.paragraphs, builder)

    def walk(self, container: etree._Element, kind: str = "") -> None:
        """Read the blocks in an element, those in content controls and accepted changes too."""
        waiting = [(iter(container), kind)]
        while waiting:
            blocks, kind = waiting[-1]
            block = next(blocks, None)
            if block is None:
                waiting.pop()
            elif block.tag == PARAGRAPH:
                self._paragraph(block, kind)
            elif block.tag == TABLE and not (self._is_in_cell or _is_layout(block)):
                self._table(block, kind)
            elif block.tag == CHUNK:
                self._chunk(block)
            elif block.tag == f"{MC}AlternateContent":
                waiting += ((iter(form), kind) for form in alternative(block))
            elif block.tag == TABLE or (block.tag in HELD and not _is_away(block)):
                waiting.append((iter(block), _kind_of_block(block) or kind))
        self._let_go()

    def _paragraph(self, block: etree._Element, around: str) -> None:
        properties = children_of(next(block.iterchildren(PROPERTIES), None))
        named = value_of(properties.get(STYLE))
        found = self._runs.read(block, named)
        runs, self._carried = [*self._carried, *found.runs], []
        for box in found.boxes[: found.first]:
            self._box(box)
        if _goes_on(properties):
            self._carried = runs
        else:
            style = self._styles.of_paragraph(named)
            found.runs = runs
            made = self._made(found, properties, style, around)
            self.paragraphs.append(made)
        for box in found.boxes[found.first :]:
            self._box(box)
        for key in found.notes:
            self._note(key)

    def _made(
        self, found: Found, properties: Mapping[str, etree._Element], style: Style, around: str
    ) -> Paragraph:
        kind = around or ("contents" if found.is_contents else style.kind)
        own = outline(value_of(properties.get(OUTLINE)))
        level = (style.level if own is None else own) or 0
        label = self._label(properties, style) if kind == "text" else None
        return Paragraph(
            found.runs,
            kind,
            level if kind == "text" else 0,
            label.text if label else "",
            label.glue if label else " ",
            found.look(is_centred=bool(centred(value_of(properties.get(PLACE)), style.is_centred))),
        )

    def _label(self, properties: Mapping[str, etree._Element], style: Style) -> Label | None:
        listed = children_of(properties.get(LISTED))
        own = value_of(listed.get(f"{W}numId"))
        number = own or style.list_number
        depth = value_of(listed.get(f"{W}ilvl")) or ("" if own else style.list_level)
        if not number or number == "0":
            return None
        if depth.isdecimal() and len(depth) == 1:
            return self._numbering.count(number, int(depth))
        named = value_of(properties.get(STYLE))
        return self._numbering.count(number, self._numbering.style_level(number, named))

    def _let_go(self) -> None:
        """Make a paragraph of its own of what was to go on, but has nothing after it."""
        if self._carried:
            self.paragraphs.append(Paragraph(self._carried))
            self._carried = []

    def _box(self, box: etree._Element) -> None:
        carried, self._carried = self._carried, []
        self.walk(box)
        self._carried = carried

    def _note(self, key: tuple[str, str]) -> None:
        # A note is shown once, however often the text refers to it.
        note = self._notes.pop(key, None)
        if note is not None:
            kind = "comment" if key[0] == "comments" else "note"
            self.paragraphs += note_of(self._apart(note), kind)

    def _apart(self, container: etree._Element) -> list[Paragraph]:
        """Read the blocks of an element without adding them to the text."""
        before, carried = self.paragraphs, self._carried
        self.paragraphs, self._carried = [], []
        was_in_cell, self._is_in_cell = self._is_in_cell, True
        self.walk(container)
        made, self.paragraphs, self._carried = self.paragraphs, before, carried
        self._is_in_cell = was_in_cell
        return made

    def _table(self, table: etree._Element, kind: str) -> None:
        self._let_go()
        rows = (map(self._apart, _children(row, CELL)) for row in _children(table, ROW))
        self.paragraphs += table_of(rows, kind or "table")

    def _chunk(self, block: etree._Element) -> None:
        told = read_chunk(self._package, block.get(f"{R}id", ""))
        self._has_other_format |= told is None
        self.paragraphs += told or ()


def _is_layout(table: etree._Element) -> bool:
    rows = list(_children(table, ROW))
    cells = sum(1 for row in rows for _ in _children(row, CELL))
    length = sum(len(text.text or "") for text in table.iter(f"{W}t"))
    return is_layout(cells, len(rows), length)


def _children(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows or cells, those in content controls too, without what was deleted or merged."""
    waiting = [iter(node)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag == tag:
            if not _is_away(child):
                yield child
        elif child.tag in HELD and child.tag not in (ROW, CELL):
            waiting.append(iter(child))


def _is_away(block: etree._Element) -> bool:
    """Whether a row was deleted, or a cell goes on with what the one above it holds."""
    if block.tag == ROW:
        return block.find(f"{W}trPr/{W}del") is not None
    if block.tag != CELL:
        return False
    merged = [block.find(f"{W}tcPr/{W}{name}") for name in ("vMerge", "hMerge")]
    return any(each is not None and each.get(f"{W}val") != "restart" for each in merged)


def _kind_of_block(block: etree._Element) -> str:
    """Kind of all that a block holds: a table of contents, or words that ask for others."""
    if block.tag != CONTROL:
        return ""
    if kind_of_control(block) == "navigation":
        return "navigation"
    gallery = value(block, f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    is_contents = gallery.lower() in ("table of contents", "bibliography index")
    return "contents" if is_contents else ""


def _goes_on(properties: Mapping[str, etree._Element]) -> bool:
    """Whether a paragraph is one with the next: its mark was deleted, or it is a drop cap."""
    frame = properties.get(f"{W}framePr")
    if frame is not None and frame.get(f"{W}dropCap") in ("drop", "margin"):
        return True
    mark = properties.get(f"{W}rPr")
    return mark is not None and any(toggle(mark, name) for name in ("del", "moveFrom"))
