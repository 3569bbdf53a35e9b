import re
import threading
from collections import Counter

import pyotp
import pytest

from accounts.errors import TooManyAttempts, WrongCode
from accounts.types import Visitor
from tests.conftest import PASSWORD, Browser
from tests.support.second_step import CONFIRM, START, Clock, Phone, give_password
from web.access import audience_of

PAGE = "/account/second-step"
GIVEN = {"current": PASSWORD}


@pytest.fixture
def clock(services, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(services.accounts, "_clock", clock)
    return clock


@pytest.fixture
def phone(owner, clock):
    return Phone(owner, clock)


def take(browser, code):
    return browser.post("/login/second", {"code": code})


def log_in(browser, name="vera"):
    return browser.post("/login", {"username": name, "password": PASSWORD})


def log_out(browser):
    with browser.client.session_transaction() as session:
        session.clear()


def is_in(browser):
    return browser.get("/history").status_code == 200


# Setting up


def test_a_code_and_the_password_turn_it_on_and_show_ten_codes_once(owner, clock):
    assert owner.post(START).status_code == 303
    page = owner.get(PAGE).text
    assert 'class="qr"' in page
    assert "style=" not in page
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    user = {"id": owner.user["id"], "username": "vera"}
    setup = owner.services.two_factor.setup(user)
    assert (setup.secret, len(secret)) == (secret, 32)
    assert setup.address.startswith("otpauth://totp/VoiceVerse:vera?")
    fields = {"code": pyotp.TOTP(secret).at(int(clock())), **GIVEN}
    shown = owner.post(CONFIRM, fields)
    codes = re.findall(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){5})</code>", shown.text)
    assert len(set(codes)) == 10
    assert owner.services.two_factor.state(owner.user["id"])["is_on"]
    page = owner.get(PAGE).text
    assert secret not in page.replace(" ", "")
    assert not any(code in page for code in codes)
    assert owner.events()[0] == "second_factor_on"


def test_without_a_right_code_and_the_password_it_stays_off(owner, clock):
    owner.post(START)
    wrong, not_mine = "That code is wrong", "not your current password"
    for code, current, status, told in (
        ("000000", PASSWORD, 401, wrong),
        ("", PASSWORD, 401, wrong),
        ("000000", "not it", 400, not_mine),
        ("000000", "not it", 400, wrong),
    ):
        answer = owner.post(CONFIRM, {"code": code, "current": current})
        assert answer.status_code == status
        assert answer.text.count(told) == 1
    assert not owner.services.db.has_second_factor(owner.user["id"])


@pytest.mark.slow
def test_confirming_what_was_never_started_is_refused(owner):
    assert owner.post(CONFIRM, {"code": "123456", **GIVEN}).status_code == 409


@pytest.mark.slow
def test_it_cannot_be_started_over_while_it_is_on(owner, phone):
    assert owner.post(START).status_code == 409
    assert owner.services.db.has_second_factor(owner.user["id"])


@pytest.mark.slow
def test_turning_it_on_ends_every_other_session(app, owner, clock):
    other = Browser(app, owner.user)
    Phone(owner, clock)
    assert not is_in(other)
    assert is_in(owner)


def test_neither_secret_nor_recovery_codes_can_be_read_in_the_data_folder(owner, phone, services):
    wanted = [phone.totp.secret.encode(), *(code.encode() for code in phone.recovery_codes)]
    wanted += [code.replace("-", "").encode() for code in phone.recovery_codes]
    for path in services.config.data_dir.glob("voiceverse.db*"):
        content = path.read_bytes()
        assert not any(text in content for text in wanted)


# Signing in


def test_the_password_alone_opens_nothing(app, owner, phone):
    browser = Browser(app)
    answer = log_in(browser)
    assert answer.headers["Location"] == "/login/second"
    assert not is_in(browser)
    assert (
        owner.services.db.get_security_logs(event_type="login", limit=1)[0]["id"]
        < (owner.services.db.get_security_logs(limit=1)[0]["id"])
    )


def test_a_code_opens_the_session_and_leads_where_one_wanted_to_go(app, owner, phone):
    browser = Browser(app)
    fields = {"username": "vera", "password": PASSWORD, "next": "/usage"}
    browser.post("/login", fields)
    answer = take(browser, phone.code())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/usage")
    assert is_in(browser)


@pytest.mark.slow
def test_a_code_with_blanks_is_taken(app, owner, phone):
    browser = give_password(app)
    code = phone.code()
    assert take(browser, f" {code[:3]} {code[3:]}").status_code == 303


def test_a_code_is_taken_once(app, owner, phone):
    code = phone.code()
    assert take(give_password(app), code).status_code == 303
    again = take(give_password(app), code)
    assert again.status_code == 401
    assert "was already used" in again.text


