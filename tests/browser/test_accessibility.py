"""WCAG 2.2 AA on every page, in both themes, and everything within reach of the keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.driving import THEMES, WIDTHS, address, everywhere, until
from tests.support.making import SENTENCES

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MEMBERS = (
    *("/", "/library", "/documents", "/history", "/usage", "/account", "/security"),
    *("/pronunciations", "/admin", "/admin/jobs", "/admin/storage", "/admin/people/1"),
    *("/admin/voices", "/admin/providers", "/admin/health", "/admin/backups", "/admin/security"),
)
STRANGERS = ("/login", "/register", "/files/none.mp3")


@pytest.fixture(scope="module")
def furnished(house):
    """The house with a finished piece in a group and in the history; and the piece's page."""
    filename = house.owner.generate(SENTENCES, name="Rain", category="Sea")["filename"]
    house.owner.until_ready(filename)
    house.owner.post(f"/playback/{filename}")
    return house, f"/files/{filename}"


# Half-way through a change of colour nothing can be said of its contrast.
IS_STILL = """document.getAnimations().every(motion => motion.playState !== "running"
  || motion.effect.getComputedTiming().iterations === Infinity)"""


def violations(page) -> list[str]:
    """What axe finds once nothing moves any more, a line for each."""
    until(page, IS_STILL)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@everywhere
def test_no_page_breaks_a_rule_of_accessibility(furnished, new_page, theme, width):
    house, piece = furnished
    page = new_page(house, width=width, theme=theme)
    for path in (*MEMBERS, piece):
        page.goto(address(house.app, path))
        assert violations(page) == [], path


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_of_a_stranger_breaks_a_rule_of_accessibility(furnished, new_page, theme):
    page = new_page(theme=theme)
    for path in STRANGERS:
        page.goto(address(furnished[0].app, path))
        assert violations(page) == [], path


def test_the_rules_find_what_breaks_them(furnished, new_page):
    page = new_page(furnished[0])
    page.goto(address(furnished[0].app, "/usage"))
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any(line.startswith("button-name") for line in violations(page))


REACHABLE = """() => {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, " +
    "[tabindex='0']";
  const shown = element => element.checkVisibility({visibilityProperty: true}) &&
    !element.disabled && !element.closest("[inert]") && element.tabIndex >= 0;
  // Of a group the Tab key reaches what is chosen; arrows reach the others.
  const unchosen = element => element.type === "radio" && !element.checked &&
    document.querySelector(`input[type=radio][name="${element.name}"]:checked`);
  const all = [...document.querySelectorAll(kinds)].filter(shown)
    .filter((element) => !unchosen(element));
  all.forEach((element, index) => { element.dataset.stop = index; });
  return all.map(element => element.outerHTML.slice(0, 160));
}"""
FOCUSED = "document.activeElement?.dataset.stop ?? null"


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_everything_that_can_be_used_is_reached_with_the_tab_key(furnished, new_page, width):
    house, piece = furnished
    page = new_page(house, width=width)
    for path in (*MEMBERS, piece):
        page.goto(address(house.app, path))
        page.wait_for_load_state("networkidle")
        stops, reached = page.evaluate(REACHABLE), set()
        for _ in range(len(stops) + 10):
            page.keyboard.press("Tab")
            reached.add(page.evaluate(FOCUSED))
        missed = [html for number, html in enumerate(stops) if str(number) not in reached]
        assert missed == [], path
