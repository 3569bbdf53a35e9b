"""A session that was ended elsewhere: the way back in, and what the pages' own requests may do."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import ARGUMENTS, CHROMIUM, until
from tests.support.serving import PASSWORD, App, Client

NAME = "voice.test"  # of which browsers do not say how a request was made
PLACES = ["127.0.0.1", NAME]
ASK = """async () => (await fetch("/library", {headers: {Accept: "text/html"}})).url"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with App(tmp_path_factory.mktemp("ended"), VOICEVERSE_TRUSTED_HOSTS=NAME) as app:
        Client(app).set_up()
        yield app


@pytest.fixture(scope="module")
def named(browser):
    """A browser that finds the app under a name as well."""
    rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    launched = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rules])
    yield launched
    launched.close()


@pytest.fixture(params=PLACES)
def page(request, named, app):
    """The studio of somebody whose session was ended on another device since."""
    context = named.new_context()
    cookies, url = Client(app).log_in("owner").cookies, f"http://{request.param}:{app.port}/"
    context.add_cookies([{"name": n, "value": v, "url": url} for n, v in cookies.items()])
    page = context.new_page()
    page.goto(url)
    until(page, "window.Turbo !== undefined")
    assert Client(app).log_in("owner").post("/account/sessions", session_id="others")[0] == 303
    yield page
    context.close()


def cookie(page):
    """The session cookie that the browser has; None without one."""
    return {each["name"]: each["value"] for each in page.context.cookies()}.get("voiceverse")


def log_in(page):
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    page.get_by_label("Name").fill("owner")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    assert page.evaluate(ASK).endswith("/library")


def test_a_link_after_the_session_was_ended_elsewhere_leads_to_a_log_in_and_back(page):
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Library").click()
    log_in(page)


def test_a_page_that_is_opened_after_the_session_was_ended_leads_there_too(page):
    before = cookie(page)
    page.goto(page.url + "library")
    assert cookie(page) != before
    log_in(page)


def test_a_page_asked_for_by_a_script_leaves_the_cookie_of_an_ended_session_alone(page):
    before = cookie(page)
    assert "/login" in page.evaluate(ASK)
    assert cookie(page) == before
