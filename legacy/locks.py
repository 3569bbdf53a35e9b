"""Locks of a migration: those of the app, its worker, its writers and other migrations."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from legacy.errors import MigrationError, Refused
from storage.errors import DatabaseError
from storage.file_locks import FileLock

MIGRATION = "migration.lock"
REFUSALS = {
    MIGRATION: "Another migration is running on {folder}; wait for it.",
    "app.lock": "VoiceVerse is running on {folder}; stop it first.",
    "worker.lock": "VoiceVerse's worker is still running on {folder}; stop it first.",
    "": "Another program is writing to the database in {folder}; wait for it.",
}


@contextlib.contextmanager
def exclusive_lock(database: Path, *, is_dry: bool) -> Iterator[None]:
    """Hold every lock of a data folder; raises Refused when somebody has one.

    A dry run leaves no file behind, so it only takes locks whose files are there.
    """
    folder = database.parent
    held: list[FileLock] = []
    try:
        for name, refusal in REFUSALS.items():
            path = folder / (name or f"{database.name}-lock")
            if is_dry and not path.exists():
                continue
            lock = FileLock(path)
            if not _acquire(lock):
                lock.close()
                raise Refused(f"{refusal.format(folder=folder)} Nothing was changed.")
            held.append(lock)
        yield
    finally:
        for lock in reversed(held):
            lock.release()
            lock.close()


def _acquire(lock: FileLock) -> bool:
    try:
        return lock.acquire()
    except DatabaseError as error:
        raise MigrationError(error.message) from error


@contextlib.contextmanager
def folder_made(folder: Path) -> Iterator[None]:
    """Make a folder, mode 0700, for the time of a block; it stays unless the block fails."""
    was_there = folder.exists()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise MigrationError(
            f"The folder {folder} cannot be made: {error.strerror}. Nothing was changed."
        ) from error
    try:
        yield
    except BaseException:
        if not was_there:
            for lock in folder.glob("*lock"):
                lock.unlink()
            with contextlib.suppress(OSError):  # something else is in it by now
                folder.rmdir()
        raise
