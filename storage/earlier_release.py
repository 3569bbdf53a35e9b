"""Upgrade of the earlier release's `voiceverse.db`: recognised, copied, carried over in place.

It had the same five tables, some columns fewer, no version mark and no foreign keys that held.
A new file is built beside it from the schema, filled, verified, and takes its place by one rename.
"""

import contextlib
import os
import sqlite3
from pathlib import Path

from storage import log_chain, name_keys, remembered_voices, sqlite_file
from storage.errors import DatabaseBusy, translate_os_error, translate_sqlite_error
from storage.plain_files import sync

TABLES = ("users", "audio_files", "usage_stats", "playback_history", "security_logs")
NO_LOGIN = "!"  # no password matches this hash
PLACEHOLDER = "legacy"
NEEDED = {
    "users": {"id", "username", "password_hash"},
    "audio_files": {"id", "filename", "display_name", "owner_id"},
    "usage_stats": {"id", "user_id", "characters_used"},
    "playback_history": {"id", "user_id", "file_id"},
    "security_logs": {"id", "event_type"},
}


def _time(column: str) -> str:
    """Any time that SQLite can read (ISO, with or without zone, or seconds) as UTC text."""
    return (
        f"CASE WHEN typeof(old.{column}) IN ('integer', 'real') "
        f"THEN strftime('%Y-%m-%d %H:%M:%S', old.{column}, 'unixepoch') "
        f"ELSE strftime('%Y-%m-%d %H:%M:%S', old.{column}) END"
    )


def _time_or_now(column: str) -> str:
    return f"coalesce({_time(column)}, CURRENT_TIMESTAMP)"


def _whole(column: str, fallback: str = "0") -> str:
    return f"max(0, coalesce(cast(old.{column} AS INTEGER), {fallback}))"


def _real(column: str) -> str:
    return f"max(0.0, coalesce(cast(old.{column} AS REAL), 0.0))"


def _unique_name(table: str, column: str, blank: str, longest: int) -> str:
    """The name as it was; made of the row's number where it is blank or stands twice."""
    return f"""CASE
        WHEN coalesce(old.{column}, '') = '' THEN '{blank}-' || old.id
        WHEN old.id IN (
            SELECT id FROM (SELECT id, row_number() OVER (
                PARTITION BY cast({column} AS TEXT) ORDER BY id) AS nth FROM old_file.{table})
            WHERE nth > 1)
        THEN old.id || '-' || substr(old.{column}, 1, {longest - 20})
        ELSE substr(old.{column}, 1, {longest}) END"""


def _month_part(strftime_part: str, start: int, length: int, column: str, valid: str) -> str:
    """The month (or year) of a ledger row: stored as 'YYYY-MM', as a number, or only as a time."""
    return f"""CASE
        WHEN old.month GLOB '[1-9][0-9][0-9][0-9]-[01][0-9]'
             AND cast(substr(old.month, 6, 2) AS INTEGER) BETWEEN 1 AND 12
        THEN cast(substr(old.month, {start}, {length}) AS INTEGER)
        WHEN {valid} THEN cast(old.{column} AS INTEGER)
        ELSE cast(strftime('{strftime_part}', {_time_or_now("timestamp")}, 'localtime') AS INTEGER)
        END"""


