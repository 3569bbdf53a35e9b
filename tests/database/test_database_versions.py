"""The version of a library grows with whatever a list of it shows, for its owner alone."""

import sqlite3
from contextlib import closing

import pytest

from database import Database
from storage import sqlite_file

# What a list reads of a table, found while it is read: SQLite names each column that it compiles.
LISTS = {
    "a page": lambda db: db.get_library(1),
    "narrowed": lambda db: db.get_library(
        1, category="g", voice="v", engine="e", status="ready", since="2020", until="2030"
    ),
    "by name": lambda db: db.get_library(1, sort="name", after=("a", 1)),
    "by duration": lambda db: db.get_library(1, sort="duration", after=(1.0, 1)),
    "groups": lambda db: db.list_groups(1),
}
KEYS = ("id", "file_id")  # of a row that is there: they stay what they are
NO_TABLES = ("json_each", "sqlite_master")


@pytest.fixture
def bob(db, user):
    return db.create_user("bob", "hash")


@pytest.fixture
def version(db, user):
    return lambda person=user: db.get_library_version(person["id"])


@pytest.fixture
def file(db, user, make_file):
    row = make_file(text="text", category="g", engine="e", is_unpriced=True)
    db.create_group(user["id"], "empty")
    return row


def columns_read(db, read):
    """The columns that are read, by table, without those of the index of words."""
    found = {}

    def note(action, table, column, *_):
        if action == sqlite3.SQLITE_READ and column:
            found.setdefault(table, set()).add(column)
        return sqlite3.SQLITE_OK

    db._connection.set_authorizer(note)
    try:
        read(db)
    finally:
        db._connection.set_authorizer(None)
    return {table: found[table] for table in found if table not in NO_TABLES}


def read_by_lists(db):
    tables = {}
    for read in LISTS.values():
        for table, columns in columns_read(db, read).items():
            tables.setdefault(table, set()).update(columns)
    return tables


def test_lists_read_what_this_test_knows_of(db, file):
    assert set(read_by_lists(db)) == {"audio_files", "unpriced_files", "file_groups"}


def test_each_change_of_a_column_that_a_list_reads_makes_another_version(db, file, version):
    for table, columns in read_by_lists(db).items():
        for column in sorted(columns - {*KEYS}):
            before = version()
            db.write(f"UPDATE {table} SET {column} = {column}")
            assert version() > before, (table, column)


def test_what_comes_and_goes_in_a_table_that_a_list_reads_makes_another_version(
    db, file, version, make_file
):
    for table in ("unpriced_files", "file_groups", "audio_files"):
        rows = db.rows(f"SELECT * FROM {table}")
        before = version()
        db.write(f"DELETE FROM {table}")
        gone = version()
        assert gone > before, table
        for row in rows:
            marks = ", ".join("?" * len(row))
            db.write(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())
        assert version() > gone, table


def test_each_table_that_a_list_reads_has_a_trigger_for_each_kind_of_change(db, file):
    for table in read_by_lists(db):
        triggers = db.rows(
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", table
        )
        counting = [row["sql"] for row in triggers if "UPDATE library_versions" in row["sql"]]
        kinds = sorted(sql.partition(" AFTER ")[2].split()[0] for sql in counting)
        assert kinds == ["DELETE", "INSERT", "UPDATE"], table
        assert not any(" UPDATE OF " in sql or " WHEN " in sql for sql in counting), table


def test_a_change_is_its_owners_alone(db, file, bob, version, make_file):
    before = version(bob)
    db.update_audio_file("a.mp3", 1, display_name="Another")
    db.rename_group(1, "g", "h")
    db.bin_audio_files(1, ["a.mp3"])
    assert version(bob) == before
    before = version()
    make_file("b.mp3", owner=bob, category="h")
    assert version() == before


def test_a_file_that_changes_hands_changes_both_libraries(db, user, file, bob, version):
    before, theirs = version(), version(bob)
    db.write("UPDATE audio_files SET owner_id = ?", bob["id"])
    assert version() > before
    assert version(bob) > theirs


def test_accounts_are_merged_and_removed_with_their_versions(db, user, file, bob, version):
    before = version(bob)
    db.merge_users(user["id"], bob["id"])
    assert version(bob) > before
    assert [row["owner_id"] for row in db.rows("SELECT owner_id FROM library_versions")] == [2]
    db.delete_user(bob["id"])
    assert db.rows("SELECT * FROM library_versions") == []
    assert db.check() == []


def test_nobody_sees_a_change_without_its_version(db, path, file, version):
    with closing(Database(path)) as other:
        before = version()
        with db.transaction():
            db.update_audio_file("a.mp3", 1, display_name="Another")
            assert other.get_library_version(1) == before
            assert other.get_audio_file("a.mp3", 1)["display_name"] == "a.mp3"
        assert other.get_library_version(1) == version() > before


def test_a_change_that_is_taken_back_leaves_the_version(db, file, version):
    before = version()
    with pytest.raises(ZeroDivisionError), db.transaction():
        db.update_audio_file("a.mp3", 1, display_name="Another")
        raise ZeroDivisionError
    assert version() == before


def test_a_library_whose_version_was_lost_is_never_taken_for_known(db, file, version):
    db.write("DELETE FROM library_versions")
    assert len({version() for _ in range(10)}) == 10


def test_people_from_before_there_were_versions_have_one(tmp_path):
    script = (sqlite_file.ROOT / "tests/database/schema_4.sql").read_text("utf-8")
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.executescript(script)
        old.executescript(
            f"""PRAGMA application_id={sqlite_file.APPLICATION_ID};
                PRAGMA user_version=4;
                INSERT INTO users (username, password_hash) VALUES ('ann', 'h'), ('bob', 'h');"""
        )
    with closing(Database(tmp_path / "old.db")) as db:
        assert db.rows("SELECT * FROM library_versions") == [
            {"owner_id": 1, "version": 0},
            {"owner_id": 2, "version": 0},
        ]
