"""Voices by language: which one reads a text for which none was chosen, and what was used last.

In order: the voice that its person wants to start with, or last used for the language; the default
one, where it speaks that language; the best natural voice on this machine; any other that speaks
it; and only then a voice of another language, which is said wherever it happens.
"""

import time
from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

from database import Database
from queries.voice_settings import VoiceSettings
from services.voice_fallback import VoiceChoice
from speech import model_shutdowns
from speech.engine import Engine
from speech.errors import SpeechError
from speech.registry import Registry
from speech.text.language import main_language, matches, recognise
from speech.types import SpeechRequest, Voice

ENGLISH = "en"


class TextVoice(NamedTuple):
    """The voice of a text with its pace; `language` is the text's, "" where nobody can tell.

    A `paragraph_pause_ms` of None is the usual pause. `is_remembered` where the person used it last
    or wants to start with it.
    """

    choice: VoiceChoice
    speed: float = 1.0
    paragraph_pause_ms: int | None = None
    language: str = ""
    is_remembered: bool = False


def recognised(text: str) -> str:
    """The code of the language that a text is in; "" where that is not sure."""
    return recognise(text) or ""


def speaks(choice: VoiceChoice, language: str) -> bool:
    """Whether a voice reads a language; those of providers read all of them."""
    is_provided = choice.engine.settings is not None
    if is_provided and choice.voice.identifier in model_shutdowns.GENDERS:
        return True
    return matches(choice.voice.language, language)


