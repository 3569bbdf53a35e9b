"""What pages ask for while a piece is made: only what is new, and nothing while nobody looks."""

import time

import pytest
from playwright.sync_api import expect

from tests.blueprints.test_following import change
from tests.browser.driving import PLAYER, address, until, until_noted
from tests.support.making import prose
from tests.support.serving import wait_until

HIDE = """isHidden => {
  Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
LOOKED_FOR_S = 60
LEASED = """UPDATE audio_files SET status = 'speaking', lease_owner = 'another worker',
    lease_until_epoch = ?2 WHERE id = ?1"""
WAITING = [
    ("", "generating"),
    ("disk", "waiting: disk full"),
    ("memory", "waiting: out of memory"),
]
MANY = 600  # more sentences than one answer holds
SENTENCE = """INSERT INTO segments (file_id, position, text_start, text_end, start_ms, end_ms,
    byte_end, frame_end) VALUES (?, ?, ?, ?, ?, ?, 1, 1)"""
TAKE = """INSERT INTO takes (file_id, text_start, text_end, text, content_hash, segments)
    VALUES (?, 0, 10, 'It was so.', 'none', '[]')"""


class Asked:
    """What a page asks for at addresses that hold some words, and what it is told."""

    def __init__(self, page, *words):
        self.page, self.words, self.urls, self.answers = page, words, [], []
        page.on("request", self._note)
        page.on("requestfinished", self._take)

    def _is_meant(self, request):
        return any(words in request.url for words in self.words) and request.method == "GET"

    def _note(self, request):
        if self._is_meant(request):
            self.urls.append(request.url)

    def _take(self, request):
        if self._is_meant(request):
            self.answers.append(request)

    def until(self, number):
        until_noted(self.page, lambda: len(self.answers) >= number, f"answer {number}")


def test_a_piece_being_spoken_sends_each_sentence_once(new_page, house):
    filename = house.owner.generate(prose(300_000, 3), name="Endless")["filename"]
    page = new_page(house, service_workers="block")
    page.clock.install()
    asked = Asked(page, "/segments?from")
    page.goto(address(house.app, f"/files/{filename}"))
    for number in range(1, 5):
        asked.until(number)
        spoken = 500 * number
        wait_until(lambda: house.owner.state(filename)["spoken_characters"] > spoken)  # noqa: B023
        page.clock.run_for(2000)
    asked.until(5)
    told = [request.response().json() for request in asked.answers]
    starts = [segment[0] for answer in told for segment in answer["segments"]]
    assert starts == sorted(set(starts))
    assert len(starts) > 10
    sizes = [request.sizes()["responseBodySize"] for request in asked.answers]
    assert sum(sizes) < 20 * len(starts) + 500 * len(sizes)
    house.owner.post(f"/files/{filename}/delete")


def test_a_page_asks_for_nothing_while_it_is_hidden(new_page, house):
    filename = house.owner.generate(prose(300_000, 4), name="Endless")["filename"]
    page = new_page(house, service_workers="block")
    page.clock.install()
    asked = Asked(page, "/segments", "/states", "/files/")
    page.goto(address(house.app, f"/files/{filename}"))
    until(page, f"{PLAYER}?.file")
    page.evaluate(f"{PLAYER}.sound.pause()")
    page.evaluate(HIDE, True)
    page.clock.run_for(2000)  # what had begun before that
    until_noted(page, lambda: len(asked.urls) == len(asked.answers), "the last answers")
    asked.urls.clear()
    page.clock.run_for(LOOKED_FOR_S * 1000)
    assert page.evaluate("fetch('/health').then(answer => answer.ok)")
    assert asked.urls == []
    page.evaluate(HIDE, False)
    until_noted(page, lambda: {"segments" in url for url in asked.urls} == {True, False}, "a look")
    house.owner.post(f"/files/{filename}/delete")


def test_a_list_of_pieces_being_made_asks_only_while_it_is_seen(new_page, house):
    filename = house.owner.generate(prose(300_000, 5), name="Endless")["filename"]
    page = new_page(house, service_workers="block")
    page.clock.install()
    asked = Asked(page, "/states")
    page.goto(address(house.app, "/library"))
    page.clock.run_for(1500)
    asked.until(1)
    page.evaluate(HIDE, True)
    page.clock.run_for(LOOKED_FOR_S * 1000)
    assert page.evaluate("fetch('/health').then(answer => answer.ok)")
    assert len(asked.urls) <= 2
    house.owner.post(f"/files/{filename}/delete")
    page.evaluate(HIDE, False)
    expect(page.locator(f"[data-file='{filename}'][data-progress]")).to_have_count(0)


def test_a_list_tells_what_a_piece_waits_for_as_that_changes(new_page, house):
    filename = house.owner.generate(prose(900, 7), name="Patient")["filename"]
    house.owner.until_ready(filename)
    change(house.app, filename, LEASED, [(time.time() + 3600,)])
    page = new_page(house, service_workers="block")
    page.goto(address(house.app, "/library"))
    for code, label in WAITING:
        change(
            house.app, filename, "UPDATE audio_files SET waits_for = ?2 WHERE id = ?1", [(code,)]
        )
        expect(page.locator(f"[data-file='{filename}'] [data-state]")).to_have_text(label)
    house.owner.post(f"/files/{filename}/delete")


# A sentence that was changed


@pytest.fixture
def long_page(new_page, house):
    """A page that shows more sentences than one answer holds, and what it asks for of them."""
    filename = house.owner.generate(prose(10 * MANY, 6), name="Long")["filename"]
    house.owner.until_ready(filename)
    change(house.app, filename, "DELETE FROM segments WHERE file_id = ?")
    places = [(n, 10 * n, 10 * n + 10, 100 * n, 100 * n + 100) for n in range(MANY)]
    change(house.app, filename, SENTENCE, places)
    page = new_page(house, service_workers="block")
    asked = Asked(page, "/segments?from")
    page.goto(address(house.app, f"/files/{filename}"))
    asked.until(2)
    page.drawn = []
    page.on("request", lambda request: page.drawn.append(request.url.rpartition("/")[2]))
    yield page, asked, filename
    house.owner.post(f"/files/{filename}/delete")


def change_a_sentence(page, house, filename):
    page.evaluate(HIDE, True)
    change(house.app, filename, TAKE)
    page.evaluate(HIDE, False)


def go_to_the_library(page):
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Library").click()
    expect(page.locator(".row").first).to_be_visible()
    assert page.evaluate("fetch('/health').then(answer => answer.ok)")


def test_a_long_page_is_drawn_anew_once_after_a_sentence_was_changed(long_page, house):
    page, asked, filename = long_page
    change_a_sentence(page, house, filename)
    asked.until(5)
    go_to_the_library(page)
    assert page.drawn.count(filename) == 1
    assert page.drawn.count("library") == 1


def test_a_page_that_was_left_draws_nothing_anew(long_page, house):
    page, asked, filename = long_page
    held = []
    page.route("**/segments?from*", lambda route: held.append(route))
    change_a_sentence(page, house, filename)
    until_noted(page, lambda: held, "the look")
    go_to_the_library(page)
    held[0].continue_()
    asked.until(3)
    assert page.evaluate("fetch('/health').then(answer => answer.ok)")
    assert page.drawn.count(filename) == 0
    assert page.drawn.count("library") == 1