@pytest.mark.slow
def test_the_code_that_turned_it_on_does_not_open_a_session(app, owner, phone):
    assert take(give_password(app), phone.first_code).status_code == 401


def test_two_at_the_same_time_do_not_both_use_a_code(services, owner, phone):
    accounts, outcomes = services.accounts, []
    user = services.db.get_user("vera")
    pending = accounts._signed_tokens.make("second", user, 600)
    code = phone.code()

    def try_it():
        try:
            services.two_factor.sign_in(pending, code, Visitor("127.0.0.1"))
        except WrongCode:
            outcomes.append("refused")
        else:
            outcomes.append("in")

    threads = [threading.Thread(target=try_it) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcomes) == {"in": 1, "refused": 4}


def test_clocks_may_differ_by_one_step_either_way(app, owner, phone):
    phone.clock.stop()
    for steps, status in ((-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)):
        phone.clock.ahead_s += 120
        assert take(give_password(app), phone.code(steps)).status_code == status, steps


@pytest.mark.slow
def test_a_code_before_the_one_that_was_used_is_refused(app, owner, phone):
    phone.clock.ahead_s += 120
    assert take(give_password(app), phone.code()).status_code == 303
    assert take(give_password(app), phone.code(-1)).status_code == 401


def test_what_is_no_code_is_refused(app, owner, phone):
    browser = give_password(app)
    for code in ("", "abc", "é" * 6, "0" * 5000, "１２３４５６"):
        assert take(browser, code).status_code == 401, code


def test_a_recovery_code_opens_once_however_it_is_typed(app, owner, phone):
    code = phone.recovery_codes[0]
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert take(give_password(app), typed).status_code == 303
    assert take(give_password(app), code).status_code == 401
    assert owner.services.two_factor.state(owner.user["id"])["codes_left"] == 9
    assert "recovery_code_used" in owner.events()


@pytest.mark.slow
def test_a_recovery_code_of_another_person_opens_nothing(app, owner, guest, clock):
    Phone(owner, clock)
    other = Phone(guest, clock)
    assert take(give_password(app), other.recovery_codes[0]).status_code == 401


def test_after_five_wrong_codes_one_waits(app, owner, phone):
    browser = give_password(app)
    for _ in range(5):
        assert take(browser, "000000").status_code == 401
    waiting = take(browser, phone.code())
    assert waiting.status_code == 429
    assert 1 <= int(waiting.headers["Retry-After"]) <= 30
    phone.clock.ahead_s += 300
    assert take(browser, phone.code()).status_code == 303
    assert Counter(owner.events())["second_factor_failed"] == 5


def age(services, seconds):
    """Let time pass: what is in the log happened so much earlier."""
    services.db.write(
        "UPDATE security_logs SET timestamp = datetime(timestamp, ?)", f"-{seconds} seconds"
    )


def guesses_within(services, user, hours, *, owner_logs_in=False):
    """How many wrong codes are looked at while somebody guesses without a pause, and the waits."""
    tried, passed_s, waits = 0, 0, []
    pending = services.accounts._signed_tokens.make("second", user, 600)
    while passed_s < hours * 3600:
        try:
            services.two_factor.sign_in(pending, "x", Visitor("203.0.113.9"))
        except WrongCode:
            tried += 1
            if owner_logs_in:
                services.db.log_security_event("login", user_id=user["id"], username="vera")
        except TooManyAttempts as error:
            waits.append(error.retry_after_s)
            passed_s += error.retry_after_s
            age(services, error.retry_after_s)
    return tried, waits


@pytest.mark.parametrize("owner_logs_in", [False, True])
def test_who_knows_the_password_guesses_few_codes(owner, phone, services, owner_logs_in):
    user = services.db.get_user("vera")
    tried, waits = guesses_within(services, user, 1, owner_logs_in=owner_logs_in)
    assert 10 <= tried <= 20
    assert waits[-1] > 800
    tried, waits = guesses_within(services, user, 23, owner_logs_in=owner_logs_in)
    assert 80 <= tried <= 96
    assert 880 <= max(waits) <= 901
    assert services.db.get_security_logs(event_type="login_throttled")


def test_after_a_day_of_peace_codes_are_taken_at_once(app, owner, phone, services):
    user = services.db.get_user("vera")
    guesses_within(services, user, 2)
    age(services, 2)  # what is left of a second
    statuses = [take(give_password(app), "000000").status_code for _ in range(2)]
    assert statuses == [401, 429]
    age(services, 86_400)
    assert take(give_password(app), phone.code()).status_code == 303