IS_MONTH = (
    "cast(old.month AS INTEGER) BETWEEN 1 AND 12 AND cast(old.year AS INTEGER) BETWEEN 1970 AND "
    "9999 AND trim(old.month, '0123456789') = '' AND trim(old.year, '0123456789') = ''"
)
OWNER = "coalesce((SELECT id FROM main.users WHERE id = old.{}), :placeholder)"
CHARACTERS = _whole("character_count", "length(old.text), 0")
# Each column of the new tables that the earlier release knew: where its value comes from.
# A column that an old file lacks reads as NULL here.
SOURCES = {
    "users": {
        "id": "old.id",
        "username": _unique_name("users", "username", "user", 150),
        "password_hash": f"coalesce(nullif(old.password_hash, ''), '{NO_LOGIN}')",
        "created_at": _time_or_now("created_at"),
        "last_login": _time("last_login"),
        "is_active": "CASE WHEN old.is_active = 0 THEN 0 ELSE 1 END",
        "is_admin": "CASE WHEN old.is_admin = 1 THEN 1 ELSE 0 END",
    },
    "audio_files": {
        "id": "old.id",
        "filename": _unique_name("audio_files", "filename", "missing", 255),
        "display_name": "substr(coalesce(nullif(trim(old.display_name), ''), "
        "nullif(old.filename, ''), 'missing-' || old.id), 1, 200)",
        "owner_id": OWNER.format("owner_id"),
        "voice": "coalesce(old.voice, '')",
        "category": "substr(coalesce(old.category, ''), 1, 100)",
        "text": "coalesce(old.text, '')",
        "text_indexed": "1",
        "character_count": CHARACTERS,
        "spoken_characters": CHARACTERS,
        "duration": _real("duration"),
        "cost": _real("cost"),
        "created_at": _time_or_now("created_at"),
        "updated_at": f"coalesce({_time('updated_at')}, {_time_or_now('created_at')})",
    },
    "usage_stats": {
        "id": "old.id",
        "user_id": OWNER.format("user_id"),
        "characters_used": _whole("characters_used"),
        "cost": _real("cost"),
        "timestamp": _time_or_now("timestamp"),
        "month": _month_part("%m", 6, 2, "month", IS_MONTH),
        "year": _month_part("%Y", 1, 4, "year", IS_MONTH),
    },
    "playback_history": {
        "id": "old.id",
        "user_id": OWNER.format("user_id"),
        "file_id": "(SELECT id FROM main.audio_files WHERE id = old.file_id)",
        "display_name": "coalesce((SELECT display_name FROM main.audio_files "
        "WHERE id = old.file_id), '')",
        "played_at": _time_or_now("played_at"),
    },
    "security_logs": {
        "id": "old.id",
        "event_type": "coalesce(nullif(old.event_type, ''), 'unknown')",
        "user_id": "(SELECT id FROM main.users WHERE id = old.user_id)",
        "username": "old.username",
        "ip_address": "old.ip_address",
        "details": "old.details",
        "success": "CASE WHEN old.success = 0 THEN 0 ELSE 1 END",
        "timestamp": _time_or_now("timestamp"),
    },
}


def is_one(connection: sqlite3.Connection) -> bool:
    """Whether the file has the earlier release's five tables with the columns they share."""
    return all(NEEDED[table] <= columns(connection, "main", table) for table in TABLES)


def day_of(timestamp: str, year: str, month: str) -> str:
    """SQL for the local day of a ledger row; the first of a month that its time is not in."""
    month_of_time = f"strftime('%Y-%m', {timestamp}, 'localtime')"
    return f"""CASE WHEN {month_of_time} = printf('%04d-%02d', {year}, {month})
        THEN cast(strftime('%d', {timestamp}, 'localtime') AS INTEGER) ELSE 1 END"""


def columns(connection: sqlite3.Connection, schema: str, table: str) -> set[str]:
    """List the names of a table's columns."""
    rows = connection.execute(f"PRAGMA {schema}.table_info({table})").fetchall()
    return {row["name"] for row in rows}


def carry_over(path: Path) -> None:
    """Upgrade the file at `path`; a verified copy stays beside it. Raises UpgradeFailed."""
    kept = sqlite_file.dated_sibling(path, "earlier-release")
    fresh = path.with_name(path.name + ".upgrading")
    sqlite_file.remove_parts(path)
    discard(fresh)
    try:
        with contextlib.closing(_open_locked(path)) as old:
            sqlite_file.copy(old, kept)
            _refuse_difference(old, kept)
            _build(fresh, kept)
            # A log that stayed behind would be read into the new file.
            old.execute("PRAGMA journal_mode=DELETE").fetchall()
            fresh.replace(path)
        sync(path.parent)
    except BaseException as error:
        discard(fresh)
        if not sqlite_file.is_current(path):
            kept.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            named = sqlite_file.name_upgrade_error(
                error, path, "carried over from the earlier release"
            )
            raise named from error
        if isinstance(error, OSError):
            raise translate_os_error(error, path) from error
        raise


