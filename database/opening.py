"""Opening a database file: making it, recognising it, upgrading it, copying it."""

import os
import re
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from database import earlier_release
from database.errors import DatabaseDamaged, DatabaseTooNew, NotADatabase, UpgradeFailed

APPLICATION_ID = 0x56565253  # "VVRS"
SCHEMA_VERSION = 1
ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "database_schema.sql"
UPGRADES = ROOT / "schema_upgrades"


def connect(path: Path, busy_wait_s: float = 5.0) -> sqlite3.Connection:
    """A connection in autocommit mode whose rows are dictionaries."""
    connection = sqlite3.connect(
        path, timeout=busy_wait_s, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = _dictionary
    connection.execute("PRAGMA journal_mode=WAL").fetchall()
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA wal_autocheckpoint=0").fetchall()
    connection.execute(f"PRAGMA journal_size_limit={8 * 1024 * 1024}").fetchall()
    return connection


def prepare(path: Path) -> int | None:
    """Make the file ready for this release; return the version it was upgraded from, if any.

    Raises DatabaseTooNew, NotADatabase, DatabaseDamaged, UpgradeFailed; the file is untouched then.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists() or path.stat().st_size == 0:
        _create(path)
        return None
    connection = connect(path)
    try:
        version = _recognise(connection, path)
        if version == SCHEMA_VERSION:
            return None
        if version > 0:
            _apply_upgrades(connection, path, version)
            return version
    finally:
        connection.close()
    earlier_release.carry_over(path)
    return 0


def create_schema(connection: sqlite3.Connection) -> None:
    """All tables and indexes in one transaction, with the marks that name file and version."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements(SCHEMA.read_text("utf-8")):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("COMMIT")


def statements(script: str) -> list[str]:
    """The single statements of a script: `executescript` would commit an open transaction."""
    found, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found


def copy(source: sqlite3.Connection, target: Path) -> None:
    """Write a consistent copy, mode 0600, and check it before it gets its name."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        source.execute("VACUUM INTO ?", (str(part),))
        _check_copy(part)
        sync(part)
        part.replace(target)
        sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make sure that a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def wal_bytes(path: Path) -> int:
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except FileNotFoundError:
        return 0


def is_disk_full(path: Path) -> bool:
    return shutil.disk_usage(path.parent).free < 1024 * 1024


def _create(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = connect(path)
    try:
        create_schema(connection)
    finally:
        connection.close()


def _recognise(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version of a file that is ours; 0 for the earlier release's."""
    application_id = connection.execute("PRAGMA application_id").fetchone()["application_id"]
    version = connection.execute("PRAGMA user_version").fetchone()["user_version"]
    if application_id == APPLICATION_ID:
        if version > SCHEMA_VERSION:
            raise DatabaseTooNew(
                f"{path} was written by a newer VoiceVerse (schema {version}, this one knows "
                f"{SCHEMA_VERSION}). Install that release again; nothing was changed."
            )
        return version
    if application_id == 0 and version == 0 and earlier_release.is_one(connection):
        return 0
    raise NotADatabase(f"{path} is a database of another program; it was left as it is.")


def _apply_upgrades(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Run the numbered scripts above `version`, each with its version in one transaction."""
    copy(connection, dated_sibling(path, f"before-upgrade-from-{version}"))
    for script in sorted(UPGRADES.glob("*.sql")):
        number = int(re.match(r"\d+", script.name).group())
        if not version < number <= SCHEMA_VERSION:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(script.read_text("utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={number}")
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            connection.execute("ROLLBACK")
            raise UpgradeFailed(
                f"{path} could not be upgraded to schema {number} ({error}). "
                "It was left as it was; report this with the copy beside it."
            ) from error


def dated_sibling(path: Path, label: str) -> Path:
    """A free name beside `path` that says what the copy is and when it was made."""
    stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    target = path.with_name(f"{path.stem}.{label}-{stamp}.db")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}.{label}-{stamp}-{number}.db")
    return target


def _check_copy(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
    if verdict != "ok":
        raise DatabaseDamaged(f"The copy {path} is damaged: {verdict}. Check the disk.")


def _dictionary(cursor: sqlite3.Cursor, row: tuple) -> dict:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
