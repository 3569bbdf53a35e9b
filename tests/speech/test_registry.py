import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

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


@pytest.mark.parametrize(("given", "name"), [({}, "espeak"), (KEYED, "openai"), (LOCAL, "openai")])
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
