"""Migrations: whole tables written and read back, in a file that nobody else has open."""

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypedDict, cast

from storage import earlier_release, name_keys, opening, sqlite_file
from storage.errors import DatabaseError, translate_sqlite_error
from storage.plain_files import sync

TABLES = earlier_release.TABLES
INDEX = re.compile(r"^CREATE (UNIQUE )?INDEX\b", re.MULTILINE)
CACHE_KIB = 32 * 1024
INSERTS = {
    "users": """INSERT INTO users (id, username, password_hash, created_at, is_admin)
                VALUES (?, ?, ?, ?, ?)""",
    "audio_files": """INSERT INTO audio_files (id, filename, display_name, owner_id, voice,
                          category, character_count, spoken_characters, cost, created_at,
                          updated_at, duration, size, sha256, status, error)
                      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    "usage_stats": f"""INSERT INTO usage_stats (id, user_id, file_id, characters_used, cost,
                           timestamp, year, month, day)
                       SELECT *, {earlier_release.day_of("column6", "column7", "column8")}
                       FROM (VALUES (?, ?, ?, ?, ?, ?, ?, ?))""",
    "playback_history": """INSERT INTO playback_history (id, user_id, file_id, display_name,
                               played_at) VALUES (?, ?, ?, ?, ?)""",
}
READS = {
    "users": """SELECT username, password_hash, created_at, is_active, is_admin, last_login
                FROM users WHERE id > ? ORDER BY id""",
    "audio_files": """SELECT f.filename, f.display_name, u.username, f.voice, f.category,
                          f.character_count, f.cost, f.created_at, f.duration, f.size, f.sha256,
                          f.status
                      FROM audio_files f JOIN users u ON u.id = f.owner_id
                      WHERE f.id > ? ORDER BY f.id""",
    "usage_stats": """SELECT user_id, file_id, characters_used, cost, timestamp, year, month
                      FROM usage_stats WHERE id > ? ORDER BY id""",
    "playback_history": """SELECT user_id, file_id, display_name, played_at
                           FROM playback_history WHERE id > ? ORDER BY id""",
}
FILLED = ("voice", "category", "character_count", "cost", "duration", "size", "sha256")


class KnownFile(TypedDict):
    """Columns of a known file that a legacy entry has, too; `owner` is the owner's name."""

    id: int
    display_name: str
    owner_id: int
    owner: str
    voice: str
    category: str
    character_count: int
    cost: float
    duration: float
    size: int
    sha256: str | None


class AccountSums(TypedDict):
    """Sums of what an account has, to be compared; `cost` in USD."""

    files: int
    requests: int
    characters: int
    cost: float
    playbacks: int


class Mark(TypedDict):
    """A migration that was applied; `report` is JSON."""

    plan_hash: str
    report: str


class Migration(Mark):
    """A Mark with when it was made and of what; `source` is a hash over the legacy files."""

    source: str
    applied_at: str


class MadeSince(TypedDict):
    """Rows made after a migration: names of users and files, counts of the rest."""

    users: list[str]
    files: list[str]
    usage: int
    playbacks: int


class MigrationFile:
    """A database file in the making: fast and unsafe until `seal`, which puts it on the disk."""

    def __init__(self, path: Path, *, read_only: bool = False):
        self.path = path
        self._is_new = not path.exists()
        with self._naming_errors():
            if read_only:
                self._connection = _connect_for_reading(path)
                return
            if self._is_new:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._execute("PRAGMA journal_mode=OFF")
            self._execute("PRAGMA synchronous=OFF")
            self._execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            self._execute("BEGIN IMMEDIATE")
            if self._is_new:
                self._run_schema(indexes=False)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # Writing

    def insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Add rows with their ids, in the order of the table's columns in INSERTS."""
        with self._naming_errors():
            self._connection.executemany(INSERTS[table], rows)

    def fill(self, file_id: int, values: dict[str, object]) -> None:
        """Set columns of a file that say nothing so far."""
        with self._naming_errors():
            for column in FILLED:
                if column in values:
                    self._connection.execute(
                        f"UPDATE audio_files SET {column} = ? WHERE id = ?",
                        (values[column], file_id),
                    )

    def mark(self, plan_hash: str, source: str, report: str) -> None:
        """Note that a migration was applied."""
        with self._naming_errors():
            self._connection.execute(
                "INSERT INTO migrations (plan_hash, source, report) VALUES (?, ?, ?)",
                (plan_hash, source, report),
            )

    def seal(self) -> None:
        """Make the indexes, commit, and return when everything is on the disk."""
        with self._naming_errors():
            name_keys.begin(self._connection)
            if self._is_new:
                self._run_schema(indexes=True)
                self._execute(f"PRAGMA application_id={sqlite_file.APPLICATION_ID}")
                self._execute(f"PRAGMA user_version={sqlite_file.SCHEMA_VERSION}")
            self._execute("COMMIT")
            self._execute("PRAGMA journal_mode=DELETE")
        sync(self.path)

    # Reading

    def read(self, table: str, after_id: int = 0) -> Iterator[tuple[Any, ...]]:
        """The rows above an id, in order, as READS lists their columns."""
        with self._naming_errors():
            yield from self._connection.execute(READS[table], (after_id,))

    def old_rows(self, table: str, up_to_id: int) -> Iterator[tuple[Any, ...]]:
        """The rows up to an id, in order, in every column but those that `fill` may set."""
        filled = FILLED if table == "audio_files" else ()
        columns = [row[1] for row in self._query(f"PRAGMA table_info({table})")]
        kept = ", ".join(column for column in columns if column not in filled)
        with self._naming_errors():
            yield from self._connection.execute(
                f"SELECT {kept} FROM {table} WHERE id <= ? ORDER BY id", (up_to_id,)
            )

    def last_ids(self) -> dict[str, int]:
        """The highest id that each table ever gave; 0 for an empty one."""
        return {
            table: self._value(
                f"""SELECT max(coalesce((SELECT max(id) FROM {table}), 0),
                       coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0))"""
            )
            for table in TABLES
        }

    def user_names(self) -> dict[int, str]:
        """Number → name of each account."""
        return dict(self._query("SELECT id, username FROM users"))

    def file_names(self) -> dict[int, str]:
        """Number → filename of each file."""
        return dict(self._query("SELECT id, filename FROM audio_files"))

    def users(self) -> dict[str, tuple[int, str]]:
        """Name → id and password hash."""
        found = self._query("SELECT username, id, password_hash FROM users")
        return {name: (user_id, password_hash) for name, user_id, password_hash in found}

    def has_admin(self) -> bool:
        """Whether any account is an admin."""
        return bool(self._value("SELECT EXISTS (SELECT 1 FROM users WHERE is_admin = 1)"))

    def files(self) -> dict[str, KnownFile]:
        """Filename → the columns that a legacy entry also has, and its owner's name."""
        columns = ("id", "display_name", "owner_id", "owner", *FILLED)
        rows = self._query(
            f"""SELECT f.filename, f.id, f.display_name, f.owner_id, u.username,
                       {", ".join(f"f.{column}" for column in FILLED)}
                FROM audio_files f JOIN users u ON u.id = f.owner_id"""
        )
        return {
            name: cast(KnownFile, dict(zip(columns, rest, strict=True))) for name, *rest in rows
        }

    def account_sums(self) -> dict[str, AccountSums]:
        """Name → files, requests, characters, cost (USD), playbacks."""
        columns = ("files", "requests", "characters", "cost", "playbacks")
        rows = self._query(
            """SELECT username, coalesce(f.n, 0), coalesce(s.n, 0), coalesce(s.characters, 0),
                      coalesce(s.cost, 0.0), coalesce(p.n, 0)
               FROM users
               LEFT JOIN (SELECT owner_id, count(*) AS n FROM audio_files GROUP BY owner_id) AS f
                   ON f.owner_id = users.id
               LEFT JOIN (SELECT user_id, count(*) AS n, sum(characters_used) AS characters,
                                 sum(cost) AS cost FROM usage_stats GROUP BY user_id) AS s
                   ON s.user_id = users.id
               LEFT JOIN (SELECT user_id, count(*) AS n FROM playback_history GROUP BY user_id) AS p
                   ON p.user_id = users.id
               ORDER BY username"""
        )
        return {
            name: cast(AccountSums, dict(zip(columns, sums, strict=True))) for name, *sums in rows
        }

    def months(self) -> dict[str, tuple[int, int, float]]:
        """'YYYY-MM' → requests, characters, cost (USD)."""
        rows = self._query(
            """SELECT printf('%04d-%02d', year, month), count(*), sum(characters_used), sum(cost)
               FROM usage_stats GROUP BY year, month"""
        )
        return {month: (requests, characters, cost) for month, requests, characters, cost in rows}

    def played(self) -> Iterator[tuple[str | None, str]]:
        """Filename and time of each playback."""
        return iter(
            self._query(
                """SELECT f.filename, p.played_at FROM playback_history p
                   LEFT JOIN audio_files f ON f.id = p.file_id"""
            )
        )

    def migrations(self) -> list[Migration]:
        """Migrations applied so far: plan_hash, source, applied_at, report."""
        rows = self._query("SELECT plan_hash, source, applied_at, report FROM migrations")
        names = ("plan_hash", "source", "applied_at", "report")
        return [cast(Migration, dict(zip(names, row, strict=True))) for row in rows]

    def check(self) -> list[str]:
        """Faults that `integrity_check` and `foreign_key_check` find, and what the schema lacks."""
        found = [line for (line,) in self._query("PRAGMA integrity_check") if line != "ok"]
        broken = self._query("PRAGMA foreign_key_check")
        found += [f"{table} row {row}: no {parent}" for table, row, parent, _ in broken]
        with self._naming_errors():
            missing = _schema_names() - self._names()
        return found + [f"{name} is missing" for name in sorted(missing)]

    def _names(self) -> set[str]:
        return {name for (name,) in self._query("SELECT name FROM sqlite_master")}

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        with self._naming_errors():
            return self._connection.execute(sql).fetchall()

    def _value(self, sql: str) -> Any:
        return self._query(sql)[0][0]

    def _execute(self, sql: str) -> None:
        self._connection.execute(sql).fetchall()

    def _run_schema(self, *, indexes: bool) -> None:
        """Make the plain indexes, which are filled faster at the end, or everything else."""
        for statement in sqlite_file.statements(sqlite_file.SCHEMA.read_text("utf-8")):
            if bool(INDEX.search(statement)) == indexes:
                self._connection.execute(statement)

    def _naming_errors(self) -> contextlib.AbstractContextManager[None]:
        return _naming_errors(self.path, "written")


@contextlib.contextmanager
def _naming_errors(path: Path, what: str) -> Iterator[None]:
    """Say in a sentence why a file cannot be `what`: read, written."""
    try:
        yield
    except sqlite3.Error as error:
        named = translate_sqlite_error(error, path)
        raise named or DatabaseError(f"{path} cannot be {what}: {error}.") from error


def _connect_for_reading(path: Path) -> sqlite3.Connection:
    """A connection to a file that nobody writes to; leaves nothing beside it."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    return connection


def _schema_names() -> set[str]:
    """The names of all tables and indexes of today's schema."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for statement in sqlite_file.statements(sqlite_file.SCHEMA.read_text("utf-8")):
            connection.execute(statement)
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def settle(path: Path) -> None:
    """Write an unfinished log or journal back into its database, as opening it would.

    Raises DatabaseError; the content does not change.
    """
    leftovers = [path.with_name(path.name + suffix) for suffix in ("-wal", "-journal")]
    if not any(leftover.exists() for leftover in leftovers):
        return
    with (
        _naming_errors(path, "read"),
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection,
    ):
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if any(leftover.exists() and leftover.stat().st_size for leftover in leftovers):
        raise DatabaseError(f"{path} still has an open log; is another program using it?")
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    sync(path)


def prepare_copy(path: Path) -> int | None:
    """Bring a copied database to today's schema, as one file without a log.

    Returns the version it was upgraded from: 0 for the earlier release, None for today's.
    """
    with _naming_errors(path, "read"):
        upgraded_from = opening.prepare(path)
        settle(path)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
        return upgraded_from


def read_made_since(path: Path, last_ids: dict[str, int]) -> MadeSince:
    """Rows of a settled database above the given ids: names of users and files, counts."""
    connection = _connect_for_reading(path)
    try:

        def column(sql: str, table: str) -> list[Any]:
            return [row[0] for row in connection.execute(sql, (last_ids.get(table, 0),))]

        return {
            "users": column("SELECT username FROM users WHERE id > ? ORDER BY id", "users"),
            "files": column(
                "SELECT filename FROM audio_files WHERE id > ? ORDER BY id", "audio_files"
            ),
            "usage": column("SELECT count(*) FROM usage_stats WHERE id > ?", "usage_stats")[0],
            "playbacks": column(
                "SELECT count(*) FROM playback_history WHERE id > ?", "playback_history"
            )[0],
        }
    finally:
        connection.close()


def read_filenames(path: Path) -> list[str]:
    """The names of all files of a settled database."""
    connection = _connect_for_reading(path)
    try:
        return [row[0] for row in connection.execute("SELECT filename FROM audio_files")]
    finally:
        connection.close()


def read_last_mark(path: Path) -> Mark | None:
    """The latest migration that a settled database holds: plan_hash, report; None without one."""
    connection = _connect_for_reading(path)
    try:
        has_table = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'migrations'"
        ).fetchone()
        row = (
            has_table
            and connection.execute(
                "SELECT plan_hash, report FROM migrations ORDER BY applied_at DESC LIMIT 1"
            ).fetchone()
        )
        return {"plan_hash": row[0], "report": row[1]} if row else None
    finally:
        connection.close()
