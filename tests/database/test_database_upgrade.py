import contextlib
import sqlite3

import pytest

from database import Database
from storage.errors import DatabaseBusy, DatabaseError, DiskFull, UpgradeFailed
from tests.database.earlier_files import LOOSE, ROWS, TABLES, WITH_ADMIN, make
from tests.support.pacing import grows_below


def schema(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
        ).fetchall()


def dump(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [line for line in connection.iterdump() if "sqlite_sequence" not in line]


@pytest.fixture
def upgraded(path):
    """Write an older file, open it, close everything at the end."""
    with contextlib.ExitStack() as stack:

        def upgrade(*scripts):
            make(path, *scripts)
            return stack.enter_context(contextlib.closing(Database(path)))

        yield upgrade


def only(db, table):
    (row,) = db.rows(f"SELECT * FROM {table}")
    return row


@pytest.mark.parametrize("scripts", [(TABLES, ROWS), (TABLES, ROWS, WITH_ADMIN)])
def test_an_upgraded_database_equals_a_fresh_one(upgraded, path, tmp_path, scripts):
    upgraded(*scripts).close()
    fresh = tmp_path / "fresh.db"
    Database(fresh).close()
    assert schema(path) == schema(fresh)
    for pragma in ("application_id", "user_version", "journal_mode"):
        with (
            contextlib.closing(sqlite3.connect(path)) as old,
            contextlib.closing(sqlite3.connect(fresh)) as new,
        ):
            query = f"PRAGMA {pragma}"
            assert old.execute(query).fetchall() == new.execute(query).fetchall()


def test_everything_that_was_stored_is_there(upgraded):
    db = upgraded()
    assert db.upgraded_from == 0
    ann, bob = db.get_user("ann"), db.get_user("bob")
    assert (ann["id"], ann["password_hash"], ann["last_login"]) == (
        1, "scrypt:a", "2025-02-03 04:05:06"
    )  # fmt: skip
    assert (bob["username"], bob["is_active"], bob["is_admin"]) == ("Bob", 0, 0)
    one = db.get_audio_file("one.mp3", 1)
    wanted = {
        "id": 3, "display_name": "One", "voice": "alloy", "category": "News", "duration": 1.5,
        "character_count": 7, "spoken_characters": 7, "cost": 0.0105, "status": "ready",
        "created_at": "2025-03-01 10:00:00", "updated_at": "2025-03-02 10:00:00",
    }  # fmt: skip
    assert {name: one[name] for name in wanted} == wanted
    assert db.get_text(3) == "Héllo ✓"
    assert db.get_monthly_usage(1, 2025, 2) == {
        "characters_used": 900, "cost": 1.25, "requests": 1
    }  # fmt: skip
    assert db.get_all_time_usage(1)["characters_used"] == 907
    (heard,) = db.get_playback_history(1)
    assert (heard["filename"], heard["played_at"]) == ("one.mp3", "2025-03-05 10:00:00")
    failed, login = db.get_security_logs()
    assert (failed["event_type"], failed["success"], failed["username"]) == (
        "login_failed",
        0,
        "eve",
    )
    assert (login["user_id"], login["details"]) == (1, "ok")
    assert db.check() == []
    assert db.count_users() == 2


def test_it_works_on_afterwards_and_is_not_upgraded_again(upgraded, path):
    db = upgraded()
    new = db.create_audio_file(1, "new.mp3", "New", voice="v", text="abc")
    assert new["id"] == 8
    assert db.create_user("cleo", "h")["id"] == 3
    db.close()
    db = Database(path)
    assert db.upgraded_from is None
    assert db.get_audio_file("new.mp3", 1)
    db.close()
    assert len(list(path.parent.glob("voiceverse.earlier-release-*.db"))) == 1


def test_admins_of_the_earlier_release_stay_admins(upgraded):
    db = upgraded(TABLES, ROWS, WITH_ADMIN)
    assert db.get_user("ann")["is_admin"] == 1
    assert db.get_user("bob")["is_admin"] == 0


def names_beside(path):
    """The files in a database's folder, but for its locks."""
    names = {file.name for file in path.parent.iterdir()}
    return names - {f"{path.name}-lock", f"{path.name}-queue-lock"}


def test_the_copy_holds_all_that_the_original_held(upgraded, path):
    make(path, TABLES, ROWS, WITH_ADMIN)
    before = dump(path)
    db = Database(path)
    db.close()
    (copy,) = path.parent.glob("voiceverse.earlier-release-*.db")
    assert dump(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600
    assert names_beside(path) == {path.name, copy.name}


def test_an_empty_database_of_the_earlier_release_can_be_set_up(upgraded):
    db = upgraded(TABLES)
    assert db.list_users() == []
    assert db.create_first_user("ann", "h")["is_admin"] == 1


# Rows that break today's rules


def test_rows_without_an_owner_go_to_an_account_that_nobody_can_log_in_to(upgraded):
    db = upgraded(
        TABLES,
        """INSERT INTO audio_files (filename, display_name, owner_id) VALUES ('a', 'A', 9);
           INSERT INTO usage_stats (user_id, characters_used, month, year) VALUES (8, 5, 1, 2025);
           INSERT INTO playback_history (user_id, file_id) VALUES (7, 77);
           INSERT INTO security_logs (event_type, user_id) VALUES ('login', 6);""",
    )
    (legacy,) = db.list_users()
    assert legacy["username"] == "legacy"
    assert db.get_user("legacy")["password_hash"] == "!"
    assert db.get_audio_file("a", legacy["id"])
    assert db.get_all_time_usage(legacy["id"])["characters_used"] == 5
    assert db.get_playback_history(legacy["id"])[0]["file_id"] is None
    assert only(db, "security_logs")["user_id"] is None
    assert db.count_users() == 0
    assert db.create_first_user("owner", "h")["is_admin"] == 1


def test_orphans_are_not_given_to_a_person_who_is_called_legacy(upgraded):
    db = upgraded(
        TABLES,
        """INSERT INTO users (id, username, password_hash) VALUES (1, 'Legacy', 'h');
           INSERT INTO audio_files (filename, display_name, owner_id) VALUES ('a', 'A', 2);""",
    )
    assert db.get_audio_files_by_owner(1) == []
    assert db.get_audio_file("a", db.get_user("legacy-2")["id"])


USERS = {
    "names that differ in case stay two": (
        "(1, 'Ann', 'a', NULL, NULL, 1), (2, 'ann', 'b', NULL, NULL, 1)", ["Ann", "ann"]
    ),
    "the same name twice": (
        "(1, 'ann', 'a', NULL, NULL, 1), (2, 'ann', 'b', NULL, NULL, 1)", ["ann", "2-ann"]
    ),
    "no name": ("(1, NULL, 'a', NULL, NULL, 1), (2, '', 'b', NULL, NULL, 1)", ["user-1", "user-2"]),
    "a long name": (f"(1, '{'x' * 200}', 'a', NULL, NULL, 1)", ["x" * 150]),
}  # fmt: skip


@pytest.mark.parametrize("case", USERS)
def test_names_are_kept_as_far_as_the_rules_allow(upgraded, case):
    values, names = USERS[case]
    db = upgraded(LOOSE, f"INSERT INTO users VALUES {values}")
    assert [row["username"] for row in db.rows("SELECT username FROM users ORDER BY id")] == names


@pytest.mark.parametrize(
    ("columns", "values", "wanted"),
    [
        ("password_hash", "NULL", "!"),
        ("password_hash", "''", "!"),
        ("is_active", "NULL", 1),
        ("is_active", "0", 0),
        ("is_active", "7", 1),
        ("created_at", "'2025-01-02T03:04:05.678'", "2025-01-02 03:04:05"),
        ("created_at", "'2025-01-02T03:04:05+02:00'", "2025-01-02 01:04:05"),
        ("created_at", "1700000000", "2023-11-14 22:13:20"),
        ("created_at", "1700000000.5", "2023-11-14 22:13:20"),
        ("last_login", "'never'", None),
    ],
)
def test_a_users_values_are_mended(upgraded, columns, values, wanted):
    db = upgraded(
        LOOSE,
        f"INSERT INTO users (id, username, password_hash) VALUES (1, 'ann', 'h');"
        f"UPDATE users SET {columns} = {values}",
    )
    assert only(db, "users")[columns] == wanted


@pytest.mark.parametrize(
    ("column", "value", "wanted"),
    [
        ("filename", "NULL", "missing-1"),
        ("filename", "''", "missing-1"),
        ("display_name", "NULL", "f.mp3"),
        ("display_name", "'  '", "f.mp3"),
        ("display_name", f"'{'n' * 300}'", "n" * 200),
        ("voice", "NULL", ""),
        ("category", "NULL", ""),
        ("category", f"'{'c' * 300}'", "c" * 100),
        ("text", "NULL", ""),
        ("character_count", "NULL", 4),
        ("character_count", "'12'", 12),
        ("character_count", "-5", 0),
        ("duration", "NULL", 0.0),
        ("duration", "-1", 0.0),
        ("duration", "'2.5'", 2.5),
        ("duration", "'long'", 0.0),
        ("cost", "'0.25'", 0.25),
        ("cost", "NULL", 0.0),
        ("updated_at", "NULL", "2025-01-01 00:00:00"),
        ("updated_at", "'2025-01-02'", "2025-01-02 00:00:00"),
    ],
)
def test_a_files_values_are_mended(upgraded, column, value, wanted):
    db = upgraded(
        LOOSE,
        "INSERT INTO users (id, username, password_hash) VALUES (1, 'ann', 'h');"
        "INSERT INTO audio_files (id, filename, display_name, owner_id, text, created_at) "
        "VALUES (1, 'f.mp3', 'n', 1, 'text', '2025-01-01');"
        f"UPDATE audio_files SET {column} = {value}",
    )
    assert only(db, "audio_files")[column] == wanted
    assert only(db, "audio_files")["status"] == "ready"


def test_a_filename_that_stands_twice_keeps_both_rows(upgraded):
    db = upgraded(
        LOOSE,
        "INSERT INTO users (id, username, password_hash) VALUES (1, 'ann', 'h');"
        "INSERT INTO audio_files (id, filename, owner_id) VALUES (1, 'f', 1), (2, 'f', 1)",
    )
    assert {row["filename"] for row in db.get_audio_files_by_owner(1)} == {"f", "2-f"}


@pytest.mark.parametrize(
    ("timestamp", "month", "year", "wanted"),
    [
        ("'2025-06-15 12:00:00'", "3", "2025", (3, 2025)),
        ("'2025-06-15 12:00:00'", "'3'", "'2025'", (3, 2025)),
        ("'2025-06-15 12:00:00'", "'03'", "2025", (3, 2025)),
        ("'2025-06-15 12:00:00'", "'2024-11'", "NULL", (11, 2024)),
        ("'2025-06-15 12:00:00'", "'2024-11'", "2025", (11, 2024)),
        ("'2025-06-15 12:00:00'", "'2024-13'", "2025", (6, 2025)),
        ("'2025-06-15 12:00:00'", "'March'", "2025", (6, 2025)),
        ("'2025-06-15 12:00:00'", "13", "2025", (6, 2025)),
        ("'2025-06-15 12:00:00'", "'100'", "2025", (6, 2025)),
        ("'2025-06-15 12:00:00'", "'11x'", "2025", (6, 2025)),
        ("'2025-06-15 12:00:00'", "0", "0", (6, 2025)),
        ("'2025-06-15 12:00:00'", "3", "NULL", (6, 2025)),
        ("NULL", "3", "2025", (3, 2025)),
    ],
)
def test_the_month_of_use_is_found(upgraded, timestamp, month, year, wanted):
    db = upgraded(
        LOOSE,
        "INSERT INTO users (id, username, password_hash) VALUES (1, 'ann', 'h');"
        "INSERT INTO usage_stats (user_id, characters_used, cost, timestamp, month, year) "
        f"VALUES (1, '12', '0.5', {timestamp}, {month}, {year})",
    )
    row = only(db, "usage_stats")
    assert (row["month"], row["year"]) == wanted
    assert db.get_monthly_usage(1, wanted[1], wanted[0])["characters_used"] == 12


@pytest.mark.parametrize("table", ["usage_stats", "playback_history", "security_logs"])
def test_a_row_of_nothing_but_nulls_comes_along(upgraded, table):
    db = upgraded(LOOSE, f"INSERT INTO {table} (id) VALUES (5)")
    assert only(db, table)["id"] == 5


def test_columns_that_an_old_file_lacks_take_the_defaults(upgraded):
    db = upgraded(
        """CREATE TABLE users (id INTEGER PRIMARY KEY, username, password_hash);
           CREATE TABLE audio_files (id INTEGER PRIMARY KEY, filename, display_name, owner_id);
           CREATE TABLE usage_stats (id INTEGER PRIMARY KEY, user_id, characters_used);
           CREATE TABLE playback_history (id INTEGER PRIMARY KEY, user_id, file_id);
           CREATE TABLE security_logs (id INTEGER PRIMARY KEY, event_type);
           INSERT INTO users VALUES (1, 'ann', 'h');
           INSERT INTO audio_files VALUES (1, 'f', 'n', 1);
           INSERT INTO usage_stats VALUES (1, 1, 5);
           INSERT INTO playback_history VALUES (1, 1, 1);
           INSERT INTO security_logs VALUES (1, 'login');"""
    )
    assert db.get_all_time_usage(1) == {"characters_used": 5, "cost": 0.0, "requests": 1}
    assert db.get_playback_history(1)[0]["display_name"] == "n"
    assert db.check() == []


# Accidents


def test_a_log_left_behind_by_the_earlier_release_is_taken_in(path, start_child):
    make(path)
    start_child("leave_log", path, "UPDATE audio_files SET display_name = 'Newest'").wait()
    assert path.with_name(path.name + "-wal").stat().st_size
    db = Database(path)
    assert db.get_audio_file("one.mp3", 1)["display_name"] == "Newest"
    db.close()
    assert not path.with_name(path.name + "-wal").exists()


@pytest.mark.parametrize("journal_mode", ["wal", "delete"])
def test_it_waits_for_the_earlier_release_to_stop(path, journal_mode, monkeypatch):
    make(path)
    monkeypatch.setattr("storage.sqlite_file.connect_plain", _impatient)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode={journal_mode}").fetchall()
        other.execute("BEGIN").fetchall()
        other.execute("SELECT * FROM users").fetchall()
        before = dump(path)
        with pytest.raises(DatabaseBusy, match="in use by another program"):
            Database(path)
        other.execute("COMMIT")
        assert dump(path) == before
    assert not list(path.parent.glob("*earlier*"))
    db = Database(path)
    assert db.upgraded_from == 0
    db.close()


def _impatient(path, mode="rw", busy_wait_s=5.0):
    from storage.sqlite_file import _dictionary

    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}", uri=True, timeout=0.01, isolation_level=None
    )
    connection.row_factory = _dictionary
    return connection


