"""What pages ask for while a piece is made: only what is new, and nothing while nobody looks."""

from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, until, until_noted
from tests.making import prose
from tests.serving import wait_until

HIDE = """isHidden => {
  Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
LOOKED_FOR_S = 60


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
