"""Locks on files, held by one process at a time and released when it dies."""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import DatabaseBusy, translate_os_error

TURN_S = 0.01  # how long a process may write again and again while another one waits


class FileLock:
    """An exclusive lock between threads and processes, on a file beside what it guards."""

    pause_s = 0.002

    def __init__(self, path: Path):
        self.path = path
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._threads = _ThreadQueue()
        self._descriptor: int | None = None

    def acquire(self, timeout_s: float = 0.0) -> bool:
        """Take the lock within `timeout_s` seconds; False when somebody else keeps it.

        Raises DatabaseError or DiskFull when the lock's file cannot be made.
        """
        if self._pid != os.getpid():
            self._leave_to_parent()
        deadline = time.monotonic() + timeout_s
        if not self._threads.acquire(max(timeout_s, 0.0)):
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
            if self._threads.is_held():
                self._threads.release()

    def _take_file(self, deadline: float) -> bool:
        # The system's own waiting ends neither in time nor in order: who lets go may be back first.
        while not self._try_file():
            if time.monotonic() >= deadline:
                return False
            time.sleep(self.pause_s)
        return True

    def _try_file(self) -> bool:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def descriptor(self) -> int:
        """The descriptor that holds the lock, for whoever takes it over; raises ValueError."""
        if self._descriptor is None:
            raise ValueError("the lock is not held")
        return self._descriptor

    def adopt(self, descriptor: int) -> None:
        """Hold the lock by a descriptor that holds it already."""
        self._threads.acquire(0.0)
        self._descriptor = descriptor

    def _leave_to_parent(self) -> None:
        # A forked child shares its parent's hold on the file; only a hold of its own keeps it out.
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._begin()


class LockSlots:
    """Slots that threads and processes share, each a lock on a file; a dead holder's are free."""

    pause_s = 0.02

    def __init__(self, folder: Path, name: str, count: int):
        self._locks = [FileLock(folder / f"{name}-{n}.lock") for n in range(1, count + 1)]

    @contextmanager
    def hold(self, timeout_s: float = 0.0) -> Iterator[bool]:
        """Hold a slot in the block; gives False where none is free within `timeout_s` seconds.

        Raises DatabaseError or DiskFull when a lock's file cannot be made.
        """
        lock = self._take(time.monotonic() + timeout_s)
        try:
            yield lock is not None
        finally:
            if lock:
                lock.release()

    def _take(self, deadline: float) -> FileLock | None:
        while True:
            if lock := next((lock for lock in self._locks if lock.acquire()), None):
                return lock
            if time.monotonic() >= deadline:
                return None
            time.sleep(self.pause_s)


class WriteLock(FileLock):
    """Lock of the one writer of a database, checkpoints included; processes take turns.

    Who waits first holds a second lock, the head of the queue, and looks often. A process whose
    turn is over cannot come back before it, as it has to queue as well.
    """

    pause_s = 0.0005

    def __init__(self, database: Path):
        super().__init__(database.with_name(f"{database.name}-lock"))
        self._head = FileLock(database.with_name(f"{database.name}-queue-lock"))
        self._turn_ends = 0.0

    def acquire(self, timeout_s: float = 5.0) -> bool:
        """Take the lock; raises DatabaseBusy when somebody else keeps it."""
        if not super().acquire(timeout_s):
            raise DatabaseBusy(
                "The database has been busy for five seconds. Nothing was changed; try again."
            )
        return True

    def close(self) -> None:
        """Release the lock, if it is held, and close its files."""
        self._head.close()
        super().close()

    def _take_file(self, deadline: float) -> bool:
        if time.monotonic() < self._turn_ends and self._try_file():
            return True
        if not self._head.acquire(deadline - time.monotonic()):
            return self._try_file()  # even where who waits first was stopped and does not go on
        try:
            is_taken = super()._take_file(deadline)
        finally:
            self._head.release()
        self._turn_ends = time.monotonic() + TURN_S
        return is_taken


class _ThreadQueue:
    """A lock that threads get in the order in which they asked; that of Python has no order."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._places: deque[threading.Lock] = deque()  # the first is the holder's

    def acquire(self, timeout_s: float) -> bool:
        place = threading.Lock()
        place.acquire()
        with self._guard:
            self._places.append(place)
        is_first = False
        try:
            is_first = self._places[0] is place or place.acquire(timeout=timeout_s)
        finally:
            if not is_first:
                self._leave(place)
        return is_first

    def release(self) -> None:
        self._leave(self._places[0])

    def is_held(self) -> bool:
        return bool(self._places)

    def _leave(self, place: threading.Lock) -> None:
        with self._guard:
            is_first = self._places[0] is place
            self._places.remove(place)
            if is_first and self._places:
                self._places[0].release()