def test_wrong_codes_of_others_are_not_ones_own(app, owner, guest, services, clock):
    mine, theirs = Phone(owner, clock), Phone(guest, clock)
    guesses_within(services, services.db.get_user("vera"), 2)
    assert take(give_password(app, "otto"), theirs.code()).status_code == 303
    age(services, 2)  # what is left of a second
    statuses = [take(give_password(app), "000000").status_code for _ in range(2)]
    assert statuses == [401, 429]
    assert take(give_password(app), mine.recovery_codes[0]).status_code == 303


def test_a_flood_of_wrong_codes_keeps_neither_a_known_browser_nor_a_recovery_code_out(
    app, owner, phone
):
    known = give_password(app)
    assert take(known, phone.code()).status_code == 303
    log_out(known)
    for _ in range(60):
        owner.services.db.log_security_event(
            "second_factor_failed", user_id=owner.user["id"], username="vera", success=False
        )
    attacker = give_password(app)
    assert take(attacker, phone.code(1)).status_code == 429
    give_password(app, browser=known)
    assert take(known, phone.code(1)).status_code == 303
    assert take(give_password(app), phone.recovery_codes[0]).status_code == 303


def test_wrong_codes_in_a_known_browser_slow_it_down_too(app, owner, phone):
    known = give_password(app)
    take(known, phone.code())
    log_out(known)
    give_password(app, browser=known)
    for _ in range(5):
        assert take(known, "000000").status_code == 401
    assert take(known, phone.code(1)).status_code == 429


def test_the_second_step_must_follow_within_ten_minutes(app, owner, phone):
    browser = give_password(app)
    phone.clock.ahead_s += 601
    answer = take(browser, phone.code())
    assert answer.status_code == 403
    assert "took too long" in answer.text


def test_a_new_password_ends_a_login_that_was_begun_with_the_old_one(app, owner, phone):
    browser = give_password(app)
    owner.post("/account/password", {**GIVEN, "password": "granite otter umbrella six"})
    assert take(browser, phone.code()).status_code == 403


def test_a_made_up_first_step_leads_nowhere(app, owner, phone):
    browser = Browser(app)
    for pending in ("", "1.2.3", "x", f"1.9999999999.{'0' * 64}"):
        with browser.client.session_transaction() as session:
            session["pending"] = {"token": pending, "target": "/", "old": None}
        assert browser.get("/login/second").status_code == 403
        assert take(browser, phone.code()).status_code == 403


@pytest.mark.slow
def test_without_a_first_step_there_is_no_second(stranger):
    assert stranger.get("/login/second").status_code == 403
    assert take(stranger, "000000").status_code == 403


def test_a_link_for_a_new_password_does_not_pass_the_second_step_by(app, owner, guest, clock):
    phone = Phone(guest, clock)
    link = owner.post(f"/admin/people/{guest.user['id']}", {"action": "reset"}).text
    token = re.search(r"/reset\?token=([\w.-]+)", link)[1]
    browser = Browser(app)
    fields = {"token": token, "password": "granite otter umbrella six"}
    assert browser.post("/reset", fields).headers["Location"] == "/login/second"
    assert not is_in(browser)
    assert take(browser, phone.code()).status_code == 303


@pytest.mark.slow
def test_a_login_ends_the_session_that_it_replaces(app, owner, phone, services):
    browser = give_password(app)
    take(browser, phone.code())
    before = len(services.db.list_sessions(owner.user["id"]))
    give_password(app, browser=browser)
    take(browser, phone.next_code())
    assert len(services.db.list_sessions(owner.user["id"])) == before


# Giving it up


def test_the_password_turns_it_off(app, owner, phone):
    other = give_password(app)
    take(other, phone.code())
    assert owner.post(f"{PAGE}/off", {"current": "not it"}).status_code == 403
    assert owner.services.db.has_second_factor(owner.user["id"])
    assert owner.post(f"{PAGE}/off", GIVEN).status_code == 303
    assert not is_in(other)
    assert log_in(Browser(app)).headers["Location"] == "/"
    assert "second_factor_off" in owner.events()
    assert owner.post(f"{PAGE}/off", GIVEN).status_code == 409


def test_new_recovery_codes_make_the_old_ones_worthless(app, owner, phone):
    assert owner.post(f"{PAGE}/codes", {"current": "not it"}).status_code == 403
    new = owner.post(f"{PAGE}/codes", GIVEN, json=True).json["recovery_codes"]
    assert not set(new) & set(phone.recovery_codes)
    assert take(give_password(app), phone.recovery_codes[0]).status_code == 401
    assert take(give_password(app), new[0]).status_code == 303


@pytest.mark.slow
def test_there_are_no_recovery_codes_without_a_second_step(owner):
    assert owner.post(f"{PAGE}/codes", GIVEN).status_code == 409


