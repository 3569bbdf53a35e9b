"""No statement of the daily work reads through a table that grows."""

import inspect
import re

import pytest

from database import Database
from tests.database.calls import CALLS, fill

GROWING = {
    "audio_files", "usage_stats", "playback_history", "security_logs", "sessions", "segments",
    "kept_segments", "file_groups", "positions", "drafts", "p", "f", "s", "a", "chapters",
    "takes", "documents", "pronunciations", "exports", "wanted", "earlier",
    "provider_keys", "login_alerts", "alerted_sessions", "forgotten_devices",
    "segment_uses", "k", "u", "t", "mine", "theirs", "other",
    "second_factors", "recovery_codes", "passkeys", "used_challenges", "voice_settings",
    "default_voices", "natural_voice_questions", "imports", "reading_settings",
    "listening_progress", "shares", "share_links", "l",
}  # fmt: skip
# These are about the whole by their meaning: totals, sweeps and upkeep.
WHOLE = {
    "get_stats", "count_all_files", "get_storage_by_person", "get_cache_size",
    "list_cached_segments",
    "check", "vacuum",
    "backup", "begin_anew", "close", "transaction", "drop_missing_exports", "get_numbers",
}  # fmt: skip
# What takes whatever statement it is given.
ANY = {
    "row", "rows", "value", "pieces", "write", "write_row", "write_rows", "write_many",
    "add_function", "find", "one", "list_of", "write_one", "write_found", "insert",
}  # fmt: skip
LOG_READS = ("get_security_logs", "iterate_security_logs")


@pytest.fixture
def busy_db(request, db, user, make_file):
    if user:
        fill(db, make_file, with_retake="[create_retake]" not in request.node.name)
    return db


def scans(db, statements):
    """The steps in which SQLite would read all of a table that grows."""
    found = []
    for statement in statements:
        if not re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", statement):
            continue
        for step in db.rows(f"EXPLAIN QUERY PLAN {statement}"):
            scanned = re.match(r"SCAN (?:TABLE )?(\w+)(.*)", step["detail"])
            if scanned and scanned[1] in GROWING and "VIRTUAL" not in scanned[2]:
                found.append((step["detail"], " ".join(statement.split())))
    return found


@pytest.mark.parametrize("name", CALLS)
def test_daily_work_finds_its_rows_by_index(busy_db, name):
    db = busy_db
    if name == "create_first_user":
        db.write("DELETE FROM users")
    statements = []
    db._connection.set_trace_callback(statements.append)
    CALLS[name](db)
    db._connection.set_trace_callback(None)
    assert statements
    # The log of everybody is read from its end, by time: a scan that stops at its limit.
    reads_from_the_end = "ORDER BY timestamp DESC, id DESC LIMIT"
    assert [
        found
        for found in scans(db, statements)
        if not (name in LOG_READS and reads_from_the_end in found[1])
    ] == []


def test_every_public_method_is_looked_at():
    methods = {
        name for name, _ in inspect.getmembers(Database, callable) if not name.startswith("_")
    }
    assert methods == set(CALLS) | WHOLE | ANY


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM audio_files WHERE voice = 'v'", "DELETE FROM sessions"]
)
def test_the_test_itself_sees_a_scan(db, statement):
    assert scans(db, [statement])


def test_removing_a_person_or_file_looks_up_its_children_by_index(db):
    """Else each deletion would read all of every child table."""
    keys = [
        (table, key["from"])
        for table in ("audio_files", "usage_stats", "playback_history", "security_logs",
                      "sessions", "segments", "invites", "file_groups", "positions", "drafts",
                      "chapters", "takes", "retakes", "documents", "pronunciations",
                      "exports", "provider_keys", "login_alerts", "alerted_sessions",
                      "forgotten_devices", "second_factors", "recovery_codes", "passkeys",
                      "kept_segments", "segment_uses", "unsettled_segments", "voice_settings",
                      "default_voices", "natural_voice_questions", "imports", "reading_settings",
                      "listening_progress", "shares", "share_links", "bookmarks")
        for key in db.rows(f"PRAGMA foreign_key_list({table})")
        # A group is looked up by its owner and its name together.
        if (table, key["from"]) not in (("invites", "used_by"), ("shares", "category"))
    ]  # fmt: skip
    assert len(keys) == 50
    for table, column in keys:
        (step,) = db.rows(f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = 1")
        assert step["detail"].startswith(f"SEARCH {table}"), (table, column)
