"""How often somebody may ask."""

import pytest

from common.shared_counts import ProcessLock
from storage.errors import DiskFull
from tests.conftest import PASSWORD, Browser
from web.rate_limits import (
    NOTED_EVERY_S,
    ROW,
    ROWS,
    Rates,
    TooManyRequests,
    neighbourhood,
)


class Clock:
    """A clock that goes on when it is told to."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rates(clock):
    return Rates(ProcessLock(), clock)


def test_as_many_as_in_a_minute_may_come_at_once_and_then_one_at_a_time(rates, clock):
    for _ in range(60):
        rates.take("anna", 60)
    with pytest.raises(TooManyRequests) as caught:
        rates.take("anna", 60)
    assert (caught.value.status, caught.value.retry_after_s) == (429, 1)
    clock.now += 1
    rates.take("anna", 60)
    with pytest.raises(TooManyRequests):
        rates.take("anna", 60)


def test_waiting_as_long_as_told_is_enough(rates, clock):
    for _ in range(7):
        rates.take("anna", 7)
    with pytest.raises(TooManyRequests) as caught:
        rates.take("anna", 7)
    clock.now += caught.value.retry_after_s
    rates.take("anna", 7)


def test_asking_in_vain_costs_no_further_waiting(rates, clock):
    for _ in range(10):
        rates.take("anna", 10)
    for _ in range(100):
        with pytest.raises(TooManyRequests):
            rates.take("anna", 10)
    clock.now += 6
    rates.take("anna", 10)


def test_one_who_asks_too_much_holds_up_nobody_else(rates):
    for who in ("anna", "bert"):
        rates.take(who, 1)
    with pytest.raises(TooManyRequests):
        rates.take("anna", 1)
    rates.take("carl", 1)


def test_no_limit_is_no_limit(rates):
    for _ in range(10_000):
        rates.take("anna", 0)


def test_a_minute_of_rest_fills_the_bucket_and_no_more(rates, clock):
    rates.take("anna", 5)
    clock.now += 3600
    for _ in range(5):
        rates.take("anna", 5)
    with pytest.raises(TooManyRequests):
        rates.take("anna", 5)


def test_strangers_from_everywhere_take_no_endless_memory(rates, clock):
    for number in range(3 * ROWS):
        clock.now += 0.001
        rates.take(number, 5)
    assert len(rates._table) == ROWS * ROW.size
    for _ in range(4):
        rates.take(3 * ROWS - 1, 5)
    with pytest.raises(TooManyRequests):
        rates.take(3 * ROWS - 1, 5)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_the_addresses_of_one_home_are_one(address, expected):
    assert neighbourhood(address) == expected


def test_a_person_who_asks_too_much_is_told_how_long_to_wait(make_app, password_hash):
    app = make_app(requests_per_minute=3)
    db = app.extensions["voiceverse"].db
    anna, bert = (Browser(app, db.create_user(name, password_hash)) for name in ("anna", "bert"))
    statuses = [anna.get("/library", json=True).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = anna.get("/library", json=True)
    assert int(answer.headers["Retry-After"]) == 20
    assert "Wait 20 seconds" in answer.json["error"]
    assert "Wait 20 seconds" in anna.get("/library").text
    assert bert.get("/library").status_code == 200
    assert anna.get("/static/icon.svg").status_code == 200


def test_changes_have_a_limit_of_their_own(make_app, password_hash):
    app = make_app(changes_per_minute=2)
    browser = Browser(app, app.extensions["voiceverse"].db.create_user("anna", password_hash))
    token = browser.csrf_token()
    statuses = [
        browser.post("/draft", {"text": "Hello."}, csrf=token).status_code for _ in range(3)
    ]
    assert statuses == [204, 204, 429]
    assert browser.get("/library").status_code == 200


def test_strangers_have_a_limit_by_address_but_may_always_log_in(make_app, password_hash):
    app = make_app(strangers_per_minute=2)
    app.extensions["voiceverse"].db.create_user("vera", password_hash)
    browser = Browser(app)
    statuses = [browser.get("/", json=True).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert browser.get("/setup").status_code == 429
    assert browser.get("/health").status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.77"}
    assert browser.client.get("/setup", environ_overrides=elsewhere).status_code == 403
    form = {"username": "vera", "password": PASSWORD}
    assert browser.post("/login", form).status_code == 303
    assert browser.get("/").status_code == 200


def test_the_first_refusal_of_ten_minutes_is_told_apart(rates, clock):
    assert rates.is_first_refusal("anna", "changes")
    assert not rates.is_first_refusal("anna", "changes")
    assert rates.is_first_refusal("anna", "storage")
    assert rates.is_first_refusal("bert", "changes")
    clock.now += NOTED_EVERY_S - 1
    assert not rates.is_first_refusal("anna", "changes")
    clock.now += 1
    assert rates.is_first_refusal("anna", "changes")
    assert not rates.is_first_refusal("anna", "changes")


def test_refusals_of_everybody_take_no_endless_memory(rates, clock):
    for number in range(2 * ROWS):
        clock.now += 0.001
        assert rates.is_first_refusal(number, "requests")
    assert not rates.is_first_refusal(2 * ROWS - 1, "requests")


def limits(app):
    rows = app.extensions["voiceverse"].db.get_security_logs(event_type="limit_reached")
    return [(row["username"], row["ip_address"], row["details"]) for row in rows]


def test_the_log_knows_of_a_limit_once_for_each_person_and_limit(make_app, password_hash):
    app = make_app(changes_per_minute=2, requests_per_minute=20)
    db = app.extensions["voiceverse"].db
    anna, bert = (Browser(app, db.create_user(name, password_hash)) for name in ("anna", "bert"))
    for browser in (anna, bert):
        token = browser.csrf_token()
        statuses = [
            browser.post("/draft", {"text": "Hello."}, csrf=token).status_code for _ in range(6)
        ]
        assert statuses == [204, 204, *[429] * 4]
    assert limits(app) == [
        ("bert", "127.0.0.1", "changes: POST /draft"),
        ("anna", "127.0.0.1", "changes: POST /draft"),
    ]
    while anna.get("/library?q=private", json=True).status_code == 200:
        pass
    assert anna.get("/library").status_code == 429
    assert limits(app)[0] == ("anna", "127.0.0.1", "requests: GET /library")
    assert len(limits(app)) == 3


def test_the_log_knows_of_strangers_by_their_address(make_app, password_hash):
    app = make_app(strangers_per_minute=1)
    app.extensions["voiceverse"].db.create_user("vera", password_hash)
    for place in ("192.0.2.7", "192.0.2.7", "192.0.2.8", "2001:db8::1", "2001:db8::2"):
        for _ in range(3):
            browser = Browser(app)
            browser.client.get("/setup", environ_overrides={"REMOTE_ADDR": place})
    assert limits(app) == [
        (None, place, "strangers' requests: GET /setup")
        for place in ("2001:db8::1", "192.0.2.8", "192.0.2.7")
    ]


def test_a_log_that_cannot_be_written_leaves_the_refusal(make_app, password_hash, monkeypatch):
    app = make_app(requests_per_minute=1)
    db = app.extensions["voiceverse"].db
    browser = Browser(app, db.create_user("anna", password_hash))

    def fail(*_, **__):
        raise DiskFull("full")

    monkeypatch.setattr(db, "log_security_event", fail)
    statuses = [browser.get("/library", json=True).status_code for _ in range(2)]
    assert statuses == [200, 429]
