"""Synthesis of a claimed file: look-ahead, one encoder, checkpoints, resume, an atomic finish."""

import logging
import threading
import time
from collections.abc import Generator

from database import Database
from queries import rows
from queries.rows import Job
from services.file_scripts import FileScripts
from services.recorder import Recorder
from services.segment_purchases import Purchases
from services.voice_fallback import FileVoices, VoiceFallback
from speech.audio import mp3
from speech.audio.encoding import Mp3Info, Mp3Stream, NotMp3, scan_mp3
from speech.errors import SpeechError
from speech.lookahead import LookAhead
from speech.text.script import Utterance
from speech.types import AudioChunk, Segment
from storage.audio_errors import NoSpace
from storage.audio_store import AudioStore
from storage.errors import DiskFull
from storage.plain_files import sha256_of

CHECKPOINT_S = 0.5
MOST_RUNS = 3  # over a file in which a segment broke off when it was already in the encoder
LOCAL_WINDOW = 24  # segments that an engine which costs nothing may be ahead

log = logging.getLogger("voiceverse.synthesis")


class Stopped(Exception):
    """A stop that the owner asked for; `status` is 'cancelled' or 'paused'."""

    def __init__(self, status: str):
        super().__init__(status)
        self.status = status


class Parked(Exception):
    """A stop of the worker; the file goes on later."""


class Incomplete(SpeechError):
    """A sound that is not of the whole text."""


class NothingSpoken(SpeechError):
    """A text that holds nothing to be said."""

    status = 400


class Synthesis:
    """Turns claimed rows into sound. One object serves all threads of a worker."""

    def __init__(
        self,
        db: Database,
        store: AudioStore,
        voices: VoiceFallback,
        scripts: FileScripts,
        purchases: Purchases,
    ):
        self.db, self.store = db, store
        self.voices, self.scripts, self.purchases = voices, scripts, purchases

    def speak(self, job: Job, worker: str, stop: threading.Event) -> None:
        """Speak a claimed file to its end. Raises SpeechError, AudioError, DatabaseError,
        Stopped or Parked; everything recorded until then is kept."""
        text, runs = self.db.get_text(job["id"]), 1
        tried: set[str] = set()
        while True:
            try:
                SynthesisRun(self, job, worker, text, stop).run()
                return
            except SpeechError as error:
                waits = error.waits_for and error.tries is not None  # it may have been paid for
                if error.retryable and not waits and runs < (error.tries or MOST_RUNS):
                    runs += 1
                    log.warning("file %s: %s Taking it up again.", job["id"], error.message)
                elif found := error.is_voice_gone and self.voices.next_for_file(job, text, tried):
                    tried.add(found.engine.name)
                    runs, job = 1, {**job, "stand_in": found.key}
                    self.db.set_fallback_voice(job["id"], worker, found.key)
                    log.warning("file %s: %s %s goes on.", job["id"], error.message, found.key)
                else:
                    raise

    def sound(self, voices: FileVoices, segment: Segment, said: Utterance) -> Generator[AudioChunk]:
        """The sound of a segment: cached, bought, or spoken here. Raises SpeechError."""
        if not said.is_speakable:
            return _nothing()
        voice = voices.choose(segment)
        request = voice.request(said)
        if voice.engine.caches_segments:
            return self.purchases.speak(voice.engine, request, voices.job)
        return voice.engine.speak(request)


