"""The one use-case: quote a text, submit it, speak it into a file, and what may become of it."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from common.errors import Sentence, Told
from config import Config
from database import Database
from queries.groups import BIN_DAYS, NO_FILE
from services.exports import Exports
from services.quotas import Allowances
from services.retakes import Retaking
from services.synthesis import NothingSpoken, Speaking
from services.voice_fallback import Speaker
from speech.audio.encoding import Mp3Stream
from speech.engine import Engine
from speech.preview_sentences import is_standard
from speech.prices import Price, expected_duration_s
from speech.registry import Registry
from speech.text.billable import count_spoken
from speech.text.directives import BadCast, Cast
from speech.text.pronunciation import Dictionary
from speech.text.script import PARAGRAPH_PAUSE_MS, Script, Utterance
from speech.text.segments import split
from speech.text.titles import title_of
from speech.types import Segment, SpeechRequest, Voice
from storage.audio_store import AudioStore, make_filename
from storage.errors import NotFound
from storage.segment_store import PreviewStore, SegmentStore, TakeStore

NAME_LENGTH = 200
GROUP_LENGTH = 100
PREVIEW_LENGTH = 300
LONGEST_DROP_S = 0.5
MOST_GROWTH = 3  # times the longest text, in what is said
COUNTED_SEGMENTS = 30_000  # characters
LONGEST_PARAGRAPH_PAUSE_MS = 3000
BYTES_A_SECOND = 8_000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

TIME = "%Y-%m-%d %H:%M:%S"

log = logging.getLogger("voiceverse.generation")


class GenerationError(Told):
    """A text that cannot be taken; `sentence` says why and what to do."""

    status = 400


class TextEmpty(GenerationError):
    """There is nothing to speak."""


class TextTooLong(GenerationError):
    """More than one submission may hold."""

    status = 413


class BadPause(GenerationError):
    """A pause that nobody would wait for."""


class BadName(GenerationError):
    """A name or group that cannot be kept."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a text will be and cost before it is made; `cost_usd` is None when not known."""

    characters: int
    segments: int
    duration_s: float
    cost_usd: float | None
    price: Price
    engine: Engine
    voice: Voice
    speed: float


class Preview(NamedTuple):
    """A sentence to try a voice with; `is_sample` where it is the one that everybody hears."""

    engine: Engine
    request: SpeechRequest
    is_sample: bool


