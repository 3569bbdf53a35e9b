"""Blocks of an OpenDocument text: paragraphs, lists, tables, frames and notes in their order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from documents.formulas import LEAVES, from_mathml
from documents.odt_lists import Item, Lists, OpenList
from documents.odt_runs import DRAW, read_runs
from documents.odt_styles import TEXT, Look, Styles
from documents.office_paragraphs import Look as Appearance
from documents.office_paragraphs import Paragraph, Run, is_layout
from documents.office_paragraphs import note as note_of
from documents.office_paragraphs import table as table_of

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
PARAGRAPHS = (f"{TEXT}p", f"{TEXT}h")
ITEMS = (f"{TEXT}list-item", f"{TEXT}numbered-paragraph")
WHOLE_TABLE, ROW, CELL = f"{TABLE}table", f"{TABLE}table-row", f"{TABLE}table-cell"
HEADING, LIST, STYLE_NAME = f"{TEXT}h", f"{TEXT}list", f"{TEXT}style-name"
OUTLINE_LEVEL = f"{TEXT}outline-level"
ROW_GROUPS = frozenset(
    f"{TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")
)
INDEXES = frozenset(
    f"{TEXT}{name}"
    for name in (
        "table-of-content",
        "illustration-index",
        "table-index",
        "object-index",
        "user-index",
        "alphabetical-index",
    )
)
HELD = ROW_GROUPS | {ROW, CELL, f"{TABLE}table"}
HELD |= {f"{TEXT}{name}" for name in ("section", "list-header", "index-body", "index-title")}
HELD |= {f"{TEXT}bibliography", f"{DRAW}text-box", f"{DRAW}a"}
KINDS = (("Caption", "caption"), ("Preformatted_20_Text", "code"), ("Title", "title"))

Embedded = Callable[[str], etree._Element | None]


def nothing(_name: str) -> None:
    """Find no embedded objects: a flat file holds them itself."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands: in something of a kind, and in an item of a list."""

    kind: str = ""
    list: OpenList | None = None
    item: Item | None = None


