"""Connections, transactions and checkpoints: how every statement reaches SQLite."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from database import opening
from database.errors import DatabaseBusy, DatabaseDamaged, DatabaseError, DiskFull
from database.locks import WriteLock

BUSY_WAIT_S = 5.0
COMMITS_PER_CHECKPOINT = 200
WAL_BYTES_PER_CHECKPOINT = 4 * 1024 * 1024


class Connection:
    """A SQLite file: a connection per thread, one writer at a time across processes."""

    def __init__(self, db_path: str | Path = "voiceverse.db"):
        self.path = Path(db_path)
        self._write_lock = WriteLock(self.path.with_name(self.path.name + "-lock"))
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._commits = 0
        self._wal_bytes = 0
        with self._holding_write_lock(), _naming_errors(self.path):
            self.upgraded_from = opening.prepare(self.path)

    # Reads

    def _row(self, sql: str, *values) -> dict | None:
        with _naming_errors(self.path):
            return self._connection.execute(sql, values).fetchone()

    def _rows(self, sql: str, *values) -> list[dict]:
        with _naming_errors(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _value(self, sql: str, *values):
        row = self._row(sql, *values)
        return None if row is None else next(iter(row.values()))

    # Writes

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside, or nothing; inside another one it is a savepoint.

        Takes the write lock and begins IMMEDIATE, so that what is read inside stays true.
        """
        connection = self._connection
        if connection.in_transaction:
            with self._savepoint(connection):
                yield
            return
        with self._holding_write_lock(), _naming_errors(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self._checkpoint_when_due(connection)

    @contextlib.contextmanager
    def _savepoint(self, connection: sqlite3.Connection) -> Iterator[None]:
        self._local.depth = depth = getattr(self._local, "depth", 0) + 1
        name = f"nested_{depth}"
        connection.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            if connection.in_transaction:  # a full disk may have rolled back everything
                connection.execute(f"ROLLBACK TO {name}")
                connection.execute(f"RELEASE {name}")
            raise
        else:
            connection.execute(f"RELEASE {name}")
        finally:
            self._local.depth = depth - 1

    def _write(self, sql: str, *values) -> sqlite3.Cursor:
        """One statement in a transaction of its own, or in the one around it."""
        with self.transaction():
            return self._connection.execute(sql, values)

    def _write_row(self, sql: str, *values) -> dict | None:
        """One statement with RETURNING."""
        with self.transaction():
            rows = self._connection.execute(sql, values).fetchall()
            return rows[0] if rows else None

    def _write_many(self, sql: str, rows) -> None:
        with self.transaction():
            self._connection.executemany(sql, rows)

    # Upkeep

    def vacuum(self) -> None:
        """Rewrite the file without its free pages."""
        with self._holding_write_lock(), _naming_errors(self.path):
            self._connection.execute("VACUUM")
            self._checkpoint(self._connection)

    def backup(self, target: str | Path) -> Path:
        """Write a consistent copy to `target`, which must not exist yet; checked before return."""
        target = Path(target)
        if target.exists():
            raise DatabaseError(f"{target} exists already; name a file that does not.")
        with _naming_errors(target):
            opening.copy(self._connection, target)
        return target

    def check(self) -> list[str]:
        """What `integrity_check` and `foreign_key_check` find; empty when all is well."""
        found = [row["integrity_check"] for row in self._rows("PRAGMA integrity_check")]
        found = [line for line in found if line != "ok"]
        broken = self._rows("PRAGMA foreign_key_check")
        return found + [f"{row['table']} row {row['rowid']}: no {row['parent']}" for row in broken]

    def close(self) -> None:
        """Close every thread's connection; the last one writes the log back under the lock."""
        with self._holding_write_lock():
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._local = threading.local()
        self._write_lock.close()

    @property
    def _connection(self) -> sqlite3.Connection:
        try:
            return self._local.connection
        except AttributeError:
            with _naming_errors(self.path):
                self._local.connection = opening.connect(self.path, BUSY_WAIT_S)
            self._all.append(self._local.connection)
            return self._local.connection

    @contextlib.contextmanager
    def _holding_write_lock(self) -> Iterator[None]:
        self._write_lock.acquire(BUSY_WAIT_S)
        try:
            yield
        finally:
            self._write_lock.release()

    def _checkpoint_when_due(self, connection: sqlite3.Connection) -> None:
        self._commits += 1
        wal = opening.wal_bytes(self.path)
        if self._commits >= COMMITS_PER_CHECKPOINT or wal > max(
            WAL_BYTES_PER_CHECKPOINT, self._wal_bytes
        ):
            self._checkpoint(connection)

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        # What was committed is safe in the log: a checkpoint that finds no room is only put off.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._commits = 0
        self._wal_bytes = opening.wal_bytes(self.path)


@contextlib.contextmanager
def _naming_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's own errors into ours, with a sentence each."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        named = name_error(error, path)
        if named is None:
            raise
        raise named from error


def name_error(error: sqlite3.Error, path: Path) -> DatabaseError | None:
    """The named error for a SQLite result code, or None for a mistake of our own."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (
        code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and opening.is_disk_full(path)
    ):
        return DiskFull("The disk is full. Nothing stored was harmed; free some space, try again.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy("The database is busy. Nothing was changed; try again.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseDamaged(
            f"{path} is damaged or not a database. It was left as it is; restore it from a backup."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return DatabaseError(f"{path} cannot be opened for writing; check who owns it.")
    if code == sqlite3.SQLITE_IOERR:
        return DatabaseError(f"{path} cannot be read or written: {error}. Check the disk.")
    return None
