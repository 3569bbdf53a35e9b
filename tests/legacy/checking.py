"""What tests of the migration look at: whole folders, whole databases, the command itself."""

import contextlib
import io
import json
import sqlite3
from pathlib import Path

import migrate_to_sqlite

LOCKS = (
    "app.lock", "worker.lock", "migration.lock", "voiceverse.db-lock", "voiceverse.db-queue-lock",
)  # fmt: skip


def run(*arguments: object) -> tuple[int, dict, str]:
    """The command with --json: exit code, what it printed, and standard error."""
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        code = migrate_to_sqlite.main([*map(str, arguments), "--json"])
    return code, json.loads(out.getvalue()), error.getvalue()


def snapshot(folder: Path) -> dict:
    """Name → bytes, mode and time of change of everything below a folder but locks."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name in LOCKS:
            continue
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else None
        time = status.st_mtime_ns if path.is_file() else None
        found[str(path.relative_to(folder))] = (content, status.st_mode, time)
    return found


def rows(database: Path, sql: str, *values) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql, values).fetchall()


def dump(database: Path) -> dict[str, list[tuple]] | None:
    """Every row of every table; None where there is no database."""
    if not database.exists():
        return None
    tables = rows(database, "SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    virtual = [name for name, sql in tables if sql.startswith("CREATE VIRTUAL")]
    plain = [
        name
        for name, _ in tables
        if name != "sqlite_sequence" and not name.startswith(tuple(virtual) or ("\0",))
    ]
    return {name: sorted(rows(database, f"SELECT * FROM {name}"), key=repr) for name in plain}
