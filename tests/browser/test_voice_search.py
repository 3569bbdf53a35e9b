"""Finding a voice in the picker of a real browser, by words in two languages."""

import pytest
from playwright.sync_api import expect

from speech.engines.natural_voices import VOICES, model_path
from tests.browser.driving import WIDTHS, House, address
from tests.browser.test_accessibility import violations
from tests.support.serving import App, Client

GERMAN = {"locale": "de-DE"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An app with files as large as the models of two more natural voices; nobody speaks them."""
    folder = tmp_path_factory.mktemp("house")
    for name in ("emma", "fenrir"):
        path = model_path(VOICES[name], folder / "data" / "voices")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(VOICES[name].size)
    with App(folder) as app:
        yield House(app, Client(app).set_up())


@pytest.fixture
def open_picker(new_page, house):
    def open_it(path="/", **options):
        page = new_page(house, **options)
        page.goto(address(house.app, path))
        page.locator("[data-open]").click()
        dialog = page.locator("#voices")
        expect(dialog.locator("[data-voice]").first).to_be_visible()
        return page, dialog

    return open_it


def names(dialog):
    return dialog.locator("[data-voice]:visible .name")


@pytest.mark.parametrize("width", WIDTHS)
def test_voices_are_found_by_accent_gender_and_language(open_picker, width):
    page, dialog = open_picker(width=width)
    search = dialog.get_by_label("Search voices")
    for words, found in (
        ("british female", ["Emma"]),
        ("female", ["Heart", "Emma"]),
        ("American male", ["Fenrir"]),
        ("deutsch", ["German"]),
        ("brazil", ["Portuguese (Brazil)"]),
    ):
        search.fill(words)
        expect(names(dialog)).to_have_text(found)
    search.fill("british")
    expect(names(dialog).first).to_have_text("Emma")
    expect(names(dialog)).to_contain_text(["Emma", "English (Great Britain)"])
    expect(dialog.get_by_role("status")).to_have_text("6 voices")
    search.fill("zarathustra")
    expect(dialog.get_by_role("status")).to_contain_text("No voice")
    assert page.problems == []


@pytest.mark.parametrize(("width", "theme"), [("desk", "light"), ("phone", "dark")])
def test_natural_voices_are_on_top_named_and_within_reach(open_picker, width, theme):
    page, dialog = open_picker("/?voice=natural:heart", width=width, theme=theme)
    first = dialog.locator("[data-voice]").first
    expect(first).to_be_in_viewport(ratio=1)
    link = first.get_by_role("link", name="Heart natural American English, female · free")
    expect(link).to_have_attribute("aria-current", "true")
    expect(first.locator(".natural")).to_have_text("natural")
    box = first.get_by_role("button", name="Listen to Heart").bounding_box()
    assert min(box["width"], box["height"]) >= 44
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    assert violations(page) == []


def test_the_chosen_voice_is_shown_by_its_name_alone(open_picker):
    page, dialog = open_picker()
    dialog.get_by_label("Search voices").fill("fenrir")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-open]")).to_have_text("Voice: Fenrir")
    assert page.locator("select[name=voice]").input_value() == "natural:fenrir"


def test_a_german_sees_german_voices_first_and_searches_in_both_languages(open_picker):
    page, dialog = open_picker(**GERMAN)
    assert dialog.locator("section").first.get_attribute("data-language") == "de"
    search = dialog.locator("[data-search]")
    for words in ("weiblich", "female", "weiblich american"):
        search.fill(words)
        expect(names(dialog).first).to_have_text("Heart")
    search.fill("norwegisch")
    expect(names(dialog)).to_have_text(["Norwegisch (Bokmål)"])
    search.fill("schweizerisch")
    expect(names(dialog)).to_contain_text(["Französisch"])
    assert page.problems == []


def test_without_script_the_list_has_the_same_order(new_page, house):
    page = new_page(house, java_script_enabled=False, **GERMAN)
    page.goto(address(house.app))
    groups = page.locator("select[name=voice] optgroup")
    labels = [group.get_attribute("label") for group in groups.all()]
    assert labels[:2] == ["Deutsch", "Englisch"]
    first = groups.nth(1).locator("option").first
    assert first.get_attribute("value") == "natural:heart"
    assert first.text_content().startswith("Heart · ")
