"""Paragraphs of a PDF: lines that go on in each other are joined and told to the builder."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from documents.builder import PARAGRAPH, Builder
from documents.pdf_edges import Body
from documents.pdf_headings import NUMBERED, SENTENCE_END, is_label
from documents.pdf_lines import Line, Page
from documents.pdf_lists import BULLET, items_of
from documents.pdf_outline import Place
from documents.pdf_verse import blocks_of, meant_ends, verses_of
from documents.text_cleaning import hyphen, parts_of, words_of
from documents.types import TextRun

LOOKED_AHEAD = 60  # lines
BROKEN_PATH = re.compile(r"(?:\A|\s)\S*/\S*[/.]\Z")
BROKEN_LINK = re.compile(r"(?:https?://|ftp://|www\.)\S*\Z", re.IGNORECASE)
LINK_SIGNS = "/-_.?=&%#~+:"
GOES_ON_LINK = re.compile(r"[/?&=#%_~]|\S{0,200}[/=&?]\S|\S{1,200}\.(?:html?|pdf|php|aspx?)\b")
LINK_PIECE = re.compile(r"[^\s<>\"“”]+")
RANGE_END = re.compile(r"\d\s?[-‐‑–—]\Z")
CITATION = re.compile(r"\s?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]")
QUOTES = '“"‘«„‚–—'


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of all lines of a document before they are joined."""

    body: Body
    edges: dict[int, float]
    words: frozenset[str]
    items: frozenset[int]
    meant: frozenset[int]
    verses: frozenset[int]
    credits: range


def layout_of(lines: list[Line], pages: Sequence[Page], body: Body, beside: range) -> Layout:
    """Look at all lines of a document; `beside` are the indexes of its title's credits."""
    blocks = blocks_of(lines, body.leading)
    meant = meant_ends(lines, blocks)
    return Layout(
        body,
        _right_edges(lines),
        words_of("\n".join(line.text for line in lines)),
        items_of(lines),
        meant,
        verses_of(lines, blocks, meant, pages),
        beside,
    )


def _right_edges(lines: list[Line]) -> dict[int, float]:
    """Find where full lines end, by column, in points."""
    ends: dict[int, list[float]] = {}
    for line in lines:
        if line.kind == "text":
            ends.setdefault(line.column, []).append(line.right)
    return {key: quantiles(found, n=10)[-1] for key, found in ends.items() if len(found) > 1}


@dataclass(slots=True)
class Writer:
    """Joins lines into paragraphs and tells them to the builder."""

    builder: Builder
    layout: Layout
    lines: list[Line]
    _before: int | None = None
    _last: Line | None = None
    _item: Line | None = None
    _is_link: bool = field(default=False)

    def write(self, starts: dict[int, list[Place]], levels: dict[int, int]) -> None:
        """Write all lines to the builder; `starts` and `levels` are by the index of a line."""
        index = 0
        while index < len(self.lines):
            for place in starts.get(index, ()):
                self.builder.chapter(place.title, place.level)
                self._before = None
            line = self.lines[index]
            if line.kind == "heading" or index in levels:
                index = self._heading(index, starts, levels)
                continue
            if line.kind == "text":
                self._text(index)
            else:
                self._other(line)
            index += 1

    def _heading(self, index: int, starts: dict[int, list[Place]], levels: dict[int, int]) -> int:
        """Tell a heading of one or more lines; the index of the line after it."""
        lines, first, level = self.lines, self.lines[index], levels.get(index, 0)
        stop = index + 1
        while (
            stop < len(lines)
            and stop not in starts
            and lines[stop].kind == first.kind
            and levels.get(stop, 0) == level
            and lines[stop].page == first.page
            and 0 <= lines[stop - 1].bottom - lines[stop].bottom < _reach(lines[stop - 1])
            and not (level and NUMBERED.match(lines[stop].text))
        ):
            stop += 1
        parts: list[TextRun] = []
        for line in lines[index:stop]:
            parts += _line_parts(line, " " if parts else PARAGRAPH, is_link=False)
        self.builder.heading(parts, level or 1)
        self._before = None
        return stop

    def _other(self, line: Line) -> None:
        """Tell a line that is left out; those of one kind are joined."""
        last, self._last = self._last, line
        is_same = last is not None and last.kind == line.kind and last.page == line.page
        glue = "\n" if is_same and line.kind in ("table", "code", "contents") else PARAGRAPH
        is_new_note = line.kind == "note" and line.text[:1].isdigit()
        if is_same and line.kind == "note" and not is_new_note:
            glue = " "
        self.builder.joined(line.text, line.kind, glue, is_same=is_same and not is_new_note)

    def _following(self, index: int) -> Line | None:
        """The next line of running text, over the end of the page."""
        for line in self.lines[index + 1 : index + LOOKED_AHEAD]:
            if line.kind == "text":
                return line
            if line.kind == "heading":
                return None
        return None

    def _text(self, index: int) -> None:
        """Tell a line of the running text, joined to the one before where that goes on."""
        self._last = None
        line = self.lines[index]
        before, self._before = self._before, index
        glue = PARAGRAPH if before is None else self._glue(before, index)
        if glue == PARAGRAPH:
            self._item = line if index in self.layout.items or BULLET.match(line.text) else None
        parts = list(_line_parts(line, glue, is_link=self._is_link and not glue))
        following = self._following(index)
        self._is_link = following is not None and _is_link(line, following)
        if following is None or self._is_link:
            parts += [TextRun("-", "link" if self._is_link else "text")] if line.is_broken else []
        elif _is_hyphenated(line, following):
            if not line.is_broken:
                parts[-1:] = _without_hyphen(parts[-1])
            if not self._is_new(index, following):
                text = line.text if line.is_broken else line.text[:-1]
                parts.append(hyphen(text, following.text, self.layout.words))
        elif line.is_broken:
            parts.append(TextRun("-"))
        self.builder.parts(parts)

    def _glue(self, before: int, index: int) -> str:
        """What separates a line from the one of the running text before it."""
        last, line, beside = self.lines[before], self.lines[index], self.layout.credits
        if index in beside or before in beside:
            return "\n" if index in beside and before in beside else PARAGRAPH
        if self._is_link:
            return ""
        if self._is_new(before, line, index):
            return PARAGRAPH
        if last.is_broken or _is_hyphenated(last, line) or _is_path(last, line):
            return ""
        if RANGE_END.search(last.text) and line.text[:1].isdigit():
            return ""
        if last.text[-1:] in "-‐‑" and last.text[-2:-1].isalpha() and line.text[:1].isupper():
            return ""
        return "\n" if before in self.layout.verses and before + 1 == index else " "

    def _is_new(self, before: int, line: Line, index: int | None = None) -> bool:
        """Whether a line begins a paragraph after the line of that index."""
        last, layout = self.lines[before], self.layout
        if last.is_field or line.is_field or last.is_broken:
            return not last.is_broken
        if index in layout.items or BULLET.match(line.text):
            return _is_at_sentence_start(last) or index in layout.items or line.text[0] not in "–—-"
        is_ended = bool(SENTENCE_END.search(last.text))
        if last.page != line.page or last.column != line.column:
            return is_ended or _differs(last, line)
        away = last.bottom - line.bottom
        is_far = away < -1 or away > 1.35 * max(layout.body.leading, line.size)
        if is_far or _differs(last, line):
            return True
        if self._item is not None and self._ends_item(self._item, before, line):
            return True
        edge = layout.edges.get(line.column, last.right)
        is_short = last.right < edge - 0.12 * (edge - last.left)
        is_indented = line.left > last.left + 0.8 * layout.body.size
        is_speech = is_indented and line.text[0] in QUOTES
        return (is_ended and is_short) or (is_indented and is_ended) or is_speech

    def _ends_item(self, item: Line, before: int, line: Line) -> bool:
        """Whether a line no longer belongs to the item of a list before it."""
        last = self.lines[before]
        if line.left < item.left - 0.5 * item.size:
            return True
        is_hanging = last is not item and last.left > item.left + 0.4 * item.size
        if is_hanging and line.left < last.left - 0.4 * item.size:
            return True
        return before in self.layout.meant and abs(line.left - item.left) < 2


