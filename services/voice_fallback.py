"""Who speaks: the chosen voice, or another in its place where that one has ended or is down."""

import json
import time
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from common.errors import Sentence
from common.stored_json import read_or_default
from database import Database
from documents.detect_language import guessed
from speech import model_shutdowns
from speech.engine import Engine
from speech.errors import SpeechError
from speech.registry import Registry
from speech.types import Voice

ASK, NEAREST, FREE = "ask", "nearest", "free"
RULES = (ASK, NEAREST, FREE)
TELLING_CHARACTERS = 4000  # of a text, to guess its language by


class VoiceEnded(SpeechError):
    """The provider has ended the model of the chosen voice; `heirs` are the nearest others."""

    status = 409
    is_voice_gone = True

    def __init__(self, speaker: "Speaker", end: date, heirs: list["Speaker"]) -> None:
        self.heirs = heirs
        values = {
            "voice": speaker.voice.name,
            "engine": speaker.engine.label,
            "day": end.isoformat(),
        }
        if heirs:
            sentence = Sentence(
                "The voice {voice} ({engine}) ended on {day}. Choose another one; the nearest is "
                "{heir}.",
                **values,
                heir=heirs[0].label,
            )
        else:
            sentence = Sentence(
                "The voice {voice} ({engine}) ended on {day}. Choose another one.", **values
            )
        super().__init__(sentence)


class Speaker(NamedTuple):
    """An engine with one of its voices."""

    engine: Engine
    voice: Voice

    @property
    def key(self) -> str:
        """The voice's one name among all engines."""
        return self.voice.key

    @property
    def label(self) -> str:
        """What people read: Coral (OpenAI Realtime)."""
        return f"{self.voice.name} ({self.engine.label})"

    @property
    def is_free(self) -> bool:
        """Whether the voice is known to cost nothing."""
        return self.engine.price().quote(1_000_000, 1.0) == 0


