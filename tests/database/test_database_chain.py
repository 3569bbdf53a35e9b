"""The chain of the security log: each change of it shows."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from database import Database
from storage import log_chain, opening, snapshots, sqlite_file
from tests.database.earlier_files import shape


@pytest.fixture
def log(db, user):
    """Six events of two people."""
    other = db.create_user("bob", "h")
    for number in range(6):
        owner = (user, other)[number % 2]
        db.log_security_event(
            "login", user_id=owner["id"], username=owner["username"], details=f"n {number}"
        )
    return db


def faults(db, seen=()):
    return snapshots.find_log_faults(db.path, seen)


def test_events_that_nobody_touched_are_in_order(log):
    assert faults(log) == []
    assert [row["id"] for row in log.get_security_logs()] == [6, 5, 4, 3, 2, 1]


def test_an_empty_log_is_in_order(db):
    assert faults(db) == []


@pytest.mark.parametrize(
    "change",
    [
        "event_type = 'x'", "username = 'eve'", "ip_address = '::2'", "details = 'other'",
        "success = 0", "timestamp = '2020-01-01 00:00:00'", "request_id = 'r'",
        "account = 3 - account", "id = 300", "hash = 'x'", "details = NULL",
        "user_id = 3 - user_id",
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_changed_event_shows(log, number, change):
    log.write(f"UPDATE security_logs SET {change} WHERE id = ?", number)
    assert faults(log) != []


@pytest.mark.parametrize("number", range(1, 7))
def test_a_removed_event_shows(log, number):
    log.write("DELETE FROM security_logs WHERE id = ?", number)
    assert faults(log) != []


def test_removing_all_of_them_shows(log):
    log.write("DELETE FROM security_logs")
    assert faults(log) == ["the events after 0 are missing"]
    log.write("DELETE FROM security_chain")
    assert faults(log, [(4, "x")]) == ["the ends of the chain are missing"]


def test_an_inserted_event_shows(log):
    log.write("INSERT INTO security_logs (event_type) VALUES ('login')")
    assert faults(log) != []


def test_two_events_that_change_places_show(log):
    log.write("UPDATE security_logs SET id = -id")
    log.write("UPDATE security_logs SET id = CASE id WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -id END")
    assert faults(log) != []


def test_a_chain_made_anew_does_not_pass_beside_a_backup(log):
    (row,) = log.rows("SELECT last_id, last_hash FROM security_chain")
    seen = [(row["last_id"], row["last_hash"])]
    assert faults(log, seen) == []
    log.write("DELETE FROM security_logs WHERE id = 2")
    with log.transaction():
        log_chain.begin(log._connection)
    assert faults(log) == []
    assert faults(log, seen) == ["event 6 is not the one that a backup knows"]
    log.write("DELETE FROM security_logs WHERE id = 6")
    with log.transaction():
        log_chain.begin(log._connection)
    assert faults(log, seen) == ["event 6, which a backup knows, is missing"]


def test_a_text_that_is_none_shows_and_stops_nothing(log):
    log.write("UPDATE security_logs SET details = CAST(x'ff' AS TEXT) WHERE id = 2")
    assert faults(log)[0].startswith("event 2 ")


def test_an_account_that_goes_takes_its_number_along_and_the_chain_holds(log, user):
    log.delete_user(user["id"])
    assert faults(log) == []


def test_accounts_that_are_merged_leave_the_chain_whole(log, user):
    log.merge_users(user["id"], log.get_user("bob")["id"])
    assert faults(log) == []
    assert len(log.get_security_logs(user_id=log.get_user("bob")["id"])) == 6


def test_what_is_past_its_time_goes_and_the_rest_can_be_checked(log):
    log.write("UPDATE security_logs SET timestamp = '2020-01-01 00:00:00' WHERE id <= 3")
    with log.transaction():
        log_chain.begin(log._connection)
    assert log.prune_security_logs("2020-01-02 00:00:00") == 3
    assert [row["id"] for row in log.get_security_logs()] == [6, 5, 4]
    assert faults(log) == []
    assert log.prune_security_logs("2020-01-02 00:00:00") == 0
    log.write("DELETE FROM security_logs WHERE id = 4")
    assert faults(log) != []


def test_everything_may_go_and_the_numbers_go_on(log):
    assert log.prune_security_logs("2999-01-01 00:00:00") == 6
    assert faults(log) == []
    assert log.log_security_event("login") == 7
    assert faults(log) == []


def test_an_event_of_a_clock_that_was_wrong_takes_no_newer_one_along(log):
    log.write("UPDATE security_logs SET timestamp = '1990-01-01 00:00:00' WHERE id = 5")
    assert log.prune_security_logs("2020-01-01 00:00:00") == 0


def test_a_transaction_that_fails_leaves_no_gap(log):
    with pytest.raises(RuntimeError), log.transaction():
        log.log_security_event("login")
        raise RuntimeError
    assert log.log_security_event("login") == 7
    assert faults(log) == []


def make_first_version(path):
    """A file of the first version, with two people and five events; one number is missing."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("schema_1.sql").read_text("utf-8"))
        connection.executescript(
            f"""INSERT INTO users (id, username, password_hash) VALUES (1, 'ann', 'h'),
                    (2, 'bob', 'h');
                INSERT INTO security_logs (id, event_type, user_id, username)
                VALUES (1, 'login', 1, 'ann'), (2, 'login', 2, 'bob'), (4, 'login', 2, 'bob'),
                       (5, 'login', 1, 'ann'), (6, 'login', 2, 'bob');
                PRAGMA application_id={sqlite_file.APPLICATION_ID};
                PRAGMA user_version=1;"""
        )


def schema(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {key: value for key, value in shape(connection).items() if "security" in key[1]}


def test_the_log_of_an_older_file_is_chained_from_the_start(path, tmp_path):
    make_first_version(path)
    db = Database(path)
    assert db.upgraded_from == 1
    assert [row["id"] for row in db.get_security_logs()] == [6, 5, 4, 2, 1]
    assert db.get_security_logs()[0]["account"] == db.get_user("bob")["id"]
    assert faults(db) == []
    assert db.log_security_event("login") == 7
    assert faults(db) == []
    db.close()
    Database(tmp_path / "new.db").close()
    assert schema(path) == schema(tmp_path / "new.db")
    assert opening.CHAINED <= sqlite_file.SCHEMA_VERSION


def test_writers_at_once_make_one_chain(path, user, start_child, db):
    children = [start_child("log_events", path, 50) for _ in range(3)]
    for child in children:
        assert child.wait() == 0
    assert len(db.get_security_logs(limit=1000)) == 150
    assert faults(db) == []
