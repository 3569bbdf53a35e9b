"""What counts as heard wrong: words, not the ways to write them."""

import io
import math

import av
import numpy
import pytest

from tools.benchmarks.first_sound import _audible
from tools.benchmarks.hearing_words import errors, sentences, words


def test_fifty_sentences_of_books_are_spoken_none_too_short_or_too_long():
    found = sentences()
    assert len(set(found)) == 50
    assert all(40 <= len(sentence) <= 200 for sentence in found)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("In the year 1878, at No. 7.", "in the year eighteen seventy-eight at number seven"),
        ("Left at 8:35 P.M. on 1st May", "left at eight thirty five pm on first may"),
        ("$1.87", "One dollar and eighty-seven cents."),
        ("Mr. Fogg had two hundred and five", "mister Fog had 205"),
        ("His neighbour's grey parlour", "his neighbors grey parlor"),
        ("1,000 sheep", "one thousand sheep"),
    ],
)
def test_the_same_words_written_otherwise_are_heard_right(said, heard):
    assert words(said) == words(heard)


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "a c", 1),
        ("a b c", "a b b c d", 2),
        ("a b c", "", 3),
        ("the cook stove", "the cookstove", 0),
        ("they were alone", "they were a lone", 0),
        ("the sun kissed valley", "the sunkiss valley", 2),
    ],
)
def test_words_to_replace_add_or_leave_out_are_counted(said, heard, wrong):
    assert errors(said.split(), heard.split()) == wrong


def test_the_first_audible_sample_of_a_beginning_is_found_and_silence_is_none():
    import lameenc

    rate = 24_000
    encoder = lameenc.Encoder()
    encoder.set_channels(1), encoder.set_in_sample_rate(rate), encoder.set_bit_rate(64)
    encoder.silence()
    tone = numpy.sin(numpy.arange(rate) * 2 * math.pi * 440 / rate) * 8000
    pcm = numpy.concatenate([numpy.zeros(rate // 2), tone]).astype("<i2").tobytes()
    mp3 = bytes(encoder.encode(pcm) + encoder.flush())
    assert _audible(b"") == (False, None)
    assert _audible(mp3[:2000]) == (True, None)
    is_playing, place_s = _audible(mp3)
    assert is_playing
    assert place_s == pytest.approx(0.5, abs=0.06)
    with av.open(io.BytesIO(mp3), format="mp3") as container:
        assert container.streams.audio[0].rate == rate
