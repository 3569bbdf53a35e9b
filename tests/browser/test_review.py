"""The review of a document: chapters first, walked and heard; what cannot work says why."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.clicks import Clicks
from tests.browser.driving import WIDTHS, address, sign_in, until
from tests.support.making import prose
from tests.support.sending import CONTENT_TYPE, multipart
from tests.support.serving import App, Client

BOOK = "".join(f"# Chapter {n}\n\n{prose(900, n)}\n\n```\ncode\n```\n\n" for n in range(1, 13))


def take(owner, text=BOOK, name="book.md"):
    """Import a document; the path of its review."""
    body = multipart([(name, text.encode())], csrf_token=owner.token())
    sent = {"Content_Type": CONTENT_TYPE, "Accept": "application/json"}
    _status, _headers, answer = owner.request("POST", "/documents", body, **sent)
    return json.loads(answer)["documents"][0]["url"]


@pytest.fixture
def open_review(new_page, house):
    """A function that opens the review of a new document."""

    def open_page(text=BOOK, **options):
        page = new_page(house, **options)
        page.goto(address(house.app, take(house.owner, text)))
        if options.get("java_script_enabled", True):
            until(page, "customElements.get('document-desk') !== undefined")
        return page

    return open_page


def row(page, number):
    return page.locator(f"[data-chapter='{number}']")


@pytest.mark.parametrize("width", WIDTHS)
def test_chapters_begin_in_the_first_screen_beside_what_speaks_them(open_review, width):
    page = open_review(width=width)
    till = page.locator("[data-till]").bounding_box()
    seen = [
        box
        for chapter in page.locator("[data-chapter]").all()
        if (box := chapter.bounding_box()) and box["y"] + box["height"] <= till["y"]
    ]
    assert len(seen) >= 4
    expect(page.locator("[data-speak-book]")).to_be_in_viewport(ratio=1)
    page.mouse.wheel(0, 9999)
    page.locator("[data-chapter]").last.scroll_into_view_if_needed()
    last = page.locator("[data-chapter]").last.bounding_box()
    assert last["y"] + last["height"] <= page.locator("[data-till]").bounding_box()["y"] + 1


def test_settings_say_in_a_line_what_is_set_and_stay_open(open_review):
    page = open_review()
    line = page.locator("[data-settings-line]")
    expect(line).to_contain_text("1× · one audiobook · 1 thing left out")
    page.locator("[data-settings] > summary").click()
    page.get_by_label("Program code").check()
    page.get_by_label("One file per chapter").check()
    expect(line).to_contain_text("1× · one file per chapter · nothing left out")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Group").fill("Sea")
    expect(line).to_contain_text("Sea")
    page.reload()
    expect(page.get_by_label("Program code")).to_be_visible()
    expect(line).to_contain_text("1× · one file per chapter · Sea · nothing left out")


def test_an_edit_is_kept_on_the_way_from_chapter_to_chapter(open_review):
    page = open_review()
    row(page, 1).locator("summary").click()
    row(page, 1).get_by_role("link", name="Edit the text").click()
    page.get_by_label("Text").fill("Short.")
    row(page, 1).get_by_role("button", name="Next chapter").click()
    expect(row(page, 2).locator("summary")).to_be_focused()
    expect(row(page, 1).locator("details")).not_to_have_attribute("open", "")
    expect(row(page, 1).locator("[data-sums]")).to_contain_text("6 characters")
    page.keyboard.press("Shift+P")
    expect(row(page, 1).locator(".edited")).to_have_text("Short.")
    row(page, 1).get_by_role("link", name="Next").first.click()
    expect(row(page, 2).locator("[data-parts]")).to_be_visible()
    assert page.problems == []


def test_what_is_typed_into_a_chapter_is_saved_before_the_book_is_spoken(open_review):
    page = open_review()
    row(page, 0).locator("summary").click()
    row(page, 0).get_by_role("link", name="Edit the text").click()
    page.get_by_label("Text").fill("My own beginning.")
    page.locator("[data-speak-book]").click()
    page.wait_for_url("**/files/*")
    expect(page.locator("main")).to_contain_text("My own beginning.")


def test_a_chapter_is_heard_in_the_chosen_voice(open_review):
    page = open_review()
    row(page, 1).locator("summary").click()
    hear = row(page, 1).get_by_role("button", name="Listen to this chapter")
    with page.expect_response("**/preview") as answer:
        hear.click()
    assert answer.value.headers["content-type"] == "audio/mpeg"
    expect(hear).to_have_attribute("aria-pressed", "true")
    hear.click()
    expect(hear).to_have_attribute("aria-pressed", "false")
    assert page.problems == []


def test_the_button_is_off_where_nothing_is_selected_and_has_the_price(open_review):
    page = open_review()
    speak = page.locator("[data-speak-book]")
    expect(speak).to_contain_text("free")
    page.get_by_role("button", name="None", exact=True).click()
    expect(speak).to_be_disabled()
    expect(page.locator("[data-total]")).to_have_text("No chapter is selected.")
    row(page, 3).locator("[name=chapter]").check()
    expect(speak).to_be_enabled()


def test_a_limit_is_said_before_it_is_met(new_page, tmp_path):
    with App(tmp_path, VOICEVERSE_DAILY_CHARACTERS_PER_USER="3000") as app:
        owner = Client(app).set_up()
        page = new_page()
        sign_in(page.context, app, owner)
        page.goto(address(app, take(owner)))
        expect(page.locator("[data-trouble]")).to_contain_text("3,000 characters a day")
        expect(page.locator("[data-speak-book]")).to_be_disabled()
        page.get_by_role("button", name="None", exact=True).click()
        row(page, 1).locator("[name=chapter]").check()
        expect(page.locator("[data-trouble]")).to_have_text("")
        expect(page.locator("[data-speak-book]")).to_be_enabled()


def test_the_same_book_twice_is_said_and_can_be_discarded(open_review):
    text = BOOK.replace("Chapter", "Part")
    open_review(text)
    page = open_review(text)
    expect(page.get_by_text("You already have this")).to_be_visible()
    page.get_by_role("button", name="Discard this one").click()
    page.wait_for_url("**/documents")


def test_without_script_settings_open_and_chapters_lead_to_each_other(open_review):
    page = open_review(java_script_enabled=False)
    page.locator("[data-settings] > summary").click()
    expect(page.get_by_label("Program code")).to_be_visible()
    row(page, 1).locator("summary").click()
    row(page, 1).get_by_role("link").click()
    page.get_by_role("link", name="Next").first.click()
    expect(page.locator("h1")).to_have_text("Chapter 3")
    page.get_by_role("link", name="Edit the text").click()
    page.get_by_label("Text").fill("Short.")
    page.get_by_role("button", name="Previous chapter").click()
    expect(page.locator("h1")).to_have_text("Chapter 2")
    page.get_by_role("link", name="Next").first.click()
    expect(page.locator(".edited")).to_have_text("Short.")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_book_takes_two_presses_once_its_file_is_chosen(new_page, house, tmp_path, width):
    path = tmp_path / "book.md"
    path.write_text(BOOK)
    page = new_page(house, width=width)
    clicks = Clicks(page.context)
    page.goto(address(house.app, "/documents"))
    until(page, "customElements.get('documents-shelf') !== undefined")
    clicks.start()
    page.get_by_label("Files").set_input_files(path)
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/documents/*")
    page.locator("[data-speak-book]").click()
    page.wait_for_url("**/files/*")
    assert clicks.count <= 2
