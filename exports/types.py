"""Types of exports: formats, and the task that is handed to the process that makes one."""

import base64
import json
from dataclasses import asdict, dataclass, field

from speech.audio.id3 import Chapter, Picture
from speech.types import TimedSegment


@dataclass(frozen=True, slots=True)
class Format:
    """Format of an export; `is_for_av` tells whether PyAV makes it.

    `bytes_a_second` is roughly what a second of sound takes.
    """

    key: str
    suffix: str
    media_type: str
    bytes_a_second: int
    is_for_av: bool = False


FORMATS = {
    each.key: each
    for each in (
        Format("mp3", ".mp3", "audio/mpeg", 8_000, is_for_av=True),
        Format("m4b", ".m4b", "audio/mp4", 9_300, is_for_av=True),
        Format("opus", ".opus", "audio/ogg", 4_150, is_for_av=True),
        Format("flac", ".flac", "audio/flac", 26_000, is_for_av=True),
        Format("wav", ".wav", "audio/wav", 48_000, is_for_av=True),
        Format("zip", ".zip", "application/zip", 8_000),
        Format("epub", ".epub", "application/epub+zip", 8_000),
    )
}


@dataclass(frozen=True, slots=True)
class ChapterSpan:
    """Chapter: its title, its span of the text (code points) and of the sound (ms)."""

    title: str
    text_start: int
    text_end: int
    start_ms: int
    end_ms: int


class CutSegment(TimedSegment):
    """A segment after which the sound can be cut: how many bytes and frames of it end there."""

    byte_end: int
    frame_end: int


@dataclass(frozen=True, slots=True)
class ExportTask:
    """Task to make `target` from the MP3 at `source`; `lufs` is None for sound as it is.

    `segments` are in order, each a CutSegment where there is more than one part; `parts` covers
    the whole, with one part where there are no chapters.
    """

    format: str
    source: str
    target: str
    title: str
    parts: tuple[ChapterSpan, ...]
    segments: tuple[TimedSegment, ...]
    text: str = ""
    lufs: float | None = None
    artist: str = ""
    narrator: str = ""
    album: str = ""
    track: str = ""
    language: str = ""
    identifier: str = ""
    modified: str = ""
    cover: Picture | None = field(default=None)

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """Chapters for tags; none where there is only one part."""
        if len(self.parts) < 2:
            return ()
        return tuple(Chapter(part.title, part.start_ms, part.end_ms) for part in self.parts)

    def segments_of(self, part: ChapterSpan) -> list[TimedSegment]:
        """The segments that begin in a part."""
        inside = range(part.text_start, part.text_end)
        return [segment for segment in self.segments if segment["text_start"] in inside]

    def to_json(self) -> bytes:
        """Encode the task for a pipe."""
        values = asdict(self)
        if self.cover:
            data = base64.b64encode(self.cover.data).decode()
            values["cover"] = (data, self.cover.media_type)
        return json.dumps(values).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "ExportTask":
        """Decode the task that `to_json` wrote."""
        values = json.loads(data)
        values["parts"] = tuple(ChapterSpan(**part) for part in values["parts"])
        values["segments"] = tuple(values["segments"])
        if values["cover"]:
            content, media_type = values["cover"]
            values["cover"] = Picture(base64.b64decode(content), media_type)
        return cls(**values)
