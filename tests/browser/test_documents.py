"""Documents in a real browser: dropped, looked through, spoken, followed; without script, too."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, WIDTHS, address, everywhere, is_advancing, player, until
from tests.browser.test_accessibility import violations
from tests.support.making import prose
from tests.support.sending import MARKDOWN

DROP = """files => {
  const dropped = new DataTransfer();
  for (const [name, text] of files) dropped.items.add(new File([text], name));
  const target = document.querySelector("[data-manuscript], documents-shelf");
  for (const kind of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(
      new DragEvent(kind, { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def open_page(new_page, house):
    """A function that opens a page of the owner."""

    def open_path(path="/", **options):
        house.owner.post("/draft", text="", name="")
        page = new_page(house, permissions=["clipboard-read", "clipboard-write"], **options)
        page.goto(address(house.app, path))
        if page.evaluate("matchMedia('(scripting: enabled)').matches"):
            until(page, "customElements.get('player-dock') !== undefined")
        return page

    return open_path


@pytest.fixture
def open_review(open_page):
    """A function that opens the review of a document that was dropped just now."""

    def open_document(text=MARKDOWN, name="lamp.md", *, shows_settings=True, **options):
        page = open_page("/documents", **options)
        until(page, "customElements.get('documents-shelf') !== undefined")
        page.evaluate(DROP, [[name, text]])
        page.wait_for_url("**/documents/*")
        until(page, "customElements.get('document-desk') !== undefined")
        if shows_settings:
            page.locator("[data-settings] > summary").click()
        return page

    return open_document


def ticks(page):
    return page.locator("[name=chapter]")


def speak_button(page):
    return page.locator("[data-speak-book]")


def total(page):
    return page.locator("[data-total]")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_dropped_book_is_looked_through_and_heard(open_page, width):
    page = open_page(width=width)
    until(page, "customElements.get('studio-desk') !== undefined")
    page.evaluate(DROP, [["lamp.md", MARKDOWN]])
    page.wait_for_url("**/documents/*")
    until(page, "customElements.get('document-desk') !== undefined")
    expect(total(page)).to_contain_text("4 chapters")
    ticks(page).nth(0).uncheck()
    expect(total(page)).to_contain_text("3 chapters")
    speak_button(page).click()
    page.wait_for_url("**/files/*")
    is_advancing(page)
    expect(page.locator("h1")).to_have_text("The lamp and the harbour")
    assert page.problems == []


def test_several_files_are_read_each_with_its_own_sentence(open_page):
    page = open_page()
    until(page, "customElements.get('studio-desk') !== undefined")
    page.evaluate(DROP, [["good.md", MARKDOWN], ["empty.txt", " "], ["other.txt", "It was late."]])
    lines = page.locator(".dropped-file")
    expect(lines).to_have_count(3)
    expect(lines.nth(1)).to_contain_text("There is no text in this document.")
    expect(lines.nth(2).get_by_role("link", name="Review")).to_be_visible()
    lines.nth(0).get_by_role("link", name="Review").click()
    page.wait_for_url("**/documents/*")


def test_a_pasted_address_is_offered_to_be_fetched(open_page):
    page = open_page()
    until(page, "customElements.get('studio-desk') !== undefined")
    page.locator("textarea[name=text]").focus()
    page.evaluate("navigator.clipboard.writeText('http://127.0.0.1/secret')")
    page.keyboard.press("Control+V")
    page.get_by_role("button", name="Import this page").click()
    expect(page.locator(".dropped-file")).to_contain_text(
        "You can only import public web addresses"
    )
    expect(page.locator("textarea[name=text]")).to_have_value("")


def test_what_is_chosen_is_kept_and_added_up(open_review):
    page = open_review()
    before = total(page).inner_text()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Web addresses").check()
    expect(total(page)).not_to_have_text(before)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="None", exact=True).click()
    expect(total(page)).to_have_text("No chapter is selected.")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        ticks(page).nth(2).check()
    expect(total(page)).to_contain_text("1 chapter ")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Author").fill("Ada Holm")
    page.reload()
    expect(page.get_by_label("Web addresses")).to_be_checked()
    expect(page.get_by_label("Author")).to_have_value("Ada Holm")
    assert [tick.is_checked() for tick in ticks(page).all()] == [False, False, True, False]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_total_and_speak_are_always_in_sight(open_review, width):
    text = "".join(f"# Chapter {number}\n\n{prose(300, number)}\n\n" for number in range(40))
    page = open_review(text, width=width)
    speak = speak_button(page)
    for place in (0, 900, 2600):
        page.mouse.wheel(0, place)
        expect(speak).to_be_in_viewport(ratio=1)
        expect(total(page)).to_be_in_viewport(ratio=1)


def test_a_part_is_brought_back_by_the_keyboard_and_keeps_the_focus(open_review):
    page = open_review()
    page.get_by_text("Arrival", exact=True).click()
    part = page.get_by_role("button", name="https://example.org/notes")
    expect(part).to_have_attribute("aria-pressed", "false")
    before = total(page).inner_text()
    part.focus()
    page.keyboard.press("Enter")
    expect(part).to_have_attribute("aria-pressed", "true")
    expect(part).to_be_focused()
    expect(total(page)).not_to_have_text(before)
    page.reload()
    page.get_by_text("Arrival", exact=True).click()
    expect(part).to_have_attribute("aria-pressed", "true")


def test_the_text_of_a_chapter_is_edited_in_its_place(open_review):
    page = open_review()
    page.get_by_text("The keeper", exact=True).click()
    page.get_by_role("link", name="Edit the text").click()
    field = page.get_by_label("Text")
    expect(field).to_have_value("The keeper\n\nThe keeper listened to the tide.")
    field.fill("Short.")
    page.get_by_label("Name of the chapter").fill("Brief")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit the text")).to_be_focused()
    row = page.locator("[data-chapter='2']")
    expect(row.locator(".edited")).to_have_text("Short.")
    expect(row.locator("summary")).to_contain_text("Brief")
    expect(row.locator("summary")).to_contain_text("6 characters")


def test_a_chapter_that_the_rules_leave_out_is_ticked_once_its_kind_is_spoken(open_review):
    page = open_review("```\nonly code\n```\n", name="code.md")
    expect(total(page)).to_have_text(
        "Everything here is left out. Select above what you want to hear."
    )
    page.get_by_label("Program code").check()
    expect(total(page)).to_contain_text("1 chapter ")
    expect(ticks(page).first).to_be_checked()
    page.reload()
    expect(ticks(page).first).to_be_checked()


def test_an_open_chapter_follows_the_rules(open_review):
    page = open_review()
    page.get_by_text("Arrival", exact=True).click()
    part = page.get_by_role("button", name="https://example.org/notes")
    expect(part).to_have_attribute("aria-pressed", "false")
    page.get_by_label("Web addresses").check()
    expect(part).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Web addresses")).to_be_focused()


def test_a_long_name_that_is_refused_stays_within_a_phone(open_page):
    page = open_page("/documents", width="phone")
    until(page, "customElements.get('documents-shelf') !== undefined")
    page.evaluate(DROP, [["w" * 200 + ".pdf", "no PDF"]])
    expect(page.locator(".dropped-file .bad")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_formula_is_shown_as_it_is_said_until_it_is_wanted_as_written(open_review):
    page = open_review("# Squares\n\nSo $A = \\pi r^2$ holds.\n", name="squares.md")
    page.locator("[data-open-chapter] summary").first.click()
    formula = page.locator(".switch[data-kind=formula]")
    expect(formula).to_have_text("A = πr²", use_inner_text=True)
    expect(formula).to_have_css("text-decoration-line", "underline")
    formula.click()
    expect(formula).to_have_text("\\(A = \\pi r^2\\)", use_inner_text=True)


def test_an_empty_form_keeps_the_page_and_says_what_to_send(open_page):
    page = open_page("/documents", java_script_enabled=False)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Choose a file or enter the address of a web page."
    )
    expect(page.get_by_label("Files")).to_be_visible()


def test_a_long_chapter_arrives_in_stretches(open_review):
    page = open_review(prose(90_000, 5), "long.txt")
    expect(total(page)).to_be_visible()
    assert len(page.content()) < 150_000
    page.locator("[data-open-chapter] summary").first.click()
    expect(page.locator("[data-parts]")).to_have_count(1)
    page.locator("[data-parts] p").last.scroll_into_view_if_needed()
    expect(page.locator("[data-parts]")).to_have_count(2)


def test_a_book_in_files_plays_one_chapter_after_the_other(open_review):
    page = open_review()
    page.get_by_label("One file per chapter").check()
    speak_button(page).click()
    expect(page.locator(".made .row")).to_have_count(4)
    is_advancing(page)
    assert player(page, "queue.items.length") == 4
    until(page, f"{PLAYER}?.file.name === '02 Arrival'")
    expect(page.locator("[data-book-note]")).to_contain_text("100% generated", timeout=60_000)
    expect(page.locator(".made [data-progress]")).to_have_count(0)
    expect(page.locator(".made").get_by_role("button", name="Pause")).to_have_count(0)
    assert page.problems == []


def test_without_script_a_file_is_imported_chosen_and_spoken(open_page, tmp_path):
    path = tmp_path / "lamp.md"
    path.write_text(MARKDOWN)
    page = open_page(java_script_enabled=False)
    page.get_by_role("link", name="File", exact=True).click()
    page.get_by_label("Files").set_input_files(path)
    page.get_by_role("button", name="Import").click()
    page.get_by_label("Generate Arrival").uncheck()
    page.get_by_role("button", name="Count again").click()
    expect(total(page)).to_contain_text("3 chapters")
    page.get_by_text("Ice", exact=True).click()
    page.locator("[data-chapter='3']").get_by_role("link").click()
    page.get_by_role("button", name="Ice", exact=True).click()
    expect(page.get_by_role("button", name="Ice", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
    page.get_by_role("link", name="The lamp and the harbour").click()
    page.locator("[data-settings] > summary").click()
    page.get_by_label("One file per chapter").check()
    speak_button(page).click()
    expect(page.locator(".made .row .name").first).to_have_text("01 The lamp and the harbour")
    expect(page.locator(".made .row")).to_have_count(3)


@everywhere
def test_no_state_of_a_document_breaks_a_rule_of_accessibility(open_review, width, theme):
    page = open_review(width=width, theme=theme, shows_settings=False)
    assert violations(page) == [], "review"
    page.get_by_text("Arrival", exact=True).click()
    expect(page.get_by_role("button", name="https://example.org/notes")).to_be_visible()
    assert violations(page) == [], "an open chapter"
    page.get_by_role("link", name="Edit the text").click()
    expect(page.get_by_label("Text")).to_be_visible()
    assert violations(page) == [], "a chapter being edited"
    page.get_by_label("Change the cover").click()
    assert violations(page) == [], "the cover's sheet"
    page.get_by_label("Change the cover").click()  # it lies over what is asked for next
    page.locator("[data-settings] > summary").click()
    page.get_by_label("One file per chapter").check()
    speak_button(page).click()
    expect(page.locator(".made .row")).to_have_count(4)
    assert violations(page) == [], "what is made of it"
    page.goto(page.url.partition("/documents/")[0] + "/documents")
    page.evaluate(DROP, [["empty.txt", " "]])
    expect(page.locator(".dropped-file .bad")).to_be_visible()
    assert violations(page) == [], "the shelf with a file that was refused"


def test_the_chapters_of_a_piece_can_be_played_once_it_is_made(open_review):
    text = "".join(f"# Part {number}\n\n{prose(4000, number)}\n\n" for number in (1, 2, 3))
    page = open_review(text, name="parts.md")
    speak_button(page).click()
    expect(page.locator(".chapter-play")).to_have_count(3, timeout=60_000)
    expect(page.get_by_role("link", name="Change a sentence")).to_be_visible(timeout=60_000)
    assert page.problems == []
