import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from config import Config
from services.neural_voices import AlreadyInstalled, Halted, NoSuchVoice, Voices
from services.voice_catalogue import NotCatalogue, bundled_catalogue, read_list
from services.voice_downloads import Limits, NoRoom, NotFetched, VoiceError, WrongFile
from services.voice_progress import Progress
from services.voice_work import Busy
from speech.engines.piper import PiperEngine, PiperMissing
from speech.engines.piper_models import CONFIG, MODEL, NotPiperModel
from speech.errors import SpeechError
from speech.registry import Registry
from speech.types import SpeechRequest

pytest.importorskip("piper", reason="piper-tts is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from tests.support import tiny_voice
from tests.support.standin_voices import FOLDER, VOICE, StandIn, listed

QUICK = Limits(connect_s=2.0, read_s=1.0, patience_s=0.5, slowest=10_000, pause_s=0.0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StandIn]:
    with StandIn(tmp_path) as made:
        yield made


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PiperEngine]:
    made = PiperEngine(tmp_path / "data" / "voices")
    yield made
    made.close()


@pytest.fixture
def voices(tmp_path: Path, server: StandIn, engine: PiperEngine) -> Voices:
    config = Config(data_dir=tmp_path / "data", voices_url=server.url, min_free_mb=0)
    config.data_dir.mkdir()
    return Voices(config, Registry([engine], "piper"), QUICK)


def files(voices: Voices) -> set[str]:
    return {path.name for path in voices._work.path.rglob("*") if path.is_file()} - {
        "voices.json",
        ".list.lock",
        f"{VOICE}.lock",
    }


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_voice_is_downloaded_tried_kept_and_spoken_with(voices, engine):
    told: list[Progress] = []
    model = voices.install(VOICE, told.append)
    assert [each.identifier for each in voices.installed()] == [VOICE]
    assert (model.licence, model.name, model.language) == ("CC0", "Tiny", "en-US")
    assert model.source == voices._address("")
    assert told[-1].percent == 100
    assert files(voices) == set()
    assert list(engine.speak(SpeechRequest("It was late.", VOICE)))


def test_an_installed_voice_is_installed_again_and_removed(voices, engine):
    voices.install(VOICE)
    voices.install(VOICE)
    assert list(engine.speak(SpeechRequest("It was late.", VOICE)))
    voices.remove(VOICE)
    assert (voices.installed(), engine.voices()) == ((), ())
    assert not (voices._folder / VOICE).exists()


def test_an_installed_voice_is_not_started_again(voices, server):
    voices.install(VOICE)
    voices._work.tell(Progress(VOICE, 5, 10))  # of somebody who was killed meanwhile
    with pytest.raises(AlreadyInstalled):
        voices.start(VOICE)
    assert voices.under_way() == []


@pytest.mark.parametrize("name", ["natural", "incoming", "heart", "emma"])
def test_no_file_takes_the_place_of_other_voices(voices, tmp_path, name):
    with pytest.raises(SpeechError):
        voices.install_from(tiny_voice.make_files(tmp_path / "stick", name))
    assert voices.installed() == ()


def test_the_list_is_fetched_by_one_at_a_time(voices, server):
    lock = voices._work.lock(".list")
    with pytest.raises(Busy, match="list is being fetched"):
        voices.refresh()
    lock.close()
    assert voices.refresh().offers


def test_the_best_voice_of_a_language_comes_with_one_call(voices, server, tmp_path):
    german = server.add_german(tmp_path)
    assert voices.best("de-AT").identifier == german
    assert voices.start_best("de-AT").identifier == german
    voices.start_best("de")  # pressed twice
    until(lambda: [voice.identifier for voice in voices.installed()] == [german])
    assert voices.start_best("de").identifier == german  # and once more


def test_a_list_is_fetched_first_where_the_kept_one_has_nothing_good(voices, server):
    server.voices["it_IT-paola-medium"] = server.voices[VOICE] | {
        "language": {"code": "it_IT", "name_english": "Italian"}, "name": "paola",
        "quality": "medium",
    }  # fmt: skip
    assert (voices.best("it"), voices.may_have("it"), voices.may_have("tlh")) == (None, True, False)
    assert voices.start_best("it").identifier == "it_IT-paola-medium"
    until(lambda: voices.installed() and not voices.under_way())
    assert (voices.may_have("it"), voices.may_have("fr")) == (True, False)
    with pytest.raises(NoSuchVoice, match="no voice for this language"):
        voices.start_best("fr")


@pytest.mark.parametrize("name", ["nobody", "..", "../data", "", ".work"])
def test_what_is_not_installed_cannot_be_removed(voices, name):
    with pytest.raises(NoSuchVoice):
        voices.remove(name)


@pytest.mark.parametrize("name", ["en_US-nobody-low", "../../etc", ""])
def test_what_the_catalogue_does_not_have_is_named(voices, name):
    with pytest.raises(NoSuchVoice, match="no voice named"):
        voices.install(name)
    assert not list(voices._folder.parent.glob("*.lock"))


