"""The further voices of the natural family: fetched, checked by hash, tried, kept, removed."""

import errno
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from config import Config
from services import voice_folders
from services.neural_voices import AlreadyInstalled, NoSuchVoice, Voices
from services.voice_downloads import Limits, NoRoom, NotFetched, VoiceError, WrongFile
from services.voice_work import Busy
from speech.engines import natural_voices
from speech.engines.natural import NaturalEngine
from speech.errors import EngineCrashed, EngineMissing, SpeechError
from speech.registry import Registry
from speech.types import SpeechRequest
from tests.support.serving import wait_until

pytest.importorskip("onnx", reason="onnx is not installed")

from tests.support.standin_voices import EMMA, MUTE, NaturalStandIn, StandIn, natural_voice

QUICK = Limits(connect_s=2.0, read_s=1.0, patience_s=0.5, slowest=10_000, pause_s=0.0)
FILE = natural_voices.VOICES["emma"].file


@pytest.fixture
def server(tmp_path: Path, monkeypatch) -> Iterator[StandIn]:
    monkeypatch.setitem(natural_voices.VOICES, "emma", natural_voice("emma", EMMA))
    monkeypatch.setitem(natural_voices.VOICES, "kore", natural_voice("kore", MUTE))
    with StandIn(tmp_path) as made:
        made.files |= {FILE: EMMA, natural_voices.VOICES["kore"].file: MUTE}
        yield made


@pytest.fixture
def engine() -> NaturalStandIn:
    return NaturalStandIn()


@pytest.fixture
def voices(tmp_path: Path, server: StandIn, engine: NaturalStandIn) -> Voices:
    config = Config(data_dir=tmp_path / "data", natural_voices_url=server.url, min_free_mb=0)
    config.data_dir.mkdir()
    return Voices(config, Registry([engine], "natural"), QUICK)


@pytest.fixture
def kept(voices: Voices) -> Path:
    return voices._folder / "natural" / "emma.onnx"


def names(voices: Voices) -> list[str]:
    return [voice.identifier for voice in voices.installed()]


def test_four_voices_are_offered_with_all_that_is_known_of_them(voices):
    offers = {offer.name: offer for offer in voices.offers()}
    assert set(offers) == {"emma", "fenrir", "fable", "kore"}
    fenrir = offers["fenrir"]
    assert (fenrir.label, fenrir.language, fenrir.gender) == ("Fenrir", "en-US", "male")
    assert (fenrir.size, fenrir.licence) == (8_031_158, "Apache-2.0")


def test_a_voice_is_fetched_tried_and_kept_for_this_account_alone(voices, engine, kept):
    voice = voices.install("emma")
    assert (voice.key, voice.name, voice.language) == ("natural:emma", "Emma", "en-GB")
    assert kept.read_bytes() == EMMA
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert (engine.tried, names(voices)) == (["emma"], ["emma"])
    assert (voices.under_way(), [*voices._work.path.glob("emma*[!k]")]) == ([], [])


def test_a_voice_is_removed_and_the_one_in_the_box_is_not(voices, kept):
    voices.install("emma")
    voices.remove("emma")
    assert (names(voices), kept.exists()) == ([], False)
    for name in ("emma", "heart", "natural"):
        with pytest.raises(NoSuchVoice):
            voices.remove(name)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("404", NotFetched), ("503", NotFetched), ("html", WrongFile), ("hidden_html", NotFetched),
        ("wrong", WrongFile), ("longer", WrongFile), ("hang", NotFetched), ("trickle", NotFetched),
        ("loop", WrongFile), ("cut", NotFetched),
    ],
)  # fmt: skip
def test_what_is_not_the_voice_is_never_kept_and_the_next_try_succeeds(
    voices, server, engine, fault, error
):
    server.fault = fault
    with pytest.raises(error):
        voices.install("emma")
    assert (names(voices), engine.tried) == ([], [])
    assert voices.under_way()[0].status == "failed"
    server.let_go.set()
    server.fault = ""
    assert voices.install("emma")


def test_a_cut_download_goes_on_where_it_broke_off(voices, server, kept):
    server.fault = "cut_once"
    voices.install("emma")
    asked = [wanted for path, wanted in server.asked if path == f"elsewhere/{FILE}"]
    assert asked == ["", f"bytes={len(EMMA) // 2}-"]
    assert kept.read_bytes() == EMMA


def test_a_voice_that_makes_no_sound_is_not_kept(voices, engine):
    with pytest.raises(EngineCrashed):
        voices.install("kore")
    assert (engine.tried, names(voices)) == (["kore"], [])
    assert "no audio" in voices.under_way()[0].sentence


def test_a_full_disk_is_said_before_and_while_something_comes(voices, monkeypatch, server):
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10))
        with pytest.raises(NoRoom):
            voices.install("emma")
    assert server.asked == []

    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(voice_folders.os, "fsync", refuse)
        with pytest.raises(NoRoom):
            voices.install("emma")
    assert (names(voices), voices.under_way()[0].status) == ([], "failed")
    assert voices.install("emma")


