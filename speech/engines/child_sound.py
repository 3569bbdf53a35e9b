"""Sound of a model made fit to be joined: one level, no silence at its ends, the pause after it."""

import math
from typing import Any

PEAK = 0.89  # of full scale: an MP3 decoder overshoots what was encoded, and must not clip
MOST_GAIN = 10.0
QUIET = 0.006  # of full scale: below it a sentence has not begun, or has ended
LEAD_S, TRAIL_S, FADE_S = 0.015, 0.05, 0.005
PAUSE_S = {".": 0.32, "!": 0.32, "?": 0.32, "…": 0.32, ":": 0.22, ";": 0.22, ",": 0.15}
SHORTEST_PAUSE_S = 0.12


def levelled(numpy: Any, sound: Any) -> Any:
    """The sound with its largest sample at PEAK; empty where there is none."""
    sound = numpy.nan_to_num(sound.astype(numpy.float32))
    peak = float(numpy.abs(sound).max(initial=0.0))
    return sound * min(PEAK / peak, MOST_GAIN) if peak else sound[:0]


def heard(numpy: Any, sound: Any, rate: int) -> slice:
    """Where in levelled sound anything is heard, with a little before and after it."""
    loud = numpy.flatnonzero(numpy.abs(sound) > QUIET)
    if not loud.size:
        return slice(0, 0)
    first = max(0, int(loud[0]) - round(LEAD_S * rate))
    return slice(first, min(len(sound), int(loud[-1]) + round(TRAIL_S * rate)))


def faded(numpy: Any, sound: Any, rate: int) -> Any:
    """The sound with ends that swell and die away, so that no join clicks."""
    edge = numpy.linspace(0.0, 1.0, min(round(FADE_S * rate), len(sound)), dtype=numpy.float32)
    sound = sound.copy()
    sound[: len(edge)] *= edge
    sound[len(sound) - len(edge) :] *= edge[::-1]
    return sound


def resampled(numpy: Any, sound: Any, rate: int, wanted: int) -> Any:
    """Resample sound to another rate, by widening or narrowing its spectrum."""
    if rate == wanted:
        return sound
    common = math.gcd(rate, wanted)
    step = rate // common
    # Silence around it keeps the end of the sound from ringing on in its beginning.
    padded = numpy.pad(sound, (0, step + -len(sound) % step))
    length = len(padded) // step * (wanted // common)
    changed = numpy.fft.irfft(numpy.fft.rfft(padded), length) * (length / len(padded))
    return changed[: math.ceil(len(sound) * wanted / rate)]


def samples(numpy: Any, sound: Any) -> bytes:
    """Sound as 16-bit samples."""
    return numpy.clip(numpy.rint(sound * 32767), -32767, 32767).astype("<i2").tobytes()


def pause(last_sign: str, speed: float, rate: int) -> bytes:
    """The silence after a sentence that ends with a sign, as 16-bit samples."""
    return bytes(2 * round(PAUSE_S.get(last_sign, SHORTEST_PAUSE_S) / speed * rate))


def last_sign(phonemes: list[str]) -> str:
    """The last phoneme that is no space: the punctuation, if there is any."""
    return next((sign for sign in reversed(phonemes) if sign.strip()), "")
