"""Who is kept out: nothing more is bought for them, and nothing more is sent to them."""

import http.client
import sqlite3
import threading
import time
from contextlib import closing, suppress

import pytest

from queries.leases import RETAKES
from queries.users import WAS_DISABLED
from storage.errors import NotFound, WrongState
from tests.conftest import Browser
from tests.support.making import prose
from tests.support.serving import PASSWORD, App, Client, wait_until
from tests.support.standin_openai import StandIn

VOICE = "openai:alloy"
FREE_VOICE = "gmw/en-US"
PIECES = 12
BIG = 48 << 20  # more than lies in the buffers between a server and who does not read


@pytest.fixture
def slow_provider():
    """A provider slow enough for somebody to step in."""
    with StandIn() as server:
        server.delay_s, server.seconds_per_character = 0.2, 0.02
        yield server


@pytest.fixture
def owner_browser(make_app, password_hash):
    app = make_app()
    db = app.extensions["voiceverse"].db
    return Browser(app, db.create_user("vera", password_hash, is_admin=True))


@pytest.fixture
def app(tmp_path, slow_provider):
    settings = {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": slow_provider.base_url,
        "OPENAI_PRICE": "15",
        "OPENAI_PARALLEL": "2",
    }
    with App(tmp_path, **settings) as app:
        yield app


@pytest.fixture
def owner(app):
    return Client(app).set_up()


