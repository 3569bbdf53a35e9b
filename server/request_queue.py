"""Requests that take long, in line: few are at work at once, and those that wait hold no thread.

Each person has a line; people take turns.
"""

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

from common.errors import AppError

AT_ONCE, AT_ONCE_OF_ONE = 4, 2
WAITING, WAITING_OF_ONE = 200, 50
LONGEST_WAIT_S = 120.0

Item = TypeVar("Item")


class QueueFull(AppError):
    """The queue is so long that one more request would wait too long."""

    status = 503
    retry_after_s = 30
    limit = "waiting imports"

    def __init__(self) -> None:
        super().__init__(
            "Too many imports are waiting. Wait until some of them are done, then try again."
        )


class WaitedTooLong(AppError):
    """The turn of a request did not come in time."""

    status = 503
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__("Other documents are being imported. Wait a moment, then try again.")


class RequestQueue(Generic[Item]):
    """Lines of whatever `start` begins; each that was started is to `leave` when it is done."""

    def __init__(self, start: Callable[[Item], None], *, at_once: int = AT_ONCE) -> None:
        self.start, self._at_once = start, at_once
        self._lock = threading.Lock()
        self._running: Counter[int] = Counter()
        self._lines: OrderedDict[int, deque[Item]] = OrderedDict()

    def enter(self, person: int, item: Item) -> None:
        """Start it, or let it wait behind what that person has in line; raises QueueFull."""
        with self._lock:
            line = self._lines.setdefault(person, deque())
            if len(line) >= WAITING_OF_ONE or sum(map(len, self._lines.values())) >= WAITING:
                self._forget_empty(person)
                raise QueueFull
            line.append(item)
        self._start_next()

    def leave(self, person: int) -> None:
        """Free the place of a user's request that is done."""
        with self._lock:
            self._running[person] -= 1
            if not self._running[person]:
                del self._running[person]
        self._start_next()

    def drop(self, person: int, item: Item) -> bool:
        """Take it out of the line; False when it has been started."""
        with self._lock:
            line = self._lines.get(person)
            if line is None or item not in line:
                return False
            line.remove(item)
            self._forget_empty(person)
            return True

    def _start_next(self) -> None:
        while (item := self._take()) is not None:
            self.start(item)

    def _take(self) -> Item | None:
        """Take the next request: of the user who had no turn for longest and is below the limit."""
        with self._lock:
            if self._running.total() >= self._at_once:
                return None
            for person, line in self._lines.items():
                if self._running[person] < AT_ONCE_OF_ONE:
                    item = line.popleft()
                    self._running[person] += 1
                    self._lines.move_to_end(person)
                    self._forget_empty(person)
                    return item
            return None

    def _forget_empty(self, person: int) -> None:
        if not self._lines.get(person):
            self._lines.pop(person, None)
