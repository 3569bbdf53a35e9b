import threading
import time
from collections import Counter

import pytest
from werkzeug.security import generate_password_hash

from accounts.accounts import Accounts
from accounts.errors import (
    AccountError,
    BadUsername,
    LoginRefused,
    RegistrationClosed,
    SetupLinkInvalid,
    TooManyAttempts,
    WrongPassword,
)
from accounts.passwords import BadPassword
from accounts.rules import DAY_S
from accounts.types import Visitor
from storage.errors import InviteInvalid, UsernameTaken
from tests.conftest import PASSWORD
from tests.support.pacing import cpu_s

HOME = Visitor("192.168.1.5", "Firefox on Linux", "r1")
ELSEWHERE = Visitor("203.0.113.9", "curl", "r2")


class Clock:
    """The time of day, which tests move forward."""

    def __init__(self):
        self.ahead_s = 0.0

    def __call__(self):
        return time.time() + self.ahead_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(services, clock):
    return Accounts(services.db, services.config, b"k" * 32, clock)


@pytest.fixture
def vera(services, password_hash):
    return services.db.create_user("vera", password_hash, is_admin=True)


@pytest.fixture
def db(services):
    return services.db


def fail(db, times, *, username="vera", ip="203.0.113.9"):
    for _ in range(times):
        db.log_security_event("login_failed", username=username, ip_address=ip, success=False)


def events(db):
    return Counter(row["event_type"] for row in db.get_security_logs())


def test_the_right_password_opens_a_session_that_authenticates(accounts, vera, db):
    result = accounts.login("vera", PASSWORD, HOME)
    session = accounts.authenticate(result.token)
    assert (session["user_id"], session["username"]) == (vera["id"], "vera")
    assert events(db) == {"login": 1}
    assert db.get_user("vera")["last_login"]


def test_a_password_opens_however_old_it_is(accounts, vera, clock):
    clock.ahead_s = 10 * 365 * DAY_S
    assert accounts.login("vera", PASSWORD, HOME).token


def test_a_name_in_another_case_finds_the_account(accounts, vera):
    assert accounts.login(" Vera ", PASSWORD, HOME).user["id"] == vera["id"]


@pytest.mark.parametrize("name", ["vera", "nobody", ""])
def test_unknown_names_and_wrong_passwords_get_the_same_answer_and_a_log_entry(
    accounts, vera, db, name
):
    with pytest.raises(LoginRefused) as refused:
        accounts.login(name, "not the right password", HOME)
    assert (refused.value.status, refused.value.message) == (401, LoginRefused.message)
    assert events(db) == {"login_failed": 1}


def test_an_unknown_name_takes_as_long_as_a_wrong_password(accounts, vera):
    def best_of_three(name):
        return min(cpu_s(lambda: refused(name)) for _ in range(3))

    def refused(name):
        with pytest.raises(LoginRefused):
            accounts.login(name, "not the right password", HOME)

    assert best_of_three("nobody") > 0.5 * best_of_three("vera")


def test_a_disabled_account_is_refused_like_a_wrong_password(accounts, vera, db):
    db.set_user_active(vera["id"], False)
    with pytest.raises(LoginRefused):
        accounts.login("vera", PASSWORD, HOME)


def test_an_older_hash_is_replaced_at_login(accounts, db):
    db.create_user("anna", generate_password_hash("short"))
    accounts.login("anna", "short", HOME)
    assert db.get_user("anna")["password_hash"].startswith("$argon2id$")
    accounts.login("anna", "short", HOME)


def test_after_five_failures_the_account_waits_and_then_opens(accounts, vera, db, clock):
    fail(db, 5)
    with pytest.raises(TooManyAttempts) as waiting:
        accounts.login("vera", PASSWORD, HOME)
    assert 1 <= waiting.value.retry_after_s <= 2
    clock.ahead_s += 3
    assert accounts.login("vera", PASSWORD, HOME)


