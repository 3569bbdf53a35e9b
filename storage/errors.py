"""Errors of the database; each carries the sentence that a person sees."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from common import path_errors, transient_causes
from common.errors import AppError, Message

ROOM_TO_WORK_BYTES = 1024 * 1024
UNWRITTEN = (
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
)  # fmt: skip


class DatabaseError(AppError):
    """Base of database errors."""

    status = 500


class DatabaseBusy(DatabaseError):
    """Another writer held the database for too long."""

    status = 503
    waits_for = transient_causes.DATABASE.code


class DatabaseTooNew(DatabaseError):
    """The file was written by a later release."""


class DatabaseDamaged(DatabaseError):
    """The file cannot be read as a database."""


class NotADatabase(DatabaseError):
    """The file is a database of another program."""


class UpgradeFailed(DatabaseError):
    """An older database could not be carried over; it was left as it was."""


class DiskFull(DatabaseError):
    """The disk takes nothing more of the database."""

    status = 507
    waits_for = transient_causes.DISK.code


class NotFound(DatabaseError):
    """The row is not there, or belongs to somebody else."""

    status = 404


class WrongState(DatabaseError):
    """The row is there, but not in a state that allows this."""

    status = 409


class UsernameTaken(DatabaseError):
    """An account of that name exists."""

    status = 409
    field = "username"


class GroupTaken(DatabaseError):
    """The owner has another group of that name."""

    status = 409


class SetupDone(DatabaseError):
    """The first account exists already."""

    status = 409


class InviteInvalid(DatabaseError):
    """The invitation is unknown, used or expired."""

    status = 403


class LeaseLost(DatabaseError):
    """The file was deleted, or another worker holds it now."""

    status = 409


def translate_sqlite_error(error: sqlite3.Error, path: Path) -> DatabaseError | None:
    """Translate a SQLite error by its result code; None for a mistake of our own."""
    extended = getattr(error, "sqlite_errorcode", None) or 0
    code = extended & 0xFF
    if code in UNWRITTEN and (cause := _cause(code, path)):
        return disk_full(cause)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy("The database is busy. Nothing was changed; try again.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseDamaged(
            Message(
                "{path} is damaged or not a database. It was left as it is; restore it from a "
                "backup.",
                path=str(path),
            )
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return _not_opened(path)
    if code == sqlite3.SQLITE_IOERR:
        return DatabaseError(
            Message(
                "{path} cannot be read or written: {reason}. Check the disk.",
                path=str(path),
                reason=str(error),
            )
        )
    if code == sqlite3.SQLITE_ERROR and str(error).startswith("no such table"):
        return DatabaseDamaged(
            Message(
                "{path} is missing parts ({reason}). Nothing was changed; flask doctor says more.",
                path=str(path),
                reason=str(error),
            )
        )
    if str(error).startswith("Could not decode to UTF-8"):
        return DatabaseError(
            Message("{path} holds a damaged text. Restore it from a backup.", path=str(path))
        )
    if extended == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return NotFound("What this belongs to has been deleted meanwhile. Nothing was changed.")
    return None


@contextlib.contextmanager
def translating_sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's own errors into ours, with a sentence each."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        named = translate_sqlite_error(error, path)
        if named is None:
            raise
        raise named from error


def translate_os_error(error: OSError, path: Path) -> DatabaseError:
    """Translate the system's error about a file that cannot be made, read or renamed."""
    if cause := transient_causes.of_os_error(error, path.parent):
        return disk_full(cause)
    return DatabaseError(
        Message(
            "{path} cannot be used: {reason}. {remedy}",
            path=path_errors.shortened(path),
            reason=str(error.strerror),
            remedy=path_errors.remedy(error),
        )
    )


def disk_full(cause: transient_causes.Cause) -> DiskFull:
    """Make the error for a disk that takes nothing more, by its cause."""
    error = DiskFull(cause.refusal)
    error.waits_for, error.status = cause.code, cause.status
    return error


def _not_opened(path: Path) -> DatabaseError:
    """Why SQLite cannot open a file for writing, which its own error does not say."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        if cause := transient_causes.of_os_error(error, path.parent):
            return disk_full(cause)
        is_gone = isinstance(error, FileNotFoundError) and path.parent.is_dir()
        return DatabaseError(
            Message(
                "{path} cannot be opened for writing: {reason}. {remedy}",
                path=path_errors.shortened(path),
                reason=str(error.strerror),
                remedy="Restore it from a backup." if is_gone else path_errors.remedy(error),
            )
        )
    return DatabaseError(
        Message("{path} cannot be opened for writing; check who owns it.", path=str(path))
    )


def _cause(code: int, path: Path) -> transient_causes.Cause | None:
    """Find what keeps SQLite from writing, where it is the disk."""
    try:
        disk = os.statvfs(path.parent)
        room = transient_causes.room(path.parent)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return transient_causes.READ_ONLY
    if code == sqlite3.SQLITE_READONLY:
        return None
    if room.bytes < ROOM_TO_WORK_BYTES:
        return transient_causes.DISK
    # A quota shows in what the disk says to a write alone.
    return transient_causes.of_trial(path.parent) or (
        transient_causes.DISK if code == sqlite3.SQLITE_FULL else None
    )