@pytest.fixture
def reader(app, owner):
    """Another person, in a browser of theirs."""
    added = app.flask("user", "add", "reader", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0, added.stderr
    return Client(app).log_in("reader")


def query(app, sql):
    with closing(sqlite3.connect(app.data / "voiceverse.db")) as db:
        return db.execute(sql).fetchall()


def change(app, sql):
    with closing(sqlite3.connect(app.data / "voiceverse.db", timeout=30)) as db, db:
        db.execute(sql)


def on_the_page(app, owner):
    (number,) = query(app, "SELECT id FROM users WHERE username = 'reader'")[0]
    status, _, body = owner.post(f"/admin/people/{number}", form="/admin", action="keep_out")
    assert status == 303, body


def on_the_machine(app, owner):
    assert app.flask("user", "disable", "reader").returncode == 0


def enable(app):
    assert app.flask("user", "enable", "reader").returncode == 0


def bought(provider, texts):
    """How many segments of these texts the provider was asked for."""
    return sum(any(call.text in text for text in texts) for call in provider.calls)


@pytest.mark.parametrize("disable", [on_the_page, on_the_machine])
def test_nothing_more_is_bought_for_a_disabled_account(app, owner, reader, slow_provider, disable):
    provider, texts = slow_provider, [prose(15_000, seed=n) for n in range(PIECES)]
    provider.delay_s = 1.0
    for text in texts:
        reader.generate(text, voice=VOICE)
    wait_until(lambda: bought(provider, texts) >= 2, "the first purchases")
    disable(app, owner)
    unfinished = "SELECT count(*) FROM audio_files WHERE status IN ('queued', 'speaking')"
    wait_until(lambda: query(app, unfinished) == [(0,)], "the end of the work")
    paused = (
        f"SELECT filename FROM audio_files WHERE status = 'paused' AND error = '{WAS_DISABLED}'"
    )
    held = [name for (name,) in query(app, paused)]
    assert len(held) > 1
    spent, provider.delay_s = bought(provider, texts), 0.0
    other = owner.generate(prose(1_500, seed=99), voice=VOICE)["filename"]
    owner.until_ready(other)
    assert bought(provider, texts) == spent
    enable(app)
    reader.log_in("reader")
    assert {reader.state(name)["status"] for name in held} == {"paused"}
    status, _, page = reader.request("GET", f"/files/{held[0]}")
    assert (status, WAS_DISABLED in page.decode(), "Continue" in page.decode()) == (200, True, True)
    assert bought(provider, texts) == spent
    reader.post(f"/files/{held[0]}/retry")
    reader.until_ready(held[0])
    assert reader.state(held[1])["status"] == "paused"


def test_what_was_sent_in_while_the_account_was_disabled_waits_for_its_owner(app, owner, reader):
    on_the_machine(app, owner)
    change(
        app,
        """INSERT INTO audio_files (filename, display_name, owner_id, voice, engine, text,
               character_count, status)
           SELECT 'late.mp3', 'Late', id, 'alloy', 'openai', 'Late.', 5, 'queued'
           FROM users WHERE username = 'reader'""",
    )
    owner.until_ready(owner.generate("A piece of somebody else.", voice=FREE_VOICE)["filename"])
    assert query(app, "SELECT status FROM audio_files WHERE filename = 'late.mp3'") == [("queued",)]
    enable(app)
    reader.log_in("reader")
    assert reader.state("late.mp3")["status"] == "paused"


def test_a_change_under_way_buys_no_further_sentence_and_goes_on_when_its_owner_says_so(
    paying, provider
):
    row = paying.speak(prose(300), voice="alloy")
    provider.delay_s = 0.2
    end, text = paying.db.get_segments(row["id"])[0]["text_end"], prose(5_000, seed=7)
    paying.studio.retakes.ask(row, 0, end, text)
    before = len(provider.calls)
    working = threading.Thread(target=paying.worker.run_pending)
    working.start()
    wait_until(lambda: len(provider.calls) > before + 1, "the change")
    paying.db.set_user_active(paying.user_id, False)
    working.join()
    spent = len(provider.calls)
    assert spent < before + len(text) // 400
    paying.db.set_user_active(paying.user_id, True)
    assert paying.worker.run_pending() == 0
    assert len(provider.calls) == spent
    provider.delay_s = 0.0
    paying.db.resume_retake(row["id"])
    assert paying.worker.run_pending() == 1
    assert paying.db.get_text(row["id"]).startswith(text[:1_000])
    bought = provider.bought()
    assert {text: times for text, times in bought.items() if times > 1} == {}


def test_a_paused_change_can_be_given_up_or_replaced(home):
    row = home.speak()
    end = home.db.get_segments(row["id"])[0]["text_end"]
    for give_up in (home.db.forget_retake, lambda _: None):
        home.studio.retakes.ask(row, 0, end, "Another sentence.")
        home.db.set_user_active(home.user_id, False)
        give_up(row["id"])
    home.db.set_user_active(home.user_id, True)
    home.studio.retakes.ask(row, 0, end, "A third sentence.")
    assert home.worker.run_pending() == 1
    assert home.db.get_text(row["id"]).startswith("A third sentence.")


def test_a_paused_change_stays_while_a_worker_still_has_it(home):
    row = home.speak()
    end = home.db.get_segments(row["id"])[0]["text_end"]
    home.studio.retakes.ask(row, 0, end, "Another sentence.")
    claimed = home.db.claim_retake("w", now=time.time(), lease_s=30)
    home.db.pause_work(home.user_id, WAS_DISABLED)
    with pytest.raises(WrongState):
        home.studio.retakes.ask(row, 0, end, "A third sentence.")
    home.db.park_work(RETAKES, claimed["id"], "w")
    home.studio.retakes.ask(row, 0, end, "A third sentence.")
    assert home.worker.run_pending() == 1
    assert home.db.get_text(row["id"]).startswith("A third sentence.")


def test_enabling_an_account_that_is_enabled_pauses_nothing(home):
    filename = home.submit()["filename"]
    home.db.set_user_active(home.user_id, True)
    assert home.row(filename)["status"] == "queued"
    with pytest.raises(NotFound):
        home.db.set_user_active(99, True)


def test_a_piece_that_broke_off_while_it_was_paused_tells_why_it_rests(home):
    row = home.submit()
    home.db.claim_job("w", now=time.time(), lease_s=30)
    home.db.pause_work(home.user_id, WAS_DISABLED)
    home.db.wait_job(row["id"], "w", "disk", until=time.time() + 5)
    left = home.row(row["filename"])
    assert (left["status"], left["error"]) == ("paused", WAS_DISABLED)


def test_a_download_rests_with_its_owners_account_and_goes_on_when_asked_for_again(home):
    row, exports = home.speak(), home.studio.exports
    made = exports.order(row, "wav", None)
    home.db.set_user_active(home.user_id, False)
    assert home.worker.exporting.run_pending() == 0
    home.db.set_user_active(home.user_id, True)
    assert home.worker.exporting.run_pending() == 0
    assert exports.order(row, "wav", None)["id"] == made["id"]
    assert home.worker.exporting.run_pending() == 1
    assert exports.get(row, made["id"])["status"] == "ready"


def test_a_download_that_is_being_made_stops_within_its_next_look(home, monkeypatch):
    row, exports = home.speak(), home.studio.exports
    made = exports.order(row, "wav", None)
    check_space = exports.files.check_space

    def disable_meanwhile(*values):
        home.db.set_user_active(home.user_id, False)
        check_space(*values)

    monkeypatch.setattr(exports.files, "check_space", disable_meanwhile)
    assert home.worker.exporting.run_pending() == 1
    left = exports.get(row, made["id"])
    assert (left["status"], left["is_paused"], left["lease_owner"]) == ("queued", 1, None)
    assert list(exports.files.folder.iterdir()) == []


def test_pages_tell_that_a_change_and_a_download_rest_and_let_them_go_on(owner_browser):
    browser, db = owner_browser, owner_browser.services.db
    name = browser.speak()
    (start, end, *_), *_ = browser.get(f"/files/{name}/segments").json["segments"]
    browser.post(f"/files/{name}/retake", {"start": start, "end": end, "text": "Another one."})
    asked = browser.post(f"/files/{name}/exports", {"format": "wav"}, json=True).json
    db.pause_work(browser.user["id"], WAS_DISABLED)
    assert browser.get(f"/files/{name}/retake", json=True).json["status"] == "paused"
    page = browser.get(f"/files/{name}").text
    assert "still has to be re-recorded" in page
    assert WAS_DISABLED in page
    page = browser.get(asked["url"]).text
    assert WAS_DISABLED in page
    assert "Continue" in page
    assert browser.post(f"/files/{name}/retake/resume").status_code == 303
    assert browser.get(f"/files/{name}/retake", json=True).json["status"] == "queued"
    assert browser.post(f"/files/{name}/retake/resume").status_code == 409


def test_what_rests_moves_with_its_account_and_can_go_on_there(home):
    row, exports = home.speak(), home.studio.exports
    made = exports.order(row, "wav", None)
    waiting = home.submit("One more piece.")
    home.db.set_user_active(home.user_id, False)
    other = home.db.create_user("berta", "!")["id"]
    home.db.merge_users(home.user_id, other)
    moved = home.db.get_audio_file(waiting["filename"], other)
    assert (moved["status"], moved["error"]) == ("paused", WAS_DISABLED)
    home.studio.generation.retry(waiting["filename"], other)
    assert home.worker.run_pending() == 1
    exports.order(home.db.get_audio_file(row["filename"], other), "wav", None)
    assert home.worker.exporting.run_pending() == 1
    assert home.db.list_exports(row["id"])[0]["id"] == made["id"]


def test_nothing_that_moves_into_a_disabled_account_goes_on_by_itself(home):
    other = home.db.create_user("berta", "!")["id"]
    home.db.set_user_active(other, False)
    row = home.submit("One more piece.")
    home.db.merge_users(home.user_id, other)
    assert home.worker.run_pending() == 0
    assert home.db.get_audio_file(row["filename"], other)["status"] == "paused"


# What is being sent


class Listening:
    """An answer that is received in a thread of its own, as long as it comes."""

    def __init__(self, client, path, *, pause_s=0.0):
        self.connection, self.answer = client.open("GET", path)
        assert self.answer.status == 200
        self.received, self._pause_s = 0, pause_s
        self.has_ended = threading.Event()
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self):
        with closing(self.connection), suppress(http.client.IncompleteRead, OSError):
            while piece := self.answer.read1(1 << 16):
                self.received += len(piece)
                self.has_ended.wait(self._pause_s)
        self.has_ended.set()


