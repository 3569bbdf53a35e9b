"""Walker over the elements of HTML, which tells a builder of text: for pages, books, Markdown."""

import re
from collections.abc import Callable, Collection
from typing import Any

from documents.builder import PARAGRAPH, Builder
from documents.text_cleaning import clean, one_line, parts_of
from documents.types import TextRun

BLOCK_NAMES = (
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form header hgroup hr html legend li main menu nav ol p section summary table "
    "caption tbody td tfoot th thead tr ul"
)
SKIPPED_NAMES = (
    "applet area audio base button canvas datalist embed head iframe input link map math meta "
    "noembed noframes noscript object option param rp rt script select source style svg template "
    "textarea title track video"
)
BLOCKS = frozenset(BLOCK_NAMES.split())
SKIPPED = frozenset(SKIPPED_NAMES.split())
HEADINGS = {f"h{level}": level for level in range(1, 7)}
CODE_CLASSES = frozenset(("highlight", "codehilite", "sourcecode", "programlisting"))
MARK_CLASSES = frozenset(("noteref", "footnote-ref", "footnote-reference", "footnoteref", "fnref"))
PAGE_CLASSES = frozenset(("pagenum", "pageno", "page-number", "pagebreak", "page-break"))
CONTENTS_CLASSES = frozenset(("toc", "toctree-wrapper", "table-of-contents"))
NOTE_CLASSES = frozenset(("footnote", "footnotes", "endnote", "endnotes", "reflist", "references"))
NOTE_TYPES = frozenset(
    f"{prefix}{name}{plural}"
    for prefix in ("", "doc-")
    for name in ("footnote", "endnote", "rearnote")
    for plural in ("", "s")
)
CONTENTS_TYPES = frozenset(("toc", "doc-toc", "landmarks", "page-list", "doc-pagelist"))

MARK = re.compile(r"[\[(]?(?:\d{1,4}|[a-z]|[*†‡§¶]{1,3})[\])]?")
REFERENCE = re.compile(r"\[[^\[\]]{1,20}\]")
BACK = re.compile(r"[↩↑^⏎¶#§🔗]\ufe0e?")
NOTE_ID = re.compile(r"(?:fn|footnote|endnote|note|_ftn)[-_:.]?\d+")
HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
BREAK = "\x0b"
GAPS = re.compile(r"[^\S\x0b\xa0]+")
UNEVEN = re.compile(r"[\t\n\r\f\u2000-\u200a]|  ")
BREAKS = re.compile(r" ?\x0b ?")
LAYOUT_CELL = 200  # characters in a cell: more on average, and the table is there for the looks

Kinds = Callable[[Any, dict[str, str | None]], str]


def no_kind(_node: Any, _attributes: dict[str, str | None]) -> str:
    """Give no element a kind: for flows where the elements themselves say what they are."""
    return ""


