"""Text of HTML elements on one line: blocks are words of their own, figures stay raised."""

import re
from collections.abc import Iterator
from typing import Any

from documents.html_figures import is_numerator, lowered, raised
from documents.html_formulas import formula_of
from documents.html_kinds import BLOCKS, HEADINGS, SKIPPED, classes_of, is_hidden, kind_of_mark
from documents.text_cleaning import one_line

INITIAL_CLASSES = re.compile(r"drop|initial|lettrine|first-?letter|fl\b")
NUMBER = re.compile(r"(?:\d{1,4}|[IVXLC]{1,7})[.:)]?")
INITIAL = re.compile(r"[“„«‘\"'¿¡]?[^\W\d_a-z]")
REST_OF_WORD = re.compile(r"[^\W\d_]|['’]")
INLINE_TAGS = frozenset(("span", "b", "strong", "em", "i", "small"))
LONGEST = 20_000  # characters of a cell or a label that are looked at


def text_of(node: Any, *, with_images: bool = False) -> str:
    """Gather the text in an element on one line; `with_images` adds what images show."""
    pieces: list[str] = []
    size = 0
    for piece in _pieces(node, pieces, with_images=with_images):
        pieces.append(piece)
        size += len(piece)
        if size > LONGEST:
            break
    return one_line("".join(pieces))


def _pieces(root: Any, before: list[str], *, with_images: bool) -> Iterator[str]:
    opened: list[Any] = []
    node = root.child
    while node is not None:
        piece, is_entered = _piece(node, before, with_images=with_images)
        yield piece
        if is_entered and node.child is not None:
            opened.append(node)
            node = node.child
            continue
        if is_entered and node.tag in BLOCKS:
            yield " "
        while opened and node.next is None:
            node = opened.pop()
            if node.tag in BLOCKS or node.tag in HEADINGS:
                yield " "
        node = node.next


def _piece(node: Any, before: list[str], *, with_images: bool) -> tuple[str, bool]:
    """What an element or a text adds by itself, and whether to go on with what is in it."""
    tag = node.tag or "-"  # a processing instruction has none
    if tag == "-text":
        return node.text_content or "", False
    if tag.startswith(("-", "!")):
        return "", False
    if tag == "br":
        return " ", False
    attributes = node.attributes
    if is_hidden(attributes):
        return "", False
    if formula := formula_of(node, tag, attributes):
        return f" {formula.said or formula.text} ", False
    if tag == "img" and with_images:
        return f" {attributes.get('alt') or ''} ", False
    if tag in SKIPPED or (tag in ("a", "sup", "span") and kind_of_mark(node, tag, attributes)):
        return "", False
    if tag in ("sup", "sub") and node.css_first("a, img, math") is None:
        return figures(node, "".join(before[-3:])), False
    if tag in BLOCKS or tag in HEADINGS or is_new_word(node, tag):
        return " ", True
    return "", True


def figures(node: Any, before: str, listed: frozenset[str] = frozenset()) -> str:
    """Write raised or lowered figures as they stand; nothing for the mark of a note."""
    text, kind = figures_of(node, before, listed)
    return text if kind == "text" else ""


def figures_of(node: Any, before: str, listed: frozenset[str]) -> tuple[str, str]:
    """Give the text and the kind of a raised or lowered element that is no link."""
    text = one_line(node.text())
    if not text:
        return "", "text"
    if node.tag == "sub":
        return lowered(text, before), "text"
    if is_numerator(node, text):
        return (f" {text}" if before[-1:].isdigit() else text), "text"
    after = node.next.text_content if node.next is not None and node.next.tag == "-text" else ""
    return raised(text, before, (after or "")[:4], listed)


def is_initial_of(alternative: str, image: Any) -> bool:
    """Whether an image is the drawn first letter of the word whose rest follows it."""
    after = image.next
    while after is not None and after.tag in INLINE_TAGS:
        after = after.child
    text = (after.text_content or "") if after is not None and after.tag == "-text" else ""
    return bool(INITIAL.fullmatch(alternative)) and bool(REST_OF_WORD.match(text))


def is_new_word(node: Any, tag: str) -> bool:
    """Whether a span begins a word although none but another span stands before it.

    Headings are written as <span>1</span><span>The Start</span>, and set below each other; an
    initial and the rest of its word are written the same way.
    """
    before = node.prev
    if tag not in ("span", "b", "strong", "em", "i", "small") or before is None:
        return False
    if before.tag not in ("span", "b", "strong", "em", "i", "small"):
        return False
    if INITIAL_CLASSES.search(" ".join(sorted(classes_of(before.attributes)))):
        return False
    one, other = one_line(before.text()[-400:]), one_line(node.text()[:400])
    if not one or not other or not other[0].isalnum():
        return False
    first = other.partition(" ")[0]
    if NUMBER.fullmatch(one):
        return len(first) > 1 and (first[0].isupper() or one[0].isdigit())
    is_ending = one[-1].islower() or one[-1].isdigit() or one[-1] in ".:"
    is_title = " " in one and one.isupper() and first.isupper() and len(first) > 1
    return (is_ending and other[0].isupper()) or is_title
