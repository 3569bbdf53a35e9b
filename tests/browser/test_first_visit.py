"""A first visit with an English browser: a natural voice is heard, and nothing was chosen."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.driving import is_advancing, set_up
from tests.support.serving import App

pytest.importorskip("hibari", reason="hibari-tts is not installed")


@pytest.fixture
def app(tmp_path):
    with App(tmp_path, VOICEVERSE_DEFAULT_VOICE="") as app:
        yield app


def test_a_first_text_is_heard_in_a_natural_voice_and_nothing_was_chosen(new_page, app):
    page = new_page(locale="en-US")
    set_up(page, app)
    expect(page.locator("voice-offer")).to_be_hidden()
    page.locator("textarea[name=text]").fill("It was late, and the lamp was still lit.")
    expect(page.locator("[data-voice-name]")).to_contain_text("Heart")
    page.locator("[data-speak]").click()
    is_advancing(page)
    with closing(sqlite3.connect(app.data / "voiceverse.db")) as db:
        spoken_by = db.execute("SELECT engine, voice FROM audio_files").fetchall()
    assert spoken_by == [("natural", "heart")]
    assert page.problems == []
