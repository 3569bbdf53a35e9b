"""Script of a text: segments, speakers, pauses, and the words to speak of each segment."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from speech.text.clauses import clause_end
from speech.text.directives import Cast, Directive, Directives, Speech, skipped
from speech.text.edit_map import Edit, Edited
from speech.text.lines import LINE_END, Lines
from speech.text.markup import NONE, Markup, WithoutSigns
from speech.text.normalise import goes_on, normalise
from speech.text.pronunciation import Dictionary
from speech.text.segments import BLANK_LINE, LOOK_AHEAD, SHORTEST, furthest, split
from speech.text.styled import styled
from speech.types import Segment, WordTiming, is_speakable

PARAGRAPH_PAUSE_MS = 500
HEADING_PAUSE_MS = 750  # at most half as much again as after a paragraph
SENTENCE_PAUSE_MS, LINE_PAUSE_MS, CLAUSE_PAUSE_MS = 300, 200, 150
LONGEST_SIGNS = 12
SENTENCE_END = re.compile(r"[.!?…。！？।؟]['\"’”»)\]』」]*\Z")
CLAUSE_END = re.compile(r"[,;:—–،؛，、；：]['\"’”»)\]』」]*\Z")
AFTER_DIRECTIVE = re.compile(r"\s{0,200}")
SPACE = re.compile(r"\s{0,600}")
DIGIT = re.compile(r"\d")
# At most so many bytes do normalised digits and other characters become; what may grow beyond
# the engine's limit by that is looked at more closely.
DIGIT_BYTES, OTHER_BYTES = 30, 4


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words for an engine to speak for a segment, with a map back to the whole text.

    `phonemes` are the places in `text`, start and end, that hold phoneme names.
    """

    text: str
    start: int
    layers: tuple[Edited, ...] = ()
    phonemes: tuple[tuple[int, int], ...] = ()

    @property
    def is_speakable(self) -> bool:
        """Whether a voice has anything to say here."""
        return is_speakable(self.text)

    def original(self, index: int) -> int:
        """The place in the whole text of an index into the utterance."""
        for layer in reversed(self.layers):
            index = layer.original(index)
        return self.start + index

    def original_end(self, index: int) -> int:
        """The place in the whole text where what ends at an index of the utterance ends."""
        for layer in reversed(self.layers):
            index = layer.original_end(index)
        return self.start + index

    def unbroken(self) -> Iterator[tuple[int, int]]:
        """Places in the whole text, start and end, that are said otherwise than written."""
        for number, layer in enumerate(self.layers):
            below = Utterance("", self.start, self.layers[:number])
            for edit in layer.edits:
                yield below.original(edit.start), below.original_end(edit.end)

    def words(self, marks: Iterable[WordTiming], after: int = 0) -> Iterator[WordTiming]:
        """An engine's marks as words of the whole text, none before `after`, none overlapping.

        All words that a number is read as make one.
        """
        for mark in marks:
            start, end = self.original(mark.start), self.original_end(mark.start + mark.length)
            if after <= start < end:
                yield WordTiming(start, end - start, mark.sample)
                after = end


