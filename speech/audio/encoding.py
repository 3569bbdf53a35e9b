"""PCM to MP3: one continuous encoder, whose output can be cut and taken up at a frame."""

import array
import math
import sys
from collections import deque

import lameenc

from speech.audio import mp3
from speech.audio.mp3 import Mp3Info, NotMp3, scan_mp3

__all__ = ["Mp3Info", "Mp3Stream", "NotMp3", "join_pause", "pause_samples", "scan_mp3"]

BIT_RATE = 64_000
QUALITY = 5
QUIET = 200  # of 32,767: what counts as silence there
SAMPLES_A_FRAME = dict.fromkeys(mp3.SAMPLE_RATES[3], 1152)


class Mp3Stream:
    """Mono 64 kbit/s constant bit rate, in whole frames, with positions in samples.

    A stream may take up an earlier one: `frames` is the number of frames that are kept of it.
    The new encoder's own delay then falls into the pause in which the cut was made. Samples come
    at `input_rate` Hz, which is the stream's own unless another voice goes on in it.
    """

    def __init__(self, sample_rate: int, *, frames: int = 0, input_rate: int = 0):
        self.sample_rate = sample_rate
        self.input_rate = input_rate or sample_rate
        self.samples_a_frame = SAMPLES_A_FRAME.get(sample_rate, 576)
        self.frames = frames
        self._before = frames * self.samples_a_frame
        self._taken_in = 0  # samples, at the input rate
        self.audio_bytes = 0  # given out by this encoder
        self._rest = b""
        self._cuts_wanted: deque[int] = deque()
        self._cuts: list[tuple[int, int]] = []
        self._encoder = _encoder(self.input_rate, sample_rate)
        self._base_size = mp3.known_frame(mp3.frame_header(sample_rate, BIT_RATE)).size

    @property
    def position(self) -> int:
        """Length of the sound in samples of the stream, with what was there before."""
        return self._before + self._taken_in * self.sample_rate // self.input_rate

    @property
    def header(self) -> bytes:
        """The first frame of a file whose length is not known yet."""
        return mp3.info_frame(self.sample_rate, BIT_RATE)

    def feed(self, pcm: bytes) -> bytes:
        """Encode samples; returns the frames that are ready."""
        self._taken_in += len(pcm) // 2
        return self._whole_frames(self._encoder.encode(pcm))

    def finish(self) -> bytes:
        """Flush the last frames; nothing can be fed after them."""
        if not self._taken_in:  # all was there before: an encoder that began nothing ends nothing
            return b""
        return self._whole_frames(self._encoder.flush())

    def final_header(self, audio_bytes: int) -> bytes:
        """The first frame of the finished file; `audio_bytes` counts all frames after it.

        A stream that took up a finished one and added nothing cannot know where its sound ended:
        what players skip at the start is missing at the end then, out of the last pause.
        """
        padding = self.frames * self.samples_a_frame - mp3.ENCODER_DELAY - self.position
        return mp3.info_frame(
            self.sample_rate,
            BIT_RATE,
            frames=self.frames,
            audio_bytes=audio_bytes,
            padding=min(max(padding, mp3.DECODER_DELAY), 0xFFF),
        )

    def mark_cut(self) -> None:
        """Ask where a later stream may go on, given that the sound so far ends in a join pause.

        The cut falls into the pause, a frame or more before its end: a frame that is cut after
        still sounds into the next one's time, and must have nothing but silence to add there.
        """
        enough = self.position - 2 * self.samples_a_frame + mp3.DELAY
        self._cuts_wanted.append(max(self.frames + 1, math.ceil(enough / self.samples_a_frame)))

    def take_cuts(self) -> list[tuple[int, int]]:
        """Take the cuts found since the last call: frames, bytes of this encoder."""
        cuts, self._cuts = self._cuts, []
        return cuts

    def _whole_frames(self, encoded: bytes) -> bytes:
        # LAME gives out bytes as they come; a cut is only possible between frames.
        data = self._rest + encoded
        at, end, base = 0, len(data), self._base_size
        while at + 4 <= end:
            size = base + (data[at + 2] >> 1 & 1)
            if at + size > end:
                break
            at += size
            self.frames += 1
            while self._cuts_wanted and self._cuts_wanted[0] == self.frames:
                self._cuts.append((self._cuts_wanted.popleft(), self.audio_bytes + at))
        self._rest = data[at:]
        self.audio_bytes += at
        return data[:at]


def _encoder(input_rate: int, sample_rate: int) -> lameenc.Encoder:
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(BIT_RATE // 1000)
    encoder.set_in_sample_rate(input_rate)
    encoder.set_out_sample_rate(sample_rate)  # or LAME resamples 24 kHz to 22.05
    encoder.set_channels(1)
    encoder.set_quality(QUALITY)
    encoder.silence()
    return encoder


def pause_samples(sample_rate: int) -> int:
    """Samples of silence that must end each segment: a bit over three frames."""
    return 3 * SAMPLES_A_FRAME.get(sample_rate, 576) + sample_rate // 200


def join_pause(tail: bytes, wanted: int) -> bytes:
    """The silence to add after sound that ends with `tail`, for `wanted` silent samples there.

    With at least `pause_samples` of them a cut can fall into the pause.
    """
    tail = tail[-2 * wanted :]
    quiet = (len(tail) - len(tail.rstrip(b"\0"))) // 2  # most of it is nothing at all
    samples = array.array("h", tail[: len(tail) - 2 * quiet])
    if sys.byteorder == "big":
        samples.byteswap()
    for sample in reversed(samples):
        if not -QUIET < sample < QUIET:
            break
        quiet += 1
    return bytes(2 * (wanted - quiet))
