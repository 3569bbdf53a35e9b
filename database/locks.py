"""Locks on files, held by one process at a time and released when it dies."""

import fcntl
import os
import threading
import time
from pathlib import Path

from database.errors import DatabaseBusy


class FileLock:
    """An exclusive lock between threads and processes, on a file beside what it guards."""

    def __init__(self, path: Path):
        self.path = path
        self._threads = threading.Lock()
        self._descriptor: int | None = None

    def acquire(self, timeout_s: float = 0.0) -> bool:
        """Take the lock within `timeout_s` seconds; False when somebody else keeps it."""
        deadline = time.monotonic() + timeout_s
        if not self._threads.acquire(timeout=max(timeout_s, 0.0)):
            return False
        try:
            if self._descriptor is None:
                self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            pause_s = 0.0005
            while not self._try_flock():
                if time.monotonic() >= deadline:
                    self._threads.release()
                    return False
                time.sleep(pause_s)
                pause_s = min(pause_s * 2, 0.01)
        except BaseException:
            if self._threads.locked():
                self._threads.release()
            raise
        return True

    def release(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _try_flock(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class WriteLock(FileLock):
    """One writer at a time, checkpoints included."""

    def acquire(self, timeout_s: float = 5.0) -> bool:
        if not super().acquire(timeout_s):
            raise DatabaseBusy(
                "The database has been busy for five seconds. Nothing was changed; try again."
            )
        return True
