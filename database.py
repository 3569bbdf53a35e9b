"""The database: connections, transactions and checkpoints; the statements stand in queries/."""

import codecs
import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from common.errors import Message
from queries.admin import AdminQueries
from queries.audio_files import AudioFileQueries
from queries.base import Row, Values
from queries.bookmarks import BookmarkQueries
from queries.clocks import ClockQueries
from queries.document_originals import DocumentOriginalQueries
from queries.documents import DocumentQueries
from queries.drafts import DraftQueries
from queries.engines import EngineQueries
from queries.exports import ExportQueries
from queries.groups import GroupQueries
from queries.health import HealthQueries
from queries.imports import ImportQueries
from queries.jobs import JobQueries
from queries.library import LibraryQueries
from queries.listening import ListeningQueries
from queries.new_devices import NewDeviceQueries
from queries.passkeys import PasskeyQueries
from queries.people import PeopleQueries
from queries.playback import PlaybackQueries
from queries.pronunciations import PronunciationQueries
from queries.providers import ProviderQueries
from queries.quotas import QuotaQueries
from queries.reading_settings import ReadingSettingsQueries
from queries.retakes import RetakeQueries
from queries.security_log import SecurityLogQueries
from queries.segment_cache import SegmentCacheQueries
from queries.segments import SegmentQueries
from queries.shares import ShareQueries
from queries.two_factor import TwoFactorQueries
from queries.usage import UsageQueries
from queries.users import UserQueries
from queries.voice_settings import VoiceSettingsQueries
from storage import opening, sqlite_file
from storage.errors import DatabaseDamaged, DatabaseError, translating_sqlite_errors
from storage.file_locks import WriteLock

BUSY_WAIT_S = 5.0
COMMITS_PER_CHECKPOINT = 200
WAL_BYTES_PER_CHECKPOINT = 4 * 1024 * 1024


