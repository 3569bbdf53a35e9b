"""The library in a real browser: finding, ticking, moving, renaming, deleting and taking back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, WIDTHS, House, address, everywhere, player, until
from tests.support.serving import App, Client

TEXTS = {
    "Heron": "A heron stood in the shallow water. The lamp of the boathouse was lit.",
    "Boathouse": "The boathouse was painted green. Nobody had been there since the summer.",
    "Letter": "Dear Vera, the winter here is long. I read in the evening.",
}
DRAG = """([from, to]) => {
  const files = new DataTransfer();
  const send = (target, kind) => target.dispatchEvent(
    new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
  const row = document.querySelector(from);
  send(row, "dragstart");
  for (const kind of ["dragenter", "dragover", "drop"]) send(document.querySelector(to), kind);
  send(row, "dragend");
}"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """An app of this module's own, its library as each test wants it."""
    with App(tmp_path_factory.mktemp("shelf")) as app:
        yield House(app, Client(app).set_up())


@pytest.fixture
def pieces(shelf):
    """The three pieces, ready and without a group, and nothing else: filename by name."""
    owner = shelf.owner
    listed = owner.json("/library")["files"]
    known = {file["name"]: file["filename"] for file in listed if file["name"] in TEXTS}
    for file in listed:
        if known.get(file["name"]) != file["filename"]:
            owner.post(f"/files/{file['filename']}/delete")
        elif file["category"]:
            owner.post(f"/files/{file['filename']}/move", category="")
    for name, text in TEXTS.items():
        if name not in known:
            known[name] = owner.generate(text, name=name)["filename"]
    for filename in known.values():
        owner.until_ready(filename)
    for group in ("Novel", "Summer", "Winter"):
        owner.post("/library/groups/delete", group=group)
    for file in owner.json("/library/bin")["files"]:
        owner.post("/library/purge", filename=file["filename"])
    return known


@pytest.fixture
def desk(new_page, shelf, pieces):
    page = new_page(shelf)
    page.goto(address(shelf.app, "/library"))
    return page


def row(page, name):
    return page.locator(".row", has=page.get_by_role("link", name=name, exact=True))


def names(page):
    return page.locator("[data-found] a.name")


def toast(page):
    return page.locator("[data-toast]")


def menu(page, name):
    row(page, name).get_by_label(f"More for {name}").click()
    return page.get_by_role("menu")


def state(shelf, filename):
    return shelf.owner.state(filename)


@everywhere
def test_a_search_follows_the_typing_and_plays_from_the_phrase(
    new_page, shelf, pieces, width, theme
):
    page = new_page(shelf, width=width, theme=theme)
    page.goto(address(shelf.app, "/library"))
    page.get_by_role("searchbox").press_sequentially("boath")
    expect(names(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"\?q=boath$"))
    expect(row(page, "Heron").locator("mark")).to_have_text("boath")
    expect(row(page, "Heron").locator(".phrase")).to_contain_text("lamp of the boathouse was lit")
    row(page, "Heron").locator(".phrase").click()
    until(page, f"{PLAYER}?.sound.time > 1.5")
    assert player(page, "file.filename") == pieces["Heron"]
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.locator(".empty")).to_contain_text("Nothing matches")
    page.get_by_role("searchbox").press("Escape")
    expect(names(page)).to_have_count(3)
    expect(page.locator("[data-list-note]")).to_have_text("3 pieces found.")
    assert page.problems == []


def test_filters_and_orders_follow_a_choice_and_stand_in_the_address(desk, shelf):
    desk.get_by_label("Sort").select_option("name")
    expect(names(desk)).to_have_text(["Boathouse", "Heron", "Letter"])
    expect(desk).to_have_url(address(shelf.app, "/library?sort=name"))
    desk.get_by_label("State").select_option("failed")
    expect(desk.locator(".empty")).to_contain_text("Nothing matches.")
    desk.get_by_role("link", name="Show all").click()
    expect(names(desk)).to_have_count(3)
    desk.locator(".dates summary").click()
    desk.get_by_label("From").fill("2031-01-01")
    expect(names(desk)).to_have_count(0)
    desk.go_back()
    expect(desk.locator(".empty")).to_contain_text("Nothing matches.")