@pytest.mark.parametrize(
    ("fault", "error", "sentence", "kept"),
    [
        ("404", NotFetched, "127.0.0.1 answered 404", False),
        ("403", NotFetched, "answered 403", False),
        ("503", NotFetched, "broke off or does not answer", False),
        ("html", WrongFile, "web page instead of a voice", False),
        ("hidden_html", NotFetched, "broke off", True),
        ("wrong", WrongFile, "sent the wrong file", False),
        ("longer", WrongFile, "sent the wrong file", True),
        ("hang", NotFetched, "broke off", True),
        ("trickle", NotFetched, "too slow", True),
        ("loop", WrongFile, "redirects in circles", False),
    ],
)
def test_a_download_that_fails_says_why_and_installs_nothing(
    voices, server, fault, error, sentence, kept
):
    server.fault = fault
    with pytest.raises(error, match=sentence):
        voices.install(VOICE)
    server.let_go.set()
    assert voices.installed() == ()
    (progress,) = voices.under_way()
    assert progress.status == "failed"
    assert progress.sentence
    assert (f"{MODEL}.part" in files(voices)) == kept
    server.fault = ""
    assert voices.install(VOICE)
    assert voices.under_way() == []


def test_a_download_that_was_cut_goes_on_where_it_broke_off(voices, server):
    server.fault = "cut_once"
    voices.install(VOICE)
    ranges = [wanted for path, wanted in server.asked if path == f"elsewhere/{FOLDER}/{VOICE}.onnx"]
    half = len(server.files[f"{FOLDER}/{VOICE}.onnx"]) // 2
    assert ranges == ["", f"bytes={half}-"]


@pytest.mark.parametrize("fault", ["no_range", "other_range", "416"])
def test_a_server_that_cannot_resume_is_asked_for_the_whole(voices, server, fault):
    part = voices._work.room(VOICE) / f"{MODEL}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(server.files[f"{FOLDER}/{VOICE}.onnx"][:1000])
    server.fault = fault
    assert voices.install(VOICE)
    assert "bytes=1000-" in [wanted for _, wanted in server.asked]


def test_a_wrong_beginning_is_found_by_the_checksum_and_the_whole_fetched(voices, server):
    part = voices._work.room(VOICE) / f"{MODEL}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(1000))
    assert voices.install(VOICE)
    assert "bytes=1000-" in [wanted for _, wanted in server.asked]


def test_a_server_that_is_away_is_named(voices, server, engine, tmp_path):
    config = Config(data_dir=tmp_path / "data", voices_url="http://127.0.0.1:9/v", min_free_mb=0)
    away = Voices(config, Registry([engine], "piper"), QUICK)
    with pytest.raises(NotFetched, match=r"127\.0\.0\.1"):
        away.refresh()
    name = bundled_catalogue().offers[0].identifier
    with pytest.raises(NotFetched, match=r"127\.0\.0\.1"):
        away.install(name)


def test_a_model_that_cannot_be_spoken_with_is_refused(voices, server):
    broken = b"\x08\x08" + bytes(5000)
    server.files[f"{FOLDER}/{VOICE}.onnx"] = broken
    server.voices = {VOICE: listed(server.files)}
    with pytest.raises(NotPiperModel, match="not a voice that Piper can use"):
        voices.install(VOICE)
    assert (voices.installed(), files(voices)) == ((), {f"{VOICE}.json"})


def test_no_room_on_the_disk_is_said_before_anything_comes(voices, monkeypatch, server):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10))
    with pytest.raises(NoRoom):
        voices.install(VOICE)
    assert not any(path.endswith(".onnx") for path, _ in server.asked)


def test_a_download_in_the_background_is_seen_stopped_and_taken_up_again(voices, server):
    voices.refresh()
    server.fault = "trickle"
    voices._limits = Limits(pause_s=0.0)
    voices.start(VOICE)
    until(lambda: any(each.done for each in voices.under_way()))
    (progress,) = voices.under_way()
    assert (progress.status, progress.total) == ("running", voices.catalogue().find(VOICE).size)
    with pytest.raises(Busy):
        voices.start(VOICE)
    with pytest.raises(Busy):
        voices.forget(VOICE)
    voices.stop(VOICE)
    until(lambda: voices.under_way()[0].status == "stopped")
    server.fault = ""
    server.let_go.set()
    until(lambda: not voices._work.is_held(VOICE))
    voices.start(VOICE)
    until(lambda: voices.installed() and not voices.under_way())
    assert any(wanted for path, wanted in server.asked if path.startswith("elsewhere"))


def test_a_stop_is_told_to_who_waits(voices, server):
    def stop(progress: Progress) -> None:
        if progress.status == "running":
            voices.stop(VOICE)

    with pytest.raises(Halted):
        voices.install(VOICE, stop)
    assert voices.under_way()[0].status == "stopped"
    voices.forget(VOICE)
    assert (voices.under_way(), files(voices)) == ([], set())
    with pytest.raises(NoSuchVoice):
        voices.forget(VOICE)


