"""A part of a finished file spoken anew: only that part is made, the rest stays byte for byte."""

import hashlib
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from common.errors import Sentence
from common.stored_json import read
from queries.retakes import GONE
from services.quotas import Allowances
from services.recorder import Recorder
from services.synthesis import NothingSpoken, Speaking, Stopped
from services.voice_fallback import Speaker
from speech.audio import mp3
from speech.audio.slicing import Slicer
from speech.errors import SpeechError
from speech.prices import expected_duration_s, total_cost
from speech.text.script import PARAGRAPH_PAUSE_MS, Utterance
from speech.text.segments import BLANK_LINE
from speech.types import AudioChunk, Segment, is_speakable
from storage.errors import WrongState
from storage.segment_store import TakeStore

LONGEST = 20_000  # characters of one change: more is a piece of its own
LOOK_S = 0.5
NO_BORDER = "Only whole sentences can be changed. Reload the page, then try again."
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
PLACES = {
    "position": "position",
    "text_start": "text",
    "text_end": "text",
    "start_ms": "ms",
    "end_ms": "ms",
    "byte_end": "bytes",
    "frame_end": "frames",
}


class BadRetake(WrongState):
    """A change that cannot be made; the sentence says why."""

    status = 400


class RetakeQuote(NamedTuple):
    """What a change will be: the text as it will stand, its segments, and their cost (USD).

    The cost is None where no price is known.
    """

    text: str
    segments: int
    characters: int
    cost_usd: float | None


class Shift(NamedTuple):
    """By how much the places of segments move."""

    position: int = 0
    text: int = 0
    ms: int = 0
    bytes: int = 0
    frames: int = 0

    def moved(self, segments: list[dict]) -> list[dict]:
        """Rows of segments with all their places moved."""
        change = self._asdict()
        return [
            segment | {name: segment[name] + change[kind] for name, kind in PLACES.items()}
            for segment in segments
        ]


