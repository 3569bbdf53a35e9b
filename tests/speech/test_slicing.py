import io
import itertools
import random

import pytest

from speech.audio.encoding import Mp3Stream, join_pause
from speech.audio.mp3 import scan_mp3
from speech.audio.slicing import Cut, Slicer
from tests.speech.test_mp3 import tone
from tests.support.listening import hear

RATES = (16000, 22050, 24000, 44100)


def spoken(rate: int, seed: int = 3) -> tuple[bytes, list[Cut]]:
    """Eight loud pieces of noise and tones with pauses, and the cuts in the pauses."""
    chance, stream, body, cuts = random.Random(seed), Mp3Stream(rate), b"", []
    base = len(stream.header)
    for _ in range(8):
        pcm = tone(chance.uniform(0.3, 1.2), rate, chance.randint(90, 3000))
        pcm = chance.randbytes(2 * (rate // 20)) + pcm
        body += stream.feed(pcm + join_pause(pcm, rate))
        stream.mark_cut()
        cuts += stream.take_cuts()
    body += stream.finish()
    cuts += stream.take_cuts()
    return stream.final_header(len(body)) + body, [Cut(f, base + b) for f, b in cuts]


def sliced(sound: bytes, cuts: list[Cut]):
    """Each part between cuts: its description and its bytes."""
    file = io.BytesIO(sound)
    info = scan_mp3(file)
    samples = round(info.duration_s * info.sample_rate)
    slicer = Slicer(file, total_frames=info.frames, total_samples=samples)
    parts = [slicer.cut(*pair) for pair in itertools.pairwise([None, *cuts, None])]
    return [(part, b"".join(part.read(file))) for part in parts]


@pytest.mark.parametrize("rate", RATES)
def test_parts_played_one_after_another_are_the_whole_to_the_sample(rate):
    sound, cuts = spoken(rate)
    whole, heard = hear(sound).samples, []
    for part, data in sliced(sound, cuts[:-1]):
        samples = hear(data).samples
        assert len(samples) == part.samples
        assert part.first_sample == len(heard)
        heard.extend(samples)
    assert len(heard) == len(whole)

    assert max(abs(a - b) for a, b in zip(heard, whole, strict=True)) < 1e-6


@pytest.mark.parametrize("rate", RATES)
def test_a_part_is_a_file_whose_info_frame_tells_its_exact_length(rate):
    sound, cuts = spoken(rate)
    for part, data in sliced(sound, [cuts[1], cuts[4]]):
        info = scan_mp3(io.BytesIO(data))
        assert round(info.duration_s * rate) == part.samples
        assert part.size == len(data)


def test_cuts_lie_where_frames_point_back_or_the_test_would_show_nothing():
    sound, cuts = spoken(22050)
    assert sum(len(part.head) > 209 for part, _ in sliced(sound, cuts[:-1])) > 3


def test_a_whole_file_is_its_only_part():
    sound, _ = spoken(24000)
    ((part, data),) = sliced(sound, [])
    assert part.samples == len(hear(sound).samples)
    assert data == sound
