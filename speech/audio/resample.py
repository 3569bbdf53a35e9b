"""Resampling of 16-bit sound as it comes, by drawing lines between samples."""

import array
import sys


class Resampler:
    """Resamples a stream of mono 16-bit sound from one rate in Hz to another.

    Lines between samples dull the highest tones; that is enough for a few words of another voice.
    """

    def __init__(self, rate: int, wanted: int) -> None:
        self._rate, self._wanted = rate, wanted
        self._last = 0
        self._place = rate  # of the next sample to make, in 1/wanted of a step after the last one

    def feed(self, pcm: bytes) -> bytes:
        """The samples that can be made from those so far."""
        if self._rate == self._wanted:
            return pcm
        come, made = _samples(pcm), array.array("h")
        place, wanted, before = self._place, self._wanted, self._last
        for after in come:
            while place <= wanted:
                made.append(before + (after - before) * place // wanted)
                place += self._rate
            place -= wanted
            before = after
        self._place, self._last = place, before
        return _bytes(made)

    def position(self, sample: int) -> int:
        """Where a sample of the stream lies in the resampled one."""
        return sample * self._wanted // self._rate


def _samples(pcm: bytes) -> "array.array[int]":
    samples = array.array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _bytes(samples: "array.array[int]") -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
