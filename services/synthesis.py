"""Speaking a claimed file: look-ahead, one encoder, checkpoints, resume, an atomic finish."""

import hashlib
import logging
import threading
import time
from collections.abc import Generator, Mapping

from common.stored_json import read_or_default
from config import Config
from database import Database
from services.cache_adoption import EarlierSound
from services.recorder import Recorder
from services.segment_purchases import Purchases
from services.voice_fallback import Continuity
from speech.audio import mp3
from speech.audio.encoding import Mp3Info, Mp3Stream, NotMp3, scan_mp3
from speech.engine import Engine
from speech.errors import SpeechError
from speech.lookahead import LookAhead
from speech.registry import Registry
from speech.text.pronunciation import Dictionary, Entry
from speech.text.script import PARAGRAPH_PAUSE_MS, Script, Utterance
from speech.types import AudioChunk, Segment, SpeechRequest
from storage.audio_errors import NoSpace
from storage.audio_store import AudioStore
from storage.errors import DiskFull
from storage.segment_store import SegmentStore

CHECKPOINT_S = 0.5
TAKES = 3  # of a file in which a segment broke off when it was already in the encoder
CHAPTER_PAUSE_MS = 900
LOCAL_WINDOW = 24  # segments that an engine which costs nothing may be ahead

log = logging.getLogger("voiceverse.speaking")


class Stopped(Exception):
    """The owner asked for it; `status` is 'cancelled' or 'paused'."""

    def __init__(self, status: str):
        super().__init__(status)
        self.status = status


class Parked(Exception):
    """The worker was told to stop; the file goes on later."""


class Incomplete(SpeechError):
    """What was spoken is not what was sent."""


class NothingSpoken(SpeechError):
    """The text holds nothing that can be said."""

    status = 400


class Speaking:
    """Turns claimed rows into sound. One object serves all threads of a worker."""

    def __init__(
        self,
        config: Config,
        db: Database,
        store: AudioStore,
        kept: SegmentStore,
        registry: Registry,
    ):
        self.db, self.store, self.registry = db, store, registry
        self.continuity = Continuity(db, registry)
        self.purchases = Purchases(db, kept, config.kept_segments_mb * 1024 * 1024)
        self.earlier_sound = EarlierSound(db, registry, self.purchases.sound, self)
        self.purchases.settle = self.earlier_sound.settle

    def speak(self, job: dict, worker: str, stop: threading.Event) -> None:
        """Speak a claimed file to its end. Raises SpeechError, AudioError, DatabaseError,
        Stopped or Parked; everything recorded until then is kept."""
        text, take, tried = self.db.get_text(job["id"]), 1, set()
        while True:
            try:
                Take(self, job, worker, text, stop).run()
                return
            except SpeechError as error:
                waits = error.waits_for and error.tries is not None  # it may have been paid for
                if error.retryable and not waits and take < (error.tries or TAKES):
                    take += 1
                    log.warning("file %s: %s Taking it up again.", job["id"], error.sentence)
                elif heir := error.is_voice_gone and self.continuity.follow(job, text, tried):
                    tried.add(heir.engine.name)
                    take, job = 1, job | {"stand_in": heir.key}
                    self.db.set_stand_in(job["id"], worker, heir.key)
                    log.warning("file %s: %s %s goes on.", job["id"], error.sentence, heir.key)
                else:
                    raise

    def script(self, job: dict, text: str, borders: Mapping[int, int] | None = None) -> Script:
        """How the text of a file is read, by the voice that `job` names (see `as_spoken`).

        No segment goes on over the start of a chapter or over `borders`: places in the text, each
        with the silence before it in ms.
        """
        engine = self.registry.get(job["engine"])
        reading = read_or_default("reading", job["reading"])
        chapters = self.db.get_chapters(job["id"])[1:] if borders is None else ()
        return Script(
            text,
            language=engine.voice(job["voice"]).language,
            first=engine.first_segment_characters,
            target=engine.segment_characters,
            limit_bytes=engine.segment_bytes,
            dictionary=self.dictionary(job["owner_id"]),
            normalise=not engine.reads_numbers,
            phonemes=engine.takes_phonemes,
            cast=reading.get("cast"),
            paragraph_pause_ms=reading.get("paragraph_pause_ms", PARAGRAPH_PAUSE_MS),
            pauses=borders or {chapter["text_start"]: CHAPTER_PAUSE_MS for chapter in chapters},
        )

    def sound(
        self, engine: Engine, job: dict, segment: Segment, said: Utterance
    ) -> Generator[AudioChunk]:
        """The sound of a segment: kept, bought, or spoken here. Raises SpeechError."""
        if not said.is_speakable:
            return _nothing()
        request = self.request(job, segment, said)
        if engine.keeps_segments:
            return self.purchases.speak(engine, request, job)
        return engine.speak(request)

    def request(self, job: dict, segment: Segment, said: Utterance) -> SpeechRequest:
        """What an engine is asked for a segment."""
        voice = segment.voice or job["voice"]
        return SpeechRequest(said.text, voice, job["speed"], said.phonemes)

    def dictionary(self, user_id: int) -> Dictionary:
        """How a person wants words to be said."""
        return Dictionary(
            Entry(
                row["pattern"],
                row["replacement"],
                whole_word=bool(row["whole_word"]),
                case=bool(row["match_case"]),
                language=row["language"],
                phonemes=bool(row["phonemes"]),
            )
            for row in self.db.list_pronunciations(user_id)
        )