class Studio:
    """Everything that pages, API, commands and worker do with speech goes through here."""

    def __init__(self, config: Config, db: Database, store: AudioStore, registry: Registry):
        self.config, self.db, self.store, self.registry = config, db, store, registry
        self.kept = SegmentStore(config.segments_dir)
        self.previews = PreviewStore(config.data_dir / "previews")
        self.speaking = Speaking(config, db, store, self.kept, registry)
        self.continuity = self.speaking.continuity
        self.continuity.learn()
        self.takes = TakeStore(config.data_dir / "takes")
        self.allowances = Allowances(config, db)
        self.retaking = Retaking(self.speaking, self.takes, self.allowances)
        self.exports = Exports(config, db, store, registry)

    def quote(
        self,
        text: str,
        voice: str = "",
        speed: float = 1.0,
        engine: str = "",
        *,
        owner_id: int | None = None,
        reading: Mapping[str, Any] | None = None,
    ) -> Quote:
        """Count, time and price a text; free and changes nothing.

        What is priced is what is spoken: with the owner's dictionary, without the marks.
        """
        text = self._check_text(text)
        chosen, found, speed = self.speaker(owner_id, voice, speed, engine, text=text)
        reading = self._check_reading(reading or {}, Speaker(chosen, found))
        dictionary = self.speaking.dictionary(owner_id) if owner_id else None
        self._check_growth(text, dictionary, chosen, found)
        price = chosen.price()
        has_price = bool(price.quote(1_000_000, 1.0))
        spoken = count_spoken(
            text,
            found.language,
            dictionary=dictionary if has_price else None,
            cast=Cast(reading.get("cast", {})),
            phonemes=chosen.takes_phonemes,
        )
        speech_s = expected_duration_s(spoken.characters, speed, chosen.name)
        return Quote(
            characters=len(text),
            segments=_count_segments(text, chosen, found),
            duration_s=speech_s + spoken.pause_ms / 1000,
            cost_usd=price.quote(spoken.characters, speech_s),
            price=price,
            engine=chosen,
            voice=found,
            speed=speed,
        )

    def preview(
        self,
        user_id: int,
        voice: str,
        sentence: str,
        engine: str = "",
        dictionary: Dictionary | None = None,
    ) -> bytes:
        """A short sentence in a voice, as MP3; a person pays for it once.

        The one that a voice introduces itself with is made once for everybody; another one is
        nobody else's business. Raises TextEmpty, TextTooLong or a SpeechError. Its cost is entered
        as the person's use.
        """
        preview = self._preview(voice, sentence, engine, dictionary)
        if not preview.is_sample:
            return self._speak_preview(user_id, preview)
        content_hash = preview.engine.fingerprint(preview.request)
        sound = self.previews.read_whole(content_hash)
        if sound is None:
            sound = self._speak_preview(user_id, preview)
            self.previews.keep(content_hash, [sound])
        return sound

    def preview_cost(
        self,
        user_id: int,
        voice: str,
        sentence: str,
        engine: str = "",
        dictionary: Dictionary | None = None,
    ) -> float | None:
        """What a preview would cost a person in USD: 0 once they had it, None when not known."""
        chosen, request, is_sample = self._preview(voice, sentence, engine, dictionary)
        owner_id = None if is_sample else user_id
        is_kept = is_sample and self.previews.has(chosen.fingerprint(request))
        if is_kept or (
            chosen.keeps_segments and self.speaking.purchases.has(chosen, request, owner_id)
        ):
            return 0.0
        duration_s = expected_duration_s(len(request.text), 1.0, chosen.name)
        return chosen.price().quote(len(request.text), duration_s)

    def _preview(
        self, voice: str, sentence: str, engine: str, dictionary: Dictionary | None
    ) -> Preview:
        sentence = " ".join(self._check_text(sentence).split())
        if len(sentence) > PREVIEW_LENGTH:
            raise TextTooLong(
                Sentence(
                    "The sentence has {characters} characters; a preview speaks up to {limit}.",
                    characters=len(sentence),
                    limit=PREVIEW_LENGTH,
                )
            )
        chosen, found = self._check_voice(voice, 1.0, engine)
        said = _said(sentence, chosen, found, dictionary)
        if not said.is_speakable:
            raise NothingSpoken("There is nothing in this sentence that a voice can speak.")
        request = SpeechRequest(said.text, found.identifier, 1.0, said.phonemes)
        is_sample = is_standard(sentence, found) and said == _said(sentence, chosen, found)
        return Preview(chosen, request, is_sample)

    def _speak_preview(self, user_id: int, preview: Preview) -> bytes:
        engine, request = self.registry.get(preview.engine.name, user_id), preview.request
        if engine.keeps_segments:
            job = {
                "id": None, "owner_id": user_id, "engine": engine.name, "voice": request.voice,
                "characters": len(request.text), "is_sample": preview.is_sample,
            }  # fmt: skip
            chunks = self.speaking.purchases.speak(engine, request, job)
        else:
            chunks = engine.speak(request)
        stream = Mp3Stream(engine.sample_rate)
        with closing(chunks):
            frames = [stream.feed(chunk.pcm) for chunk in chunks]
        frames.append(stream.finish())
        sound = b"".join(frames)
        return stream.final_header(len(sound)) + sound

    def submit(
        self,
        owner_id: int,
        text: str,
        *,
        voice: str = "",
        speed: float = 1.0,
        name: str = "",
        category: str = "",
        engine: str = "",
        chapters: Sequence[tuple[str, int]] = (),
        document_id: int | None = None,
        track: int = 0,
        reading: Mapping[str, Any] | None = None,
    ) -> dict:
        """Queue a text; returns its row. Raises a sentence for everything that cannot be.

        `chapters` are titles with where they begin in the text (code points), `track` is the
        place in the document, `reading` how to read: `cast`, names of speakers with the keys or
        identifiers of their voices, and `paragraph_pause_ms`.
        """
        text = self._check_text(text)
        chosen, found, speed = self.speaker(owner_id, voice, speed, engine, text=text)
        self.registry.get(chosen.name, owner_id).admit()
        reading = self._check_reading(reading or {}, Speaker(chosen, found))
        self._check_growth(text, self.speaking.dictionary(owner_id), chosen, found)
        display_name = check_name(name) if name.strip() else suggest_name(text)
        duration_s = expected_duration_s(len(text), speed, chosen.name)
        self.store.check_space(int(duration_s * BYTES_A_SECOND) + 4 * len(text))
        with self.db.transaction():
            self.allowances.check(owner_id, len(text), int(duration_s * BYTES_A_SECOND))
            row = self.db.create_audio_file(
                owner_id,
                make_filename(),
                display_name,
                voice=found.identifier,
                text=text,
                category=check_group(category),
                engine=chosen.name,
                model=chosen.model,
                speed=speed,
                status="queued",
                document_id=document_id,
                track=track,
                reading=json.dumps(reading, ensure_ascii=False),
                is_unpriced=not chosen.price().is_known,
            )
            self.db.add_chapters(row["id"], chapters)
        return row

    def speaker(
        self,
        owner_id: int | None,
        voice: str,
        speed: float,
        engine: str = "",
        *,
        text: str = "",
        language: str = "",
    ) -> tuple[Engine, Voice, float]:
        """Who speaks a new text, and how fast: the chosen voice, or the one that follows it.

        Raises VoiceEnded, UnknownVoice, BadSpeed.
        """
        chosen = Speaker(*self._check_voice(voice, speed, engine))
        speaker = self.continuity.for_new(owner_id, chosen, text, language)
        low, high = speaker.engine.speed_range
        return speaker.engine, speaker.voice, min(max(speed, low), high)

    def go_on_with(self, filename: str, owner_id: int, voice: str) -> dict:
        """Let another voice speak the rest of a file that stopped, or its own again.

        Raises NotFound, WrongState, SpeechError.
        """
        row = self.db.get_audio_file(filename, owner_id)
        if row is None:
            raise NotFound(NO_FILE)
        chosen = Speaker(*self.registry.resolve(voice))
        is_own = (chosen.engine.name, chosen.voice.identifier) == (row["engine"], row["voice"])
        self.store.check_space()
        return self.db.go_on_with(filename, owner_id, "" if is_own else chosen.key)

    def retry(self, filename: str, owner_id: int) -> dict:
        """Speak on where a file failed or was stopped or paused. Raises NotFound, WrongState."""
        self.store.check_space()
        return self.db.retry_job(filename, owner_id)

    def cancel(self, filename: str, owner_id: int) -> dict:
        """Stop a file that waits or is being spoken. Raises NotFound, WrongState."""
        return self.db.cancel_job(filename, owner_id)

    def pause(self, filename: str, owner_id: int) -> dict:
        """Let a file rest until it is taken up again. Raises NotFound, WrongState."""
        return self.db.pause_job(filename, owner_id)

    def speak_next(self, filename: str, owner_id: int) -> dict:
        """Put a waiting file before its owner's others. Raises NotFound, WrongState."""
        return self.db.speak_next(filename, owner_id)

    def rename(
        self, filename: str, owner_id: int, *, name: str | None = None, category: str | None = None
    ) -> dict:
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

    def delete(self, filename: str, owner_id: int) -> None:
        """Put a file into the bin, cancelled if it is in work. Raises NotFound."""
        if not self.db.bin_audio_files(owner_id, [filename]):
            raise NotFound(NO_FILE)

    def restore(self, filename: str, owner_id: int) -> dict:
        """Take a file out of the bin again; returns its row. Raises NotFound."""
        if not self.db.restore_audio_files(owner_id, [filename]):
            raise NotFound("There is no such file in your bin.")
        return self.db.get_audio_file(filename, owner_id)

    def delete_for_good(self, filename: str, owner_id: int) -> None:
        """Remove a file, in the bin or not: its row, its words and its sound. Raises NotFound.

        Usage and history stay.
        """
        if self.db.get_audio_file(filename, owner_id, include_binned=True) is None:
            raise NotFound(NO_FILE)
        with self.leaving(owner_id, filename):
            self.store.delete(filename, lambda: self.db.delete_audio_file(filename, owner_id))

    @contextmanager
    def leaving(self, owner_id: int, filename: str | None = None) -> Iterator[None]:
        """Let what was bought for a file, or for all of its owner's, go with the rows that are
        removed within: kept sound that nothing else needs, earlier takes."""
        self.speaking.earlier_sound.settle_all(owner_id)
        takes = self.db.list_take_hashes(owner_id, filename)
        yield
        deadline = time.monotonic() + LONGEST_DROP_S  # the worker does the rest
        self.drop_unwanted_sound(until=lambda: time.monotonic() > deadline)
        for content_hash in takes:
            if not self.db.is_take_wanted(content_hash):
                self.takes.drop(content_hash)

    def settle_sound(self, until: Callable[[], bool] = lambda: False) -> None:
        """Give everybody what they bought before sound had owners, until told to stop."""
        self.speaking.earlier_sound.settle_all(until=until)

    def drop_unwanted_sound(self, until: Callable[[], bool] = lambda: False) -> None:
        """Remove bought sound that nothing needs any more, until told to stop."""
        self.speaking.purchases.sound.drop_unwanted(until=until)

    def empty_bin(self, now: float) -> int:
        """Remove what has been in anybody's bin for 30 days; returns how many files.

        `now` in seconds since 1970. The days of what a clock that was ahead put there begin now.
        """
        today = datetime.fromtimestamp(now, UTC)
        before, latest = today - timedelta(days=BIN_DAYS), today + timedelta(days=1)
        self.db.bin_anew(f"{today:{TIME}}", f"{latest:{TIME}}")
        count = 0
        while rows := self.db.list_expired(f"{before:{TIME}}"):
            for row in rows:
                with suppress(NotFound):  # its owner was quicker
                    self.delete_for_good(row["filename"], row["owner_id"])
                    count += 1
        return count

    def reconcile(self) -> list[str]:
        """Put right what a kill left on disk; returns sound files that no row knows (kept)."""
        for tidy in (
            self.kept.sweep,
            partial(self.speaking.purchases.sound.drop_unwanted, is_start=True),
            self.previews.sweep,
            partial(self.takes.sweep, self.db.is_take_wanted),
        ):
            try:
                tidy()
            except OSError as error:  # what lies there too long keeps nobody from speaking
                log.error("what a stop left on the disk cannot be removed: %s", error)
        return self.store.reconcile(self.db.find_audio_file)

    def _check_text(self, text: str) -> str:
        if len(text) > self.config.max_characters:
            raise TextTooLong(
                Sentence(
                    "The text has {characters} characters; one submission holds up to {limit}. "
                    "Split it, and nothing is cut short.",
                    characters=len(text),
                    limit=self.config.max_characters,
                )
            )
        if not VISIBLE.search(text):
            raise TextEmpty("There is no text to speak yet. Paste or write some, then try again.")
        return text

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
                Sentence(
                    "With your pronunciations this text becomes {characters} characters; up to "
                    "{limit} can be spoken at once. Shorten the pronunciations or split the text.",
                    characters=said,
                    limit=limit,
                )
            )

    def _check_voice(self, voice: str, speed: float, engine: str) -> tuple[Engine, Voice]:
        chosen, found = self.registry.resolve(voice, engine)
        chosen.check(SpeechRequest("", found.identifier, speed))
        return chosen, found

    def _check_reading(self, reading: Mapping[str, Any], speaker: Speaker) -> dict[str, Any]:
        """How to read as it is kept; raises BadCast, BadPause, UnknownVoice."""
        checked: dict[str, Any] = {}
        if cast := reading.get("cast"):
            Cast(cast)
            checked["cast"] = {
                name: self._cast_voice(name, voice, speaker) for name, voice in cast.items()
            }
        pause_ms = reading.get("paragraph_pause_ms", PARAGRAPH_PAUSE_MS)
        if not 0 <= pause_ms <= LONGEST_PARAGRAPH_PAUSE_MS:
            raise BadPause("The pause between paragraphs lies between 0 and 3 seconds.")
        if pause_ms != PARAGRAPH_PAUSE_MS:
            checked["paragraph_pause_ms"] = int(pause_ms)
        return checked

    def _cast_voice(self, name: str, voice: str, speaker: Speaker) -> str:
        own = speaker.engine.name
        its_engine, found = self.registry.resolve(voice, "" if ":" in voice else own)
        if its_engine is not speaker.engine and self.registry.has_ended(its_engine):
            return self.continuity.nearest(its_engine.name, found.identifier, speaker)
        if its_engine is not speaker.engine:
            raise BadCast(
                Sentence(
                    "{name} has a voice of another engine than the text. Choose one of the same.",
                    name=name,
                )
            )
        return found.identifier


