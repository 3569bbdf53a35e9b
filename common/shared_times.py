"""Times that the processes of one app share: how long things took, by five minutes of a day."""

import mmap
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from common.shared_counts import CELL_BYTES, ProcessLock

PERIOD_S, PERIODS = 300, 288
BOUNDS_MS = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
ENDLESS_MS = 60_000  # for what took longer than the last bound
ROW = 2 + len(BOUNDS_MS)  # the number of its period, then counts up to each bound and beyond


class Period(NamedTuple):
    """Five minutes: seconds since 1970 of their beginning, and counts up to each of BOUNDS_MS."""

    began_at: int
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(self.counts)

    def within_ms(self, share: float) -> int:
        """The least bound within which that share (0 to 1) of all were done, ms."""
        left = share * self.total
        for bound, count in zip(BOUNDS_MS, self.counts, strict=False):
            left -= count
            if left <= 0:
                return bound
        return ENDLESS_MS


class SharedTimes:
    """Times by kind, in memory that forked processes share; what is older than a day is dropped."""

    def __init__(
        self, lock: ProcessLock, kinds: Sequence[str], clock: Callable[[], float] = time.time
    ) -> None:
        self._lock, self._clock = lock, clock
        self._first = {kind: number * PERIODS * ROW for number, kind in enumerate(kinds)}
        self._cells = memoryview(mmap.mmap(-1, len(kinds) * PERIODS * ROW * CELL_BYTES)).cast("q")

    def note(self, kind: str, taken_ms: float) -> None:
        """Count something that has just been done."""
        period = int(self._clock() // PERIOD_S)
        at = self._first[kind] + period % PERIODS * ROW
        with self._lock:
            if self._cells[at] != period:
                for cell in range(at + 1, at + ROW):
                    self._cells[cell] = 0
                self._cells[at] = period
            self._cells[at + 1 + bisect_left(BOUNDS_MS, taken_ms)] += 1

    def last_day(self, kind: str) -> list[Period]:
        """The periods of the last 24 hours in which there was anything, in no order."""
        now = int(self._clock() // PERIOD_S)
        with self._lock:
            rows = list(self._rows(kind))
        return [Period(row[0] * PERIOD_S, row[1:]) for row in rows if 0 <= now - row[0] < PERIODS]

    def _rows(self, kind: str) -> Iterator[tuple[int, ...]]:
        first = self._first[kind]
        for at in range(first, first + PERIODS * ROW, ROW):
            if self._cells[at]:
                yield tuple(self._cells[at : at + ROW])
