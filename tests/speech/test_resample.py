"""Sound of another rate, as it comes."""

import array
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.audio.resample import Resampler


def tone(rate, seconds=0.5, hertz=440.0):
    wave = (
        round(9000 * math.sin(2 * math.pi * hertz * i / rate)) for i in range(int(rate * seconds))
    )
    return array.array("h", wave).tobytes()


def crossings(pcm):
    samples = array.array("h", pcm)
    return sum(a < 0 <= b for a, b in pairwise(samples))


@pytest.mark.parametrize(("rate", "wanted"), [(22_050, 24_000), (24_000, 22_050), (8_000, 24_000)])
def test_a_tone_keeps_its_length_pitch_and_level(rate, wanted):
    made = Resampler(rate, wanted).feed(tone(rate))
    assert len(made) / 2 == pytest.approx(wanted * 0.5, abs=2)
    assert crossings(made) == pytest.approx(220, abs=1)
    assert max(array.array("h", made)) == pytest.approx(9000, rel=0.02)


@given(st.lists(st.integers(0, 400), max_size=20))
def test_sound_in_pieces_is_the_same_as_in_one(sizes):
    pcm = tone(22_050, 0.2)
    stream, made, at = Resampler(22_050, 24_000), b"", 0
    for size in sizes:
        made += stream.feed(pcm[at : at + 2 * size])
        at += 2 * size
    made += stream.feed(pcm[at:])
    assert made == Resampler(22_050, 24_000).feed(pcm)


def test_the_same_rate_is_passed_on():
    assert Resampler(24_000, 24_000).feed(b"\1\2\3\4") == b"\1\2\3\4"