def test_a_file_that_cannot_be_carried_over_is_left_as_it_was(path):
    make(path, TABLES.replace("id INTEGER PRIMARY KEY AUTOINCREMENT, user", "id TEXT, user", 1))
    make(path, "INSERT INTO users (id, username, password_hash) VALUES ('x', 'ann', 'h')")
    before = path.read_bytes()
    with pytest.raises(UpgradeFailed, match=r"could not be carried over .*left as it was"):
        Database(path)
    assert path.read_bytes() == before
    assert names_beside(path) == {path.name}


def test_a_damaged_file_of_the_earlier_release_is_left_as_it_was(path):
    make(path)
    make(path, f"UPDATE audio_files SET text = '{'x' * 30000}'")
    content = bytearray(path.read_bytes())
    content[-16384:-8192] = b"\xa5" * 8192
    path.write_bytes(content)
    with pytest.raises(DatabaseError):
        Database(path)
    assert path.read_bytes() == content
    assert names_beside(path) == {path.name}


@pytest.mark.parametrize("room", [0, 60_000, 200_000])
def test_a_full_disk_leaves_it_as_it_was(small_disk, room):
    folder = small_disk("2m")
    path = make(folder / "voiceverse.db")
    make(path, f"UPDATE audio_files SET text = '{'x' * 100_000}'")
    before = dump(path)
    used = sum(file.stat().st_size for file in folder.iterdir())
    ballast = folder / "ballast"
    ballast.write_bytes(bytes((2 * 1024 * 1024 - used - room) // 4096 * 4096))
    with pytest.raises(DiskFull):
        Database(path)
    assert names_beside(path) == {path.name, "ballast"}
    assert dump(path) == before
    ballast.unlink()
    db = Database(path)
    assert db.upgraded_from == 0
    assert len(db.get_text(3)) == 100_000
    db.close()


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_the_old_file_or_the_new_one(path, tmp_path, start_child):
    make(path)
    reference = tmp_path / "reference" / "voiceverse.db"
    reference.parent.mkdir()
    make(reference)
    Database(reference).close()
    wanted = dump(reference)
    lines = start_child("killed_at_each_step", path, tmp_path).communicate()[0].splitlines()
    assert len(lines) > 40
    assert lines[-1].startswith("done 0 ")
    for line in lines:
        _, _, left = line.split(" ", 2)
        left = type(path)(left)
        db = Database(left)
        assert db.check() == []
        db.close()
        assert dump(left) == wanted, line
        assert not [
            file.name
            for file in left.parent.iterdir()
            if file.name.endswith((".part", ".upgrading", "-wal", "-journal"))
        ]


def make_loose(path, files):
    """A file of the loosest kind, so many rows long."""
    make(path, LOOSE)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO users (id, username, password_hash) VALUES (1, 'a', 'x')")
        connection.executemany(
            "INSERT INTO audio_files (filename, display_name, owner_id) VALUES (?, 'n', 1)",
            [(f"{number}.mp3",) for number in range(files)],
        )


def test_an_upgrade_grows_with_its_rows_where_no_index_helps(tmp_path):
    numbers = iter(range(100))

    def upgrade(files):
        path = tmp_path / f"{next(numbers)}.db"
        make_loose(path, files)
        Database(path).close()

    assert grows_below(32, lambda: upgrade(500), lambda: upgrade(8000))
