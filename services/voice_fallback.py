"""Choice of a voice: the wanted one, or its fallback where that one has ended or is down.

It is made here alone. A file's voices are settled when a run over it begins, and `choose` names the
one of each segment.
"""

import time
from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from common.errors import Message
from database import Database
from queries.engines import RestingEngine
from queries.rows import AudioFile
from services.segment_job import SegmentJob
from speech import model_shutdowns
from speech.engine import Engine
from speech.errors import SpeechError
from speech.registry import Registry
from speech.text.directives import BadCast
from speech.text.language import recognise
from speech.text.script import Utterance
from speech.types import Segment, SpeechRequest, Voice

ASK, NEAREST, FREE = "ask", "nearest", "free"
RULES = (ASK, NEAREST, FREE)


class VoiceEnded(SpeechError):
    """The provider has ended the model of the chosen voice; `fallbacks` are the nearest others."""

    status = 409
    is_voice_gone = True

    def __init__(self, choice: "VoiceChoice", end: date, fallbacks: list["VoiceChoice"]) -> None:
        self.fallbacks = fallbacks
        values = {
            "voice": choice.voice.name,
            "engine": choice.engine.label,
            "day": end.isoformat(),
        }
        if fallbacks:
            sentence = Message(
                "The voice {voice} ({engine}) was discontinued on {day}. Choose another "
                "one; the nearest is {heir}.",
                **values,
                heir=fallbacks[0].label,
            )
        else:
            sentence = Message(
                "The voice {voice} ({engine}) was discontinued on {day}. Choose another one.",
                **values,
            )
        super().__init__(sentence)


class VoiceChoice(NamedTuple):
    """An engine with one of its voices."""

    engine: Engine
    voice: Voice

    @property
    def key(self) -> str:
        """The voice's one name among all engines."""
        return self.voice.key

    @property
    def label(self) -> str:
        """Voice and engine as people read them: Coral (OpenAI Realtime)."""
        return f"{self.voice.name} ({self.engine.label})"

    @property
    def is_free(self) -> bool:
        """Whether the voice is known to cost nothing."""
        return self.engine.price().quote(1_000_000, 1.0) == 0

    def fit_speed(self, speed: float) -> float:
        """The nearest speed that the engine can speak at."""
        low, high = self.engine.speed_range
        return min(max(speed, low), high)


class SegmentVoice(NamedTuple):
    """The voice of one segment; its identifier may be one that the engine has no more."""

    engine: Engine
    identifier: str
    speed: float

    def request(self, said: Utterance) -> SpeechRequest:
        """The request that has the engine say it."""
        return SpeechRequest(said.text, self.identifier, self.speed, said.phonemes)


@dataclass(frozen=True, slots=True)
class FileVoices:
    """The voices of a job: one engine's, on the owner's own key where there is one."""

    job: SegmentJob
    engine: Engine

    def choose(self, segment: Segment) -> SegmentVoice:
        """The voice of a segment: that of its speaker in the cast, else that of the job."""
        return SegmentVoice(self.engine, segment.voice or self.job.voice, self.job.speed)