def _said(
    sentence: str, engine: Engine, voice: Voice, dictionary: Dictionary | None = None
) -> Utterance:
    script = Script(
        sentence,
        language=voice.language,
        dictionary=dictionary,
        normalise=not engine.reads_numbers,
        phonemes=engine.takes_phonemes,
    )
    return script.utterance(Segment(0, len(sentence), sentence))


def _count_segments(text: str, engine: Engine, voice: Voice) -> int:
    """How many segments a text has, near where it is long: a quote is wanted at once."""
    beginning = text[:COUNTED_SEGMENTS]
    segments = split(
        beginning,
        language=voice.language,
        first=engine.first_segment_characters,
        target=engine.segment_characters,
        limit_bytes=engine.segment_bytes,
    )
    return round(sum(1 for _ in segments) * len(text) / len(beginning))


def check_name(name: str) -> str:
    """A display name as it is kept; raises BadName with the remedy."""
    cleaned = " ".join(CONTROL.sub(" ", name).split())
    if not cleaned:
        raise BadName("The name is empty. Give the file a name of up to 200 characters.")
    if len(cleaned) > NAME_LENGTH:
        raise BadName(
            Sentence(
                "The name has {characters} characters. Shorten it to {limit} or fewer.",
                characters=len(cleaned),
                limit=NAME_LENGTH,
            )
        )
    return cleaned


def check_group(category: str) -> str:
    """A group's name as it is kept, or "" for none; raises BadName."""
    cleaned = " ".join(CONTROL.sub(" ", category).split())
    if len(cleaned) > GROUP_LENGTH:
        raise BadName(
            Sentence(
                "The group's name has {characters} characters. Shorten it to {limit}.",
                characters=len(cleaned),
                limit=GROUP_LENGTH,
            )
        )
    return cleaned


def suggest_name(text: str) -> str:
    """A name from how a text begins."""
    return title_of(text) or time.strftime("Speech of %d %B %Y")
