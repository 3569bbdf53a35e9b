import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.errors import InviteInvalid, NotFound, SetupDone, UsernameTaken

DAY = 86400.0


@pytest.fixture
def bob(db):
    return db.create_user("bob", "hash")


def test_a_new_account_is_active_and_no_admin(db):
    user = db.create_user("ann", "hash")
    assert (user["is_active"], user["is_admin"], user["last_login"]) == (1, 0, None)
    assert db.get_user_by_id(user["id"]) == user


@pytest.mark.parametrize("name", ["ann", "ANN", "Ann"])
def test_a_name_is_taken_in_any_case(db, user, name):
    with pytest.raises(UsernameTaken, match="The name ann is taken"):
        db.create_user(name, "hash")


def test_eight_threads_cannot_take_one_name(db):
    def create(_):
        try:
            return db.create_user("ann", "h")["id"]
        except UsernameTaken:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(create, range(16)))
    assert sum(number is not None for number in made) == 1


def test_a_name_is_found_exactly_or_else_in_any_case(db):
    db.create_user("Ann", "h")
    assert db.get_user("Ann")["username"] == "Ann"
    assert db.get_user("aNN")["username"] == "Ann"
    assert db.get_user("An") is None
    assert db.get_user("") is None


def test_of_two_names_that_differ_in_case_only_the_exact_one_is_found(db):
    db.create_user("Ann", "h")
    db.write("INSERT INTO users (username, password_hash) VALUES ('ann', 'h')")
    assert db.get_user("ann")["id"] == 2
    assert db.get_user("ANN") is None


def test_only_the_first_account_can_be_made_by_set_up(db):
    assert db.create_first_user("ann", "h")["is_admin"] == 1
    with pytest.raises(SetupDone):
        db.create_first_user("bob", "h")


def test_an_account_without_a_password_does_not_prevent_set_up(db):
    db.create_user("legacy", "!")
    assert db.count_users() == 0
    db.create_first_user("ann", "h")
    assert db.count_users() == 1


def test_the_number_of_a_removed_person_is_never_given_again(db, user, bob):
    db.merge_users(bob["id"], user["id"])
    assert db.create_user("cleo", "h")["id"] > bob["id"]


def test_the_list_of_accounts_holds_no_password_hashes(db, user, bob):
    rows = db.list_users()
    assert [row["username"] for row in rows] == ["ann", "bob"]
    assert all("password_hash" not in row for row in rows)


def test_password_and_last_login_are_updated_for_one_account(db, user, bob):
    db.set_password_hash(user["id"], "new")
    db.update_last_login(user["id"])
    assert db.get_user("ann")["password_hash"] == "new"
    assert db.get_user("ann")["last_login"]
    assert db.get_user("bob") == bob


def test_disabling_drops_sessions_and_enabling_does_not_bring_them_back(db, user):
    db.create_session("t", user["id"], device="", ip_address="", now=0)
    db.set_user_active(user["id"], False)
    assert db.list_sessions(user["id"]) == []
    db.set_user_active(user["id"], True)
    assert db.get_user("ann")["is_active"] == 1


def test_disabling_nobody_is_not_found(db):
    with pytest.raises(NotFound):
        db.set_user_active(99, False)


def test_merging_moves_everything(db, user, bob, make_file):
    row = make_file("b.mp3", owner=bob)
    db.record_usage(bob["id"], 5, 0.5, file_id=row["id"])
    db.record_playback(bob["id"], row["id"])
    db.log_security_event("login", user_id=bob["id"])
    db.create_invite("i", bob["id"], 100.0)
    db.create_session("t", bob["id"], device="", ip_address="", now=0)
    db.create_pronunciation(bob["id"], "GIF", "jif")
    fields = dict.fromkeys(("author", "language", "source", "origin"), "")
    db.create_document(bob["id"], title="Book", characters=1, content="{}", **fields)
    assert db.merge_users(bob["id"], user["id"]) == {"files": 1, "usage": 1, "playbacks": 1}
    assert db.get_user("bob") is None
    assert db.get_audio_file("b.mp3", user["id"])
    assert db.get_all_time_usage(user["id"])["cost"] == 0.5
    assert len(db.get_playback_history(user["id"])) == 1
    assert len(db.get_security_logs(user_id=user["id"])) == 1
    assert db.list_invites()[0]["created_by_name"] == "ann"
    assert db.list_sessions(user["id"]) == []
    assert [entry["pattern"] for entry in db.list_pronunciations(user["id"])] == ["GIF"]
    assert [document["title"] for document in db.list_documents(user["id"])] == ["Book"]
    assert db.check() == []


