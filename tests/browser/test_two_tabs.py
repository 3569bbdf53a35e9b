"""One thing edited in two tabs of a real browser: the second is told, and may choose."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.driving import WIDTHS, address
from tests.support.sending import CONTENT_TYPE, MARKDOWN, multipart


@pytest.fixture
def book(house):
    """The path of a document's review."""
    body = multipart([("lamp.md", MARKDOWN.encode())], csrf_token=house.owner.token())
    sent = {"Content_Type": CONTENT_TYPE, "Accept": "application/json"}
    _status, _headers, answer = house.owner.request("POST", "/documents", body, **sent)
    return json.loads(answer)["documents"][0]["url"]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_draft_of_another_tab_is_replaced_only_when_that_is_wanted(new_page, house, width):
    house.owner.post("/draft", text="", name="")
    page = new_page(house, width=width)
    page.goto(address(house.app))
    house.owner.post("/draft", text="Theirs.", version="theirs")
    page.locator("textarea[name=text]").fill("Mine.")
    expect(page.get_by_text("There is a newer draft from another tab or device")).to_be_visible()
    page.get_by_role("button", name="Save this one instead").click()
    expect(page.get_by_text("There is a newer draft from another tab or device")).to_be_hidden()
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value("Mine.")
    house.owner.post("/draft", text="", name="")


def test_a_chapter_that_was_saved_elsewhere_shows_both_texts(new_page, house, book):
    page = new_page(house)
    page.goto(address(house.app, book))
    page.locator("[data-open-chapter] summary").nth(2).click()
    page.get_by_role("link", name="Edit the text").click()
    page.locator("textarea.chapter-text").fill("My own words.")
    house.owner.post(f"{book}/chapters/2", text="Words of another tab.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Words of another tab.")).to_be_visible()
    expect(page.locator("textarea.chapter-text")).to_have_value("My own words.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".parts.edited")).to_have_text("My own words.")


def test_what_another_tab_made_of_a_document_stays(new_page, house, book):
    page = new_page(house)
    page.goto(address(house.app, book))
    house.owner.post(book, title="Theirs", accept="application/json")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("[name=chapter]").nth(1).uncheck()
    assert house.owner.json(book)["title"] == "Theirs"
    page.locator(".book-title").fill("Mine")
    expect(page.locator("[data-trouble]")).to_contain_text("“Theirs” was added in another tab")
    page.locator(".book-title").fill("Mine after all")
    expect(page.locator("[data-trouble]")).to_have_text("")
    assert house.owner.json(book)["title"] == "Mine after all"
