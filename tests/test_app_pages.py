import pytest
from flask import abort

from accounts.login_throttle import REGISTRATIONS_PER_HOUR
from tests.conftest import PASSWORD, Browser
from web.device_names import device_name

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def test_the_setup_link_makes_the_owner_and_lets_them_in(app, services):
    link = services.accounts.ensure_setup_link("http://localhost")
    token = link.partition("token=")[2]
    browser = Browser(app)
    assert "Make it yours" in browser.get(f"/setup?token={token}").text
    short = browser.post("/setup", {"token": token, "username": "vera", "password": "short"})
    assert short.status_code == 400
    assert "at least 15 characters" in short.text
    assert 'value="vera"' in short.text
    fields = {"token": token, "username": "vera", "password": PASSWORD}
    assert browser.post("/setup", fields).headers["Location"] == "/"
    assert ">Admin<" in browser.get("/").text
    assert browser.get(f"/setup?token={token}").status_code == 403


@pytest.mark.parametrize("token", ["", "x", "é"])
def test_setup_without_the_link_is_refused(app, services, token):
    services.accounts.ensure_setup_link("http://localhost")
    browser = Browser(app)
    assert browser.get("/setup", query_string={"token": token}).status_code == 403
    fields = {"token": token, "username": "eve", "password": PASSWORD}
    assert browser.post("/setup", fields).status_code == 403
    assert services.db.count_users() == 0


def test_before_setup_the_login_page_says_what_to_do(app):
    browser = Browser(app)
    assert "set-up link" in browser.get("/login").text


def test_an_invited_person_makes_an_account(app, services, owner):
    page = owner.post("/admin/invites")
    token = page.text.partition("/register?invite=")[2].partition('"')[0]
    browser = Browser(app)
    assert browser.get(f"/register?invite={token}").status_code == 200
    taken = browser.post("/register", {"invite": token, "username": "Vera", "password": PASSWORD})
    assert taken.status_code == 409
    fields = {"invite": token, "username": "otto", "password": PASSWORD}
    assert browser.post("/register", fields).status_code == 303
    assert "otto" in browser.get("/account").text
    assert Browser(app).get(f"/register?invite={token}").status_code == 403


def test_registration_needs_an_invitation_by_default(stranger):
    assert stranger.get("/register").status_code == 403
    fields = {"username": "eve", "password": PASSWORD}
    answer = stranger.post("/register", fields, json=True)
    assert answer.status_code == 403
    assert "invitation" in answer.json["error"]


def test_many_accounts_from_one_address_are_slowed_down_and_noted(make_app, owner):
    browser = Browser(make_app(registration="open"))
    for _ in range(REGISTRATIONS_PER_HOUR):
        owner.services.db.log_security_event("register", ip_address="127.0.0.1")
    fields = {"username": "carl", "password": PASSWORD}
    for _ in range(2):
        answer = browser.post("/register", fields)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
    assert owner.services.db.get_user("carl") is None
    (event,) = owner.services.db.get_security_logs(event_type="limit_reached")
    assert event["details"] == "accounts of an hour: POST /register"


def test_pages_of_a_new_account_invite(owner):
    assert "Nothing here yet" in owner.get("/history").text
    assert "Nothing generated yet" in owner.get("/usage").text
    assert "will appear here" in owner.get("/").text


def test_unknown_addresses_answer_404_as_page_and_as_json(owner):
    assert "Nothing here" in owner.get("/nowhere").text
    answer = owner.get("/nowhere", json=True)
    assert (answer.status_code, list(answer.json)) == (404, ["error"])


def test_braces_in_a_refusal_are_only_braces(app, owner, monkeypatch):
    def refuse(*_, **__):
        abort(409, "{limit.__class__} {0}")

    monkeypatch.setitem(app.view_functions, "library.overview", refuse)
    answer = owner.get("/library", json=True)
    assert (answer.status_code, answer.json["error"]) == (409, "{limit.__class__} {0}")


def test_a_fault_inside_answers_500_with_a_sentence_and_no_details(owner, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret detail")

    owner.client.application.testing = False
    monkeypatch.setattr(owner.services.db, "get_usage_by_month", broken)
    answer = owner.get("/usage")
    assert answer.status_code == 500
    assert "Your data is safe" in answer.text
    assert "secret detail" not in answer.text


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_have_readable_names(app, agent, name):
    with app.test_request_context(headers={"User-Agent": agent}):
        assert device_name() == name
