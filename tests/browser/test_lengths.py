"""The length of one piece, wherever a browser shows it."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, player, until
from tests.support.lengths import LENGTHS
from tests.support.serving import wait_until

SHOWN = """async ([seconds, words]) => {
  const { runningTime, spokenLength } = await import("/static/js/lib/format.js");
  return seconds.map(each => [runningTime(each), spokenLength(each, words)]);
}"""
WORDS = {
    "s": "%(s)s s",
    "min_s": "%(min)s min %(s)s s",
    "min": "%(min)s min",
    "h": "%(h)s h",
    "h_min": "%(h)s h %(min)s min",
}


@pytest.fixture(scope="module")
def piece(house):
    filename = house.owner.generate("It was late. The lamp was lit. " * 4, name="Rain")["filename"]
    house.owner.until_ready(filename)
    return filename


def last(house, filename, seconds):
    with closing(sqlite3.connect(house.app.data / "voiceverse.db")) as db, db:
        db.execute("UPDATE audio_files SET duration = ? WHERE filename = ?", (seconds, filename))


def is_begun(house, filename):
    with closing(sqlite3.connect(house.app.data / "voiceverse.db")) as db:
        return db.execute(
            """SELECT 1 FROM listening_progress JOIN audio_files ON audio_files.id = file_id
               WHERE filename = ? AND share > 0""",
            (filename,),
        ).fetchone()


def row_of(page, filename):
    """The topmost row of that piece; the house has others."""
    return page.locator("main .row", has=page.locator(f"a[href$='/files/{filename}']")).first


def test_the_browser_rounds_lengths_as_the_server_does(new_page, house):
    page = new_page(house)
    page.goto(address(house.app, "/library"))
    shown = page.evaluate(SHOWN, [[seconds for seconds, _, _ in LENGTHS], WORDS])
    assert shown == [[clock, words] for _, clock, words in LENGTHS]


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_list_dock_page_and_history_show_one_length(new_page, house, piece, width):
    page = new_page(house, width=width)
    for seconds, clock, words in ((74.5, "1:15", "1 min 15 s"), (599.4, "9:59", "9 min 59 s")):
        last(house, piece, seconds)
        page.goto(address(house.app, "/library"))
        expect(row_of(page, piece).locator(".row-state")).to_have_text(clock)
        page.goto(address(house.app, f"/files/{piece}"))
        expect(page.locator("[data-spoken-length]")).to_have_text(words)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator("main [data-play]").first.click()
        # The sound itself is a few seconds long: what is shown is what the piece is said to last.
        until(page, f"{PLAYER}?.sound.audio.duration < 30")
        expect(page.locator("#dock [data-end]")).to_have_text(clock)
        assert player(page, "sound.duration") == seconds
        page.evaluate(f"{PLAYER}.seek(4)")  # less than three seconds count as nothing heard
        until(page, f"{PLAYER}?.sound.audio.currentTime > 4")
        page.goto(address(house.app, "/history"))  # the place is sent as the page is left
        wait_until(lambda: is_begun(house, piece), "the place is known")
        for path in ("/history", "/history/plays"):
            page.goto(address(house.app, path))
            expect(row_of(page, piece).locator(".row-state")).to_contain_text(f"of {clock}")


def test_a_piece_that_has_just_been_made_shows_the_length_of_its_list(new_page, house):
    filename = house.owner.generate("A boat came in. " * 300, name="Boat")["filename"]
    page = new_page(house)
    page.goto(address(house.app, f"/files/{filename}"))
    house.owner.until_ready(filename)
    until(page, "document.querySelector('[data-making]')?.classList.contains('is-made')")
    expect(page.locator("[data-spoken-length]")).not_to_contain_text("about")
    length = page.locator("[data-spoken-length]").text_content()
    page.reload()
    expect(page.locator("[data-spoken-length]")).to_have_text(length)
