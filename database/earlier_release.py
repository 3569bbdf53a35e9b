"""The earlier release's `voiceverse.db`: recognised, copied, and carried over in place.

It had the same five tables, some columns fewer, no version mark and no foreign keys that held.
A new file is built beside it from the schema, filled, verified, and takes its place by one rename.
"""

import os
import sqlite3
from pathlib import Path

from database import opening
from database.errors import UpgradeFailed

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
# What a column of the new table takes where the old value would break a rule of today.
MENDED = {
    ("users", "is_active"): "CASE WHEN old.is_active = 0 THEN 0 ELSE 1 END",
    ("users", "is_admin"): "CASE WHEN old.is_admin = 1 THEN 1 ELSE 0 END",
    ("audio_files", "display_name"): "substr(coalesce(nullif(trim(old.display_name), ''), "
    "old.filename), 1, 200)",
    ("audio_files", "category"): "substr(coalesce(old.category, ''), 1, 100)",
    ("audio_files", "voice"): "coalesce(old.voice, '')",
    ("audio_files", "character_count"): "max(0, cast(coalesce(old.character_count, 0) AS INTEGER))",
    ("audio_files", "duration"): "max(0.0, coalesce(old.duration, 0.0))",
    ("audio_files", "cost"): "max(0.0, coalesce(old.cost, 0.0))",
    ("audio_files", "owner_id"): "coalesce((SELECT id FROM main.users WHERE id = old.owner_id), "
    "(SELECT id FROM main.users WHERE username = 'legacy'))",
    ("usage_stats", "user_id"): "coalesce((SELECT id FROM main.users WHERE id = old.user_id), "
    "(SELECT id FROM main.users WHERE username = 'legacy'))",
    ("usage_stats", "characters_used"): "max(0, coalesce(old.characters_used, 0))",
    ("usage_stats", "cost"): "max(0.0, coalesce(old.cost, 0.0))",
    ("playback_history", "user_id"): "coalesce((SELECT id FROM main.users WHERE id = old.user_id), "
    "(SELECT id FROM main.users WHERE username = 'legacy'))",
    ("playback_history", "file_id"): "(SELECT id FROM main.audio_files WHERE id = old.file_id)",
    ("security_logs", "user_id"): "(SELECT id FROM main.users WHERE id = old.user_id)",
    ("security_logs", "success"): "CASE WHEN old.success = 0 THEN 0 ELSE 1 END",
}
MONTH = "cast(strftime('%m', coalesce(old.timestamp, 'now')) AS INTEGER)"
YEAR = "cast(strftime('%Y', coalesce(old.timestamp, 'now')) AS INTEGER)"


def is_one(connection: sqlite3.Connection) -> bool:
    """Whether the file has the earlier release's five tables with the columns they share."""
    return all(NEEDED[table] <= columns(connection, "main", table) for table in TABLES)


def columns(connection: sqlite3.Connection, schema: str, table: str) -> set[str]:
    rows = connection.execute(f"PRAGMA {schema}.table_info({table})").fetchall()
    return {row["name"] for row in rows}


def carry_over(path: Path) -> None:
    """Upgrade the file at `path`; a verified copy stays beside it. Raises UpgradeFailed."""
    kept = opening.dated_sibling(path, "earlier-release")
    old = opening.connect(path)
    try:
        opening.copy(old, kept)
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        old.close()
    fresh = path.with_name(path.name + ".upgrading")
    discard(fresh)
    try:
        _build(fresh, kept)
    except sqlite3.Error as error:
        discard(fresh)
        raise UpgradeFailed(
            f"{path} could not be carried over from the earlier release ({error}). "
            f"It was left as it was; a copy stands in {kept}."
        ) from error
    fresh.replace(path)
    discard(fresh)
    opening.sync(path.parent)


def discard(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _build(fresh: Path, source: Path) -> None:
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = opening.connect(fresh)
    try:
        opening.create_schema(connection)
        connection.execute("ATTACH ? AS old_file", (str(source),))
        connection.execute("BEGIN IMMEDIATE")
        _add_placeholder(connection)
        for table in TABLES:
            _copy_table(connection, table)
        _verify(connection)
        connection.execute("COMMIT")
        connection.execute("DETACH old_file")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        connection.close()
    opening.sync(fresh)


def _add_placeholder(connection: sqlite3.Connection) -> None:
    """An account that nobody can log in to, for rows whose owner is gone; only where needed."""
    needed = connection.execute(
        """SELECT EXISTS (
                   SELECT owner_id FROM old_file.audio_files
                   UNION ALL SELECT user_id FROM old_file.usage_stats
                   UNION ALL SELECT user_id FROM old_file.playback_history
                   EXCEPT SELECT id FROM old_file.users)
               AND NOT EXISTS (SELECT 1 FROM old_file.users WHERE username = ?) AS needed""",
        (PLACEHOLDER,),
    ).fetchone()["needed"]
    if needed:
        connection.execute(
            """INSERT INTO main.users (id, username, password_hash)
               SELECT coalesce(max(id), 0) + 1, ?, ? FROM old_file.users""",
            (PLACEHOLDER, NO_LOGIN),
        )


def _copy_table(connection: sqlite3.Connection, table: str) -> None:
    """Copy the columns that both sides have; the others take the schema's defaults."""
    shared = columns(connection, "old_file", table) & columns(connection, "main", table)
    sources = {name: MENDED.get((table, name), f"old.{name}") for name in shared}
    for name in shared & {"created_at", "updated_at", "played_at", "timestamp"}:
        sources[name] = f"coalesce(old.{name}, CURRENT_TIMESTAMP)"
    if table == "usage_stats":
        stamp = "timestamp" in shared
        sources["month"] = MONTH if stamp else "cast(strftime('%m', 'now') AS INTEGER)"
        sources["year"] = YEAR if stamp else "cast(strftime('%Y', 'now') AS INTEGER)"
        if {"month", "year"} <= shared:
            valid = "old.month BETWEEN 1 AND 12 AND old.year BETWEEN 1970 AND 9999"
            for name in ("month", "year"):
                sources[name] = f"CASE WHEN {valid} THEN old.{name} ELSE {sources[name]} END"
    if table == "playback_history":
        sources["display_name"] = (
            "coalesce((SELECT display_name FROM main.audio_files WHERE id = old.file_id), '')"
        )
    names = sorted(sources)
    connection.execute(
        f"INSERT INTO main.{table} ({', '.join(names)}) "
        f"SELECT {', '.join(sources[name] for name in names)} FROM old_file.{table} AS old"
    )


def _verify(connection: sqlite3.Connection) -> None:
    for table in TABLES:
        missing = connection.execute(
            f"""SELECT count(*) AS missing FROM old_file.{table} AS old
                WHERE NOT EXISTS (SELECT 1 FROM main.{table} AS new WHERE new.id = old.id)"""
        ).fetchone()["missing"]
        if missing:
            raise sqlite3.IntegrityError(f"{missing} rows of {table} did not arrive")
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        raise sqlite3.IntegrityError("a row points to one that is not there")
