from datetime import date, timedelta
from pathlib import Path

import pytest

from speech import model_shutdowns
from speech.engines.espeak import EspeakEngine
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import EVERY_MODEL, NEWER_MODELS, OpenAISpeech
from speech.types import Voice

LAST_DAY = date(2027, 1, 5)
END = date(2027, 1, 6)


def piper(identifier, language, gender=None):
    return Voice(identifier, identifier.title(), language, "piper", gender)


@pytest.fixture(scope="module")
def voices():
    engines = (OpenAISpeech("sk-test"), OpenAIRealtime("sk-test"), EspeakEngine())
    return [voice for engine in engines for voice in engine.voices()]


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"])
def test_the_speech_models_end_on_the_sixth_of_january(model):
    assert model_shutdowns.end_of(model) == END
    assert not model_shutdowns.has_ended(model, LAST_DAY)
    assert model_shutdowns.has_ended(model, END)


def test_the_models_that_go_on_have_no_end():
    assert model_shutdowns.end_of("gpt-realtime-2.1-mini") is None
    assert not model_shutdowns.has_ended("gpt-realtime-2.1-mini", date(2099, 1, 1))


def test_what_the_package_of_the_provider_says_is_in_the_table():
    from openai.types.audio import speech_model

    text = Path(speech_model.__file__).read_text()
    assert END.isoformat() in text
    named = [name for name in model_shutdowns.ENDS if f'"{name}"' in text]
    assert {"tts-1", "tts-1-hd", "gpt-4o-mini-tts"} <= set(named)


def test_an_end_is_told_sixty_days_ahead_and_from_then_on():
    def told(today):
        return {notice.model for notice in model_shutdowns.notices(today)}

    assert "tts-1" not in told(END - timedelta(days=61))
    assert "tts-1" in told(END - timedelta(days=60))
    assert "gpt-realtime" not in told(END - timedelta(days=60))
    assert {"tts-1", "gpt-realtime"} <= told(END)
    (first, *_) = model_shutdowns.notices(END)
    assert first.shutdown == END
    assert "2027-01-06" in first.sentence


def test_every_voice_of_the_ending_models_has_a_successor_in_each_engine(voices):
    for name in (*EVERY_MODEL, *NEWER_MODELS):
        found = model_shutdowns.nearest_voices("openai", name, voices)
        assert [engine for engine, _ in found] == ["openai-realtime", "espeak"]


@pytest.mark.parametrize(
    ("voice", "next_one"),
    [("alloy", "alloy"), ("nova", "coral"), ("onyx", "cedar"), ("fable", "ballad")],
)
def test_a_voice_goes_on_under_its_name_or_as_the_nearest_by_ear(voices, voice, next_one):
    assert model_shutdowns.nearest_voices("openai", voice, voices)[0] == (
        "openai-realtime",
        next_one,
    )


def test_a_voice_of_the_texts_language_follows():
    voices = [*EspeakEngine().voices(), piper("thorsten", "de-DE"), piper("amy", "en-US", "female")]
    german = model_shutdowns.nearest_voices("openai", "nova", voices, language="de-AT")
    assert german == [("piper", "thorsten"), ("espeak", "gmw/de")]
    english = model_shutdowns.nearest_voices("openai", "nova", voices)
    assert english == [("piper", "amy"), ("espeak", "gmw/en")]


def test_a_voice_like_the_old_one_comes_before_others_of_its_language():
    voices = [
        piper("alan", "en-GB", "male"),
        piper("kim", "en-US"),
        piper("amy", "en-US", "female"),
    ]
    assert model_shutdowns.nearest_voices("openai", "nova", voices) == [("piper", "amy")]
    assert model_shutdowns.nearest_voices("openai", "onyx", voices) == [("piper", "alan")]
    assert model_shutdowns.nearest_voices("robot", "r2", voices, gender="female") == [
        ("piper", "amy")
    ]


def test_a_voice_has_no_successor_in_its_own_engine_or_in_another_language():
    voices = [piper("amy", "en-US"), piper("alan", "en-GB")]
    assert model_shutdowns.nearest_voices("piper", "amy", voices) == []
    assert model_shutdowns.nearest_voices("openai", "nova", voices, language="fi") == []
