"""Adding, hearing and removing a provider in a real browser, with and without script."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import House, address, everywhere, until
from tests.browser.test_accessibility import violations
from tests.support.serving import App, Client
from tests.support.standin_lists import listening
from tests.support.standin_openai import StandIn

KEY = "sk-planted-of-the-house-0123456789wxyz"


@pytest.fixture
def server():
    with StandIn() as made:
        made.seconds_per_character = 0.05
        yield made


@pytest.fixture
def house(tmp_path):
    with App(tmp_path) as app:
        yield House(app, Client(app).set_up())


def add(page, house, base_url, label="Kokoro"):
    page.goto(address(house.app, "/admin/providers"))
    page.get_by_text("Add a provider…").click()
    page.get_by_label("Name", exact=True).fill(label)
    page.get_by_label("Base URL").fill(base_url)
    page.get_by_label("Key", exact=True).fill(KEY)
    page.get_by_label("Voices", exact=True).fill("af_heart | Heart | en-US")
    page.get_by_label("Price, USD per million characters").fill("2.5")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text(f"{label} has been added.")).to_be_visible()


@everywhere
def test_a_provider_is_added_and_heard(new_page, house, server, width, theme):
    page = new_page(house, width=width, theme=theme)
    add(page, house, server.base_url)
    assert violations(page) == []
    page.get_by_role("button", name="Test with a sentence").click()
    expect(page.get_by_text("It works:")).to_be_visible()
    until(page, "document.querySelector('audio').duration > 0.5")
    page.locator("audio").evaluate("sound => { sound.muted = true; return sound.play(); }")
    until(page, "document.querySelector('audio').currentTime > 0")
    assert violations(page) == []
    assert {call.key for call in server.calls} == {KEY}
    assert KEY not in page.content()
    is_wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(is_wider)
    page.goto(address(house.app, "/admin/providers"))
    assert violations(page) == []
    assert not page.evaluate(is_wider)
    assert page.problems == []


def test_a_mistake_comes_back_beside_its_field(new_page, house):
    page = new_page(house)
    page.goto(address(house.app, "/admin/providers"))
    page.get_by_text("Add a provider…").click()
    page.get_by_label("Name", exact=True).fill("Metadata")
    page.get_by_label("Base URL").fill("http://169.254.169.254/v1")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_label("Base URL")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("is never contacted")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Metadata")
    assert violations(page) == []


def test_all_of_it_works_without_script(new_page, house):
    with listening() as server:
        server.answers["/v1/audio/voices"] = {"voices": ["af_sky", "bm_lewis"]}
        page = new_page(house, java_script_enabled=False)
        add(page, house, server.url)
        page.get_by_role("button", name="Import its voices").click()
        expect(page.get_by_text("lists 2 voices")).to_be_visible()
        expect(page.get_by_label("Voices", exact=True)).to_have_value(
            "af_sky |  | en-US\nbm_lewis |  | en-GB"
        )
        page.get_by_role("link", name="Providers").first.click()
        page.get_by_role("button", name="Turn off Kokoro").click()
        expect(page.get_by_text("Kokoro is off.")).to_be_visible()
        page.get_by_role("link", name="Kokoro").click()
        page.get_by_text("Remove this provider…").click()
        page.get_by_role("button", name="Delete for good").click()
        expect(page.get_by_text("None yet.")).to_be_visible()
