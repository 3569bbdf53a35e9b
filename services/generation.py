"""Generation: a text quoted, submitted, and spoken into a file under its owner's control."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from common.errors import AppError, Message
from config import Config
from database import Database
from queries.groups import NO_FILE
from queries.rows import AudioFile
from services.file_names import check_group, check_name, suggest_name
from services.file_scripts import FileScripts
from services.quotas import Quotas
from services.voice_fallback import VoiceChoice, VoiceFallback
from services.voice_memory import TextVoice, VoiceMemory, recognised
from speech.engine import Engine
from speech.prices import Price, expected_duration_s
from speech.registry import Registry
from speech.text.billable import count_spoken
from speech.text.directives import Cast, ReadingOptions
from speech.text.language import main_language
from speech.text.markup import AUTO, LITERAL, find_markup, said_without_signs
from speech.text.pronunciation import Dictionary
from speech.text.script import PARAGRAPH_PAUSE_MS
from speech.text.segments import split
from speech.types import Voice
from storage.audio_store import AudioStore, make_filename
from storage.errors import NotFound

MOST_GROWTH = 3  # times the longest text, in what is said
COUNTED_SEGMENTS = 30_000  # characters
LONGEST_PARAGRAPH_PAUSE_MS = 3000
BYTES_A_SECOND = 8_000
VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class GenerationError(AppError):
    """A text that cannot be taken; `message` says why and what to do."""

    status = 400


class TextEmpty(GenerationError):
    """A text with nothing to speak."""


class TextTooLong(GenerationError):
    """A text longer than one submission may hold."""

    status = 413


class BadPause(GenerationError):
    """A pause that nobody would wait for."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The size, duration and cost of a text beforehand; `cost_usd` is None when not known.

    `is_automatic` says whether the voice was taken for the language of the text, `markup` the kind
    of its signs ("markdown", "html", "ssml" or ""), whether they are said or not. `name` is the one
    that a piece of the text gets by itself.
    """

    characters: int
    segments: int
    duration_s: float
    cost_usd: float | None
    price: Price
    engine: Engine
    voice: Voice
    speed: float
    text_voice: TextVoice
    is_automatic: bool
    markup: str
    name: str


class Generation:
    """Quotes and submits texts, and steers the files that are made of them."""

    def __init__(
        self,
        config: Config,
        db: Database,
        store: AudioStore,
        registry: Registry,
        voices: VoiceFallback,
        memory: VoiceMemory,
        scripts: FileScripts,
        quotas: Quotas,
    ):
        self.config, self.db, self.store, self.registry = config, db, store, registry
        self.voices, self.memory = voices, memory
        self.scripts, self._quotas = scripts, quotas

    def quote(
        self,
        text: str,
        voice: str = "",
        speed: float | None = None,
        engine: str = "",
        *,
        owner_id: int | None = None,
        reading: ReadingOptions | None = None,
    ) -> Quote:
        """Count, time and price a text; free and changes nothing.

        What is priced is what is spoken: with the owner's dictionary, without the marks and signs.
        Without a voice, one is taken by the language of the text.
        """
        text = check_text(text, self.config.max_characters)
        used = self._settle(owner_id, text, voice, speed, engine, reading=reading or {})
        chosen, found = choice = used.choice
        reading = self._check_reading(reading or {}, choice)
        markup = find_markup(text).kind
        is_markup = bool(markup) and reading.get("markup") != LITERAL
        said = said_without_signs(text) if is_markup else text
        dictionary = self.scripts.dictionary(owner_id) if owner_id else None
        self._check_growth(said, dictionary, chosen, found)
        price = chosen.price()
        has_price = bool(price.quote(1_000_000, 1.0))
        spoken = count_spoken(
            said,
            found.language,
            dictionary=dictionary if has_price else None,
            cast=Cast(reading.get("cast", {})),
            phonemes=chosen.takes_phonemes,
        )
        speech_s = expected_duration_s(spoken.characters, used.speed, chosen.name)
        return Quote(
            characters=len(text),
            segments=_count_segments(said, chosen, found),
            duration_s=speech_s + spoken.pause_ms / 1000,
            cost_usd=price.quote(spoken.characters, speech_s),
            price=price,
            engine=chosen,
            voice=found,
            speed=used.speed,
            text_voice=used,
            is_automatic=not (voice or engine),
            markup=markup,
            name=suggest_name(text, is_markup=is_markup),
        )

    def obstacle(self, owner_id: int, quoted: Quote, characters: int) -> AppError | None:
        """What keeps so many characters from being submitted now: a budget, a quota, the disk.

        A quote of their beginning is enough. None where nothing does.
        """
        duration_s = expected_duration_s(characters, quoted.speed, quoted.engine.name)
        size = int(duration_s * BYTES_A_SECOND)
        try:
            self.registry.get(quoted.engine.name, owner_id).check_budget()
            self.store.check_space(size + 4 * characters)
            self._quotas.check(owner_id, characters, size)
        except AppError as error:
            return error
        return None

    def submit(
        self,
        owner_id: int,
        text: str,
        *,
        voice: str = "",
        speed: float | None = None,
        name: str = "",
        category: str = "",
        engine: str = "",
        chapters: Sequence[tuple[str, int]] = (),
        document_id: int | None = None,
        track: int = 0,
        reading: ReadingOptions | None = None,
        language: str = "",
        is_chosen: bool = True,
    ) -> AudioFile:
        """Queue a text; returns its row. Raises AppError for a text that cannot be taken.

        `chapters` are titles with where they begin in the text (code points), `track` is the
        place in the document, `reading` how to read: `cast`, names of speakers with the keys or
        identifiers of their voices, `paragraph_pause_ms`, and `markup`, which is "literal" where
        signs of Markdown and the like are to be said; those of documents are. Without a voice, one
        is taken by the `language`, else by that of the text; one that `is_chosen` by hand is
        remembered for it.
        """
        text = check_text(text, self.config.max_characters)
        used = self._settle(owner_id, text, voice, speed, engine, reading or {}, language)
        chosen, found = choice = used.choice
        self.registry.get(chosen.name, owner_id).check_budget()
        reading = self._check_reading(_with_pause(reading or {}, used), choice)
        if document_id is None and "markup" not in reading and find_markup(text).kind:
            reading["markup"] = AUTO
        self._check_growth(text, self.scripts.dictionary(owner_id), chosen, found)
        is_markup = reading.get("markup") == AUTO
        display_name = check_name(name.strip() or suggest_name(text, is_markup=is_markup))
        duration_s = expected_duration_s(len(text), used.speed, chosen.name)
        self.store.check_space(int(duration_s * BYTES_A_SECOND) + 4 * len(text))
        with self.db.transaction():
            self._quotas.check(owner_id, len(text), int(duration_s * BYTES_A_SECOND))
            row = self.db.create_audio_file(
                owner_id, make_filename(), display_name, voice=found.identifier, text=text,
                category=check_group(category), engine=chosen.name, model=chosen.model,
                speed=used.speed, status="queued", document_id=document_id, track=track,
                reading=json.dumps(reading, ensure_ascii=False),
                is_unpriced=not chosen.price().is_known,
            )  # fmt: skip
            self.db.add_chapters(row["id"], chapters)
            self.memory.remember(owner_id, used, is_chosen=is_chosen and bool(voice or engine))
        return row

    def resume_with_voice(self, filename: str, owner_id: int, voice: str) -> AudioFile:
        """Let another voice speak the rest of a file that stopped, or its own again.

        Raises NotFound, WrongState, SpeechError.
        """
        row = self.db.get_audio_file(filename, owner_id)
        if row is None:
            raise NotFound(NO_FILE)
        chosen = VoiceChoice(*self.registry.resolve(voice))
        is_own = (chosen.engine.name, chosen.voice.identifier) == (row["engine"], row["voice"])
        self.store.check_space()
        return self.db.resume_with_voice(filename, owner_id, "" if is_own else chosen.key)

    def retry(self, filename: str, owner_id: int) -> AudioFile:
        """Speak on where a file failed or was stopped or paused. Raises NotFound, WrongState."""
        self.store.check_space()
        return self.db.retry_job(filename, owner_id)

    def cancel(self, filename: str, owner_id: int) -> AudioFile:
        """Stop a file that waits or is being spoken. Raises NotFound, WrongState."""
        return self.db.cancel_job(filename, owner_id)

    def pause(self, filename: str, owner_id: int) -> AudioFile:
        """Pause a file until it is resumed. Raises NotFound, WrongState."""
        return self.db.pause_job(filename, owner_id)

    def speak_next(self, filename: str, owner_id: int) -> AudioFile:
        """Put a waiting file before its owner's others. Raises NotFound, WrongState."""
        return self.db.speak_next(filename, owner_id)

    def rename(
        self, filename: str, owner_id: int, *, name: str | None = None, category: str | None = None
    ) -> AudioFile:
        """Give a file another name or group. Raises BadName, NotFound."""
        row = self.db.update_audio_file(
            filename,
            owner_id,
            display_name=None if name is None else check_name(name),
            category=None if category is None else check_group(category),
        )
        if row is None:
            raise NotFound(NO_FILE)
        return row

    def _settle(
        self,
        owner_id: int | None,
        text: str,
        voice: str,
        speed: float | None,
        engine: str,
        reading: ReadingOptions,
        language: str = "",
    ) -> TextVoice:
        """The voice and pace of a text: those that are wanted, else those of its language.

        Raises VoiceEnded, UnknownVoice, BadSpeed.
        """
        pause_ms = reading.get("paragraph_pause_ms")
        if voice or engine:
            pace = 1.0 if speed is None else speed
            choice, pace = self.voices.choose_for_text(
                owner_id, voice, pace, engine, text=text, language=language
            )
            return TextVoice(choice, pace, pause_ms, main_language(language) or recognised(text))
        found = self.memory.for_language(owner_id, language or recognised(text))
        pace = found.speed if speed is None else self.voices.fit_speed(found.choice, speed)
        choice, pace = self.voices.choose_for_text(owner_id, found.choice.key, pace, text=text)
        pause_ms = found.paragraph_pause_ms if pause_ms is None else pause_ms
        return found._replace(choice=choice, speed=pace, paragraph_pause_ms=pause_ms)

    def _check_growth(
        self, text: str, dictionary: Dictionary | None, engine: Engine, voice: Voice
    ) -> None:
        """Refuse a text that pronunciations make far longer than any may be; raises TextTooLong."""
        limit = MOST_GROWTH * self.config.max_characters
        if not dictionary or len(text) * dictionary.most_growth <= limit:
            return
        said = count_spoken(
            text, voice.language, dictionary=dictionary, phonemes=engine.takes_phonemes
        ).characters
        if said > limit:
            raise TextTooLong(
                Message(
                    "With your pronunciations this text has {characters} characters; a "
                    "piece can have up to {limit}. Shorten the pronunciations or split "
                    "the text.",
                    characters=said,
                    limit=limit,
                )
            )

    def _check_reading(self, reading: ReadingOptions, choice: VoiceChoice) -> ReadingOptions:
        """Check how to read, for the file's row; raises BadCast, BadPause, UnknownVoice."""
        checked: ReadingOptions = {}
        if cast := reading.get("cast"):
            Cast(cast)
            checked["cast"] = {
                name: self.voices.choose_for_speaker(name, voice, choice)
                for name, voice in cast.items()
            }
        pause_ms = reading.get("paragraph_pause_ms", PARAGRAPH_PAUSE_MS)
        if not 0 <= pause_ms <= LONGEST_PARAGRAPH_PAUSE_MS:
            raise BadPause("The pause between paragraphs must be between 0 and 3 seconds.")
        if pause_ms != PARAGRAPH_PAUSE_MS:
            checked["paragraph_pause_ms"] = int(pause_ms)
        if reading.get("markup") == LITERAL:
            checked["markup"] = LITERAL
        return checked


def _with_pause(reading: ReadingOptions, used: TextVoice) -> ReadingOptions:
    """The reading options with the pause that is used, where it is not the usual one."""
    if used.paragraph_pause_ms is None:
        return reading
    return {**reading, "paragraph_pause_ms": used.paragraph_pause_ms}


def check_text(text: str, limit: int) -> str:
    """A text of up to so many characters; raises TextTooLong, TextEmpty."""
    if len(text) > limit:
        raise TextTooLong(
            Message(
                "The text has {characters} characters; a piece can have up to {limit}. "
                "Split it into parts.",
                characters=len(text),
                limit=limit,
            )
        )
    if not VISIBLE.search(text):
        raise TextEmpty("There is no text yet. Paste or write some, then try again.")
    return text


def _count_segments(text: str, engine: Engine, voice: Voice) -> int:
    """Count the segments of a text; estimated where it is long, as a quote is wanted at once."""
    beginning = text[:COUNTED_SEGMENTS]
    segments = split(
        beginning,
        language=voice.language,
        first=engine.first_segment_characters,
        target=engine.segment_characters,
        limit_bytes=engine.segment_bytes,
    )
    return round(sum(1 for _ in segments) * len(text) / len(beginning))
