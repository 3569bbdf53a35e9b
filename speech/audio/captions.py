"""Captions: spoken segments as WebVTT and SRT, in cues of two short lines."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, east_asian_width

from speech.audio.word_timing import Timing
from speech.text.directives import PAUSE
from speech.text.segments import cluster_start
from speech.types import TimedSegment

LINE = 42  # columns: letters of Latin
WIDE = LINE / 18  # columns of a Chinese character, of which 18 fill a line
BROAD = 1.5  # columns of a letter of Thai, Lao, Khmer or Burmese
LINES = 2
LONGEST_MS = 7000  # of a cue, as far as it has words to part
CLAUSE_BONUS = 16  # how many characters a cue may be off the even share to end with a clause
ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
WORD = re.compile(r"\S+")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\r\n[^\S\n]*\r\n|\u2029")
SILENT = re.compile(PAUSE)
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# What stays on one line: Latin words and numbers; signs with their marks, and with punctuation.
UNIT = re.compile(
    r"[（「『【《〈“‘(\[]*+(?:[!-~À-ɏ]++|.)[\u3099\u309a\ufe00-\ufe0f\u0300-\u036f\U000e0100-\U000e01ef]*+"
    r"[、。，．！？：；）」』】》〉”’…‥・ー々ゝヽぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ—～%)\],.!?]*+",
    re.DOTALL,
)
SOUTH_EAST_ASIAN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
# Vowels and signs that stay with the letter before them, or the letter behind: of Thai and Lao.
WITH_BEFORE = "\u0e30\u0e32\u0e33\u0e45\u0e46\u0e2f\u0eb0\u0eb2\u0eb3\u0ebd\u0ec6\u0eaf"
WITH_AFTER = "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4\u1039\u17d2"
ENDS_SYLLABLE = ("\u103a", "\u1037\u103a")  # of Burmese: their letter goes with the one before
PAUSING = tuple(",;:.!?…—–)”»’\"'，、。！？；：")


class Cue(NamedTuple):
    """Cue of captions, shown from `start_ms` up to `end_ms`."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


class Word(NamedTuple):
    """What stays on one line, at its place in the segment; `begins` where a paragraph does.

    `column` and `width` are in columns; `glue` stands before it within a line.
    """

    text: str
    start: int
    begins: bool
    glue: str
    column: float
    width: float


def webvtt(text: str, segments: Iterable[TimedSegment]) -> str:
    """A WebVTT file from segments with text_start, text_end (code points), start_ms, end_ms, words.

    Segments without sound or without anything to read are left out.
    """
    parts = ["WEBVTT\n\n"]
    for cue in cues(text, segments):
        shown = "\n".join(cue.lines).translate(ESCAPED)
        parts.append(f"{_time(cue.start_ms, '.')} --> {_time(cue.end_ms, '.')}\n{shown}\n\n")
    return "".join(parts)


def srt(text: str, segments: Iterable[TimedSegment]) -> str:
    """A SubRip file with the same cues."""
    parts = []
    for number, cue in enumerate(cues(text, segments), 1):
        # SubRip has no escapes; an arrow in a text would read as a line of times.
        shown = "\n".join(cue.lines).replace("-->", "→")
        times = f"{_time(cue.start_ms, ',')} --> {_time(cue.end_ms, ',')}"
        parts.append(f"{number}\n{times}\n{shown}\n\n")
    return "".join(parts)


def cues(text: str, segments: Iterable[TimedSegment]) -> Iterator[Cue]:
    """Cues of at most two lines; long segments are split at clauses, by their words' times."""
    for segment in segments:
        shown = text[segment["text_start"] : segment["text_end"]]
        is_heard = segment["end_ms"] > segment["start_ms"]
        if is_heard and not SILENT.fullmatch(shown.strip()):
            yield from _segment_cues(shown, segment)


def _segment_cues(text: str, segment: TimedSegment) -> Iterator[Cue]:
    groups = list(_groups(_words(text)))
    if not groups:
        return
    timing = Timing(segment)
    starts = [segment["start_ms"], *(timing.at(group[0].start) for group in groups[1:])]
    ends = [*starts[1:], segment["end_ms"]]
    for start, end, group in zip(starts, ends, groups, strict=True):
        yield from _timely(group, start, end, timing)


