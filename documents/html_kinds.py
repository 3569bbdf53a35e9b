"""Kinds of HTML elements by names, classes and types: notes, contents, marks, hidden things."""

import re
from typing import Any

from documents.text_cleaning import one_line

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
FALLBACKS = frozenset(("object", "video", "audio", "canvas"))  # their text is for want of them
HEADINGS = {f"h{level}": level for level in range(1, 7)}
CODE_CLASSES = frozenset(("highlight", "codehilite", "sourcecode", "programlisting"))
MARK_NAMES = (
    "noteref footnote-ref footnote-reference footnoteref fnref fnanchor _idfootnotelink "
    "_idendnotelink _idfootnoteanchor _idendnoteanchor"
)
MARK_CLASSES = frozenset(MARK_NAMES.split())
PAGE_CLASSES = frozenset(("pagenum", "pageno", "page-number", "pagebreak", "page-break"))
LINE_NUMBER_NAMES = (
    "lnum linenum line-num line_num linenumber line-number line_number lineno line-no linno ln "
    "versenum verse-num versenumber"
)
LINE_NUMBER_CLASSES = frozenset(LINE_NUMBER_NAMES.split())
CONTENTS_CLASSES = frozenset(("toc", "toctree-wrapper", "table-of-contents"))
NOTE_CLASSES = frozenset(("footnote", "footnotes", "endnote", "endnotes", "reflist", "references"))
STANZA_CLASSES = frozenset(("stanza", "linegroup", "line-group", "lg", "strophe"))
LINE_CLASSES = frozenset(("line", "verseline", "verse-line"))
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

Attributes = dict[str, str | None]


def classes_of(attributes: Attributes) -> frozenset[str]:
    """Collect the classes of an element, in lower case."""
    return frozenset((attributes.get("class") or "").lower().split())


def types_of(attributes: Attributes) -> frozenset[str]:
    """Collect what an element says it is, by `epub:type` and by `role`."""
    named = f"{attributes.get('epub:type') or ''} {attributes.get('role') or ''}"
    return frozenset(named.lower().split())


def is_hidden(attributes: Attributes) -> bool:
    """Whether a reader of the page does not see the element."""
    if not attributes:
        return False
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(HIDDEN.search(attributes.get("style") or ""))
    )


def is_stanza(attributes: Attributes) -> bool:
    """Whether the blocks in an element are the lines of one paragraph."""
    return not classes_of(attributes).isdisjoint(STANZA_CLASSES)


def kind_of_block(tag: str, attributes: Attributes) -> str:
    """Tell the kind of an element and of all in it, "" for none of its own."""
    if tag == "nav":
        return "contents" if types_of(attributes) & CONTENTS_TYPES else "navigation"
    if tag == "figcaption":
        return "caption"
    if not attributes or tag not in BLOCKS:
        return ""
    classes, types = classes_of(attributes), types_of(attributes)
    if types & NOTE_TYPES or classes & NOTE_CLASSES:
        return "note"
    if types & CONTENTS_TYPES or classes & CONTENTS_CLASSES or attributes.get("id") == "toc":
        return "contents"
    if tag in ("li", "p", "div", "aside", "dd") and NOTE_ID.fullmatch(attributes.get("id") or ""):
        return "note"
    return ""


def kind_of_mark(node: Any, tag: str, attributes: Attributes) -> str:
    """Tell whether this is the mark of a note, of a citation, of a page, or "" for none."""
    classes, types = classes_of(attributes), types_of(attributes)
    if types & {"pagebreak", "doc-pagebreak"} or classes & PAGE_CLASSES:
        return "page_number"
    if classes & LINE_NUMBER_CLASSES and one_line(node.text()[:20]).isdecimal():
        return "page_number"
    if "doc-biblioref" in types:
        return "reference"
    if types & {"noteref", "doc-noteref", "doc-backlink"} or classes & MARK_CLASSES:
        return "note_mark"
    if tag == "span":
        return ""
    text = one_line(node.text())
    if len(text) > 24:
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
