"""Imports that wait in line in a real browser: the page says how far they are."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driving import WIDTHS, address, open_empty_studio, until, until_noted
from tests.browser.test_documents import DROP
from tests.documents.scans import chapters, needs_tesseract, scanned


@needs_tesseract
@pytest.mark.parametrize("width", WIDTHS)
def test_a_scan_leads_to_its_review_once_its_pages_are_recognised(new_page, house, width):
    page = new_page(house, width=width)
    page.goto(address(house.app, "/documents"))
    scan = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": scanned(chapters())}
    until(page, "customElements.get('documents-shelf') !== undefined")
    page.set_input_files("[name=file]", scan)
    page.wait_for_url("**/documents/*", timeout=120_000)
    expect(page.get_by_text("Text recognised on")).to_be_visible()
    expect(page.get_by_text("Chapter 2").first).to_be_visible()


IN_LINE = {"id": 7, "error": None, "document_url": None, "url": "/documents/imports/7"}
STATE = "Waiting: number 2 in line."


@pytest.fixture
def shelf(new_page, house):
    """The page of documents."""
    page = new_page(house)
    page.goto(address(house.app, "/documents"))
    until(page, "customElements.get('documents-shelf') !== undefined")
    return page


@pytest.fixture
def waiting(shelf):
    """The page of documents, with a stand-in for the worker: each PDF waits in line."""
    shelf.route("**/documents", put_in_line)
    return shelf


def put_in_line(route):
    if route.request.method == "POST" and b".pdf" in route.request.post_data_buffer:
        line = [{**IN_LINE, "state": STATE}]
        return route.fulfill(status=202, json={"documents": [], "imports": line})
    return route.continue_()


def answer_of_line(page, status, **answer):
    page.route("**/documents/imports/7", lambda route: route.fulfill(status=status, json=answer))


def test_files_behind_those_that_wait_in_line_are_sent_meanwhile(waiting):
    answer_of_line(waiting, 200, **IN_LINE, state=STATE)
    names = ["one.pdf", "two.pdf", "three.pdf", "note.txt"]
    waiting.evaluate(DROP, [[name, "It was late."] for name in names])
    lines = waiting.locator(".dropped-file")
    expect(lines.nth(3).get_by_role("link")).to_be_visible()
    for number in range(3):
        expect(lines.nth(number)).to_contain_text(STATE)


def test_files_dropped_while_others_wait_join_their_list(waiting):
    answer_of_line(waiting, 200, **IN_LINE, state=STATE)
    waiting.evaluate(DROP, [["one.pdf", "%PDF"]])
    lines = waiting.locator(".dropped-file")
    expect(lines.first).to_contain_text(STATE)
    waiting.evaluate(DROP, [["note.txt", "It was late."]])
    expect(lines.nth(1).get_by_role("link")).to_be_visible()
    expect(lines.first).to_contain_text(STATE)


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        (404, "There is nothing here.", "This import was cancelled."),
        (401, "Log in again.", "Log in again."),
    ],
)
def test_an_import_that_is_followed_no_more_says_why(waiting, status, error, told):
    answer_of_line(waiting, status, error=error)
    waiting.evaluate(DROP, [["one.pdf", "%PDF"]])
    expect(waiting.locator(".dropped-file .bad")).to_have_text(told)


def test_who_writes_on_while_a_document_is_read_is_not_led_away(new_page, house):
    page = new_page(house)
    open_empty_studio(page, house)
    page.route("**/documents", put_in_line)
    answer_of_line(page, 200, **IN_LINE, state=STATE)
    page.evaluate(DROP, [["one.pdf", "%PDF"]])
    expect(page.locator(".dropped-file")).to_contain_text(STATE)
    page.locator("textarea[name=text]").fill("Meanwhile I write.")
    page.unroute("**/documents/imports/7")
    answer_of_line(page, 200, **{**IN_LINE, "document_url": "/documents/1"})
    expect(page.get_by_role("link", name="Review")).to_be_visible()
    expect(page).to_have_url(address(house.app))


def test_a_page_is_not_left_unasked_while_a_file_is_sent(shelf):
    asked, held = [], []
    shelf.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    shelf.route("**/documents", lambda route: held.append(route))
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"It was late."}
    shelf.set_input_files("[name=file]", note)
    until_noted(shelf, lambda: held, "the file being sent")
    shelf.goto("about:blank")
    assert asked == ["beforeunload"]


def test_a_line_that_is_watched_when_the_session_ends_leads_to_the_login(shelf):
    shelf.context.clear_cookies()
    shelf.evaluate(
        """document.querySelector("main").insertAdjacentHTML(
            "beforeend",
            `<imports-line data-url="/documents/imports"><p data-import="7">
              <span class="soft" data-state>Next in line.</span></p></imports-line>`)"""
    )
    expect(shelf).to_have_url(re.compile(r"/login\?next="))
