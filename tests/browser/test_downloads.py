"""The menu of downloads: made while the page stays, by pointer or keyboard, script or none."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import WIDTHS, address, everywhere, is_advancing, player
from tests.browser.test_accessibility import violations
from tests.support.making import SENTENCES, prose


@pytest.fixture(scope="module")
def piece(house):
    filename = house.owner.generate(SENTENCES, name="Rain", category="Sea")["filename"]
    house.owner.until_ready(filename)
    return f"/files/{filename}"


@pytest.fixture(scope="module")
def book(house):
    """A piece that takes a few seconds to be made into anything."""
    filename = house.owner.generate(prose(20_000, 5), name="Long")["filename"]
    house.owner.until_ready(filename)
    return f"/files/{filename}"


def open_menu(page, house, path):
    page.goto(address(house.app, path))
    page.locator("#downloads > summary").click()
    return page.locator("#downloads")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_format_is_made_and_its_download_begins_while_the_sound_goes_on(
    new_page, house, piece, width
):
    page = new_page(house, width=width)
    menu = open_menu(page, house, piece)
    page.get_by_role("main").get_by_role("button", name="Play").click()
    page.locator("#downloads > summary").click()  # a press elsewhere closed it
    with page.expect_download() as download:
        menu.get_by_role("button", name="M4B audiobook").click()
    assert download.value.suggested_filename == "Rain.m4b"
    data = Path(download.value.path()).read_bytes()
    assert data[4:12] == b"ftypM4B "
    expect(menu.get_by_role("status")).to_have_text(
        "M4B audiobook is ready. Your download is starting."
    )
    expect(menu.locator("[data-format=m4b] [data-size] a")).to_be_visible()
    assert player(page, "file?.name") == "Rain"
    assert page.problems == []


def test_a_browser_keeps_files_under_the_name_of_the_piece_in_any_script(new_page, house):
    name = "It’s late — Łódź, Москва, 東京, שלום"
    filename = house.owner.generate(SENTENCES, name=name)["filename"]
    house.owner.until_ready(filename)
    page = new_page(house)
    menu = open_menu(page, house, f"/files/{filename}")
    for label, ending in (("MP3", "mp3"), ("Captions, WebVTT", "vtt"), ("Plain text", "txt")):
        with page.expect_download() as download:
            menu.get_by_text(label, exact=True).click()
        assert download.value.failure() is None
        assert download.value.suggested_filename == f"{name}.{ending}"
    assert page.problems == []


def test_the_keyboard_orders_follows_and_cancels(new_page, house, book):
    page = new_page(house, service_workers="block")
    # However quickly it is made, this page does not come to know.
    page.route("**/exports/*", lambda route: None)
    menu = open_menu(page, house, book)
    page.locator("#downloads > summary").focus()
    button = menu.get_by_role("button", name="Opus")
    button.focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("status")).to_have_text("Creating Opus (smaller)…")
    expect(menu.get_by_role("progressbar", name="Opus")).to_be_visible()
    page.keyboard.press("Tab")
    cancel = menu.get_by_role("button", name="Cancel: Opus")
    expect(cancel).to_be_visible()
    cancel.focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("status")).to_have_text("The download was cancelled.")
    expect(menu.get_by_role("progressbar", name="Opus")).to_be_hidden()
    expect(button).to_be_focused()


def test_a_download_under_way_is_followed_on_a_page_opened_later(new_page, house, book):
    page = new_page(house)
    open_menu(page, house, book).get_by_role("button", name="FLAC").click()
    expect(page.get_by_role("progressbar", name="FLAC")).to_be_visible()
    second = new_page(house)
    row = open_menu(second, house, book).locator("[data-format=flac]")
    expect(row.get_by_role("progressbar")).to_be_hidden(timeout=60_000)
    assert second.problems == []


def test_a_refusal_is_said_beside_the_menu(new_page, house, piece):
    page = new_page(house)
    menu = open_menu(page, house, piece)
    page.evaluate("document.querySelector('#downloads [data-format=wav]').dataset.format = 'exe'")
    menu.get_by_role("button", name="WAV").click()
    expect(menu.get_by_role("status")).to_contain_text("There is no such format.")


def test_without_script_a_download_is_two_pages_away(new_page, house, piece):
    page = new_page(house, java_script_enabled=False)
    open_menu(page, house, piece).get_by_role("button", name="FLAC").click()
    link = page.get_by_role("main").get_by_role("link", name="Download", exact=True)
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    assert Path(download.value.path()).read_bytes().startswith(b"fLaC")


@everywhere
def test_the_menu_breaks_no_rule_of_accessibility(new_page, house, piece, width, theme):
    page = new_page(house, width=width, theme=theme)
    open_menu(page, house, piece)
    assert violations(page) == []
    page.goto(address(house.app, f"{piece}/exports"))
    expect(page.get_by_role("heading", name="Listen")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_sound_goes_on_while_a_download_is_fetched(new_page, house, book):
    page = new_page(house)
    menu = open_menu(page, house, book)
    page.get_by_role("main").get_by_role("button", name="Play").click()
    page.locator("#downloads > summary").click()  # a press elsewhere closed it
    is_advancing(page)
    with page.expect_download():
        menu.get_by_role("button", name="WAV").click()
    is_advancing(page)
    assert not player(page, "sound.isPaused")