def change_password(app, reader):
    elsewhere = Client(app).log_in("reader")
    new = "another quiet reading room"
    status, _, body = elsewhere.post("/account/password", current=PASSWORD, password=new)
    assert status == 303, body


def sign_out(app, reader):
    assert reader.post("/logout")[0] == 303


def sign_out_from_elsewhere(app, reader):
    elsewhere = Client(app).log_in("reader")
    assert elsewhere.post("/account/sessions", session_id="others")[0] == 303


def expire(app, reader):
    change(app, "UPDATE sessions SET created_epoch = 0 WHERE user_id = 2")


def set_password_on_the_machine(app, reader):
    done = app.flask(
        "user", "password", "reader", "--password-stdin", stdin="some other words here"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "end",
    [sign_out, sign_out_from_elsewhere, change_password, expire, set_password_on_the_machine],
)
def test_a_live_stream_ends_with_the_session_that_opened_it(app, owner, reader, slow_provider, end):
    slow_provider.times_real_time = 4.0
    name = reader.generate(prose(30_000), voice=VOICE)["filename"]
    live = Listening(reader, f"/audio/{name}")
    wait_until(lambda: live.received > 10_000, "the first sound")
    others = Client(app).log_in("owner")
    end(app, reader)
    assert live.has_ended.wait(5.0)
    assert query(app, "SELECT status FROM audio_files") == [("speaking",)]
    assert others.request("GET", "/library")[0] == 200


