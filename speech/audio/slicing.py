"""Parts of an MP3 as files of their own, cut between frames without decoding.

A frame may begin its data in the frames before it (the bit reservoir). The first frame of a part
is given those bytes in silent frames in front, which the part's Info frame tells players to skip;
so parts played one after another are the whole, to the sample.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from speech.audio import mp3
from speech.audio.mp3 import Frame, NotMp3

RESERVOIR_BITS = {True: 9, False: 8}  # of main_data_begin, by whether it is MPEG-1
MOST_DELAY = 0xFFF  # samples that an Info frame can have skipped
KEPT_FRAMES = 8  # enough for any frame to find its data in
BLOCK = 256 * 1024


class Cut(NamedTuple):
    """A place between frames: how many frames are before it, and the byte where the next begins."""

    frames: int
    byte: int


class Slice(NamedTuple):
    """A part as a file: `head` stands before the bytes from `start` up to `end` of the whole.

    `first_sample` is where its sound begins in the whole; it is `samples` long.
    """

    head: bytes
    start: int
    end: int
    first_sample: int
    samples: int

    @property
    def size(self) -> int:
        """Size of the part in bytes."""
        return len(self.head) + self.end - self.start

    def read(self, file: BinaryIO) -> Iterator[bytes]:
        """Yield the part's bytes, from the whole file."""
        yield self.head
        file.seek(self.start)
        left = self.end - self.start
        while left and (piece := file.read(min(BLOCK, left))):
            left -= len(piece)
            yield piece


class Slicer:
    """Cuts a constant bit rate MP3 that begins with its Info frame; raises NotMp3."""

    def __init__(self, file: BinaryIO, *, total_frames: int, total_samples: int):
        file.seek(0)
        self._file = file
        first = mp3.parse_frame(file.read(4))
        if first is None:
            raise NotMp3("The sound does not begin with a frame.")
        self._first = first
        self._frames, self._samples = total_frames, total_samples
        self._bytes = file.seek(0, 2)

    @property
    def sample_rate(self) -> int:
        """Sample rate in Hz."""
        return self._first.sample_rate

    def cut(self, start: Cut | None, end: Cut | None) -> Slice:
        """The part between two cuts, None for the ends of the whole."""
        a_frame = self._first.samples
        begin, first_sample = Cut(0, self._first.size), 0
        carriers: list[bytes] = []
        delay = mp3.ENCODER_DELAY
        if start:
            # A frame sounds on in the next one's time, so the one before the cut comes along.
            *before, previous = self._frames_before(start.byte)
            begin = Cut(start.frames - 1, start.byte - len(previous))
            carriers = self._carriers(previous, before)
            delay = min((len(carriers) + 1) * a_frame, MOST_DELAY)
            first_sample = (start.frames - len(carriers) - 1) * a_frame - mp3.ENCODER_DELAY + delay
        if end:
            # The last samples of a part come out of a decoder with the frame that follows.
            end_sample = end.frames * a_frame - mp3.ENCODER_DELAY
            end = Cut(end.frames + 1, end.byte + self._frame_at(end.byte).size)
        else:
            end, end_sample = Cut(self._frames, self._bytes), self._samples
        frames = len(carriers) + end.frames - begin.frames
        samples = max(0, end_sample - first_sample)
        info = mp3.info_frame(
            self.sample_rate,
            self._first.bit_rate,
            frames=frames,
            audio_bytes=sum(map(len, carriers)) + end.byte - begin.byte,
            delay=delay,
            padding=min(max(0, frames * a_frame - delay - samples), MOST_DELAY),
        )
        return Slice(info + b"".join(carriers), begin.byte, end.byte, first_sample, samples)

    def carried(self, byte: int) -> list[bytes]:
        """Silent frames that hold what the frame at `byte` needs of those before it."""
        if byte >= self._bytes:
            return []
        size = self._frame_at(byte).size
        self._file.seek(byte)
        return self._carriers(self._file.read(size), self._frames_before(byte))

    def _frame_at(self, byte: int) -> Frame:
        self._file.seek(byte)
        frame = mp3.parse_frame(self._file.read(4))
        if frame is None:
            raise NotMp3("The sound cannot be cut here: no frame begins.")
        return frame

    def _frames_before(self, byte: int) -> list[bytes]:
        """The last whole frames that end at `byte`."""
        start = max(self._first.size, byte - KEPT_FRAMES * (self._first.size + 1))
        self._file.seek(start)
        window = self._file.read(byte - start)
        for offset in range(min(len(window), self._first.size + 2)):
            if frames := _whole_frames(window[offset:]):
                return frames
        raise NotMp3("The sound cannot be cut here: no frame ends.")

    def _carriers(self, frame: bytes, before: list[bytes]) -> list[bytes]:
        """Silent frames that end with the data to which `frame` points back, if it does."""
        bits = RESERVOIR_BITS[self._first.samples == 1152]
        side_info = self._first.side_info
        place = int.from_bytes(frame[_side_info(frame) :][:2], "big")
        needed = place >> (16 - bits)
        data = b"".join(each[_side_info(each) + side_info :] for each in before)
        # Decoders take for junk whatever differs in more than its padding and its rate.
        header = bytes((frame[0], frame[1] | 1, frame[2] & ~2, frame[3]))
        room = mp3.known_frame(header).size - len(header) - side_info
        count = -(-needed // room)
        data = data[len(data) - needed :].rjust(count * room, b"\0")
        frames = []
        for at in range(0, count * room, room):
            # Each points to the first of them: some decoders keep no more than is pointed to.
            pointer = (at << (8 * side_info - bits)).to_bytes(side_info, "big")
            frames.append(header + pointer + data[at : at + room])
        return frames


def _side_info(frame: bytes) -> int:
    """Offset of a frame's side information: a checksum may stand before it."""
    return 4 if frame[1] & 1 else 6


def _whole_frames(window: bytes) -> list[bytes]:
    """The frames of which a window consists; none when it is anything else."""
    at, frames = 0, []
    while at < len(window):
        frame = mp3.parse_frame(window[at : at + 4])
        if frame is None or at + frame.size > len(window):
            return []
        frames.append(window[at : at + frame.size])
        at += frame.size
    return frames
