"""The ledger by month, and the security log."""

import time

import pytest

from database.errors import NotFound

SINCE = "2026-01-01 00:00:00"


@pytest.fixture
def zone(monkeypatch):
    """Set the machine's clock to a zone."""

    def choose(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield choose
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("name", "month"),
    [("UTC", (2026, 1)), ("Pacific/Auckland", (2026, 2)), ("America/Lima", (2026, 1))],
)
def test_months_are_those_of_the_machines_clock(db, user, zone, name, month):
    zone(name)
    db.record_usage(user["id"], 5, 0.5, timestamp="2026-01-31 20:00:00")
    (row,) = db.get_usage_by_month(user["id"])
    assert (row["year"], row["month"]) == month


def test_use_is_summed_by_month_newest_first(db, user):
    for stamp, characters, cost in (
        ("2025-12-15 12:00:00", 1, 0.1),
        ("2026-02-15 12:00:00", 2, 0.2),
        ("2026-02-16 12:00:00", 3, 0.3),
    ):
        db.record_usage(user["id"], characters, cost, timestamp=stamp)
    february, december = db.get_usage_by_month(user["id"])
    assert (february["month"], february["characters_used"], february["requests"]) == (2, 5, 2)
    assert (december["year"], december["cost"]) == (2025, 0.1)
    assert db.get_monthly_usage(user["id"], 2026, 2)["cost"] == pytest.approx(0.5)
    assert db.get_all_time_usage(user["id"])["characters_used"] == 6


def test_a_month_without_use_is_zero(db, user):
    zero = {"characters_used": 0, "cost": 0.0, "requests": 0}
    assert db.get_monthly_usage(user["id"], 2026, 1) == zero
    assert db.get_all_time_usage(user["id"]) == zero
    assert db.get_usage_by_month(user["id"]) == []


def test_nobody_sees_another_persons_use(db, user):
    bob = db.create_user("bob", "h")
    db.record_usage(user["id"], 5, 0.5)
    assert db.get_all_time_usage(bob["id"])["requests"] == 0


def test_use_of_nobody_is_refused(db):
    with pytest.raises(NotFound):
        db.record_usage(99, 1, 0.0)


@pytest.mark.parametrize("stamp", ["2026-01-31", "yesterday", ""])
def test_a_time_that_cannot_be_read_is_refused(db, user, stamp):
    with pytest.raises(ValueError, match="time data"):
        db.record_usage(user["id"], 1, 0.0, timestamp=stamp)


# The security log


def fail(db, name="ann", address="10.0.0.1", event="login_failed", at="2026-01-01 12:00:00"):
    number = db.log_security_event(event, username=name, ip_address=address, success=False)
    db._write("UPDATE security_logs SET timestamp = ? WHERE id = ?", at, number)


def test_events_are_listed_newest_first_and_paged(db, user):
    for number in range(10):
        db.log_security_event("login", user_id=user["id"], details=str(number))
    first = db.get_security_logs(limit=4)
    second = db.get_security_logs(limit=10, before_id=first[-1]["id"])
    assert [row["details"] for row in first + second] == [str(n) for n in range(9, -1, -1)]


def test_events_are_filtered_by_person_and_kind(db, user):
    bob = db.create_user("bob", "h")
    db.log_security_event("login", user_id=user["id"])
    db.log_security_event("logout", user_id=user["id"])
    db.log_security_event("login", user_id=bob["id"])
    assert len(db.get_security_logs(user_id=user["id"])) == 2
    assert len(db.get_security_logs(event_type="login")) == 2
    assert len(db.get_security_logs(user_id=user["id"], event_type="login")) == 1


def test_an_event_keeps_all_that_was_said(db, user):
    db.log_security_event(
        "login", user_id=user["id"], username="ann", ip_address="::1", details="d", request_id="r"
    )
    (row,) = db.get_security_logs()
    said = {"user_id": 1, "username": "ann", "ip_address": "::1", "details": "d", "request_id": "r"}
    assert {name: row[name] for name in said} == said
    assert row["success"] == 1


def test_an_event_about_a_removed_account_is_kept(db):
    db.log_security_event("logout", user_id=99, username="gone")
    (row,) = db.get_security_logs()
    assert (row["user_id"], row["username"]) == (None, "gone")


def test_failures_are_counted_for_a_name_in_any_case_or_an_address(db):
    fail(db, "ann", "10.0.0.1", at="2026-01-01 12:00:00")
    fail(db, "ANN", "10.0.0.2", at="2026-01-01 12:00:05")
    fail(db, "bob", "10.0.0.1", at="2026-01-01 12:00:03")
    by_name = db.get_failed_login_attempts(username="Ann", since=SINCE)
    assert by_name == {"attempts": 2, "latest": "2026-01-01 12:00:05"}
    by_address = db.get_failed_login_attempts(ip_address="10.0.0.1", since=SINCE)
    assert by_address == {"attempts": 2, "latest": "2026-01-01 12:00:03"}


def test_failures_before_the_window_or_the_last_success_do_not_count(db):
    fail(db, at="2025-12-31 23:59:59")
    fail(db)
    fail(db, event="login", at="2026-01-01 12:00:01")
    fail(db, at="2026-01-01 12:00:02")
    found = db.get_failed_login_attempts(username="ann", since=SINCE)
    assert found == {"attempts": 1, "latest": "2026-01-01 12:00:02"}


def test_other_events_are_no_failures(db):
    fail(db, event="login_throttled")
    found = db.get_failed_login_attempts(username="ann", since=SINCE)
    assert found == {"attempts": 0, "latest": None}
