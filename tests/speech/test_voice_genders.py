from dataclasses import replace
from pathlib import Path

import pytest

from speech.engines.espeak import EspeakEngine
from speech.engines.openai_models import listed_voices
from speech.engines.openai_speech import OpenAISpeech
from speech.engines.piper import PiperEngine
from speech.engines.piper_genders import FEMALE, MALE, gender_of
from speech.engines.piper_models import Model


@pytest.mark.parametrize(
    ("identifier", "speaker", "gender"),
    [
        ("en_US-amy-medium", "", "female"),
        ("en_GB-northern_english_male-medium", "", "male"),
        ("de_DE-thorsten-high", "", "male"),
        ("de_DE-thorsten_emotional-medium", "amused", "male"),
        ("en_GB-jenny_dioco-medium", "", "female"),
        ("es_ES-sharvard-medium", "", None),
        ("es_ES-sharvard-medium", "F", "female"),
        ("en_US-libritts-high", "p3922", None),
        ("amy", "", "female"),
        ("my-own-voice-of-amy", "", None),
        ("", "", None),
    ],
)
def test_the_gender_of_a_piper_voice_is_known_by_what_it_was_made_from(identifier, speaker, gender):
    assert gender_of(identifier, speaker) == gender


def test_no_recordings_are_of_both_genders():
    assert not FEMALE & MALE


def test_a_model_and_its_speakers_have_their_gender():
    model = Model("en_US-ryan-low", Path(), "Ryan", "en-US", "low", 22_050, {"a": 0, "b": 1})
    assert [voice.gender for voice in model.voices("piper")] == ["male"] * 3
    (voice,) = replace(model, identifier="xx-new-low", speakers={}).voices("piper")
    assert voice.gender is None


def test_the_gender_of_a_providers_voice_is_known_by_its_name():
    names = ["nova", "onyx", "alloy", "bf_emma", "am_fenrir", "somebody"]
    genders = [voice.gender for voice in listed_voices(names, "cellar")]
    assert genders == ["female", "male", None, "female", "male", None]


def test_only_voices_like_people_are_natural():
    assert OpenAISpeech.is_natural
    assert PiperEngine.is_natural
    assert not EspeakEngine.is_natural