class Reader:
    """Reads blocks one after another; `paragraphs` is what came of them.

    `embedded` finds the content of an object in the document by its name.
    """

    def __init__(self, styles: Styles, embedded: Embedded = nothing) -> None:
        self._styles = styles
        self._embedded = embedded
        self._lists = Lists(styles)
        self._is_in_cell = False
        self.paragraphs: list[Paragraph] = []

    def walk(self, container: etree._Element) -> None:
        """Read the blocks in an element, without what was deleted or is hidden."""
        waiting = [(iter(container), _Place())]
        while waiting:
            blocks, place = waiting[-1]
            block = next(blocks, None)
            if block is None:
                waiting.pop()
            elif block.tag in PARAGRAPHS:
                self._paragraph(block, place)
            elif block.tag == WHOLE_TABLE and not (self._is_in_cell or _is_layout(block)):
                rows = (map(self._apart, _children(row, CELL)) for row in _children(block, ROW))
                self.paragraphs += table_of(rows, place.kind or "table")
            elif isinstance(block.tag, str) and block.tag.startswith(DRAW):
                self._frame(block)
            elif (inner := self._enter(block, place)) is not None:
                waiting.append((iter(block), inner))

    def _enter(self, block: etree._Element, place: _Place) -> _Place | None:
        """Begin an element that holds blocks; None where they are not read."""
        if block.tag == LIST:
            return replace(place, list=self._lists.open(block, place.list))
        if block.tag in ITEMS:
            opened = place.list or self._lists.open(block, None)
            item = Item(opened, block.get(f"{TEXT}start-value", ""))
            return replace(place, list=opened, item=item)
        if block.tag in INDEXES:
            return replace(place, kind="contents")
        is_hidden = block.get(f"{TEXT}display") == "none" or block.get(f"{TEXT}is-hidden") == "true"
        if block.tag not in HELD or is_hidden:
            return None
        return replace(place, item=None) if block.tag == f"{TEXT}list-header" else place

    def _paragraph(self, block: etree._Element, place: _Place) -> None:
        style = block.get(STYLE_NAME, "")
        look = self._styles.of_paragraph(style)
        found = read_runs(block, look, self._styles, self._formula)
        if found.is_hidden:
            return
        kind = place.kind or next((kind for name, kind in KINDS if name in look.names), "text")
        level = self._level(block, style) if kind == "text" else 0
        label = self._label(block, place, look, level)
        for frame in found.frames[: found.first]:
            self._frame(frame)
        appearance = Appearance(found.is_bold, look.is_centred, found.size)
        self.paragraphs.append(Paragraph(found.runs, kind, level, label, look=appearance))
        for frame in found.frames[found.first :]:
            self._frame(frame)
        for note in found.notes:
            self.paragraphs += note_of(self._apart(note))

    def _level(self, block: etree._Element, style: str) -> int:
        written = block.get(OUTLINE_LEVEL, "")
        if block.tag == HEADING:
            return int(written) if written.isdecimal() and 0 < len(written) < 3 else 1
        return self._styles.outline_level(style)

    def _label(self, block: etree._Element, place: _Place, look: Look, level: int) -> str:
        if place.item is not None:
            return self._lists.count(place.item, look.list_style)
        if block.tag == HEADING and block.get(f"{TEXT}is-list-header") != "true":
            is_restarted = block.get(f"{TEXT}restart-numbering") == "true"
            start = block.get(f"{TEXT}start-value", "1") if is_restarted else ""
            return self._lists.count_heading(level, start)
        return ""

    def _frame(self, frame: etree._Element) -> None:
        """Read a frame or a drawn shape: its description, and the text that stands in it."""
        for shape in frame.iter(f"{DRAW}frame", f"{DRAW}custom-shape", f"{DRAW}rect", f"{DRAW}g"):
            named = shape.findtext("{*}desc") or shape.findtext("{*}title") or ""
            if named.strip():
                self.paragraphs.append(Paragraph.of(named, "caption"))
        self._boxes(frame)

    def _boxes(self, frame: etree._Element) -> None:
        waiting = [frame]
        while waiting:
            shape = waiting.pop()
            if shape.tag == f"{DRAW}text-box" or any(child.tag in PARAGRAPHS for child in shape):
                self.walk(shape)
            else:
                drawn = (child for child in shape if str(child.tag).startswith(DRAW))
                waiting += reversed(list(drawn))

    def _formula(self, frame: etree._Element) -> Run | None:
        """Read a frame that is a formula."""
        found = frame.find(f"{DRAW}object")
        if found is None:
            return None
        name = found.get("{http://www.w3.org/1999/xlink}href", "")
        root = found[0] if len(found) else self._embedded(name)
        if root is None or not str(root.tag).endswith("math"):
            return None
        reading = from_mathml(root)
        text = reading or _signs(root)
        return Run(text, "formula", reading) if text else None

    def _apart(self, container: etree._Element) -> list[Paragraph]:
        """Read the blocks of an element without adding them to the text."""
        before, self.paragraphs = self.paragraphs, []
        was_in_cell, self._is_in_cell = self._is_in_cell, True
        self.walk(container)
        made, self.paragraphs = self.paragraphs, before
        self._is_in_cell = was_in_cell
        return made


def _signs(formula: etree._Element) -> str:
    """Collect the letters and signs of a formula in their order, whatever its shape."""
    leaves = formula.iter(*(f"{{*}}{name}" for name in LEAVES))
    return " ".join("".join(leaf.text or "" for leaf in leaves).split())


def _is_layout(table: etree._Element) -> bool:
    rows = list(_children(table, ROW))
    cells = sum(1 for row in rows for _ in _children(row, CELL))
    length = sum(map(len, table.itertext()))
    return is_layout(cells, len(rows), length)


def _children(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows or cells, those in groups of rows too."""
    waiting = [iter(node)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag == tag:
            yield child
        elif child.tag in ROW_GROUPS:
            waiting.append(iter(child))
