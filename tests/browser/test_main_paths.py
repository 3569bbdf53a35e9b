"""A person with a browser: from the set-up link to hearing a long text while it is made."""

from playwright.sync_api import Page, expect

from tests.browser.driving import STATE, address, set_up, sign_in, until
from tests.making import prose
from tests.serving import PASSWORD, Client, wait_until


def is_advancing(page: Page) -> None:
    until(page, "document.querySelector('audio')?.currentTime > 0.5")
    before = page.evaluate("document.querySelector('audio').currentTime")
    until(page, f"document.querySelector('audio').currentTime > {before + 0.3}")


def test_from_the_setup_link_to_sound_in_a_long_text_and_out_again(page, app):
    set_up(page, app)
    page.locator("textarea[name=text]").fill(prose(150_000))
    page.get_by_role("button", name="Speak").click()
    page.wait_for_url("**/files/*")
    is_advancing(page)
    assert page.evaluate(STATE)["status"] == "speaking"
    filename = page.url.rpartition("/")[2]

    page.goto(address(app, "/library"))
    expect(page.locator(f"a[href*='{filename}']").first).to_be_visible()

    page.goto(address(app, "/account"))
    page.get_by_role("button", name="Log out").first.click()
    page.wait_for_url("**/login*")
    page.goto(address(app, f"/files/{filename}"))
    assert "/login" in page.url
    assert page.problems == []


def test_a_second_person_sees_none_of_the_first_ones_files(page, app):
    owner = Client(app).set_up()
    filename = owner.generate("A private sentence.", name="Private")["filename"]
    owner.until_ready(filename)
    added = app.flask("user", "add", "guest", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0
    page.goto(address(app, "/login"))
    page.get_by_label("Name").fill("guest")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(address(app, "/"))
    for path in ("/", "/library", "/history", "/usage", "/security"):
        page.goto(address(app, path))
        assert "Private" not in page.content()
    for path in (f"/files/{filename}", f"/audio/{filename}", f"/download/{filename}"):
        assert page.request.get(address(app, path)).status == 404


def test_a_piece_is_played_again_where_it_was_left(page, app):
    set_up(page, app)
    page.locator("textarea[name=text]").fill(prose(2_000))
    page.get_by_role("button", name="Speak").click()
    page.wait_for_url("**/files/*")
    url = page.url
    is_advancing(page)
    wait_until(lambda: page.evaluate(STATE)["status"] == "ready", "the finish")
    page.reload()
    until(page, "document.querySelector('audio').readyState >= 1")
    page.evaluate("document.querySelector('audio').currentTime = 40")
    with page.expect_request(lambda request: "/playback/" in request.url):
        page.evaluate("document.querySelector('audio').play()")
    is_advancing(page)
    with page.expect_response(lambda response: "/playback/" in response.url):
        page.evaluate("document.querySelector('audio').pause()")
    page.goto(url)
    until(page, "Math.abs(document.querySelector('audio').currentTime - 41) < 3")


def test_the_main_path_works_without_script(browser, app):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    set_up(page, app)
    page.locator("textarea[name=text]").fill("Nothing here needs a script.")
    page.get_by_role("button", name="Quote").click()
    assert "28 characters" in page.get_by_role("main").inner_text()
    page.get_by_role("button", name="Speak").click()
    page.wait_for_url("**/files/*")
    assert page.locator("audio").count() == 1
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
