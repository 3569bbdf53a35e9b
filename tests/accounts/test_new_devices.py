import re

import pytest

from accounts.signed_tokens import MOST_DEVICE_TOKENS, joined_device_tokens
from tests.conftest import PASSWORD, Browser
from web.cookies import DEVICE_COOKIE

ALERTS = "/account/alerts"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NOTICE = "New login: "


def log_in(browser, name="vera", agent=FIREFOX):
    browser.client.environ_base["HTTP_USER_AGENT"] = agent
    answer = browser.post("/login", {"username": name, "password": PASSWORD})
    assert answer.status_code == 303
    browser.user = browser.user or {"username": name}
    return browser


def alerts(browser):
    return browser.services.db.list_alerts(browser.user["id"])


def answer(browser, whose, **fields):
    alert = alerts(browser)[0] if "alert_id" not in fields else {"id": fields["alert_id"]}
    return browser.post(ALERTS, {"alert_id": str(alert["id"]), "whose": whose, **fields})


@pytest.fixture
def stranger_in(app, owner):
    """A browser that nobody has seen, signed in with the owner's password."""
    return log_in(Browser(app))


def test_a_new_browser_is_told_on_every_page_until_answered(owner, stranger_in):
    for path in ("/", "/library", "/account"):
        page = owner.get(path).text
        assert re.search(NOTICE + "Firefox on Linux, .*, from 127.0.0.1", page), path
    assert answer(owner, "mine", next="/usage").headers["Location"] == "/usage"
    assert NOTICE not in owner.get("/").text
    assert stranger_in.get("/history").status_code == 200
    assert owner.events()[0] == "device_accepted"


def test_the_first_login_of_an_account_is_nobodys_surprise(owner):
    assert NOTICE not in owner.get("/").text
    assert alerts(owner) == []


def test_a_session_is_not_asked_about_itself_and_cannot_answer(owner, stranger_in):
    assert NOTICE not in stranger_in.get("/").text
    number = str(alerts(owner)[0]["id"])
    for whose in ("mine", "strange"):
        refused = stranger_in.post(ALERTS, {"alert_id": number, "whose": whose})
        assert refused.status_code == 404
    assert len(alerts(owner)) == 1


def test_a_browser_that_signed_in_before_is_no_news(owner, stranger_in):
    answer(owner, "mine")
    stranger_in.post("/logout")
    stranger_in.user = None
    log_in(stranger_in)
    assert alerts(owner) == []


def test_a_strange_browser_is_signed_out_and_strange_for_good(owner, stranger_in):
    done = answer(owner, "strange")
    assert done.headers["Location"] == "/account#password"
    assert "knows your password" in owner.get("/account").text
    assert stranger_in.get("/history").status_code == 303
    assert owner.events()[0] == "device_refused"
    stranger_in.user = None
    log_in(stranger_in)
    assert len(alerts(owner)) == 1


def test_who_signs_a_strange_browser_out_stays_known(app, owner, stranger_in):
    answer(owner, "strange")
    owner.post("/logout")
    owner_again = Browser(app)
    owner_again.client = owner.client
    log_in(owner_again)
    assert alerts(owner) == []


def test_nobody_answers_for_another(owner, guest, stranger_in):
    number = str(alerts(owner)[0]["id"])
    for whose in ("mine", "strange"):
        assert guest.post(ALERTS, {"alert_id": number, "whose": whose}).status_code == 404
    assert stranger_in.get("/history").status_code == 200
    assert NOTICE not in guest.get("/").text


def test_an_alert_that_is_none_is_refused(owner):
    for number, status in (("", 400), ("x", 400), ("999999", 404)):
        answer = owner.post(ALERTS, {"alert_id": number, "whose": "strange"})
        assert answer.status_code == status, number


def test_the_same_program_many_times_is_one_alert_that_ends_all_its_sessions(app, owner):
    programs = [log_in(Browser(app), agent="curl/8") for _ in range(3)]
    assert [alert["times"] for alert in alerts(owner)] == [3]
    answer(owner, "strange")
    assert {program.get("/history").status_code for program in programs} == {303}
    assert owner.get("/").status_code == 200


def test_two_people_share_a_browser_without_alarm(app, owner, guest):
    shared = Browser(app)
    for name in ("vera", "otto", "vera", "otto"):
        with shared.client.session_transaction() as session:
            session.clear()
        shared.user = None
        log_in(shared, name)
    assert [len(alerts(owner)), len(alerts(guest))] == [1, 1]
    assert owner.services.db.list_alerts(owner.user["id"])[0]["times"] == 1


def test_a_browser_carries_one_mark_for_each_person_and_not_too_many():
    assert joined_device_tokens(None, "1.a") == "1.a"
    assert joined_device_tokens("1.old~2.b", "1.a") == "1.a~2.b"
    many = "~".join(f"{number}.x" for number in range(2, 40))
    assert joined_device_tokens(many, "1.a").count("~") == MOST_DEVICE_TOKENS - 1


@pytest.mark.slow
def test_marks_of_nonsense_are_no_marks(app, owner):
    browser = Browser(app)
    browser.client.set_cookie(DEVICE_COOKIE, "~" * 3000 + "x.y~é")
    log_in(browser)
    assert len(alerts(owner)) == 1


@pytest.mark.slow
def test_a_device_name_is_shown_as_text(app, owner):
    log_in(Browser(app), agent="<script>alert(1)</script>")
    assert "<script>alert" not in owner.get("/").text