def test_an_admin_resets_that_of_another_but_not_ones_own(app, owner, guest, clock):
    Phone(guest, clock)
    Phone(owner, clock)
    action = {"action": "no_second_step"}
    assert owner.post(f"/admin/people/{owner.user['id']}", action).status_code == 400
    assert owner.post(f"/admin/people/{guest.user['id']}", action).status_code == 303
    assert not is_in(guest)
    assert log_in(Browser(app), "otto").headers["Location"] == "/"
    log = owner.services.db.get_security_logs(event_type="second_factor_reset")
    assert [(row["username"], row["details"]) for row in log] == [("otto", "by vera")]


def test_the_command_line_resets_it(app, owner, phone):
    run = app.test_cli_runner().invoke
    assert "two-factor: on" in run(args=["user", "second-factor", "vera"]).output
    assert run(args=["user", "second-factor", "vera", "--off"]).exit_code == 0
    assert log_in(Browser(app)).headers["Location"] == "/"
    assert "two-factor: off" in run(args=["user", "second-factor", "vera"]).output
    assert run(args=["user", "second-factor", "nobody", "--off"]).exit_code == 1


def test_with_another_key_recovery_codes_still_open_and_it_can_be_set_up_anew(
    make_app, app, owner, guest, phone
):
    guest.post(START)
    owner.services.db.close()
    other = make_app(secret_key="another key " * 4)
    refused = take(give_password(other), phone.code())
    assert refused.status_code == 500
    assert "Restore the key" in refused.text
    assert take(give_password(other), phone.recovery_codes[0]).status_code == 303
    assert "Set up" in Browser(other, guest.user).get(PAGE).text


# Who must have one


def ask(owner, rule):
    return owner.post("/admin/security", {"second_factor": rule})


def test_who_must_have_one_is_led_to_it_and_to_nothing_else(owner, guest, clock):
    ask(owner, "everybody")
    for path in ("/", "/library", "/account", "/security", "/admin"):
        assert guest.get(path).headers["Location"] == PAGE
    page = guest.get(PAGE).text
    assert "requires two-factor" in page
    assert 'class="rail"' not in page
    assert guest.get("/library", json=True).status_code == 403
    refused = guest.post("/generate", {"text": "Hello."}, csrf=token_on(guest, PAGE), json=True)
    assert (refused.status_code, "two-factor" in refused.json["error"]) == (403, True)


def token_on(browser, path):
    return re.search(r'name="csrf-token" content="(\w+)"', browser.client.get(path).text)[1]


def test_every_route_is_closed_until_it_is_set_up(app, owner, guest):
    ask(owner, "everybody")
    open_ones = {"static", "web.logout", "site.choose_theme", "site.choose_language"}
    open_ones |= {"site.whose"}  # says only whose session it is, so that copies of others go
    open_ones |= {f"two_factor.{name}" for name in ("overview", "start", "confirm")}
    views = app.view_functions.items()
    open_ones |= {name for name, view in views if audience_of(view) == "public"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in open_ones:
            continue
        method = "GET" if "GET" in rule.methods else "POST"
        path = rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False)[1]
        answer = guest.client.open(path, method=method)
        assert answer.status_code in (303, 403), rule.endpoint
        assert answer.status_code == 403 or answer.headers["Location"] == PAGE, rule.endpoint


@pytest.mark.slow
def test_setting_it_up_opens_the_way(owner, guest, clock):
    ask(owner, "everybody")
    token = token_on(guest, PAGE)
    guest.post(START, csrf=token)
    user = {"id": guest.user["id"], "username": "otto"}
    secret = guest.services.two_factor.setup(user).secret
    fields = {"code": pyotp.TOTP(secret).at(int(clock())), **GIVEN}
    shown = guest.post(CONFIRM, fields, csrf=token)
    assert "recovery codes" in shown.text
    assert is_in(guest)


def test_the_rule_holds_for_whom_it_names(owner, guest):
    admin = {"id": owner.user["id"], "username": "vera"}
    for rule, held in (("nobody", []), ("admins", ["vera"]), ("everybody", ["otto", "vera"])):
        owner.services.two_factor.set_rule(admin, rule, Visitor())
        found = [browser.user["username"] for browser in (guest, owner) if not is_in(browser)]
        assert found == held


def test_only_admins_make_the_rule_and_only_one_that_there_is(owner, guest):
    assert ask(guest, "everybody").status_code == 404
    assert ask(owner, "dogs").status_code == 400
    assert owner.services.two_factor.rule() == "nobody"


@pytest.mark.slow
def test_who_has_one_is_not_held(owner, phone):
    ask(owner, "everybody")
    assert is_in(owner)
