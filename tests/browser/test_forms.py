"""Forms in a browser: mistakes told in place, passwords that can be looked at, sections, notes."""

from playwright.sync_api import expect

from tests.browser.driving import address
from tests.support.serving import PASSWORD

NEW = "granite otter umbrella six"


def change_password(page, current, new):
    page.locator("#current").fill(current)
    page.locator("#new-password").fill(new)
    page.get_by_role("button", name="Change the password").click()


def test_a_refused_form_stays_as_it_stands_with_all_mistakes_and_the_first_focused(new_page, house):
    page = new_page(house)
    page.goto(address(house.app, "/account"))
    page.evaluate("document.querySelector('h1').dataset.same = ''")
    change_password(page, "not it", "short")
    expect(page.locator("#current")).to_be_focused()
    expect(page.locator("#current")).to_have_accessible_description(
        "That is not your current password. Nothing was changed."
    )
    expect(page.locator("#error-password")).to_be_visible()
    expect(page.locator("#new-password")).to_have_value("short")
    expect(page.locator("h1[data-same]")).to_have_count(1)
    change_password(page, PASSWORD, "short")
    expect(page.locator("#error-current")).to_have_count(0)
    expect(page.locator("#new-password")).to_be_focused()


def test_without_a_script_the_page_comes_back_with_the_mistake_focused(new_page, house):
    page = new_page(house, java_script_enabled=False)
    page.goto(address(house.app, "/pronunciations"))
    page.get_by_label("Word or phrase").fill(" ")
    page.get_by_label("Pronunciation", exact=True).fill("kept")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Word or phrase")).to_be_focused()
    expect(page.locator("#error-pattern")).to_be_visible()
    expect(page.get_by_label("Pronunciation", exact=True)).to_have_value("kept")


def test_a_password_can_be_looked_at_and_nothing_moves(new_page, app):
    page = new_page()
    page.goto(address(app, f"/setup?token={app.setup_token()}"))
    field, eye = page.locator("#password"), page.get_by_role("button", name="Show password")
    before = page.locator("button.lamp").bounding_box()
    field.fill(NEW)
    expect(eye).to_have_attribute("aria-pressed", "false")
    eye.click()
    expect(field).to_have_attribute("type", "text")
    expect(eye).to_have_attribute("aria-pressed", "true")
    assert page.locator("button.lamp").bounding_box() == before
    page.evaluate(
        "document.forms[0].addEventListener('submit', (event) => {"
        " event.preventDefault(); document.body.dataset.sent = password.type; })"
    )
    page.locator("#username").fill("vera")
    page.locator("button.lamp").click()
    expect(page.locator("body")).to_have_attribute("data-sent", "password")


def test_what_was_saved_is_told_once_at_its_form_in_its_section(new_page, house):
    page = new_page(house, width="phone")
    page.goto(address(house.app, "/account"))
    page.get_by_role("navigation", name="On this page").get_by_role(
        "link", name="Listening"
    ).click()
    expect(page).to_have_url(address(house.app, "/account#listening"))
    page.locator("#voice-fallback").get_by_role("button", name="Save").click()
    expect(page.locator("#voice-fallback .saved")).to_have_text("Saved.")
    expect(page.locator("#voice-fallback .saved")).to_be_in_viewport()
    expect(page.locator("main > .notice")).to_have_count(0)
    page.reload()
    expect(page.locator(".saved")).to_have_count(0)


def test_buttons_that_cannot_work_say_why(new_page, house):
    page = new_page(house)
    page.goto(address(house.app, "/account"))
    delete = page.get_by_role("button", name="Delete my account…")
    expect(delete).to_be_disabled()
    expect(delete).to_have_accessible_description(
        "You are the only admin. Make somebody else an admin before you delete your account."
    )
