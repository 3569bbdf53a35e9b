"""Installing a neural voice in a real browser: seen on its way, there without a reload, heard."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import House, address
from tests.browser.test_accessibility import violations
from tests.support.serving import App, Client, wait_until

pytest.importorskip("piper", reason="piper-tts is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from tests.support.standin_voices import VOICE, StandIn


@pytest.fixture
def server(tmp_path):
    with StandIn(tmp_path) as made:
        yield made


@pytest.fixture
def house(tmp_path, server):
    with App(tmp_path, VOICEVERSE_VOICES_URL=server.url) as app:
        yield House(app, Client(app).set_up())


def test_a_voice_is_seen_on_its_way_and_is_there_without_a_reload(new_page, house, server):
    page = new_page(house)
    page.goto(address(house.app, "/admin/voices"))
    page.get_by_role("button", name="Refresh the list").click()
    server.fault = "trickle"
    page.get_by_role("button", name=f"Install {VOICE}").click()
    bar = page.get_by_role("progressbar")
    expect(bar).to_be_visible()
    assert violations(page) == []
    server.fault = ""
    page.get_by_role("button", name=f"Stop {VOICE}").click()
    page.get_by_role("button", name=f"Continue {VOICE}").click()
    expect(page.get_by_role("button", name=f"Remove {VOICE}")).to_be_visible(timeout=60_000)
    expect(bar).to_be_hidden()
    assert page.problems == []


def test_a_voice_is_installed_and_removed_without_script(new_page, house):
    page = new_page(house, java_script_enabled=False)
    page.goto(address(house.app, "/admin/voices"))
    page.get_by_role("button", name="Refresh the list").click()
    page.get_by_role("button", name=f"Install {VOICE}").click()
    remove = page.get_by_role("button", name=f"Remove {VOICE}")
    wait_until(
        lambda: page.goto(address(house.app, "/admin/voices")) and remove.count(), "the voice"
    )
    remove.click()
    expect(page.get_by_text(f"{VOICE} has been removed")).to_be_visible()
    expect(remove).to_be_hidden()


def test_a_voice_is_heard_before_it_is_installed(new_page, house, server):
    page = new_page(house)
    page.goto(address(house.app, "/admin/voices"))
    page.get_by_role("button", name="Refresh the list").click()
    hear = page.get_by_role("link", name=f"A recording of {VOICE}")
    with page.expect_response("**/sample.mp3") as answered:
        hear.click()
    assert answered.value.status in (200, 206)
    expect(page.get_by_text("This recording cannot be played right now.")).to_be_hidden()
    server.fault, server.faulty = "404", ".mp3"
    page.goto(address(house.app, "/admin/voices?again"))
    hear.click()
    expect(page.get_by_text("This recording cannot be played right now.")).to_be_visible()
