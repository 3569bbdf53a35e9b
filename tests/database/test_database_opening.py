import contextlib
import sqlite3
from pathlib import Path

import pytest

from database import Database
from storage import earlier_release, log_chain, opening, sqlite_file
from storage.errors import (
    DatabaseDamaged,
    DatabaseError,
    DatabaseTooNew,
    NotADatabase,
    UpgradeFailed,
)
from tests.database.earlier_files import shape


def schema(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
        ).fetchall()


def run_sql(path, *statements):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def bytes_of(folder):
    return {
        file.name: file.read_bytes() for file in folder.iterdir() if not file.name.endswith("-lock")
    }


def test_a_new_file_is_made_with_its_folder(tmp_path):
    path = tmp_path / "new" / "deep" / "voiceverse.db"
    db = Database(path)
    assert db.count_users() == 0
    assert db.upgraded_from is None
    assert path.parent.stat().st_mode & 0o777 == 0o700
    db.close()


def test_a_folder_with_odd_characters_works(tmp_path):
    path = tmp_path / "a ? # % b" / "voice verse.db"
    db = Database(path)
    db.create_user("ann", "h")
    db.close()
    assert path.stat().st_size > 0


def test_a_relative_path_stays_the_same_file_when_the_folder_changes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    db = Database("voiceverse.db")
    monkeypatch.chdir("/")
    db.create_user("ann", "h")
    db.close()
    assert (tmp_path / "voiceverse.db").exists()


def test_what_was_stored_is_there_again(path):
    db = Database(path)
    db.create_user("ann", "h")
    db.close()
    db = Database(path)
    assert db.get_user("ann")["password_hash"] == "h"
    db.close()


def test_closing_leaves_no_log_behind(path):
    db = Database(path)
    db.create_user("ann", "h")
    db.close()
    assert set(bytes_of(path.parent)) == {path.name}


def test_a_closed_database_can_be_used_again(path):
    db = Database(path)
    db.close()
    db.create_user("ann", "h")
    assert db.count_users() == 1
    db.close()
    db.close()


def test_an_empty_file_becomes_a_database(path):
    path.touch()
    db = Database(path)
    assert db.count_users() == 0
    db.close()


def test_a_first_start_killed_before_the_tables_is_finished_by_the_next(path):
    path.touch()
    sqlite_file.connect(path).close()
    assert path.stat().st_size > 0
    db = Database(path)
    assert db.count_users() == 0
    db.close()


def test_a_log_without_its_database_is_not_thrown_away(path):
    log = path.with_name(path.name + "-wal")
    log.write_bytes(b"log")
    with pytest.raises(DatabaseDamaged, match="missing or empty, but its log"):
        Database(path)
    assert log.read_bytes() == b"log"


def test_what_a_killed_process_committed_to_the_log_is_read(path, start_child):
    Database(path).close()
    start_child(
        "leave_log", path, "INSERT INTO users (username, password_hash) VALUES ('ann', 'h')"
    ).wait()
    assert path.with_name(path.name + "-wal").stat().st_size
    db = Database(path)
    assert db.get_user("ann")
    db.close()


