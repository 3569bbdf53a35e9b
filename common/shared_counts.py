"""Counts that the processes of one app share: made before they are forked, right across them."""

import mmap
import os
import tempfile
import threading
import weakref
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_UN, lockf

MOST_PROCESSES = 33  # a column each: the first of who forks, the others of what was forked
RECORDS = 8192
PROBED = 16  # records that a key may lie in
CELL_BYTES = 8
HASH_BITS = (1 << 63) - 1


class ProcessLock:
    """A lock between threads, and after `share` between forked processes; may be nested.

    It is released when a process dies that holds it. `process` is the number of this one among
    those that share it, from 1 on; who forks them is 0.
    """

    def __init__(self) -> None:
        self.process = 0
        self._threads = threading.RLock()
        self._file = -1
        self._depth = 0

    def share(self) -> None:
        """Let processes that are forked from now on share the lock."""
        with tempfile.TemporaryFile() as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if self._file >= 0 and not self._depth:
                lockf(self._file, LOCK_EX)
        except BaseException:
            self._threads.release()
            raise
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        try:
            if self._file >= 0 and not self._depth:
                lockf(self._file, LOCK_UN)
        finally:
            self._threads.release()


class SharedCounts:
    """Counts by key, a column for each process, in memory that forked processes share.

    A key is anything with a hash; forked processes agree on hashes. Where there are more keys than
    records, those that find no room count as 0.
    """

    def __init__(self, lock: ProcessLock, *, records: int = RECORDS) -> None:
        self._lock, self._records = lock, records
        size = records * (1 + MOST_PROCESSES) * CELL_BYTES
        self._cells = memoryview(mmap.mmap(-1, size)).cast("q")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else count in the block, which may ask and add several times."""
        with self._lock:
            yield

    def add(self, key: Hashable, number: int) -> int:
        """Add a number, which may be negative, and return what all processes have together."""
        with self._lock:
            at = self._find(key, or_free=True)
            if at is None:
                return 0
            own = at + 1 + self._lock.process
            # What found no room when it was added is not there to be taken away.
            self._cells[own] = max(0, self._cells[own] + number)
            return self._sum(at)

    def total(self, key: Hashable) -> int:
        """The count of a key in all processes together."""
        with self._lock:
            at = self._find(key)
            return 0 if at is None else self._sum(at)

    def take(self, key: Hashable, number: int, *, at_most: int) -> bool:
        """Add a number unless the count would exceed `at_most`; returns whether it did."""
        with self._lock:
            if self.total(key) + number > at_most:
                return False
            self.add(key, number)
            return True

    def forget(self, process: int) -> None:
        """Drop what a process counted that has ended."""
        with self._lock:
            for at in self._starts(range(self._records)):
                self._cells[at + 1 + process] = 0

    def _find(self, key: Hashable, *, or_free: bool = False) -> int | None:
        """Where the record of a key begins, or a free one to be its own; None where there is none.

        A record whose counts are all 0 is free, so keys need not be removed.
        """
        number = hash(key) & HASH_BITS or 1
        free = None
        for at in self._starts((number + step) % self._records for step in range(PROBED)):
            if self._cells[at] == number:
                return at
            if or_free and free is None and not any(self._row(at)):
                free = at
        if free is not None:
            self._cells[free] = number
        return free

    def _starts(self, records: Iterable[int]) -> Iterator[int]:
        return (record * (1 + MOST_PROCESSES) for record in records)

    def _row(self, at: int) -> memoryview:
        return self._cells[at + 1 : at + 1 + MOST_PROCESSES]

    def _sum(self, at: int) -> int:
        return sum(self._row(at))
