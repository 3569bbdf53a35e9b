"""Retakes: a passage of a finished file spoken anew, while the rest stays byte for byte."""

import itertools
import re
import time
from collections.abc import Iterator
from typing import NamedTuple, cast

from common.errors import Message
from common.stored_json import read
from queries.leases import RETAKES
from queries.rows import AudioFile, ClaimedRetake, NewSegment, Retake, Take
from services.quotas import Quotas
from services.recorder import Recorder
from services.retake_frames import NO_BORDER, BadRetake, FinishedFile, Passage, Place, Shift
from services.synthesis import NothingSpoken, Stopped, Synthesis
from services.voice_fallback import FileVoices
from speech.audio import mp3
from speech.prices import expected_duration_s, total_cost
from speech.text.script import Utterance
from speech.types import AudioChunk, Segment, is_speakable
from storage.errors import WrongState
from storage.segment_store import TakeStore

LONGEST = 20_000  # characters of one change: more is a piece of its own
PAUSE_CHECK_S = 0.5
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class RetakeQuote(NamedTuple):
    """The quote of a retake: the text as it will stand, its segments, and their cost (USD).

    The cost is None where no price is known.
    """

    text: str
    segments: int
    characters: int
    cost_usd: float | None


class Retakes:
    """Makes the changes that are asked for, one at a time for each file."""

    def __init__(self, synthesis: Synthesis, takes: TakeStore, quotas: Quotas):
        self.synthesis, self.takes, self._quotas = synthesis, takes, quotas
        self.db, self.store, self.voices = synthesis.db, synthesis.store, synthesis.voices

    def quote(
        self, row: AudioFile, start: int, end: int, text: str, *, voice: str = ""
    ) -> RetakeQuote:
        """Price the saying of `text` in the place of a file's text from `start` to `end`.

        `voice` is the key of another voice than the one that speaks the file. Raises BadRetake,
        NothingSpoken, SpeechError; changes nothing.
        """
        voices = self._voices(row, voice)
        engine, job = voices.engine, voices.job
        whole = self.db.get_text(row["id"])
        text = self._fitted(row, whole, start, end, text)
        lines = list(self._lines(voices, whole, start, end, text))
        costs: list[float | None] = [0.0]
        price = engine.price()
        for segment, said in lines:
            request = voices.choose(segment).request(said)
            if engine.caches_segments and not self.synthesis.purchases.has(
                engine, request, job.owner_id
            ):
                seconds = expected_duration_s(len(said.text), job.speed, engine.name)
                costs.append(price.quote(len(said.text), seconds))
        return RetakeQuote(text, len(lines), len(text), total_cost(costs))

    def ask(self, row: AudioFile, start: int, end: int, text: str, *, voice: str = "") -> Retake:
        """Have a part of a finished file spoken anew; returns the change that waits for it.

        Raises BadRetake, WrongState, NothingSpoken, NoSpace, SpeechError, DayUsedUp,
        StorageUsedUp.
        """
        voice = voice or self.voices.choose_for_retake(row)
        text = self.quote(row, start, end, text, voice=voice).text
        self.store.check_space(2 * row["size"])
        own = f"{row['engine']}:{row['voice']}"
        fallback = "" if voice == own else voice
        with self.db.transaction():
            self._quotas.check(row["owner_id"], len(text), 0)
            return self.db.create_retake(
                row, text_start=start, text_end=end, text=text, stand_in=fallback
            )

    def _voices(self, row: AudioFile, voice: str) -> FileVoices:
        return self.voices.voices_for(row, voice or row["stand_in"], is_retake=True)

    def restore_take(self, row: AudioFile, take_id: int) -> Retake:
        """Have an earlier take put back; returns the change. Raises NotFound, BadRetake."""
        take = self.db.get_take(row["id"], take_id)
        if take["text_end"] <= take["text_start"]:
            raise BadRetake("The text of this take has changed since, so it no longer fits.")
        _segments_of(take)
        self.store.check_space(2 * row["size"])
        return self.db.create_retake(
            row, text_start=take["text_start"], text_end=take["text_end"], take_id=take_id
        )

    def take_sound(self, row: AudioFile, take_id: int) -> bytes:
        """An earlier take as an MP3 of its own. Raises NotFound, NoSuchAudio."""
        take = self.db.get_take(row["id"], take_id)
        frames = self.takes.read_whole(take["content_hash"])
        first = mp3.known_frame(frames[:4])
        count = _segments_of(take)[-1]["frame_end"]
        return (
            mp3.info_frame(first.sample_rate, first.bit_rate, frames=count, audio_bytes=len(frames))
            + frames
        )

    def _fitted(self, row: AudioFile, whole: str, start: int, end: int, text: str) -> str:
        """The new text with the white space that the old one stood in; raises BadRetake."""
        if row["status"] != "ready" or not row["sha256"]:
            raise BadRetake("You can edit a piece once all of it has been generated.")
        borders = {segment["text_end"] for segment in self.db.get_segments(row["id"])} | {0}
        if not 0 <= start < end or not {start, end} <= borders:
            raise BadRetake(NO_BORDER)
        text = CONTROL.sub(" ", text.replace("\r\n", "\n")).strip()
        if len(text) > LONGEST:
            raise BadRetake(
                Message("You can change at most {limit} characters at once.", limit=LONGEST)
            )
        if not is_speakable(text):
            raise NothingSpoken("This voice cannot read anything in this text.")
        old = whole[start:end]
        before = old[: len(old) - len(old.lstrip())]
        return before + text + old[len(old.rstrip()) :]

    def _lines(
        self, voices: FileVoices, whole: str, start: int, end: int, text: str
    ) -> Iterator[tuple[Segment, Utterance]]:
        """The segments of `text` where it stands in the place of `whole[start:end]`."""
        new_end = start + len(text)
        script = self.synthesis.scripts.script(
            voices,
            whole[:start] + text + whole[end:],
            borders={new_end: 0},
        )
        return itertools.takewhile(lambda line: line[0].start < new_end, script.lines(start))

    def run(self, retake: ClaimedRetake, worker: str) -> None:
        """Make a claimed change to its end. Raises SpeechError, AudioError, DatabaseError, Stopped;
        nothing of the file has changed then."""
        row = retake["file"]
        if row["status"] != "ready" or row["sha256"] != retake["sha256"]:
            raise WrongState(RETAKES.gone)
        with self.store.open(row["filename"]) as file:
            sound = FinishedFile(row, self.db.get_segments(row["id"]), file)
            start, end = sound.place(retake["text_start"]), sound.place(retake["text_end"])
            self._splice(retake, worker, sound, start, end)
        self.store.finish(row["filename"])

    def _splice(
        self, retake: ClaimedRetake, worker: str, sound: FinishedFile, start: Place, end: Place
    ) -> None:
        row, old = retake["file"], sound.passage(start, end)
        new = (
            self._earlier(retake, retake["take_id"])
            if retake["take_id"]
            else self._speak(retake, worker, sound, start)
        )
        link = sound.carried(end)
        segments = Shift(
            start.position, start.text, sound.ms(start.frames), start.byte, start.frames
        ).moved(new.segments)
        shift = Shift(
            position=len(new.segments) - (end.position - start.position),
            text=len(new.text) - (end.text - start.text),
            ms=sound.ms(start.frames + new.count + len(link)) - sound.ms(end.frames),
            bytes=start.byte + len(new.frames) + sum(map(len, link)) - end.byte,
            frames=start.frames + new.count + len(link) - end.frames,
        )
        # The silent frames of the link belong to the segment before them.
        segments[-1]["frame_end"] = end.frames + shift.frames
        segments[-1]["byte_end"] = end.byte + shift.bytes
        content_hash = old.digest()
        self.takes.write(content_hash, [old.frames])
        size, digest = self.store.splice(
            row["filename"],
            start.byte,
            end.byte,
            new.frames + b"".join(link),
            head=sound.header(shift),
        )
        self.db.finish_retake(
            retake,
            worker,
            text=row["text"][: start.text] + new.text + row["text"][end.text :],
            segments=segments,
            shift=shift.row(),
            take={"text": old.text, "content_hash": content_hash, "segments": old.segments},
            file={"duration": sound.duration_s(shift), "size": size, "sha256": digest},
        )

    def _earlier(self, retake: ClaimedRetake, take_id: int) -> Passage:
        take = self.db.get_take(retake["file_id"], take_id)
        frames = self.takes.read_whole(take["content_hash"])
        return Passage(take["text"], frames, _segments_of(take))

    def _speak(
        self, retake: ClaimedRetake, worker: str, sound: FinishedFile, start: Place
    ) -> Passage:
        """Speak the new text as if the sound began anew after frame `start.frames`."""
        row, text = retake["file"], retake["text"]
        voices = self.voices.voices_for(row, retake["stand_in"], is_retake=True)
        frames: list[bytes] = []
        recorder = Recorder(
            sound.head.sample_rate,
            frames.append,
            input_rate=voices.engine.sample_rate,
            spoken_by=retake["stand_in"],
            frames=start.frames,
        )
        for segment, said in self._lines(voices, row["text"], start.text, retake["text_end"], text):
            self._stop_if_paused(retake, worker)
            chunks = self.synthesis.sound(voices, segment, said)
            recorder.add_segment(segment, said, self._watched(retake, worker, chunks))
        if recorder.samples == start.frames * sound.head.samples:
            raise NothingSpoken("This voice cannot read anything in this text.")
        recorder.finish()
        shift = Shift(text=-start.text, ms=-sound.ms(start.frames), frames=-start.frames)
        segments = shift.moved(recorder.take_cut())
        return Passage(text, b"".join(frames)[: segments[-1]["byte_end"]], segments)

    def _watched(
        self, retake: ClaimedRetake, worker: str, chunks: Iterator[AudioChunk]
    ) -> Iterator[AudioChunk]:
        """Pass the sound on, checking twice a second whether it is still wanted."""
        checked_at = time.monotonic()
        for chunk in chunks:
            if time.monotonic() - checked_at >= PAUSE_CHECK_S:
                checked_at = time.monotonic()
                self._stop_if_paused(retake, worker)
            yield chunk

    def _stop_if_paused(self, retake: ClaimedRetake, worker: str) -> None:
        if self.db.is_retake_paused(retake["id"], worker):
            raise Stopped("paused")


def _segments_of(take: Take) -> list[NewSegment]:
    """The segments of an earlier take; raises BadRetake where its row was damaged."""
    try:
        return cast("list[NewSegment]", read("take", take["segments"]))
    except ValueError:
        raise BadRetake(
            "This earlier take is damaged and cannot be used. The piece is fine."
        ) from None
