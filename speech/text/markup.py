"""Markup in a text that was pasted: Markdown, HTML or SSML, and what is said without its signs."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from speech.text import citations, markdown, tags
from speech.text.edit_map import Edit, Edited
from speech.types import is_speakable

AUTO, LITERAL = "auto", "literal"


class Markup(NamedTuple):
    """Markup of a text: `kind` is "markdown", "html", "ssml", "citations" where there are but
    their marks, or "" where there is nothing.

    `signs` are said in other words or not at all; `aliases` are words that are said otherwise.
    """

    kind: str = ""
    signs: tuple[Edit, ...] = ()
    aliases: tuple[Edit, ...] = ()


NONE = Markup()


def said_without_signs(text: str) -> str:
    """The text as it is said without the signs of its markup, its aliases as words."""
    found = find_markup(text)
    return Edited(text, merged(found.signs, found.aliases)).text


@lru_cache(maxsize=2)
def find_markup(text: str) -> Markup:
    """Find the markup of a text, as far as it is sure; of one that would say nothing, none."""
    kind = tags.kind_of(text)
    signs, aliases = tags.edits(text, kind) if kind else ([], [])
    if kind != tags.SSML:
        signs = list(merged(signs, markdown.edits(text)))
        kind = kind or ("markdown" if signs else "citations")
        signs = list(merged(signs, citations.edits(text)))
    if not signs or not is_speakable(Edited(text, signs).text):
        return NONE
    return Markup(kind, tuple(signs), tuple(aliases))


class WithoutSigns:
    """A text without the signs of its markup: `read`, and the way between the places of both.

    `borders` are places in the text where a segment ends in any case.
    """

    def __init__(self, text: str, markup: Markup, borders: Iterable[int] = ()) -> None:
        self.text, self.aliases = text, markup.aliases
        self._edited = Edited(text, markup.signs)
        self._borders = sorted(borders)
        self.read = self._edited.text

    def place(self, index: int) -> int:
        """The place in `read` of an index in the text."""
        return self._edited.place(index)

    def start(self, index: int) -> int:
        """The place in the text where what begins at an index in `read` begins, with its signs."""
        return self._edited.original_end(index)

    def end(self, start: int, index: int) -> int:
        """The place in the text where what begins there at `start` and in `read` ends, ends."""
        if not self._edited.edits:
            return index
        end = self._edited.original_end(index)
        number = bisect_right(self._borders, start)
        if number < len(self._borders):
            # What is left out at a border belongs to the segment before it.
            border = self._borders[number]
            if end > border or index == self.place(border):
                return border
        return len(self.text) if index == len(self.read) else end

    def within(self, start: int, end: int) -> Edited:
        """What is said of a stretch of the text: aliases instead of their words, no signs."""
        found = []
        for edits in (self._edited.edits, self.aliases):
            first = bisect_left(edits, start, key=lambda edit: edit.start)
            last = bisect_right(edits, end, key=lambda edit: edit.end)
            found.append(edits[first:last])
        inside = (
            Edit(edit.start - start, edit.end - start, edit.spoken) for edit in merged(*found)
        )
        return Edited(self.text[start:end], inside)


def merged(first: Iterable[Edit], others: Iterable[Edit]) -> Iterator[Edit]:
    """Edits of two kinds in rising order; of two that overlap, the first or longer one."""
    end = 0
    for edit in sorted((*first, *others), key=lambda edit: (edit.start, -edit.end)):
        if edit.start >= end:
            yield edit
            end = edit.end
