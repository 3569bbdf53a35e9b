"""What people see around 6 January 2027, when the provider's speech models end."""

import threading

import pytest
from playwright.sync_api import expect

from app import create_app
from config import Config
from server.web_server import Server, listen
from server.worker import Worker
from tests.browser.driving import everywhere, is_advancing
from tests.browser.test_accessibility import violations
from tests.conftest import PASSWORD
from tests.support.changeover import changeover
from tests.support.making import SENTENCES, prose


class Served:
    """The web app in a thread of this process, which reads the day of `change`."""

    def __init__(self, folder, change, password_hash):
        config = Config(data_dir=folder / "data", port=0, min_free_mb=0)
        app = create_app(config, registry=change.registry)
        self.services = app.extensions["voiceverse"]
        self.user_id = self.services.db.create_user("vera", password_hash)["id"]
        change.learn(self.services.studio)
        self._server = Server(app, config, self.services.stopping, listen(config))
        self.address = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()

    def submit(self, text, voice):
        """Queue a piece; its name."""
        return self.services.studio.generation.submit(self.user_id, text, voice=voice)["filename"]

    def work(self, filename):
        """Speak what waits; the state of a piece after that."""
        Worker(self.services.studio).run_pending()
        return self.services.db.get_audio_file(filename, self.user_id)["status"]

    def stop(self):
        self._server.close()
        self._thread.join()
        self.services.db.close()


@pytest.fixture
def change():
    with changeover() as change:
        yield change


@pytest.fixture
def served(tmp_path, change, password_hash):
    served = Served(tmp_path, change, password_hash)
    yield served
    served.stop()


@pytest.fixture
def open_page(new_page, served):
    """A function that opens a page of somebody who is logged in."""

    def open_at(width, theme):
        page = new_page(width=width, theme=theme)
        page.goto(f"{served.address}/login")
        page.get_by_label("Name").fill("vera")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
        page.locator("studio-desk").wait_for()
        return page

    return open_at


@everywhere
def test_a_library_of_nova_goes_on_after_her_end(served, change, open_page, width, theme):
    page = open_page(width, theme)
    notice = page.get_by_text("will be discontinued in 45 days, on 6 January 2027")
    notice.click()
    expect(page.get_by_text("Nova → Coral (OpenAI Realtime)")).to_be_visible()
    assert violations(page) == [], "the notice"
    old = served.submit(prose(400), "openai:nova")
    assert served.work(old) == "ready"
    waiting = served.submit(SENTENCES, "openai:nova")
    change.end()
    assert served.work(waiting) == "failed"

    page.goto(f"{served.address}/files/{old}?play=1")
    is_advancing(page)
    page.goto(f"{served.address}/?again={old}")
    chosen = page.locator("select[name=voice]")
    expect(chosen).to_have_value("openai-realtime:coral")
    expect(chosen.locator("option[value='openai:nova']")).to_have_count(0)
    expect(page.get_by_text("was discontinued on 6 January 2027")).to_be_visible()

    page.goto(f"{served.address}/files/{waiting}")
    expect(page.get_by_text("does not have this model")).to_be_visible()
    expect(page.get_by_label("Another voice for the rest")).to_have_value("openai-realtime:coral")
    assert violations(page) == [], "the question"
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Waiting in the queue.")).to_be_visible()
    assert served.work(waiting) == "ready"
    page.goto(f"{served.address}/files/{waiting}")
    if width == "phone":  # where the details are a sheet
        page.get_by_role("button", name="Details").click()
    expect(page.get_by_text("from 0:00: Coral (OpenAI Realtime)")).to_be_visible()
    assert page.problems == []


def test_what_happens_by_itself_is_chosen_in_the_account(served, open_page):
    page = open_page("desk", "light")
    page.goto(f"{served.address}/account")
    page.get_by_label("Continue with the nearest free voice").check()
    page.locator("form.rule").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert served.services.studio.voice_fallback.rule(served.user_id) == "free"