def test_no_number_of_failures_keeps_the_owner_out_for_more_than_half_a_minute(
    accounts, vera, db, clock
):
    fail(db, 60)
    with pytest.raises(TooManyAttempts) as waiting:
        accounts.login("vera", PASSWORD, HOME)
    assert waiting.value.retry_after_s <= 30
    clock.ahead_s += 31
    assert accounts.login("vera", PASSWORD, HOME)


def test_a_known_browser_gets_in_at_once_during_a_flood_from_elsewhere(accounts, vera, db):
    mark = accounts.login("vera", PASSWORD, HOME).device_token
    fail(db, 60)
    assert accounts.login("vera", PASSWORD, HOME, device_token=mark)


def test_a_known_browser_is_slowed_down_by_its_own_failures(accounts, vera, db):
    mark = accounts.login("vera", PASSWORD, HOME).device_token
    for _ in range(5):
        with pytest.raises(LoginRefused):
            accounts.login("vera", "wrong", HOME, device_token=mark)
    with pytest.raises(TooManyAttempts):
        accounts.login("vera", PASSWORD, HOME, device_token=mark)


def test_the_mark_of_another_account_or_a_forged_one_counts_for_nothing(accounts, vera, db):
    other = db.create_user("otto", "!")
    fail(db, 60)
    for mark in (f"{vera['id']}.{'0' * 64}", accounts.device_tokens.of(other["id"]), "é", ""):
        with pytest.raises(TooManyAttempts):
            accounts.login("vera", PASSWORD, HOME, device_token=mark)


def test_one_address_trying_many_names_is_slowed_down_and_others_are_not(accounts, vera, db):
    for number in range(20):
        fail(db, 1, username=f"name{number}")
    with pytest.raises(TooManyAttempts):
        accounts.login("vera", PASSWORD, ELSEWHERE)
    assert accounts.login("vera", PASSWORD, HOME)


def test_throttled_attempts_are_logged_once_a_minute(accounts, vera, db):
    fail(db, 60)
    for _ in range(5):
        with pytest.raises(TooManyAttempts):
            accounts.login("vera", PASSWORD, ELSEWHERE)
    assert events(db)["login_throttled"] == 1


def test_a_session_that_guesses_the_password_is_slowed_down_and_noted(accounts, vera, db):
    token = accounts.login("vera", PASSWORD, HOME).token
    user = accounts.authenticate(token)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            accounts.confirm_password(user, "not the right password", HOME, "a test")
    with pytest.raises(TooManyAttempts):
        accounts.confirm_password(user, PASSWORD, HOME, "a test")
    assert events(db)["login_throttled"] == 1


def test_guesses_at_the_same_time_do_not_slip_past_the_limit(accounts, vera):
    outcomes = []

    def guess():
        try:
            accounts.login("vera", "not the right password", ELSEWHERE)
        except AccountError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcomes) == {LoginRefused: 5, TooManyAttempts: 5}


def test_a_login_ends_the_session_that_it_replaces(accounts, vera):
    first = accounts.login("vera", PASSWORD, HOME).token
    second = accounts.login("vera", PASSWORD, HOME, old_token=first).token
    assert accounts.authenticate(first) is None
    assert accounts.authenticate(second)


def test_tokens_are_stored_only_as_hashes(accounts, vera, db, services):
    token = accounts.open_session(vera, HOME).token
    invite = accounts.create_invite({"id": vera["id"], "username": "vera"}, HOME)
    for path in services.config.data_dir.glob("voiceverse.db*"):
        assert token.encode() not in path.read_bytes()
        assert invite.encode() not in path.read_bytes()


def test_a_session_ends_after_two_weeks_without_use(accounts, vera, clock):
    token = accounts.open_session(vera, HOME).token
    clock.ahead_s += 13 * DAY_S
    assert accounts.authenticate(token)
    clock.ahead_s += 13 * DAY_S
    assert accounts.authenticate(token), "the use in between counts"
    clock.ahead_s += 14 * DAY_S + 1
    assert accounts.authenticate(token) is None


