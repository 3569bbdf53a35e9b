"""VoiceVerse as an installed app: what it keeps, and what can be heard when the server is away."""

import os
import signal
import sqlite3
import time
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, House, address, is_advancing, sign_in, until
from tests.support.making import prose
from tests.support.serving import PASSWORD, App, Client, wait_until

IS_CONTROLLED = "Boolean(navigator.serviceWorker.controller)"
RANGE = """async ([path, range]) => {
  const answer = await fetch(path, { headers: { Range: range } });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return [answer.status, answer.headers.get("Content-Range"), [...bytes.slice(0, 4)]];
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An app that is stopped and started again, its owner, and one finished piece."""
    with App(tmp_path_factory.mktemp("home")) as app:
        app.environ["VOICEVERSE_PORT"] = str(app.port)
        owner = Client(app).set_up()
        filename = owner.generate(prose(3_000), name="Lighthouse")["filename"]
        owner.until_ready(filename)
        yield app, owner, filename


@pytest.fixture
def page(new_page, home):
    app, owner, filename = home
    page = new_page(House(app, owner))
    page.goto(address(app, f"/files/{filename}"))
    until(page, IS_CONTROLLED)
    until(page, "caches.match('/offline').then(Boolean)")
    return page


def keep(page):
    page.get_by_role("button", name="Save offline").click()
    expect(page.get_by_role("button", name="Remove from this device")).to_be_visible()


