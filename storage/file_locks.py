"""Locks on files, held by one process at a time and released when it dies."""

import fcntl
import os
import threading
import time
from pathlib import Path

from storage.errors import DatabaseBusy, translate_os_error

LONGEST_PAUSE_S = 0.005


class FileLock:
    """An exclusive lock between threads and processes, on a file beside what it guards."""

    def __init__(self, path: Path):
        self.path = path
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._threads = threading.Lock()
        self._descriptor: int | None = None

    def acquire(self, timeout_s: float = 0.0) -> bool:
        """Take the lock within `timeout_s` seconds; False when somebody else keeps it.

        Raises DatabaseError or DiskFull when the lock's file cannot be made.
        """
        if self._pid != os.getpid():
            self._leave_to_parent()
        deadline = time.monotonic() + timeout_s
        if not self._threads.acquire(timeout=max(timeout_s, 0.0)):
            return False
        is_taken = False
        try:
            is_taken = self._take_file(deadline)
        except OSError as error:
            raise translate_os_error(error, self.path) from error
        finally:
            if not is_taken:
                self._threads.release()
        return is_taken

    def release(self) -> None:
        """Release the lock for others."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        """Release the lock, if it is held, and close its file."""
        if self._descriptor is not None and self._pid == os.getpid():
            os.close(self._descriptor)
            self._descriptor = None
            if self._threads.locked():
                self._threads.release()

    def _take_file(self, deadline: float) -> bool:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        pause_s = 0.0005
        while not _try_flock(self._descriptor):
            if time.monotonic() >= deadline:
                return False
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        return True

    def descriptor(self) -> int:
        """The descriptor that holds the lock, for whoever takes it over; raises ValueError."""
        if self._descriptor is None:
            raise ValueError("the lock is not held")
        return self._descriptor

    def adopt(self, descriptor: int) -> None:
        """Hold the lock by a descriptor that holds it already."""
        self._threads.acquire()
        self._descriptor = descriptor

    def _leave_to_parent(self) -> None:
        # A forked child shares its parent's hold on the file; only a hold of its own keeps it out.
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._begin()


class WriteLock(FileLock):
    """Lock of the one writer of a database, checkpoints included."""

    def acquire(self, timeout_s: float = 5.0) -> bool:
        """Take the lock; raises DatabaseBusy when somebody else keeps it."""
        if not super().acquire(timeout_s):
            raise DatabaseBusy(
                "The database has been busy for five seconds. Nothing was changed; try again."
            )
        return True


def _try_flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