def test_a_disk_that_is_full_at_the_start_is_no_crash(voices, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(voices._work, "tell", refuse)
    with pytest.raises(NoRoom):
        voices.start("emma")
    assert not voices._work.is_held("emma")


def test_only_one_of_many_at_once_installs_a_voice(voices, server):
    server.fault = "trickle"
    voices._limits = Limits(pause_s=0.0)
    outcomes: list[str] = []

    def press() -> None:
        try:
            voices.start("emma")
            outcomes.append("started")
        except Busy:
            outcomes.append("busy")

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["busy"] * 7 + ["started"]
    server.fault = ""
    voices.stop("emma")
    wait_until(lambda: not voices._work.is_held("emma"))


def test_an_installed_voice_is_not_fetched_again(voices, server):
    voices.install("emma")
    before = len(server.asked)
    with pytest.raises(AlreadyInstalled):
        voices.start("emma")
    assert len(server.asked) == before


def test_a_voice_that_was_changed_on_disk_is_offered_and_installed_again(voices, kept):
    voices.install("emma")
    kept.write_bytes(EMMA[:-1])
    assert names(voices) == []
    voices.install("emma")
    assert kept.read_bytes() == EMMA


CHILD = """
import sys
from pathlib import Path
from config import Config
from services.neural_voices import Voices
from speech.engines import natural_voices
from speech.registry import Registry
from tests.support.standin_voices import EMMA, NaturalStandIn, natural_voice

natural_voices.VOICES["emma"] = natural_voice("emma", EMMA)
config = Config(data_dir=Path(sys.argv[1]), natural_voices_url=sys.argv[2], min_free_mb=0)
Voices(config, Registry([NaturalStandIn()], "natural")).install("emma")
"""


def test_an_installation_that_was_killed_half_way_goes_on_there(voices, server, kept):
    server.fault = "trickle"
    arguments = [sys.executable, "-c", CHILD, str(voices._config.data_dir), server.url]
    with subprocess.Popen(arguments, cwd=Path(__file__).parents[2]) as child:
        part = voices._work.room("emma") / "model.onnx.part"
        wait_until(lambda: part.exists() and part.stat().st_size and voices.under_way())
        with pytest.raises(Busy):
            voices.start("emma")
        child.send_signal(signal.SIGKILL)
    (progress,) = voices.under_way()
    assert progress.status == "stopped"
    came = part.stat().st_size
    server.fault = ""
    voices.start("emma")
    wait_until(lambda: names(voices) == ["emma"])
    assert (f"elsewhere/{FILE}", f"bytes={came}-") in server.asked
    assert kept.read_bytes() == EMMA


# From files of this machine


def test_a_file_is_known_by_its_hash_whatever_it_is_called(voices, tmp_path, kept):
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "something.onnx").write_bytes(EMMA)
    (voice,) = voices.install_from(stick)
    assert (voice.key, kept.read_bytes()) == ("natural:emma", EMMA)


@pytest.mark.parametrize("name", ["emma.onnx", FILE])
@pytest.mark.parametrize("content", [EMMA[:-1], EMMA[:-1] + b"!", b""])
def test_a_damaged_file_of_a_voice_is_told_apart(voices, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(VoiceError, match="damaged"):
        voices.install_from(path)
    assert names(voices) == []


# Where they do not run


def test_voices_that_do_not_run_here_are_neither_offered_nor_installed(voices, engine):
    engine.is_usable = False
    assert voices.missing() == {"natural", "piper"}
    assert voices.offers() == ()
    with pytest.raises(EngineMissing):
        voices.start("emma")
    assert voices.under_way() == []


# With the engine itself


def test_the_engine_speaks_with_a_model_that_was_installed(tmp_path, server, monkeypatch):
    if not natural_voices.is_installed():
        pytest.skip("hibari-tts is not installed")
    heart = natural_voices.VOICES["heart"]
    model = natural_voices.model_path(heart, tmp_path).read_bytes()
    monkeypatch.setitem(natural_voices.VOICES, "emma", natural_voice("emma", model))
    server.files[FILE] = model
    config = Config(data_dir=tmp_path / "data", natural_voices_url=server.url, min_free_mb=0)
    config.data_dir.mkdir()
    with closing(NaturalEngine(config.voices_dir)) as engine:
        voices = Voices(config, Registry([engine], "natural"), QUICK)
        with pytest.raises(SpeechError):
            voices.install("kore")  # what comes for it is no model
        voices.install("emma")
        assert [voice.identifier for voice in engine.voices()] == ["heart", "emma"]
        assert sum(len(chunk.pcm) for chunk in engine.speak(SpeechRequest("It was late.", "emma")))
        voices.remove("emma")
        assert [voice.identifier for voice in engine.voices()] == ["heart"]
