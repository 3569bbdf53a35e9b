import array
import importlib.util
import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from speech.engines.child_sound import last_sign
from speech.engines.piper import NoVoices, PiperChild, PiperEngine, PiperMissing, VoiceUnusable
from speech.engines.piper_models import CONFIG, MODEL, NotPiperModel, read_config, read_model
from speech.engines.piper_process import parts
from speech.errors import EngineCrashed, UnknownVoice
from speech.types import SpeechRequest

pytest.importorskip("piper", reason="piper-tts is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from tests.support import tiny_voice

TINY, TWO = "en_US-tiny-low", "de_DE-zwei-low"
TEXT = "It was late. The lamp was already lit, and nobody came."
RATE = PiperEngine.sample_rate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("voices")
    tiny_voice.install(made, TINY)
    tiny_voice.install(made, TWO, rate=16_000, speakers=("anna", "otto"), language="de_DE")
    return made


@pytest.fixture
def engine(folder: Path) -> Iterator[PiperEngine]:
    made = PiperEngine(folder, processes=2)
    yield made
    made.close()


@pytest.fixture
def child() -> Iterator[Callable[[int], PiperChild]]:
    started = []

    def start(room: int) -> PiperChild:
        started.append(PiperChild(room))
        started[-1].get_ready()
        return started[-1]

    yield start
    for each in started:
        each.close()


def samples(engine, text=TEXT, voice=TINY, speed=1.0) -> array.array:
    pcm = b"".join(chunk.pcm for chunk in engine.speak(SpeechRequest(text, voice, speed)))
    return array.array("h", pcm)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill_children(engine: PiperEngine) -> None:
    for process, _ in engine._pool._idle:
        os.kill(process._process.pid, signal.SIGKILL)
        process._process.wait()


def test_a_model_and_its_speakers_are_voices(engine):
    named = [(voice.identifier, voice.name, voice.language) for voice in engine.voices()]
    assert named == [
        (TWO, "Zwei (low)", "de-DE"),
        (f"{TWO}#anna", "Zwei, anna (low)", "de-DE"),
        (f"{TWO}#otto", "Zwei, otto (low)", "de-DE"),
        (TINY, "Tiny (low)", "en-US"),
    ]


@pytest.mark.parametrize("voice", ["de_DE-zwei-low#emil", f"{TINY}#anna", "../secret_key", ""])
def test_what_is_not_installed_is_unknown(engine, voice):
    with pytest.raises(UnknownVoice):
        engine.voice(voice)


def test_voices_come_and_go_while_the_engine_lives(tmp_path):
    engine = PiperEngine(tmp_path / "voices")
    assert (engine.voices(), engine.default_voice) == ((), "")
    with pytest.raises(NoVoices, match="flask voices install"):
        engine.voice(engine.default_voice)
    made = tiny_voice.install(tmp_path / "voices")
    assert [voice.identifier for voice in engine.voices()] == [TINY]
    made.rename(tmp_path / "away")
    assert engine.voices() == ()


def test_sound_begins_and_ends_without_silence_or_click_and_pauses_after_a_sentence(engine):
    sound = samples(engine, "It was late.")
    loud = [place for place, sample in enumerate(sound) if abs(sample) > 300]
    assert loud[0] < 0.02 * RATE
    assert 0.3 * RATE < len(sound) - loud[-1] < 0.4 * RATE
    assert abs(sound[0]) < 100
    assert max(map(abs, sound[:20])) < 2000


def test_nothing_clips_and_every_sentence_is_as_loud(engine):
    assert 28_000 < max(map(abs, samples(engine, "It was late."))) < 30_000
    assert 28_000 < max(map(abs, samples(engine, "Nobody came, and the lamp was lit."))) < 30_000


def test_a_clause_pauses_less_than_a_sentence(engine):
    def pause(text: str) -> int:
        sound = samples(engine, text)
        return len(sound) - max(place for place, sample in enumerate(sound) if abs(sample) > 300)

    assert pause("It was late,") < pause("It was late:") < pause("It was late.")


def test_a_voice_of_another_rate_keeps_its_pitch_and_its_length(engine, folder, tmp_path):
    tiny_voice.install(tmp_path, "en_US-slow-low", rate=16_000)
    slow = PiperEngine(tmp_path)
    try:
        low, normal = samples(slow, TEXT, "en_US-slow-low"), samples(engine)
    finally:
        slow.close()
    assert len(low) == pytest.approx(len(normal), rel=0.01)

    def crossings(sound: array.array) -> int:
        loud = [sample for sample in sound if abs(sample) > 300]
        return sum(a < 0 <= b for a, b in itertools.pairwise(loud))

    assert crossings(low) == pytest.approx(crossings(normal), rel=0.03)


def test_speakers_of_a_model_differ(engine):
    assert samples(engine, voice=f"{TWO}#anna") != samples(engine, voice=f"{TWO}#otto")


def test_a_long_text_without_a_stop_is_spoken_whole(engine):
    words = "lamp and book and chair and " * 40
    assert len(samples(engine, words)) / len(samples(engine, "lamp and book and chair and ")) > 30


def test_phonemes_are_parted_between_words():
    phonemes = list("abcd " * 150)
    made = list(parts(phonemes))
    assert list(itertools.chain(*made)) == phonemes
    assert all(len(part) <= 500 for part in made)
    assert all(part[-1] == " " for part in made)
    assert list(parts(["a"] * 1100)) == [["a"] * 500, ["a"] * 500, ["a"] * 100]
    assert list(parts([" "])) == []
    assert last_sign(["a", ".", " "]) == "."


def test_a_process_that_ended_while_idle_is_replaced_unheard(engine):
    samples(engine)
    kill_children(engine)
    assert len(samples(engine)) > RATE


def test_a_crash_in_the_middle_is_named_and_the_next_request_is_spoken(engine):
    sound = engine.speak(SpeechRequest(TEXT * 20, TINY))
    next(sound)
    process = sound.gi_frame.f_locals["chunks"].gi_frame.f_locals["chunks"]
    os.kill(process.gi_frame.f_locals["child"]._process.pid, signal.SIGSEGV)
    with pytest.raises(EngineCrashed, match="Piper"):
        for _ in sound:
            pass
    assert len(samples(engine)) > RATE


def test_two_texts_are_spoken_by_two_processes_and_a_third_waits_for_one(engine):
    first, second = (engine.speak(SpeechRequest(TEXT * 9, TINY)) for _ in range(2))
    next(first), next(second)
    assert engine.processes == 2
    first.close()
    assert len(samples(engine)) > RATE
    assert engine.processes == 2
    second.close()


def test_a_request_goes_to_the_process_that_holds_its_model(engine):
    first, second = (engine.speak(SpeechRequest(TEXT, voice)) for voice in (TINY, TWO))
    next(first), next(second)
    for sound in (first, second):
        list(sound)
    for voice in (TINY, TWO, TINY, TINY, TWO):
        samples(engine, voice=voice)
    assert sorted(len(each.loaded) for each, _ in engine._pool._idle) == [1, 1]


def test_processes_without_work_end_and_leave_the_memory(folder):
    engine = PiperEngine(folder, idle_s=0.05)
    try:
        samples(engine)
        until(lambda: engine.processes == 0)
        assert len(samples(engine)) > RATE
    finally:
        engine.close()


@pytest.mark.parametrize(("room", "kept"), [(1 << 30, {TINY, TWO}), (1, {TWO})])
def test_the_least_recently_used_model_leaves_when_there_is_no_room(child, folder, room, kept):
    process = child(room)
    for name in (TWO, TINY, TWO):
        list(process.speak(read_model(folder / name), None, 1.0, "One."))
    assert {Path(path).parent.name for path in process.loaded} == kept


def test_a_broken_model_is_told_and_its_process_speaks_on(child, tmp_path, folder):
    made = tiny_voice.install(tmp_path)
    (made / MODEL).write_bytes(b"\x08\x08 this is no model")
    process = child(1 << 30)
    with pytest.raises(VoiceUnusable, match="could not use the voice"):
        list(process.speak(read_model(made), None, 1.0, "One."))
    assert list(process.speak(read_model(folder / TINY), None, 1.0, "One."))


def test_a_model_is_tried_before_it_is_kept(engine, tmp_path):
    made = tiny_voice.install(tmp_path)
    engine.try_model(read_model(made))
    (made / MODEL).write_bytes(b"\x08\x08")
    with pytest.raises(VoiceUnusable):
        engine.try_model(read_model(made))


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc")
def test_the_process_sees_no_environment_of_the_parent(child, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    process = child(1)
    assert b"sk-secret" not in Path(f"/proc/{process._process.pid}/environ").read_bytes()


def test_a_new_model_under_an_old_name_is_another_sound(tmp_path):
    made = tiny_voice.install(tmp_path)
    request = SpeechRequest("One.", TINY)
    before = PiperEngine(tmp_path).fingerprint(request)
    manifest = json.loads((made / "manifest.json").read_bytes())
    (made / "manifest.json").write_text(json.dumps(manifest | {"sha256": "0" * 64}))
    assert PiperEngine(tmp_path).fingerprint(request) != before


def test_without_the_package_the_sentence_names_the_remedy(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PiperMissing, match=r"requirements/neural\.txt"):
        PiperChild(1)


@pytest.mark.parametrize(
    "change",
    [
        {"audio": {"sample_rate": 1}},
        {"audio": {}},
        {"num_speakers": 0},
        {"num_symbols": "many"},
        {"espeak": {"voice": "../../etc/passwd"}},
        {"phoneme_type": "pinyin"},
        {"phoneme_id_map": {}},
        {"phoneme_id_map": {"a": 1}},
        {"speaker_id_map": {"anna": "one"}},
    ],
)
def test_a_configuration_that_cannot_be_spoken_with_is_refused(tmp_path, change):
    path = tmp_path / CONFIG
    path.write_text(json.dumps(tiny_voice.make_config() | change))
    with pytest.raises(NotPiperModel, match="not the configuration of a Piper voice"):
        read_config(path)


@pytest.mark.parametrize("content", ["<html>", "[]", "{}", "null", '"' + "x" * (1 << 20)])
def test_a_file_that_is_no_configuration_is_refused(tmp_path, content):
    path = tmp_path / CONFIG
    path.write_text(content)
    with pytest.raises(NotPiperModel):
        read_config(path)


@pytest.mark.parametrize(
    ("config", "folder", "tag"),
    [
        ({}, "en_US-tiny-low", "en-US"),
        ({"language": None}, "de_DE-tiny-low", "de-DE"),
        ({"language": None}, "Something", "en-US"),
    ],
)
def test_the_language_is_found_in_the_configuration_the_name_or_the_reader(
    tmp_path, config, folder, tag
):
    made = tiny_voice.install(tmp_path, folder)
    (made / CONFIG).write_text(json.dumps(tiny_voice.make_config() | config))
    assert read_model(made).language == tag