def test_groups_are_made_renamed_and_removed_with_or_without_their_pieces(desk, shelf, pieces):
    desk.get_by_text("New group").click()
    desk.keyboard.type("Novel")  # at once: the field has the focus
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Novel")).to_be_visible()
    expect(desk.locator(".empty")).to_contain_text("This group is empty.")
    shelf.owner.post(f"/files/{pieces['Heron']}/move", category="Novel")
    shelf.owner.post(f"/files/{pieces['Letter']}/move", category="Winter")
    desk.get_by_label("Change the group Novel").click()
    desk.locator(".drop-sheet input[name=name]").fill("Summer")
    desk.get_by_role("button", name="Rename").click()
    expect(desk.get_by_role("heading", name="Summer")).to_be_visible()
    assert state(shelf, pieces["Heron"])["category"] == "Summer"
    desk.get_by_label("Change the group Summer").click()
    desk.get_by_role("button", name="Keep its pieces").click()
    expect(desk.get_by_role("heading", name="Library")).to_be_visible()
    assert state(shelf, pieces["Heron"])["category"] == ""
    desk.get_by_role("link", name=re.compile("^Winter")).click()
    desk.get_by_label("Change the group Winter").click()
    desk.get_by_role("button", name="With its pieces").click()
    expect(desk.locator("main > .notice")).to_contain_text("its piece is in the bin")
    expect(names(desk)).to_have_count(2)
    assert desk.problems == []