def _timely(words: list[Word], start: int, end: int, timing: Timing) -> Iterator[Cue]:
    """A cue from `start` to `end` in ms, or several where it would stand too long."""
    if end - start > LONGEST_MS and len(words) > 1:
        even = _length(words, 0, len(words)) / 2
        half = min(range(1, len(words)), key=lambda place: _badness(words, 0, place, even))
        middle = timing.at(words[half].start)
        if start < middle < end:
            yield from _timely(words[:half], start, middle, timing)
            yield from _timely(words[half:], middle, end, timing)
            return
    if end > start:
        yield Cue(start, end, tuple(_shown_lines(words)))


def _words(text: str) -> list[Word]:
    words: list[Word] = []
    end, column = 0, 0.0
    for match in WORD.finditer(text):
        begins = BLANK_LINE.search(text, end, match.start()) is not None
        column += match.start() - end
        glue = " "
        for start, stop in _units(text, *match.span()):
            width = _width(text[start:stop])
            words.append(Word(text[start:stop], start, begins, glue, column, width))
            column, begins, glue = column + width, False, ""
        end = match.end()
    return words


def _units(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans that a run without spaces may be broken into; most runs are one."""
    if UNSPACED.search(text, start, end):
        for unit in UNIT.finditer(text, start, end):
            yield from _cut(text, *unit.span())
    else:
        yield from _cut(text, start, end)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span, in pieces where it is longer than a line, as an address is."""
    most = int(LINE / WIDE) if _width(text[start:end]) > end - start else LINE
    while _width(text[start:end]) > LINE and end - start > most:
        cut = cluster_start(text, start + most, start)
        while cut > start + 1 and _is_within_syllable(text, cut):
            cut = cluster_start(text, cut - 1, start)
        yield start, cut
        start = cut
    yield start, end


def _is_within_syllable(text: str, place: int) -> bool:
    is_end = text.startswith(ENDS_SYLLABLE, place + 1)
    return text[place] in WITH_BEFORE or text[place - 1] in WITH_AFTER or is_end


@lru_cache(maxsize=8192)
def _columns(sign: str) -> float:
    if SOUTH_EAST_ASIAN.match(sign):
        return 1.0 if category(sign).startswith("M") else BROAD
    return WIDE if east_asian_width(sign) in "WF" else 1.0


def _width(text: str) -> float:
    return len(text) if text.isascii() else sum(map(_columns, text))


def _groups(words: list[Word]) -> Iterator[list[Word]]:
    """The words of each cue: about evenly many in each, and rather up to the end of a clause."""
    at = 0
    while at < len(words):
        begins = (place for place in range(at + 1, len(words)) if words[place].begins)
        paragraph_end = next(begins, len(words))
        while at < paragraph_end:
            end = _cue_end(words, at, paragraph_end)
            yield words[at:end]
            at = end


def _cue_end(words: list[Word], start: int, last: int) -> int:
    most = _brim(words, start, last)
    if most == last:
        return last
    count, place = 1, most
    while place < last:
        count, place = count + 1, _brim(words, place, last)
    even = _length(words, start, last) / count
    return min(range(start + 1, most + 1), key=lambda end: _badness(words, start, end, even))


def _brim(words: list[Word], start: int, last: int) -> int:
    """Index of the first word that does not fit into a cue begun at `start`."""
    end = start + 1
    while end < last and len(_lines(words[start : end + 1])) <= LINES:
        end += 1
    return end


def _badness(words: list[Word], start: int, end: int, even: float) -> float:
    bonus = CLAUSE_BONUS if words[end - 1].text.endswith(PAUSING) else 0
    return abs(_length(words, start, end) - even) - bonus


def _length(words: list[Word], start: int, end: int) -> float:
    return words[end - 1].column + words[end - 1].width - words[start].column


def _lines(words: list[Word]) -> list[str]:
    lines, width = [""], 0.0
    for word in words:
        glue = word.glue if lines[-1] else ""
        if lines[-1] and width + word.width + len(glue) > LINE:
            lines.append(word.text)
            width = word.width
        else:
            lines[-1] += glue + word.text
            width += word.width + len(glue)
    return lines


def _shown_lines(words: list[Word]) -> list[str]:
    """The lines of a cue; where words are not spaced, the first one ends with a clause."""
    lines = _lines(words)
    if len(lines) != LINES or all(word.glue for word in words[1:]):
        return lines
    even = _length(words, 0, len(words)) / LINES
    fitting = [
        place
        for place in range(1, len(words))
        if len(_lines(words[:place])) == len(_lines(words[place:])) == 1
    ]
    if not fitting:
        return lines
    place = min(fitting, key=lambda end: _badness(words, 0, end, even))
    return _lines(words[:place]) + _lines(words[place:])


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"
