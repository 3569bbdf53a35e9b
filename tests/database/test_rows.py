"""Rows are what their kinds say: the columns of the schema, and of what each statement gives."""

import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Iterator, Sequence

import pytest

import queries
from database import Database
from queries import documents, groups, pronunciations
from queries.leases import EXPORTS
from tests.database.calls import CALLS, READING, fill

NAMES = [f"queries.{found.name}" for found in pkgutil.iter_modules(queries.__path__)]
KINDS = {
    kind.__name__: kind
    for name in NAMES
    for kind in vars(importlib.import_module(name)).values()
    if typing.is_typeddict(kind)
}
TYPES = {"INTEGER": int, "REAL": float, "TEXT": str, "BLOB": bytes}
WHOLE_TABLES = {
    "User": "users", "NewSession": "sessions", "Invite": "invites", "LoginAlert": "login_alerts",
    "Passkey": "passkeys", "SecurityEvent": "security_logs", "WholeFile": "audio_files",
    "Retake": "retakes", "Take": "takes", "Export": "exports", "Provider": "providers",
    "ImportRow": "imports",
    "CachedSegment": "kept_segments", "ModelNotice": "model_notices",
    "RestingEngine": "resting_engines", "Unsettled": "unsettled_segments",
}  # fmt: skip
# Some columns of a table, under the names that they have there; others of a kind are worked out.
PARTS = {
    "AudioFile": "audio_files", "Job": "audio_files", "FileState": "audio_files",
    "FileOwner": "audio_files", "VoiceUsed": "audio_files", "WorkInHand": "audio_files",
    "ListedUser": "users", "ListedSession": "sessions", "ListedInvite": "invites",
    "SecondFactor": "second_factors", "PersonLimits": "person_limits", "Person": "users",
    "NewPasskey": "passkeys", "Draft": "drafts",
    "Bookmark": "bookmarks", "ListedBookmark": "bookmarks", "ExportedBookmark": "bookmarks",
    "Pronunciation": "pronunciations", "Group": "file_groups", "Span": "segments",
    "NewSegment": "segments", "Segment": "segments", "DeviatingSegment": "segments",
    "SegmentWords": "segments", "Chapter": "chapters", "ListedTake": "takes",
    "DocumentRow": "documents", "ProviderValues": "providers", "ListedProvider": "providers",
    "ProviderVersion": "providers", "OwnKey": "provider_keys",
    "VoiceSettings": "voice_settings", "DefaultVoice": "default_voices",
    "ReadingSettings": "reading_settings",
    "ListedOwnKey": "provider_keys",
    "UsageRow": "usage_stats", "ListedSegment": "kept_segments", "KnownFile": "audio_files",
    "Mark": "migrations", "Migration": "migrations",
}  # fmt: skip
UNPRICED = {"cost": float | None}  # where no price was known, though the column is never NULL
COLUMNS = {
    "AudioFile": ("audio_files", groups.COLUMNS),
    "DocumentRow": ("documents", documents.COLUMNS),
    "Pronunciation": ("pronunciations", pronunciations.COLUMNS),
}
# What statements are given, and what a migration reads in its own way.
GIVEN = {
    "NewPasskey", "NewSegment", "Shift", "ReplacedTake", "NewSound", "EventFilters", "Order",
    "ProviderValues", "Account", "Excerpt", "Match", "Work", "KnownFile", "AccountSums", "Mark",
    "Migration", "MadeSince",
}  # fmt: skip


def hints(kind):
    """The type of each column of a kind."""
    return typing.get_type_hints(kind)


def declared(db, table):
    """The type of each column of a table, with None where the column may be NULL."""
    return {
        row["name"]: TYPES[row["type"]]
        if row["notnull"] or row["pk"]
        else TYPES[row["type"]] | None
        for row in db.rows(f"PRAGMA table_info({table})")
    }


def fits(value, hint):
    """Whether a value is of a type, down to the columns of each row in it."""
    origin, of = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return any(fits(value, each) for each in of)
    if origin in (list, Sequence):
        return all(fits(each, of[0]) for each in value)
    if origin is dict:
        return all(fits(key, of[0]) and fits(each, of[1]) for key, each in value.items())
    if typing.is_typeddict(hint):
        return (
            isinstance(value, dict)
            and hint.__required_keys__ <= set(value) <= set(hints(hint))
            and all(fits(each, hints(hint)[name]) for name, each in value.items())
        )
    if hint is float:  # RETURNING gives whole numbers of a REAL column as they are stored
        return type(value) in (float, int)
    return type(value) is hint


def kinds_in(hint):
    """The kinds of rows that a type names."""
    if typing.is_typeddict(hint):
        return {hint}.union(*map(kinds_in, hints(hint).values()))
    return set().union(*map(kinds_in, typing.get_args(hint)))


class Watched(Database):
    """A database that looks at the columns of each statement and at each row that it gives."""

    def __init__(self, path):
        super().__init__(path)
        self.wrong, self.seen = [], set()

    def look(self, value, hint, what):
        if not fits(value, hint):
            self.wrong.append((what, hint, value))
        if value not in ([], None):
            self.seen |= {kind.__name__ for kind in kinds_in(hint)}

    def look_at_columns(self, kind, sql, values):
        names = {column[0] for column in self._connection.execute(sql, values).description}
        if typing.is_typeddict(kind) and not kind.__required_keys__ <= names <= set(hints(kind)):
            self.wrong.append((kind, sorted(names ^ set(hints(kind)))))

    def find(self, kind, sql, *values):
        self.look_at_columns(kind, sql, values)
        return super().find(kind, sql, *values)

    def list_of(self, kind, sql, *values):
        self.look_at_columns(kind, sql, values)
        return super().list_of(kind, sql, *values)