class VoiceFallback:
    """Finds the voice that speaks where another one cannot. One object serves all threads."""

    def __init__(self, db: Database, registry: Registry):
        self.db, self.registry = db, registry
        self._known_fallbacks: dict[
            tuple[Engine, Hashable, frozenset[str]], list[tuple[Voice, VoiceChoice]]
        ] = {}

    # What is known of engines

    def learn(self) -> None:
        """Learn what the providers said last about the ends of their models."""
        self.registry.learn_ends(
            {
                (row["engine"], row["model"]): end
                for row in self.db.list_model_notices()
                if (end := _day(row["shutdown_date"]))
            }
        )

    def ending(self) -> list[tuple[Engine, date, list[tuple[Voice, VoiceChoice]]]]:
        """Engines whose model ends soon or has ended: the day, and each voice's fallback."""
        self.learn()
        found = []
        for engine in self.registry.engines:
            end = self.registry.end_of(engine)
            if end and (end - self.registry.today()).days <= model_shutdowns.AHEAD_DAYS:
                found.append((engine, end, self._fallbacks_of(engine)))
        return found

    def _fallbacks_of(self, engine: Engine) -> list[tuple[Voice, VoiceChoice]]:
        """Each voice of an engine with its first fallback, found anew when an engine changes."""
        state = (engine, self.registry.state, frozenset(self.resting()))
        if state not in self._known_fallbacks:
            followed = [(voice, self.fallbacks(engine.name, voice)) for voice in engine.voices()]
            self._known_fallbacks = {
                state: [(voice, found[0]) for voice, found in followed if found]
            }
        return self._known_fallbacks[state]

    def resting(self) -> dict[str, RestingEngine]:
        """The engines that do not answer now, by name: since_epoch, until_epoch, error."""
        now = time.time()
        return {row["engine"]: row for row in self.db.list_resting() if row["until_epoch"] > now}

    def rule(self, owner_id: int | None) -> str:
        """The rule of a person for when a voice cannot speak."""
        user = self.db.get_user_by_id(owner_id) if owner_id else None
        return user["stand_in_rule"] if user else ASK

    def fallbacks(
        self, engine: str, voice: Voice | str, language: str = "", *, rule: str = NEAREST
    ) -> list[VoiceChoice]:
        """Voices that could speak in the place of another one, the nearest first.

        One of each other engine that has not ended and is not resting; with the rule "free" those
        that cost nothing alone.
        """
        identifier = voice if isinstance(voice, str) else voice.identifier
        resting = self.resting()
        pairs = self.registry.nearest_voices(engine, identifier, language)
        return [
            found
            for found in (VoiceChoice(*pair) for pair in pairs)
            if found.engine.name not in resting and (rule != FREE or found.is_free)
        ]

    # The voice of a new text

    def resolve(self, voice: str, speed: float, engine: str = "") -> VoiceChoice:
        """Find the chosen voice. Raises UnknownVoice, BadSpeed and the like."""
        chosen, found = self.registry.resolve(voice, engine)
        chosen.check(SpeechRequest("", found.identifier, speed))
        return VoiceChoice(chosen, found)

    def choose_for_text(
        self,
        owner_id: int | None,
        voice: str,
        speed: float,
        engine: str = "",
        *,
        text: str = "",
        language: str = "",
    ) -> tuple[VoiceChoice, float]:
        """The voice of a new text and its speed: the chosen one, or its fallback.

        Raises VoiceEnded where the owner wants to be asked, UnknownVoice, BadSpeed.
        """
        chosen = self.resolve(voice, speed, engine)
        choice = self._unless_ended(owner_id, chosen, text, language)
        return choice, choice.fit_speed(speed)

    def fit_speed(self, choice: VoiceChoice, speed: float) -> float:
        """The speed for a voice that nobody chose: where another engine has it, the nearest."""
        ranges = [engine.speed_range for engine in self.registry.engines]
        is_known = any(low <= speed <= high for low, high in ranges)
        return choice.fit_speed(speed) if is_known else speed

    def choose_for_speaker(self, name: str, voice: str, choice: VoiceChoice) -> str:
        """The identifier of a speaker's voice in a text that `choice` reads; raises BadCast."""
        own = choice.engine.name
        its_engine, found = self.registry.resolve(voice, "" if ":" in voice else own)
        if its_engine is choice.engine:
            return found.identifier
        if self.registry.has_ended(its_engine):
            return self._nearest(its_engine.name, found.identifier, choice)
        raise BadCast(
            Message(
                "{name} has a voice of another engine than the text. Choose one of the "
                "same engine.",
                name=name,
            )
        )

    def shown(self, wanted: str, language: str = "") -> Voice | None:
        """The voice to show as chosen: the wanted one, or its fallback once it has ended."""
        if found := self._find(wanted):
            return found.voice
        engine, _, voice = wanted.partition(":")
        fallbacks = self.fallbacks(engine, voice, language) if voice else []
        return fallbacks[0].voice if fallbacks else None

    def _unless_ended(
        self, owner_id: int | None, chosen: VoiceChoice, text: str = "", language: str = ""
    ) -> VoiceChoice:
        """The chosen voice, or its fallback once it has ended; raises VoiceEnded."""
        end = self.registry.end_of(chosen.engine)
        if end is None or not self.registry.has_ended(chosen.engine):
            return chosen
        rule = self.rule(owner_id)
        language = language or language_of(text, chosen.voice)
        fallbacks = self.fallbacks(chosen.engine.name, chosen.voice, language, rule=rule)
        if rule == ASK or not fallbacks:
            raise VoiceEnded(chosen, end, fallbacks)
        return fallbacks[0]

    def _find(self, key: str) -> VoiceChoice | None:
        """The voice of that key, if it is there and has not ended."""
        try:
            found = VoiceChoice(*self.registry.resolve(key))
        except SpeechError:
            return None
        return None if self.registry.has_ended(found.engine) else found

    # The voices of a file

    def voices_for(self, row: AudioFile, fallback: str, *, is_retake: bool = False) -> FileVoices:
        """The voices that speak a file or a change of it, `fallback` being the key of another.

        Raises UnknownVoice, UnknownEngine or why an engine is not there.
        """
        job = self.with_fallback(SegmentJob.of_file(row, is_retake=is_retake), fallback)
        return FileVoices(job, self.registry.get(job.engine, job.owner_id))

    def with_fallback(self, job: SegmentJob, fallback: str) -> SegmentJob:
        """The job as the voice of that key speaks it; the same job where there is none.

        Each speaker of the cast gets the nearest voice of the same engine.
        """
        if not fallback:
            return job
        choice = VoiceChoice(*self.registry.resolve(fallback))
        cast = {name: self._nearest(job.engine, voice, choice) for name, voice in job.cast.items()}
        return replace(
            job,
            engine=choice.engine.name,
            voice=choice.voice.identifier,
            speed=choice.fit_speed(job.speed),
            cast=cast,
        )

    def next_for_file(
        self, row: AudioFile, text: str, tried: Collection[str] = ()
    ) -> VoiceChoice | None:
        """The voice that continues a file by itself, if its owner wants that.

        `tried` are the engines that could not, either.
        """
        rule = self.rule(row["owner_id"])
        fallbacks = [] if rule == ASK else self.fallbacks_of_file(row, text, rule=rule)
        return next((found for found in fallbacks if found.engine.name not in tried), None)

    def fallbacks_of_file(
        self, row: AudioFile, text: str, *, rule: str = NEAREST
    ) -> list[VoiceChoice]:
        """Voices that could continue a file in the place of the one that speaks it now."""
        language = self._language(row, text)
        fallbacks = self.fallbacks(row["engine"], row["voice"], language, rule=rule)
        now = row["stand_in"].partition(":")[0] or row["engine"]
        return [found for found in fallbacks if found.engine.name != now]

    # The voice of a retake

    def choose_for_retake(self, row: AudioFile) -> str:
        """The key of a file's voice for a retake: the last one, or its fallback once it has ended.

        Raises VoiceEnded where the owner wants to be asked.
        """
        if row["stand_in"]:
            return row["stand_in"]
        text = self.db.get_text(row["id"])
        try:
            chosen = VoiceChoice(*self.registry.resolve(row["voice"], row["engine"]))
        except SpeechError as error:
            if found := error.is_voice_gone and self.next_for_file(row, text):
                return found.key
            raise
        return self._unless_ended(row["owner_id"], chosen, text).key

    def choices_for_retake(self, row: AudioFile) -> list[VoiceChoice]:
        """Voices that could speak a retake: the last one, unless it has ended, then others.

        Others are there where the file's own voice has ended or did not speak all of it.
        """
        keys = [row["stand_in"], f"{row['engine']}:{row['voice']}"]
        found = [choice for key in keys if key and (choice := self._find(key))]
        if found and not row["stand_in"]:
            return found
        known = {choice.engine.name for choice in found}
        others = self.fallbacks_of_file(row, self.db.get_text(row["id"]))
        return found + [other for other in others if other.engine.name not in known]

    def _nearest(self, engine: str, voice: str, choice: VoiceChoice) -> str:
        """The voice of the chosen engine that comes nearest to one of another engine."""
        voices = choice.engine.voices()
        language = choice.voice.language
        found = model_shutdowns.nearest_voices(engine, voice, voices, language=language)
        return found[0][1] if found else choice.voice.identifier

    def _language(self, row: AudioFile, text: str) -> str:
        try:
            voice = self.registry.get(row["engine"]).voice(row["voice"])
        except SpeechError:
            return recognise(text) or ""
        return language_of(text, voice)


def language_of(text: str, voice: Voice) -> str:
    """The language of a text: what the voice is made for, else what the words look like.

    A provider's voices speak every language, though they are listed as English.
    """
    if not model_shutdowns.speaks_every_language(voice):
        return voice.language
    return recognise(text) or voice.language


def _day(text: str) -> date | None:
    """A day as a provider told it; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
