import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from speech.circuit_breaker import CircuitBreaker
from speech.engines.natural import NaturalMissing
from speech.engines.natural_speed import Speed, write_speed
from speech.engines.openai_speech import OpenAISpeech
from speech.errors import KeyMissing, UnknownEngine, UnknownVoice
from speech.registry import build_registry


def settings(**changes):
    values = {
        "openai_api_key": "",
        "openai_base_url": "",
        "openai_model": "tts-1",
        "openai_voices": (),
        "openai_price": None,
        "openai_parallel": 8,
        "openai_timeout_s": 60.0,
        "default_voice": "",
        "voices_dir": Path("no voices"),
        "neural_memory_mb": 2048,
    }
    return SimpleNamespace(**(values | changes))


KEYED = {"openai_api_key": "sk-test"}
LOCAL = {"openai_base_url": "http://127.0.0.1:1/v1"}
REALTIME = {"openai_model": "gpt-realtime-2.1"}
LAST_DAY, END = date(2027, 1, 5), date(2027, 1, 6)


def registry_on(day, **changes):
    return build_registry(settings(**changes), today=lambda: day)


@pytest.mark.parametrize(("given", "name"), [({}, "natural"), (KEYED, "openai"), (LOCAL, "openai")])
def test_openai_is_the_default_where_it_is_configured(given, name):
    registry = build_registry(settings(**given))
    engine, voice = registry.resolve()
    assert registry.default.name == engine.name == voice.engine == name


@pytest.mark.parametrize(
    ("voice", "engine", "found"),
    [
        ("nova", "", "openai:nova"),
        ("gmw/de", "", "espeak:gmw/de"),
        ("espeak:gmw/de", "", "espeak:gmw/de"),
        ("espeak:gmw/de", "espeak", "espeak:gmw/de"),
        ("openai:", "", "openai:alloy"),
        ("", "espeak", "espeak:gmw/en"),
    ],
)
def test_a_voice_is_found_by_its_key_or_among_all_engines(voice, engine, found):
    assert build_registry(settings(**KEYED)).resolve(voice, engine)[1].key == found


@pytest.mark.parametrize(
    ("voice", "engine", "error"),
    [
        ("zarathustra", "", UnknownVoice),
        ("espeak:nova", "", UnknownVoice),
        ("nova", "espeak", UnknownVoice),
        ("espeak:gmw/de", "openai", UnknownVoice),
        ("robot:nova", "", UnknownVoice),
        ("nova", "robot", UnknownEngine),
    ],
)
def test_what_does_not_exist_is_refused_by_name(voice, engine, error):
    with pytest.raises(error) as caught:
        build_registry(settings(**KEYED)).resolve(voice, engine)
    assert (voice.partition(":")[2] or voice) in str(caught.value) or engine in str(caught.value)


def test_openai_without_key_or_address_names_both_remedies():
    registry = build_registry(settings())
    for ask in (lambda: registry.get("openai"), lambda: registry.resolve("openai:nova")):
        with pytest.raises(KeyMissing, match=r"OPENAI_API_KEY.*VOICEVERSE_OPENAI_BASE_URL"):
            ask()


def test_the_configured_voice_is_the_default_of_all():
    registry = build_registry(settings(default_voice="espeak:gmw/de", **KEYED))
    assert registry.resolve()[1].key == "espeak:gmw/de"
    assert registry.resolve("", "openai")[1].key == "openai:alloy"


def test_a_configured_voice_makes_its_engine_the_default():
    registry = build_registry(settings(default_voice="espeak:gmw/de"))
    assert registry.default.name == "espeak"
    assert [engine.name for engine in registry.needed_first()] == ["espeak"]


@pytest.mark.parametrize("speed", [Speed(ms=701), Speed(reason="It cannot be loaded.")])
def test_where_the_natural_voice_is_slow_or_unusable_the_embedded_one_is_the_default(
    tmp_path, speed
):
    write_speed(tmp_path, speed)
    registry = build_registry(settings(voices_dir=tmp_path))
    assert registry.resolve()[1].key == "espeak:gmw/en"
    assert [engine.name for engine in registry.needed_first()] == ["espeak", "natural"]
    write_speed(tmp_path, Speed(ms=700))
    assert registry.resolve()[1].key == "natural:heart"


def test_without_the_package_of_the_natural_voice_the_embedded_one_is_the_default(monkeypatch):
    monkeypatch.setattr("speech.engines.natural_voices.is_installed", lambda: False)
    registry = build_registry(settings())
    assert registry.resolve()[1].key == "espeak:gmw/en"
    with pytest.raises(NaturalMissing, match="make run"):
        registry.resolve("natural:heart")


