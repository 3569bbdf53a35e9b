"""The answers for voices that cannot speak: whose they are, what they take and show."""

import re

import pytest

from server.worker import Worker
from tests.conftest import Browser
from tests.support.changeover import changeover
from tests.support.making import SENTENCES


@pytest.fixture
def change():
    with changeover() as change:
        yield change


@pytest.fixture
def app(make_app, change, monkeypatch):
    monkeypatch.setattr("web.services.build_registry", lambda *_: change.registry)
    app = make_app()
    change.learn(app.extensions["voiceverse"].studio)
    return app


@pytest.fixture
def stopped(owner, change):
    """A piece of nova whose provider has ended her model, failed."""
    answer = owner.post("/generate", {"text": SENTENCES, "voice": "openai:nova"}, json=True)
    change.end()
    work(owner)
    return answer.json["filename"]


def work(browser):
    Worker(browser.services.studio).run_pending()


def test_a_stopped_piece_offers_those_who_could_go_on_with_their_price(owner, stopped):
    page = owner.get(f"/files/{stopped}").text
    assert "does not have this model" in page
    options = re.findall(r'<option value="([^"]+)">([^<]+)</option>', page)
    realtime, embedded = options[-2:]
    assert realtime == ("openai-realtime:coral", "Coral (OpenAI Realtime) · price unknown")
    assert (embedded[0], embedded[1][-6:]) == ("espeak:gmw/en", "· free")


def test_the_chosen_voice_goes_on_and_the_page_says_so(owner, stopped):
    answer = owner.post(f"/files/{stopped}/voice", {"voice": "espeak:gmw/en"})
    assert (answer.status_code, answer.location) == (303, f"/files/{stopped}")
    work(owner)
    page = owner.get(f"/files/{stopped}").text
    assert "from 0:00: " in page
    assert "Another voice for the rest" not in page
    assert owner.services.studio.voice_fallback.rule(owner.user["id"]) == "ask"


def test_a_tick_lets_the_nearest_voice_go_on_from_now_on(owner, stopped):
    order = {"voice": "openai-realtime:coral", "always": "1"}
    assert owner.post(f"/files/{stopped}/voice", order, json=True).status_code == 202
    assert owner.services.studio.voice_fallback.rule(owner.user["id"]) == "nearest"


@pytest.mark.parametrize(
    ("voice", "status"), [("espeak:nobody", 400), ("nothing:nova", 400), ("", 303)]
)
def test_a_voice_that_is_not_there_is_refused_and_none_means_the_default(
    owner, stopped, voice, status
):
    assert owner.post(f"/files/{stopped}/voice", {"voice": voice}).status_code == status


def test_a_piece_of_somebody_else_is_like_one_that_is_missing(owner, guest, stranger, stopped):
    order = {"voice": "espeak:gmw/en"}
    for browser, status in ((guest, 404), (stranger, 401)):
        assert browser.post(f"/files/{stopped}/voice", order).status_code == status
    missing = guest.post("/files/20260101-0000000000000000.mp3/voice", order, json=True)
    assert missing.json == guest.post(f"/files/{stopped}/voice", order, json=True).json
    assert owner.services.db.get_audio_file(stopped, owner.user["id"])["status"] == "failed"


def test_a_finished_piece_takes_no_other_voice(owner):
    filename = owner.speak(SENTENCES, voice="espeak:gmw/en")
    answer = owner.post(f"/files/{filename}/voice", {"voice": "openai:nova"}, json=True)
    assert answer.status_code == 409


def test_what_happens_by_itself_is_chosen_in_the_account(owner, guest):
    assert owner.post("/account/stand-in", {"rule": "free"}).status_code == 303
    page = owner.get("/account").text
    assert re.search(r'value="free" checked', page)
    assert re.search(r'value="ask" checked', guest.get("/account").text)
    assert owner.post("/account/stand-in", {"rule": "always"}, json=True).status_code == 400


def test_a_text_for_a_voice_that_ended_is_refused_with_the_nearest(owner, change):
    change.end()
    for path in ("/generate", "/quote"):
        answer = owner.post(path, {"text": SENTENCES, "voice": "openai:nova"}, json=True)
        assert answer.status_code == 409
        assert "Coral (OpenAI Realtime)" in answer.json["error"]


def test_the_studio_starts_with_the_voice_that_follows(owner, change):
    owner.post("/draft", {"text": SENTENCES, "voice": "openai:nova"})
    change.end()
    page = owner.get("/").text
    assert 'value="openai-realtime:coral" selected' in page
    assert 'value="openai:nova"' not in page
    assert "was discontinued on 6 January 2027" in page


def test_a_change_of_a_piece_whose_voice_ended_asks_who_speaks(owner, change):
    filename = owner.speak(SENTENCES, voice="openai:nova")
    assert "<span>Spoken by</span>" not in owner.get(f"/files/{filename}/retake").text
    change.end()
    page = owner.get(f"/files/{filename}/retake").text
    assert 'value="openai-realtime:coral"' in page
    start, end = (re.search(rf'name="{name}" value="(\d+)"', page)[1] for name in ("start", "end"))
    order = {"start": start, "end": end, "text": "A storm came up.", "voice": "espeak:gmw/en"}
    assert owner.post(f"/files/{filename}/retake", order, json=True).status_code == 202
    work(owner)
    page = owner.get(f"/files/{filename}").text
    assert "A storm came up." in page
    assert "Voices" in page


def test_a_sentence_that_was_said_otherwise_is_told_with_what_is_heard(owner, change):
    written = "Nobody had ever seen anything like it before on this quiet shore."
    change.realtime.transcripts = {written: "Nobody <b>came</b>."}
    filename = owner.speak(written, voice="openai-realtime:marin")
    page = owner.get(f"/files/{filename}").text
    assert "1 sentence was not read as written" in page
    assert "heard: Nobody &lt;b&gt;came&lt;/b&gt;." in page


def test_an_engine_that_does_not_answer_is_told_in_the_studio_and_to_admins(owner, change):
    change.speech.fault = "error_503"
    for _ in range(2):
        owner.speak(SENTENCES, voice="openai:nova")
    assert "OpenAI speech has not answered since" in owner.get("/").text
    assert "Not answering" in owner.get("/admin/voices").text


def test_a_voice_installed_a_moment_ago_is_in_the_studio(make_app, password_hash, monkeypatch):
    app = make_app()
    services = app.extensions["voiceverse"]
    owner = Browser(app, services.db.create_user("vera", password_hash))
    before = owner.get("/").text
    engine = services.registry.get("espeak")
    voices = (*engine.voices()[:1],)
    monkeypatch.setattr(engine, "voices", lambda: voices)
    monkeypatch.setattr(type(engine), "state", 1)
    after = owner.get("/").text
    assert before.count("<option") > 100 > after.count("<option")