class Flow:
    """Flow of one walk; `kind_of` may give an element and all in it a kind, "" for none.

    `anchors` are ids, and `at_anchor` is called when one is passed.
    """

    def __init__(
        self,
        builder: Builder,
        kind_of: Kinds = no_kind,
        anchors: Collection[str] = (),
        at_anchor: Callable[[str], None] = lambda anchor: None,
    ) -> None:
        self._builder = builder
        self._kind_of = kind_of
        self._anchors = anchors
        self._at_anchor = at_anchor
        self._runs: list[tuple[str, str]] = []
        self._kinds = ["text"]
        self._heading = 0
        self._numbers: dict[int, int] = {}
        self._number_said = ""

    def walk(self, root: Any) -> None:
        """Walk through everything in an element; the depth of nesting does not matter."""
        opened: list[Any] = []
        node = root
        while node is not None:
            if self._enter(node):
                opened.append(node)
                node = node.child
                continue
            while opened and node.next is None:
                node = opened.pop()
                self._leave(node)
            node = node.next if opened else None
        self._flush()

    def _enter(self, node: Any) -> bool:
        """Tell a text or an element; whether to go on with what is in it."""
        tag = node.tag or "-"  # a processing instruction has none
        if tag == "-text":
            self._runs.append((node.text_content or "", "text"))
            return False
        if tag.startswith(("-", "!")):
            return False
        attributes = node.attributes
        if tag in BLOCKS or tag in HEADINGS:
            self._flush()
        self._pass_anchors(attributes)
        if tag in SKIPPED or is_hidden(attributes) or self._tell(node, tag, attributes):
            return False
        if node.child is None:
            return False
        kind = self._kind_of(node, attributes) or _kind_of_block(tag, attributes)
        if kind == "contents" and node.css_first("section, h2 ~ p") is not None:
            kind = ""  # the whole text stands in what is called so
        if kind == "navigation" and tag not in BLOCKS and self._kinds[-1] == "text":
            self._runs.append((one_line(node.text()), kind))
            return False
        self._kinds.append(kind or self._kinds[-1])
        if tag in HEADINGS and self._kinds[-1] == "text":
            self._heading = HEADINGS[tag]
        self._number(node, tag, attributes)
        return True

    def _leave(self, node: Any) -> None:
        tag = node.tag
        if tag in BLOCKS or tag in HEADINGS:
            self._flush()
        if tag in HEADINGS:
            self._heading = 0
        if tag == "q":
            self._runs.append(("”", "text"))
        self._kinds.pop()

    def _pass_anchors(self, attributes: dict[str, str | None]) -> None:
        for name in ("id", "name"):
            # An anchor inside a heading or a paragraph stands for the whole of it: what was
            # gathered of it goes with the chapter that begins here.
            anchor = attributes.get(name)
            if anchor is not None and anchor in self._anchors:
                self._at_anchor(anchor)

    def _tell(self, node: Any, tag: str, attributes: dict[str, str | None]) -> bool:
        """Take in an element that is no paragraph; False where its content must be walked."""
        if tag == "br":
            self._runs.append((BREAK, "text"))
        elif tag == "img":
            self._runs.append((one_line(attributes.get("alt") or ""), "caption"))
        elif tag == "pre" or (tag in ("div", "figure") and _words(attributes) & CODE_CLASSES):
            self._whole(clean(node.text()).strip("\n"), "code")
        elif tag == "table" and not _is_layout(node, attributes):
            self._whole(_table(node), "table")
        elif tag in ("a", "sup", "span") and (kind := _kind_of_mark(node, tag, attributes)):
            self._runs.append((one_line(node.text()), kind))
        else:
            if tag == "q":
                self._runs.append(("“", "text"))
            return False
        return True

    def _whole(self, text: str, kind: str) -> None:
        self._flush()
        around = self._kinds[-1]
        self._builder.paragraph(text, kind if around == "text" else around)

    def _number(self, node: Any, tag: str, attributes: dict[str, str | None]) -> None:
        """Begin the next paragraph with the number that its item has in the list."""
        if tag == "ol":
            start = attributes.get("start") or ""
            self._numbers[node.mem_id] = int(start[:6]) if start.isdecimal() else 1
        elif tag == "li" and self._kinds[-1] == "text":
            above = node.parent.mem_id if node.parent is not None else 0
            number = self._numbers.get(above)
            if number is not None:
                self._number_said = f"{number}. "
                self._numbers[above] = number + 1

    def _flush(self) -> None:
        """Make a paragraph, or a heading, of what was gathered since the last block began."""
        runs, self._runs = self._runs, []
        if not runs:
            return
        kind = self._kinds[-1]
        if kind != "text":
            text = _collapsed("".join(_apart(text, mark) for text, mark in runs))
            self._builder.paragraph(clean(text), kind)
            return
        if self._number_said and any(text.strip() for text, _ in runs):
            runs.insert(0, (self._number_said, "text"))
            self._number_said = ""
        parts = _paragraph(runs)
        if self._heading:
            self._builder.heading(parts, self._heading)
        else:
            self._builder.parts(parts)


def _collapsed(text: str) -> str:
    return BREAKS.sub("\n", GAPS.sub(" ", text)).strip(" \n\xa0")


def _apart(text: str, kind: str) -> str:
    return f" {text} " if kind == "caption" else text