class Take:
    """One go at a file, from its last checkpoint to its end."""

    def __init__(
        self,
        speaking: Speaking,
        job: dict,
        worker: str,
        text: str,
        stop: threading.Event,
    ):
        self.speaking, self.db, self.store = speaking, speaking.db, speaking.store
        self.job, self.worker, self.text, self.stop = job, worker, text, stop
        self.spoken = speaking.continuity.as_spoken(job)
        self.engine = speaking.registry.get(self.spoken["engine"], job["owner_id"])
        self.script = speaking.script(self.spoken, text)
        self.recorded_at = time.monotonic()

    def run(self) -> None:
        if status := self.db.get_stop_request(self.job["id"], self.worker):
            raise Stopped(status)
        last = self._resume_point()
        if self._finish_renamed(last):
            return
        self.store.check_reserve()
        self.said, frames, keep, position = 0, 0, 0, 0
        if last:
            self.said, position = last["text_end"], last["position"] + 1
            frames, keep = last["frame_end"], last["byte_end"]
        rate = self._sample_rate() if keep else self.engine.sample_rate
        self.unwritten = b"" if keep else Mp3Stream(rate).header
        self.sound = Recorder(
            rate,
            self._write,
            input_rate=self.engine.sample_rate,
            spoken_by=self.job["stand_in"],
            frames=frames,
            bytes_before=keep or len(self.unwritten),
            position=position,
        )
        self.recorded_bytes = keep
        with self.store.write_part(self.job["filename"], keep) as self.part:
            try:
                self._speak_rest()
                self._finish()
            except SpeechError:
                self._keep_whole_segments()
                raise
            except (NoSpace, DiskFull):
                self.part.cut(self.recorded_bytes)  # room to record the failure in
                raise

    def _resume_point(self) -> dict | None:
        """The last segment whose sound is on disk; what was recorded beyond it is dropped."""
        spoken = self.db.get_segments(self.job["id"])
        size = self.store.part_size(self.job["filename"])
        whole = self.store.size(self.job["filename"])
        kept = [part for part in spoken if part["byte_end"] <= max(size, whole or 0)]
        if len(kept) < len(spoken):
            self.db.drop_segments(self.job["id"], self.worker, len(kept))
        return kept[-1] if kept else None

    def _sample_rate(self) -> int:
        """That of the sound so far: another voice goes on at the rate of the first."""
        with self.store.open_growing(self.job["filename"]) as file:
            return mp3.parse_frame(file.read(4)).sample_rate

    def _finish_renamed(self, last: dict | None) -> bool:
        """Whether a kill came after the rename: then only the row is missing."""
        filename = self.job["filename"]
        if last is None or last["text_end"] != len(self.text) or not self.store.size(filename):
            return False
        with self.store.open(filename) as file:
            info = scan_mp3(file)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.db.index_text(self.job["id"])
        self.db.finish_job(
            self.job["id"], self.worker, duration=info.duration_s, size=info.size, sha256=digest
        )
        return True

    # From the text to the growing file

    def _speak_rest(self) -> None:
        engine = self.engine
        ahead = LookAhead(
            self.script.lines(self.said),
            self._speak_line,
            parallel=engine.parallel,
            window=2 * engine.parallel if engine.keeps_segments else LOCAL_WINDOW,
            tick=self._tick,
            finish_started=engine.keeps_segments,
        )
        with ahead:
            for (segment, said), chunks in ahead:
                if segment.start != self.said:
                    raise Incomplete("Part of the text was passed over. Try again.")
                self.sound.take_in(segment, said, chunks)
                self.said = segment.end
                if time.monotonic() - self.recorded_at >= CHECKPOINT_S:
                    self._checkpoint()

    def _speak_line(self, line: tuple[Segment, Utterance]) -> Generator[AudioChunk]:
        return self.speaking.sound(self.engine, self.spoken, *line)

    def _write(self, frames: bytes) -> None:
        self.part.write(self.unwritten + frames)
        self.unwritten = b""

    # What survives a kill

    def _tick(self) -> None:
        """Several times a second: stop when told to, record what is there."""
        if self.stop.is_set():
            raise Parked
        if self.sound.cut and time.monotonic() - self.recorded_at >= CHECKPOINT_S:
            self._checkpoint()
        elif status := self.db.get_stop_request(self.job["id"], self.worker):
            raise Stopped(status)

    def _checkpoint(self) -> None:
        """Put the sound on the disk, then record its segments."""
        self.recorded_at = time.monotonic()
        if self.stop.is_set():
            raise Parked
        self.store.check_reserve()
        if status := self._record():
            raise Stopped(status)

    def _record(self) -> str | None:
        self.part.sync()
        cut = self.sound.take_cut()
        if cut:
            self.recorded_bytes = cut[-1]["byte_end"]
        return self.db.checkpoint_job(
            self.job["id"], self.worker, cut, duration=self.sound.duration_s
        )

    def _keep_whole_segments(self) -> None:
        """Record what the encoder still holds, so that another voice need not say it again."""
        if self.sound.is_between and self.sound.mp3.position:
            self.sound.finish()
            self._record()

    def _finish(self) -> None:
        """Close the stream, compare, write its length into its head, name it, record it."""
        self.sound.finish()
        self._record()
        if self.said != len(self.text):
            raise Incomplete("The end of the text was not spoken. Try again.")
        stream = self.sound.mp3
        if stream.position == 0:
            raise NothingSpoken("There is nothing in this text that this voice can speak.")
        self.part.replace_head(stream.final_header(self.part.size - len(stream.header)))
        info = self._validate()
        digest = self.part.digest()
        self.part.sync()
        self.db.index_text(self.job["id"])
        self.store.finish(self.job["filename"])
        self.db.finish_job(
            self.job["id"], self.worker, duration=info.duration_s, size=info.size, sha256=digest
        )

    def _validate(self) -> Mp3Info:
        info = scan_mp3(self.part.reader())
        frames = self.sound.mp3.frames
        if info.frames != frames:
            raise NotMp3(f"{info.frames} frames are on the disk instead of {frames}.")
        return info


def _nothing() -> Generator[AudioChunk]:
    """The sound of a segment without anything to say."""
    yield from ()
