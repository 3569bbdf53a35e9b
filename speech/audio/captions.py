"""Captions: spoken segments as WebVTT and SRT, in cues of two short lines."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from speech.audio.word_timing import Timing
from speech.text.directives import PAUSE
from speech.text.segments import cluster_start
from speech.types import TimedSegment

LINE = 42  # characters
LINES = 2
CLAUSE_BONUS = 16  # how many characters a cue may be off the even share to end with a clause
ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
WORD = re.compile(r"\S+")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\r\n[^\S\n]*\r\n|\u2029")
SILENT = re.compile(PAUSE)
PAUSING = tuple(",;:.!?…—–)”»’\"'，、。！？；：")


class Cue(NamedTuple):
    """Cue of captions, shown from `start_ms` up to `end_ms`."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


class Word(NamedTuple):
    """A run without spaces, at its place in the segment, and whether a paragraph begins here."""

    text: str
    start: int
    begins: bool


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
        if end > start:
            yield Cue(start, end, tuple(_lines(group)))


def _words(text: str) -> list[Word]:
    words, end = [], 0
    for match in WORD.finditer(text):
        begins = BLANK_LINE.search(text, end, match.start()) is not None
        start, end = match.span()
        while end - start > LINE:  # an address, or a script that writes no spaces
            cut = cluster_start(text, start + LINE, start)
            words.append(Word(text[start:cut], start, begins))
            start, begins = cut, False
        words.append(Word(text[start:end], start, begins))
    return words


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


def _length(words: list[Word], start: int, end: int) -> int:
    return words[end - 1].start + len(words[end - 1].text) - words[start].start


def _lines(words: list[Word]) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word.text) + 1 > LINE:
            lines.append(word.text)
        else:
            lines[-1] = f"{lines[-1]} {word.text}" if lines[-1] else word.text
    return lines


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"
