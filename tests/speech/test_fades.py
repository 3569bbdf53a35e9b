import array
import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from services.recorder import Recorder
from speech.audio.fades import Fades
from speech.engines.espeak import EspeakEngine
from speech.text.script import Script
from speech.types import SpeechRequest
from tests.support.making import WORDS

RATE = 8000  # of which 24 samples are a fade


def faded(sizes, level=10_000):
    fades = Fades(RATE)
    chunks = [fades.feed(array.array("h", [level] * size).tobytes()) for size in sizes]
    return array.array("h", b"".join((*chunks, fades.finish())))


@given(st.lists(st.integers(0, 60), max_size=8))
def test_however_it_is_chunked_a_sound_keeps_its_length_and_fades_at_both_ends(sizes):
    sound = faded(sizes)
    assert len(sound) == sum(sizes)
    assert sound == faded([sum(sizes)])
    if sound:
        assert sound[0] == sound[-1] == 0


def test_all_but_its_ends_stays_as_it_was():
    sound = faded([100])
    assert set(sound[24:-24]) == {10_000}
    assert list(sound[:24]) == sorted(sound[:24])
    assert list(sound[-24:]) == sorted(sound[-24:], reverse=True)


def test_only_the_end_of_a_chunk_is_held_back():
    assert len(Fades(RATE).feed(bytes(2 * 1000))) == 2 * (1000 - 24)


def test_where_fifty_sentences_are_joined_the_sound_makes_no_jump():
    chance, engine = random.Random(3), EspeakEngine()
    sentences = (" ".join(chance.choices(WORDS, k=12)).capitalize() + ". " for _ in range(50))
    recorder = Recorder(engine.sample_rate, lambda frames: None)
    pcm, encode, joins = bytearray(), recorder.mp3.feed, []
    recorder.mp3.feed = lambda chunk: (pcm.extend(chunk), encode(chunk))[1]
    try:
        for segment, said in Script("".join(sentences)).lines():
            joins.append(len(pcm) // 2)
            request = SpeechRequest(said.text, engine.default_voice)
            recorder.add_segment(segment, said, engine.speak(request))
    finally:
        engine.close()
    sound = array.array("h", bytes(pcm))
    jumps = [abs(after - before) for before, after in itertools.pairwise(sound)]
    assert len(joins) == 50
    assert max(jumps) > 5000
    assert max(jumps[join + at] for join in joins[1:] for at in range(-20, 5)) < 100