class Database(
    AdminQueries,
    AudioFileQueries,
    ClockQueries,
    DocumentQueries,
    DocumentOriginalQueries,
    DraftQueries,
    EngineQueries,
    ExportQueries,
    GroupQueries,
    HealthQueries,
    ImportQueries,
    JobQueries,
    LibraryQueries,
    ListeningQueries,
    NewDeviceQueries,
    PasskeyQueries,
    PeopleQueries,
    PlaybackQueries,
    BookmarkQueries,
    PronunciationQueries,
    ProviderQueries,
    QuotaQueries,
    ReadingSettingsQueries,
    RetakeQueries,
    SecurityLogQueries,
    SegmentCacheQueries,
    SegmentQueries,
    ShareQueries,
    TwoFactorQueries,
    UsageQueries,
    UserQueries,
    VoiceSettingsQueries,
):
    """A SQLite file with everything that VoiceVerse knows. Rows come back as dictionaries.

    A connection per thread, one writer at a time across processes. What it can be asked and told
    stands in queries/, a module a noun.
    """

    def __init__(self, db_path: str | Path = "voiceverse.db"):
        # Resolved: a later change of folder, or a link, must not lead threads to different files.
        self.path = Path(db_path).resolve()
        sqlite_file.make_folder(self.path.parent)
        self._write_lock = WriteLock(self.path)
        self._begin()
        self._commits = 0
        self._wal_bytes = 0
        self._is_damaged = False
        with self._holding_write_lock(), translating_sqlite_errors(self.path):
            self.upgraded_from = opening.prepare(self.path)

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._local = threading.local()
        self._opening = threading.Lock()
        self._all: list[tuple[threading.Thread, sqlite3.Connection]] = []

    # Reads

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, if any."""
        with self._noting_damage():
            return self._connection.execute(sql, values).fetchone()

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Every row of a query."""
        with self._noting_damage():
            return self._connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row; None where there is no row."""
        row = self.row(sql, *values)
        return None if row is None else next(iter(row.values()))

    def pieces(self, table: str, column: str, row_id: int, sizes: Iterable[int]) -> Iterator[str]:
        """A long text, read as far as it is asked for, in pieces of so many bytes."""
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        with self._noting_damage(), contextlib.ExitStack() as stack:
            try:
                opened = self._connection.blobopen(table, column, row_id, readonly=True)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # the row is gone
                    return
                raise
            blob = stack.enter_context(opened)
            for size in sizes:
                piece = blob.read(size)
                if not piece:
                    return
                yield decode(piece)

    # Writes

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside, or nothing; inside another one it is a savepoint.

        Takes the write lock and begins IMMEDIATE, so that what is read inside stays true.
        """
        connection = self._connection
        self._refuse_if_damaged()
        if self._local.depth:
            with self._savepoint(connection):
                yield
            return
        with self._holding_write_lock(), self._noting_damage():
            with self._deeper(), _rolling_back(connection, "ROLLBACK"):
                connection.execute("BEGIN IMMEDIATE")
                yield
                _refuse_if_lost(connection)
                connection.execute("COMMIT")
            self._checkpoint_when_due(connection)

    def _refuse_if_damaged(self) -> None:
        if self._is_damaged:
            raise DatabaseDamaged(
                Message(
                    "{path} is damaged, so VoiceVerse only reads it, to keep it from "
                    "getting worse. Stop VoiceVerse and restore a backup; you can still "
                    "download what can be read.",
                    path=str(self.path),
                )
            )

    @contextlib.contextmanager
    def _noting_damage(self) -> Iterator[None]:
        """Name SQLite's errors; after one that tells of damage, nothing is written any more."""
        try:
            with translating_sqlite_errors(self.path):
                yield
        except DatabaseDamaged:
            self._is_damaged = True
            raise

    @contextlib.contextmanager
    def _statement(self) -> Iterator[sqlite3.Connection]:
        """A transaction for one statement; SQLite undoes one that fails, without a savepoint."""
        connection = self._connection
        if not self._local.depth:
            with self.transaction():
                yield connection
            return
        self._refuse_if_damaged()
        _refuse_if_lost(connection)
        yield connection

    @contextlib.contextmanager
    def _savepoint(self, connection: sqlite3.Connection) -> Iterator[None]:
        _refuse_if_lost(connection)
        name = f"nested_{self._local.depth}"
        connection.execute(f"SAVEPOINT {name}")
        with self._deeper(), _rolling_back(connection, f"ROLLBACK TO {name}", f"RELEASE {name}"):
            yield
            _refuse_if_lost(connection)
            connection.execute(f"RELEASE {name}")

    @contextlib.contextmanager
    def _deeper(self) -> Iterator[None]:
        self._local.depth += 1
        try:
            yield
        finally:
            self._local.depth -= 1

    def write(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement in a transaction of its own, or in the one around it."""
        with self._statement() as connection:
            return connection.execute(sql, values)

    def write_row(self, sql: str, *values: Any) -> Row | None:
        """Run one statement with RETURNING, of which at most one row is wanted."""
        rows = self.write_rows(sql, *values)
        return rows[0] if rows else None

    def write_rows(self, sql: str, *values: Any) -> list[Row]:
        """Run one statement with RETURNING."""
        with self._statement() as connection:
            return connection.execute(sql, values).fetchall()

    def write_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement once for each row of values."""
        with self.transaction():
            self._connection.executemany(sql, rows)

    # Upkeep

    def vacuum(self) -> None:
        """Rewrite the file without its free pages."""
        with self._holding_write_lock(), translating_sqlite_errors(self.path):
            self._connection.execute("VACUUM")
            self._checkpoint(self._connection)

    def backup(self, target: str | Path) -> Path:
        """Write a consistent copy to `target`, which must not exist yet; checked before return."""
        target = Path(target)
        if target.exists():
            raise DatabaseError(f"{target} exists already; name a file that does not.")
        with translating_sqlite_errors(self.path):
            sqlite_file.copy(self._connection, target)
        return target

    def add_function(self, name: str, function: Callable[[Any], Any]) -> None:
        """Let SQL of this thread call a function of one value by a name."""
        self._connection.create_function(name, 1, function)

    def check(self) -> list[str]:
        """What `integrity_check` and `foreign_key_check` find; empty when all is well."""
        found = [row["integrity_check"] for row in self.rows("PRAGMA integrity_check")]
        found = [line for line in found if line != "ok"]
        broken = self.rows("PRAGMA foreign_key_check")
        return found + [f"{row['table']} row {row['rowid']}: no {row['parent']}" for row in broken]

    def close(self) -> None:
        """Close every thread's connection; the last one writes the log back under the lock."""
        self._refuse_after_fork()
        self._write_lock.acquire(BUSY_WAIT_S)
        try:
            for _, connection in self._all:
                connection.close()
            self._begin()
        finally:
            self._write_lock.close()

    def begin_anew(self) -> None:
        """Open connections of its own in a process forked from one that had closed its own."""
        self._begin()

    @property
    def _connection(self) -> sqlite3.Connection:
        self._refuse_after_fork()
        try:
            return self._local.connection
        except AttributeError:
            with translating_sqlite_errors(self.path):
                self._local.connection = self._adopt_or_connect()
            self._local.depth = 0
            return self._local.connection

    def _adopt_or_connect(self) -> sqlite3.Connection:
        """A connection for this thread: one that a thread left behind when it ended, or a new one.

        A connection is never closed without the write lock: the last to close writes the log back.
        """
        this = threading.current_thread()
        with self._opening:
            for index, (thread, connection) in enumerate(self._all):
                if not thread.is_alive():
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    self._all[index] = (this, connection)
                    return connection
        connection = sqlite_file.connect(self.path, BUSY_WAIT_S)
        with self._opening:
            self._all.append((this, connection))
        return connection

    def _refuse_after_fork(self) -> None:
        # SQLite's locks do not survive a fork: two processes would each believe to be alone.
        if self._pid != os.getpid():
            raise DatabaseError(
                f"{self.path} was opened before this process was forked; open it afterwards."
            )

    @contextlib.contextmanager
    def _holding_write_lock(self) -> Iterator[None]:
        self._write_lock.acquire(BUSY_WAIT_S)
        try:
            yield
        finally:
            self._write_lock.release()

    def _checkpoint_when_due(self, connection: sqlite3.Connection) -> None:
        self._commits += 1
        wal = sqlite_file.wal_bytes(self.path)
        if self._commits >= COMMITS_PER_CHECKPOINT or wal > max(
            WAL_BYTES_PER_CHECKPOINT, self._wal_bytes
        ):
            self._checkpoint(connection)

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        # What was committed is safe in the log: a checkpoint that fails is only put off.
        with contextlib.suppress(sqlite3.DatabaseError):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._commits = 0
        self._wal_bytes = sqlite_file.wal_bytes(self.path)


@contextlib.contextmanager
def _rolling_back(connection: sqlite3.Connection, *statements: str) -> Iterator[None]:
    """Undo on any exception, which stays the one that is seen."""
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk may have rolled back everything
            with contextlib.suppress(sqlite3.Error):
                for statement in statements:
                    connection.execute(statement)
        raise


def _refuse_if_lost(connection: sqlite3.Connection) -> None:
    if not connection.in_transaction:
        raise DatabaseError("The database cancelled this change. Nothing was changed; try again.")
