"""A person's page: use without titles, limits, sessions, merging, the end; rules of the house."""

import pytest

from tests.conftest import Browser


def path(browser, rest=""):
    return f"/admin/people/{browser.user['id']}{rest}"


def test_the_page_counts_and_names_nothing_of_the_library(owner, guest):
    guest.speak("My secret is long.", name="Diary", category="Private")
    page = " ".join(owner.get(path(guest)).text.split())
    assert "<dt>Pieces</dt><dd>1</dd>" in page
    assert "18 characters" in page
    for private in ("My secret", "Diary", "Private"):
        assert private not in page


def test_programs_get_the_same_as_json(owner, guest):
    found = owner.get(path(guest), json=True).json
    assert found["username"] == "otto"
    assert found["limits"]["daily_characters"] == {"amount": 0, "own": None, "most": 0}
    assert "password_hash" not in found


def test_nobody_else_sees_or_changes_a_person(guest, stranger):
    for rest in ("", "/merge"):
        assert guest.get(path(guest, rest)).status_code == 404
    for rest in ("", "/limits", "/merge", "/delete"):
        assert guest.post(path(guest, rest)).status_code == 404
        assert stranger.post(path(guest, rest)).status_code == 401


def test_looking_changes_nothing(owner, guest):
    before = owner.services.db.get_person(guest.user["id"])
    for rest in ("?action=admin", "/merge?into=vera", "/merge?into=vera&confirm=otto"):
        assert owner.get(path(guest, rest)).status_code == 200
    assert owner.services.db.get_person(guest.user["id"]) == before


def test_a_limit_holds_for_that_person_alone(owner, guest):
    assert owner.post(path(guest, "/limits"), {"daily_characters": "20"}).status_code == 303
    refused = guest.post("/generate", {"text": "This is longer than twenty characters."}, json=True)
    assert refused.status_code == 429
    assert "20 characters" in refused.json["error"]
    assert (
        owner.post("/generate", {"text": "This is longer than that."}, json=True).status_code == 202
    )
    owner.post(path(guest, "/limits"), {"daily_characters": ""})
    assert (
        guest.post("/generate", {"text": "This is longer than that."}, json=True).status_code == 202
    )
    assert owner.events().count("limits_changed") == 2


def test_a_limit_stays_below_the_environments(make_app, password_hash):
    app = make_app(storage_mb_per_user=50)
    db = app.extensions["voiceverse"].db
    owner = Browser(app, db.create_user("vera", password_hash, is_admin=True))
    page = owner.get(path(owner)).text
    assert "At most 50, set by VOICEVERSE_STORAGE_MB_PER_USER" in page
    refused = owner.post(path(owner, "/limits"), {"storage_mb": "51"})
    assert refused.status_code == 400
    assert 'id="error-storage_mb"' in refused.text
    assert 'value="51"' in refused.text
    owner.post(path(owner, "/limits"), {"storage_mb": "5"})
    assert owner.services.people.limits(owner.user["id"]).storage_mb.amount == 5


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "９", "9" * 40])
def test_what_is_no_limit_is_told_at_its_field(owner, guest, text):
    answer = owner.post(path(guest, "/limits"), {"daily_characters": text})
    assert answer.status_code == 400
    assert 'id="error-daily_characters"' in answer.text


def test_sessions_of_others_are_ended_one_or_all(app, owner, guest):
    second = Browser(app, guest.user)
    sessions = owner.services.accounts.list_sessions(guest.user["id"])
    form = {"action": "end_session", "session_id": str(sessions[0]["id"])}
    assert owner.post(path(guest), form).status_code == 303
    assert [guest.get("/").status_code, second.get("/").status_code].count(303) == 1
    owner.post(path(guest), {"action": "end_sessions"})
    assert {guest.get("/").status_code, second.get("/").status_code} == {303}
    assert owner.post(path(owner), {"action": "end_sessions"}).status_code == 400
    assert owner.get("/admin").status_code == 200


def test_another_persons_session_is_not_ended_by_a_mixed_up_form(owner, guest):
    own = owner.services.accounts.list_sessions(owner.user["id"])[0]["id"]
    owner.post(path(guest), {"action": "end_session", "session_id": str(own)})
    assert owner.get("/admin").status_code == 200


def test_a_merge_shows_first_what_it_moves(owner, guest):
    guest.speak()
    page = " ".join(owner.get(path(guest, "/merge?into=vera")).text.split())
    assert "<dt>Pieces</dt><dd>1</dd>" in page
    assert owner.services.db.get_user("otto")
    done = owner.post(path(guest, "/merge"), {"into": "vera"})
    assert done.status_code == 303
    assert owner.services.db.get_user("otto") is None
    assert owner.services.db.count_files(owner.user["id"])["files"] == 1
    row = owner.services.db.get_security_logs(event_type="users_merged")[0]
    assert row["details"].endswith("by vera")


