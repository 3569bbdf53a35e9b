import io
import random

import pytest

from speech.audio.encoding import Mp3Stream
from speech.audio.id3 import id3_tag
from speech.audio.mp3 import NotMp3, info_frame, parse_frame, place_of, scan_mp3
from tests.support.listening import hear

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


def tone(seconds: float, rate: int, frequency: int = 400) -> bytes:
    import array
    import math

    period = [int(9000 * math.sin(2 * math.pi * frequency * i / rate)) for i in range(rate)]
    whole = array.array("h", period).tobytes()
    size = 2 * int(seconds * rate)
    return (whole * (size // len(whole) + 1))[:size]


def mp3(pcm: bytes, rate: int) -> bytes:
    stream = Mp3Stream(rate)
    sound = stream.feed(pcm) + stream.finish()
    return stream.final_header(len(sound)) + sound


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 44100])
def test_a_finished_file_has_exactly_the_length_of_the_sound(rate):
    pcm = tone(2.34567, rate)
    sound = mp3(pcm, rate)
    assert hear(sound).duration_s == len(pcm) / 2 / rate
    assert scan_mp3(io.BytesIO(sound)).duration_s == len(pcm) / 2 / rate


def test_a_growing_file_can_be_decoded_before_its_length_is_known():
    stream = Mp3Stream(22050)
    growing = stream.header + stream.feed(tone(3, 22050))
    heard = hear(growing)
    assert 2.8 < heard.duration_s <= 3.0
    assert heard.loudness(0.1, 2.7) > 0.15


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 44100])
def test_a_second_is_found_at_the_beginning_of_a_frame(rate):
    sound = mp3(bytes(2 * 2 * rate) + tone(2, rate), rate)
    place = place_of(io.BytesIO(sound), 1.5)
    assert parse_frame(sound[place : place + 4])
    heard = hear(sound[place:])
    assert heard.loudness(0, 0.4) < 0.01
    assert heard.loudness(0.6, 1) > 0.1


def test_a_second_that_is_not_spoken_yet_has_its_byte_already():
    sound = mp3(tone(1, 24000), 24000)
    assert place_of(io.BytesIO(sound), 10) == pytest.approx(80_000, abs=2000)
    assert place_of(io.BytesIO(b""), 10) == 0


def test_a_tag_in_front_changes_neither_sound_nor_length():
    sound = mp3(tone(1, 24000), 24000)
    tagged = id3_tag(title="Ä" * 300, artist="Nova", album="Böse \0 Namen") + sound
    assert scan_mp3(io.BytesIO(tagged)).duration_s == 1.0
    assert hear(tagged).duration_s == 1.0


@pytest.mark.parametrize("rate", RATES)
def test_the_first_frame_is_as_long_as_its_header_says(rate):
    frame = info_frame(rate, 64000)
    assert parse_frame(frame[:4]).size == len(frame)
    assert parse_frame(frame[:4]).sample_rate == rate


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 5000,
        b"ID3",
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
        b'{"error": "no"}' * 500,
        b"RIFF" + b"\0" * 5000,
        b"\xff" * 5000,
        b"\xff\xfb\x90\xc0",
        random.Random(7).randbytes(100_000),
    ],
)
def test_what_is_not_an_mp3_is_refused(data):
    with pytest.raises(NotMp3):
        scan_mp3(io.BytesIO(data))


def test_a_file_that_breaks_off_inside_a_frame_is_refused():
    sound = mp3(tone(2, 22050), 22050)
    with pytest.raises(NotMp3, match="breaks off"):
        scan_mp3(io.BytesIO(sound[:-50]))
    with pytest.raises(NotMp3, match="breaks off"):
        scan_mp3(io.BytesIO(sound[:9000] + b"x" * 400 + sound[9400:]))


def test_a_long_file_is_walked_across_its_blocks():
    sound = mp3(tone(1, 24000), 24000)
    header, body = sound[:192], sound[192:]
    frames = len(body) // 192
    info = scan_mp3(io.BytesIO(body * 150))
    assert info.frames == frames * 150
    assert info.size > 1024 * 1024
    assert header.startswith(b"\xff")
