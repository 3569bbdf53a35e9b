import re

import pytest

from tests.conftest import PASSWORD, Browser

PAGES = [
    *("/admin", "/admin/jobs", "/admin/storage", "/admin/voices", "/admin/health"),
    *("/admin/backups", "/admin/security", "/admin/people/1"),
]
PATHS = ["/admin/invites", "/admin/invites/revoke", "/admin/people/1", "/admin/jobs/1"]
NEW_PASSWORD = "granite otter umbrella six"


def change(browser, user, action):
    return browser.post(f"/admin/people/{user['id']}", {"action": action})


def link_in(page, path):
    return re.search(rf"{path}\?\w+=[\w.-]+", page.text).group()


@pytest.mark.parametrize("path", PAGES)
def test_admin_pages_do_not_exist_for_others(guest, stranger, path):
    assert guest.get(path).status_code == 404
    assert stranger.get(path).status_code == 303


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_changes_anything_there(guest, stranger, path):
    assert guest.post(path, {"id": "1", "action": "admin"}).status_code == 404
    assert stranger.post(path).status_code == 401


def test_who_looks_for_what_is_the_admins_is_noted_once(owner, guest):
    for path in PAGES:
        guest.get(path)
    rows = owner.services.db.get_security_logs(event_type="admin_refused")
    assert [(row["username"], row["details"]) for row in rows] == [
        ("otto", "for admins: GET /admin")
    ]


def test_an_admin_keeps_an_account_out_and_lets_it_in_again(owner, guest):
    change(owner, guest.user, "keep_out")
    assert guest.get("/").status_code == 303
    assert "disabled" in owner.get("/admin").text
    change(owner, guest.user, "let_in")
    assert owner.services.db.get_user("otto")["is_active"]
    assert {"user_disabled", "user_enabled"} <= set(owner.events())


def test_an_admin_cannot_lock_themselves_out(owner):
    answer = change(owner, owner.user, "keep_out")
    assert answer.status_code == 400
    assert "your own account" in answer.text
    assert owner.get("/admin").status_code == 200


def test_a_person_becomes_an_admin_and_a_user_again(owner, guest):
    change(owner, guest.user, "admin")
    assert guest.get("/admin").status_code == 200
    assert owner.events()[0] == "role_changed"
    change(owner, guest.user, "user")
    assert guest.get("/admin").status_code == 404


def test_the_last_admin_stays_one(owner, guest):
    answer = change(owner, owner.user, "user")
    assert answer.status_code == 409
    assert "last admin" in answer.text
    assert owner.get("/admin").status_code == 200


def test_a_disabled_admin_does_not_count_as_the_other_one(owner, guest):
    change(owner, guest.user, "admin")
    change(owner, guest.user, "keep_out")
    assert change(owner, owner.user, "user").status_code == 409


def test_an_admin_who_gives_the_role_away_is_led_to_their_account(owner, guest):
    change(owner, guest.user, "admin")
    answer = change(owner, owner.user, "user")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert owner.get("/admin").status_code == 404


@pytest.mark.parametrize("action", ["", "sing"])
def test_an_unknown_change_is_refused(owner, guest, action):
    assert change(owner, guest.user, action).status_code == 400


def test_an_unknown_account_is_404(owner):
    assert change(owner, {"id": 999}, "admin").status_code == 404


