import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import database
from database import Database
from storage.errors import (
    DatabaseBusy,
    DatabaseError,
    DiskFull,
    NotFound,
    UsernameTaken,
    translating_sqlite_errors,
)
from tests.support.processes import in_forked_child


class Stop(Exception):
    pass


def names(db):
    return [row["username"] for row in db.list_users()]


def test_a_transaction_commits_everything_together(db):
    with db.transaction():
        db.create_user("ann", "h")
        db.create_user("bob", "h")
    assert names(db) == ["ann", "bob"]


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt, GeneratorExit])
def test_any_exception_undoes_everything(db, error):
    with pytest.raises(error):
        with db.transaction():
            db.create_user("ann", "h")
            raise error
    assert names(db) == []
    db.create_user("bob", "h")


def test_an_inner_failure_that_is_caught_undoes_the_inner_part_alone(db):
    with db.transaction():
        db.create_user("ann", "h")
        with pytest.raises(Stop):
            with db.transaction():
                db.create_user("bob", "h")
                with db.transaction():
                    db.create_user("cleo", "h")
                raise Stop
        with db.transaction():
            db.create_user("dora", "h")
    assert names(db) == ["ann", "dora"]


def test_an_outer_failure_undoes_inner_parts_that_had_ended(db):
    with pytest.raises(Stop):
        with db.transaction():
            with db.transaction():
                db.create_user("ann", "h")
            raise Stop
    assert names(db) == []


def test_a_named_error_inside_leaves_the_outer_part_usable(db):
    db.create_user("ann", "h")
    with db.transaction():
        with pytest.raises(UsernameTaken):
            db.create_user("ANN", "h")
        db.create_user("bob", "h")
    assert names(db) == ["ann", "bob"]


@pytest.mark.parametrize("way", ["write", "write_rows", "write_many"])
def test_a_statement_that_fails_half_way_undoes_itself_alone(db, way):
    rows = ([("same",), ("same",)],) if way == "write_many" else ("same",)
    with db.transaction():
        db.create_user("ann", "h")
        db.create_user("bob", "h")
        with pytest.raises(sqlite3.IntegrityError):
            getattr(db, way)("UPDATE users SET username = ?", *rows)
        db.create_user("cleo", "h")
    assert names(db) == ["ann", "bob", "cleo"]


def test_fifty_levels_nest(db):
    def deeper(level):
        with db.transaction():
            db.create_user(f"u{level:02}", "h")
            if level:
                deeper(level - 1)

    deeper(49)
    assert len(names(db)) == 50


@pytest.mark.parametrize("is_nested", [False, True])
def test_a_change_that_sqlite_gave_up_is_never_half_committed(db, is_nested):
    """A full disk can end the transaction under the program, which may have caught the error."""

    def lose_and_go_on():
        db.create_user("ann", "h")
        db._connection.execute("ROLLBACK")
        db.create_user("bob", "h")

    with pytest.raises(DatabaseError, match="cancelled this change"):
        with db.transaction():
            db.create_user("zoe", "h")
            if is_nested:
                with db.transaction():
                    lose_and_go_on()
            else:
                lose_and_go_on()
    assert names(db) == []
    db.create_user("cleo", "h")
    assert names(db) == ["cleo"]


def test_a_swallowed_loss_is_found_at_the_end(db):
    with pytest.raises(DatabaseError, match="cancelled this change"):
        with db.transaction():
            db.create_user("ann", "h")
            db._connection.execute("ROLLBACK")
    assert names(db) == []


def test_the_first_error_stays_the_one_that_is_seen(db):
    with pytest.raises(Stop):
        with db.transaction():
            db._connection.execute("ROLLBACK")
            raise Stop


def test_a_reader_sees_nothing_of_an_open_transaction(db):
    with ThreadPoolExecutor(1) as other, db.transaction():
        db.create_user("ann", "h")
        assert other.submit(db.count_users).result() == 0
    with ThreadPoolExecutor(1) as other:
        assert other.submit(db.count_users).result() == 1


def test_what_is_read_inside_stays_true_until_the_end(db, user):
    """Sixteen threads read, then write what they read plus one: none may lose a step."""

    def step(_):
        with db.transaction():
            seen = db.get_all_time_usage(user["id"])["requests"]
            db.record_usage(user["id"], seen + 1, 0.0)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(step, range(160)))
    written = db.rows("SELECT characters_used FROM usage_stats ORDER BY 1")
    assert [row["characters_used"] for row in written] == list(range(1, 161))


def test_threads_that_ended_leave_their_connection_to_the_next(db):
    for _ in range(30):
        thread = threading.Thread(target=db.count_users)
        thread.start()
        thread.join()
    assert len(db._all) <= 2


