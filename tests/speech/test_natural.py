"""The natural voices, for real: sound, words in time, other scripts, and a process that dies."""

import array
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from speech.engines import natural
from speech.engines.espeak import EspeakEngine
from speech.engines.natural import ModelUnusable, NaturalEngine, UnreadableText
from speech.engines.natural_process import TARGET_RMS, Noise
from speech.engines.natural_speed import Speed, read_speed, speed_path, write_speed
from speech.engines.natural_voices import VOICES, model_path
from speech.errors import EngineCrashed, EngineMissing, UnknownVoice
from speech.types import SpeechRequest

pytest.importorskip("hibari", reason="hibari-tts is not installed")

TEXT = "The lamp was lit, and nobody came. It was late!"
SIGILL = ["-c", "import os, signal; os.kill(os.getpid(), signal.SIGILL)"]
RATE = NaturalEngine.sample_rate


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NaturalEngine]:
    espeak = EspeakEngine()
    made = NaturalEngine(tmp_path_factory.mktemp("voices"), others=espeak, processes=1)
    yield made
    made.close()
    espeak.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[NaturalEngine]:
    """An engine of a test's own, with no other voice beside it."""
    made = NaturalEngine(tmp_path, processes=1)
    yield made
    made.close()


def spoken(engine, text=TEXT, speed=1.0, voice="heart", phonemes=()):
    """The samples, and each word with the second at which it begins."""
    sound, words = array.array("h"), []
    for chunk in engine.speak(SpeechRequest(text, voice, speed, phonemes)):
        words += [(text[m.start : m.start + m.length], m.sample / RATE) for m in chunk.marks]
        sound.frombytes(chunk.pcm)
    return sound, words


def rms(samples):
    loud = [s for s in samples if abs(s) > 200]
    return (sum(s * s for s in loud) / len(loud)) ** 0.5 / 32767


def silence_before(samples):
    return next(i for i, s in enumerate(samples) if abs(s) > 200) / RATE


def child_of(engine):
    return engine._pool._idle[0][0]


def test_the_sound_begins_at_once_and_every_sentence_is_as_loud(engine):
    sound, words = spoken(engine)
    assert silence_before(sound) < 0.05
    half = round(words[7][1] * RATE)
    assert rms(sound[:half]) == pytest.approx(TARGET_RMS, rel=0.25)
    assert rms(sound[half:]) == pytest.approx(rms(sound[:half]), rel=0.25)
    assert max(map(abs, sound)) < 32_000


