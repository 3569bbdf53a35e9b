import inspect
import sqlite3
import stat

import pytest

from database import Database
from storage import sqlite_file
from storage.errors import NotFound

TABLES = {"users", "audio_files", "usage_stats", "playback_history", "security_logs"}
INDEXES = {
    "idx_audio_owner", "idx_audio_created", "idx_audio_filename", "idx_usage_user_month",
    "idx_playback_user", "idx_playback_file", "idx_playback_timestamp", "idx_security_timestamp",
    "idx_security_type", "idx_security_user", "idx_users_username",
}  # fmt: skip
COLUMNS = {
    "users": "id username password_hash created_at last_login is_active is_admin",
    "audio_files": "id filename display_name owner_id voice category text character_count "
    "duration cost created_at updated_at",
    "usage_stats": "id user_id characters_used cost timestamp month year",
    "playback_history": "id user_id file_id played_at",
    "security_logs": "id event_type user_id username ip_address details success timestamp",
}
PROMISED = """create_user get_user get_user_by_id update_last_login list_users create_audio_file
    get_audio_file get_audio_files_by_owner update_audio_file delete_audio_file record_usage
    get_monthly_usage get_all_time_usage record_playback get_playback_history log_security_event
    get_security_logs get_failed_login_attempts get_stats vacuum backup transaction"""


def names(db, kind):
    return {row["name"] for row in db.rows("SELECT name FROM sqlite_schema WHERE type = ?", kind)}


def public_methods():
    return [
        (name, member)
        for name, member in inspect.getmembers(Database, callable)
        if not name.startswith("_")
    ]


def test_the_five_tables_are_there(db):
    assert names(db, "table") >= TABLES


def test_the_eleven_named_indexes_are_there(db):
    assert len(INDEXES) == 11
    assert names(db, "index") >= INDEXES


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_that_older_data_relies_on_keep_their_names(db, table):
    found = {row["name"] for row in db.rows(f"PRAGMA table_info({table})")}
    assert found >= set(COLUMNS[table].split())


def test_the_text_stands_last_so_that_other_columns_are_read_without_it(db):
    assert db.rows("PRAGMA table_info(audio_files)")[-1]["name"] == "text"


@pytest.mark.parametrize("name", PROMISED.split())
def test_promised_method_exists(name):
    assert callable(getattr(Database, name))


@pytest.mark.parametrize(("name", "method"), public_methods())
def test_public_method_has_a_docstring(name, method):
    assert (method.__doc__ or "").strip(), name


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("application_id", sqlite_file.APPLICATION_ID),
        ("user_version", sqlite_file.SCHEMA_VERSION),
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("wal_autocheckpoint", 0),
    ],
)
def test_file_and_connection_are_set_for_safety(db, pragma, value):
    assert db.value(f"PRAGMA {pragma}") == value


def test_only_this_account_can_read_the_files(db, user, path):
    db.backup(path.with_name("copy.db"))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


GOOD = {
    "exports": {
        "file_id": 1, "owner_id": 1, "format": "m4b", "fingerprint": "f", "name": "n",
        "created_epoch": 1.0, "last_used_epoch": 1.0,
    },
    "users": {"username": "x", "password_hash": "h"},
    "audio_files": {
        "filename": "f", "display_name": "n", "owner_id": 1, "voice": "v", "character_count": 3
    },
    "usage_stats": {"user_id": 1, "characters_used": 1, "month": 1, "year": 2026},
    "playback_history": {"user_id": 1},
    "security_logs": {"event_type": "login"},
    "segments": {
        "file_id": 1, "position": 0, "text_start": 0, "text_end": 1, "start_ms": 0, "end_ms": 1,
        "byte_end": 1, "frame_end": 1,
    },
}  # fmt: skip
BAD = [
    ("exports", {"status": "done"}),
    ("exports", {"progress": 1.1}),
    ("exports", {"progress": -0.1}),
    ("exports", {"size": -1}),
    ("exports", {"format": ""}),
    ("exports", {"lease_owner": "w"}),
    ("users", {"username": ""}),
    ("users", {"username": "x" * 151}),
    ("users", {"username": None}),
    ("users", {"password_hash": ""}),
    ("users", {"is_active": 2}),
    ("users", {"is_admin": -1}),
    ("audio_files", {"filename": ""}),
    ("audio_files", {"filename": "f" * 256}),
    ("audio_files", {"display_name": ""}),
    ("audio_files", {"display_name": "n" * 201}),
    ("audio_files", {"category": "c" * 101}),
    ("audio_files", {"character_count": -1}),
    ("audio_files", {"duration": -0.1}),
    ("audio_files", {"cost": -0.1}),
    ("audio_files", {"speed": 0}),
    ("audio_files", {"status": "done"}),
    ("audio_files", {"size": -1}),
    ("audio_files", {"spoken_characters": 4}),
    ("audio_files", {"lease_owner": "w"}),
    ("usage_stats", {"characters_used": -1}),
    ("usage_stats", {"cost": -1}),
    ("usage_stats", {"month": 0}),
    ("usage_stats", {"month": 13}),
    ("usage_stats", {"year": 1969}),
    ("playback_history", {"position": -1}),
    ("security_logs", {"event_type": ""}),
    ("security_logs", {"success": 2}),
    ("segments", {"text_end": 0}),
    ("segments", {"end_ms": -1}),
]
ORPHANS = [
    ("exports", {"file_id": 99}),
    ("exports", {"owner_id": 99}),
    ("audio_files", {"owner_id": 99}),
    ("usage_stats", {"user_id": 99}),
    ("usage_stats", {"file_id": 99}),
    ("playback_history", {"user_id": 99}),
    ("playback_history", {"file_id": 99}),
    ("security_logs", {"user_id": 99}),
    ("segments", {"file_id": 99}),
]


def insert(db, table, values):
    row = GOOD[table] | values
    marks = ", ".join("?" * len(row))
    db.write(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())


@pytest.fixture
def db_with_parents(db, user, make_file):
    make_file("parent")
    return db


@pytest.mark.parametrize("table", GOOD)
def test_a_sound_row_is_taken(db_with_parents, table):
    insert(db_with_parents, table, {})


@pytest.mark.parametrize(("table", "values"), BAD)
def test_a_row_that_breaks_a_rule_is_refused(db_with_parents, table, values):
    with pytest.raises(sqlite3.IntegrityError):
        insert(db_with_parents, table, values)


@pytest.mark.parametrize(("table", "values"), ORPHANS)
def test_a_row_whose_parent_is_gone_is_refused_by_name(db_with_parents, table, values):
    with pytest.raises(NotFound, match="deleted meanwhile"):
        insert(db_with_parents, table, values)
