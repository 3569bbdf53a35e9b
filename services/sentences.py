"""Sentences of a file: what can be done with one, and which of them hold a word."""

from typing import NamedTuple

from database import Database
from queries.pronunciations import Pronunciation
from queries.rows import AudioFile, Span
from queries.segments import EVERYTHING
from services.pronunciations import entry_of
from services.retakes import RetakeQuote, Retakes
from services.studio import Studio
from speech.errors import SpeechError
from speech.text.pronunciation import Dictionary
from storage.errors import NotFound, WrongState

MOST_AGAIN = 100  # sentences spoken again at once: each is cut into the file on its own

MAKING = "You can do this once the piece has been generated."
STOPPED = "Only a finished piece can be changed. Generate the rest first."
CHANGING = "Another change is in progress. Wait a moment, then try again."
OTHERS = "Only the person who shares this piece can change it."
NOT_SPOKEN = "This sentence has no audio yet."


class Sentence(NamedTuple):
    """A sentence of a file: its span, its words, and what speaking it once more would cost.

    `span` has no place in the sound where it is not spoken. `off` says why something cannot be
    done, by "change", "leave_out" and "again"; what is not in it can.
    """

    span: Span
    words: str
    again: RetakeQuote | None
    off: dict[str, str]


class WithWord(NamedTuple):
    """Spans of the sentences that hold a word; `is_all` unless there are more of them."""

    spans: list[tuple[int, int]]
    is_all: bool


class Sentences:
    """What is asked about single sentences; pages and API call the same functions."""

    def __init__(self, studio: Studio):
        self.studio = studio
        self.db: Database = studio.db
        self.retakes: Retakes = studio.retakes

    def at(self, row: AudioFile, place: int, *, is_listener: bool = False) -> Sentence:
        """The sentence at a place of a file's text; listeners change nothing. Raises NotFound."""
        if not 0 <= place < row["character_count"]:
            raise NotFound("There is no such place in this text.")
        why_not = OTHERS if is_listener else self._why_not(row)
        span = self._span(row, place)
        whole = self.db.get_text(row["id"])
        if span is None:
            off = dict.fromkeys(("change", "leave_out", "again"), why_not or NOT_SPOKEN)
            return Sentence(_unspoken(place), "", None, off)
        words = whole[span["text_start"] : span["text_end"]].strip()
        if why_not:
            off = dict.fromkeys(("change", "leave_out", "again"), why_not)
            return Sentence(span, words, None, off)
        try:
            spans = [(span["text_start"], span["text_end"])]
            return Sentence(span, words, self.retakes.quote_again(row, spans, is_fresh=True), {})
        except SpeechError as error:
            off = {"again": error.message}
            if not self.studio.voice_fallback.choices_for_retake(row):
                off["change"] = error.message
            return Sentence(span, words, None, off)

    def with_word(self, row: AudioFile, entry: Pronunciation) -> WithWord:
        """The sentences of a finished file that hold an entry's word, the first ones of many."""
        if row["status"] != "ready":
            raise WrongState(MAKING)
        text = self.db.get_text(row["id"])
        try:
            engine, voice = self.studio.registry.resolve(row["voice"], row["engine"])
            language, phonemes = voice.language, engine.takes_phonemes
        except SpeechError:  # a voice of earlier days: what holds for all languages still holds
            language, phonemes = "", False
        found = Dictionary([entry_of(entry)]).matches(text, language, phonemes=phonemes)
        spans: list[tuple[int, int]] = []
        for start, _, _ in found:
            if spans and start < spans[-1][1]:
                continue
            if len(spans) == MOST_AGAIN:
                return WithWord(spans, is_all=False)
            if span := self._span(row, start):
                spans.append((span["text_start"], span["text_end"]))
        return WithWord(spans, is_all=True)

    def _span(self, row: AudioFile, place: int) -> Span | None:
        position = self.db.find_segment(row["id"], place)
        found = self.db.list_spans(row["id"], position, EVERYTHING, 1)
        return next(
            (span for span in found if span["text_start"] <= place < span["text_end"]), None
        )

    def _why_not(self, row: AudioFile) -> str:
        """Why no sentence of a file can be changed now; empty where it can."""
        if row["status"] in ("queued", "speaking"):
            return MAKING
        if row["status"] != "ready" or not row["sha256"]:
            return STOPPED
        change = self.db.get_retake(row["id"])
        is_made = change is not None and change["status"] == "queued" and not change["is_paused"]
        return CHANGING if is_made else ""


def _unspoken(place: int) -> Span:
    return {
        "position": -1, "text_start": place, "text_end": place + 1, "start_ms": -1, "end_ms": -1,
    }  # fmt: skip