def test_each_word_is_marked_in_its_place_and_its_time(engine):
    sound, words = spoken(engine)
    assert [word for word, _ in words] == [
        "The",
        "lamp",
        "was",
        "lit",
        "and",
        "nobody",
        "came",
        "It",
        "was",
        "late",
    ]
    times = [second for _, second in words]
    assert times == sorted(times)
    assert 0 <= times[0] < 0.2
    assert times[-1] < len(sound) / RATE


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_a_word_after_a_pause_is_marked_where_its_sound_begins(engine, speed):
    sound, words = spoken(engine, "Ten. Two. Bill. Tom. Dick. Pat. Cat.", speed)
    for word, second in words:
        at = round(second * RATE)
        early = max(0, at - RATE // 8)
        begins = next(i for i in range(early, len(sound)) if abs(sound[i]) > 330)  # above -40 dB
        assert abs(begins - at) / RATE <= 0.06, word


def test_equal_texts_sound_alike(engine):
    assert spoken(engine)[0] == spoken(engine)[0]


def test_what_is_written_short_is_marked_whole(engine):
    _, words = spoken(engine, "“Don’t,” said Dr. Smith’s well-known aunt, AT&T.")
    assert [word for word, _ in words] == [
        "Don’t", "said", "Dr", "Smith’s", "well-known", "aunt", "AT&T",
    ]  # fmt: skip


def test_phonemes_are_said_as_they_are_written(engine):
    text = "Say zz'u:n now."
    said, words = spoken(engine, text, phonemes=((4, 10),))
    assert [word for word, _ in words] == ["Say", "zz'u:n", "now"]
    assert said != spoken(engine, text)[0]


@pytest.mark.parametrize(
    "text", ["你好，世界。", "Привет, как дела?", "مرحبا بالعالم", "😀😀", "こんにちは", "Ωμέγα"]
)
def test_other_scripts_are_read_by_a_voice_that_can(engine, text):
    sound, words = spoken(engine, text)
    assert len(sound) / RATE > 0.3
    assert max(map(abs, sound)) > 3000
    assert words


def test_a_foreign_word_in_a_sentence_is_heard_in_its_place(engine):
    text = "He said Здравствуйте to me."
    whole, words = spoken(engine, text)
    assert [word for word, _ in words] == ["He", "said", "Здравствуйте", "to", "me"]
    times = [second for _, second in words]
    assert times == sorted(times)
    assert len(whole) > len(spoken(engine, "He said to me.")[0]) + RATE // 3


def test_a_script_that_nobody_reads_is_refused_with_a_sentence(alone):
    with pytest.raises(UnreadableText, match=r"Heart reads English.*Choose a voice"):
        spoken(alone, "Привет")


def test_much_without_punctuation_comes_in_parts_and_whole(engine):
    text = " ".join(["one two three four five six seven"] * 30)
    sound, words = spoken(engine, text)
    assert len(words) == 210
    assert len(sound) / RATE > 40


@pytest.mark.slow
def test_a_text_of_16_kb_is_spoken_whole(engine):
    text = ("The boat came in with the tide. " * 512)[:16_384].rstrip()
    _, words = spoken(engine, text, 2.0)
    assert len(words) == len(text.split())


def test_faster_is_shorter_and_marks_keep_up(engine):
    slow, _ = spoken(engine, speed=0.5)
    fast, words = spoken(engine, speed=2.0)
    assert 3 < len(slow) / len(fast) < 5
    assert words[-1][1] < len(fast) / RATE


def test_an_idle_process_that_died_is_replaced_without_a_word(alone):
    spoken(alone)
    child = child_of(alone)
    os.kill(child._process.pid, signal.SIGKILL)
    child._process.wait()
    assert spoken(alone)[0]


def test_a_process_that_dies_while_it_speaks_is_told_and_the_next_one_speaks(alone):
    sound = alone.speak(SpeechRequest("It was late. " * 60, "heart"))
    next(sound)
    run = sound.gi_frame.f_locals["chunks"].gi_frame.f_locals["pieces"]
    child = run.gi_frame.f_locals["pieces"].gi_frame.f_locals["child"]
    os.kill(child._process.pid, signal.SIGSEGV)
    with pytest.raises(EngineCrashed):
        list(sound)
    assert spoken(alone)[0]


def test_one_start_that_fails_does_not_condemn_the_voice(tmp_path, monkeypatch):
    right, commands = natural.module_arguments, iter([SIGILL, SIGILL, SIGILL])
    monkeypatch.setattr(
        natural, "module_arguments", lambda module: next(commands, None) or right(module)
    )
    engine = NaturalEngine(tmp_path, processes=1)
    with pytest.raises(EngineMissing):
        spoken(engine)
    assert not engine.is_fit  # after two in a row
    engine._load()  # once in vain, then well: as when a worker starts
    assert engine.is_fit
    assert spoken(engine)[0]
    engine.close()


def test_no_process_stays_when_it_is_idle(tmp_path):
    engine = NaturalEngine(tmp_path, processes=1, idle_s=0.05)
    spoken(engine, "One.")
    ended = threading.Event()
    for _ in range(200):
        if not engine.processes:
            ended.set()
            break
        ended.wait(0.05)
    assert ended.is_set()
    assert spoken(engine, "Two.")[0]
    engine.close()


def test_warming_measures_how_fast_the_voice_is(tmp_path):
    engine = NaturalEngine(tmp_path, processes=1)
    assert engine.is_fit
    engine._load()
    measured = read_speed(tmp_path)
    assert 5 < measured.ms < 20_000
    assert measured.reason == ""
    assert engine.is_fit == measured.is_enough
    engine.close()


def test_a_voice_that_cannot_be_used_here_is_not_offered(tmp_path):
    engine = NaturalEngine(tmp_path)
    assert [voice.identifier for voice in engine.voices()] == ["heart"]
    before = engine.state
    write_speed(tmp_path, Speed(reason="It cannot be loaded."))
    assert not engine.voices()
    assert not engine.is_fit
    assert engine.state != before
    with pytest.raises(UnknownVoice, match="heart"):
        engine.voice("heart")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"ms": 3}', b'{"ms": "x", "reason": ""}'])
