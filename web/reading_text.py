"""The text of a file on its page: its parts, the headings in it, and the list of its chapters."""

from typing import Any, NamedTuple

from flask import abort, request
from flask_babel import gettext as _

from queries.rows import AudioFile, Chapter
from services.reading_parts import Part, cut, heading_span, part_at
from web import forms
from web.services import services

PARTS_SHOWN = 3  # at first; scripts bring the others as one scrolls
EVERY_PART = "all"


class Heading(NamedTuple):
    """Heading of a chapter; `is_added` where the text itself does not hold it."""

    anchor: str
    words: str
    is_added: bool


class ShownPart(NamedTuple):
    """Part of a text as a page shows it: white space, heading, white space, all the rest."""

    number: int
    start: int
    heading: Heading | None
    before: str
    gap: str
    rest: str

    @property
    def text(self) -> str:
        """The part's own signs, without a heading that was added."""
        heading = self.heading.words if self.heading and not self.heading.is_added else ""
        return f"{self.before}{heading}{self.gap}{self.rest}"


class ListedChapter(NamedTuple):
    """Chapter as a list of them shows it; `start_ms` is None until it is spoken."""

    title: str
    anchor: str
    part: int
    start: int
    start_ms: int | None


class ReadingText:
    """The text of a file, cut into parts for its page."""

    def __init__(self, row: AudioFile) -> None:
        self.text = services().db.get_text(row["id"])
        self._chapters = services().db.get_chapters(row["id"])
        self.parts = cut(self.text, [chapter["text_start"] for chapter in self._chapters])
        self._starting = {chapter["text_start"]: chapter for chapter in self._chapters}

    @property
    def starts(self) -> list[int]:
        """Where each part begins (code points)."""
        return [part.start for part in self.parts]

    def chapters(self) -> list[ListedChapter]:
        """The chapters, where there is more than one."""
        if len(self._chapters) < 2:
            return []
        return [
            ListedChapter(
                _title(chapter),
                _anchor(chapter),
                part_at(self.parts, chapter["text_start"]) + 1,
                chapter["text_start"],
                chapter["start_ms"],
            )
            for chapter in self._chapters
        ]

    def shown(self, number: int) -> ShownPart:
        """A part by its number, from 1; 404 for one that is not there."""
        if not 1 <= number <= len(self.parts):
            abort(404)
        part = self.parts[number - 1]
        heading, span = self._heading(part)
        gap = self.text[span.end : part.end]
        rest = gap.lstrip("\n") if heading else gap
        return ShownPart(
            number=number,
            start=part.start,
            heading=heading,
            before=self.text[part.start : span.start],
            gap=gap[: len(gap) - len(rest)],
            rest=rest,
        )

    def _heading(self, part: Part) -> tuple[Heading | None, Part]:
        """The heading at the beginning of a part, and its span of the text."""
        nowhere = Part(part.start, part.start)
        chapter = self._starting.get(part.start)
        if chapter is None:
            return None, nowhere
        span = heading_span(self.text, part.start, chapter["title"])
        if span and span.end <= part.end:
            return Heading(_anchor(chapter), self.text[span.start : span.end], False), span
        if len(self._chapters) < 2:
            return None, nowhere
        return Heading(_anchor(chapter), _title(chapter), True), nowhere


def context(row: AudioFile) -> dict[str, Any]:
    """What a page shows of a text; raises BadForm for a `part` or `place` that is no number."""
    whole = ReadingText(row)
    count, wanted = len(whole.parts), request.args.get("part", "1")
    first, last = 1, count
    if wanted != EVERY_PART:
        first = min(max(1, forms.number(wanted, "part")), count)
        if place := request.args.get("place"):
            first = part_at(whole.parts, forms.number(place, "place")) + 1
        last = min(first + PARTS_SHOWN - 1, count)
    chapters = whole.chapters()
    here = [chapter for chapter in chapters if chapter.part <= first]
    return {
        "parts": [whole.shown(number) for number in range(first, last + 1)],
        "part_starts": whole.starts,
        "first_part": first,
        "next_part": last + 1 if last < count else None,
        "first": whole.parts[first - 1].start,
        "last": whole.parts[last - 1].end,
        "chapters": chapters,
        "chapter_before": here[-2] if len(here) > 1 else None,
        "chapter_here": here[-1] if here else None,
        "chapter_after": chapters[len(here)] if len(here) < len(chapters) else None,
    }


def _title(chapter: Chapter) -> str:
    return chapter["title"] or _("Chapter %(number)s", number=chapter["position"] + 1)


def _anchor(chapter: Chapter) -> str:
    return f"chapter-{chapter['position'] + 1}"
