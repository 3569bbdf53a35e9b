"""Ears for the tests: decode sound, measure its length, its loudness and its pauses."""

import array
import io
from dataclasses import dataclass
from operator import mul

import av


@dataclass(frozen=True)
class Heard:
    """Decoded mono samples from -1 to 1 at `sample_rate` Hz."""

    samples: array.array
    sample_rate: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate

    def loudness(self, start_s: float = 0.0, end_s: float | None = None) -> float:
        """The root mean square between two moments."""
        end = len(self.samples) if end_s is None else int(end_s * self.sample_rate)
        part = self.samples[int(start_s * self.sample_rate) : end]
        return (sum(x * x for x in part) / max(1, len(part))) ** 0.5

    def between(self, start_s: float, end_s: float) -> "Heard":
        """The part between two moments."""
        part = slice(max(0, round(start_s * self.sample_rate)), round(end_s * self.sample_rate))
        return Heard(self.samples[part], self.sample_rate)

    def onsets_ms(self, quiet_ms: int = 40, threshold: float = 0.01) -> list[float]:
        """When sound begins after so much silence, or at the very start, in ms."""
        step, found = 2 * self.sample_rate // 1000, []
        quiet = wanted = self.sample_rate * quiet_ms // 1000
        for at in range(0, len(self.samples) - step, step):
            if max(map(abs, self.samples[at : at + step])) <= threshold:
                quiet += step
                continue
            if quiet >= wanted:
                found.append(1000 * at / self.sample_rate)
            quiet = 0
        return found

    def like(self, other: "Heard") -> float:
        """How alike two sounds are at their best fit within a frame: 1 the same, 0 unrelated."""
        return max(self._correlation(other, shift) for shift in range(-40, 41))

    def _correlation(self, other: "Heard", shift: int) -> float:
        here, there = self.samples[max(0, shift) :], other.samples[max(0, -shift) :]
        both = sum(map(mul, here, there))
        energy = sum(map(mul, here, here)) * sum(map(mul, there, there))
        return both / energy**0.5 if energy else float(len(here) == len(there))

    @property
    def peak(self) -> float:
        return max(map(abs, self.samples), default=0.0)


def hear(sound: bytes) -> Heard:
    """Decode a whole MP3."""
    samples = array.array("f")
    with av.open(io.BytesIO(sound)) as container:
        rate = container.streams.audio[0].rate
        for frame in container.decode(audio=0):
            samples.frombytes(bytes(frame.planes[0])[: 4 * frame.samples])
    return Heard(samples, rate)
