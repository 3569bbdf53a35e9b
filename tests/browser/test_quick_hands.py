"""Somebody who is quicker than the answers: what comes before them is kept and done afterwards."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, is_advancing, until, until_noted

TEXT = "The rain had stopped. A boat came in with the tide. Nobody was on board."
NEW = "A storm had come up from the sea overnight."


@pytest.fixture
def piece(house):
    filename = house.owner.generate(TEXT, name="Rain")["filename"]
    house.owner.until_ready(filename)
    return filename


@pytest.fixture
def page(new_page, house):
    house.owner.post("/draft", text="", name="")
    return new_page(house, service_workers="block")


class Held:
    """What the page asks for at some addresses waits until it is let go."""

    def __init__(self, page, addresses, method="GET"):
        self.page, self.waiting, self.method, self.is_open = page, [], method, False
        page.route(addresses, self._take)

    def _take(self, route):
        if self.is_open or route.request.method != self.method:
            route.continue_()
        else:
            self.waiting.append(route)

    def come(self):
        until_noted(self.page, lambda: self.waiting, "the question")

    def let_go(self):
        self.is_open = True
        for route in self.waiting:
            route.continue_()


def test_keys_choose_sentences_before_their_places_are_known(page, house, piece):
    places = Held(page, "**/segments?*")
    page.goto(address(house.app, f"/files/{piece}"))
    page.locator("read-along").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    places.come()
    places.let_go()
    expect(page.locator("[data-sentence-told]")).to_have_text("A boat came in with the tide.")


@pytest.mark.slow
def test_a_sentence_written_before_the_script_arrived_has_its_price(page, house, piece):
    script = Held(page, "**/joined/retake.js*")
    page.goto(address(house.app, f"/files/{piece}"))
    page.get_by_role("link", name="Change a sentence").click()
    page.get_by_label("New text").fill(NEW)
    script.come()
    script.let_go()
    expect(page.locator("[data-price]")).to_have_text("1 sentence · free")


@pytest.mark.slow
def test_a_text_is_sent_after_its_draft_and_leaves_none_behind(page, house):
    page.goto(address(house.app))
    draft, order = Held(page, "**/draft", "POST"), []
    page.on("requestfinished", lambda ended: order.append(ended.url.rpartition("/")[2]))
    page.locator("textarea[name=text]").fill("It was late.")
    draft.come()
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.get_by_role("button", name="Starting…")).to_be_disabled()
    draft.let_go()
    expect(page.locator("[data-desk-note]")).to_contain_text("It was late")
    until_noted(page, lambda: "generate" in order, "the sending")
    assert order.index("draft") < order.index("generate")
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value("")


@pytest.mark.slow
def test_a_place_is_kept_though_the_piece_was_paused_at_once(page, house, piece):
    begun = Held(page, f"**/playback/{piece}", "POST")
    page.goto(address(house.app, f"/files/{piece}"))
    page.locator("main [data-play]").first.click()
    is_advancing(page)
    page.evaluate(f"{PLAYER}.sound.pause()")
    begun.come()
    with page.expect_request(lambda asked: "position_s" in (asked.post_data or "")):
        begun.let_go()


@pytest.mark.slow
def test_a_link_beside_the_list_stays_the_same_while_counts_are_renewed(page, house, piece):
    page.goto(address(house.app, "/library"))
    page.evaluate("window.bin = document.querySelector('[data-bin]')")
    page.evaluate(
        "document.addEventListener('library:changed', () => { window.isRenewed = true; })"
    )
    page.locator(f"[data-file='{piece}'] .name").focus()
    page.keyboard.press("Delete")
    until(page, "window.isRenewed")
    assert page.evaluate("window.bin.isConnected")