def test_building_loads_no_sdk_and_starts_nothing():
    script = (
        "import pathlib, sys, subprocess, types\n"
        "subprocess.Popen = None\n"
        "from speech.registry import build_registry\n"
        "values = dict(openai_api_key='k', openai_base_url='', openai_model='tts-1',\n"
        "    openai_voices=(), openai_price=None, openai_parallel=8, openai_timeout_s=60.0,\n"
        "    default_voice='', voices_dir=pathlib.Path('none'), neural_memory_mb=9)\n"
        "build_registry(types.SimpleNamespace(**values)).resolve('gmw/en')\n"
        "big = {'openai', 'httpx2', 'pydantic', 'flask', 'sqlite3', 'onnxruntime'}\n"
        "assert not big & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, []),
        (KEYED, ["openai", "openai-realtime"]),
        (LOCAL, ["openai"]),
        (LOCAL | KEYED, ["openai"]),
        (KEYED | REALTIME, ["openai-realtime", "openai"]),
        (LOCAL | REALTIME, ["openai-realtime", "openai"]),
    ],
)
def test_realtime_is_there_for_openai_and_for_servers_whose_model_is_one(given, names):
    registry = build_registry(settings(**given))
    named = [engine.name for engine in registry.engines if engine.name != "piper"]
    assert named == [*names, "natural", "espeak"]
    assert registry.default.name == named[0]


def test_a_model_that_is_named_is_that_of_the_engine_which_speaks_it():
    registry = build_registry(settings(**KEYED, **REALTIME))
    assert registry.get("openai-realtime").model == "gpt-realtime-2.1"
    assert registry.get("openai").model == "tts-1"
    registry = build_registry(settings(**KEYED, openai_model="tts-1-hd"))
    assert registry.get("openai-realtime").model == "gpt-realtime-2.1-mini"
    assert registry.get("openai").model == "tts-1-hd"


def test_no_key_is_sent_to_another_server_than_the_one_it_was_given_for():
    registry = build_registry(settings(**LOCAL, **KEYED, **REALTIME))
    addresses = {engine.address for engine in registry.engines if engine.address}
    assert addresses == {LOCAL["openai_base_url"]}


def test_without_a_key_realtime_names_both_remedies_too_and_they_are_told_once():
    registry = build_registry(settings())
    with pytest.raises(KeyMissing):
        registry.get("openai-realtime")
    assert len(registry.missing()) == 1


def test_the_default_goes_on_over_realtime_on_the_day_the_speech_models_end():
    assert registry_on(LAST_DAY, **KEYED).resolve()[1].key == "openai:alloy"
    assert registry_on(END, **KEYED).resolve()[1].key == "openai-realtime:marin"


def test_the_default_changes_in_a_program_that_runs_over_that_day():
    day = LAST_DAY
    registry = build_registry(settings(**KEYED), today=lambda: day)
    assert registry.default.name == "openai"
    day = END
    assert registry.default.name == "openai-realtime"


def test_a_server_of_ones_own_and_a_realtime_model_go_on_as_they_are():
    assert registry_on(END, **LOCAL).default.name == "openai"
    assert registry_on(END, **KEYED, **REALTIME).default.name == "openai-realtime"


def test_after_the_end_the_natural_voice_stands_in_while_realtime_is_down():
    for day, name in ((LAST_DAY, "openai"), (END, "natural")):
        registry = registry_on(day, **KEYED)
        for engine in registry.engines[:2]:
            engine.breaker = Down("any")
        assert registry.default.name == name


class Down(CircuitBreaker):
    state = "open"


def test_a_configured_voice_that_ended_is_followed_by_the_nearest():
    registry = registry_on(LAST_DAY, **KEYED, default_voice="openai:onyx")
    assert registry.resolve()[1].key == "openai:onyx"
    registry = registry_on(END, **KEYED, default_voice="openai:onyx")
    assert registry.resolve()[1].key == "openai-realtime:cedar"
    registry.get("openai-realtime").breaker = Down("any")
    assert registry.resolve()[1].key == "natural:heart"


def test_every_old_voice_is_still_found_and_has_successors_that_speak():
    registry = registry_on(END, **KEYED)
    assert registry.resolve("openai:nova")[1].key == "openai:nova"
    fallbacks = [voice.key for _, voice in registry.nearest_voices("openai", "nova", "de")]
    assert fallbacks == ["openai-realtime:coral", "espeak:gmw/de"]
    assert registry.has_ended(registry.get("openai"))


class Added:
    """A source of one engine, of another one for the person 7."""

    def __init__(self, name):
        self.engine, self.own = (
            OpenAISpeech("k", "http://127.0.0.1:1/v1", name=name, label=name) for _ in range(2)
        )
        self.asked = 0

    def engines_for(self, user_id):
        self.asked += 1
        return [self.own if user_id == 7 else self.engine]

    def why_not(self, name):
        return None

    def close(self):
        self.asked = -1


def test_engines_that_are_added_come_last_and_are_found_by_name_and_by_person():
    source = Added("cellar")
    registry = build_registry(settings(), source)
    assert registry.engines[-1] is source.engine
    assert registry.default.name == "natural"
    assert registry.resolve("cellar:nova")[1].key == "cellar:nova"
    assert registry.get("cellar") is source.engine
    assert registry.get("cellar", 7) is source.own
    registry.close()
    assert source.asked == -1


def test_an_added_engine_takes_no_name_that_is_there_or_could_be():
    for name in ("espeak", "openai"):
        registry = build_registry(settings(), Added(name))
        assert [engine.label for engine in registry.engines].count(name) == 0
        assert name in registry.fixed_names


def test_who_asks_for_a_fixed_engine_asks_no_source():
    source = Added("cellar")
    registry = build_registry(settings(), source)
    registry.get("espeak", 7)
    registry.resolve("espeak:gmw/en")
    assert source.asked == 0
