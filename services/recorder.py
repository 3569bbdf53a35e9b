"""Recording of sound into an MP3, and of where each segment stands in text and sound."""

import json
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock
from typing import Self

from queries.rows import NewSegment, Span
from speech.audio.encoder_thread import EncoderThread
from speech.audio.encoding import Mp3Stream, join_pause, pause_samples
from speech.audio.fades import Fades
from speech.text.script import Utterance
from speech.types import AudioChunk, Segment


class EndedSegment(Span):
    """A segment whose sound is in the encoder; `words` is JSON."""

    words: str
    spoken_by: str
    said: str


class Recorder:
    """Encodes segments one after another and hands frames to `write`, both in a thread of its own.

    That is inside a `with` block; without one, everything happens at once.
    It goes on after `frames` frames and `bytes_before` bytes of a file, with segment number
    `position`. Samples come at `input_rate` Hz, the file's own if none is named; `spoken_by` is the
    key of the voice, "" for the file's own. `cut` holds the segments after which the sound can be
    cut, as rows to record.
    """

    def __init__(
        self,
        sample_rate: int,
        write: Callable[[bytes], object],
        *,
        input_rate: int = 0,
        spoken_by: str = "",
        frames: int = 0,
        bytes_before: int = 0,
        position: int = 0,
    ):
        self.mp3 = Mp3Stream(sample_rate, frames=frames, input_rate=input_rate)
        self._encoder = EncoderThread(self._feed)
        self._start, self._taken_in = self.mp3.position, 0  # samples: of the file, at `input_rate`
        self.position, self.spoken_by = position, spoken_by
        self.cut: list[NewSegment] = []
        self._cutting = Lock()
        self.is_between = True  # whether all of the sound so far belongs to whole segments
        self._write, self._bytes_before = write, bytes_before
        self._ended: deque[EndedSegment] = deque()  # segments in the encoder, not yet cut after

    def __enter__(self) -> Self:
        self._encoder.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self._encoder.__exit__()

    @property
    def samples(self) -> int:
        """Samples of the file taken in so far, with those that were there before."""
        return self._start + self._taken_in * self.mp3.sample_rate // self.mp3.input_rate

    @property
    def duration_s(self) -> float:
        """Seconds of sound encoded so far, with what was there before."""
        return self.mp3.position / self.mp3.sample_rate

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._bytes_before + self.mp3.audio_bytes

    def add_segment(self, segment: Segment, said: Utterance, chunks: Iterable[AudioChunk]) -> None:
        """Encode a segment, with at least its pause after it."""
        started, tail, words, said_otherwise = self.samples, b"", [], ""
        pause = max(self._shortest_pause(), self._samples(segment.pause_ms))
        heard_to, fades = segment.start, Fades(self.mp3.input_rate)
        for chunk in chunks:
            self.is_between = False
            tail = self._add(fades.feed(chunk.pcm), tail, pause)
            for mark in said.words(chunk.marks, heard_to):
                heard_to = mark.start + mark.length
                at_ms = mark.sample * 1000 // self.mp3.input_rate
                words.append((mark.start - segment.start, mark.length, at_ms))
            if chunk.delivery:
                said_otherwise = chunk.delivery.said_otherwise
        tail = self._add(fades.finish(), tail, pause)
        if tail or segment.pause_ms:
            self._encode(join_pause(tail, pause))
        if not tail:
            started = self.samples  # a mark has a pause, but no sound of its own to show
        ended: EndedSegment = {
            "position": self.position,
            "text_start": segment.start,
            "text_end": segment.end,
            "start_ms": self._ms(started),
            "end_ms": self._ms(self.samples),
            "words": json.dumps(words, separators=(",", ":")) if words else "",
            "spoken_by": self.spoken_by,
            "said": said_otherwise,
        }
        self._encoder.put(partial(self._end_segment, ended))
        self.position += 1
        self.is_between = True

    def take_cut(self) -> list[NewSegment]:
        """The rows that can be recorded since the last call: their sound is written."""
        with self._cutting:
            cut, self.cut = self.cut, []
        return cut

    def finish(self) -> None:
        """Give out the last frames; the segments still open end with them."""
        self._encoder.settle()
        self._give_out(self.mp3.finish())
        frames, size = self.mp3.frames, self.size
        self.cut += [{**segment, "frame_end": frames, "byte_end": size} for segment in self._ended]
        self._ended.clear()

    def _add(self, pcm: bytes, tail: bytes, pause: int) -> bytes:
        """Encode samples; returns the last of the sound so far, as many as make the pause."""
        if pcm:
            self._encode(pcm)
        return (tail + pcm)[-2 * pause :]

    def _encode(self, pcm: bytes) -> None:
        self._taken_in += len(pcm) // 2
        self._encoder.put(pcm)

    # In the thread that encodes

    def _feed(self, pcm: bytes) -> None:
        self._give_out(self.mp3.feed(pcm))

    def _end_segment(self, ended: EndedSegment) -> None:
        self._ended.append(ended)
        self.mp3.mark_cut()

    def _give_out(self, frames: bytes) -> None:
        if not frames:
            return
        self._write(frames)
        for frame_end, byte_end in self.mp3.take_cuts():
            ended, place = self._ended.popleft(), self._bytes_before + byte_end
            with self._cutting:
                self.cut.append({**ended, "frame_end": frame_end, "byte_end": place})

    def _shortest_pause(self) -> int:
        stream, own = self.mp3, pause_samples(self.mp3.sample_rate)
        return -(-own * stream.input_rate // stream.sample_rate)

    def _samples(self, ms: int) -> int:
        return ms * self.mp3.input_rate // 1000

    def _ms(self, samples: int) -> int:
        return samples * 1000 // self.mp3.sample_rate
