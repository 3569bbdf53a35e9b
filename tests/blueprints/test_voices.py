"""The page of neural voices, and `flask voices`, by every kind of visitor."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("piper", reason="piper-tts is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

import blueprints.voices as room
from services.voice_progress import Progress
from speech.engines.piper import REMEDY
from tests.support import tiny_voice
from tests.support.standin_voices import SAMPLE, VOICE, StandIn

PAGE = "/admin/voices"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StandIn]:
    with StandIn(tmp_path) as made:
        yield made


@pytest.fixture
def app(make_app, server):
    made = make_app(voices_url=server.url, min_free_mb=0)
    yield made
    made.extensions["voiceverse"].registry.close()


@pytest.fixture
def folder(services) -> Path:
    return services.config.voices_dir


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def action(browser, name: str, voice: str = "", **options):
    return browser.post(PAGE, {"action": name, "voice": voice}, **options)


def test_the_page_does_not_exist_for_others(guest, stranger):
    assert guest.get(PAGE).status_code == 404
    assert stranger.get(PAGE).status_code == 303


@pytest.mark.parametrize("name", ["install", "stop", "forget", "remove", "refresh", "take_in"])
def test_nobody_else_changes_anything(guest, stranger, name, folder, server):
    assert action(guest, name, VOICE).status_code == 404
    assert action(stranger, name, VOICE).status_code == 401
    assert server.asked == []
    assert not folder.exists()


def test_an_empty_folder_invites_and_the_kept_list_is_shown(owner):
    page = owner.get(PAGE).text
    assert "No neural voice is installed yet" in page
    assert "de_DE-thorsten-medium" in page
    assert "licence: CC0" in page
    german = owner.get(f"{PAGE}?language=de-DE").text
    assert "de_DE-thorsten-medium" in german
    assert "en_US-amy-medium" not in german


def test_a_voice_is_installed_from_the_page_heard_and_removed(owner, server, services):
    assert action(owner, "refresh").status_code == 303
    assert action(owner, "install", VOICE).status_code == 303
    until(lambda: owner.get(PAGE, json=True).json["installed"] == [VOICE])
    page = owner.get(PAGE).text
    assert f"piper:{VOICE}" in page
    assert "licence: CC0" in page
    assert f"piper:{VOICE}" in owner.get("/voices").text
    heard = owner.post("/preview", {"voice": f"piper:{VOICE}", "sentence": "It was late."})
    assert heard.content_type == "audio/mpeg"
    filename = owner.speak("It was late. The lamp was lit.", voice=f"piper:{VOICE}")
    assert owner.get(f"/files/{filename}", json=True).json["status"] == "ready"
    assert action(owner, "remove", VOICE).status_code == 303
    assert owner.get(PAGE, json=True).json["installed"] == []
    assert owner.get(f"/audio/{filename}").status_code == 200


def test_a_broken_download_shows_its_sentence_and_can_be_dropped(owner, server):
    action(owner, "refresh")
    server.fault = "404"
    action(owner, "install", VOICE)
    until(lambda: owner.get(PAGE, json=True).json["under_way"][0]["status"] == "failed")
    (way,) = owner.get(PAGE, json=True).json["under_way"]
    assert "answered 404" in way["error"]
    page = owner.get(PAGE).text
    assert "answered 404" in page
    assert 'value="forget"' in page
    assert action(owner, "forget", VOICE).status_code == 303
    assert owner.get(PAGE, json=True).json["under_way"] == []


def test_a_running_download_shows_how_far_it_is_and_is_stopped(owner, server, app):
    action(owner, "refresh")
    server.fault = "trickle"
    action(owner, "install", VOICE)
    page = owner.get(PAGE).text
    assert "data-going" in page
    assert '<progress max="100"' in page
    assert action(owner, "stop", VOICE).status_code == 303
    until(lambda: owner.get(PAGE, json=True).json["under_way"][0]["status"] == "stopped")


def test_files_that_lie_ready_are_taken_in(owner, folder):
    assert action(owner, "take_in").status_code == 404
    tiny_voice.make_files(folder / "incoming", "de_DE-hand-low", language="de_DE")
    assert action(owner, "take_in").status_code == 303
    assert owner.get(PAGE, json=True).json["installed"] == ["de_DE-hand-low"]


@pytest.mark.parametrize(
    ("name", "voice", "status"),
    [
        ("sing", "", 400), ("", "", 400), ("install", "nobody", 404), ("install", "../x", 404),
        ("stop", VOICE, 404), ("forget", "../../voiceverse", 404), ("remove", "..", 404),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(owner, name, voice, status, services):
    assert action(owner, name, voice, json=True).status_code == status
    assert services.config.database_path.exists()


def test_without_piper_the_page_says_how_to_get_it(owner, monkeypatch):
    monkeypatch.setattr(room, "is_installed", lambda: False)
    assert "requirements/neural.txt" in owner.get(PAGE).text


def test_the_command_line_lists_installs_and_removes(run, server):
    assert "de_DE-thorsten-medium\t63 MB\tCC0" in run(args=["voices", "list"]).output
    answer = run(args=["voices", "list", "--refresh", "--language", "en"])
    assert answer.output.startswith(f"{VOICE}\t0 MB\tlicence: see its card\tEnglish (Utopia)")
    assert "Its licence: CC0." in run(args=["voices", "install", VOICE]).output
    assert f"{VOICE}\t0 MB\tCC0\tinstalled" in run(args=["voices", "list"]).output
    assert run(args=["voices", "remove", VOICE]).output == f"{VOICE} is removed.\n"


def test_the_command_line_installs_from_a_folder(run, tmp_path):
    tiny_voice.make_files(tmp_path / "stick", "en_US-one-low")
    answer = run(args=["voices", "install", str(tmp_path / "stick")])
    assert (answer.exit_code, answer.stdout[:26]) == (0, "en_US-one-low is installed")


@pytest.mark.parametrize("args", [["install", "nobody"], ["install", "/none"], ["remove", "x"]])
def test_the_command_line_ends_with_one_sentence(run, args):
    answer = run(args=["voices", *args])
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1


def test_the_command_line_says_how_to_get_piper(run, monkeypatch):
    monkeypatch.setattr(room, "is_installed", lambda: False)
    assert run(args=["voices", "list"]).stderr == f"{REMEDY}\n"


def test_a_download_that_was_killed_can_go_on(owner, services):
    room_of_voices = room.Voices(services.config, services.registry)
    room_of_voices._tell(Progress(VOICE, 5, 10))
    page = owner.get(PAGE).text
    assert "stopped" in page
    assert "Go on" in page


def test_a_recording_is_heard_before_a_voice_is_installed(owner, guest, server):
    address = f"{PAGE}/{VOICE}/sample.mp3"
    assert owner.get(address).status_code == 404  # not in the list that came with the program
    action(owner, "refresh")
    answer = owner.get(address)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "audio/mpeg", SAMPLE)
    assert guest.get(address).status_code == 404
    for fault in ("html", "hidden_html", "404"):
        server.fault, server.faulty = fault, ".mp3"
        assert owner.get(address, json=True).status_code >= 400
