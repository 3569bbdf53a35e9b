"""Citation marks that are plain text, such as "[2]" in a page that was saved without its links."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from documents.types import Chapter, Document, TextRun
from speech.text.citations import ASKING, EDIT, LETTER, MARK, NUMBER, STOPS, is_name_before

NUMBERED = re.compile(rf"\[({NUMBER})\]\s")
LIST_OF_SOURCES = re.compile(
    r"(?:\d{1,2}\.? )?(?:references?|bibliography|works cited|notes and references"
    r"|literature(?: cited)?|literatur(?:verzeichnis)?|einzelnachweise|références|bibliographie"
    r"|referencias|bibliografía|riferimenti|bibliografia|referenties|литература|参考文献)",
    re.IGNORECASE,
)
_BEFORE = (
    "see in by from of with to and or also ref refs reference references eq than via cf like at "
    "siehe vgl in nach bei aus von und oder auch mit laut wie gemäß voir dans selon par de et ou "
    "cf véase ver en según por y o vedi secondo da e zie volgens door"
)
NEEDING = frozenset(_BEFORE.split())
LONGEST_TITLE = 100  # characters
FEWEST = 2  # entries of a list of sources
BETWEEN = ("–", "-", "—", ",", ";", ", ")
LAST_WORD = re.compile(r"([^\W\d_]{1,20})\.?\Z")


def mark_citations(document: Document) -> Document:
    """Give the citation marks in a document's text their kind, as far as it shows that they are."""
    parts = [part for chapter in document.chapters for part in chapter.parts]
    if not any("[" in part.text for part in parts):
        return document
    marks = _Marks(parts)
    chapters = (
        Chapter(
            _without_edit(chapter.title),
            chapter.level,
            tuple(_joined(piece for part in chapter.parts for piece in marks.parted(part))),
        )
        for chapter in document.chapters
    )
    return replace(document, title=_without_edit(document.title), chapters=tuple(chapters))


def _without_edit(title: str) -> str:
    return EDIT.sub("", title) or title


def _joined(parts: Iterable[TextRun]) -> Iterator[TextRun]:
    """Leave out what stands between two marks, such as the dash of [2]–[4], along with them."""
    made = list(parts)
    for number, part in enumerate(made):
        around = made[max(0, number - 1) : number + 2]
        is_between = len(around) == 3 and around[0].kind == around[2].kind == "reference"
        is_short = part.kind == "text" and part.text.strip() in BETWEEN
        yield replace(part, kind="reference") if is_between and is_short else part


class _Marks:
    """What the parts of a document tell of the marks in them."""

    def __init__(self, parts: Iterable[TextRun]) -> None:
        self._entries = 0
        self._is_cited = self._is_listed = False
        for part in parts:
            if part.kind == "heading":
                self._is_listed |= bool(LIST_OF_SOURCES.fullmatch(EDIT.sub("", part.text).strip()))
            elif part.kind == "text" and "[" in part.text:
                self._look_at(part)
        self._has_list = self._entries >= FEWEST or self._is_listed

    def _look_at(self, part: TextRun) -> None:
        self._entries += sum(bool(NUMBERED.match(line)) for line in part.text.split("\n"))
        if not self._is_cited:
            self._is_cited = any(
                found.start() and part.text[found.start() - 1] in STOPS and not found["gap"]
                for found in MARK.finditer(part.text)
                if not LETTER.fullmatch(found[0])
            ) or bool(ASKING.search(part.text))

    def parted(self, part: TextRun) -> Iterator[TextRun]:
        """Part a text from the marks in it."""
        if part.kind not in ("text", "heading") or "[" not in part.text:
            yield part
            return
        text, place, glue = part.text, 0, part.glue
        for start, end, kind, said in self._found(part):
            before = text[place:start]
            if before:
                yield replace(part, text=before, glue=glue)
                glue = ""
            mark = text[start:end]
            yield TextRun(mark.strip(), kind, " " if before and mark[0].isspace() else glue, said)
            place, glue = end, ""
            if text[end : end + 1] in (" ", "\n"):
                place, glue = end + 1, text[end]
        if place < len(text):
            yield replace(part, text=text[place:], glue=glue)

    def _found(self, part: TextRun) -> Iterator[tuple[int, int, str, str | None]]:
        text = part.text
        found: list[tuple[int, int, str, str | None]] = [
            (*mark.span(), "reference", None) for mark in ASKING.finditer(text)
        ]
        for mark in MARK.finditer(text):
            is_mark, said = self._judge(text, mark)
            if is_mark:
                found.append((*mark.span(), "reference", said))
        is_title = part.kind == "heading" or len(text) < LONGEST_TITLE
        if is_title and (edit := EDIT.search(text)) and edit.start():
            found.append((*edit.span(), "navigation", None))
        return iter(sorted(found))

    def _judge(self, text: str, mark: re.Match[str]) -> tuple[bool, str | None]:
        """Whether this is the mark of a citation, and what is said where a sentence needs it."""
        start = mark.start()
        before = text[start - 1 : start]
        is_letter = bool(LETTER.fullmatch(mark[0]))
        if mark["gap"] == "\n" or not before:
            entry = NUMBERED.match(mark[0].strip() + " ")
            is_entry = self._entries >= FEWEST and entry is not None
            return is_entry, f"{entry[1]}." if entry else None
        if mark["gap"]:
            word = LAST_WORD.search(text[max(0, start - 20) : start].lower())
            is_needed = word is not None and word[1] in NEEDING
            said = mark[0].strip().replace("[", "").replace("]", "") if is_needed else None
            return self._has_list and not is_letter, said
        if before in STOPS:
            return not is_letter or self._is_cited, None
        is_shown = self._is_cited or (self._entries >= FEWEST and not is_letter)
        return is_shown and not is_name_before(text, start), None