class Continuity:
    """Finds the voice that goes on where another one cannot. One object serves all threads."""

    def __init__(self, db: Database, registry: Registry):
        self.db, self.registry = db, registry
        self._followed: dict[tuple, list[tuple[Voice, Speaker]]] = {}

    # What is known of engines

    def learn(self) -> None:
        """Take up what the providers said last about the ends of their models."""
        self.registry.ends = {
            (row["engine"], row["model"]): end
            for row in self.db.list_model_notices()
            if (end := _day(row["shutdown_date"]))
        }

    def ending(self) -> list[tuple[Engine, date, list[tuple[Voice, "Speaker"]]]]:
        """The engines whose model ends soon or has ended: the day, and who follows each voice."""
        self.learn()
        found = []
        for engine in self.registry.engines:
            end = self.registry.end_of(engine)
            if end and (end - self.registry.today()).days <= model_shutdowns.AHEAD_DAYS:
                found.append((engine, end, self._followers(engine)))
        return found

    def _followers(self, engine: Engine) -> list[tuple[Voice, Speaker]]:
        """The voices of an engine with their heirs; found once for as long as nothing changes."""
        state = (engine, self.registry.state, frozenset(self.resting()))
        if state not in self._followed:
            followed = [(voice, self.heirs(engine.name, voice)) for voice in engine.voices()]
            self._followed = {state: [(voice, heirs[0]) for voice, heirs in followed if heirs]}
        return self._followed[state]

    def resting(self) -> dict[str, dict[str, Any]]:
        """The engines that do not answer now, by name: since_epoch, until_epoch, error."""
        now = time.time()
        return {row["engine"]: row for row in self.db.list_resting() if row["until_epoch"] > now}

    def heirs(
        self, engine: str, voice: Voice | str, language: str = "", *, rule: str = NEAREST
    ) -> list[Speaker]:
        """The voices that could speak in the place of another one, the nearest first.

        One of each other engine that has not ended and is not resting; with the rule "free" those
        that cost nothing alone.
        """
        identifier = voice if isinstance(voice, str) else voice.identifier
        resting = self.resting()
        found = [Speaker(*pair) for pair in self.registry.successors(engine, identifier, language)]
        return [
            heir
            for heir in found
            if not (self.registry.is_silent(heir.engine) or heir.engine.name in resting)
            and (rule != FREE or heir.is_free)
        ]

    # Who speaks

    def for_new(
        self, owner_id: int | None, chosen: Speaker, text: str = "", language: str = ""
    ) -> Speaker:
        """Who speaks a new text: the chosen voice, or its heir once it has ended.

        Raises VoiceEnded where the owner wants to be asked.
        """
        if not self.registry.has_ended(chosen.engine):
            return chosen
        rule = self.rule(owner_id)
        language = language or language_of(text, chosen.voice)
        heirs = self.heirs(chosen.engine.name, chosen.voice, language, rule=rule)
        if rule == ASK or not heirs:
            raise VoiceEnded(chosen, self.registry.end_of(chosen.engine), heirs)
        return heirs[0]

    def shown(self, wanted: str, language: str = "") -> Voice | None:
        """The voice to show as chosen: the wanted one, or its heir once it has ended, if any."""
        if found := self.speaker(wanted):
            return found.voice
        engine, _, voice = wanted.partition(":")
        heirs = self.heirs(engine, voice, language) if voice else []
        return heirs[0].voice if heirs else None

    def speaker(self, key: str) -> Speaker | None:
        """The voice of that key, if it is there and has not ended."""
        try:
            found = Speaker(*self.registry.resolve(key))
        except SpeechError:
            return None
        return None if self.registry.has_ended(found.engine) else found

    def follow(
        self, job: Mapping[str, Any], text: str, tried: Collection[str] = ()
    ) -> Speaker | None:
        """Who goes on with a file whose voice cannot, if the owner wants that by itself.

        `tried` are the engines that could not, either.
        """
        rule = self.rule(job["owner_id"])
        heirs = [] if rule == ASK else self.heirs_of(job, text, rule=rule)
        return next((heir for heir in heirs if heir.engine.name not in tried), None)

    def heirs_of(self, job: Mapping[str, Any], text: str, *, rule: str = NEAREST) -> list[Speaker]:
        """Who could go on with a file in the place of the voice that speaks it now."""
        heirs = self.heirs(job["engine"], job["voice"], self._language(job, text), rule=rule)
        now = job["stand_in"].partition(":")[0] or job["engine"]
        return [heir for heir in heirs if heir.engine.name != now]

    def rule(self, owner_id: int | None) -> str:
        """What somebody wants done where a voice cannot speak."""
        user = self.db.get_user_by_id(owner_id) if owner_id else None
        return user["stand_in_rule"] if user else ASK

    def as_spoken(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """A file's row with the engine, voice, speed and cast that speak it now.

        They are its own, or those of its `stand_in`: there each speaker of the cast gets the
        nearest voice of the same engine.
        """
        if not job["stand_in"]:
            return dict(job)
        stand_in = Speaker(*self.registry.resolve(job["stand_in"]))
        low, high = stand_in.engine.speed_range
        reading = read_or_default("reading", job["reading"])
        if cast := reading.get("cast"):
            reading["cast"] = {
                name: self.nearest(job["engine"], voice, stand_in) for name, voice in cast.items()
            }
        return {
            **job,
            "engine": stand_in.engine.name,
            "voice": stand_in.voice.identifier,
            "speed": min(max(job["speed"], low), high),
            "reading": json.dumps(reading, ensure_ascii=False),
        }

    def nearest(self, engine: str, voice: str, stand_in: Speaker) -> str:
        """The voice of the stand-in's engine that comes nearest to one of another engine."""
        voices = stand_in.engine.voices()
        language = stand_in.voice.language
        found = model_shutdowns.successors(engine, voice, voices, language=language)
        return found[0][1] if found else stand_in.voice.identifier

    def _language(self, job: Mapping[str, Any], text: str) -> str:
        try:
            voice = self.registry.get(job["engine"]).voice(job["voice"])
        except SpeechError:
            return guessed([text[:TELLING_CHARACTERS]])
        return language_of(text, voice)


def language_of(text: str, voice: Voice) -> str:
    """The language of a text: what the voice is made for, else what the words look like.

    A provider's voices speak every language, though they are listed as English.
    """
    if voice.identifier not in model_shutdowns.GENDERS:
        return voice.language
    return guessed([text[:TELLING_CHARACTERS]]) or voice.language


class Part(NamedTuple):
    """A stretch of sound by one voice, from its first segment on."""

    key: str
    start_ms: int


def spoken_parts(marked: list[dict], own: str, segments: int) -> list[Part]:
    """Who spoke which part of a file, in order; empty where its own voice spoke all of it.

    `marked` are the segments that other voices spoke (`spoken_by`) or that differ otherwise, `own`
    is the key of the file's voice, `segments` how many there are.
    """
    parts: list[Part] = []
    position, end_ms = 0, 0
    others = [segment for segment in marked if segment["spoken_by"]]
    for segment in others:
        if segment["position"] > position:
            parts.append(Part(own, end_ms))
        if not parts or parts[-1].key != segment["spoken_by"]:
            parts.append(Part(segment["spoken_by"], segment["start_ms"]))
        position, end_ms = segment["position"] + 1, segment["end_ms"]
    if others and position < segments:
        parts.append(Part(own, end_ms))
    return parts


def _day(text: str) -> date | None:
    """A day as a provider told it; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
