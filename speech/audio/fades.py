"""Fades at the ends of a sound, so that silence can stand before and after it without a click."""

import array
import sys

FADE_S = 0.003


class Fades:
    """Fades in the beginning of a sound that comes in chunks, and fades out its end.

    Of what is fed, the last few samples are held back, as they may be the end.
    """

    def __init__(self, sample_rate: int) -> None:
        self._size = max(1, round(FADE_S * sample_rate))
        self._done = 0  # samples that are faded in already
        self._held = b""

    def feed(self, pcm: bytes) -> bytes:
        """Take in 16-bit samples; returns those that are surely not the end."""
        if self._done < self._size:
            count = self._size - self._done
            pcm = _scaled(pcm[: 2 * count], self._done, self._size) + pcm[2 * count :]
            self._done += min(count, len(pcm) // 2)
        pcm = self._held + pcm
        ready = max(0, len(pcm) - 2 * self._size)
        self._held = pcm[ready:]
        return pcm[:ready]

    def finish(self) -> bytes:
        """Return the end, faded out."""
        held, self._held = self._held, b""
        return _scaled(held, len(held) // 2 - 1, self._size, step=-1)


def _scaled(pcm: bytes, first: int, size: int, *, step: int = 1) -> bytes:
    """Samples times `first` of `size`, the next one `step` more, and so on."""
    samples = array.array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    for index, sample in enumerate(samples):
        samples[index] = sample * (first + step * index) // size
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