def test_a_session_ends_after_a_month_however_much_it_is_used(accounts, vera, clock):
    token = accounts.open_session(vera, HOME).token
    for _ in range(3):
        clock.ahead_s += 9.9 * DAY_S
        assert accounts.authenticate(token)
    clock.ahead_s += 9.9 * DAY_S
    assert accounts.authenticate(token) is None


def test_use_is_noted_every_five_minutes_at_most(accounts, vera, clock):
    token = accounts.open_session(vera, HOME).token
    first = accounts.authenticate(token)["last_seen_epoch"]
    clock.ahead_s += 299
    accounts.authenticate(token)
    assert accounts.authenticate(token)["last_seen_epoch"] == first
    clock.ahead_s += 2
    accounts.authenticate(token)
    assert accounts.authenticate(token)["last_seen_epoch"] > first + 300


def test_a_made_up_token_opens_nothing(accounts, vera):
    accounts.open_session(vera, HOME)
    assert accounts.authenticate("") is None
    assert accounts.authenticate("x" * 43) is None


def test_nobody_ends_the_session_of_another(accounts, vera, db):
    otto = db.create_user("otto", "!")
    token = accounts.open_session(vera, HOME).token
    session = accounts.authenticate(token)
    assert not accounts.revoke_session({"id": otto["id"]}, session["session_id"], HOME)
    assert accounts.authenticate(token)
    assert accounts.revoke_session(session, session["session_id"], HOME)
    assert accounts.authenticate(token) is None


def test_a_new_password_ends_every_other_session(accounts, vera):
    here, there = (accounts.open_session(vera, HOME).token for _ in range(2))
    session = accounts.authenticate(here)
    accounts.change_password(session, PASSWORD, "granite otter umbrella six", HOME)
    assert accounts.authenticate(here)
    assert accounts.authenticate(there) is None
    assert accounts.login("vera", "granite otter umbrella six", HOME)
    with pytest.raises(LoginRefused):
        accounts.login("vera", PASSWORD, HOME)


def test_a_password_is_changed_only_with_the_current_one_and_by_the_rules(accounts, vera):
    session = accounts.authenticate(accounts.open_session(vera, HOME).token)
    with pytest.raises(WrongPassword):
        accounts.change_password(session, "wrong", "granite otter umbrella six", HOME)
    with pytest.raises(BadPassword):
        accounts.change_password(session, PASSWORD, "too short", HOME)
    assert accounts.login("vera", PASSWORD, HOME)


def test_disabling_ends_the_sessions_of_an_account_but_never_ones_own(accounts, vera, db):
    otto = db.create_user("otto", "!")
    admin = {"id": vera["id"], "username": "vera"}
    token = accounts.open_session(otto, HOME).token
    accounts.set_active(admin, otto, False, HOME)
    assert accounts.authenticate(token) is None
    with pytest.raises(AccountError):
        accounts.set_active(admin, vera, False, HOME)


def test_the_setup_link_works_once_and_is_private(accounts, services, db):
    link = accounts.ensure_setup_link("http://localhost:5000/")
    path = services.config.setup_link_path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == link
    assert accounts.ensure_setup_link("http://localhost:5000") == link
    token = link.partition("token=")[2]
    with pytest.raises(SetupLinkInvalid):
        accounts.create_owner("x" + token[1:], "vera", PASSWORD, HOME)
    result = accounts.create_owner(token, "vera", PASSWORD, HOME)
    assert accounts.authenticate(result.token)["is_admin"]
    assert not path.exists()
    with pytest.raises(SetupLinkInvalid):
        accounts.create_owner(token, "otto", PASSWORD, HOME)
    assert accounts.ensure_setup_link("http://localhost:5000") is None
    assert events(db) == {"setup_failed": 2, "setup": 1, "login": 1}


def test_an_empty_token_never_matches_a_missing_link(accounts):
    with pytest.raises(SetupLinkInvalid):
        accounts.create_owner("", "vera", PASSWORD, HOME)