def test_it_can_be_installed(page, home):
    app, _, _ = home
    manifest = page.request.get(address(app, "/manifest.webmanifest"))
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    found = manifest.json()
    assert found["display"] == "standalone"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in found["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    for icon in found["icons"]:
        picture = page.evaluate(
            """async src => {
                 const image = new Image();
                 image.src = src;
                 await image.decode();
                 return `${image.naturalWidth}x${image.naturalHeight}`;
               }""",
            icon["src"],
        )
        assert picture == icon["sizes"]


def test_a_kept_piece_is_heard_read_and_sought_while_the_server_is_away(page, home):
    app, _, filename = home
    keep(page)
    app.stop()
    try:
        page.goto(address(app, f"/files/{filename}"))
        expect(page.get_by_role("heading", name="Lighthouse")).to_be_visible()
        page.locator("main [data-play]").first.click()
        is_advancing(page)
        page.evaluate(f"{PLAYER}.seek(90)")
        until(page, f"{PLAYER}.sound.time > 90.5")
        page.get_by_role("link", name="Usage").click()
        expect(page.get_by_role("heading", name="Offline")).to_be_visible()
        is_advancing(page)
        expect(page.get_by_role("link", name="Lighthouse").first).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Play Lighthouse")).to_be_visible()
    finally:
        app.start()


def test_a_page_that_came_past_the_worker_is_taken_over_by_it(page):
    page.evaluate("window.isBefore = true")
    page.context.new_cdp_session(page).send("Page.reload", {"ignoreCache": True})
    until(page, f"!window.isBefore && {IS_CONTROLLED}")


@pytest.mark.parametrize("span", ["100-199", "5-", "-4", "5-99999999", "0-0", "200000-200003"])
def test_kept_sound_answers_ranges_as_the_server_does(page, home, span):
    _, _, filename = home
    keep(page)
    here, there = (
        page.evaluate(RANGE, [f"/{place}/{filename}", f"bytes={span}"])
        for place in ("kept", "audio")
    )
    assert here == there
    assert here[1] is not None


def test_a_range_beyond_kept_sound_is_refused(page, home):
    _, owner, filename = home
    keep(page)
    answer = page.evaluate(RANGE, [f"/kept/{filename}", "bytes=99999999-"])
    assert answer == [416, f"bytes */{owner.state(filename)['size']}", []]


def test_what_is_kept_is_listed_and_removed(page, home):
    app, _, filename = home
    keep(page)
    page.goto(address(app, "/offline"))
    expect(page.locator("offline-list .row")).to_have_count(1)
    page.get_by_role("button", name="Remove from this device").click()
    expect(page.get_by_text("Nothing is saved offline yet")).to_be_visible()
    path = f"/kept/{filename}"
    found = page.evaluate("path => caches.match(path).then(Boolean)", path)
    assert found is False


def test_a_place_heard_without_the_server_is_told_once_it_is_back(page, home):
    app, owner, filename = home
    keep(page)
    app.stop()
    try:
        page.reload()
        page.locator("main [data-play]").first.click()
        is_advancing(page)
        page.evaluate(f"{PLAYER}.seek(77)")
        until(page, f"{PLAYER}.sound.time > 77.3")
        page.evaluate(f"{PLAYER}.sound.pause()")
    finally:
        app.start()
    page.evaluate("dispatchEvent(new Event('online'))")

    def is_told():
        places = owner.json(f"/playback/{filename}")["places"]
        return any(77 <= place["position_s"] < 90 for place in places)

    wait_until(is_told, "the place")


# Whoever comes next


@pytest.fixture
def reader(home):
    """Another person of the same house, with a piece of theirs."""
    app, _, _ = home
    names = {user["username"] for user in _people(app)}
    if "reader" not in names:
        done = app.flask("user", "add", "reader", "--password-stdin", stdin=PASSWORD)
        assert done.returncode == 0, done.stderr
    reader = Client(app).log_in("reader")
    filename = reader.generate(prose(1_500, seed=5), name="Harbour")["filename"]
    reader.until_ready(filename)
    return reader, filename


def _people(app):
    with closing(sqlite3.connect(app.data / "voiceverse.db")) as db:
        db.row_factory = sqlite3.Row
        return db.execute("SELECT username FROM users").fetchall()


@pytest.fixture
def shared(new_page, home, reader):
    """A browser in which the reader has kept their piece."""
    app, _, _ = home
    client, filename = reader
    page = new_page(House(app, client))
    page.goto(address(app, f"/files/{filename}"))
    until(page, IS_CONTROLLED)
    until(page, "caches.match('/offline').then(Boolean)")
    keep(page)
    return page


def change(app, sql):
    with closing(sqlite3.connect(app.data / "voiceverse.db", timeout=30)) as db, db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(sql)


READERS = "(SELECT id FROM users WHERE username = 'reader')"
ENDINGS = {
    "revoked": f"DELETE FROM sessions WHERE user_id = {READERS}",
    "expired": f"UPDATE sessions SET created_epoch = 0 WHERE user_id = {READERS}",
}
KEPT = "caches.keys().then(names => names.filter(name => name.startsWith('kept')).length)"
HEARD = """async path => {
  try {
    const answer = await fetch(path);
    return answer.ok && answer.headers.get("Content-Type") === "audio/mpeg";
  } catch {
    return false;
  }
}"""


def fill_in(page, name):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("button", name=name)).to_be_visible()


def is_heard(page, filename):
    return [page.evaluate(HEARD, f"/{place}/{filename}") for place in ("kept", "audio")]


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_next_person_of_a_browser_hears_nothing_that_was_kept_there(
    shared, home, reader, ending
):
    app, page, filename = home[0], shared, reader[1]
    assert is_heard(page, filename) == [True, True]
    change(app, ENDINGS[ending])
    page.goto(address(app, "/library"))
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    until(page, f"{KEPT}.then(count => count === 0)")
    assert is_heard(page, filename) == [False, False]
    fill_in(page, "owner")
    page.goto(address(app, "/offline"))
    until(page, IS_CONTROLLED)
    expect(page.get_by_text("Nothing is saved offline yet")).to_be_visible()
    assert is_heard(page, filename) == [False, False]
    until(page, "caches.match('/offline').then(Boolean)")
    app.stop()
    try:
        page.goto(address(app, f"/files/{filename}"))
        expect(page.get_by_role("heading", name="Offline")).to_be_visible()
        expect(page.get_by_text("Harbour")).to_have_count(0)
        assert is_heard(page, filename) == [False, False]
    finally:
        app.start()