def discard(path: Path) -> None:
    """Remove a database file with its logs."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _open_locked(path: Path) -> sqlite3.Connection:
    """Open a connection that keeps all others out until it is closed."""
    old = sqlite_file.connect_plain(path)
    try:
        old.execute("PRAGMA main.locking_mode=EXCLUSIVE").fetchall()
        old.execute("BEGIN EXCLUSIVE")
        old.execute("COMMIT")
    except BaseException as error:
        old.close()
        if isinstance(error, sqlite3.Error) and isinstance(
            translate_sqlite_error(error, path), DatabaseBusy
        ):
            raise DatabaseBusy(
                f"{path} is in use by another program, perhaps the earlier release. Stop that "
                "one, then start again; nothing was changed."
            ) from error
        raise
    return old


def _refuse_difference(old: sqlite3.Connection, kept: Path) -> None:
    """Compare the copy with the original, value by value."""
    old.execute("ATTACH ? AS kept", (str(kept),))
    for table in TABLES:
        names = sorted(columns(old, "main", table))
        ours, copied = (", ".join(f"{side}.{name}" for name in names) for side in ("a", "b"))
        found = old.execute(
            f"""SELECT (SELECT count(*) FROM main.{table}) = (SELECT count(*) FROM kept.{table})
                   AND NOT EXISTS (
                       SELECT 1 FROM main.{table} AS a LEFT JOIN kept.{table} AS b ON b.id = a.id
                       WHERE ({ours}) IS NOT ({copied})) AS is_same"""
        ).fetchone()
        if not found["is_same"]:
            raise sqlite3.IntegrityError(f"the copy of {table} differs from the original")
    old.execute("DETACH kept")


def _build(fresh: Path, source: Path) -> None:
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with contextlib.closing(sqlite_file.connect_plain(fresh)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        sqlite_file.create_schema(connection)
        connection.execute("ATTACH ? AS old_file", (str(source),))
        connection.execute("BEGIN IMMEDIATE")
        placeholder = _add_placeholder(connection)
        for table in TABLES:
            _copy_table(connection, table, placeholder)
        day = day_of("timestamp", "year", "month")
        connection.execute(f"UPDATE main.usage_stats SET day = {day}")
        log_chain.begin(connection)
        name_keys.begin(connection)
        remembered_voices.begin(connection)
        _verify(connection)
        connection.execute("COMMIT")
    sync(fresh)


def _add_placeholder(connection: sqlite3.Connection) -> int | None:
    """The number of an account that nobody can log in to, for rows whose owner is gone.

    None where no row needs it. Its name is one that nobody has: those rows are nobody else's.
    """
    rows = connection.execute(
        """SELECT owner_id FROM old_file.audio_files
           UNION SELECT user_id FROM old_file.usage_stats
           UNION SELECT user_id FROM old_file.playback_history
           EXCEPT SELECT id FROM old_file.users"""
    ).fetchall()
    if not rows:
        return None
    users = connection.execute("SELECT id, lower(username) AS name FROM old_file.users").fetchall()
    taken = {row["name"] for row in users}
    names = (PLACEHOLDER, *(f"{PLACEHOLDER}-{number}" for number in range(2, len(taken) + 3)))
    missing = (row["owner_id"] for row in rows if isinstance(row["owner_id"], int))
    number = max([0, *missing, *(row["id"] for row in users)]) + 1
    connection.execute(
        "INSERT INTO main.users (id, username, password_hash) VALUES (?, ?, ?)",
        (number, next(name for name in names if name not in taken), NO_LOGIN),
    )
    return number


def _copy_table(connection: sqlite3.Connection, table: str, placeholder: int | None) -> None:
    """Fill a table; columns that the earlier release did not know take the schema's defaults."""
    sources = SOURCES[table]
    lacking = (set(sources) | {"text"}) - columns(connection, "old_file", table)
    nulls = "".join(f", NULL AS {name}" for name in sorted(lacking))
    connection.execute(
        f"""INSERT INTO main.{table} ({", ".join(sources)})
            SELECT {", ".join(sources.values())}
            FROM (SELECT *{nulls} FROM old_file.{table}) AS old ORDER BY old.id""",
        {"placeholder": placeholder},
    )


def _verify(connection: sqlite3.Connection) -> None:
    for table in TABLES:
        missing = connection.execute(
            f"""SELECT count(*) AS missing FROM old_file.{table} AS old
                WHERE NOT EXISTS (SELECT 1 FROM main.{table} AS new WHERE new.id = old.id)"""
        ).fetchone()["missing"]
        if missing:
            raise sqlite3.IntegrityError(f"{missing} rows of {table} did not arrive")
    sqlite_file.refuse_broken_references(connection)
