import pytest

from speech.engines.espeak import EspeakEngine
from speech.engines.openai_speech import OpenAISpeech
from speech.engines.piper import PiperEngine
from speech.types import Voice
from web.voice_names import description, dialect, option_name, shown_name

ESPEAK = EspeakEngine()
GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def german(app):
    with app.test_request_context(headers=GERMAN):
        yield


@pytest.fixture
def english(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("gmq/sv", "Schwedisch"),
        ("gmw/de", "Deutsch"),
        ("art/piqd", "Klingonisch"),
        ("art/qya", "Quenya"),
        ("sit/yue", "Kantonesisch"),
        ("grk/grc", "Altgriechisch"),
        ("gmw/en-GB-x-gbclan", "Englisch (Lancaster)"),
    ],
)
def test_names_that_are_languages_are_told_in_the_readers_language(german, identifier, name):
    assert shown_name(ESPEAK.voice(identifier), ESPEAK) == name


def test_in_english_they_stay_as_they_are(english):
    assert all(shown_name(voice, ESPEAK) == voice.name for voice in ESPEAK.voices())


def test_no_two_german_names_are_the_same(german):
    names = [shown_name(voice, ESPEAK) for voice in ESPEAK.voices()]
    assert len(set(names)) == len(names)
    assert all(name == name.strip() and "()" not in name for name in names)


def test_odd_names_are_shown_as_they_are(german):
    for name in ("(", "()", "English (", ") English", "a" * 500, " "):
        assert shown_name(Voice("x", name, "en", "espeak"), ESPEAK).strip()
    own = Voice("x", "Swedish", "sv", "openai")
    assert shown_name(own, OpenAISpeech("k")) == "Swedish"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en-US", "American English"),
        ("en-GB-scotland", "British English"),
        ("en-IN", "English (India)"),
        ("en", "English"),
        ("de-DE", "German"),
        ("de-AT", "Austrian German"),
        ("pt-BR", "Brazilian Portuguese"),
        ("nl-BE", "Flemish"),
        ("nb", "Norwegian"),
        ("zh-CN", "Chinese"),
        ("es-419", "Latin American Spanish"),
        ("xx", "xx"),
        ("und", "Unknown language"),
    ],
)
def test_a_language_is_told_with_its_country_where_that_says_anything(english, tag, name):
    assert dialect(tag) == name


def test_an_option_tells_where_a_voice_speaks_if_it_is_not_here(english, tmp_path):
    amy = Voice("en_US-amy-medium", "Amy (medium)", "en-US", "piper", "female")
    piper = PiperEngine(tmp_path)
    assert option_name(amy, piper) == "Amy (medium) · American English, female · natural"
    provider = OpenAISpeech("k")
    nova = provider.voice("nova")
    assert option_name(nova, provider) == f"Nova · English, female · natural · {provider.label}"
    assert option_name(ESPEAK.voice("gmq/sv"), ESPEAK) == "Swedish"
    assert description(Voice("x", "X", "de-DE", "piper"), piper) == "German"