def _paragraph(runs: list[tuple[str, str]]) -> list[TextRun]:
    """The parts of a paragraph: white space collapses, and stands in the glue between parts."""
    parts: list[TextRun] = []
    glue, gathered = PARAGRAPH, ""
    for text, kind in [*runs, ("", "end")]:
        if kind == "text":
            gathered += text
            continue
        text_before = GAPS.sub(" ", gathered) if UNEVEN.search(gathered) else gathered
        gathered = ""
        said = BREAKS.sub("\n", text_before.strip(" " if parts else " \x0b\xa0"))
        if said and kind == "end":
            said = said.rstrip("\n\xa0")
        if said:
            before = " " if text_before.startswith(" ") and parts else ""
            parts += parts_of(clean(said), glue or before)
            glue = ""
        if text:
            is_apart = not parts or text_before.endswith(" ") or kind == "caption"
            parts.append(TextRun(text, kind, glue or (" " if is_apart else "")))
            glue = " " if kind == "caption" else ""
    return parts


def _words(attributes: dict[str, str | None]) -> frozenset[str]:
    return frozenset((attributes.get("class") or "").lower().split())


def _types(attributes: dict[str, str | None]) -> frozenset[str]:
    named = f"{attributes.get('epub:type') or ''} {attributes.get('role') or ''}"
    return frozenset(named.lower().split())


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether an element's attributes keep it from being seen."""
    if not attributes:
        return False
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(HIDDEN.search(attributes.get("style") or ""))
    )


def _kind_of_block(tag: str, attributes: dict[str, str | None]) -> str:
    if tag == "nav":
        return "contents" if _types(attributes) & CONTENTS_TYPES else "navigation"
    if tag == "figcaption":
        return "caption"
    if not attributes or tag not in BLOCKS:
        return ""
    classes, types = _words(attributes), _types(attributes)
    if types & NOTE_TYPES or classes & NOTE_CLASSES:
        return "note"
    if types & CONTENTS_TYPES or classes & CONTENTS_CLASSES or attributes.get("id") == "toc":
        return "contents"
    if tag in ("li", "p", "div", "aside", "dd") and NOTE_ID.fullmatch(attributes.get("id") or ""):
        return "note"
    return ""


def _kind_of_mark(node: Any, tag: str, attributes: dict[str, str | None]) -> str:
    """Whether this is the mark of a note, of a citation, of a page, or "" for none."""
    classes, types = _words(attributes), _types(attributes)
    if types & {"pagebreak", "doc-pagebreak"} or classes & PAGE_CLASSES:
        return "page_number"
    text = one_line(node.text())
    if types & {"noteref", "doc-noteref", "doc-backlink"} or classes & MARK_CLASSES:
        return "note_mark"
    if tag == "span" or len(text) > 24:
        return ""
    is_raised = tag == "sup" or (node.child is not None and node.child.tag == "sup")
    target = attributes.get("href") or ""
    is_link = bool(target) if tag == "a" else node.css_first("a[href]") is not None
    if not is_link:
        return "reference" if is_raised and REFERENCE.fullmatch(text) else ""
    if BACK.fullmatch(text):
        return "note_mark"
    if is_raised and REFERENCE.fullmatch(text):
        return "reference"
    is_note = is_raised or NOTE_ID.search(target.partition("#")[2])
    return "note_mark" if is_note and MARK.fullmatch(text) else ""


def _is_layout(node: Any, attributes: dict[str, str | None]) -> bool:
    """Whether a table only arranges a page: nested tables, one column, or cells full of prose."""
    if attributes.get("role") in ("presentation", "none"):
        return True
    if node.css_first("td table, th table") is not None:
        return True
    cells, rows = len(node.css("td, th")), len(node.css("tr"))
    if cells <= rows and not node.css("th"):
        return True
    return len(node.text()) > LAYOUT_CELL * max(1, cells)


def _table(node: Any) -> str:
    """A row in each line, its cells separated by commas; the caption comes first."""
    lines = [one_line(caption.text()) for caption in node.css("caption")]
    for row in node.css("tr"):
        cells = (one_line(cell.text(separator=" ")) for cell in row.css("td, th"))
        lines.append(", ".join(cell for cell in cells if cell))
    return "\n".join(line for line in lines if line)