class Place(NamedTuple):
    """A border between segments: before the first one everything is 0 but the bytes."""

    position: int
    text: int
    frames: int
    byte: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Frames that can stand in any pause, and their segments, all places from their own start."""

    text: str
    frames: bytes
    segments: list[dict]

    @property
    def count(self) -> int:
        """How many frames."""
        return self.segments[-1]["frame_end"]

    def digest(self) -> str:
        """The SHA-256 of the frames, in hex."""
        return hashlib.sha256(self.frames).hexdigest()


class Sound:
    """A finished file as it is before a change: its segments, frames and measures."""

    def __init__(self, row: dict, segments: list[dict], file: BinaryIO):
        self.row, self.segments, self.file = row, segments, file
        self.head = mp3.parse_frame(file.read(4))
        file.seek(0)
        self.frames = mp3.stated_frames(file.read(self.head.size))
        self.samples = round(row["duration"] * self.head.sample_rate)
        self._slicer = Slicer(file, total_frames=self.frames, total_samples=self.samples)

    def place(self, text: int) -> Place:
        """The border at a place in the text; raises BadRetake where no segment ends."""
        if text == 0:
            return Place(0, 0, 0, self.head.size)
        for segment in self.segments:
            if segment["text_end"] == text:
                frames, byte = segment["frame_end"], segment["byte_end"]
                return Place(segment["position"] + 1, text, frames, byte)
        raise BadRetake(NO_BORDER)

    def ms(self, frames: int) -> int:
        """How long so many frames last."""
        return frames * self.head.samples * 1000 // self.head.sample_rate

    def carried(self, place: Place) -> list[bytes]:
        """Silent frames that hold what the frame after `place` needs of those before it."""
        return self._slicer.carried(place.byte) if place.frames else []

    def passage(self, start: Place, end: Place) -> Passage:
        """What stands between two borders, as it can be put back later."""
        carried = self.carried(start)
        self.file.seek(start.byte)
        shift = Shift(
            position=-start.position,
            text=-start.text,
            ms=self.ms(len(carried)) - self.ms(start.frames),
            bytes=sum(map(len, carried)) - start.byte,
            frames=len(carried) - start.frames,
        )
        return Passage(
            text=self.row["text"][start.text : end.text],
            frames=b"".join(carried) + self.file.read(end.byte - start.byte),
            segments=shift.moved(self.segments[start.position : end.position]),
        )

    def header(self, shift: Shift) -> bytes:
        """The first frame of the file once it has grown by `shift`."""
        size = self.row["size"] - self.head.size
        return mp3.info_frame(
            self.head.sample_rate,
            self.head.bit_rate,
            frames=self.frames + shift.frames,
            audio_bytes=size + shift.bytes,
            padding=self.frames * self.head.samples - mp3.ENCODER_DELAY - self.samples,
        )

    def duration_s(self, shift: Shift) -> float:
        """How long the file is once it has grown by `shift`."""
        return (self.samples + shift.frames * self.head.samples) / self.head.sample_rate


class Retaking:
    """Makes the changes that are asked for, one at a time for each file."""

    def __init__(self, speaking: Speaking, takes: TakeStore, allowances: Allowances):
        self.speaking, self.takes, self._allowances = speaking, takes, allowances
        self.db, self.store = speaking.db, speaking.store

    def quote(self, row: dict, start: int, end: int, text: str, *, voice: str = "") -> RetakeQuote:
        """What it would take to say `text` in the place of a file's text from `start` to `end`.

        `voice` is the key of another voice than the one that speaks the file. Raises BadRetake,
        NothingSpoken, SpeechError; changes nothing.
        """
        row = self._as_spoken(row, voice)
        engine = self.speaking.registry.get(row["engine"])
        whole = self.db.get_text(row["id"])
        text = self._fitted(row, whole, start, end, text)
        lines = list(self._lines(row, whole, start, end, text))
        costs, price = [0.0], engine.price()
        for segment, said in lines:
            request = self.speaking.request(row, segment, said)
            if engine.keeps_segments and not self.speaking.purchases.has(
                engine, request, row["owner_id"]
            ):
                seconds = expected_duration_s(len(said.text), row["speed"], engine.name)
                costs.append(price.quote(len(said.text), seconds))
        return RetakeQuote(text, len(lines), len(text), total_cost(costs))

    def ask(self, row: dict, start: int, end: int, text: str, *, voice: str = "") -> dict:
        """Have a part of a finished file spoken anew; returns the change that waits for it.

        Raises BadRetake, WrongState, NothingSpoken, NoSpace, SpeechError, DayUsedUp,
        StorageUsedUp.
        """
        voice = voice or self._voice_now(row)
        text = self.quote(row, start, end, text, voice=voice).text
        self.store.check_space(2 * row["size"])
        own = f"{row['engine']}:{row['voice']}"
        stand_in = "" if voice == own else voice
        with self.db.transaction():
            self._allowances.check(row["owner_id"], len(text), 0)
            return self.db.create_retake(
                row, text_start=start, text_end=end, text=text, stand_in=stand_in
            )

    def speakers(self, row: dict) -> list[Speaker]:
        """Who could speak a change: the voice that spoke last, unless it has ended, then others.

        Others are there where the file's own voice has ended or did not speak all of it.
        """
        continuity = self.speaking.continuity
        keys = [row["stand_in"], f"{row['engine']}:{row['voice']}"]
        found = [speaker for key in keys if key and (speaker := continuity.speaker(key))]
        if found and not row["stand_in"]:
            return found
        heirs = continuity.heirs_of(row, self.db.get_text(row["id"]))
        known = {speaker.engine.name for speaker in found}
        return found + [heir for heir in heirs if heir.engine.name not in known]

    def _voice_now(self, row: dict) -> str:
        """The key of the voice for a change: the file's last one, or its heir once it has ended.

        Raises VoiceEnded where the owner wants to be asked.
        """
        if row["stand_in"]:
            return row["stand_in"]
        continuity, text = self.speaking.continuity, self.db.get_text(row["id"])
        try:
            chosen = Speaker(*self.speaking.registry.resolve(row["voice"], row["engine"]))
        except SpeechError as error:
            if heir := error.is_voice_gone and continuity.follow(row, text):
                return heir.key
            raise
        return continuity.for_new(row["owner_id"], chosen, text).key

    def _as_spoken(self, row: dict, voice: str) -> dict:
        return self.speaking.continuity.as_spoken(row | {"stand_in": voice or row["stand_in"]})

    def put_back(self, row: dict, take_id: int) -> dict:
        """Have an earlier take put back; returns the change. Raises NotFound, BadRetake."""
        take = self.db.get_take(row["id"], take_id)
        if take["text_end"] <= take["text_start"]:
            raise BadRetake("The passage of this take has been changed since; it fits no more.")
        _segments_of(take)
        self.store.check_space(2 * row["size"])
        return self.db.create_retake(
            row, text_start=take["text_start"], text_end=take["text_end"], take_id=take_id
        )

    def take_sound(self, row: dict, take_id: int) -> bytes:
        """An earlier take as an MP3 of its own. Raises NotFound, NoSuchAudio."""
        take = self.db.get_take(row["id"], take_id)
        frames = self.takes.read_whole(take["content_hash"])
        first = mp3.parse_frame(frames[:4])
        count = _segments_of(take)[-1]["frame_end"]
        return (
            mp3.info_frame(first.sample_rate, first.bit_rate, frames=count, audio_bytes=len(frames))
            + frames
        )

    def _fitted(self, row: dict, whole: str, start: int, end: int, text: str) -> str:
        """The new text with the white space that the old one stood in; raises BadRetake."""
        if row["status"] != "ready" or not row["sha256"]:
            raise BadRetake("A piece can be changed once all of it is spoken.")
        borders = {segment["text_end"] for segment in self.db.get_segments(row["id"])} | {0}
        if not 0 <= start < end or not {start, end} <= borders:
            raise BadRetake(NO_BORDER)
        text = CONTROL.sub(" ", text.replace("\r\n", "\n")).strip()
        if len(text) > LONGEST:
            raise BadRetake(
                Sentence("At most {limit} characters can be changed at once.", limit=LONGEST)
            )
        if not is_speakable(text):
            raise NothingSpoken("There is nothing in this text that this voice can speak.")
        old = whole[start:end]
        before = old[: len(old) - len(old.lstrip())]
        return before + text + old[len(old.rstrip()) :]

    def _lines(
        self, row: dict, whole: str, start: int, end: int, text: str
    ) -> Iterator[tuple[Segment, Utterance]]:
        """The segments of `text` where it stands in the place of `whole[start:end]`."""
        is_paragraph = BLANK_LINE.search(text, len(text.rstrip())) is not None
        new_end = start + len(text)
        script = self.speaking.script(
            row,
            whole[:start] + text + whole[end:],
            borders={new_end: PARAGRAPH_PAUSE_MS if is_paragraph else 0},
        )
        return itertools.takewhile(lambda line: line[0].start < new_end, script.lines(start))

    def run(self, retake: dict, worker: str) -> None:
        """Make a claimed change to its end. Raises SpeechError, AudioError, DatabaseError, Stopped;
        nothing of the file has changed then."""
        row = retake["file"]
        if row["status"] != "ready" or row["sha256"] != retake["sha256"]:
            raise WrongState(GONE)
        with self.store.open(row["filename"]) as file:
            sound = Sound(row, self.db.get_segments(row["id"]), file)
            start, end = sound.place(retake["text_start"]), sound.place(retake["text_end"])
            self._splice(retake, worker, sound, start, end)
        self.store.finish(row["filename"])

    def _splice(self, retake: dict, worker: str, sound: Sound, start: Place, end: Place) -> None:
        row, old = retake["file"], sound.passage(start, end)
        new = self._kept(retake) if retake["take_id"] else self._speak(retake, worker, sound, start)
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
        self.takes.keep(content_hash, [old.frames])
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
            shift=shift._asdict(),
            take={"text": old.text, "content_hash": content_hash, "segments": old.segments},
            file={"duration": sound.duration_s(shift), "size": size, "sha256": digest},
        )

    def _kept(self, retake: dict) -> Passage:
        take = self.db.get_take(retake["file_id"], retake["take_id"])
        frames = self.takes.read_whole(take["content_hash"])
        return Passage(take["text"], frames, _segments_of(take))

    def _speak(self, retake: dict, worker: str, sound: Sound, start: Place) -> Passage:
        """Speak the new text as if the sound began anew after frame `start.frames`."""
        row, text = retake["file"] | {"stand_in": retake["stand_in"]}, retake["text"]
        row = self.speaking.continuity.as_spoken(row)
        engine = self.speaking.registry.get(row["engine"], row["owner_id"])
        job = row | {"is_retake": True, "characters": 0}
        frames: list[bytes] = []
        recorder = Recorder(
            sound.head.sample_rate,
            frames.append,
            input_rate=engine.sample_rate,
            spoken_by=retake["stand_in"],
            frames=start.frames,
        )
        for segment, said in self._lines(row, row["text"], start.text, retake["text_end"], text):
            self._look(retake, worker)
            chunks = self.speaking.sound(engine, job, segment, said)
            recorder.take_in(segment, said, self._watched(retake, worker, chunks))
        if recorder.mp3.position == start.frames * sound.head.samples:
            raise NothingSpoken("There is nothing in this text that this voice can speak.")
        recorder.finish()
        shift = Shift(text=-start.text, ms=-sound.ms(start.frames), frames=-start.frames)
        segments = shift.moved(recorder.take_cut())
        return Passage(text, b"".join(frames)[: segments[-1]["byte_end"]], segments)

    def _watched(
        self, retake: dict, worker: str, chunks: Iterator[AudioChunk]
    ) -> Iterator[AudioChunk]:
        """The same sound, looking about twice a second whether it is still wanted."""
        looked_at = time.monotonic()
        for chunk in chunks:
            if time.monotonic() - looked_at >= LOOK_S:
                looked_at = time.monotonic()
                self._look(retake, worker)
            yield chunk

    def _look(self, retake: dict, worker: str) -> None:
        if self.db.is_retake_paused(retake["id"], worker):
            raise Stopped("paused")


def _segments_of(take: dict) -> list[dict]:
    """The segments of an earlier take; raises BadRetake where its row was damaged."""
    try:
        return read("take", take["segments"])
    except ValueError:
        raise BadRetake(
            "This earlier take is damaged and cannot be used. The piece itself is unharmed."
        ) from None
