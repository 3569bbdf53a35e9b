"""What can go wrong in the store; each error carries the sentence a person sees."""

import errno
import shutil
import sqlite3
from pathlib import Path

from sentences import Sentence, Told

ROOM_TO_WORK_BYTES = 1024 * 1024


class DatabaseError(Told):
    """The store cannot do what was asked."""

    status = 500


class DatabaseBusy(DatabaseError):
    """Another writer held the store for too long."""

    status = 503


class DatabaseTooNew(DatabaseError):
    """The file was written by a later release."""


class DatabaseDamaged(DatabaseError):
    """The file cannot be read as a database."""


class NotADatabase(DatabaseError):
    """The file is a database of another program."""


class UpgradeFailed(DatabaseError):
    """An older database could not be carried over; it was left as it was."""


class DiskFull(DatabaseError):
    """Nothing more can be written."""

    status = 507


class NotFound(DatabaseError):
    """The row is not there, or belongs to somebody else."""

    status = 404


class WrongState(DatabaseError):
    """The row is there, but not in a state that allows this."""

    status = 409


class UsernameTaken(DatabaseError):
    """An account of that name exists."""

    status = 409


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


def name_error(error: sqlite3.Error, path: Path) -> DatabaseError | None:
    """The named error for a SQLite result code, or None for a mistake of our own."""
    extended = getattr(error, "sqlite_errorcode", None) or 0
    code = extended & 0xFF
    if code == sqlite3.SQLITE_FULL or (
        code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _is_disk_full(path)
    ):
        return _disk_full()
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy("The database is busy. Nothing was changed; try again.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseDamaged(
            Sentence(
                "{path} is damaged or not a database. It was left as it is; restore it from a "
                "backup.",
                path=str(path),
            )
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return DatabaseError(
            Sentence("{path} cannot be opened for writing; check who owns it.", path=str(path))
        )
    if code == sqlite3.SQLITE_IOERR:
        return DatabaseError(
            Sentence(
                "{path} cannot be read or written: {reason}. Check the disk.",
                path=str(path),
                reason=str(error),
            )
        )
    if code == sqlite3.SQLITE_ERROR and str(error).startswith("no such table"):
        return DatabaseDamaged(
            Sentence(
                "{path} lacks a part of what it should hold ({reason}). Nothing was changed; flask "
                "doctor says more.",
                path=str(path),
                reason=str(error),
            )
        )
    if str(error).startswith("Could not decode to UTF-8"):
        return DatabaseError(
            Sentence("{path} holds a damaged text. Restore it from a backup.", path=str(path))
        )
    if extended == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return NotFound("What this belongs to was deleted in the meantime. Nothing was changed.")
    return None


def name_os_error(error: OSError, path: Path) -> DatabaseError:
    """The named error for a file that cannot be made, read or renamed."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full()
    return DatabaseError(
        Sentence(
            "{path} cannot be used: {reason}. Check the path and its owner.",
            path=str(path),
            reason=str(error.strerror),
        )
    )


def _disk_full() -> DiskFull:
    return DiskFull("The disk is full. Nothing stored was harmed; free some space, try again.")


def _is_disk_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < ROOM_TO_WORK_BYTES
    except OSError:
        return False
