"""Copies of a database for backups: taken while others write, and told apart table by table."""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypedDict

from storage import log_chain, name_keys, opening, sqlite_file
from storage.errors import translating_sqlite_errors
from storage.plain_files import sync

MOST_FAULTS = 20
HAS_LINKS = "SELECT 1 FROM sqlite_schema WHERE name = 'share_links'"
NO_INDEX = "vtable constructor failed"  # of the words to search; the tables can be read


class StoredSound(TypedDict):
    """A file's sound as its row has it; `bytes` of an unfinished one are recorded."""

    status: str
    sha256: str | None
    size: int
    bytes: int


def copy_out(path: Path, target: Path) -> None:
    """Write a consistent copy of a database of any version, mode 0600; nobody waits for it.

    It is neither checked nor on the disk for certain when this returns.
    """
    with _reading(path) as connection:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        connection.execute("VACUUM INTO ?", (str(target),))


def needs_upgrade(path: Path) -> bool:
    """Whether this is a database of ours of an earlier version, apart from the earlier release."""
    with _reading(path) as connection:
        marks = connection.execute("PRAGMA application_id").fetchone()
        is_ours = marks["application_id"] == sqlite_file.APPLICATION_ID
        return is_ours and 0 < _version(connection) < sqlite_file.SCHEMA_VERSION


def is_empty(path: Path) -> bool:
    """Whether there is no database, or one in which nothing was ever made."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    with _reading(path) as connection:
        marks = connection.execute("PRAGMA application_id").fetchone()
        some = connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
        return not some and marks["application_id"] == 0


def recognise(path: Path) -> int:
    """The version of the schema, or EARLIER_RELEASE; raises DatabaseTooNew, NotADatabase."""
    with translating_sqlite_errors(path):
        return opening.recognise(path, "ro")


def is_ours(path: Path) -> bool:
    """Whether this release or one before wrote the database, apart from the earlier release."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    with _reading(path) as connection:
        marks = connection.execute("PRAGMA application_id").fetchone()
        return marks["application_id"] == sqlite_file.APPLICATION_ID


def schema_version(path: Path) -> int:
    """The version of the schema; 0 for an earlier release."""
    with _reading(path) as connection:
        return _version(connection)


def fingerprint(path: Path) -> dict[str, dict[str, Any]]:
    """Fingerprint each table of a copy: {name: {"rows": count, "sha256": hex}}."""
    found = {}
    with _reading_copy(path) as connection:
        connection.text_factory = _text
        tables = connection.execute(
            """SELECT name FROM sqlite_schema WHERE type = 'table'
               AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"""
        ).fetchall()
        for (name,) in tables:
            digest, count = hashlib.sha256(), 0
            for row in connection.execute(
                f'SELECT * FROM "{name}" ORDER BY {_key(connection, name)}'
            ):
                digest.update(repr(row).encode("ascii", "backslashreplace") + b"\n")
                count += 1
            found[name] = {"rows": count, "sha256": digest.hexdigest()}
    return found


def find_faults(path: Path, *, is_copy: bool = True) -> list[str]:
    """Find what `integrity_check`, `foreign_key_check` and a rerun of the schema complain about.

    Empty when all is well.
    """
    with (_reading_copy if is_copy else _reading)(path) as connection:
        connection.row_factory = None
        found = _integrity_faults(connection)
        broken = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_FAULTS)
        found += [f"{table} row {row}: no {parent}" for table, row, parent, _ in broken]
        return found + _schema_faults(connection)


def _integrity_faults(connection: sqlite3.Connection) -> list[str]:
    try:
        told = connection.execute(f"PRAGMA integrity_check({MOST_FAULTS})").fetchall()
    except sqlite3.DatabaseError as error:
        if NO_INDEX not in str(error):
            raise
        return [str(error)]
    return [line for (line,) in told if line != "ok"]


def find_log_faults(path: Path, seen: Iterable[tuple[int, str]] = ()) -> list[str]:
    """Find where the security log's chain does not hold; `seen` are ends that backups know."""
    with _reading(path) as connection:
        connection.text_factory = _text
        connection.execute("BEGIN")
        return log_chain.find_faults(connection, seen)


def find_unclear_names(path: Path) -> tuple[list[list[str]], list[str]]:
    """Find groups of usernames that look alike, and usernames that mix scripts."""
    with _reading(path) as connection:
        return name_keys.find_unclear(connection)


