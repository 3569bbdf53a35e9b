"""Lines of a text: which of them end because a writer ended them, and which are only wrapped."""

import re
from itertools import pairwise
from typing import NamedTuple

LINE_ENDS = "\n\r\u2028"
LINE_END = re.compile(rf"\r\n|[{LINE_ENDS}]")
BLANK = re.compile(r"[^\S\n\r\u2028]{0,400}")
FAR = 400  # characters of a line that are looked at
AROUND = 6  # lines on each side that a line end is judged by
KNOWN = 1024  # lines that are remembered

ITEM = re.compile(r"(?:(?P<bullet>[-*+•‣◦–—])|\(?(?:\d{1,3}|[a-zA-Z])[.)])[ \t]+(?=\S)")
STOP = re.compile(r"[.,;:!?…—–。，、；：！？।؟]['\"’”»)\]]*\Z")
UNSIGNED_END = re.compile(r"[^\W_]['\"’”»)\]]*\Z")
NUMERAL = re.compile(r"(?:\d{1,4}|[IVXLC]{1,8})\.\Z")
LETTER = re.compile(r"[^\W_]")
FIRST_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\S+")
WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")

# Widths are those of letters: no prose is wrapped as narrow as a verse, hardly any wider than PAGE.
VERSE, NARROW, COLUMN, PAGE = 30, 40, 55, 75
LOWER_GOES_ON = 50  # a line so long goes on in the next, if that begins with a small letter
ROOM, MUCH_ROOM = 0.08, 0.35  # shares of the width that were left when a line ended
MOSTLY, ENOUGH = 0.6, 0.95
LONGEST_HEADING = 80


class Line(NamedTuple):
    """A line without its white space: how wide it and its first word are, how it begins and ends.

    `case` is 1 for a capital letter or a figure, -1 for a small letter, 0 for another sign.
    """

    start: int
    end: int
    width: int
    first: int
    case: int
    has_stop: bool
    is_item: bool


