"""VoiceVerse as an installed app: what it keeps, and what can be heard when the server is away."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, House, address, is_advancing, until
from tests.making import prose
from tests.serving import App, Client, wait_until

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
    until(page, "caches.open('kept').then(kept => kept.match('/offline')).then(Boolean)")
    return page


def keep(page):
    page.get_by_role("button", name="Keep on this device").click()
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
        expect(page.get_by_role("heading", name="On this device")).to_be_visible()
        is_advancing(page)
        expect(page.get_by_role("link", name="Lighthouse").first).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Play Lighthouse")).to_be_visible()
    finally:
        app.start()


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
    expect(page.locator("kept-list .row")).to_have_count(1)
    page.get_by_role("button", name="Remove from this device").click()
    expect(page.get_by_text("Nothing is kept on this device yet")).to_be_visible()
    path = f"/kept/{filename}"
    found = page.evaluate(
        "path => caches.open('kept').then(kept => kept.match(path)).then(Boolean)", path
    )
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