def test_a_transaction_of_a_thread_that_ended_is_undone(db):
    def leave_open():
        db._connection.execute("BEGIN IMMEDIATE")
        db._connection.execute("INSERT INTO users (username, password_hash) VALUES ('x', 'h')")

    thread = threading.Thread(target=leave_open)
    thread.start()
    thread.join()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(db.create_user, "ann", "h").result()
    assert names(db) == ["ann"]


def test_no_read_keeps_a_snapshot_open(db, user, make_file):
    """Else no checkpoint could ever finish, and the log would grow for ever."""
    make_file()
    db.get_user("ann")
    db.get_audio_file("a.mp3", user["id"])
    db.count_users()
    row = db.row("PRAGMA wal_checkpoint(TRUNCATE)")
    assert row["busy"] == 0
    assert not db.path.with_name(db.path.name + "-wal").stat().st_size


def test_the_log_is_written_back_now_and_then(db, user, monkeypatch):
    monkeypatch.setattr(database, "COMMITS_PER_CHECKPOINT", 5)
    before = db.path.stat().st_size
    for number in range(20):
        db.create_audio_file(user["id"], f"{number}", "n", voice="v", text="t" * 5000)
    assert db.path.stat().st_size > before + 50_000


def test_a_large_log_is_written_back_at_once(db, user):
    db.create_audio_file(user["id"], "large", "n", voice="v", text="t" * 5_000_000)
    assert db.path.stat().st_size > 5_000_000


# Locks and other processes


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(database, "BUSY_WAIT_S", 0.05)


def test_a_writer_that_waits_too_long_is_told_so(db, start_child, impatient):
    child = start_child("hold", db.path)
    assert child.stdout.readline() == "held\n"
    with pytest.raises(DatabaseBusy, match="Nothing was changed; try again"):
        db.create_user("ann", "h")
    assert db.count_users() == 0
    child.communicate("\n")
    db.create_user("ann", "h")


def test_a_killed_holder_lets_go(db, start_child):
    child = start_child("hold", db.path)
    assert child.stdout.readline() == "held\n"
    child.kill()
    child.wait()
    db.create_user("ann", "h")
    assert db.count_users() == 1


def test_a_program_that_ignores_the_lock_is_waited_for_too(db, impatient):
    stranger = sqlite3.connect(db.path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    db._connection.execute("PRAGMA busy_timeout=50").fetchall()
    with pytest.raises(DatabaseBusy):
        db.create_user("ann", "h")
    stranger.execute("COMMIT")
    stranger.close()
    db.create_user("ann", "h")


def test_a_transaction_keeps_such_a_program_out_from_its_beginning(db):
    stranger = sqlite3.connect(db.path, isolation_level=None, timeout=0.01)
    with db.transaction():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("BEGIN IMMEDIATE")
        assert db.count_users() == 0
    stranger.close()


def test_closing_while_somebody_writes_says_busy_and_loses_nothing(db, impatient):
    with ThreadPoolExecutor(1) as other:
        with db.transaction():
            db.create_user("ann", "h")
            with pytest.raises(DatabaseBusy):
                other.submit(db.close).result()
    assert names(db) == ["ann"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("use", ["count_users", "close"])
def test_a_forked_process_may_not_use_what_it_inherited(db, use):
    db.create_user("ann", "h")
    assert "before this process was forked" in in_forked_child(getattr(db, use))
    assert names(db) == ["ann"]


# Names of errors


def test_a_row_that_belongs_to_something_deleted_is_not_found(db, user):
    with pytest.raises(NotFound) as caught:
        db.record_playback(user["id"], 99)
    assert caught.value.status == 404


def test_our_own_mistakes_are_not_renamed(db):
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        db.rows("SELECT neighbour FROM users")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (sqlite3.SQLITE_FULL, DiskFull),
        (sqlite3.SQLITE_BUSY, DatabaseBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, DatabaseBusy),
        (sqlite3.SQLITE_LOCKED, DatabaseBusy),
        (sqlite3.SQLITE_IOERR_WRITE, DatabaseError),
        (sqlite3.SQLITE_READONLY_DBMOVED, DatabaseError),
    ],
)
def test_each_result_code_has_its_error(path, code, error):
    failure = sqlite3.OperationalError("x")
    failure.sqlite_errorcode = code
    with pytest.raises(error) as caught, translating_sqlite_errors(path):
        raise failure
    assert type(caught.value) is error
    assert caught.value.message.endswith(".")


def test_every_error_has_a_status_of_its_own():
    statuses = {error.__name__: error.status for error in DatabaseError.__subclasses__()}
    assert statuses["DiskFull"] == 507
    assert statuses["DatabaseBusy"] == 503
    assert statuses["NotFound"] == 404
    assert statuses["InviteInvalid"] == 403


def test_opening_twice_in_one_process_is_safe(db, user):
    second = Database(db.path)
    second.create_user("bob", "h")
    second.close()
    assert names(db) == ["ann", "bob"]
    db.create_user("cleo", "h")
