"""Usage and history as people see and use them."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import WIDTHS, address, everywhere, until
from tests.support.making import prose
from tests.support.serving import wait_until

BARS = "document.querySelectorAll('day-chart canvas').length"
IS_WIDE = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.fixture(scope="module")
def used(house):
    """The house with pieces that were spoken and heard; their filenames."""
    names = []
    for name in ("The old lighthouse", "Chapter one"):
        filename = house.owner.generate(prose(300), name=name, category="Reading")["filename"]
        house.owner.until_ready(filename)
        house.owner.post(f"/playback/{filename}")
        names.append(filename)
    return names


@everywhere
def test_the_month_is_drawn_and_can_be_read_as_a_table(new_page, house, used, width, theme):
    page = new_page(house, width=width, theme=theme)
    page.goto(address(house.app, "/usage"))
    until(page, f"{BARS} === 1")
    table = page.get_by_role("table", name="Use by day")
    assert page.locator(".day-table").bounding_box()["width"] <= 1
    page.get_by_role("button", name="Show as a table").click()
    expect(page.locator("day-chart canvas")).to_be_hidden()
    assert page.locator(".day-table").bounding_box()["width"] > 200
    assert "2" in table.locator("tbody tr").inner_text()
    assert not page.evaluate(IS_WIDE)
    assert page.problems == []


def test_a_bar_tells_its_numbers(new_page, house, used):
    page = new_page(house)
    page.goto(address(house.app, "/usage"))
    until(page, f"{BARS} === 1")
    told = page.locator("[data-day-told]")
    over = page.locator("day-chart .u-over")
    box, day = over.bounding_box(), page.locator("tr[data-day]").get_attribute("data-day")
    days = int(page.locator("day-chart").get_attribute("data-days"))
    over.hover(position={"x": box["width"] * (int(day) - 0.4) / (days + 0.2), "y": 60})
    expect(told).to_contain_text("2 pieces")
    expect(told).to_contain_text("free")


def test_charts_come_back_after_a_visit_elsewhere(new_page, house, used):
    page = new_page(house)
    page.goto(address(house.app, "/usage"))
    until(page, f"{BARS} === 1")
    page.get_by_role("link", name="Recent").first.click()
    expect(page.get_by_role("heading", name="Recent")).to_be_visible()
    page.get_by_role("link", name="Usage").first.click()
    expect(page.get_by_role("heading", name="Usage")).to_be_visible()
    until(page, f"{BARS} === 1")
    assert page.problems == []


def test_the_charts_follow_the_theme(new_page, house, used):
    page = new_page(house)
    page.goto(address(house.app, "/usage"))
    until(page, f"{BARS} === 1")
    picture = "document.querySelector('day-chart canvas').toDataURL()"
    light = page.evaluate(picture)
    page.emulate_media(color_scheme="dark")
    wait_until(lambda: page.evaluate(picture) != light, "another drawing")


def test_without_script_the_days_are_a_table(new_page, house, used):
    page = new_page(house, java_script_enabled=False)
    page.goto(address(house.app, "/usage"))
    table = page.get_by_role("table", name="Use by day")
    assert table.bounding_box()["width"] > 200
    assert page.get_by_role("button", name="Show as a table").count() == 0


def test_one_turns_the_months_and_takes_a_table_along(new_page, house, used):
    page = new_page(house)
    page.goto(address(house.app, "/usage"))
    page.get_by_role("link", name="Previous month").click()
    expect(page.get_by_text("Nothing was generated in this month.")).to_be_visible()
    page.get_by_role("link", name="Next month").click()
    expect(page.get_by_role("table", name="Use by day")).to_be_attached()
    with page.expect_download() as download:
        page.get_by_role("link", name="This month as CSV").click()
    rows = download.value.path().read_text().splitlines()
    assert len(rows) == 3


@pytest.mark.parametrize("width", WIDTHS)
def test_listenings_are_searched_forgotten_and_cleared(new_page, house, used, width):
    for filename in used:
        house.owner.post(f"/playback/{filename}")
    page = new_page(house, width=width)
    page.goto(address(house.app, "/history/plays"))
    before = page.locator(".listened").count()
    assert before >= 2
    page.get_by_role("searchbox", name="Search by name").fill("lighthouse")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/history/plays?q=lighthouse*")
    expect(page.get_by_text("Chapter one")).to_have_count(0)
    found = page.locator(".listened").count()
    page.get_by_role("button", name="Forget The old lighthouse").first.click()
    expect(page.locator(".listened")).to_have_count(found - 1)
    page.goto(address(house.app, "/history/plays"))
    assert page.locator(".listened").count() == before - 1
    page.get_by_text("Clear the history…").click()
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_text("Nothing here yet.")).to_be_visible()
    assert not page.evaluate(IS_WIDE)
    assert page.problems == []
