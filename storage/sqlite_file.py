"""SQLite files: connections to them, copies of them, and the schema of a new one."""

import contextlib
import os
import secrets
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.errors import (
    DatabaseDamaged,
    DatabaseError,
    DiskFull,
    UpgradeFailed,
    translate_os_error,
    translate_sqlite_error,
)
from storage.plain_files import sync

APPLICATION_ID = 0x56565253  # "VVRS"
SCHEMA_VERSION = 8
ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "database_schema.sql"
PARTS = (".part", ".part-journal", ".part-wal", ".part-shm")


def connect(path: Path, busy_wait_s: float = 5.0) -> sqlite3.Connection:
    """Connect in autocommit mode, with rows as dictionaries."""
    connection = connect_plain(path, busy_wait_s=busy_wait_s)
    try:
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA wal_autocheckpoint=0").fetchall()
        connection.execute(f"PRAGMA journal_size_limit={8 * 1024 * 1024}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def connect_plain(path: Path, mode: str = "rw", busy_wait_s: float = 5.0) -> sqlite3.Connection:
    """Connect to an existing file without changing its settings; `mode` is rw or ro."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True, timeout=busy_wait_s, isolation_level=None, check_same_thread=False,
    )  # fmt: skip
    connection.row_factory = _dictionary
    return connection


def make_folder(folder: Path) -> None:
    """Make the folder that the file lies in, mode 0700 where it is new."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise translate_os_error(error, folder) from error


def create_schema(connection: sqlite3.Connection) -> None:
    """Create all tables and indexes in one transaction, with application id and version."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements(SCHEMA.read_text("utf-8")):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("COMMIT")


def statements(script: str) -> list[str]:
    """Split a script into statements: `executescript` would commit an open transaction."""
    found, pending = [], ""
    *pieces, rest = script.split(";")
    for piece in pieces:
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    for line in (pending + rest).splitlines():
        if line.strip() and not line.lstrip().startswith("--"):
            raise ValueError(f"a statement does not end: {line.strip()}")
    return found


def copy(source: sqlite3.Connection, target: Path) -> None:
    """Write a consistent copy, mode 0600, and check it before it gets its name."""
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            source.execute("VACUUM INTO ?", (str(part),))
            _check_copy(part)
            sync(part)
            part.replace(target)
            sync(target.parent)
        finally:
            _discard(part)
    except OSError as error:
        raise translate_os_error(error, target) from error
    except sqlite3.OperationalError as error:
        named = translate_sqlite_error(error, target)
        if isinstance(named, DiskFull):
            raise named from error
        raise


def sqlite_version() -> tuple[int, int, int]:
    """The version of SQLite at work."""
    return sqlite3.sqlite_version_info


def wal_bytes(path: Path) -> int:
    """Size in bytes of the write-ahead log; 0 where there is none."""
    try:
        return Path(f"{path}-wal").stat().st_size
    except FileNotFoundError:
        return 0


def is_current(path: Path) -> bool:
    """Whether the file's own header, apart from any log, carries this release's marks."""
    with path.open("rb") as file:
        header = file.read(100)
    marks = (int.from_bytes(header[68:72]), int.from_bytes(header[60:64]))
    return marks == (APPLICATION_ID, SCHEMA_VERSION)


def refuse_broken_references(connection: sqlite3.Connection) -> None:
    """Raise IntegrityError where a foreign key points to no row."""
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        raise sqlite3.IntegrityError("a row points to one that is not there")


def name_upgrade_error(error: sqlite3.Error, path: Path, done: str) -> DatabaseError:
    """Translate an error of an upgrade: full disk, busy or damaged file, else UpgradeFailed."""
    named = (
        None if isinstance(error, sqlite3.IntegrityError) else translate_sqlite_error(error, path)
    )
    return named or UpgradeFailed(
        f"{path} could not be {done} ({error}). It was left as it was; please report this."
    )


def remove_parts(path: Path) -> None:
    """Clear away what copies that were killed half way left beside the file, with their logs."""
    for part in path.parent.iterdir():
        if part.name.startswith(f"{path.stem}.") and part.name.endswith(PARTS):
            part.unlink(missing_ok=True)


def _discard(part: Path) -> None:
    for suffix in PARTS:
        part.with_name(part.name.removesuffix(".part") + suffix).unlink(missing_ok=True)


def dated_sibling(path: Path, label: str) -> Path:
    """Make a free name beside `path` that says what the copy is and when it was made."""
    stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    target = path.with_name(f"{path.stem}.{label}-{stamp}.db")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}.{label}-{stamp}-{number}.db")
    return target


def _check_copy(path: Path) -> None:
    with contextlib.closing(connect_plain(path)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()["integrity_check"]
    if verdict != "ok":
        raise DatabaseDamaged(f"The copy {path} is damaged: {verdict}. Check the disk.")


def _dictionary(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
