"""Links that admins hand on: who can open them, told where they are made."""

import pytest

from tests.conftest import Browser
from web.cookies import SESSION_COOKIE

HERE = ("localhost", "127.0.0.1:5000", "127.0.0.2", "[::1]:5000", "LOCALHOST:8080")
ALONE = "VoiceVerse only listens on this machine"
ELSEWHERE = "means their own machine"


@pytest.fixture
def admin(make_app, password_hash):
    """A function that makes an app with settings, and its admin's browser."""

    def make(**settings):
        app = make_app(**settings)
        db = app.extensions["voiceverse"].db
        return Browser(app, db.create_user("vera", password_hash, is_admin=True))

    return make


def made(browser, host, path="/admin/invites", **fields):
    fields["csrf_token"] = browser.csrf_token()
    cookie = browser.client.get_cookie(SESSION_COOKIE)
    client = browser.client.application.test_client(use_cookies=False)
    headers = {"Cookie": f"{SESSION_COOKIE}={cookie.value}"}
    return client.post(path, data=fields, headers=headers, base_url=f"http://{host}").text


@pytest.mark.parametrize("host", HERE)
def test_a_link_to_this_machine_says_that_nobody_else_can_open_it(admin, host):
    vera = admin()
    page = made(vera, host)
    assert f"http://{host.lower()}/register?invite=" in page.lower()
    assert ALONE in page
    assert "VOICEVERSE_HOST=0.0.0.0" in page
    reset = made(vera, host, f"/admin/people/{vera.user['id']}", action="reset")
    assert "/reset?token=" in reset
    assert ALONE in reset


def test_where_others_reach_it_a_link_to_this_machine_says_to_use_its_address(admin):
    page = made(admin(host="0.0.0.0"), "localhost:5000")  # noqa: S104 — for the home network
    assert ELSEWHERE in page
    assert "localhost:5000" in page


def test_a_name_below_localhost_is_this_machine_as_well(admin):
    browser = admin(trusted_hosts=("voice.localhost", "voice.example.org"))
    assert ALONE in made(browser, "voice.localhost")
    assert ALONE not in made(browser, "voice.example.org")


@pytest.mark.parametrize("host", ["192.168.1.20:5000", "[fd00::5]:5000"])
def test_a_link_that_others_can_open_says_nothing_of_it(admin, host):
    page = made(admin(host="0.0.0.0"), host)  # noqa: S104 — for the home network
    assert f"http://{host}/register?invite=" in page
    assert ALONE not in page
    assert ELSEWHERE not in page
    assert "data-copy" in page
