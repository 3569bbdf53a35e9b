"""Paragraphs of an OpenDocument text as runs of text, with what they hold: notes, frames."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from documents.odt_styles import TEXT, Look, Styles, whole
from documents.office_paragraphs import Run, lowered, raised

DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
SKIPPED_NAMES = "ruby-text hidden-text script tracked-changes label"
SKIPPED = frozenset(f"{TEXT}{name}" for name in SKIPPED_NAMES.split())
SKIPPED |= {f"{OFFICE}annotation", f"{OFFICE}event-listeners"}
KINDS = {
    f"{TEXT}page-number": "page_number",
    f"{TEXT}page-count": "page_number",
    f"{TEXT}placeholder": "navigation",
}
SPAN, SPACES, COUNT, TAB = f"{TEXT}span", f"{TEXT}s", f"{TEXT}c", f"{TEXT}tab"
LINE_BREAK, NOTE, HIDDEN = f"{TEXT}line-break", f"{TEXT}note", f"{TEXT}hidden-paragraph"
LINKED, STYLE_NAME = f"{DRAW}a", f"{TEXT}style-name"
MOST_SPACES = 100
GAPS = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class Found:
    """What a paragraph holds; `frames` stand beside it, those in `first` before its text."""

    runs: list[Run] = field(default_factory=list)
    frames: list[etree._Element] = field(default_factory=list)
    first: int = 0
    notes: list[etree._Element] = field(default_factory=list)
    is_hidden: bool = False
    is_bold: bool = True
    size: int = 0


def read_runs(
    paragraph: etree._Element,
    look: Look,
    styles: Styles,
    formula: Callable[[etree._Element], Run | None],
) -> Found:
    """Read a paragraph that looks so; `formula` reads a frame that is one."""
    walk = _Walk(styles, formula)
    walk.read(paragraph, look)
    found = walk.found
    found.is_bold &= any(run.kind == "text" and run.text.strip() for run in found.runs)
    return found


class _Walk:
    """One walk through a paragraph; how deep it nests does not matter."""

    def __init__(self, styles: Styles, formula: Callable[[etree._Element], Run | None]) -> None:
        self._styles = styles
        self._formula = formula
        self.found = Found()

    def read(self, paragraph: etree._Element, look: Look) -> None:
        """Read everything in the paragraph: what stands in elements, and between them."""
        self._text(paragraph.text, look, "")
        if not len(paragraph):
            return
        waiting = [(paragraph, iter(paragraph), look, "")]
        while waiting:
            node, children, look, kind = waiting[-1]
            child = next(children, None)
            if child is None:
                waiting.pop()
                if waiting:
                    self._text(node.tail, *waiting[-1][2:])
            elif self._tell(child, look):
                self._text(child.tail, look, kind)
            else:
                name = child.get(STYLE_NAME, "") if child.tag == SPAN else ""
                inner = self._styles.of_span(name, look), KINDS.get(child.tag, kind)
                self._text(child.text, *inner)
                waiting.append((child, iter(child), *inner))

    def _tell(self, node: etree._Element, look: Look) -> bool:
        """Take in an element that holds no others to be read; False for the rest."""
        tag = node.tag
        if tag == SPAN:
            return False
        if tag == SPACES:
            self._add(" " * min(whole(node.get(COUNT, "1"), 1), MOST_SPACES), look)
        elif tag == TAB:
            self._add(" ", look)
        elif tag == LINE_BREAK:
            self._add("\n", look)
        elif tag == NOTE:
            self._note(node, look)
        elif tag == HIDDEN:
            self.found.is_hidden |= node.get(f"{TEXT}is-hidden") == "true"
        elif isinstance(tag, str) and tag.startswith(DRAW) and tag != LINKED:
            self._frame(node, look)
        else:
            return tag in SKIPPED
        return True

    def _text(self, text: str | None, look: Look, kind: str) -> None:
        if text:
            is_plain = text.isprintable() and "  " not in text
            self._add(text if is_plain else GAPS.sub(" ", text), look, kind)

    def _add(self, text: str, look: Look, kind: str = "") -> None:
        if look.is_hidden or not text:
            return
        runs = self.found.runs
        if text.strip():
            self.found.is_bold &= look.is_bold
            self.found.size = max(self.found.size, look.size)
        if kind:
            runs.append(Run(text, kind))
        elif look.raising == "super":
            last = runs[-1] if runs else Run("")
            runs.append(raised(text, last.text if last.kind == "text" else ""))
        else:
            runs.append(lowered(text) if look.raising == "sub" else Run(text))

    def _note(self, node: etree._Element, look: Look) -> None:
        if look.is_hidden:
            return
        body = node.find(f"{TEXT}note-body")
        mark = node.find(f"{TEXT}note-citation")
        self.found.runs.append(
            Run("".join(mark.itertext()) if mark is not None else "", "note_mark")
        )
        if body is not None:
            self.found.notes.append(body)

    def _frame(self, node: etree._Element, look: Look) -> None:
        if look.is_hidden:
            return
        if (formula := self._formula(node)) is not None:
            self.found.runs.append(formula)
            return
        self.found.frames.append(node)
        if not any(run.text.strip() for run in self.found.runs):
            self.found.first += 1
