"""The second step and passkeys as people use them, with the browser's own key of software."""

import contextlib

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.driving import WIDTHS, address, log_out, set_up, sign_in, until
from tests.support.serving import PASSWORD, App, Client

IS_WIDE = "document.documentElement.scrollWidth > window.innerWidth"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


# One width in every run, the other in the slow one.
at_both_widths = pytest.mark.parametrize(
    "width", ["desk", pytest.param("phone", marks=pytest.mark.slow)]
)


def here(app, path="/"):
    """An address by name: browsers have no passkeys for numbers."""
    return f"http://localhost:{app.port}{path}"


@contextlib.contextmanager
def authenticator(page):
    """A device that holds passkeys and agrees to everything; yields a function to change it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    def tell(method, **values):
        return session.send(f"WebAuthn.{method}", made | values)

    yield tell
    session.detach()


def give_password(page, app):
    page.goto(here(app, "/login"))
    page.get_by_label("Name").fill("owner")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def looks_well(page):
    assert not page.evaluate(IS_WIDE), page.url
    found = Axe().run(page).response["violations"]
    assert found == [], found


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_a_second_step_is_set_up_used_and_given_up(new_page, tmp_path, width):
    with App(tmp_path) as app:
        owner, page = Client(app).set_up(), new_page(width=width)
        sign_in(page.context, app, owner)
        page.goto(address(app, "/account"))
        page.get_by_role("link", name="Set up two-factor authentication").click()
        page.get_by_role("button", name="Set up").click()
        expect(page.get_by_role("img", name="QR code")).to_be_visible()
        looks_well(page)
        totp = pyotp.TOTP(page.locator(".secret code").inner_text().replace(" ", ""))
        page.get_by_label("Code", exact=True).fill(totp.now())
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Turn on two-factor authentication").click()
        expect(page.locator(".codes code")).to_have_count(10)
        codes = page.locator(".codes code").all_inner_texts()
        looks_well(page)
        page.get_by_role("link", name="I have saved them").click()
        expect(page.locator("studio-desk")).to_be_visible()
        log_out(page)
        page.get_by_label("Name").fill("owner")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.get_by_label("Code", exact=True).fill("000000")
        page.get_by_role("button", name="Log in", exact=True).click()
        expect(page.get_by_text("That code is wrong")).to_be_visible()
        looks_well(page)
        page.get_by_label("Code", exact=True).fill(codes[3].lower())
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url(address(app, "/"))
        page.goto(address(app, "/account/second-step"))
        expect(page.get_by_text("9 recovery codes left.")).to_be_visible()
        looks_well(page)
        page.locator("#off-current").fill(PASSWORD)
        page.get_by_role("button", name="Turn off two-factor authentication").click()
        expect(page.get_by_text("Two-factor authentication is off.")).to_be_visible()
        # What the browser itself says of a form that was answered with 401.
        assert [text for text in page.problems if "401" not in text] == []


@at_both_widths
def test_a_passkey_is_added_and_signs_in_alone(new_page, tmp_path, width):
    with App(tmp_path) as app:
        page = new_page(width=width)
        page.goto(here(app, f"/setup?token={app.setup_token()}"))
        page.get_by_label("Name").fill("owner")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("main").locator("button.lamp").click()
        page.wait_for_url(here(app))
        with authenticator(page) as tell:
            page.goto(here(app, "/account"))
            page.get_by_text("Add a passkey…").click()
            maker = page.locator("passkey-add")
            maker.get_by_label("Name").fill("Desk")
            maker.get_by_label("Your password").fill("not it")
            maker.get_by_role("button", name="Add a passkey").click()
            expect(maker.get_by_text("not your current password")).to_be_visible()
            maker.get_by_label("Your password").fill(PASSWORD)
            maker.get_by_role("button", name="Add a passkey").click()
            expect(page.get_by_text("Passkey added.")).to_be_visible()
            expect(page.get_by_text("Desk", exact=True)).to_be_visible()
            looks_well(page)
            (held,) = tell("getCredentials")["credentials"]
            assert (held["rpId"], held["isResidentCredential"]) == ("localhost", True)
            log_out(page)
            looks_well(page)
            tell("setUserVerified", isUserVerified=False)
            page.get_by_role("button", name="Log in with a passkey").click()
            expect(page.get_by_text("The passkey did not work.")).to_be_visible()
            tell("setUserVerified", isUserVerified=True)
            page.get_by_role("button", name="Log in with a passkey").click()
            page.wait_for_url(here(app))
            until(page, "document.querySelector('player-dock')?.player !== undefined")
        assert [text for text in page.problems if "403" not in text] == []


@pytest.mark.slow
def test_a_passkey_takes_the_place_of_the_code(new_page, tmp_path):
    with App(tmp_path) as app:
        owner, page = Client(app).set_up(), new_page()
        turn_on(owner)
        give_password(page, app)
        expect(page.get_by_label("Code", exact=True)).to_be_visible()
        assert page.get_by_role("button", name="Log in with a passkey").count() == 0
        cookies = [{"name": name, "value": value} for name, value in owner.cookies.items()]
        page.context.add_cookies([cookie | {"url": here(app)} for cookie in cookies])
        with authenticator(page):
            page.goto(here(app, "/account"))
            page.get_by_text("Add a passkey…").click()
            page.locator("passkey-add").get_by_label("Your password").fill(PASSWORD)
            page.locator("passkey-add").get_by_role("button", name="Add a passkey").click()
            expect(page.get_by_text("Passkey added.")).to_be_visible()
            log_out(page)
            give_password(page, app)
            page.get_by_role("button", name="Log in with a passkey").click()
            page.wait_for_url(here(app))
        assert page.problems == []


def turn_on(client):
    client.post("/account/second-step/start")
    _, _, body = client.request("GET", "/account/second-step")
    secret = body.decode().partition('class="secret"><code>')[2].partition("<")[0].replace(" ", "")
    fields = {"code": pyotp.TOTP(secret).now(), "current": PASSWORD}
    status, _, body = client.post("/account/second-step/confirm", **fields)
    assert status == 200, body


@pytest.mark.slow
def test_who_must_have_a_second_step_is_led_to_it(new_page, tmp_path):
    with App(tmp_path) as app:
        page = new_page(width="phone")
        set_up(page, app)
        page.goto(address(app, "/admin/security"))
        page.get_by_label("Two-factor authentication").select_option("Required for everybody")
        rules = page.get_by_role("region", name="Rules")
        rules.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        page.get_by_role("button", name="Set up").click()
        looks_well(page)
        totp = pyotp.TOTP(page.locator(".secret code").inner_text().replace(" ", ""))
        page.get_by_label("Code", exact=True).fill(totp.now())
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Turn on two-factor authentication").click()
        page.get_by_role("link", name="I have saved them").click()
        page.wait_for_url(address(app, "/"))
        assert page.problems == []


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_a_new_sign_in_is_told_and_signed_out(new_page, house, width):
    page = new_page(house, width=width)
    Client(house.app).log_in("owner")
    page.goto(address(house.app, "/library"))
    notice = page.get_by_role("form", name="New login")
    expect(notice).to_contain_text("Was this you?")
    looks_well(page)
    notice.get_by_role("button", name="This was me").click()
    expect(notice).to_have_count(0)
    thief = Client(house.app).log_in("owner")
    page.goto(address(house.app, "/library"))
    notice.get_by_role("button", name="Log it out").click()
    expect(page.get_by_text("That browser has been logged out.")).to_be_visible()
    assert thief.request("GET", "/history")[0] == 303
    assert page.problems == []