class Script:
    """A text with all that shapes its reading; the one thing that speaking asks for words.

    `first`, `target` and `limit_bytes` are those of `split`. `cast` gives names of speakers the
    identifiers of their voices. `paragraph_pause_ms` is the silence between paragraphs; `pauses`
    holds longer ones by place: after the words that end there. Those within a paragraph are
    shorter at a higher `speed`. `is_eager` makes the first clause a segment of its own, and
    `ends_lines` lines of verse; engines that cost money keep the segments they were asked for
    before. `markup` is what was found by `find_markup`, if its signs are not to be said: the text
    is then cut as it is without them. Raises BadCast.
    """

    def __init__(
        self,
        text: str,
        *,
        language: str = "en",
        first: int = 1,
        target: int = 1,
        limit_bytes: int = 2400,
        dictionary: Dictionary | None = None,
        normalise: bool = False,
        phonemes: bool = False,
        cast: Mapping[str, str] | None = None,
        paragraph_pause_ms: int = PARAGRAPH_PAUSE_MS,
        pauses: Mapping[int, int] | None = None,
        speed: float = 1.0,
        is_eager: bool = False,
        ends_lines: bool = False,
        markup: Markup = NONE,
    ) -> None:
        self.text, self.language = text, language
        self._signs = WithoutSigns(text, markup, pauses or {})
        self._read = self._signs.read
        self.first, self.target, self.limit_bytes = first, target, limit_bytes
        self.dictionary = dictionary or None
        self.normalises, self.takes_phonemes = normalise, phonemes
        self.paragraph_pause_ms = paragraph_pause_ms
        self.pauses = {self._signs.place(at): ms for at, ms in (pauses or {}).items()}
        self._places = sorted(self.pauses)
        self._pace = max(1.0, speed)
        self.is_eager, self.ends_lines = is_eager, ends_lines
        self._cast = Cast(cast or {})
        self._lines = Lines(self._read)

    def segments(self, start: int = 0) -> Iterator[Segment]:
        """The segments from `start`, the end of an earlier one; together they are the text."""
        for piece in self._pieces(self._signs.place(start)):
            end = self._signs.end(start, piece.end)
            if start < end:
                yield replace(piece, start=start, end=end, text=self.text[start:end])
                start = end
        if start < len(self.text):
            yield Segment(start, len(self.text), self.text[start:], is_mark=True)

    def _pieces(self, start: int = 0) -> Iterator[Segment]:
        """The segments of what is read of the text: all but the signs of its markup."""
        directives = Directives(self._read, self._cast)
        speech = directives.speech_at(start)
        reach = furthest(self.first, self.target) + LOOK_AHEAD
        while start < len(self._read):
            directive = directives.first_from(start, start + reach)
            if directive and directive.start == start:
                segment = self._directive_segment(directive, directives)
                speech = speech if directive.voice is None else directives.speech(directive)
            else:
                segment = self._spoken_segment(start, directive, speech, directives)
            yield segment
            start = segment.end

    def utterance(self, segment: Segment) -> Utterance:
        """Make the words for a segment: pronunciations first, then numbers and the like."""
        if segment.is_mark:
            return Utterance("", segment.start)
        layers = [self._signs.within(segment.start, segment.end)]
        if self.normalises:
            layers.append(styled(layers[-1].text))
        said, phonemes = self._pronounced(layers[-1].text)
        layers.append(said)
        if self.normalises:
            read = normalise(_as_words(said.text, phonemes), self.language)
            if phonemes:
                read = Edited(said.text, _outside(read.edits, phonemes))
                phonemes = tuple((read.place(start), read.place(end)) for start, end in phonemes)
            layers.append(read)
        if segment.is_open:
            layers.append(_left_open(layers[-1].text))
        changes = tuple(layer for layer in layers if layer.edits)
        return Utterance(layers[-1].text, segment.start, changes, phonemes)

    def lines(self, start: int = 0) -> Iterator[tuple[Segment, Utterance]]:
        """The segments from `start`, each with what to say for it."""
        for segment in self.segments(start):
            yield segment, self.utterance(segment)

    def _directive_segment(self, directive: Directive, directives: Directives) -> Segment:
        end = skipped(AFTER_DIRECTIVE, self._read, directive.end)
        following = directives.first_from(directive.end, end)
        if following:
            # A speaker's directive begins with its line's white space.
            end = min(end, following.start)
        return Segment(
            directive.start,
            end,
            self._read[directive.start : end],
            pause_ms=directive.pause_ms,
            is_mark=True,
        )

    def _spoken_segment(
        self, start: int, directive: Directive | None, speech: Speech, directives: Directives
    ) -> Segment:
        is_speakers = start < speech.end
        stop = directive.start if directive else len(self._read)
        if is_speakers:
            stop = min(stop, speech.border)
        place = self._place_after(start)
        if place is not None:
            stop = min(stop, skipped(SPACE, self._read, place))
        whole = piece = self._fitting(start, stop)
        if self.ends_lines:
            piece = self._first_line(piece)
        if self.is_eager and start == self._opening:
            piece = self._first_clause(piece)
        voice = speech.voice if is_speakers else ""
        pause_ms = self._pause_after(piece, place, directives)
        is_open = piece is not whole and not SENTENCE_END.search(piece.text.rstrip())
        return Segment(piece.start, piece.end, piece.text, voice, pause_ms, is_open=is_open)

    @cached_property
    def _opening(self) -> int:
        """The start of the first segment that is spoken: after all directives at the beginning."""
        directives, place = Directives(self._read, self._cast), 0
        while found := directives.first_from(place, place + 1 + LOOK_AHEAD):
            if self._read[place : found.start].strip():
                break
            place = self._directive_segment(found, directives).end
        return place

    def _first_line(self, piece: Segment) -> Segment:
        """The piece, or only its first line where the writer ended that."""
        words_end = piece.start + len(piece.text.rstrip())
        words_start = piece.end - len(piece.text.lstrip())
        if not LINE_END.search(self._read, words_start, words_end):
            return piece
        end = self._lines.first_end(words_start, words_end)
        return piece if end is None else self._until(piece, skipped(SPACE, self._read, end))

    def _first_clause(self, piece: Segment) -> Segment:
        """The piece, or only its first clause where it is long."""
        unbroken = [
            (start - piece.start, end - piece.start) for start, end in self._unbroken(piece)
        ]
        end = clause_end(piece.text, self.language, unbroken)
        return self._until(piece, piece.start + end) if end else piece

    def _unbroken(self, piece: Segment) -> Iterator[tuple[int, int]]:
        place = self._signs.place
        for start, end in self._said(piece).unbroken():
            yield place(start), place(end)

    def _said(self, piece: Segment) -> Utterance:
        """The words for a piece of what is read."""
        start = self._signs.start(piece.start)
        end = max(start + 1, self._signs.end(start, piece.end))
        return self.utterance(Segment(start, end, self.text[start:end]))

    def _until(self, piece: Segment, end: int) -> Segment:
        return Segment(piece.start, end, self._read[piece.start : end])

    def _fitting(self, start: int, stop: int) -> Segment:
        """The segment from `start`, short enough that what is said for it keeps to the limit."""
        limit = self.limit_bytes
        while True:
            piece = next(self._split(start, stop, limit))
            if len(piece.text) <= SHORTEST or not self._may_outgrow(piece.text):
                return piece
            size = _bytes(self._said(piece).text)
            if size <= self.limit_bytes:
                return piece
            limit = max(1, min(limit, _bytes(piece.text)) * self.limit_bytes // (size + 1))

    def _split(self, start: int, stop: int, limit_bytes: int) -> Iterator[Segment]:
        return split(
            self._read,
            start=start,
            end=stop,
            language=self.language,
            first=self.first,
            target=self.target,
            limit_bytes=limit_bytes,
            goes_on=self._goes_on if self.normalises else None,
        )

    def _goes_on(self, before: str, after: str) -> bool:
        return goes_on(before, after, self.language)

    def _may_outgrow(self, text: str) -> bool:
        if self.dictionary or self._signs.aliases:
            return True
        digits = len(DIGIT.findall(text)) if self.normalises else 0
        most = digits * DIGIT_BYTES + (len(text) - digits) * OTHER_BYTES
        return self.normalises and most > self.limit_bytes

    def _place_after(self, start: int) -> int | None:
        number = bisect_right(self._places, start)
        return self._places[number] if number < len(self._places) else None

    def _pause_after(self, piece: Segment, place: int | None, directives: Directives) -> int:
        words_end = len(piece.text.rstrip())
        if not words_end or piece.end == len(self._read):
            return 0
        following = directives.first_from(piece.end, piece.end + 1)
        if following and following.start == piece.end and following.voice is None:
            return 0  # the writer says how long
        pause_ms = self._pause_within(piece, words_end)
        if BLANK_LINE.search(piece.text, words_end):
            pause_ms = max(pause_ms, self._paragraph_pause(piece.start + words_end))
        if place is not None and place <= piece.end:
            pause_ms = max(pause_ms, self.pauses[place])
        return pause_ms

    def _pause_within(self, piece: Segment, words_end: int) -> int:
        """The silence after a piece within a paragraph, by its last sign and its line end."""
        pause_ms, words = 0, piece.text[max(0, words_end - LONGEST_SIGNS) : words_end]
        if SENTENCE_END.search(words):
            pause_ms = SENTENCE_PAUSE_MS
        elif self._ends_line(piece, words_end):
            pause_ms = LINE_PAUSE_MS
        elif CLAUSE_END.search(words):
            pause_ms = CLAUSE_PAUSE_MS
        return round(pause_ms / self._pace)

    def _ends_line(self, piece: Segment, words_end: int) -> bool:
        found = LINE_END.search(self._read, piece.start + words_end, piece.end)
        return bool(self.ends_lines and found and self._lines.is_ended(found.start()))

    def _paragraph_pause(self, words_end: int) -> int:
        pause_ms = self.paragraph_pause_ms
        if pause_ms < HEADING_PAUSE_MS and self._lines.is_heading(words_end):
            return min(HEADING_PAUSE_MS, pause_ms * 3 // 2)
        return pause_ms

    def _pronounced(self, text: str) -> tuple[Edited, tuple[tuple[int, int], ...]]:
        """A text after the dictionary, and the places in it that hold phonemes."""
        if not self.dictionary:
            return Edited(text), ()
        matches = self.dictionary.matches(text, self.language, phonemes=self.takes_phonemes)
        edits, places, growth = [], [], 0
        for start, end, entry in matches:
            edits.append(Edit(start, end, entry.replacement))
            if entry.phonemes:
                places.append((start + growth, start + growth + len(entry.replacement)))
            growth += len(entry.replacement) - (end - start)
        return Edited(text, edits), tuple(places)


def _as_words(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text with letters for phonemes, whose signs would be read as units and the like."""
    pieces: list[str] = []
    place = 0
    for start, end in places:
        pieces += (text[place:start], "x" * (end - start))
        place = end
    return "".join((*pieces, text[place:]))


def _left_open(text: str) -> Edited:
    """The text with a comma, unless it ends with a sign: a voice does not end its sentence then."""
    end = len(text.rstrip())
    has_sign = CLAUSE_END.search(text, 0, end) or not end
    return Edited(text, () if has_sign else (Edit(end, end, ","),))


def _outside(edits: Iterable[Edit], places: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    """The edits that touch none of the places; both rise and overlap nothing of their kind."""
    for edit in edits:
        following = bisect_right(places, edit.start, key=lambda place: place[1])
        if following == len(places) or places[following][0] >= edit.end:
            yield edit


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