def test_a_link_sets_a_new_password_once(app, owner, guest):
    page = change(owner, guest.user, "reset")
    assert page.status_code == 201
    link = link_in(page, "/reset")
    assert link not in owner.get("/admin").text
    browser = Browser(app)
    assert "otto" in browser.get(link).text
    token = link.partition("token=")[2]
    short = browser.post("/reset", {"token": token, "password": "short"})
    assert short.status_code == 400
    assert "at least 15 characters" in short.text
    done = browser.post("/reset", {"token": token, "password": NEW_PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    assert "otto" in browser.get("/account").text
    assert guest.get("/").status_code == 303
    assert Browser(app).get(link).status_code == 403
    again = {"token": token, "password": NEW_PASSWORD + "!"}
    assert Browser(app).post("/reset", again).status_code == 403
    fields = {"username": "otto", "password": NEW_PASSWORD}
    assert Browser(app).post("/login", fields).status_code == 303
    assert {"reset_created", "password_reset"} <= set(owner.events())


def test_a_link_is_read_from_where_it_is_sent(app, owner, guest):
    link = link_in(change(owner, guest.user, "reset"), "/reset")
    token = link.partition("=")[2]
    browser = Browser(app)
    fields = {"password": NEW_PASSWORD, "token": "another"}
    assert browser.post(link, fields).status_code == 403
    assert browser.post(link, {"password": NEW_PASSWORD}).status_code == 403
    answer = browser.post("/reset?token=another", {"password": NEW_PASSWORD, "token": token})
    assert answer.status_code == 303


def test_a_link_for_a_new_password_ends_with_its_day_and_with_the_account(
    app, owner, guest, monkeypatch
):
    link = link_in(change(owner, guest.user, "reset"), "/reset")
    assert Browser(app).get(link).status_code == 200
    change(owner, guest.user, "keep_out")
    assert Browser(app).get(link).status_code == 403
    change(owner, guest.user, "let_in")
    later = owner.services.accounts.now() + 24 * 3600 + 1
    monkeypatch.setattr(owner.services.accounts, "_clock", lambda: later)
    assert Browser(app).get(link).status_code == 403


def test_a_link_for_a_new_password_works_for_its_account_alone(app, owner, guest):
    link = link_in(change(owner, guest.user, "reset"), "/reset")
    number, rest = link.partition("token=")[2].split(".", 1)
    for token in ("", "x", f"{owner.user['id']}.{rest}", f"{number}.9{rest}", f"{number}.{rest}0"):
        answer = Browser(app).get("/reset", query_string={"token": token})
        assert answer.status_code == 403
    fields = {"username": "vera", "password": PASSWORD}
    assert Browser(app).post("/login", fields).status_code == 303


def test_an_invitation_is_shown_once_and_can_be_revoked(owner):
    page = owner.post("/admin/invites").text
    assert "/register?invite=" in page
    assert "/register?invite=" not in owner.get("/admin").text
    number = owner.services.db.list_invites()[0]["id"]
    owner.post("/admin/invites/revoke", {"id": str(number)})
    assert owner.services.db.list_invites() == []


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30])
def test_an_invitation_that_is_none_cannot_be_revoked(owner, number):
    assert owner.post("/admin/invites/revoke", {"id": number}).status_code == 400


def test_the_work_page_shows_whose_work_it_is_but_not_what(owner, guest):
    filename = guest.post("/generate", {"text": "My secret.", "name": "Diary"}, json=True).json
    page = owner.get("/admin/jobs").text
    assert "otto" in page
    assert "10 characters" in page
    for private in ("My secret", "Diary", filename["filename"]):
        assert private not in page


def test_an_admin_cancels_and_retries_the_work_of_others(owner, guest):
    job = guest.post("/generate", {"text": "My secret."}, json=True).json
    path = f"/admin/jobs/{job['id']}"
    assert owner.post(path, {"action": "cancel"}).status_code == 303
    assert guest.get(job["url"], json=True).json["status"] == "cancelled"
    assert owner.post(path, {"action": "retry"}).status_code == 303
    assert guest.get(job["url"], json=True).json["status"] == "queued"
    assert owner.post(path, {"action": "retry"}).status_code == 409
    assert owner.post(path, {"action": ""}).status_code == 400
    assert guest.get(job["url"], json=True).json["status"] == "queued"
    assert owner.post("/admin/jobs/999", {"action": "retry"}).status_code == 404


def test_failed_work_is_shown_with_its_sentence(owner, guest):
    job = guest.post("/generate", {"text": "My secret."}, json=True).json
    db = owner.services.db
    claimed = db.claim_job("test", now=0.0, lease_s=30.0)
    db.stop_job(claimed["id"], "test", status="failed", error="The provider is away.")
    page = owner.get("/admin/jobs").text
    assert "The provider is away." in page
    assert f"/admin/jobs/{job['id']}" in page
    assert "The provider is away." in owner.get("/admin/voices").text


def test_the_storage_page_counts_by_person(owner, guest):
    guest.speak()
    page = " ".join(owner.get("/admin/storage").text.split())
    assert "<dt>Pieces stored</dt><dd>1</dd>" in page
    assert re.search(r"otto</a></th>.*?data-label=\"Pieces\">1</td>", page)
    assert "Free on the disk" in page


def test_the_engine_page_says_what_each_engine_needs(make_app, password_hash):
    app = make_app(openai_base_url="http://127.0.0.1:9/v1", openai_model="some-model")
    services = app.extensions["voiceverse"]
    services.db.save_model_notices("openai", {"some-model": "2027-01-06"})
    owner = Browser(app, services.db.create_user("vera", password_hash, is_admin=True))
    page = owner.get("/admin/voices").text
    assert "OpenAI speech · used by default" in page
    assert "http://127.0.0.1:9/v1" in page
    assert "not set" in page
    assert "some-model ends" in page
    assert "6 January 2027" in page


def test_the_engine_page_tells_how_to_get_an_engine_that_is_not_there(owner):
    page = owner.get("/admin/voices").text
    assert "OPENAI_API_KEY" in page
    assert "not needed" in page