def test_a_damaged_note_of_the_speed_is_as_none(tmp_path, content):
    speed_path(tmp_path).parent.mkdir()
    speed_path(tmp_path).write_bytes(content)
    assert read_speed(tmp_path) is None
    assert NaturalEngine(tmp_path).is_fit


@pytest.mark.parametrize("dying", [SIGILL, ["-c", "raise SystemExit(1)"]])
def test_a_processor_that_cannot_run_it_is_told_once_for_all(tmp_path, monkeypatch, dying):
    """A process that ends on an illegal instruction, as onnxruntime does without AVX."""
    monkeypatch.setattr(natural, "module_arguments", lambda _module: dying)
    engine = NaturalEngine(tmp_path, processes=1)
    is_illegal = dying is SIGILL
    with pytest.raises(EngineMissing if is_illegal else EngineCrashed, match="natural voice"):
        spoken(engine)
    assert engine.is_fit is not is_illegal
    engine.close()


def place_voice(folder: Path, content: bytes) -> None:
    path = model_path(VOICES["emma"], folder)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def test_a_voice_that_was_cut_is_not_listed(tmp_path):
    place_voice(tmp_path, b"cut")
    assert [voice.identifier for voice in NaturalEngine(tmp_path).voices()] == ["heart"]


def test_a_voice_whose_file_was_changed_is_refused_and_others_go_on(alone, tmp_path):
    heart = model_path(VOICES["heart"], tmp_path).read_bytes()
    place_voice(tmp_path, heart[: VOICES["emma"].size - 1] + b"!")
    assert [voice.identifier for voice in alone.voices()] == ["heart", "emma"]
    with pytest.raises(ModelUnusable, match=r"Emma cannot be used.*changed or cut.*install it"):
        spoken(alone, voice="emma")
    assert spoken(alone)[0]


def test_a_voice_is_tried_before_it_is_kept(engine, tmp_path):
    good = tmp_path / "heart.onnx"
    shutil.copyfile(model_path(VOICES["heart"], tmp_path), good)
    engine.try_model(good, VOICES["heart"])
    good.write_bytes(b"no model")
    with pytest.raises(ModelUnusable, match="changed"):
        engine.try_model(good, VOICES["heart"])


def test_its_process_knows_no_secret_and_no_home(alone, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    spoken(alone, "One.")
    environ = Path(f"/proc/{child_of(alone)._process.pid}/environ").read_bytes()
    assert b"sk-secret" not in environ
    assert b"HOME" not in environ


def test_two_voices_of_a_family_are_told_apart_by_their_sound(engine):
    fingerprint = engine.fingerprint(SpeechRequest(TEXT, "heart"))
    assert engine.fingerprint(SpeechRequest(TEXT, "emma")) != fingerprint
    assert engine.fingerprint(SpeechRequest(f"{TEXT} ", "heart")) == fingerprint


def test_the_noise_in_a_voice_is_the_same_each_time_whatever_was_asked_for_before():
    numpy = pytest.importorskip("numpy")
    noise = Noise(numpy)
    for shape in ((601, 200), (601, 600), (601, 2), (3, 5)):
        wanted = numpy.random.default_rng(0).standard_normal(shape, dtype=numpy.float32)
        found = noise.standard_normal(shape, dtype=numpy.float32)
        assert (found == wanted).all()
        found *= 0  # as the package does with what it gets
