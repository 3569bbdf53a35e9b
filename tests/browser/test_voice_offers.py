"""A German browser: the studio offers a German voice, one press installs it, and it is heard."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.driving import House, address, everywhere, is_advancing, set_up
from tests.browser.test_accessibility import violations
from tests.support.serving import PASSWORD, App, Client, wait_until

pytest.importorskip("piper", reason="piper-tts is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from tests.support.standin_voices import StandIn

OFFER = "**/admin/voices/offer?*"
TEXT = "Es war spät. Die Lampe brannte noch, und niemand sprach ein Wort."


@pytest.fixture
def server(tmp_path):
    with StandIn(tmp_path) as made:
        made.german = made.add_german(tmp_path)
        yield made


@pytest.fixture
def app(tmp_path, server):
    with App(tmp_path, VOICEVERSE_VOICES_URL=server.url) as app:
        yield app


def offer(page):
    return page.locator("voice-offer")


def test_a_german_browser_gets_a_german_voice_with_one_press_and_hears_it(new_page, app, server):
    page = new_page(locale="de-DE")
    set_up(page, app)
    text = page.get_by_role("textbox").and_(page.locator("textarea"))
    text.fill(TEXT)
    expect(offer(page)).to_contain_text("Thorsten")
    offer(page).locator("[value=install]").click()
    use = offer(page).locator("[value=use]")
    use.click(timeout=60_000)
    expect(offer(page)).to_be_hidden()
    expect(text).to_have_value(TEXT)  # nothing that was written is lost on the way
    expect(page.locator("[data-voice-name]")).to_contain_text("Thorsten")
    page.locator("[data-speak]").click()
    is_advancing(page)
    page.goto(address(app, "/history"))
    expect(page.get_by_text("Thorsten").first).to_be_visible()
    page.goto(address(app))
    expect(offer(page)).to_be_hidden()
    text.fill(f"Am Morgen ging sie fort. {TEXT}")  # the next visit: nothing is chosen any more
    expect(page.locator("[data-voice-name]")).to_contain_text("Thorsten")
    page.locator("[data-speak]").click()
    is_advancing(page)
    with closing(sqlite3.connect(app.data / "voiceverse.db")) as db:
        spoken_by = db.execute("SELECT engine, voice FROM audio_files").fetchall()
    assert spoken_by == [("piper", "de_DE-thorsten-medium")] * 2
    assert page.problems == []


def test_a_text_in_another_language_than_the_browsers_is_offered_its_voice(new_page, app):
    page = new_page(House(app, Client(app).set_up()), locale="en-US")
    page.goto(address(app))
    text = page.locator("textarea[name=text]")
    with page.expect_response("**/draft"), page.expect_response(OFFER):
        text.fill("It was late, and the lamp in the window was still lit.")
    expect(offer(page)).to_be_hidden()
    with page.expect_response("**/draft"):
        text.fill(TEXT)
        expect(offer(page)).to_contain_text("Thorsten is a natural voice for German")
    page.reload()  # the draft is a German text
    expect(offer(page)).to_contain_text("Thorsten")
    offer(page).locator("[value=install]").click()
    offer(page).locator("[value=use]").click(timeout=60_000)
    expect(page.locator("[data-voice-name]")).to_contain_text("Thorsten")
    assert page.problems == []


def test_a_voice_on_its_way_is_followed_though_the_text_is_another_now(new_page, app, server):
    page = new_page(House(app, Client(app).set_up()), locale="en-US")
    page.goto(address(app))
    text = page.locator("textarea[name=text]")
    text.fill(TEXT)
    offer(page).locator("[value=install]").wait_for()
    server.fault = "trickle"
    offer(page).locator("[value=install]").click()
    expect(offer(page).get_by_role("progressbar")).to_be_visible()
    with page.expect_response(OFFER):
        text.fill("It was late, and the lamp in the window was still lit.")
    page.reload()
    expect(offer(page).get_by_role("progressbar")).to_be_visible()
    assert page.problems == []


def test_somebody_who_cannot_install_voices_is_offered_none(new_page, app):
    Client(app).set_up()
    app.flask("user", "add", "guest", "--password-stdin", stdin=PASSWORD)
    page = new_page(House(app, Client(app).log_in("guest")), locale="de-DE")
    page.goto(address(app))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/quote"):
        page.locator("textarea[name=text]").fill(TEXT)
    with page.expect_response("**/draft"):
        page.locator("textarea[name=text]").press("End")
        page.locator("textarea[name=text]").type(" Dann kam der Morgen.")
    expect(offer(page)).to_be_hidden()
    assert not [url for url in asked if "offer" in url]
    assert page.problems == []


@everywhere
def test_the_progress_is_shown_and_every_state_is_accessible(new_page, app, server, width, theme):
    page = new_page(House(app, Client(app).set_up()), locale="de-DE", width=width, theme=theme)
    page.goto(address(app))
    assert violations(page) == []
    server.fault = "trickle"
    offer(page).locator("[value=install]").click()
    bar = offer(page).get_by_role("progressbar")
    expect(bar).to_be_visible()
    assert violations(page) == []
    server.fault = ""
    page.goto(address(app))  # the download goes on without the page
    expect(bar).to_be_visible()
    page.goto(address(app, "/admin/voices"))
    page.locator("#voices-under-way [value=stop]").click()
    page.goto(address(app))
    again = offer(page).locator("[value=install]")
    expect(again).to_be_visible()
    assert violations(page) == []
    again.click()
    expect(offer(page).locator("[value=use]")).to_be_visible(timeout=60_000)
    assert violations(page) == []
    assert page.problems == []


def test_a_download_that_fails_is_told_in_the_line_and_the_next_press_goes_on(
    new_page, app, server
):
    page = new_page(House(app, Client(app).set_up()), locale="de-DE")
    page.goto(address(app))
    server.fault, server.faulty = "404", ".onnx"
    offer(page).locator("[value=install]").click()
    expect(offer(page).get_by_role("status")).to_contain_text("404", timeout=60_000)
    server.fault = ""
    offer(page).locator("[value=install]").click()
    expect(offer(page).locator("[value=use]")).to_be_visible(timeout=60_000)


def test_an_offer_is_turned_down_for_good(new_page, app):
    page = new_page(House(app, Client(app).set_up()), locale="de-DE")
    page.goto(address(app))
    offer(page).locator("[value=decline]").click()
    expect(offer(page)).to_be_hidden()
    page.reload()
    expect(offer(page)).to_be_hidden()
    assert page.problems == []


def test_a_voice_is_installed_and_chosen_without_script(new_page, app):
    owner = Client(app).set_up()
    page = new_page(House(app, owner), locale="de-DE", java_script_enabled=False)
    page.goto(address(app))
    offer(page).locator("[value=install]").click()
    use = offer(page).locator("[value=use]")
    wait_until(lambda: page.goto(address(app)) and use.count(), "the voice")
    use.click()
    expect(page.locator("select#voice")).to_have_value("piper:de_DE-thorsten-medium")
    expect(use).to_be_hidden()


def test_an_english_browser_is_offered_nothing(new_page, app):
    page = new_page(House(app, Client(app).set_up()), locale="en-US")
    page.goto(address(app))
    expect(page.locator("[data-speak]")).to_be_visible()
    expect(offer(page)).to_be_hidden()
