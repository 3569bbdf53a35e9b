import json

import pytest

from tests.conftest import PASSWORD, Browser
from tests.support.second_step import Clock, Phone, SoftwareKey, encoded, give_password

ASK, ADD = "/account/passkeys/question", "/account/passkeys"
DOOR, SIGN_IN = "/login/passkey/question", "/login/passkey"
GIVEN = {"current": PASSWORD}
ADDRESSES = ("192.168.1.5", "127.0.0.1", "::1")


@pytest.fixture
def key():
    return SoftwareKey()


@pytest.fixture
def clock(services, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(services.accounts, "_clock", clock)
    return clock


def post(browser, path, data=None):
    return browser.post(path, data, json=True)


def add(browser, key, name="Phone"):
    question = post(browser, ASK, GIVEN).json
    return post(browser, ADD, {"answer": key.make(question), "name": name})


def sign_in(browser, key, *, step="only", **changes):
    question = post(browser, DOOR, {"step": step}).json
    fields = {"answer": key.sign(question, **changes), "next": "/usage", "step": step}
    return post(browser, SIGN_IN, fields)


def rows(browser):
    return browser.services.db.list_passkeys(browser.user["id"])


def is_in(browser):
    return browser.get("/history").status_code == 200


@pytest.fixture
def added(owner, key):
    assert add(owner, key).status_code == 200
    return key


# Adding


def test_a_passkey_is_added_with_the_password_and_listed(owner, key):
    question = post(owner, ASK, GIVEN).json
    assert question["rp"] == {"id": "localhost", "name": "VoiceVerse"}
    chosen = question["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    fields = {"answer": key.make(question), "name": " My  phone "}
    assert post(owner, ADD, fields).json == {"url": "/account"}
    assert "My phone" in owner.get("/account").text
    (row,) = rows(owner)
    assert (row["rp_id"], row["name"], row["transports"]) == (
        "localhost",
        "My phone",
        '["internal"]',
    )
    assert owner.events()[0] == "passkey_added"


def test_nothing_is_asked_without_the_password(owner):
    assert post(owner, ASK, {"current": "not it"}).status_code == 403


def test_a_question_is_answered_once(owner, key):
    question = post(owner, ASK, GIVEN).json
    with owner.client.session_transaction() as session:
        asked = session["question"]
    assert post(owner, ADD, {"answer": key.make(question)}).status_code == 200
    with owner.client.session_transaction() as session:
        session["question"] = asked
    other = SoftwareKey()
    assert post(owner, ADD, {"answer": other.make(question)}).status_code == 403
    assert len(rows(owner)) == 1


def test_the_same_passkey_is_not_added_twice(owner, added):
    question = post(owner, ASK, GIVEN).json
    assert [known["id"] for known in question["excludeCredentials"]] == [encoded(added.identifier)]
    assert post(owner, ADD, {"answer": added.make(question)}).status_code == 403


def test_nobody_adds_a_passkey_to_anothers_account(owner, guest, key):
    question = post(guest, ASK, GIVEN).json
    with guest.client.session_transaction() as session:
        asked = session["question"]
    with owner.client.session_transaction() as session:
        session["question"] = asked
    assert post(owner, ADD, {"answer": key.make(question)}).status_code == 403


def test_an_answer_of_another_site_without_a_person_or_too_late_is_refused(owner, clock):
    keys = [SoftwareKey(origin="https://evil.example"), SoftwareKey(rp_id="evil.example")]
    keys += [SoftwareKey(origin="http://localhost:8080"), SoftwareKey()]
    keys[-1].flags = 0x01  # present, but nobody was verified
    for key in keys:
        assert add(owner, key).status_code == 403
    question = post(owner, ASK, GIVEN).json
    clock.ahead_s += 301
    assert post(owner, ADD, {"answer": SoftwareKey().make(question)}).status_code == 403
    assert rows(owner) == []


@pytest.mark.slow
def test_twenty_passkeys_are_enough(owner, added):
    row = rows(owner)[0]
    for number in range(19):
        values = {**row, "credential_id": f"key{number}"}
        owner.services.db.add_passkey(**values)
    assert post(owner, ASK, GIVEN).status_code == 409


def test_a_passkey_is_renamed_and_removed_by_its_person_alone(owner, guest, added):
    path = f"/account/passkeys/{rows(owner)[0]['id']}"
    assert guest.post(f"{path}/name", {"name": "Mine"}).status_code == 404
    assert guest.post(f"{path}/remove", GIVEN).status_code == 404
    assert owner.post(f"{path}/name", {"name": " "}).status_code == 400
    assert owner.post(f"{path}/name", {"name": "<b>Key"}).status_code == 303
    assert "&lt;b&gt;Key" in owner.get("/account").text
    assert owner.post(f"{path}/remove", {"current": "not it"}).status_code == 403
    assert len(rows(owner)) == 1
    assert owner.post(f"{path}/remove", GIVEN).status_code == 303
    assert rows(owner) == []


# Signing in


def test_a_passkey_signs_in_without_name_and_password(app, owner, added):
    browser = Browser(app)
    answer = sign_in(browser, added)
    assert (answer.status_code, answer.json) == (200, {"url": "/usage"})
    assert is_in(browser)
    assert rows(owner)[0]["sign_count"] == 1
    assert owner.events()[0] == "login"


def test_a_removed_passkey_signs_in_no_more(app, owner, added):
    owner.services.db.delete_passkeys(owner.user["id"])
    assert sign_in(Browser(app), added).status_code == 403


def test_a_passkey_of_a_disabled_account_is_refused(app, owner, guest, key):
    add(guest, key)
    owner.services.db.set_user_active(guest.user["id"], False)
    assert sign_in(Browser(app), key).status_code == 403


def test_a_forged_answer_is_refused_and_logged(app, owner, added):
    browser = Browser(app)
    forgeries = [
        {"signature": encoded(b"0" * 70)},
        {"userHandle": encoded(b"somebody else")},
        {"clientDataJSON": encoded(b"{}")},
        {"authenticatorData": encoded(b"")},
        {"signature": None},
    ]
    for changes in forgeries:
        assert sign_in(browser, added, **changes).status_code == 403, changes
    stranger = SoftwareKey()
    stranger.handle = added.handle
    assert sign_in(browser, stranger).status_code == 403
    stranger.identifier = added.identifier  # the right name, the wrong key
    stranger.count = 50
    assert sign_in(browser, stranger).status_code == 403
    assert not is_in(browser)
    assert owner.events().count("passkey_failed") == 7


def test_an_answer_given_elsewhere_or_without_its_person_is_refused(app, owner, added):
    browser = Browser(app)
    odd = {"origin": "https://evil.example", "rp_id": "evil.example", "flags": 0x01}
    for name, value in (*odd.items(), ("flags", 0x04)):
        usual = getattr(added, name)
        setattr(added, name, value)
        assert sign_in(browser, added).status_code == 403, (name, value)
        setattr(added, name, usual)
    assert sign_in(browser, added).status_code == 200


def test_what_is_no_answer_at_all_is_refused(app, owner, added):
    browser = Browser(app)
    name = encoded(added.identifier)
    whole = {"id": name, "rawId": name, "type": "public-key", "response": {}}
    odd = ["", "null", "1", "[]", "{}", "[" * 9000, "{" * 20_000, '"é"', json.dumps(whole)]
    odd += [json.dumps(whole | {"response": value}) for value in (None, 1, [], "x")]
    odd += [json.dumps(whole | {"id": value}) for value in (None, 1, [], {})]
    odd += [json.dumps(whole | {"rawId": value}) for value in ("é", "!", 5)]
    for answer in odd:
        post(browser, DOOR)
        assert post(browser, SIGN_IN, {"answer": answer}).status_code == 403, answer[:60]


def test_an_answer_is_good_for_one_session(app, owner, added):
    browser = Browser(app)
    question = post(browser, DOOR).json
    with browser.client.session_transaction() as session:
        asked = session["question"]
    added.counts = 0  # as with synchronised passkeys, which do not count
    answer = added.sign(question)
    assert post(browser, SIGN_IN, {"answer": answer}).status_code == 200
    thief = Browser(app)
    with thief.client.session_transaction() as session:
        session["question"] = asked
    assert post(thief, SIGN_IN, {"answer": answer}).status_code == 403
    assert not is_in(thief)


def test_a_question_of_another_browser_cannot_be_answered(app, owner, added):
    question = post(Browser(app), DOOR).json
    browser = Browser(app)
    post(browser, DOOR)
    assert post(browser, SIGN_IN, {"answer": added.sign(question)}).status_code == 403
    assert post(browser, SIGN_IN, {"answer": added.sign(question)}).status_code == 403


def test_a_counter_that_does_not_grow_gives_a_copy_away(app, owner, added):
    assert sign_in(Browser(app), added).status_code == 200
    added.count = 0  # a copy made before
    refused = sign_in(Browser(app), added)
    assert refused.status_code == 403
    assert "suggests a copy" in refused.json["error"]
    assert owner.events()[0] == "passkey_copied"


@pytest.mark.slow
def test_a_passkey_that_does_not_count_goes_on_working(app, owner):
    key = SoftwareKey(counts=False)
    add(owner, key)
    for _ in range(2):
        assert sign_in(Browser(app), key).status_code == 200


# As the second step


def test_a_passkey_stands_for_the_code(app, owner, added, clock):
    Phone(owner, clock)
    browser = give_password(app)
    assert "Log in with a passkey" in browser.get("/login/second").text
    question = post(browser, DOOR, {"step": "second"}).json
    assert [known["id"] for known in question["allowCredentials"]] == [encoded(added.identifier)]
    assert sign_in(browser, added, step="second").json == {"url": "/"}
    assert is_in(browser)


def test_after_a_password_the_passkey_of_another_is_refused(app, owner, guest, added, clock):
    Phone(guest, clock)
    browser = give_password(app, "otto")
    assert "passkey" not in browser.get("/login/second").text
    assert sign_in(browser, added, step="second").status_code == 403
    assert not is_in(browser)


def test_a_login_that_was_left_half_way_does_not_stand_in_the_way(app, owner, guest, added, clock):
    Phone(guest, clock)
    browser = give_password(app, "otto")
    clock.ahead_s += 601
    assert post(browser, DOOR, {"step": "second"}).status_code == 403
    assert sign_in(browser, added).status_code == 200
    assert is_in(browser)


@pytest.mark.slow
def test_a_second_step_without_a_first_is_a_sign_in_of_its_own(app, owner, added):
    browser = Browser(app)
    assert sign_in(browser, added, step="second").status_code == 200


# Where there are none


def test_passkeys_are_offered_where_browsers_have_them(make_app, password_hash):
    app = make_app(trusted_hosts=(*ADDRESSES, "voice.example"))
    app.extensions["voiceverse"].db.create_user("vera", password_hash)
    for address, is_offered in (
        ("http://localhost", True),
        ("http://localhost:5000", True),
        ("https://voice.example", True),
        ("http://voice.example", False),
        ("http://192.168.1.5:5000", False),
        ("https://192.168.1.5", False),
        ("http://127.0.0.1:5000", False),
        ("https://[::1]:5000", False),
    ):
        page = app.test_client().get("/login", base_url=address).text
        assert ("Log in with a passkey" in page) == is_offered, address
        assert ("passkeys.js" in page) == is_offered, address


def test_a_passkey_belongs_to_the_site_that_it_was_made_on(make_app, app, owner, added):
    client = make_app(trusted_hosts=("voice.example",)).test_client()
    site = {"base_url": "https://voice.example"}
    page = client.get("/login", **site).text
    token = page.partition('name="csrf-token" content="')[2][:64]
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    question = client.post(DOOR, headers=headers, **site).json
    assert question["rpId"] == "voice.example"
    added.origin, added.rp_id = "https://voice.example", "voice.example"
    sent = {"answer": added.sign(question)}
    assert client.post(SIGN_IN, data=sent, headers=headers, **site).status_code == 403


@pytest.mark.slow
def test_where_there_are_none_nothing_is_asked(app, owner):
    client = app.test_client()
    page = client.get("/login", base_url="http://10.0.0.5").text
    token = page.partition('name="csrf-token" content="')[2][:64]
    headers = {"X-CSRF-Token": token}
    assert client.post(DOOR, headers=headers, base_url="http://10.0.0.5").status_code == 403
