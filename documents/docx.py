"""Documents of Word (DOCX): headings by their styles, footnotes, lists, tables, changes."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from documents.builder import PARAGRAPH, Builder
from documents.errors import Broken
from documents.safe_xml import parse_xml
from documents.safe_zip import Archive, resolve
from documents.text_cleaning import clean, one_line, parts_of
from documents.types import Document, TextRun

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
IMAGE_TYPES = {"image/jpeg", "image/png"}

HEADING_NAME = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop) ?(\d)", re.IGNORECASE)
CONTENTS_NAME = re.compile(r"(?:toc|verzeichnis|tm|índice|sommario)\b.*\d|toc ?heading", re.I)
NUMBERED = ("decimal", "upperRoman", "lowerRoman", "upperLetter", "lowerLetter")
SKIPPED = {f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr")}
NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
SIGNS = {
    f"{W}tab": " ",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "\xad",
}
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
DOC_PROPERTIES = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


@dataclass(slots=True)
class Style:
    """A paragraph style; its outline level counts from 0, None where it is no heading."""

    name: str
    based_on: str
    outline: int | None
    is_code: bool
    list_number: str
    list_level: str


@dataclass(slots=True)
class Files:
    """Files that a document has beside its text: notes, relations, styles."""

    styles: dict[str, Style]
    numbered: frozenset[tuple[str, str]]
    notes: dict[tuple[str, str], etree._Element]
    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))


def read_docx(archive: Archive, title: str) -> Document:
    """Read a Word document; raises DocumentError."""
    main = archive.main_part()
    if main not in archive:
        raise Broken
    body = _xml(archive, main).find(f"{W}body")
    if body is None:
        raise Broken
    builder = Builder()
    _metadata(archive, builder)
    files = Files(
        _styles(archive, resolve(main, "styles.xml")),
        _numbered(archive, resolve(main, "numbering.xml")),
        _notes(archive, main),
    )
    for block in _blocks(body):
        if block.tag == f"{W}tbl":
            builder.paragraph(_table(block), "table")
        else:
            _paragraph(block, files, builder)
    return builder.document("docx", title)


def _xml(archive: Archive, name: str) -> etree._Element:
    # The strict variant of the format differs in its namespaces alone.
    return parse_xml(archive.read(name).replace(STRICT, W[1:-1].encode()))


def _metadata(archive: Archive, builder: Builder) -> None:
    if "docProps/core.xml" not in archive:
        return
    core = parse_xml(archive.read("docProps/core.xml"))
    builder.title = core.findtext("{*}title") or ""
    builder.author = core.findtext("{*}creator") or ""
    builder.language = core.findtext("{*}language") or ""


def _styles(archive: Archive, name: str) -> dict[str, Style]:
    if name not in archive:
        return {}
    found = {}
    for style in _xml(archive, name).iterfind(f"{W}style"):
        outline = _value(style, f"{W}pPr/{W}outlineLvl")
        style_name = _value(style, f"{W}name")
        is_code = bool(re.search(r"\b(?:code|preformatted|listing|macro)\b", style_name, re.I))
        found[style.get(f"{W}styleId", "")] = Style(
            style_name,
            _value(style, f"{W}basedOn"),
            int(outline) if outline.isdecimal() else None,
            is_code,
            _value(style, f"{W}pPr/{W}numPr/{W}numId"),
            _value(style, f"{W}pPr/{W}numPr/{W}ilvl") or "0",
        )
    return found


def _numbered(archive: Archive, name: str) -> frozenset[tuple[str, str]]:
    """The lists, as (number, level), whose items have numbers rather than dots."""
    if name not in archive:
        return frozenset()
    root = _xml(archive, name)
    formats = {}
    for abstract in root.iterfind(f"{W}abstractNum"):
        for level in abstract.iterfind(f"{W}lvl"):
            key = (abstract.get(f"{W}abstractNumId"), level.get(f"{W}ilvl", "0"))
            formats[key] = _value(level, f"{W}numFmt")
    found = set()
    for number in root.iterfind(f"{W}num"):
        abstract_id = _value(number, f"{W}abstractNumId")
        for (owner, level), shape in formats.items():
            if owner == abstract_id and shape in NUMBERED:
                found.add((number.get(f"{W}numId", ""), level))
    return frozenset(found)


def _notes(archive: Archive, main: str) -> dict[tuple[str, str], etree._Element]:
    found = {}
    for kind in NOTES.values():
        name = resolve(main, f"{kind}.xml")
        if name in archive:
            for note in _xml(archive, name):
                found[kind, note.get(f"{W}id", "")] = note
    return found


def _value(node: etree._Element, path: str) -> str:
    found = node.find(path)
    return found.get(f"{W}val", "") if found is not None else ""


def _blocks(body: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables in order, those in content controls and accepted changes too."""
    waiting = [iter(body)]
    while waiting:
        block = next(waiting[-1], None)
        if block is None:
            waiting.pop()
        elif block.tag == f"{W}tbl" and len(cells := list(block.iter(f"{W}tc"))) == 1:
            # A table of one cell is a frame around paragraphs.
            waiting.append(iter(cells[0]))
        elif block.tag in (f"{W}p", f"{W}tbl"):
            yield block
        elif block.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}moveTo"):
            waiting.append(iter(block))