def test_a_kept_piece_stops_being_heard_though_no_page_is_opened(shared, home, reader):
    app, page, filename = home[0], shared, reader[1]
    change(app, ENDINGS["revoked"])
    until(page, f"fetch('/kept/{filename}').then(answer => !answer.ok)", 60.0)
    assert page.evaluate(KEPT) == 0


def test_who_kept_a_piece_hears_it_without_the_server_when_the_session_has_expired(
    shared, home, reader
):
    app, page, filename = home[0], shared, reader[1]
    app.stop()
    change(app, ENDINGS["expired"])
    try:
        page.goto(address(app, f"/files/{filename}"))
        expect(page.get_by_role("heading", name="Harbour")).to_be_visible()
        page.locator("main [data-play]").first.click()
        is_advancing(page)
    finally:
        app.start()


def test_another_log_in_of_the_same_person_keeps_what_they_kept(shared, home, reader):
    app, page, filename = home[0], shared, reader[1]
    page.context.clear_cookies(name="voiceverse")
    sign_in(page.context, app, Client(app).log_in("reader"))
    page.goto(address(app, "/offline"))
    expect(page.locator("offline-list .row")).to_have_count(1)
    assert is_heard(page, filename) == [True, True]


def test_what_a_browser_remembers_of_one_person_is_not_there_for_the_next(shared, home):
    app, owner, _ = home
    assert shared.evaluate("Object.keys(localStorage).length") > 0
    sign_in(shared.context, app, owner)
    shared.goto(address(app, "/library"))
    until(shared, f"{KEPT}.then(count => count === 1)")
    own = shared.evaluate("document.getElementById('dock').dataset.user")
    keys = shared.evaluate("Object.keys(localStorage)")
    assert [key for key in keys if not key.startswith(f"voiceverse.{own}.")] == []


# When the server is there and does not answer

EARLIER = """async () => {
  const earlier = await caches.open("kept");
  for (const name of (await caches.keys()).filter((each) => each.startsWith("kept-"))) {
    const own = await caches.open(name);
    for (const request of await own.keys()) await earlier.put(request, await own.match(request));
    await caches.delete(name);
  }
  await earlier.put("/kept/theirs.mp3", new Response("theirs"));
}"""
PLACES = """async () => {
  const [name] = (await caches.keys()).filter((each) => each.startsWith("kept"));
  const requests = await (await caches.open(name)).keys();
  return requests.map((each) => new URL(each.url).pathname);
}"""


@contextmanager
def frozen(app):
    os.killpg(app.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(app.process.pid, signal.SIGCONT)


def test_a_kept_piece_waits_once_for_a_server_that_does_not_answer(shared, home, reader):
    app, page, filename = home[0], shared, reader[1]
    change(app, ENDINGS["revoked"])
    page.context.service_workers[0].evaluate("askedAt = -Infinity")
    with frozen(app):
        begun = time.monotonic()
        for _ in range(8):
            status, *_ = page.evaluate(RANGE, [f"/kept/{filename}", "bytes=0-99"])
            assert status == 206
        assert time.monotonic() - begun < 12  # 24 if it waited each time
    # What the server says at last counts, though it comes late.
    until(page, f"{KEPT}.then(count => count === 0)", 20.0)
    assert is_heard(page, filename) == [False, False]


def test_what_was_kept_in_an_earlier_release_stays_with_whose_it_is(new_page, home):
    app, owner, filename = home
    page = new_page(House(app, owner), service_workers="block")
    page.goto(address(app, f"/files/{filename}"))
    keep(page)
    page.evaluate(EARLIER)
    own = [f"/files/{filename}", f"/kept/{filename}"]
    assert set(page.evaluate(PLACES)) >= {*own, "/kept/theirs.mp3"}
    page.goto(address(app, "/offline"))
    until(page, f"{KEPT}.then(count => count === 1)")
    until(page, "caches.has('kept').then(isThere => !isThere)")
    expect(page.locator("offline-list .row")).to_have_count(1)
    assert set(page.evaluate(PLACES)) - {"/offline"} == set(own)
