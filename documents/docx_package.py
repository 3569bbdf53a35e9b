"""Parts of a Word file: its text, styles, lists and notes, wherever the package keeps them."""

import re
from dataclasses import dataclass

from lxml import etree

from documents.errors import Broken
from documents.safe_xml import parse_damaged, parse_xml
from documents.safe_zip import Archive, resolve

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
VALUE = f"{W}val"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# The strict variant of the format differs in its namespaces alone.
STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": M[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": R[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": (
        b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    ),
}
DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
NOTES = ("footnotes", "endnotes", "comments")
WORD = "word/document.xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """A file that the text refers to: the end of the relation's type, and the entry's name."""

    kind: str
    target: str


class Package:
    """A Word file; what it has beside its text may be missing or damaged."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        main = archive.main_part()
        self.main = main if main in archive else WORD
        if self.main not in archive:
            raise Broken
        self._relations = self._read_relations()

    def document(self) -> tuple[etree._Element, bool]:
        """Parse the text, and tell whether it is damaged; raises Broken."""
        return parse_damaged(self._data(self.main))

    def part(self, kind: str) -> etree._Element | None:
        """Parse the part of a kind such as "styles", None where there is none that can be read."""
        named = [each.target for each in self._relations.values() if each.kind == kind]
        return self.beside([*named, resolve(self.main, f"{kind}.xml")])

    def beside(self, names: list[str]) -> etree._Element | None:
        """Parse the first of these entries that is there, None where it cannot be read."""
        found = next((name for name in names if name in self.archive), "")
        try:
            return self._xml(found) if found else None
        except Broken:
            return None

    def relation(self, name: str) -> Relation | None:
        """Find what the relation of that id names."""
        return self._relations.get(name)

    def notes(self) -> dict[tuple[str, str], etree._Element]:
        """Collect footnotes, endnotes and comments by their kind and id."""
        found = {}
        for kind in NOTES:
            root = self.part(kind)
            for note in root if root is not None else ():
                found[kind, note.get(f"{W}id", "")] = note
        return found

    def _xml(self, name: str) -> etree._Element:
        return parse_xml(self._data(name))

    def _data(self, name: str) -> bytes:
        data = self.archive.read(name)
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16", "replace")
            data = DECLARATION.sub("", text, count=1).encode()
        for strict, usual in STRICT.items():
            data = data.replace(strict, usual)
        return data

    def _read_relations(self) -> dict[str, Relation]:
        folder, _, file = self.main.rpartition("/")
        root = self.beside([f"{folder}/_rels/{file}.rels".lstrip("/")])
        found = {}
        for each in root.iter("{*}Relationship") if root is not None else ():
            kind = each.get("Type", "").rpartition("/")[2]
            target = each.get("Target", "")
            if each.get("TargetMode") != "External":
                found[each.get("Id", "")] = Relation(kind, resolve(self.main, target))
        return found


def children_of(node: etree._Element | None) -> dict[str, etree._Element]:
    """Collect the elements in another by their tags; of several with one tag the first."""
    found: dict[str, etree._Element] = {}
    for child in node if node is not None else ():
        found.setdefault(child.tag, child)
    return found


def value_of(node: etree._Element | None) -> str:
    """Value that an element gives, "" where there is none."""
    return node.get(VALUE, "") if node is not None else ""


def value(node: etree._Element, path: str) -> str:
    """Value of the element at a path in another, "" where there is none."""
    found = node.find(path)
    return found.get(VALUE, "") if found is not None else ""


def toggle(node: etree._Element, name: str) -> bool | None:
    """Whether a property such as bold is set in an element, None where that does not say."""
    return is_on(node.find(f"{W}{name}"))


def is_on(node: etree._Element | None) -> bool | None:
    """Whether a property is set, None where there is no such element."""
    if node is None:
        return None
    return node.get(VALUE, "1").lower() not in ("0", "false", "off", "none")
