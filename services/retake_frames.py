"""Frames of a finished file: where its segments stand, and what can be cut out and put in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, cast

from queries import rows
from queries.rows import NewSegment, Segment, WholeFile
from speech.audio import mp3
from speech.audio.slicing import Slicer
from storage.errors import WrongState

NO_BORDER = "You can only change whole sentences. Reload the page, then try again."


class BadRetake(WrongState):
    """A change that cannot be made; `message` says why."""

    status = 400


class Shift(NamedTuple):
    """A move of the places of segments, in each measure."""

    position: int = 0
    text: int = 0
    ms: int = 0
    bytes: int = 0
    frames: int = 0

    def moved(self, segments: Sequence[NewSegment]) -> list[NewSegment]:
        """Rows of segments with all their places moved."""
        return [
            {
                **segment,
                "position": segment["position"] + self.position,
                "text_start": segment["text_start"] + self.text,
                "text_end": segment["text_end"] + self.text,
                "start_ms": segment["start_ms"] + self.ms,
                "end_ms": segment["end_ms"] + self.ms,
                "byte_end": segment["byte_end"] + self.bytes,
                "frame_end": segment["frame_end"] + self.frames,
            }
            for segment in segments
        ]

    def row(self) -> rows.Shift:
        """The move as the statements take it."""
        return {
            "position": self.position,
            "text": self.text,
            "ms": self.ms,
            "bytes": self.bytes,
            "frames": self.frames,
        }


class Place(NamedTuple):
    """A border between segments, in each measure; before the first one all but `byte` are 0."""

    position: int
    text: int
    frames: int
    byte: int


class Edit(NamedTuple):
    """What a change makes of a text: `text` in the place of what stood from `start` to `end`."""

    start: int
    end: int
    text: str

    def of(self, whole: str) -> str:
        """The whole text after the change."""
        return whole[: self.start] + self.text + whole[self.end :]


@dataclass(frozen=True, slots=True)
class Passage:
    """Frames that can stand in any pause, and their segments, all places from their own start."""

    text: str
    frames: bytes
    segments: list[NewSegment]

    @property
    def count(self) -> int:
        """The number of frames."""
        return self.segments[-1]["frame_end"] if self.segments else 0

    def digest(self) -> str:
        """The SHA-256 of the frames, in hex."""
        return hashlib.sha256(self.frames).hexdigest()


class FinishedFile:
    """A finished file as it is before a change: its segments, frames and measures."""

    def __init__(self, row: WholeFile, segments: list[Segment], file: BinaryIO):
        self.row, self.segments, self.file = row, segments, file
        self.head = mp3.known_frame(file.read(4))
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
        """The duration of so many frames."""
        return frames * self.head.samples * 1000 // self.head.sample_rate

    def carried(self, place: Place) -> list[bytes]:
        """Silent frames that hold what the frame after `place` needs of those before it."""
        return self._slicer.carried(place.byte) if place.frames else []

    def passage(self, start: Place, end: Place) -> Passage:
        """The passage between two borders, as it can be put back later."""
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
            segments=shift.moved(
                cast("list[NewSegment]", self.segments[start.position : end.position])
            ),
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
        """Seconds of the file once it has grown by `shift`."""
        return (self.samples + shift.frames * self.head.samples) / self.head.sample_rate

    def segment_before(self, place: Place) -> NewSegment | None:
        """A copy of the segment that ends at a border; None at the start."""
        if not place.position:
            return None
        segment = self.segments[place.position - 1]
        return cast("NewSegment", {**segment})

    def kept_space(self, start: Place, end: Place) -> str:
        """White space of a passage that stays without it, so that paragraphs stay apart."""
        whole = self.row["text"]
        before, old = whole[: start.text], whole[start.text : end.text]
        space = old[len(old.rstrip()) :]
        lines = space.count("\n")
        return space if _line_ends(before) < lines and start.position else ""


def _line_ends(text: str) -> int:
    """The number of line ends with which a text ends."""
    return text[len(text.rstrip()) :].count("\n")
