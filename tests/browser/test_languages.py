"""Pages in longer words, and written from right to left, fit a phone."""

import pytest

from tests.browser.driving import WIDTHS, address
from tests.support.making import SENTENCES

MEMBERS = (
    *("/", "/voices", "/library", "/library/bin", "/history", "/usage", "/account", "/security"),
    *("/admin", "/offline", "/files/none.mp3"),
)
STRANGERS = ("/login", "/register")
WIDTH, _ = WIDTHS["phone"]
SIDEWAYS = "document.documentElement.scrollWidth"
DIRECTION = "getComputedStyle(document.body).direction"
BEYOND = """width => [...document.querySelectorAll("main *, .rail *")]
  .filter(element => element.checkVisibility({visibilityProperty: true}))
  .filter(element => !element.closest("[popover], dialog, .hidden, .skip"))
  .filter(element => { const box = element.getBoundingClientRect();
    return box.width > 1 && (box.left < -1 || box.right > width + 1); })
  .map(element => element.outerHTML.slice(0, 120))"""


def turn(route):
    """Serve a page as one of a language that is written from right to left."""
    if not route.request.is_navigation_request():
        return route.continue_()
    answer = route.fetch()
    return route.fulfill(response=answer, body=answer.text().replace('dir="ltr"', 'dir="rtl"', 1))


@pytest.fixture(scope="module")
def furnished(house):
    """The house with a finished piece in a group and in the history; and all of its pages."""
    filename = house.owner.generate(SENTENCES, name="Rain on the roof", category="Sea")["filename"]
    house.owner.until_ready(filename)
    house.owner.post(f"/playback/{filename}")
    return house, (*MEMBERS, f"/files/{filename}", "/library?group=Sea")


def sideways(page, house, paths, direction):
    """The pages that are wider than the screen, with what sticks out of them."""
    found = {}
    for path in paths:
        page.goto(address(house.app, path))
        assert page.evaluate(DIRECTION) == direction
        if page.evaluate(SIDEWAYS) > WIDTH:
            found[path] = page.evaluate(BEYOND, WIDTH)
    return found


@pytest.mark.parametrize("is_member", [True, False])
def test_no_page_from_right_to_left_scrolls_sideways(furnished, new_page, is_member):
    house, paths = furnished
    page = new_page(house if is_member else None, width="phone", service_workers="block")
    page.route(lambda url: "/static/" not in url, turn)
    assert sideways(page, house, paths if is_member else STRANGERS, "rtl") == {}


@pytest.mark.parametrize("is_member", [True, False])
def test_no_german_page_scrolls_sideways(furnished, new_page, is_member):
    house, paths = furnished
    page = new_page(house if is_member else None, width="phone", locale="de-DE")
    assert sideways(page, house, paths if is_member else STRANGERS, "ltr") == {}
    assert page.evaluate("document.documentElement.lang") == "de"


def test_what_sticks_out_is_noticed(furnished, new_page):
    house, _ = furnished
    page = new_page(house, width="phone")
    page.goto(address(house.app, "/usage"))
    page.evaluate("document.querySelector('main').style.minInlineSize = '500px'")
    assert page.evaluate(SIDEWAYS) > WIDTH