def test_a_live_stream_of_a_session_that_holds_goes_on(app, owner, reader, slow_provider):
    slow_provider.times_real_time = 4.0
    name = reader.generate(prose(30_000), voice=VOICE)["filename"]
    live = Listening(reader, f"/audio/{name}")
    wait_until(lambda: live.received > 10_000, "the first sound")
    elsewhere = Client(app).log_in("reader")
    other = Listening(elsewhere, f"/audio/{name}")
    sign_out(app, elsewhere)
    assert other.has_ended.wait(5.0)
    received = live.received
    wait_until(lambda: live.received > received + 20_000, "more sound")
    assert not live.has_ended.is_set()


def test_a_live_stream_of_a_disabled_account_ends_though_nobody_reads_it(
    app, owner, reader, slow_provider
):
    slow_provider.times_real_time = 4.0
    name = reader.generate(prose(30_000), voice=VOICE)["filename"]
    connection, answer = reader.open("GET", f"/audio/{name}")
    with closing(connection):
        assert answer.read1(100)
        on_the_machine(app, owner)
        wait_until(lambda: query(app, "SELECT status FROM audio_files") == [("paused",)], "the end")
        with suppress(http.client.IncompleteRead):  # unless the pause was seen before the session
            answer.read()


@pytest.mark.parametrize("path", ["/audio/{}", "/download/{}", "/account/export"])
def test_files_on_their_way_end_with_the_session(app, owner, reader, path):
    name = reader.generate("One piece.", voice=FREE_VOICE)["filename"]
    reader.until_ready(name)
    with (app.data / "audio" / name).open("r+b") as file:
        file.truncate(BIG)
    download = Listening(reader, path.format(name), pause_s=0.02)
    wait_until(lambda: download.received > 100_000, "the first of it")
    on_the_machine(app, owner)
    assert download.has_ended.wait(10.0)
    assert download.received < BIG
