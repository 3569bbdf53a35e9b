"""Trust in the clock: what is past its time goes for good only if the clock can be believed.

A small computer that starts before its time is set may be years ahead. So nothing goes until the
app has run for a day since the clock last jumped. That day adds up over restarts: a computer that
is off each night comes to it, too.
"""

import time
from collections.abc import Callable

from queries.clocks import AHEAD_S, BACK_S, ClockQueries

LOOK_S = 300.0
DAY_S = 86400.0


def _ticks() -> float:
    """Seconds that nobody can set; they go on while the machine sleeps, where that is known."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class TrustedClock:
    """Watches the clock while the app runs; `clock` and `ticks` give seconds."""

    def __init__(
        self,
        db: ClockQueries,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = _ticks,
    ):
        self._db, self._clock, self._ticks = db, clock, ticks
        self._looked: tuple[float, float] | None = None
        self._running_s = 0.0

    def look(self) -> None:
        """Note that the app runs, every few minutes. Raises DatabaseError."""
        now, ticks = self._clock(), self._ticks()
        if self._looked is None:
            self._running_s = self._db.note_clock(now, 0.0)
        else:
            seen, ticked = self._looked
            elapsed = ticks - ticked
            if elapsed < LOOK_S and not self._has_jumped(now - seen - elapsed):
                return
            # A machine that slept has not run.
            self._running_s = self._db.note_clock(now, min(elapsed, 2 * LOOK_S))
        self._looked = (now, ticks)

    def believed(self) -> float | None:
        """The present time, or None while it cannot be believed."""
        if self._looked is None or self._running_s < DAY_S:
            return None
        now, (seen, ticked) = self._clock(), self._looked
        return None if self._has_jumped(now - seen - (self._ticks() - ticked)) else now

    def _has_jumped(self, drift_s: float) -> bool:
        return not -BACK_S <= drift_s <= AHEAD_S
