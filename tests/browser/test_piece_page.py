"""The page of a piece in a real browser: menu, chapters, a text that comes as one scrolls."""

import pytest
from playwright.sync_api import expect

from tests.blueprints.test_following import change
from tests.browser.clicks import Clicks
from tests.browser.driving import THEMES, WIDTHS, address, everywhere, until
from tests.browser.test_accessibility import violations
from tests.browser.test_file import MARKED
from tests.support.making import prose

CHAPTERS = ("Arrival", "The storm", "The lamp", "A long word of the keeper", "Departure")
CHAPTER = "INSERT INTO chapters VALUES (?1, ?2, ?3, ?4)"
WHOLE = "UPDATE audio_files SET text = ?2, character_count = ?3 WHERE id = ?1"
LATER = """UPDATE segments SET text_start = text_start + ?2, text_end = text_end + ?2
    WHERE file_id = ?1"""
PART_OF = "n => document.querySelector(`[data-part='${n}']`)"
TOP_OF_CHAPTER = "n => document.getElementById(`chapter-${n}`)?.getBoundingClientRect().top"
PARTS = "[...document.querySelectorAll('[data-part]')]"
# The text by its parts alone, without headings that were added.
TEXT = f"""{PARTS}.map(part => {{
  const own = part.cloneNode(true);
  for (const added of own.querySelectorAll("[data-added]")) added.remove();
  return own.textContent;
}}).join("")"""


@pytest.fixture(scope="module")
def book(house):
    """A piece of five chapters, in ten parts, of which the voice reads the last."""
    end, rest = prose(3_000, 3), prose(29_000, 4) + "\n\n"
    filename = house.owner.generate(end, name="The coast")["filename"]
    house.owner.until_ready(filename)
    change(house.app, filename, WHOLE, [(rest + end, len(rest + end))])
    change(house.app, filename, LATER, [(len(rest),)])
    starts = [0, *(rest.index("\n\n", 6_200 * n) + 2 for n in range(1, len(CHAPTERS)))]
    rows = [(n, *row) for n, row in enumerate(zip(CHAPTERS, starts, strict=True))]
    change(house.app, filename, CHAPTER, rows)
    return filename


@pytest.fixture(scope="module")
def piece(house):
    filename = house.owner.generate("A tide came in.", name="Tide")["filename"]
    house.owner.until_ready(filename)
    return filename


def open_page(new_page, house, filename, query="", **options):
    page = new_page(house, **options)
    page.goto(address(house.app, f"/files/{filename}{query}"))
    if options.get("java_script_enabled", True):
        until(page, "customElements.get('read-along') !== undefined")
    return page


# The menu


@pytest.mark.parametrize("label", ["Download", "More for Tide"])
def test_a_download_from_a_phone_takes_two_presses(new_page, house, piece, label):
    page = new_page(house, width="phone", has_touch=True)
    clicks = Clicks(page.context)
    page.goto(address(house.app, f"/files/{piece}"))
    clicks.start()
    if label == "Download":
        page.locator("#downloads > summary").tap()
        with page.expect_download() as download:
            page.get_by_role("button", name="MP3", exact=True).tap()
    else:
        page.get_by_label(label).tap()
        with page.expect_download() as download:
            page.locator("#manage").get_by_role("link", name="Download").tap()
    assert download.value.suggested_filename == "Tide.mp3"
    assert clicks.count == 2


@pytest.mark.parametrize("width", WIDTHS)
def test_what_can_be_done_stands_at_the_head(new_page, house, book, width):
    page = open_page(new_page, house, book, width=width)
    for part in (".listen-play", "#downloads > summary", "#manage > summary"):
        assert page.locator(part).bounding_box()["y"] < 260


def test_the_menu_works_by_keys_and_tells_a_mistake_at_the_field(new_page, house, piece):
    page = open_page(new_page, house, piece)
    page.locator("#manage > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#manage").get_by_text("Rename").first).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("   ")
    page.keyboard.press("Enter")
    field = page.locator("#manage").get_by_label("Name")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#error-name")).to_be_visible()
    field.fill("Tide")
    page.keyboard.press("Enter")
    expect(page.locator("main > .notice")).to_have_text("Renamed.")
    page.locator("#manage > summary").click()
    page.keyboard.press("Escape")
    expect(page.locator("#manage")).not_to_have_attribute("open", "")


def test_the_menu_works_without_script(new_page, house, piece):
    page = open_page(new_page, house, piece, java_script_enabled=False, width="phone")
    page.locator("#manage > summary").click()
    page.locator("#manage").get_by_text("Move to a group…").click()
    page.locator("#manage").get_by_label("Group").fill("Sea")
    page.locator("#manage").get_by_role("button", name="Move").click()
    expect(page.locator("main > .notice")).to_have_text("Moved.")
    expect(page.locator("#about a", has_text="Sea")).to_be_attached()


