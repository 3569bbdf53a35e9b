"""Places for live listening: so many in all processes, with a thread for each that is taken."""

from collections.abc import Callable
from threading import Lock

from common.shared_counts import SharedCounts

KEY = ("live listeners",)


class LiveListeners:
    """Up to `most` places; `resize` is told how many this process has taken, for its threads."""

    def __init__(self, counts: SharedCounts, most: int) -> None:
        self._counts, self._most = counts, most
        self._lock = Lock()
        self._taken_here = 0
        self.resize: Callable[[int], None] = lambda _taken: None

    def acquire(self) -> bool:
        """Take a place; False when there is none."""
        if not self._counts.take(KEY, 1, at_most=self._most):
            return False
        self._note(+1)
        return True

    def release(self) -> None:
        """Free a place that was taken."""
        self._counts.add(KEY, -1)
        self._note(-1)

    def _note(self, change: int) -> None:
        with self._lock:
            self._taken_here += change
            self.resize(self._taken_here)