def test_an_invitation_makes_one_account_and_no_admin(accounts, vera):
    invite = accounts.create_invite({"id": vera["id"], "username": "vera"}, HOME)
    otto = accounts.register(invite, "otto", PASSWORD, HOME).user
    assert not otto["is_admin"]
    with pytest.raises((RegistrationClosed, InviteInvalid)):
        accounts.register(invite, "mia", PASSWORD, HOME)


def test_an_invitation_expires_after_a_week(accounts, vera, clock):
    invite = accounts.create_invite({"id": vera["id"], "username": "vera"}, HOME)
    clock.ahead_s += 7 * DAY_S + 1
    with pytest.raises(RegistrationClosed):
        accounts.register(invite, "otto", PASSWORD, HOME)


def test_a_revoked_invitation_is_worthless(accounts, vera, db):
    admin = {"id": vera["id"], "username": "vera"}
    invite = accounts.create_invite(admin, HOME)
    accounts.revoke_invite(admin, db.list_invites()[0]["id"], HOME)
    with pytest.raises(RegistrationClosed):
        accounts.register(invite, "otto", PASSWORD, HOME)


def test_a_taken_name_leaves_the_invitation_unused(accounts, vera):
    invite = accounts.create_invite({"id": vera["id"], "username": "vera"}, HOME)
    with pytest.raises(UsernameTaken):
        accounts.register(invite, "VERA", PASSWORD, HOME)
    assert accounts.register(invite, "otto", PASSWORD, HOME)


@pytest.mark.parametrize(("mode", "opens"), [("invite", False), ("open", True), ("closed", False)])
def test_registration_without_an_invitation_follows_the_setting(
    make_app, password_hash, mode, opens
):
    services = make_app(registration=mode).extensions["voiceverse"]
    services.db.create_user("vera", password_hash)
    if opens:
        assert services.accounts.register(None, "otto", PASSWORD, HOME)
    else:
        with pytest.raises(RegistrationClosed):
            services.accounts.register(None, "otto", PASSWORD, HOME)


def test_nobody_registers_before_the_first_account(make_app):
    services = make_app(registration="open").extensions["voiceverse"]
    with pytest.raises(RegistrationClosed):
        services.accounts.register(None, "otto", PASSWORD, HOME)


@pytest.mark.parametrize(
    "name", ["", "ab", "x" * 33, ".dot", "a b c", "a/b/c", "../x", "ve\nra", "a<b>"]
)
def test_a_name_that_could_confuse_is_refused(accounts, name):
    with pytest.raises(BadUsername):
        accounts.add_user(name, PASSWORD)


@pytest.mark.parametrize("name", ["abc", "Jörg.Müller-7", "3rd_floor", "x" * 32])
def test_a_plain_name_is_accepted(accounts, name):
    assert accounts.add_user(name, PASSWORD)["username"] == name


def test_an_owner_who_logs_in_often_gives_guesses_no_new_start(accounts, db, vera):
    device = accounts.login("vera", PASSWORD, HOME).device_token
    for _ in range(5):
        fail(db, 6)
        accounts.login("vera", PASSWORD, HOME, device_token=device)
    with pytest.raises(TooManyAttempts):
        accounts.login("vera", "another guess at the password", ELSEWHERE)
    accounts.login("vera", PASSWORD, HOME, device_token=device)


def test_a_session_of_a_number_that_is_given_again_is_another_one(accounts, vera):
    first = accounts.login("vera", PASSWORD, HOME)
    ended = accounts.authenticate(first.token)
    assert accounts.find_open_sessions({ended["token_hash"]}) == {ended["token_hash"]}
    accounts.logout(ended, HOME)
    again = accounts.authenticate(accounts.login("vera", PASSWORD, HOME).token)
    assert again["session_id"] == ended["session_id"]
    assert accounts.find_open_sessions({ended["token_hash"]}) == set()
