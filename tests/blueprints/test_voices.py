"""The page of neural voices, and `flask voices`, by every kind of visitor."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("piper", reason="piper-tts is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from services.neural_voices import Voices
from services.voice_progress import Progress
from speech.engines import natural_voices
from speech.engines.piper import REMEDY, PiperMissing
from speech.registry import Registry
from tests.support import tiny_voice
from tests.support.standin_voices import (
    EMMA,
    SAMPLE,
    VOICE,
    NaturalStandIn,
    StandIn,
    natural_voice,
)

PAGE = "/admin/voices"


@pytest.fixture
def server(tmp_path: Path, monkeypatch) -> Iterator[StandIn]:
    monkeypatch.setitem(natural_voices.VOICES, "emma", natural_voice("emma", EMMA))
    with StandIn(tmp_path) as made:
        made.files[natural_voices.VOICES["emma"].file] = EMMA
        yield made


@pytest.fixture
def app(make_app, server):
    made = make_app(voices_url=server.url, natural_voices_url=server.url, min_free_mb=0)
    with_natural(made.extensions["voiceverse"].registry)
    yield made
    made.extensions["voiceverse"].registry.close()


def with_natural(registry: Registry) -> None:
    """Let a stand-in speak in place of the engine of natural voices."""
    engine = NaturalStandIn()
    registry._by_name[engine.name] = engine
    registry._fixed = (engine, *(each for each in registry._fixed if each.name != engine.name))


def without(registry: Registry, name: str) -> None:
    """Take an engine away, as on a machine where it does not run."""
    del registry._by_name[name]
    registry._fixed = tuple(each for each in registry._fixed if each.name != name)
    registry._absent = {name: PiperMissing}


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


def test_the_voice_in_the_box_and_the_kept_list_are_shown(owner):
    page = owner.get(PAGE).text
    assert "included with VoiceVerse" in page
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
    assert action(owner, "take_in", json=True).status_code == 404
    tiny_voice.make_files(folder / "incoming", "de_DE-hand-low", language="de_DE")
    (folder / "incoming" / "any.onnx").write_bytes(EMMA)
    assert action(owner, "take_in").status_code == 303
    assert owner.get(PAGE, json=True).json["installed"] == ["emma", "de_DE-hand-low"]


REFUSED = [
    ("install", "nobody", 404), ("install", "../x", 404), ("stop", VOICE, 404),
    ("forget", "../../voiceverse", 404), ("remove", "..", 404), ("remove", "heart", 404),
    ("take_in", "", 404),
]  # fmt: skip


@pytest.mark.parametrize(("name", "voice", "status"), [("sing", "", 400), ("", "", 400), *REFUSED])
def test_what_cannot_be_done_is_said(owner, name, voice, status, services):
    assert action(owner, name, voice, json=True).status_code == status
    assert services.config.database_path.exists()


@pytest.mark.parametrize(("name", "voice", "status"), REFUSED)
def test_a_form_that_is_refused_leads_back_to_the_page_with_one_sentence(
    owner, name, voice, status
):
    answer = action(owner, name, voice)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert owner.get(PAGE).text.count('class="notice"') == 1


def notice(owner) -> str:
    return re.search(r'class="notice" role="status">(.*?)<', owner.get(PAGE).text).group(1)


def test_whatever_is_pressed_while_a_voice_is_installed_gets_a_page_and_a_sentence(owner, server):
    action(owner, "refresh")
    server.fault = "trickle"
    action(owner, "install", VOICE)
    assert "Installing " in notice(owner)
    for name in ("install", "forget"):
        assert action(owner, name, VOICE, json=True).status_code == 409
        assert action(owner, name, VOICE).status_code == 303
        assert "is being installed right now" in notice(owner)
    assert action(owner, "remove", VOICE).status_code == 303
    assert re.fullmatch(r"No voice named .* is installed\.", notice(owner))
    server.fault = ""
    assert action(owner, "stop", VOICE).status_code == 303
    until(lambda: owner.get(PAGE, json=True).json["under_way"][0]["status"] == "stopped")


def test_an_installed_voice_is_not_installed_again_and_is_not_removed_meanwhile(
    owner, server, services
):
    action(owner, "refresh")
    action(owner, "install", VOICE)
    until(lambda: owner.get(PAGE, json=True).json["installed"] == [VOICE])
    action(owner, "install", VOICE)
    assert "is already installed" in notice(owner)
    lock = Voices(services.config, services.registry)._work.lock(VOICE)  # of another process
    action(owner, "remove", VOICE)
    assert "right now" in notice(owner)
    lock.close()
    action(owner, "remove", VOICE)
    assert "has been removed" in notice(owner)


def test_a_list_that_is_being_fetched_or_cannot_be_is_said(owner, server, services):
    lock = Voices(services.config, services.registry)._work.lock(".list")
    action(owner, "refresh")
    assert "being fetched right now" in notice(owner)
    lock.close()
    server.fault, server.faulty = "404", "voices.json"
    action(owner, "refresh")
    assert "answered 404" in notice(owner)


def test_a_failure_is_told_in_the_language_of_who_looks(owner, server):
    action(owner, "refresh")
    server.fault = "404"
    action(owner, "install", VOICE)
    until(lambda: owner.get(PAGE, json=True).json["under_way"][0]["status"] == "failed")
    german = owner.get(PAGE, headers={"Accept-Language": "de"}).text
    assert "answered 404" not in german
    assert "404" in german


def test_a_natural_voice_is_installed_from_the_page_and_removed(owner, folder):
    page = owner.get(PAGE).text
    assert page.index("Emma") < page.index("thorsten")
    assert "British accent · female" in page
    assert "licence: Apache-2.0" in page
    assert action(owner, "install", "emma").status_code == 303
    until(lambda: owner.get(PAGE, json=True).json["installed"] == ["emma"])
    page = owner.get(PAGE).text
    assert 'value="natural:emma"' in page
    assert 'aria-label="Remove Emma"' in page
    assert action(owner, "remove", "emma").status_code == 303
    assert not (folder / "natural" / "emma.onnx").exists()


@pytest.mark.parametrize(
    ("asked", "found", "missed"),
    [
        ("q=female+british", "Emma", "Kore"), ("q=MALE", "Fenrir", "Emma"),
        ("q=thors+medium", "de_DE-thorsten-medium", "Emma"), ("q=german", "thorsten", "amy"),
        ("q=great+britain&language=en-GB", "Fable", "Kore"), ("q=", "Kore", "No voice matches"),
        ("q=zzz", "No voice matches", "thorsten"),
        ("q=%22%3E%3Cscript%3E", "Available", '"><script>'),
        ("q=" + "a" * 5000, "No voice matches", "a" * 200),
    ],
)  # fmt: skip
def test_voices_are_found_by_words(owner, asked, found, missed):
    page = owner.get(f"{PAGE}?{asked}").text
    shown = page[page.index("list-head") :]
    assert found in shown
    assert missed not in shown


def test_natural_voices_come_first_then_those_of_the_readers_language(owner):
    german = owner.get(PAGE, headers={"Accept-Language": "de"}).text
    places = [german.index(name) for name in ("Kore", "de_DE-thorsten", "en_US-amy-medium")]
    assert places == sorted(places)


def test_words_are_searched_in_the_language_of_the_page(owner):
    german = owner.get(f"{PAGE}?q=deutsch", headers={"Accept-Language": "de"}).text
    assert "de_DE-thorsten-medium" in german
    assert "en_US-amy-medium" not in german


def test_without_piper_one_sentence_says_so_and_no_button_is_dead(owner, services, folder):
    tiny_voice.install(folder, "de_DE-left-low", language="de_DE")
    without(services.registry, "piper")
    page = owner.get(PAGE).text
    assert "Piper’s voices are not available on this machine" in page
    assert "thorsten" not in page
    assert "pip install" not in page
    assert 'value="refresh"' not in page
    assert 'value="natural:heart"' in page
    assert 'value="piper:de_DE-left-low"' not in page  # it cannot be heard
    assert action(owner, "install", "de_DE-thorsten-medium").status_code == 303
    action(owner, "remove", "de_DE-left-low")
    assert "has been removed" in notice(owner)


def test_without_any_engine_nothing_is_offered(owner, services):
    without(services.registry, "piper")
    services.registry.get("natural").is_usable = False
    page = owner.get(PAGE).text
    assert "They are not available on this machine" in page
    assert 'value="install"' not in page
    assert 'value="take_in"' not in page


def test_the_command_line_lists_installs_and_removes(run, server):
    assert "de_DE-thorsten-medium\t63 MB\tCC0" in run(args=["voices", "list"]).output
    answer = run(args=["voices", "list", "--refresh", "--language", "en"])
    assert f"{VOICE}\t0 MB\tlicence: see its card\tEnglish (Utopia)" in answer.output
    assert "fenrir\t8 MB\tApache-2.0\tEnglish (United States)\tmale\n" in answer.output
    assert (
        "emma has been installed. Its licence: Apache-2.0."
        in run(args=["voices", "install", "emma"]).output
    )
    assert "Its licence: CC0." in run(args=["voices", "install", VOICE]).output
    assert f"{VOICE}\t0 MB\tCC0\tinstalled" in run(args=["voices", "list"]).output
    assert run(args=["voices", "remove", VOICE]).output == f"{VOICE} has been removed.\n"


def test_the_command_line_installs_from_a_folder(run, tmp_path):
    tiny_voice.make_files(tmp_path / "stick", "en_US-one-low")
    answer = run(args=["voices", "install", str(tmp_path / "stick")])
    assert (answer.exit_code, answer.stdout[:32]) == (0, "en_US-one-low has been installed")


@pytest.mark.parametrize("args", [["install", "nobody"], ["install", "/none"], ["remove", "x"]])
def test_the_command_line_ends_with_one_sentence(run, args):
    answer = run(args=["voices", *args])
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1


def test_the_command_line_says_how_to_get_piper(run, services):
    without(services.registry, "piper")
    assert run(args=["voices", "list"]).stderr == f"{REMEDY}\n"


def test_a_download_that_was_killed_can_go_on(owner, services):
    Voices(services.config, services.registry)._work.tell(Progress(VOICE, 5, 10))
    page = owner.get(PAGE).text
    assert "stopped" in page
    assert "Continue" in page


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
    followed = owner.get(address, headers={"Sec-Fetch-Mode": "navigate"})
    assert (followed.status_code, followed.location) == (303, PAGE)
    assert "answered 404" in owner.get(PAGE).text
