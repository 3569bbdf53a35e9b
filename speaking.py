"""Speaking a claimed file: look-ahead, one encoder, checkpoints, resume, an atomic finish."""

import hashlib
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable

from audio_store import AudioStore, NoSpace, SegmentStore
from config import Config
from database import Database
from database.errors import DiskFull
from purchases import Purchases
from speech.encoding import Mp3Info, Mp3Stream, NotMp3, join_pause, pause_samples, scan_mp3
from speech.engine import Engine
from speech.errors import SpeechError
from speech.lookahead import LookAhead
from speech.registry import Registry
from speech.segments import split
from speech.types import AudioChunk, Segment, SpeechRequest

CHECKPOINT_S = 0.5
TAKES = 3  # of a file in which a segment broke off when it was already in the encoder
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
        self.purchases = Purchases(db, kept, config.kept_segments_mb * 1024 * 1024)

    def speak(self, job: dict, worker: str, stop: threading.Event) -> None:
        """Speak a claimed file to its end. Raises SpeechError, AudioError, DatabaseError,
        Stopped or Parked; everything recorded until then is kept."""
        text = self.db.get_text(job["id"])
        engine = self.registry.get(job["engine"])
        for take in range(1, TAKES + 1):
            try:
                Take(self, job, worker, text, engine, stop).run()
                return
            except SpeechError as error:
                if not error.retryable or take == TAKES:
                    raise
                log.warning("file %s: %s Taking it up again.", job["id"], error.sentence)


class Take:
    """One go at a file, from its last checkpoint to its end."""

    def __init__(
        self,
        speaking: Speaking,
        job: dict,
        worker: str,
        text: str,
        engine: Engine,
        stop: threading.Event,
    ):
        self.db, self.store, self.purchases = speaking.db, speaking.store, speaking.purchases
        self.job, self.worker, self.text, self.engine = job, worker, text, engine
        self.stop = stop
        self.voice = engine.voice(job["voice"])
        self.pause_bytes = 2 * pause_samples(engine.sample_rate)
        self.ended: deque[dict] = deque()  # segments in the encoder, not yet cut after
        self.cut: list[dict] = []  # segments that can be recorded
        self.recorded_at = time.monotonic()

    def run(self) -> None:
        last = self._resume_point()
        if self._finish_renamed(last):
            return
        self.position, self.said, frames, keep = 0, 0, 0, 0
        if last:
            self.position, self.said = last["position"] + 1, last["text_end"]
            frames, keep = last["frame_end"], last["byte_end"]
        self.mp3 = Mp3Stream(self.engine.sample_rate, frames=frames)
        self.unwritten = b"" if keep else self.mp3.header
        self.base = keep or len(self.unwritten)
        self.recorded_bytes = keep
        with self.store.write_part(self.job["filename"], keep) as self.part:
            try:
                self._speak_rest()
                self._finish()
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
        segments = split(
            self.text,
            start=self.said,
            language=self.voice.language,
            first=engine.first_segment_characters,
            target=engine.segment_characters,
            limit_bytes=engine.segment_bytes,
        )
        ahead = LookAhead(
            segments,
            self._speak_segment,
            parallel=engine.parallel,
            window=2 * engine.parallel if engine.keeps_segments else LOCAL_WINDOW,
            tick=self._tick,
            finish_started=engine.keeps_segments,
        )
        with ahead:
            for segment, chunks in ahead:
                self._take_in(segment, chunks)
                if time.monotonic() - self.recorded_at >= CHECKPOINT_S:
                    self._checkpoint()

    def _speak_segment(self, segment: Segment) -> Generator[AudioChunk]:
        if not segment.is_speakable:
            return _nothing()
        request = SpeechRequest(segment.text, self.voice.identifier, self.job["speed"])
        if self.engine.keeps_segments:
            return self.purchases.speak(self.engine, request, self.job)
        return self.engine.speak(request)

    def _take_in(self, segment: Segment, chunks: Iterable[AudioChunk]) -> None:
        """Encode a segment and the pause after it; note where it stands in text and sound."""
        if segment.start != self.said:
            raise Incomplete("Part of the text was passed over. Try again.")
        started, tail, words = self.mp3.position, b"", []
        for chunk in chunks:
            self._encode(chunk.pcm)
            tail = (tail + chunk.pcm)[-self.pause_bytes :]
            words += [(mark.start, mark.length, self._ms(mark.sample)) for mark in chunk.marks]
        if tail:
            self._encode(join_pause(tail, self.engine.sample_rate))
        self.said = segment.end
        self.ended.append(
            {
                "position": self.position,
                "text_start": segment.start,
                "text_end": segment.end,
                "start_ms": self._ms(started),
                "end_ms": self._ms(self.mp3.position),
                "words": json.dumps(words, separators=(",", ":")) if words else "",
            }
        )
        self.mp3.mark_cut()
        self.position += 1

    def _encode(self, pcm: bytes) -> None:
        self._write(self.mp3.feed(pcm))

    def _write(self, frames: bytes) -> None:
        if not frames:
            return
        self.part.write(self.unwritten + frames)
        self.unwritten = b""
        for frame_end, byte_end in self.mp3.take_cuts():
            place = {"frame_end": frame_end, "byte_end": self.base + byte_end}
            self.cut.append(self.ended.popleft() | place)

    def _ms(self, samples: int) -> int:
        return samples * 1000 // self.engine.sample_rate

    # What survives a kill

    def _tick(self) -> None:
        """While waiting for an engine: stop when told to, record what is there."""
        if self.stop.is_set():
            raise Parked
        if self.cut:
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
        cut, self.cut = self.cut, []
        duration = self.mp3.position / self.engine.sample_rate
        if cut:
            self.recorded_bytes = cut[-1]["byte_end"]
        return self.db.checkpoint_job(self.job["id"], self.worker, cut, duration=duration)

    def _finish(self) -> None:
        """Close the stream, compare, write its length into its head, name it, record it."""
        self._write(self.mp3.finish())
        self._record_rest()
        if self.said != len(self.text):
            raise Incomplete("The end of the text was not spoken. Try again.")
        if self.mp3.position == 0:
            raise NothingSpoken("There is nothing in this text that this voice can speak.")
        self.part.replace_head(self.mp3.final_header(self.part.size - len(self.mp3.header)))
        info = self._validate()
        digest = self.part.digest()
        self.part.sync()
        self.db.index_text(self.job["id"])
        self.store.finish(self.job["filename"])
        self.db.finish_job(
            self.job["id"], self.worker, duration=info.duration_s, size=info.size, sha256=digest
        )

    def _record_rest(self) -> None:
        place = {"frame_end": self.mp3.frames, "byte_end": self.part.size}
        self.cut += [segment | place for segment in self.ended]
        self.ended.clear()
        self._record()

    def _validate(self) -> Mp3Info:
        info = scan_mp3(self.part.reader())
        if info.frames != self.mp3.frames:
            raise NotMp3(f"{info.frames} frames are on the disk instead of {self.mp3.frames}.")
        return info


def _nothing() -> Generator[AudioChunk]:
    """The sound of a segment without anything to say."""
    yield from ()