@everywhere
def test_no_sheet_of_the_page_breaks_a_rule_of_accessibility(new_page, house, book, width, theme):
    page = open_page(new_page, house, book, width=width, theme=theme)
    assert violations(page) == [], "the page"
    for sheet in ("#manage", "#downloads", ".reading-looks"):
        page.locator(f"{sheet} > summary").click()
        assert violations(page) == [], sheet
        page.keyboard.press("Escape")
    if width == "phone":
        for button in (".about-button", ".chapters-button"):
            page.locator(button).click()
            assert violations(page) == [], button
            page.keyboard.press("Escape")
    assert page.problems == []


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_cut_off_where_all_is_large(new_page, house, book, theme):
    page = open_page(new_page, house, book, theme=theme)
    page.set_viewport_size({"width": 320, "height": 640})
    for sheet in ("#manage", "#downloads", ".reading-looks"):
        page.locator(f"{sheet} > summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, sheet
        page.keyboard.press("Escape")


# Chapters


def test_a_chapter_comes_to_the_head_of_the_page_and_is_marked(new_page, house, book):
    page = open_page(new_page, house, book)
    chapters = page.get_by_role("navigation", name="5 chapters")
    chapters.get_by_role("link", name="Departure", exact=True).click()
    until(page, f"({TOP_OF_CHAPTER})(5) > 0 && ({TOP_OF_CHAPTER})(5) < 150")
    expect(chapters.locator("[aria-current]")).to_have_text("Departure")
    expect(page.get_by_role("heading", name="Departure", level=2)).to_be_visible()
    page.get_by_role("link", name="Previous chapter").click()
    until(page, f"({TOP_OF_CHAPTER})(4) > 0 && ({TOP_OF_CHAPTER})(4) < 150")
    expect(chapters.locator("[aria-current]")).to_have_text(CHAPTERS[3])
    assert page.url.endswith("#chapter-4")
    assert page.problems == []


def test_on_a_phone_the_chapters_are_a_sheet(new_page, house, book):
    page = open_page(new_page, house, book, width="phone")
    page.get_by_role("button", name="Chapters: Arrival").click()
    page.get_by_role("link", name="The lamp", exact=True).click()
    expect(page.locator("#chapters")).to_be_hidden()
    until(page, f"({TOP_OF_CHAPTER})(3) > 0 && ({TOP_OF_CHAPTER})(3) < 150")
    expect(page.get_by_role("button", name="Chapters: The lamp")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_the_address_of_a_chapter_leads_to_it(new_page, house, book, has_script):
    first = open_page(new_page, house, book)
    link = first.locator("#chapters").get_by_role("link", name="The storm", exact=True)
    target = link.get_attribute("href")
    page = new_page(house, java_script_enabled=has_script)
    page.goto(address(house.app, target))
    heading = page.get_by_role("heading", name="The storm", level=2)
    expect(heading).to_be_in_viewport()


# A text that comes as one scrolls


def test_the_text_comes_as_one_scrolls_and_is_whole(new_page, house, book):
    page = open_page(new_page, house, book)
    count = page.evaluate(f"{PARTS}.length")
    assert count == 10
    assert page.evaluate(f"{PARTS}.filter(part => !part.textContent).length") > 3
    for number in range(1, count + 1):
        page.evaluate(f"({PART_OF})({number}).scrollIntoView()")
        until(page, f"({PART_OF})({number}).textContent.length > 0")
    assert page.evaluate(TEXT) == page.evaluate(
        "fetch(`${location.pathname}/text`).then(answer => answer.text())"
    )
    assert page.problems == []


def test_a_part_that_does_not_come_leaves_a_way_to_it(new_page, house, book):
    page = new_page(house, service_workers="block")
    page.route("**/parts/*", lambda route: route.abort())
    page.goto(address(house.app, f"/files/{book}"))
    until(page, f"{PARTS}.length === 10")
    page.evaluate(f"({PART_OF})(9).scrollIntoView()")
    link = page.locator("[data-part='9']").get_by_role("link", name="Continue reading")
    expect(link).to_have_attribute("href", f"/files/{book}?part=9")


def test_the_voice_brings_the_part_that_it_reads(new_page, house, book):
    page = open_page(new_page, house, book, reduced_motion="reduce")
    page.get_by_role("main").get_by_role("button", name="Play").click()
    until(page, f"({MARKED})('spoken').length > 5")
    until(page, "scrollY > 5000")
    expect(page.get_by_role("button", name="Back to the voice")).to_be_hidden()
