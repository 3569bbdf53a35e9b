"""Reader of FictionBook (FB2): its sections are the chapters, its notes stay notes."""

import base64
import html
import re
from typing import Any

from lxml import etree

from common.errors import Message
from documents.builder import PARAGRAPH, Builder
from documents.encodings import decode
from documents.epub import IMAGES, LARGEST_COVER
from documents.html import parse_text
from documents.html_walker import Flow
from documents.safe_xml import DAMAGED, is_well_formed, parse_xml
from documents.text_cleaning import clean, one_line, parts_of
from documents.titles import is_title
from documents.types import Document

DEEPEST = 3  # levels of sections that begin chapters
ENCODING = re.compile(rb"<\?xml[^>]+encoding\s*=\s*[\"']([\w.:-]+)")
DECLARATION = re.compile(r"\s*<\?xml[^>]*+>")
ENTITY = re.compile(r"&(?!#\w{1,8};)(\w{1,31};)?")
OF_XML = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
SAID_TO_END = ".!?…:;,"
RENAMED = {
    "emphasis": "em",
    "strikethrough": "s",
    "style": "span",
    "subtitle": "h6",
    "epigraph": "blockquote",
    "cite": "blockquote",
    "poem": "div",
    "annotation": "div",
    "stanza": "p",
    "v": "span",
    "text-author": "p",
    "date": "p",
    "title": "div",
    "section": "div",
    "empty-line": "hr",
    "image": "img",
}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,50}")


def read_fb2(data: bytes, title: str) -> Document:
    """Read a book; raises Broken, EmptyDocument."""
    xml = _as_utf8(data)
    root = parse_xml(xml)
    for element in root.iter(etree.Element):
        # Damaged files have names such as "p:" and ".p", which are none.
        name = str(element.tag).rpartition("}")[2].rpartition(":")[2]
        element.tag = name if NAME.fullmatch(name) else "p"
    bodies = [body for body in root.iter("body") if next(body.iterancestors("body"), None) is None]
    if root.tag != "FictionBook" and not bodies:
        bodies = [root]
    builder = Builder(chapters_given=root.find(".//section/title") is not None)
    if not is_well_formed(xml):
        builder.notes.append(Message(DAMAGED))
    _metadata(root, builder)
    book = _Book(builder)
    for body in bodies:
        # Only the text itself has no name: the others are notes and comments.
        if body.get("name"):
            book.notes(body)
        else:
            book.section(body, 0)
    return builder.document("fb2", title)


def _as_utf8(data: bytes) -> bytes:
    """The XML in UTF-8, without signs and names that XML does not know."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.replace(b"\0", b"")
    declared = ENCODING.search(data[:1000])
    text = decode(data, declared[1].decode() if declared else "").text
    text = ENTITY.sub(_known, DECLARATION.sub("", text, count=1))
    return text.encode("utf-8", "replace")


def _known(entity: re.Match[str]) -> str:
    name = entity[1] or ""
    if name in OF_XML:
        return entity[0]
    meant = html.unescape(entity[0])
    return meant if meant != entity[0] and name else f"&amp;{name}"


def _metadata(root: Any, builder: Builder) -> None:
    info = root.find("description/title-info")
    if info is None:
        return
    written = one_line(info.findtext("book-title") or "")
    builder.title = written if is_title(written) or written.isdigit() else ""
    names = ("first-name", "middle-name", "last-name")
    authors = (
        one_line(" ".join(author.findtext(name) or "" for name in names))
        or one_line(author.findtext("nickname") or "")
        for author in info.iterfind("author")
    )
    builder.author = ", ".join(dict.fromkeys(filter(None, authors)))
    builder.language = one_line(info.findtext("lang") or "")
    _cover(root, info, builder)
    annotation = info.find("annotation")
    if annotation is not None:
        _walk(_html(annotation), builder, "front_matter")


def _cover(root: Any, info: Any, builder: Builder) -> None:
    image = info.find("coverpage/image")
    if image is None:
        return
    name = _target(image)
    for binary in root.iterfind("binary"):
        if binary.get("id") != name or len(binary.text or "") > 2 * LARGEST_COVER:
            continue
        try:
            content = base64.b64decode(binary.text or "")
        except ValueError:  # other letters than those of the code
            return
        kind = next((kind for start, kind in IMAGES.items() if content.startswith(start)), "")
        if kind and len(content) <= LARGEST_COVER:
            builder.cover, builder.cover_type = content, kind
        return


def _target(element: Any) -> str:
    """What an element points to: the attribute has a namespace, or none in sloppy files."""
    values = (str(value) for name, value in element.items() if name.endswith("href"))
    return next(values, "").lstrip("#")


def _walk(markup: str, builder: Builder, kind: str = "") -> None:
    Flow(builder, lambda _node, _attributes: kind).walk(parse_text(markup).body)


class _Book:
    """Tells the builder of sections, each as the HTML that its blocks stand for."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._waiting: list[str] = []

    def section(self, section: Any, level: int) -> None:
        """Tell a section, and those in it; the nesting is bounded by the parser of XML."""
        for child in section.iterchildren(etree.Element):
            if child.tag == "title":
                self._title(child, level)
            elif child.tag == "section":
                self.section(child, level + 1)
            else:
                self._waiting.append(_html(child))
        self._flush()

    def notes(self, body: Any) -> None:
        """Tell a body of notes, a paragraph for each."""
        for note in body.iterchildren(etree.Element):
            _walk(_html(note), self._builder, "note")

    def _title(self, title: Any, level: int) -> None:
        self._flush()
        lines = [one_line(_shown(line)) for line in title.iterchildren("p")]
        lines = [line for line in lines if line]
        if not lines:
            return
        if 0 < level <= DEEPEST:
            ended = (line if line[-1] in SAID_TO_END else f"{line}." for line in lines[:-1])
            self._builder.chapter(" ".join((*ended, lines[-1])), level)
        glues = [PARAGRAPH, *["\n"] * len(lines)]
        parts = [
            part for line, glue in zip(lines, glues, strict=False) for part in parts_of(line, glue)
        ]
        self._builder.heading(parts, max(1, level))

    def _flush(self) -> None:
        if self._waiting:
            _walk("".join(self._waiting), self._builder)
            self._waiting.clear()


def _shown(element: Any) -> str:
    """The text of an element without the marks of notes in it."""
    marks = {mark for mark in element.iter("a") if mark.get("type") == "note"}
    if not marks:
        return "".join(element.itertext())
    pieces = [element.text or ""]
    for inner in element.iterdescendants():
        pieces += ("" if inner in marks else inner.text or "", inner.tail or "")
    return "".join(pieces)


def _html(block: Any) -> str:
    """A block as HTML: lines of verse keep their ends, marks of notes say what they are."""
    for element in block.iter(etree.Element):
        tag = element.tag
        element.tag = RENAMED.get(tag, tag)
        if tag == "a" and element.get("type") == "note":
            element.set("role", "doc-noteref")
        elif tag == "image":
            element.set("alt", clean(element.get("alt") or element.get("title") or ""))
        elif tag == "v" and element.getnext() is not None:
            element.append(etree.Element("br"))
        elif tag == "p" and _is_code(element):
            element.tag = "pre"
        elif tag == "subtitle" and not any(map(str.isalnum, "".join(element.itertext()))):
            element.tag = "hr"
    return etree.tostring(block, encoding="unicode", method="html", with_tail=False)


def _is_code(paragraph: Any) -> bool:
    return (
        len(paragraph) == 1
        and paragraph[0].tag == "code"
        and not ((paragraph.text or "").strip() or (paragraph[0].tail or "").strip())
    )