@pytest.mark.parametrize("into", ["", "nobody", "otto"])
def test_a_merge_into_no_other_account_is_told_at_its_field(owner, guest, into):
    for answer in (
        owner.get(path(guest, f"/merge?into={into}")),
        owner.post(path(guest, "/merge"), {"into": into}),
    ):
        assert answer.status_code == 400
        assert 'id="error-into"' in answer.text


def test_an_account_is_deleted_once_its_name_was_typed(owner, guest):
    filename = guest.speak()
    wrong = owner.post(path(guest, "/delete"), {"confirm": "Otto"})
    assert wrong.status_code == 400
    assert 'id="error-confirm"' in wrong.text
    assert guest.get("/").status_code == 200
    assert owner.post(path(guest, "/delete"), {"confirm": "otto"}).status_code == 303
    assert owner.services.db.get_user("otto") is None
    assert not (owner.services.config.audio_dir / filename).exists()
    row = owner.services.db.get_security_logs(event_type="user_deleted")[0]
    assert (row["username"], row["details"]) == ("otto", "by vera")


def test_nobody_deletes_or_merges_themselves_away(owner, guest):
    owner.services.db.set_user_admin(guest.user["id"], True)
    assert owner.post(path(owner, "/delete"), {"confirm": "vera"}).status_code == 400
    assert owner.post(path(owner, "/merge"), {"into": "otto"}).status_code == 400
    assert owner.get("/admin").status_code == 200


def test_what_cannot_work_is_off_and_says_why(owner):
    page = owner.get(path(owner)).text
    assert 'value="user" disabled aria-describedby="why-user"' in page
    assert "This is the last admin" in page
    assert 'value="keep_out" disabled' in page


def test_a_hostile_name_is_only_a_name(owner, password_hash):
    db = owner.services.db
    name = "<img src=x onerror=alert(1)>\"'{{7*7}}%s"
    user = db.create_user(name, password_hash)
    own = f"/admin/people/{user['id']}"
    for address in ("/admin", own, f"{own}/merge?into=vera", "/admin/storage", "/admin?q=<img"):
        page = owner.get(address)
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "49" not in page.text.partition("onerror")[2][:40]


def test_a_thousand_people_come_page_by_page_and_are_found(owner, password_hash):
    db = owner.services.db
    with db.transaction():
        for number in range(1000):
            db.create_user(f"person{number:04}", password_hash)
    seen, address = [], "/admin"
    while address:
        page = owner.get(address).text
        assert page.count('class="row listened person-row"') <= 50
        seen += page.split('<span class="name">')[1:]
        more = page.rpartition('" >Show more')[0] or page.rpartition('">Show more')[0]
        address = more.rpartition('href="')[2].replace("&amp;", "&") if more else ""
    assert len({line.partition("<")[0] for line in seen}) == 1001
    found = owner.get("/admin?q=PERSON0042").text
    assert found.count('class="row listened person-row"') == 1
    assert "person0042" in found
    assert "No name matches “%_”" in owner.get("/admin?q=%25_").text


def test_the_rules_of_the_house_hold_at_once_and_below_the_environment(make_app, password_hash):
    app = make_app(registration="invite", security_log_days=30)
    services = app.extensions["voiceverse"]
    owner = Browser(app, services.db.create_user("vera", password_hash, is_admin=True))
    rules = services.accounts.rules
    assert (rules.registration, rules.security_log_days, rules.bin_days) == ("invite", 30, 30)
    refused = owner.post("/admin/security", {"registration": "open"})
    assert refused.status_code == 400
    assert "VOICEVERSE_REGISTRATION" in refused.text
    assert owner.post("/admin/security", {"security_log_days": "31"}).status_code == 400
    assert rules.security_log_days == 30
    done = owner.post("/admin/security", {"registration": "closed", "security_log_days": "7"})
    assert done.status_code == 303
    assert (rules.registration, rules.security_log_days) == ("closed", 7)
    assert Browser(app).get("/register?invite=x").status_code == 403
    owner.post("/admin/storage", {"bin_days": "3"})
    assert services.library.bin_days == 3
    assert owner.post("/admin/storage", {"bin_days": "91"}).status_code == 400


def test_a_rule_above_a_ceiling_that_was_lowered_since_is_cut(make_app):
    services = make_app(bin_days=10).extensions["voiceverse"]
    services.db.set_rule("bin_days", "30")
    services.db.set_rule("registration", "open")
    assert services.accounts.rules.bin_days == 10
    assert services.accounts.rules.registration == "invite"
    services.db.set_rule("bin_days", "rubbish")
    assert services.accounts.rules.bin_days == 10


def test_jobs_of_others_are_paused_and_put_first(owner, guest):
    job = guest.post("/generate", {"text": "First of all."}, json=True).json
    address = f"/admin/jobs/{job['id']}"
    assert owner.post(address, {"action": "next"}).status_code == 303
    assert owner.post(address, {"action": "pause"}).status_code == 303
    assert guest.get(job["url"], json=True).json["status"] == "paused"


def test_the_old_address_of_engines_leads_to_the_voices(owner):
    answer = owner.get("/admin/engines")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/admin/voices#engines")