class SynthesisRun:
    """One run over a file, from its last checkpoint to its end."""

    def __init__(
        self,
        synthesis: Synthesis,
        job: Job,
        worker: str,
        text: str,
        stop: threading.Event,
    ):
        self.synthesis, self.db, self.store = synthesis, synthesis.db, synthesis.store
        self.job, self.worker, self.text, self.stop = job, worker, text, stop
        self.voices = synthesis.voices.voices_for(job, job["stand_in"])
        self.engine = self.voices.engine
        self.script = synthesis.scripts.script(self.voices, text)
        self.recorded_at = time.monotonic()

    def run(self) -> None:
        """Speak until the file is ready; raises what `Synthesis.speak` names."""
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
        self.recorder = Recorder(
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
                self._speak_to_the_end()
            except (NoSpace, DiskFull):
                self.part.cut(self.recorded_bytes)  # room to record the failure in
                raise

    def _speak_to_the_end(self) -> None:
        try:
            with self.recorder:
                self._speak_rest()
                self._finish()
        except SpeechError:
            self._keep_whole_segments()
            raise

    def _resume_point(self) -> rows.Segment | None:
        """Find the last segment whose sound is on disk, and drop those recorded beyond it."""
        spoken = self.db.get_segments(self.job["id"])
        size = self.store.part_size(self.job["filename"])
        whole = self.store.size(self.job["filename"])
        safe = [segment for segment in spoken if segment["byte_end"] <= max(size, whole or 0)]
        if len(safe) < len(spoken):
            self.db.drop_segments(self.job["id"], self.worker, len(safe))
        return safe[-1] if safe else None

    def _sample_rate(self) -> int:
        """The rate of the sound so far: another voice goes on at the rate of the first."""
        with self.store.open_growing(self.job["filename"]) as file:
            return mp3.known_frame(file.read(4)).sample_rate

    def _finish_renamed(self, last: rows.Segment | None) -> bool:
        """Finish the row of a file that was killed after its rename; False for any other."""
        filename = self.job["filename"]
        if last is None or last["text_end"] != len(self.text) or not self.store.size(filename):
            return False
        with self.store.open(filename) as file:
            info = scan_mp3(file)
            file.seek(0)
            digest = sha256_of(file)
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
            window=2 * engine.parallel if engine.caches_segments else LOCAL_WINDOW,
            tick=self._tick,
            finish_started=engine.caches_segments,
        )
        with ahead:
            for (segment, said), chunks in ahead:
                if segment.start != self.said:
                    raise Incomplete("Part of the text was skipped. Try again.")
                self.recorder.add_segment(segment, said, chunks)
                self.said = segment.end
                if time.monotonic() - self.recorded_at >= CHECKPOINT_S:
                    self._checkpoint()

    def _speak_line(self, line: tuple[Segment, Utterance]) -> Generator[AudioChunk]:
        return self.synthesis.sound(self.voices, *line)

    def _write(self, frames: bytes) -> None:
        self.part.write(self.unwritten + frames)
        self.unwritten = b""

    # What survives a kill

    def _tick(self) -> None:
        """Stop when told to, and record what is there; called several times a second."""
        if self.stop.is_set():
            raise Parked
        if self.recorder.cut and time.monotonic() - self.recorded_at >= CHECKPOINT_S:
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
        cut = self.recorder.take_cut()
        self.part.sync()
        if cut:
            self.recorded_bytes = cut[-1]["byte_end"]
        return self.db.checkpoint_job(
            self.job["id"], self.worker, cut, duration=self.recorder.duration_s
        )

    def _keep_whole_segments(self) -> None:
        """Record what the encoder still holds, so that another voice need not say it again."""
        if self.recorder.is_between and self.recorder.samples:
            self.recorder.finish()
            self._record()

    def _finish(self) -> None:
        """Close the stream, compare, write its length into its head, name it, record it."""
        self.recorder.finish()
        self._record()
        if self.said != len(self.text):
            raise Incomplete("The end of the text was not generated. Try again.")
        stream = self.recorder.mp3
        if stream.position == 0:
            raise NothingSpoken("This voice cannot read anything in this text.")
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
        frames = self.recorder.mp3.frames
        if info.frames != frames:
            raise NotMp3(f"{info.frames} frames are on the disk instead of {frames}.")
        return info


def _nothing() -> Generator[AudioChunk]:
    """The sound of a segment without anything to say."""
    yield from ()