def test_pieces_are_ticked_one_by_one_in_a_range_and_all_together(desk):
    ticks = desk.locator("[data-tick]")
    count = desk.locator("[data-bulk-count]")
    expect(desk.locator("[data-bulk]")).to_be_hidden()
    ticks.nth(0).check()
    expect(count).to_have_text("1 piece")
    ticks.nth(2).click(modifiers=["Shift"])
    expect(count).to_have_text("3 pieces")
    ticks.nth(1).click()
    expect(count).to_have_text("2 pieces")
    desk.get_by_label("Select all that are shown").click()
    expect(count).to_have_text("3 pieces")
    desk.keyboard.press("Escape")
    expect(desk.locator("[data-bulk]")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_ticked_pieces_are_moved_together(new_page, shelf, pieces, width):
    page = new_page(shelf, width=width)
    page.goto(address(shelf.app, "/library"))
    for name in ("Heron", "Letter"):
        row(page, name).locator("[data-tick]").check()
    page.locator("[data-bulk] input[name=category]").fill("Winter")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(toast(page)).to_contain_text("2 pieces moved to “Winter”.")
    expect(page.locator("[data-groups] [data-group=Winter]")).to_contain_text("2")
    assert state(shelf, pieces["Heron"])["category"] == "Winter"
    assert page.problems == []


def test_what_was_deleted_comes_back_with_undo(desk, shelf, pieces):
    for name in ("Heron", "Letter"):
        row(desk, name).locator("[data-tick]").check()
    desk.get_by_role("button", name="Delete", exact=True).click()
    expect(names(desk)).to_have_text(["Boathouse"])
    expect(toast(desk)).to_contain_text("2 pieces moved to the bin.")
    desk.get_by_role("button", name="Undo").click()
    expect(names(desk)).to_have_count(3)
    assert state(shelf, pieces["Letter"])["status"] == "ready"
    assert desk.problems == []


def test_the_bin_says_when_a_piece_goes_and_gives_it_back(desk, shelf, pieces):
    menu(desk, "Letter").get_by_role("menuitem", name="Delete").click()
    expect(names(desk)).to_have_count(2)
    desk.get_by_role("link", name="Bin").click()
    expect(desk.locator(".row", has_text="Letter")).to_contain_text("will be removed")
    desk.get_by_label("Select Letter").first.check()
    desk.get_by_role("button", name="Restore").click()
    expect(desk.locator("main > .notice")).to_contain_text("Restored 1 piece.")
    assert state(shelf, pieces["Letter"])["status"] == "ready"


def test_a_piece_is_deleted_for_good_from_the_bin(desk, shelf, pieces):
    menu(desk, "Boathouse").get_by_role("menuitem", name="Delete").click()
    expect(names(desk)).to_have_count(2)
    sound = shelf.app.data / "audio" / pieces["Boathouse"]
    assert sound.exists()
    desk.get_by_role("link", name="Bin").click()
    desk.get_by_label("Select Boathouse").first.check()
    desk.get_by_role("button", name="Delete for good").click()
    expect(desk.locator("main > .notice")).to_contain_text("Deleted 1 piece for good.")
    assert not sound.exists()


def test_a_name_is_changed_where_it_stands(desk, shelf, pieces):
    row(desk, "Letter").get_by_role("link", name="Letter", exact=True).focus()
    desk.keyboard.press("F2")
    desk.keyboard.type("A letter to Vera")
    desk.keyboard.press("Escape")
    expect(row(desk, "Letter")).to_be_visible()
    desk.keyboard.press("F2")
    desk.keyboard.type("A letter to Vera")
    desk.keyboard.press("Enter")
    expect(row(desk, "A letter to Vera")).to_be_visible()
    assert state(shelf, pieces["Letter"])["name"] == "A letter to Vera"
    shelf.owner.post(f"/files/{pieces['Letter']}/rename", name="Letter")


def test_a_name_that_is_refused_leaves_the_old_one_and_says_why(desk):
    row(desk, "Letter").get_by_role("link", name="Letter", exact=True).focus()
    desk.keyboard.press("F2")
    field = desk.locator("input.renaming")
    field.evaluate("field => { field.maxLength = 999; }")
    field.fill("x" * 201)
    field.press("Enter")
    expect(toast(desk)).to_contain_text("201 characters")
    expect(row(desk, "Letter")).to_be_visible()


def test_the_menu_of_a_row_opens_by_button_right_click_and_key(desk):
    shown = desk.get_by_role("menu")
    menu(desk, "Heron")
    expect(shown.get_by_role("menuitem", name="Play")).to_be_focused()
    desk.keyboard.press("End")
    expect(shown.get_by_role("menuitem", name="Delete")).to_be_focused()
    desk.keyboard.press("ArrowDown")
    expect(shown.get_by_role("menuitem", name="Play")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(desk.get_by_label("More for Heron")).to_be_focused()
    row(desk, "Heron").locator(".soft").click(button="right")
    expect(shown).to_be_visible()
    expect(shown.get_by_role("menuitem", name="Stop")).to_be_hidden()
    desk.keyboard.press("Escape")
    row(desk, "Heron").get_by_role("link", name="Heron", exact=True).focus()
    desk.keyboard.press("Shift+F10")
    expect(shown).to_be_visible()
    assert desk.problems == []


def test_a_piece_moves_to_a_group_through_its_menu_by_keyboard_alone(desk, shelf, pieces):
    row(desk, "Heron").get_by_label("More for Heron").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("m")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog", name="Move to a group")).to_be_visible()
    desk.keyboard.type("Summer")
    desk.keyboard.press("Enter")
    expect(row(desk, "Heron").locator("[data-category]")).to_have_text("Summer")
    assert state(shelf, pieces["Heron"])["category"] == "Summer"


def test_a_row_is_dragged_to_a_group(desk, shelf, pieces):
    shelf.owner.post("/library/groups", name="Winter")
    desk.reload()
    until(desk, "customElements.get('endless-list') !== undefined")
    desk.evaluate(DRAG, [f"[data-file='{pieces['Heron']}']", "[data-group=Winter]"])
    expect(row(desk, "Heron").locator("[data-category]")).to_have_text("Winter")
    assert state(shelf, pieces["Heron"])["category"] == "Winter"


def test_ticked_pieces_go_to_the_queue(desk, pieces):
    for name in ("Heron", "Letter"):
        row(desk, name).locator("[data-tick]").check()
    desk.get_by_role("button", name="Add to queue").click()
    until(desk, f"{PLAYER}?.queue.items.length === 2")
    queued = desk.evaluate(f"{PLAYER}.queue.items.map(item => item.filename)")
    assert sorted(queued) == sorted([pieces["Heron"], pieces["Letter"]])


def test_ticked_pieces_are_downloaded_as_one_file(desk, tmp_path):
    desk.get_by_label("Select all that are shown").evaluate("box => box.click()")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".zip")
    assert download.value.failure() is None


def test_a_long_list_loads_as_it_comes_near_and_days_go_on(new_page, shelf, pieces):
    made = [shelf.owner.generate("Short.", name=f"Piece {n:03}")["filename"] for n in range(58)]
    page = new_page(shelf)
    page.goto(address(shelf.app, "/library"))
    for shown in (30, 60):
        expect(names(page)).to_have_count(shown)
        page.locator("[data-found] .row").last.scroll_into_view_if_needed()
    expect(names(page)).to_have_count(61)
    assert page.locator(".day").count() == len(set(page.locator(".day").all_inner_texts()))
    for filename in made:
        shelf.owner.post(f"/files/{filename}/delete")
    assert page.problems == []


@pytest.mark.slow
def test_the_ring_of_a_piece_fills_while_it_is_made(new_page, shelf, pieces):
    owner = shelf.owner
    made = owner.generate(" ".join(TEXTS.values()) * 150, name="Long one")["filename"]
    page = new_page(shelf)
    page.goto(address(shelf.app, "/library"))
    ring = f"document.querySelector(`[data-file='{made}'] [data-ring]`)"
    until(page, f"!({ring}?.getAttribute('stroke-dasharray') ?? '').startsWith('0')", 60)
    expect(row(page, "Long one").locator("[data-state]")).to_have_text(
        re.compile(r"\d:\d\d"), timeout=60_000
    )
    expect(page.locator("[data-list-note]")).to_have_text("“Long one” is ready.")
    owner.post(f"/files/{made}/delete")


def test_an_answer_that_does_not_come_is_told_and_changes_nothing(new_page, shelf, pieces):
    desk = new_page(shelf, service_workers="block")
    desk.goto(address(shelf.app, "/library"))
    desk.route("**/library?q=*", lambda route: route.abort())
    desk.get_by_role("searchbox").fill("heron")
    expect(desk.locator("[data-found] .bad")).to_contain_text("The server cannot be reached.")
    desk.unroute("**/library?q=*")
    desk.get_by_role("searchbox").fill("hero")
    expect(names(desk)).to_have_text(["Heron"])


def test_the_library_works_without_script(browser, shelf, pieces):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [
            {"name": name, "value": value, "url": address(shelf.app)}
            for name, value in shelf.owner.cookies.items()
        ]
    )
    page = context.new_page()
    page.goto(address(shelf.app, "/library"))
    page.get_by_role("searchbox").fill("heron")
    page.get_by_role("button", name="Show").click()
    expect(names(page)).to_have_text(["Heron"])
    page.locator("[data-tick]").check()
    page.locator("[data-bulk] input[name=category]").fill("Novel")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("main > .notice")).to_contain_text("Moved 1 piece.")
    page.get_by_label("More for Heron").click()  # leads to the menu on the page of the piece
    page.wait_for_url("**/files/*#manage")
    page.get_by_label("More for Heron").click()
    page.locator("#manage").get_by_role("button", name="Delete").click()
    expect(page.locator("main > .notice")).to_contain_text("“Heron” moved to the bin.")
    page.get_by_role("button", name="Undo").click()
    expect(names(page)).to_have_count(3)
    context.close()
