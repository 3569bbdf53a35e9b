"""A person with a browser: from the set-up link to hearing a long text while it is made."""

from playwright.sync_api import Page, expect

from tests.browser.driving import (
    PLAYER,
    address,
    is_advancing,
    log_out,
    player,
    set_up,
    sign_in,
    until,
)
from tests.support.making import prose
from tests.support.serving import PASSWORD, Client


def speak(page: Page, text: str) -> str:
    """Send a text to be spoken; the filename of the piece that the player got."""
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name="Generate", exact=True).click()
    until(page, f"{PLAYER}?.file?.filename")
    return player(page, "file.filename")


def test_from_the_setup_link_to_sound_in_a_long_text_and_out_again(page, app):
    set_up(page, app)
    filename = speak(page, prose(150_000))
    is_advancing(page)
    assert player(page, "sound.isLive")

    page.goto(address(app, "/library"))
    expect(page.locator(f"main a[href*='{filename}']").first).to_be_visible()

    log_out(page)
    page.goto(address(app, f"/files/{filename}"))
    assert "/login" in page.url
    # A look at the piece may have been on its way when the session ended.
    assert [text for text in page.problems if "401" not in text] == []


def test_a_second_person_sees_none_of_the_first_ones_files(page, app):
    owner = Client(app).set_up()
    filename = owner.generate("A private sentence.", name="Private")["filename"]
    owner.until_ready(filename)
    added = app.flask("user", "add", "guest", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0
    page.goto(address(app, "/login"))
    page.get_by_label("Name").fill("guest")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").locator("button.lamp").click()
    page.wait_for_url(address(app, "/"))
    for path in ("/", "/library", "/history", "/usage", "/security"):
        page.goto(address(app, path))
        assert "Private" not in page.content()
    for path in (f"/files/{filename}", f"/audio/{filename}", f"/download/{filename}"):
        assert page.request.get(address(app, path)).status == 404


def test_a_piece_is_played_again_where_it_was_left(page, app):
    set_up(page, app)
    filename = speak(page, prose(2_000))
    is_advancing(page)
    until(page, f"!{PLAYER}.sound.isLive")
    page.evaluate(f"{PLAYER}.seek(40)")
    until(page, f"{PLAYER}.sound.time > 40.3")
    with page.expect_response(lambda response: "/playback/" in response.url):
        page.evaluate(f"{PLAYER}.toggle()")
    page.goto(address(app, f"/files/{filename}"))
    page.locator("main [data-play]").first.click()
    until(page, f"Math.abs({PLAYER}.sound.time - 41) < 3")


def test_the_main_path_works_without_script(browser, app):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    set_up(page, app)
    page.locator("textarea[name=text]").fill("Nothing here needs a script.")
    page.get_by_role("button", name="Show price").click()
    expect(page.get_by_role("main")).to_contain_text("28 characters")
    page.get_by_role("button", name="Generate").click()
    page.wait_for_url("**/files/*")
    expect(page.locator("audio")).to_have_count(1)
    context.close()


def test_a_phone_never_scrolls_sideways(browser, app):
    owner = Client(app).set_up()
    owner.until_ready(owner.generate(prose(400), name="x" * 200)["filename"])
    context = browser.new_context(viewport={"width": 390, "height": 844})
    sign_in(context, app, owner)
    page = context.new_page()
    file = owner.json("/library")["files"][0]["filename"]
    for path in ("/", "/library", f"/files/{file}", "/history", "/usage", "/account", "/security"):
        page.goto(address(app, path))
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, path
    context.close()