def read_log_end(path: Path) -> list[Any] | None:
    """Read the end of the security log's chain: [id, hash]; None before there was one."""
    with _reading(path) as connection:
        if _version(connection) < opening.CHAINED:
            return None
        row = connection.execute("SELECT last_id, last_hash FROM security_chain").fetchone()
        return row and [row["last_id"], row["last_hash"]]


def read_rule(path: Path, name: str) -> str:
    """What admins chose by that name, as `rules` has it; "" where they did not, or could not."""
    with _reading_copy(path) as connection, contextlib.suppress(sqlite3.OperationalError):
        row = connection.execute("SELECT value FROM rules WHERE name = ?", (name,)).fetchone()
        return row[0] if row else ""
    return ""


def newest_piece(path: Path) -> str:
    """When the newest piece of a copy was added, as UTC text; "" where it has none."""
    with _reading_copy(path) as connection, contextlib.suppress(sqlite3.OperationalError):
        row = connection.execute("SELECT max(created_at) FROM audio_files").fetchone()
        return row[0] or ""
    return ""


def end_sessions(path: Path) -> None:
    """Sign everybody out of a copy: sessions and links ended since must not come back."""
    with (
        translating_sqlite_errors(path),
        contextlib.closing(sqlite_file.connect_plain(path)) as connection,
    ):
        connection.execute("DELETE FROM sessions")
        if connection.execute(HAS_LINKS).fetchone():  # earlier releases had none
            connection.execute("DELETE FROM share_links")
    sync(path)


def list_sounds(path: Path) -> dict[str, StoredSound]:
    """List every audio file by its name: status, sha256, size, and `bytes`.

    `bytes` is how much of an unfinished one is recorded.
    """
    with _reading(path) as connection:
        rows = connection.execute(
            """SELECT filename, status, sha256, size, coalesce(
                   (SELECT max(byte_end) FROM segments WHERE file_id = audio_files.id), 0) AS bytes
               FROM audio_files"""
        )
        return {row.pop("filename"): row for row in rows}


def list_uploads(path: Path) -> set[str]:
    """List the names of all files of documents that wait to be read."""
    with _reading(path) as connection:
        rows = connection.execute(
            "SELECT upload FROM imports WHERE status IN ('queued', 'working')"
        )
        return {row["upload"] for row in rows}


def list_kept(path: Path) -> set[str]:
    """List the content hashes of all bought segments that are counted."""
    with _reading(path) as connection:
        rows = connection.execute("SELECT content_hash FROM kept_segments")
        return {row["content_hash"] for row in rows}


def list_unwanted(path: Path) -> list[str]:
    """List the content hashes of bought sound that is about to leave the disk."""
    with _reading(path) as connection:
        if _version(connection) < opening.OWNED:
            return []
        rows = connection.execute(
            """SELECT content_hash FROM unwanted_segments WHERE content_hash NOT IN (
                   SELECT content_hash FROM kept_segments WHERE is_earlier = 1
                   AND engine IN (SELECT engine FROM unsettled_segments))"""
        )
        return [row["content_hash"] for row in rows]


def _schema_faults(connection: sqlite3.Connection) -> list[str]:
    """Find schema objects whose SQL cannot be run anew; reading alone does not show them."""
    written = connection.execute(
        """SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL
           ORDER BY sql NOT LIKE 'CREATE VIRTUAL%', type != 'table', rowid"""
    )
    with contextlib.closing(sqlite3.connect(":memory:")) as anew:
        for name, sql in written.fetchall():
            made = anew.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchall()
            if made or name.startswith("sqlite_"):  # SQLite makes some by itself
                continue
            try:
                anew.execute(sql)
            except sqlite3.Error as error:
                return [f"{name}: {error}"]
    return []


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()["user_version"]


def _key(connection: sqlite3.Connection, table: str) -> str:
    """Columns that order the rows of a table the same in every copy."""
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    keys = sorted((place, name) for _, name, _, _, _, place in columns if place)
    return ", ".join(f'"{name}"' for _, name in keys or [(0, column[1]) for column in columns])


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that never writes a log back: that needs the write lock."""
    with (
        translating_sqlite_errors(path),
        contextlib.closing(sqlite_file.connect_plain(path, "ro")) as connection,
    ):
        yield connection


@contextlib.contextmanager
def _reading_copy(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file that nobody writes, which leaves no other file beside it."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with (
        translating_sqlite_errors(path),
        contextlib.closing(sqlite3.connect(address, uri=True)) as connection,
    ):
        yield connection
