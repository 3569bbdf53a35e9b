"""The account and the security log."""

import csv
import io
import json
import zipfile

import pytest

from tests.conftest import PASSWORD, Browser


def entries(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_account_page_lists_sessions_and_ends_them(app, owner):
    other = Browser(app, owner.user)
    assert owner.get("/account").text.count("127.0.0.1") == 2
    assert owner.post("/account/sessions", {"session_id": "others"}).status_code == 303
    assert other.get("/").status_code == 303
    assert owner.get("/").status_code == 200


@pytest.mark.parametrize(("chosen", "status"), [("999", 404), ("x", 400), ("", 400)])
def test_ending_a_session_that_is_none_is_refused(owner, chosen, status):
    assert owner.post("/account/sessions", {"session_id": chosen}).status_code == status


def test_a_session_of_another_cannot_be_ended(owner, guest):
    session = owner.services.db.list_sessions(owner.user["id"])[0]
    answer = guest.post("/account/sessions", {"session_id": str(session["id"])})
    assert answer.status_code == 404
    assert owner.get("/").status_code == 200


def test_the_password_is_changed_on_the_account_page(owner):
    wrong = {"current": "not it", "password": "granite otter umbrella six"}
    answer = owner.post("/account/password", wrong)
    assert answer.status_code == 403
    assert answer.text.count("not your current password") == 1
    right = {"current": PASSWORD, "password": "granite otter umbrella six"}
    assert owner.post("/account/password", right).status_code == 303
    assert "Your password has been changed" in owner.get("/account").text
    assert owner.events()[0] == "password_changed"


def test_programs_read_the_account_as_json(owner):
    answer = owner.get("/account", json=True).json
    assert (answer["username"], answer["is_admin"]) == ("vera", True)
    assert [session["is_this"] for session in answer["sessions"]] == [True]
    assert "token_hash" not in answer["sessions"][0]


def test_everything_is_taken_along_in_one_file(owner, guest):
    owner.speak("It was late.", name="Evening")
    guest.speak("Not yours.", name="Private")
    answer = owner.get("/account/export")
    assert answer.content_type == "application/zip"
    assert "vera" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        json.loads(archive.read("manifest.json"))
        everything = b"".join(map(archive.read, archive.namelist()))
    assert b"Evening" in everything
    assert b"It was late." in everything
    assert b"Private" not in everything
    assert owner.events()[0] == "data_exported"


def test_an_account_is_deleted_with_its_password(app, owner, guest):
    filename = guest.speak()
    wrong = guest.post("/account/delete", {"leave_password": "not it"})
    assert wrong.status_code == 403
    assert guest.get(f"/files/{filename}").status_code == 200
    gone = guest.post("/account/delete", {"leave_password": PASSWORD})
    assert gone.status_code == 200
    assert "otto" in gone.text
    assert guest.get("/").status_code == 303
    assert owner.services.db.get_user("otto") is None
    assert owner.services.store.size(filename) is None
    fields = {"username": "otto", "password": PASSWORD}
    assert Browser(app).post("/login", fields).status_code == 401
    assert "user_deleted" in owner.events()


def test_the_last_admin_cannot_leave(owner, guest):
    assert "You are the only admin" in owner.get("/account").text
    answer = owner.post("/account/delete", {"leave_password": PASSWORD})
    assert answer.status_code == 409
    assert owner.get("/").status_code == 200


def test_an_admin_may_leave_when_there_is_another(owner, guest):
    owner.services.db.set_user_admin(guest.user["id"], True)
    assert owner.post("/account/delete", {"leave_password": PASSWORD}).status_code == 200
    assert [user["username"] for user in guest.services.db.list_users()] == ["otto"]


@pytest.fixture
def logged(owner, guest):
    db = owner.services.db
    db.log_security_event("logout", user_id=guest.user["id"], username="otto", details="by Otto")
    db.log_security_event("logout", user_id=owner.user["id"], username="vera", details="by Vera")
    db.log_security_event(
        "login_failed", user_id=guest.user["id"], username="otto", success=False, details="refused"
    )


def test_people_see_their_own_events_and_admins_all(owner, guest, logged):
    assert "by Vera" not in guest.get("/security").text
    assert "by Otto" in guest.get("/security").text
    everything = owner.get("/security").text
    assert "by Otto" in everything
    assert "by Vera" in everything
    assert "by Otto" not in owner.get("/security?whose=mine").text
    assert "by Otto" not in guest.get("/security?event=login").text


@pytest.mark.parametrize("way", ["whose=all", "person={vera}", "person={vera}&whose=x"])
def test_a_guest_sees_nobody_elses_events(owner, guest, logged, way):
    way = way.format(vera=owner.user["id"])
    assert "by Vera" not in guest.get(f"/security?{way}").text
    assert "by Vera" not in guest.get(f"/security.csv?{way}").text


@pytest.mark.parametrize(
    ("way", "found"),
    [
        ("person={otto}", {"by Otto", "refused"}),
        ("event=logout", {"by Otto", "by Vera"}),
        ("outcome=refused", {"refused"}),
        ("outcome=done&person={otto}", {"by Otto"}),
        ("until=2020-01-01", set()),
        ("since=2020-01-01&event=logout", {"by Otto", "by Vera"}),
    ],
)
def test_an_admin_sieves_the_events(owner, guest, logged, way, found):
    way = way.format(otto=guest.user["id"])
    events = owner.get(f"/security?{way}", json=True).json["events"]
    assert {event["details"] for event in events} - {None} == found
    rows = entries(owner.get(f"/security.csv?{way}"))
    assert {row["details"] for row in rows} - {""} == found


@pytest.mark.parametrize("way", ["since=soon", "until=2026-13-01", "person=x", "before=x"])
def test_a_sieve_that_cannot_be_read_is_refused(owner, way):
    assert owner.get(f"/security?{way}").status_code == 400


def test_events_are_told_in_plain_words(guest, logged):
    page = guest.get("/security").text
    assert "Wrong name or password" in page
    assert "If it was not you" in page
    assert "login_failed<" not in page


def test_a_table_carries_no_formulas(owner):
    owner.services.db.log_security_event("login_failed", username="=HYPERLINK(1)", success=False)
    rows = entries(owner.get("/security.csv"))
    assert "'=HYPERLINK(1)" in [row["username"] for row in rows]
