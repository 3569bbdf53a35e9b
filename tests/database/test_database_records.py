"""The ledger by month, and the security log."""

import time

import pytest

from storage.errors import NotFound

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


USES = [
    ("2026-01-31 12:00:00", 10, 0.1, "e", "v1", "A"),
    ("2026-02-01 12:00:00", 20, 0.0, "espeak", "v2", "A"),
    ("2026-02-01 13:00:00", 30, 0.0, "espeak", "v1", ""),
    ("2026-02-28 12:00:00", 40, 0.4, "e", "v1", "A"),
    ("2026-03-01 12:00:00", 50, 0.5, "e", "v1", "B"),
]
FEBRUARY = ((2026, 2), (2026, 2))


@pytest.fixture
def uses(db, user, zone):
    zone("UTC")
    bob = db.create_user("bob", "h")
    db.record_usage(bob["id"], 1000, 1.0, timestamp="2026-02-01 12:00:00")
    for stamp, characters, cost, engine, voice, category in USES:
        db.record_usage(
            user["id"], characters, cost, timestamp=stamp, engine=engine, voice=voice,
            category=category,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("by", "months", "wanted"),
    [
        ("day", FEBRUARY, [(2026, 2, 1, 50, 0.0, 2), (2026, 2, 28, 40, 0.4, 1)]),
        ("voice", FEBRUARY, [("e", "v1", 40, 0.4, 1), ("espeak", "v1", 30, 0.0, 1),
                             ("espeak", "v2", 20, 0.0, 1)]),
        ("category", FEBRUARY, [("A", 60, 0.4, 2), ("", 30, 0.0, 1)]),
        ("engine", FEBRUARY, [("espeak", 50, 0.0, 2), ("e", 40, 0.4, 1)]),
        ("engine", ((2026, 1), (2026, 3)), [("e", 100, 1.0, 3), ("espeak", 50, 0.0, 2)]),
        ("engine", ((2025, 12), (2026, 1)), [("e", 10, 0.1, 1)]),
        ("day", ((2027, 1), (2027, 12)), []),
    ],
)  # fmt: skip
def test_use_is_split_by_day_voice_group_and_engine(db, user, uses, by, months, wanted):
    found = [tuple(row.values()) for row in db.get_usage_by(user["id"], by, *months)]
    assert found == wanted


def test_days_are_those_of_the_machines_clock(db, user, zone):
    zone("Pacific/Auckland")
    db.record_usage(user["id"], 1, 0.0, timestamp="2026-01-31 20:00:00")
    (row,) = db.get_usage_by(user["id"], "day")
    assert (row["year"], row["month"], row["day"]) == (2026, 2, 1)


def test_months_tell_what_free_engines_spoke(db, user, uses):
    def free(*engines):
        return [row["free_characters"] for row in db.get_usage_by_month(user["id"], engines)]

    assert free("espeak") == [0, 50, 0]
    assert free("espeak", "e", "none") == [50, 90, 10]
    assert free() == [0, 0, 0]


def test_the_ledger_is_read_through_whole_or_by_month(db, user, uses, monkeypatch):
    monkeypatch.setattr("queries.usage.BATCH", 2)
    rows = list(db.iterate_usage(user["id"]))
    assert [row["characters_used"] for row in rows] == [10, 20, 30, 40, 50]
    rows = list(db.iterate_usage(user["id"], *FEBRUARY))
    assert [(row["day"], row["voice"], row["category"]) for row in rows] == [
        (1, "v2", "A"), (1, "v1", ""), (28, "v1", "A")
    ]  # fmt: skip


def test_what_a_file_used_is_entered_with_its_voice_and_group(db, user, make_file):
    row = make_file(text="abc", status="queued", voice="v7", category="Sea", engine="e")
    db.claim_job("w", now=1.0, lease_s=30.0)
    part = {"position": 0, "text_start": 0, "text_end": 3, "start_ms": 0, "end_ms": 1,
            "byte_end": 1, "frame_end": 1, "words": ""}  # fmt: skip
    db.checkpoint_job(row["id"], "w", [part], duration=1.0)
    (used,) = db.iterate_usage(user["id"])
    assert (used["voice"], used["category"], used["engine"]) == ("v7", "Sea", "e")


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
    db.write("UPDATE security_logs SET timestamp = ? WHERE id = ?", at, number)


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


@pytest.fixture
def events(db, user):
    """Twenty events of two people and two kinds, two a second, the first day's first."""
    bob = db.create_user("bob", "h")
    for number in range(20):
        event = db.log_security_event(
            ("login", "logout")[number % 2],
            user_id=(user["id"], bob["id"])[number // 2 % 2],
            success=number % 5 != 0,
            details=f"{number}",
        )
        stamp = f"2026-01-0{1 + number // 10} 00:00:0{number % 10 // 2}"
        db.write("UPDATE security_logs SET timestamp = ? WHERE id = ?", stamp, event)


def told(rows):
    return [int(row["details"]) for row in rows]


@pytest.mark.parametrize(
    ("filters", "keep"),
    [
        ({}, lambda number: True),
        ({"user_id": 1}, lambda number: number // 2 % 2 == 0),
        ({"event_type": "logout"}, lambda number: number % 2),
        ({"success": False}, lambda number: number % 5 == 0),
        ({"success": True, "user_id": 2}, lambda number: number % 5 and number // 2 % 2),
        ({"since": "2026-01-02"}, lambda number: number >= 10),
        ({"until": "2026-01-02"}, lambda number: number < 10),
        (
            {"since": "2026-01-01 00:00:01", "until": "2026-01-01 00:00:03", "event_type": "login"},
            lambda number: number in (2, 4),
        ),
    ],
)
def test_events_are_filtered_paged_and_read_through(db, events, monkeypatch, filters, keep):
    wanted = [number for number in range(19, -1, -1) if keep(number)]
    assert told(db.get_security_logs(**filters)) == wanted
    monkeypatch.setattr("queries.security_log.BATCH", 3)
    assert told(db.iterate_security_logs(**filters)) == wanted


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
    assert (by_name["attempts"], by_name["latest"]) == (2, "2026-01-01 12:00:05")
    by_address = db.get_failed_login_attempts(ip_address="10.0.0.1", since=SINCE)
    assert (by_address["attempts"], by_address["latest"]) == (2, "2026-01-01 12:00:03")


def test_failures_before_the_window_or_the_last_success_do_not_count(db):
    fail(db, at="2025-12-31 23:59:59")
    fail(db)
    fail(db, event="login", at="2026-01-01 12:00:01")
    fail(db, at="2026-01-01 12:00:02")
    found = db.get_failed_login_attempts(username="ann", since=SINCE)
    assert (found["attempts"], found["latest"]) == (1, "2026-01-01 12:00:02")
    assert (found["total"], found["latest_of_all"]) == (2, "2026-01-01 12:00:02")


def test_failures_that_a_clock_ahead_wrote_down_do_not_count(db):
    fail(db, at="2028-01-01 12:00:00")
    found = db.get_failed_login_attempts(username="ann", since=SINCE, until="2026-01-01 12:00:00")
    assert (found["attempts"], found["total"]) == (0, 0)


def test_other_events_are_no_failures(db):
    fail(db, event="login_throttled")
    found = db.get_failed_login_attempts(username="ann", since=SINCE)
    assert (found["attempts"], found["latest"], found["total"]) == (0, None, 0)
