"""The studio's offer of a natural voice: to whom, in which language, pressed, used, declined."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("piper", reason="piper-tts is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from services.neural_voices import Voices
from services.voice_progress import Progress
from speech.engines.piper import PiperMissing
from tests.support import tiny_voice
from tests.support.serving import wait_until
from tests.support.standin_voices import NaturalStandIn, StandIn

OFFER = "/admin/voices/offer"
GERMAN = "de_DE-thorsten-medium"
LINE = re.compile(r'<p class="fine" role="status">(.*?)</p>')


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StandIn]:
    with StandIn(tmp_path) as made:
        made.add_german(tmp_path)
        yield made


@pytest.fixture
def app(make_app, server):
    made = make_app(voices_url=server.url)
    registry = made.extensions["voiceverse"].registry
    registry._by_name["natural"] = engine = NaturalStandIn()
    registry._fixed = (engine, *(each for each in registry._fixed if each.name != "natural"))
    return made


@pytest.fixture
def voices(services) -> Voices:
    return Voices(services.config, services.registry)


def line(browser, languages: str = "de-DE,de;q=0.9", path: str = "/") -> str:
    """What the studio offers to a browser of these languages; English words, whichever it reads."""
    page = browser.get(path, headers={"Accept-Language": languages}).text
    found = LINE.search(page)
    assert ("<voice-offer" in page) is (path == "/" or bool(found))
    return found.group(1) if found else ""


def press(browser, action: str, language: str = "de-DE", **options: Any):
    return browser.post(OFFER, {"action": action, "language": language}, **options)


def english(browser) -> None:
    """Let a browser read the interface in English, whatever it prefers."""
    browser.post("/language", {"language": "en"})


@pytest.mark.parametrize(
    ("languages", "offered"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "Thorsten (63,2 MB)"),
        ("en-US,en;q=0.9", ""), ("en-GB", ""), ("*", ""), ("", ""),
        ("en,de;q=0.5", "Thorsten"), ("de;q=0", ""),
        ("it-IT", "about 60 MB"), ("fr", "environ 60 Mo"),
        ("tlh", ""), ("tlh,de", "Thorsten"), ("x" * 4000, ""), ("<script>,de", "Thorsten"),
    ],
)  # fmt: skip
def test_the_best_voice_for_the_browsers_languages_is_offered(owner, languages, offered):
    found = line(owner, languages)
    assert offered in found
    assert bool(found) is bool(offered)


def test_the_language_of_the_text_comes_before_those_of_the_browser(owner):
    shown = owner.get(f"{OFFER}?language=de", headers={"Accept-Language": "it"}).text
    assert "Thorsten" in shown
    for unknown in ("en", "tlh", "", "<script>", "x" * 5000):
        asked = f"{OFFER}?{urlencode({'language': unknown})}"
        assert "60 MB" in owner.get(asked, headers={"Accept-Language": "it"}).text
    german = {"text": "Es war spät, und die Lampe brannte noch.", "known": ""}
    owner.post("/draft", german)
    assert "Thorsten" in line(owner, "it")


def test_nothing_is_offered_to_who_cannot_install(guest, stranger, services, server):
    assert line(guest) == ""
    assert guest.get(OFFER).status_code == 404
    for action in ("install", "use", "decline"):
        assert press(guest, action).status_code == 404
        assert press(stranger, action).status_code == 401
    assert (server.asked, services.config.voices_dir.exists()) == ([], False)


def test_an_offer_is_answered_by_a_form_of_ours_alone(owner, server):
    assert press(owner, "install", csrf="forged").status_code == 403
    assert press(owner, "sing").status_code == 400
    assert server.asked == []


def test_nothing_is_offered_where_piper_does_not_run(owner, services):
    registry = services.registry
    del registry._by_name["piper"]
    registry._absent = {"piper": PiperMissing}
    assert line(owner) == ""


def test_nothing_is_offered_where_a_natural_voice_speaks_the_language(owner, services):
    tiny_voice.install(services.config.voices_dir, "de_DE-eva-low", language="de_DE")
    assert line(owner) == ""


def test_one_press_installs_the_voice_and_another_chooses_it(owner, voices):
    answer = press(owner, "install")
    assert (answer.status_code, answer.location) == (303, "/")
    wait_until(lambda: voices.has(GERMAN) and not voices.under_way())
    assert "Thorsten" in line(owner)
    assert f'data-voice="piper:{GERMAN}"' in owner.get("/", headers={"Accept-Language": "de"}).text
    answer = press(owner, "use")
    assert answer.location == f"/?voice=piper:{GERMAN}"
    page = owner.get(answer.location).text
    assert f'value="piper:{GERMAN}" selected' in page
    assert line(owner) == ""


def test_one_press_fetches_the_list_for_a_language_of_which_nothing_is_known_here(
    owner, server, voices
):
    server.voices["it_IT-paola-medium"] = server.voices[GERMAN] | {
        "language": {"code": "it_IT", "name_english": "Italian"}, "name": "paola",
    }  # fmt: skip
    assert press(owner, "install", "it-IT").status_code == 303
    wait_until(lambda: voices.has("it_IT-paola-medium"))
    assert "Paola" in line(owner, "it-IT")


def test_the_progress_is_seen_by_every_admin_and_a_halt_can_be_taken_up(owner, voices, server):
    voices.refresh()
    server.fault = "trickle"
    press(owner, "install")
    shown = owner.get(OFFER, headers={"Accept-Language": "de"}).text
    assert 'data-state="running"' in shown
    assert "<progress" in shown
    owner.client.delete_cookie("voiceverse_voice_offers")
    assert 'data-state="running"' in owner.get(OFFER, headers={"Accept-Language": "de"}).text
    voices.stop(GERMAN)
    server.fault = ""
    wait_until(lambda: voices.under_way()[0].status == "stopped")
    shown = owner.get(OFFER, headers={"Accept-Language": "de"}).text
    assert 'data-state="halted"' in shown
    press(owner, "install")
    wait_until(lambda: voices.has(GERMAN))


@pytest.mark.parametrize("fault", ["404", "html", "wrong", "503"])
def test_a_download_that_fails_is_told_beside_the_offer(owner, server, voices, fault):
    voices.refresh()
    server.fault, server.faulty = fault, ".onnx"
    press(owner, "install")
    wait_until(lambda: voices.under_way()[0].status == "failed", deadline_s=30)
    shown = owner.get(OFFER, headers={"Accept-Language": "de"}).text
    assert 'data-state="halted"' in shown
    assert "127.0.0.1" in shown
    server.fault = ""
    press(owner, "install")
    wait_until(lambda: voices.has(GERMAN))


def test_a_list_that_cannot_be_fetched_is_said_on_the_studio(owner, server):
    server.fault, server.faulty = "404", "voices.json"
    assert press(owner, "install", "it").status_code == 303
    assert "404" in owner.get("/").text
    refused = press(owner, "install", "it", json=True)
    assert refused.status_code == 502
    assert "404" in refused.json["error"]


def test_a_download_that_was_killed_is_taken_up_by_one_press(owner, voices):
    voices._work.tell(Progress(GERMAN, 5, 10))
    assert 'data-state="halted"' in owner.get(OFFER, headers={"Accept-Language": "de"}).text
    press(owner, "install")
    wait_until(lambda: voices.has(GERMAN))


def test_an_offer_that_was_turned_down_stays_away_and_others_do_not(owner):
    assert press(owner, "decline", json=True).status_code == 204
    assert line(owner) == ""
    assert "60 MB" in line(owner, "de,it")


@pytest.mark.parametrize(
    "cookie", ["de", "=", "&&&", "de=../../x", "de=" + "x" * 3900, "de=%00", "a=b&" * 500, "\x7f"]
)
def test_a_cookie_of_somebody_elses_making_changes_nothing(owner, cookie):
    owner.client.set_cookie("voiceverse_voice_offers", cookie)
    found = line(owner)
    assert not found or "Thorsten" in found
    assert press(owner, "use").location == "/"


@pytest.mark.parametrize("language", ["", "<script>", "x" * 5000, "../..", "de\x00", "☃"])
def test_a_language_that_is_none_installs_nothing(owner, language, voices):
    assert press(owner, "install", language).status_code == 303
    assert press(owner, "decline", language).status_code == 303
    assert "Thorsten" in line(owner)
    assert (voices.installed(), voices.under_way()) == ((), [])


def test_an_offer_of_an_interface_in_another_language_is_translated(owner):
    assert "Thorsten" in line(owner, "de")
    english(owner)
    assert line(owner, "de").startswith("Thorsten is a natural voice for German (63.2 MB)")