def _paragraph(paragraph: etree._Element, files: Files, builder: Builder) -> None:
    style = _value(paragraph, f"{W}pPr/{W}pStyle")
    notes: list[etree._Element] = []
    runs = list(_runs(paragraph, files, notes))
    captions = [text for text, kind in runs if kind == "caption"]
    parts = _parts([run for run in runs if run[1] != "caption"])
    level = _heading_level(paragraph, style, files)
    name = files.styles[style].name if style in files.styles else style
    text = "".join(part.glue + part.text for part in parts).strip("\n")
    if CONTENTS_NAME.match(name):
        builder.paragraph(text, "contents")
    elif name.lower() == "title" and not builder.title:
        builder.title, builder.title_given = one_line(text), True
        builder.parts(_told_as(parts, "heading"))
    elif name.lower() == "title":
        builder.title_given = True
        builder.parts(_told_as(parts, "heading"))
    elif level is not None:
        builder.heading(parts, level + 1)
    elif name.lower() in ("caption", "beschriftung"):
        builder.paragraph(text, "caption")
    elif style in files.styles and files.styles[style].is_code:
        builder.paragraph(text, "code")
    elif parts:
        builder.parts(_with_number(paragraph, parts, files))
    for caption in captions:
        builder.paragraph(caption, "caption")
    for note in notes:
        builder.paragraph(_note_text(note), "note")


def _told_as(parts: list[TextRun], kind: str) -> list[TextRun]:
    return [TextRun(part.text, kind, part.glue) if part.kind == "text" else part for part in parts]


def _heading_level(paragraph: etree._Element, style: str, files: Files) -> int | None:
    own = _value(paragraph, f"{W}pPr/{W}outlineLvl")
    if own.isdecimal():
        return int(own) if int(own) < 9 else None
    seen: set[str] = set()
    while style in files.styles and style not in seen:
        seen.add(style)
        found = files.styles[style]
        if found.outline is not None:
            return found.outline if found.outline < 9 else None
        if named := HEADING_NAME.fullmatch(found.name):
            return int(named[1]) - 1
        style = found.based_on
    named = HEADING_NAME.fullmatch(style)
    return int(named[1]) - 1 if named else None


def _runs(
    paragraph: etree._Element, files: Files, notes: list[etree._Element]
) -> Iterator[tuple[str, str]]:
    """The texts of a paragraph with their kinds; `notes` gathers the notes that it refers to."""
    waiting = [iter(paragraph)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif node.tag == f"{W}t":
            yield node.text or "", "text"
        elif node.tag in SIGNS:
            is_page = node.get(f"{W}type") in ("page", "column")
            yield " " if is_page else SIGNS[node.tag], "text"
        elif node.tag in NOTES:
            key = (NOTES[node.tag], node.get(f"{W}id", ""))
            if key in files.notes:
                notes.append(files.notes[key])
            yield node.get(f"{W}id", ""), "note_mark"
        elif node.tag == DOC_PROPERTIES:
            yield one_line(node.get("descr") or ""), "caption"
        elif node.tag not in SKIPPED and node.tag != FALLBACK:
            waiting.append(iter(node))


def _parts(runs: list[tuple[str, str]]) -> list[TextRun]:
    parts: list[TextRun] = []
    gathered, glue = "", PARAGRAPH
    for text, kind in [*runs, ("", "end")]:
        if kind == "text":
            gathered += text
            continue
        said = re.sub(r"[^\S\n\xa0]+", " ", clean(gathered))
        said = said if parts else said.lstrip()
        said = said.rstrip() if kind == "end" else said
        if said:
            parts += parts_of(said, glue)
            glue = ""
        if text:
            parts.append(TextRun(text, kind, glue))
            glue = ""
        gathered = ""
    return parts


def _with_number(paragraph: etree._Element, parts: list[TextRun], files: Files) -> list[TextRun]:
    number = _value(paragraph, f"{W}pPr/{W}numPr/{W}numId")
    level = _value(paragraph, f"{W}pPr/{W}numPr/{W}ilvl") or "0"
    style = _value(paragraph, f"{W}pPr/{W}pStyle")
    if not number and style in files.styles:
        number, level = files.styles[style].list_number, files.styles[style].list_level
    if (number, level) not in files.numbered:
        return parts
    files.counts[number, level] += 1
    for key in [key for key in files.counts if key[0] == number and key[1] > level]:
        del files.counts[key]
    first = TextRun(f"{files.counts[number, level]}.", "text", PARAGRAPH)
    rest = parts[0]
    return [first, TextRun(rest.text, rest.kind, " ", rest.replaced_by), *parts[1:]]


def _note_text(note: etree._Element) -> str:
    lines = ("".join(node.itertext(f"{W}t")) for node in note.iter(f"{W}p"))
    return "\n".join(clean(line).strip() for line in lines if line.strip())


def _table(table: etree._Element) -> str:
    """A row in each line, its cells separated by commas."""
    lines = []
    for row in table.iterfind(f".//{W}tr"):
        cells = ("".join(cell.itertext(f"{W}t")) for cell in row.iterfind(f"{W}tc"))
        lines.append(", ".join(one_line(cell) for cell in cells if cell.strip()))
    return "\n".join(line for line in lines if line)
