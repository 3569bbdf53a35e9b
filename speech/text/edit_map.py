"""A text with parts of it replaced, and the way between the places of both."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """Edit: the text to say instead of `source[start:end]`, in code points."""

    start: int
    end: int
    spoken: str


class Edited:
    """Text after edits that rise and do not overlap; positions map to `source` and back."""

    __slots__ = ("_new_ends", "_new_starts", "edits", "source", "text")

    def __init__(self, source: str, edits: Iterable[Edit] = ()) -> None:
        self.source, self.edits = source, tuple(edits)
        self._new_starts: list[int] = []
        self._new_ends: list[int] = []
        self.text = self._replaced() if self.edits else source

    def original(self, index: int) -> int:
        """The place in `source` where what stands at `index` in `text` begins."""
        number = bisect_right(self._new_starts, index) - 1
        if number < 0:
            return index
        edit, end = self.edits[number], self._new_ends[number]
        return edit.start if index < end else edit.end + index - end

    def original_end(self, index: int) -> int:
        """The place in `source` where what ends at `index` in `text` ends."""
        number = bisect_left(self._new_starts, index) - 1
        if number < 0:
            return index
        edit, end = self.edits[number], self._new_ends[number]
        return edit.end if index <= end else edit.end + index - end

    def place(self, index: int) -> int:
        """The place in `text` of an index in `source`; within an edit, where its words end."""
        number = bisect_right(self.edits, index, key=lambda edit: edit.end) - 1
        if number + 1 < len(self.edits) and self.edits[number + 1].start < index:
            return self._new_ends[number + 1]
        if number < 0:
            return index
        return self._new_ends[number] + index - self.edits[number].end

    def _replaced(self) -> str:
        pieces: list[str] = []
        old = new = 0
        for edit in self.edits:
            pieces += (self.source[old : edit.start], edit.spoken)
            new += edit.start - old
            self._new_starts.append(new)
            new += len(edit.spoken)
            self._new_ends.append(new)
            old = edit.end
        pieces.append(self.source[old:])
        return "".join(pieces)
