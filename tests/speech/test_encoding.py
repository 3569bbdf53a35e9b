import array
import sys

import pytest

from speech.audio.encoding import Mp3Stream, join_pause, pause_samples
from tests.speech.test_mp3 import tone
from tests.support.listening import hear

RATES = (16000, 22050, 24000, 44100)


def spoken(seconds: float, rate: int) -> bytes:
    pcm = tone(seconds, rate)
    return pcm + join_pause(pcm, pause_samples(rate))


@pytest.mark.parametrize("rate", RATES)
def test_output_comes_in_whole_frames(rate):
    stream = Mp3Stream(rate)
    pieces = [stream.feed(tone(0.111, rate)) for _ in range(20)] + [stream.finish()]
    assert all(piece[:1] in (b"", b"\xff") for piece in pieces)
    assert stream.audio_bytes == sum(map(len, pieces))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seconds", [0.05, 0.7, 3.21])
def test_a_stream_cut_in_a_pause_goes_on_with_nothing_lost_or_heard_twice(rate, seconds):
    first = Mp3Stream(rate)
    sound = first.feed(spoken(seconds, rate))
    first.mark_cut()
    sound += first.feed(tone(1.5, rate, 700))  # spoken, then lost in a kill
    (frames, size) = first.take_cuts()[0]
    resumed = Mp3Stream(rate, frames=frames)
    body = sound[:size] + resumed.feed(spoken(1.0, rate)) + resumed.finish()
    heard = hear(resumed.final_header(len(body)) + body)

    expected = seconds + 1.0 + 2 * pause_samples(rate) / rate
    assert heard.duration_s == pytest.approx(expected, abs=0.08)
    begin = frames * first.samples_a_frame / rate
    assert heard.loudness(begin - 0.02, begin) < 0.02
    assert heard.loudness(begin + 0.05, begin + 0.95) > 0.15
    assert heard.loudness(0.0, seconds) > 0.15
    assert heard.loudness(seconds + 0.03, begin - 0.01) < 0.02


@pytest.mark.parametrize("rate", RATES)
def test_a_stream_that_was_whole_already_ends_once_more_with_nothing(rate):
    first = Mp3Stream(rate)
    body = first.feed(spoken(1.0, rate)) + first.finish()
    again = Mp3Stream(rate, frames=first.frames)
    assert again.finish() == b""
    heard = hear(again.final_header(len(body)) + body)
    assert heard.duration_s == pytest.approx(1.0 + pause_samples(rate) / rate, abs=0.1)


def test_a_cut_is_given_out_only_when_the_sound_before_it_is():
    stream = Mp3Stream(22050)
    stream.feed(spoken(1, 22050))
    stream.mark_cut()
    assert stream.take_cuts() == []
    stream.feed(bytes(22050))
    assert len(stream.take_cuts()) == 1


WANTED = pause_samples(22050)


@pytest.mark.parametrize(
    ("tail", "missing"),
    [
        (b"", WANTED),
        (b"\x00\x40" * 4000, WANTED),
        (bytes(8000), 0),
        (b"\x00\x40" * 1000 + bytes(2 * 800), WANTED - 800),
    ],
)
def test_only_the_missing_part_of_a_pause_is_added(tail, missing):
    assert len(join_pause(tail, pause_samples(22050))) == 2 * missing


@pytest.mark.parametrize(
    ("samples", "missing"),
    [
        ([256, 0, 0], 2), ([-256, 0, 0], 2), ([1, 0, 0], 1), ([199, -199, 5, 0], 0),
        ([200, 0, 0, 0], 1), ([0, 0, 0, 0], 0), ([300, 256, 512, 0x7F00], 4), ([], 4),
    ],
)  # fmt: skip
def test_what_is_quiet_already_counts_for_the_pause(samples, missing):
    tail = array.array("h", samples)
    if sys.byteorder == "big":
        tail.byteswap()
    assert len(join_pause(tail.tobytes(), 4)) == 2 * missing