def _reach(line: Line) -> float:
    """How far below a line of a heading its next line stands at most."""
    return (4 if is_label(line.text) else 2) * line.size


def _is_at_sentence_start(before: Line) -> bool:
    return bool(SENTENCE_END.search(before.text))


def _differs(before: Line, line: Line) -> bool:
    return abs(before.size - line.size) > 0.12 * max(before.size, line.size)


def _is_hyphenated(line: Line, following: Line) -> bool:
    if not following.text[:1].islower():
        return False
    text = line.text
    return line.is_broken or (text[-1:] in "-\xad‐" and text[-2:-1].isalpha())


def _is_path(line: Line, following: Line) -> bool:
    """Whether a file's path goes on in the next line without a hyphen."""
    first = following.text[:1]
    is_going_on = first.islower() or (line.text.endswith("/") and first.isalnum())
    return is_going_on and bool(BROKEN_PATH.search(line.text))


def _is_link(line: Line, following: Line) -> bool:
    """Whether a web address at the end of a line goes on in the next."""
    found = BROKEN_LINK.search(line.text)
    first = following.text[:1]
    if found is None or line.page != following.page or not (first.isalnum() or first in LINK_SIGNS):
        return False
    last = found[0][-1]
    if last in LINK_SIGNS and last != ".":
        return True
    return bool(GOES_ON_LINK.match(following.text)) or (line.is_broken and first.islower())


def _without_hyphen(part: TextRun) -> list[TextRun]:
    text = part.text[:-1]
    return [TextRun(text, part.kind, part.glue, part.replaced_by)] if text else []


def _line_parts(line: Line, glue: str, *, is_link: bool) -> Iterator[TextRun]:
    """The parts of a line: marks of notes, citations and pieces of addresses by their rules."""
    special = [(start, end, "note_mark") for start, end in line.marks]
    special += [(*found.span(), "reference") for found in CITATION.finditer(line.text)]
    if is_link and (piece := LINK_PIECE.match(line.text)):
        special.append((0, len(piece[0].rstrip(".,;:!?)")), "link"))
    if glue == PARAGRAPH and (bullet := BULLET.match(line.text)):
        special.append((0, bullet.end(), "bullet"))
    place = 0
    for start, end, kind in sorted(special):
        if start < place or start == end:
            continue
        before = line.text[place:start]
        if before:
            yield from parts_of(before, glue)
            glue = ""
        yield TextRun(line.text[start:end], kind, glue)
        glue, place = "", end
    if place < len(line.text):
        yield from parts_of(line.text[place:], glue)