OTHERS = {
    "another program's tables": (["CREATE TABLE songs (id)"], NotADatabase, "another program"),
    "another program's mark": (["PRAGMA application_id=7"], NotADatabase, "another program"),
    "five tables with other columns": (
        [f"CREATE TABLE {table} (id)" for table in earlier_release.TABLES],
        NotADatabase,
        "another program",
    ),
    "a version mark of another program": (["PRAGMA user_version=3"], NotADatabase, "another"),
    "a newer release": (
        [f"PRAGMA application_id={sqlite_file.APPLICATION_ID}", "PRAGMA user_version=9999"],
        DatabaseTooNew,
        "newer VoiceVerse .schema 9999, this one knows .*nothing was changed",
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_file_that_is_not_ours_is_refused_and_left_byte_for_byte(path, case):
    statements, error, sentence = OTHERS[case]
    run_sql(path, *statements)
    before = bytes_of(path.parent)
    with pytest.raises(error, match=sentence):
        Database(path)
    assert bytes_of(path.parent) == before


def test_another_programs_log_is_not_written_into_its_file(path, start_child):
    start_child("leave_log", path, "CREATE TABLE songs (id)").wait()
    before = bytes_of(path.parent)
    assert before[path.name + "-wal"]
    with pytest.raises(NotADatabase):
        Database(path)
    for name in (path.name, path.name + "-wal"):
        assert bytes_of(path.parent)[name] == before[name]


@pytest.mark.parametrize("content", [b"hello", b"hello" * 5000, bytes(8192)])
def test_a_file_that_is_no_database_is_refused_and_left(path, content):
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match="restore it from a backup"):
        Database(path)
    assert path.read_bytes() == content


def test_a_file_cut_in_half_is_called_damaged(path):
    db = Database(path)
    with db.transaction():
        for number in range(50):
            db.create_user(f"u{number}", "h" * 3000)
    db.close()
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DatabaseDamaged):
        Database(path)
    assert path.read_bytes() == content[: len(content) // 2]


def test_damage_found_while_reading_is_named(path):
    db = Database(path)
    with db.transaction():
        for number in range(50):
            db.create_user(f"u{number}", "h" * 3000)
    db.close()
    content = bytearray(path.read_bytes())
    content[-40960:] = b"\xa5" * 40960
    path.write_bytes(content)
    db = Database(path)
    with pytest.raises(DatabaseDamaged):
        for row in db.list_users():
            db.get_user_by_id(row["id"])
    db.close()


def test_a_folder_in_place_of_the_file_is_refused(path):
    path.mkdir()
    with pytest.raises(DatabaseError, match="cannot be opened"):
        Database(path)


def test_a_file_in_place_of_the_folder_is_refused(path):
    path.touch()
    with pytest.raises(DatabaseError, match="cannot be used"):
        Database(path / "voiceverse.db")


def test_a_file_that_vanishes_is_not_silently_made_anew(path):
    db = Database(path)
    path.unlink()
    with pytest.raises(DatabaseError, match="cannot be opened"):
        db.count_users()
    db.close()
    assert not path.exists()


def test_eight_processes_may_open_a_new_file_at_once(path, start_child):
    children = [start_child("open_and_close", path) for _ in range(8)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    assert [child.communicate()[0] for child in children] == ["0\n"] * 8
    db = Database(path)
    assert db.check() == []
    db.close()


# Upgrades between releases


@pytest.fixture
def next_release(tmp_path, monkeypatch):
    """Make this program one release newer; the scripts go into the folder that is returned."""
    folder = tmp_path / "schema_upgrades"
    folder.mkdir()
    monkeypatch.setattr(opening, "UPGRADES", folder)
    monkeypatch.setattr(sqlite_file, "SCHEMA_VERSION", sqlite_file.SCHEMA_VERSION + 1)
    return folder


@pytest.fixture
def old_file(path):
    db = Database(path)
    ann = db.create_user("ann", "h")
    db.create_audio_file(ann["id"], "a.mp3", "A", voice="v", text="text")
    db.close()
    return path


def test_an_upgrade_script_is_applied_after_a_copy(old_file, next_release):
    (next_release / f"{sqlite_file.SCHEMA_VERSION:04}_stars.sql").write_text(
        "-- Stars; and a comment.\nCREATE TABLE stars (n TEXT DEFAULT ';'); INSERT INTO stars "
        "VALUES ('one;');\nCREATE TRIGGER t AFTER INSERT ON stars BEGIN SELECT 1; SELECT 2; END;\n"
    )
    db = Database(old_file)
    assert db.upgraded_from == sqlite_file.SCHEMA_VERSION - 1
    assert db.rows("SELECT n FROM stars") == [{"n": "one;"}]
    assert db.value("PRAGMA user_version") == sqlite_file.SCHEMA_VERSION
    db.close()
    (copy,) = old_file.parent.glob("voiceverse.before-upgrade-from-*.db")
    assert "stars" not in str(schema(copy))
    db = Database(old_file)
    assert db.upgraded_from is None
    db.close()


def test_a_table_can_be_rebuilt_without_losing_its_children(old_file, next_release):
    (next_release / f"{sqlite_file.SCHEMA_VERSION:04}_rebuild.sql").write_text(
        """CREATE TABLE users_new (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT UNIQUE,
               password_hash TEXT, created_at TEXT, last_login TEXT, is_active INTEGER,
               is_admin INTEGER, last_claim_epoch REAL, stand_in_rule TEXT, name_key TEXT);
           INSERT INTO users_new SELECT * FROM users;
           DROP TABLE users;
           ALTER TABLE users_new RENAME TO users;"""
    )
    db = Database(old_file)
    ann = db.get_user_by_id(1)
    assert db.get_audio_file("a.mp3", ann["id"])["display_name"] == "A"
    assert db.value("PRAGMA foreign_keys") == 1
    db.close()


BROKEN_SCRIPTS = {
    "wrong SQL": "CREATE TABLE stars (n); CREATE TABLE stars (n);",
    "orphans": "UPDATE audio_files SET owner_id = 99;",
}


@pytest.mark.parametrize("script", BROKEN_SCRIPTS.values(), ids=BROKEN_SCRIPTS)
def test_a_script_that_fails_leaves_everything_as_it_was(old_file, next_release, script):
    before = schema(old_file)
    (next_release / f"{sqlite_file.SCHEMA_VERSION:04}_broken.sql").write_text(script)
    with pytest.raises(UpgradeFailed, match="left as it was"):
        Database(old_file)
    assert schema(old_file) == before


def test_a_missing_script_is_named(old_file, next_release):
    with pytest.raises(UpgradeFailed, match=f"{sqlite_file.SCHEMA_VERSION:04}_"):
        Database(old_file)


def test_all_shipped_scripts_lead_from_the_first_release_to_this_one():
    numbers = sorted(int(script.name[:4]) for script in opening.UPGRADES.glob("*.sql"))
    assert numbers == list(range(2, sqlite_file.SCHEMA_VERSION + 1))


def test_the_schema_script_ends_each_statement():
    assert len(sqlite_file.statements(sqlite_file.SCHEMA.read_text("utf-8"))) > 20
    with pytest.raises(ValueError, match="does not end"):
        sqlite_file.statements("CREATE TABLE a (b);\nCREATE TABLE c (d)\n")
    assert sqlite_file.statements("SELECT 1; -- the end\n") == ["SELECT 1;"]


def earlier_schema(path, version):
    """A file as a release of that schema left it, with somebody's file in it."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        script = Path(__file__).with_name(f"schema_{version}.sql").read_text("utf-8")
        for statement in sqlite_file.statements(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id={sqlite_file.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={version}")
        connection.execute("INSERT INTO users (username, password_hash) VALUES ('ann', 'h')")
        connection.execute(
            """INSERT INTO audio_files (filename, display_name, owner_id, voice, character_count)
               VALUES ('a.mp3', 'A', 1, 'nova', 0)"""
        )
        connection.execute("INSERT INTO security_logs (event_type) VALUES ('login')")
        if version >= opening.CHAINED:
            connection.row_factory = sqlite_file._dictionary
            log_chain.begin(connection)
    return path


@pytest.mark.parametrize("version", range(1, sqlite_file.SCHEMA_VERSION))
def test_a_file_of_an_earlier_schema_becomes_like_a_new_one(tmp_path, version):
    Database(tmp_path / "new.db").close()
    old = Database(earlier_schema(tmp_path / "old.db", version))
    assert old.upgraded_from == version
    assert old.check() == []
    row = old.get_audio_file("a.mp3", 1)
    assert (row["voice"], row["stand_in"], row["needs_voice"]) == ("nova", "", 0)
    assert [event["event_type"] for event in old.get_security_logs()] == ["login"]
    old.close()
    with (
        contextlib.closing(sqlite3.connect(tmp_path / "new.db")) as new,
        contextlib.closing(sqlite3.connect(tmp_path / "old.db")) as upgraded,
    ):
        assert shape(upgraded) == shape(new)