class Lines:
    """The lines of a text, for one reading from front to back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._by_start: dict[int, Line | None] = {}
        self._by_end: dict[int, Line | None] = {}

    def first_end(self, start: int, end: int) -> int | None:
        """The first place between two at which a writer ended a line; its line end comes next."""
        for found in LINE_END.finditer(self._text, start, end):
            if self.is_ended(found.start()):
                return found.start()
        return None

    def is_ended(self, place: int) -> bool:
        """Whether the line end at a place was meant: verse, an address, an item, a speech.

        Wrapped prose ends its lines where the next word has no room, and goes on in the next.
        """
        if self._goes_on_plainly(place):
            return False
        line, following = self._before(place), self._after(place)
        if not line or not following or line.width >= FAR:
            return False
        goes_on = following.case < 0 and not following.is_item
        if goes_on and line.width >= LOWER_GOES_ON:
            return False
        lines = self._around(line, following)
        if following.is_item and sum(each.is_item for each in lines) > 1:
            return True
        width = max(each.width for each in lines)
        if not goes_on and _room(line, following, width) > MUCH_ROOM:
            return not self._is_left_over(line, width)
        return width <= PAGE and _is_verse(lines, width)

    def _goes_on_plainly(self, place: int) -> bool:
        """Whether a long line has a small letter after it: most of wrapped prose, told quickly."""
        if self._text[place] != "\n" or not self._text[place + 1 : place + 2].islower():
            return False
        start = self._text.rfind("\n", max(0, place - FAR), place) + 1
        return place - start > FAR or len(self._text[start:place].strip()) >= LOWER_GOES_ON

    def _is_left_over(self, line: Line, width: int) -> bool:
        """Whether a short line is what was left of the one before, wrapped once more."""
        earlier = self._before(line.start - 1)
        if not earlier or earlier.has_stop or line.has_stop:
            return False
        return earlier.width >= LOWER_GOES_ON and _room(earlier, line, width) <= ROOM

    def is_heading(self, place: int) -> bool:
        """Whether the line with its last word before `place` is a heading: alone and unsigned."""
        blank = BLANK.match(self._text, place)
        line = self._before(blank.end() if blank else place)
        if not line or line.is_item or line.width > LONGEST_HEADING:
            return False
        words = self._text[line.start : line.end].strip()
        if not (UNSIGNED_END.search(words) or NUMERAL.match(words)):
            return False
        return self._before(line.start - 1) is None

    def _around(self, line: Line, following: Line) -> list[Line]:
        """The lines of the same paragraph about a line end, a few on each side."""
        before, after = [line], [following]
        while len(before) < AROUND and (found := self._before(before[-1].start - 1)):
            before.append(found)
            if found.end - found.start >= FAR:
                break
        while len(after) < AROUND and after[-1].end - after[-1].start < FAR:
            found = self._after(after[-1].end)
            if not found:
                break
            after.append(found)
        return before[::-1] + after

    def _before(self, place: int) -> Line | None:
        """The line that ends at a place, None where it is blank."""
        if place <= 0:
            return None
        if place not in self._by_end:
            end = place - self._text.startswith("\r\n", place - 1)
            low = max(0, end - FAR)
            near = self._text[low:end]
            start = low + 1 + max(map(near.rfind, LINE_ENDS))
            line = self._by_end[place] = self._read(start, end)
            if self._is_whole(start, end):
                self._by_start[start] = line
        return self._by_end[place]

    def _after(self, place: int) -> Line | None:
        """The line after the line end at a place, None where it is blank."""
        if place >= len(self._text):
            return None
        start = place + (2 if self._text.startswith("\r\n", place) else 1)
        if start not in self._by_start:
            found = LINE_END.search(self._text, start, start + FAR)
            end = found.start() if found else min(start + FAR, len(self._text))
            line = self._by_start[start] = self._read(start, end)
            if self._is_whole(start, end):
                self._by_end[end] = line
        return self._by_start[start]

    def _read(self, start: int, end: int) -> Line | None:
        if len(self._by_end) + len(self._by_start) > KNOWN:
            self._by_end.clear()
            self._by_start.clear()
        return _read(start, end, self._text[start:end].strip())

    def _is_whole(self, start: int, end: int) -> bool:
        """Whether a line begins and ends there, rather than being cut, or asked for amid it."""
        return (start == 0 or self._text[start - 1] in LINE_ENDS) and (
            end == len(self._text) or self._text[end] in LINE_ENDS
        )


def _read(start: int, end: int, words: str) -> Line | None:
    first = FIRST_WORD.match(words)
    if not first:
        return None
    letter = LETTER.search(words)
    case = 0
    if letter:
        case = -1 if letter[0].islower() else int(letter[0].isupper() or letter[0].isdigit())
    width, opening = _width(words), _width(first[0])
    return Line(start, end, width, opening, case, bool(STOP.search(words)), bool(ITEM.match(words)))


def _width(words: str) -> int:
    return len(words) if words.isascii() else len(words) + len(WIDE.findall(words))


def _room(line: Line, following: Line, width: int) -> float:
    """The share of the width that was left after the next word would have been added."""
    return (width - line.width - 1 - following.first) / width


def _is_verse(lines: list[Line], width: int) -> bool:
    """Whether lines about as wide as `width` were ended by a writer, by all that speaks for it."""
    if width <= VERSE:
        return True
    ends = len(lines) - 1
    if ends == 1 and width >= COLUMN:
        return False
    roomy = capitals = small = stops = 0
    for line, following in pairwise(lines):
        room = _room(line, following, width)
        if room > MUCH_ROOM and width < LOWER_GOES_ON:
            return True  # nothing that is wrapped so narrow leaves so much
        roomy += room > ROOM
        capitals += following.case > 0
        small += following.case < 0
        stops += line.has_stop
    if ends > 2 and (capitals == ends or (roomy >= MOSTLY * ends and width < COLUMN)):
        return True
    prior = 0.5 if width < NARROW else -0.3 if width > COLUMN else 0.0
    return (roomy + 0.8 * capitals + 0.5 * stops - small) / ends + prior > ENOUGH