def test_a_download_that_was_killed_counts_as_stopped(voices):
    voices._work.tell(Progress(VOICE, 5, 10))
    assert voices.under_way() == [Progress(VOICE, 5, 10, "stopped")]


def test_a_voice_comes_from_a_file_of_this_machine(voices, tmp_path):
    model = tiny_voice.make_files(tmp_path / "stick", "de_DE-hand-low", language="de_DE")
    (found,) = voices.install_from(model)
    assert (found.identifier, found.language, found.licence) == ("de_DE-hand-low", "de-DE", "CC0")
    assert model.exists()


def test_every_voice_of_a_folder_is_installed(voices, tmp_path):
    tiny_voice.make_files(tmp_path / "stick" / "one", "en_US-one-low")
    tiny_voice.make_files(tmp_path / "stick" / "two", "en_US-two-low")
    found = voices.install_from(tmp_path / "stick")
    assert [model.identifier for model in found] == ["en_US-one-low", "en_US-two-low"]
    assert len(voices.installed()) == 2


def test_a_folder_without_a_voice_is_named(voices, tmp_path):
    for path in (tmp_path / "none.onnx", tmp_path / "served.nothing"):
        with pytest.raises(NoSuchVoice, match="no voice at"):
            voices.install_from(path)


@pytest.mark.parametrize("damage", ["config", "html", "model", "name", "missing"])
def test_a_file_that_is_no_voice_is_refused_and_nothing_stays(voices, tmp_path, damage):
    model = tiny_voice.make_files(tmp_path / "stick", "en_US-hand-low")
    config = model.with_name(f"{model.name}.json")
    if damage == "config":
        config.write_text(json.dumps(tiny_voice.make_config() | {"num_speakers": 0}))
    elif damage == "html":
        config.write_text("<!doctype html>")
    elif damage == "model":
        model.write_bytes(b"<!doctype html>")
    elif damage == "name":
        model = model.rename(model.with_name("a voice.onnx"))
        config.rename(config.with_name("a voice.onnx.json"))
    else:
        config.unlink()
    with pytest.raises(NotPiperModel):
        voices.install_from(model)
    assert (voices.installed(), files(voices) - {"en_US-hand-low.lock"}) == ((), set())


def test_without_piper_the_sentence_says_how_to_get_it(tmp_path):
    espeak = PiperEngine(tmp_path)  # some engine; the registry knows it by another name
    registry = Registry([espeak], "piper")
    registry._by_name, registry._absent = {}, {"piper": PiperMissing}
    with pytest.raises(PiperMissing):
        Voices(Config(data_dir=tmp_path), registry).install(VOICE)


def test_the_catalogue_is_the_kept_one_until_the_servers_is_fetched(voices):
    assert len(voices.catalogue().offers) > 30
    assert voices.catalogue().as_of.startswith("2026-")
    (offer,) = voices.refresh().offers
    assert (offer.identifier, offer.language_name) == (VOICE, "English (Utopia)")
    assert offer.sample == f"{FOLDER}/samples/speaker_0.mp3"
    assert voices.catalogue().offers == (offer,)


@pytest.mark.parametrize("fault", ["404", "html", "503", "hidden_html"])
def test_a_list_that_cannot_be_fetched_leaves_the_one_before(voices, server, fault):
    before = voices.refresh()
    server.fault, server.faulty = fault, "voices.json"
    with pytest.raises(VoiceError):
        voices.refresh()
    assert voices.catalogue() == before


def test_every_kept_voice_is_whole():
    offers = bundled_catalogue().offers
    assert len({offer.identifier for offer in offers}) == len(offers)
    for offer in offers:
        assert offer.files[0].name == MODEL
        assert {file.name for file in offer.files} >= {MODEL, CONFIG}
        assert offer.size > 20_000_000
        assert len(offer.files[0].md5) == 32


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"../../x.onnx": {"size_bytes": 5}, "x.onnx.json": {"size_bytes": 5}}},
        {"files": {"/etc/x.onnx": {"size_bytes": 5}, "x.onnx.json": {"size_bytes": 5}}},
        {"files": {"x.onnx": {"size_bytes": 5 << 30}, "x.onnx.json": {"size_bytes": 5}}},
        {"files": {"x.onnx": {"size_bytes": 5, "md5_digest": "."}, "x.onnx.json": {}}},
        {"files": {"x.onnx": {"size_bytes": 5}}},
        {"files": None},
        {"language": {}},
        {"num_speakers": "many"},
    ],
)  # fmt: skip
def test_a_listed_voice_that_cannot_be_is_passed_over(change):
    good = listed({"x.onnx": b"1", "x.onnx.json": b"2"})
    assert len(read_list(json.dumps({"a": good, "b": good | change, "../c": good}).encode())) == 1


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"\xff", b"3"])
def test_what_is_no_list_is_said_to_be_none(content):
    with pytest.raises(NotCatalogue):
        read_list(content)