class VoiceMemory:
    """Chooses voices by language for people, and remembers theirs. One object for all threads."""

    def __init__(self, db: Database, registry: Registry):
        self.db, self.registry = db, registry

    # Choosing

    def for_text(self, owner_id: int | None, text: str) -> TextVoice:
        """The voice of a text for which none was chosen."""
        return self.for_language(owner_id, recognised(text))

    def for_language(self, owner_id: int | None, tag: str) -> TextVoice:
        """The voice of a text in that language; with "" the one that the person starts with."""
        language = main_language(tag)
        used = self.db.list_voice_settings(owner_id) if owner_id else []
        first = self.default(owner_id)
        if first and (not language or speaks(first.choice, language)):
            near = sorted(used, key=lambda row: row["language"] != language)
            pause = near[0]["paragraph_pause_ms"] if near else None
            return first._replace(language=language, paragraph_pause_ms=pause)
        if not language:
            return self._last(used)
        rows = [row for row in used if row["language"] in (language, "")]
        return self._of_rows(language, sorted(rows, key=lambda row: row["language"] == ""))

    def default(self, owner_id: int | None) -> TextVoice | None:
        """The voice that a person wants to start with; None for the one that was used last."""
        row = self.db.get_default_voice(owner_id) if owner_id else None
        choice = self.find(row["voice"]) if row and row["voice"] else None
        if row is None or choice is None:
            return None
        return TextVoice(choice, choice.fit_speed(row["speed"]), is_remembered=True)

    def best(self, language: str) -> VoiceChoice | None:
        """The best voice that speaks a language, whatever was used; None where there is none."""
        default = VoiceChoice(*self.registry.resolve())
        if speaks(default, language):
            return default
        return next(self._local_voices(language), None)

    def find(self, key: str) -> VoiceChoice | None:
        """The voice of that key, if it is there and has not ended."""
        try:
            found = VoiceChoice(*self.registry.resolve(key))
        except SpeechError:
            return None
        return None if self.registry.has_ended(found.engine) else found

    def for_row(self, row: VoiceSettings) -> VoiceChoice | None:
        """The voice that was last used, if there was one and it is still there."""
        return self.find(_key(row)) if row["voice"] else None

    def _last(self, used: list[VoiceSettings]) -> TextVoice:
        """What was used last, whichever language it was."""
        for row in used[:1]:
            return self._of_rows(row["language"], [row])._replace(language="")
        return TextVoice(VoiceChoice(*self.registry.resolve()))

    def _of_rows(self, language: str, rows: list[VoiceSettings]) -> TextVoice:
        """The first voice of the rows that speaks the language, else the best; the first's pace."""
        known = map(self.for_row, rows)
        mine = next((voice for voice in known if voice and speaks_any(voice, language)), None)
        choice = mine or self.best(language) or VoiceChoice(*self.registry.resolve())
        speed = choice.fit_speed(rows[0]["speed"] if rows else 1.0)
        pause = rows[0]["paragraph_pause_ms"] if rows else None
        return TextVoice(choice, speed, pause, language, mine is not None)

    def _local_voices(self, language: str) -> Iterator[VoiceChoice]:
        """The voices on this machine that speak a language, natural ones first."""
        engines = [engine for engine in self.registry.engines if self._is_local(engine)]
        for engine in sorted(engines, key=lambda engine: not engine.is_natural):
            yield from _speakers(engine, language)

    def _is_local(self, engine: Engine) -> bool:
        is_free = engine.price().quote(1_000_000, 1.0) == 0
        is_here = engine.settings is None and engine.is_fit
        return is_free and is_here and not self.registry.is_silent(engine)

    # Remembering

    def remember(self, owner_id: int, used: TextVoice, *, is_chosen: bool) -> None:
        """Note what reads a text now; the voice only where it was chosen by hand."""
        voice = used.choice.voice
        self.db.save_voice_settings(
            owner_id,
            used.language or main_language(voice.language),
            engine=voice.engine if is_chosen else "",
            voice=voice.identifier if is_chosen else "",
            speed=used.speed,
            paragraph_pause_ms=used.paragraph_pause_ms,
            now=time.time(),
        )

    def set_default(self, owner_id: int, key: str, speed: float | None) -> None:
        """Start with a voice and a speed; with "" for what was last used.

        Raises UnknownVoice, BadSpeed.
        """
        pace = 1.0 if speed is None else speed
        if key:
            choice = VoiceChoice(*self.registry.resolve(key))
            pace = choice.fit_speed(pace) if isfinite(pace) else pace
            choice.engine.check(SpeechRequest("", choice.voice.identifier, pace))
            key = choice.key
        self.db.set_default_voice(owner_id, key, pace if key else 1.0)

    def natural_offer(self, owner_id: int) -> VoiceChoice | None:
        """The natural English voice that a person of old is still to be asked about."""
        if not self.db.has_natural_voice_question(owner_id):
            return None
        offered = next(self._local_voices(ENGLISH), None)
        now = self.for_language(owner_id, ENGLISH).choice
        if offered is None or not offered.engine.is_natural or now.engine.is_natural:
            return None
        return offered

    def answer_natural_offer(self, owner_id: int, *, is_wanted: bool) -> None:
        """Note the answer; with a yes, texts get the natural voice from now on."""
        offered = self.natural_offer(owner_id)
        with self.db.transaction():
            self.db.close_natural_voice_question(owner_id)
            if not is_wanted or offered is None:
                return
            now, first = self.for_language(owner_id, ENGLISH), self.default(owner_id)
            if first and speaks(first.choice, ENGLISH):
                self.db.set_default_voice(owner_id, "", 1.0)
            taken = now._replace(choice=offered, speed=offered.fit_speed(now.speed))
            self.remember(owner_id, taken, is_chosen=True)


def _key(row: VoiceSettings) -> str:
    """The key of a voice; its identifier where it is from before there were several engines."""
    return f"{row['engine']}:{row['voice']}" if row["engine"] else row["voice"]


def speaks_any(choice: VoiceChoice, language: str) -> bool:
    """Whether a voice reads a language; each does where none is known."""
    return not language or speaks(choice, language)


def _speakers(engine: Engine, language: str) -> Iterator[VoiceChoice]:
    """The voices of an engine that speak a language: its default, those of no region, others."""

    def rank(voice: Voice) -> tuple[bool, bool]:
        has_region = "-" in voice.language
        return voice.identifier != engine.default_voice, has_region

    try:
        voices = sorted(engine.voices(), key=rank)
    except SpeechError:
        return
    yield from (
        choice for voice in voices if speaks(choice := VoiceChoice(engine, voice), language)
    )