def watch(db, name):
    """Look at all that a method returns."""
    method = getattr(db, name)
    hint = typing.get_type_hints(getattr(Database, name)).get("return")
    if not kinds_in(hint):
        return

    def watched(*args, **kwargs):
        found = method(*args, **kwargs)
        if typing.get_origin(hint) is Iterator:
            found = list(found)
            db.look(found, list[typing.get_args(hint)[0]], name)
            return iter(found)
        db.look(found, hint, name)
        return found

    setattr(db, name, watched)


@pytest.fixture
def db(path):
    database = Watched(path)
    yield database
    database.close()


@pytest.fixture
def full_db(db, user, make_file):
    """A database in which each method finds a row, and each is watched."""
    fill(db, make_file, with_retake=False)
    second = make_file("second", text="A long text.", document_id=1, category="g", engine="e")
    make_file("binned", text="text")
    db.bin_audio_files(user["id"], ["binned"], deleted_at="2020-01-01 00:00:00")
    db.set_document_cover(1, user["id"], b"x", "image/png")
    db.write(
        """INSERT INTO segments (file_id, position, text_start, text_end, start_ms, end_ms,
               byte_end, frame_end, said) SELECT id, 0, 0, 4, 0, 1, 1, 1, 'said' FROM audio_files"""
    )
    db.create_retake({"id": 1, "sha256": "old"}, text_start=0, text_end=4, text="new")
    db.write(
        """INSERT INTO takes (id, file_id, text_start, text_end, text, content_hash, segments)
           VALUES (2, 1, 0, 4, 'text', 'hash', '[]')"""
    )
    db.write("INSERT INTO unsettled_segments VALUES (1, 'e', 9)")
    db.record_purchase(
        {"id": None, "owner_id": 1, "engine": "e", "characters": 4}, "h", cost=0.1, size=1, now=1e9
    )
    db.record_usage(1, 4, None, engine="e", file_id=second["id"], timestamp="2026-01-01 12:00:00")
    db.add_chapters(1, [("One", 0), ("Two", 2)])
    db.add_chapters(second["id"], [("One", 0)])
    db.set_own_key(1, 1, "sealed", "tail")
    db.save_draft(1, "text")
    db.save_voice_settings(
        1, "de", engine="e", voice="v", speed=1.0, paragraph_pause_ms=500, now=1.0
    )
    db.set_default_voice(1, "e:v", 1.5)
    db.save_reading_settings(1, READING)
    db.save_position(1, 1, "phone", 1.0, 1, share=0.5)
    db.save_model_notices("e", {"m": "2027-01-01"})
    db.save_resting("e", now=1.0, rest_s=30.0, error="Busy.")
    db.log_security_event("login_failed", username="ann", ip_address="::1")
    db.write(
        "INSERT INTO sessions SELECT 9, 't9', 1, '', '', created_at, 1e9, 1e9 FROM users LIMIT 1"
    )
    return db


WHOLE = (
    "get_stats",
    "get_storage_by_person",
    "get_cache_size",
    "get_numbers",
    "list_cached_segments",
)
TYPED = [
    name
    for name, method in inspect.getmembers(Database, inspect.isfunction)
    if name in (*CALLS, *WHOLE) and kinds_in(typing.get_type_hints(method).get("return"))
]


@pytest.mark.parametrize("name", TYPED)
def test_a_method_returns_rows_of_the_kind_that_it_names(full_db, name):
    if name == "create_first_user":
        full_db.write("DELETE FROM users")
    if name == "claim_export":
        full_db.release_work(EXPORTS, "w")
    watch(full_db, name)
    CALLS[name](full_db) if name in CALLS else getattr(full_db, name)()
    assert full_db.wrong == []
    assert full_db.seen, "it found no row to look at"


def test_no_kind_is_left_unlooked_at():
    named = set().union(
        *(kinds_in(typing.get_type_hints(getattr(Database, name))["return"]) for name in TYPED)
    )
    assert {kind.__name__ for kind in named} | GIVEN | {"ChapterStart"} == set(KINDS)


@pytest.mark.parametrize("name", WHOLE_TABLES)
def test_a_kind_that_is_a_whole_table_has_its_columns(db, name):
    columns = declared(db, WHOLE_TABLES[name])
    assert hints(KINDS[name]) == columns | (UNPRICED if name == "WholeFile" else {})


@pytest.mark.parametrize("name", PARTS)
def test_columns_of_a_kind_have_the_types_of_their_table(db, name):
    columns = declared(db, PARTS[name])
    columns |= UNPRICED if name in ("AudioFile", "Job", "UsageRow") else {}
    shared = {column: hint for column, hint in hints(KINDS[name]).items() if column in columns}
    assert shared
    assert shared == {column: columns[column] for column in shared}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_kind_has_the_columns_of_its_list(db, name):
    table, columns = COLUMNS[name]
    found = db._connection.execute(f"SELECT {columns} FROM {table} LIMIT 0").description
    assert {column[0] for column in found} == set(hints(KINDS[name]))


def test_the_test_itself_sees_a_row_of_another_kind():
    row, kind = {"engine": "e", "voice": "v"}, KINDS["VoiceUsed"]
    assert fits([row], list[kind])
    assert not fits(row | {"engine": None}, kind)
    assert not fits(row | {"more": 1}, kind)
    assert not fits({"engine": "e"}, kind)