@pytest.mark.parametrize(("one", "other"), [(1, 1), (1, 99), (99, 1)])
def test_merging_needs_two_accounts(db, user, one, other):
    with pytest.raises(NotFound):
        db.merge_users(one, other)
    assert db.get_user("ann")


# Sessions


@pytest.mark.parametrize(
    ("now", "is_open"),
    [(100 + 14 * DAY - 1, True), (100 + 14 * DAY, False)],
)
def test_a_session_ends_when_it_is_idle(db, user, now, is_open):
    db.create_session("t", user["id"], device="", ip_address="", now=100.0)
    session = db.get_session("t", now=now, idle_s=14 * DAY, absolute_s=30 * DAY)
    assert (session is not None) == is_open


def test_a_session_ends_after_the_longest_time_however_used(db, user):
    made = db.create_session("t", user["id"], device="", ip_address="", now=0.0)
    db.touch_session(made["id"], 29 * DAY)
    limits = {"idle_s": 14 * DAY, "absolute_s": 30 * DAY}
    assert db.get_session("t", now=30 * DAY - 1, **limits)["username"] == "ann"
    assert db.get_session("t", now=30 * DAY, **limits) is None


def test_a_session_of_a_disabled_account_does_not_open(db, user):
    db.create_session("t", user["id"], device="", ip_address="", now=0.0)
    db.write("UPDATE users SET is_active = 0")
    assert db.get_session("t", now=1.0, idle_s=DAY, absolute_s=DAY) is None


def test_sessions_are_ended_by_their_own_person_alone(db, user, bob):
    mine = db.create_session("a", user["id"], device="", ip_address="", now=1.0)
    other = db.create_session("b", user["id"], device="", ip_address="", now=2.0)
    theirs = db.create_session("c", bob["id"], device="", ip_address="", now=3.0)
    assert not db.delete_session(user["id"], theirs["id"])
    assert [row["id"] for row in db.list_sessions(user["id"])] == [other["id"], mine["id"]]
    assert db.delete_sessions(user["id"], keep_session_id=mine["id"]) == 1
    assert db.delete_session(user["id"], mine["id"])
    assert len(db.list_sessions(bob["id"])) == 1


def test_expired_sessions_are_forgotten(db, user):
    for token, now in (("old", 0.0), ("idle", 20 * DAY), ("new", 39 * DAY)):
        db.create_session(token, user["id"], device="", ip_address="", now=now)
    forgotten = db.delete_expired_sessions(now=40 * DAY, idle_s=14 * DAY, absolute_s=30 * DAY)
    assert forgotten == 2
    assert len(db.list_sessions(user["id"])) == 1


def test_a_session_token_is_never_used_twice(db, user):
    db.create_session("t", user["id"], device="", ip_address="", now=0.0)
    with pytest.raises(sqlite3.IntegrityError):
        db.create_session("t", user["id"], device="", ip_address="", now=0.0)


# Invitations


def test_an_invitation_works_once(db, user):
    db.create_invite("i", user["id"], 100.0)
    assert db.register_with_invite("i", "bob", "h", 50.0)["username"] == "bob"
    with pytest.raises(InviteInvalid):
        db.register_with_invite("i", "cleo", "h", 50.0)
    assert db.list_invites()[0]["used_by_name"] == "bob"


@pytest.mark.parametrize(("token", "now"), [("i", 100.0), ("unknown", 1.0)])
def test_an_invitation_that_expired_or_never_was_does_not_work(db, user, token, now):
    db.create_invite("i", user["id"], 100.0)
    assert db.get_invite(token, now) is None
    with pytest.raises(InviteInvalid):
        db.register_with_invite(token, "bob", "h", now)


def test_a_taken_name_does_not_use_the_invitation_up(db, user):
    db.create_invite("i", user["id"], 100.0)
    with pytest.raises(UsernameTaken):
        db.register_with_invite("i", "Ann", "h", 1.0)
    assert db.register_with_invite("i", "bob", "h", 1.0)


def test_a_withdrawn_invitation_is_gone(db, user):
    invite = db.create_invite("i", user["id"], 100.0)
    assert db.delete_invite(invite["id"])
    assert not db.delete_invite(invite["id"])
    assert db.get_invite("i", 1.0) is None


# What a provider says


def test_model_notices_are_replaced_as_a_whole_per_engine(db):
    db.save_model_notices("openai", {"tts-1": "2027-01-06", "tts-2": "2026-01-01"})
    db.save_model_notices("other", {"x": "2028-01-01"})
    db.save_model_notices("openai", {"tts-1": "2027-02-06"})
    assert [(row["model"], row["shutdown_date"]) for row in db.list_model_notices()] == [
        ("tts-1", "2027-02-06"),
        ("x", "2028-01-01"),
    ]
