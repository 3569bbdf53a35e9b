"""What the server takes in: how much, how slowly, and from how many at once.

Whoever is slow, or sends what nobody asked for, must cost others nothing: bodies that are too large
are received and thrown away, or not received at all, and connections that do not come forward are
closed. Times are those of a clock that nobody can set.
"""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser

from outcomes import Report, ReportingChannel
from proxies import Network, address
from rates import neighbourhood

IDLE_S = 120.0
HEAD_S = 20.0
SLOWEST_BYTES_A_SECOND = 4096.0
CROWDED_SHARE = 0.8
CROWDED_IDLE_S = 5.0
THROWN_AWAY = 8 << 20  # more than so many bytes too many are not waited for
BodyLimit = Callable[[str, str, str], int]


class House:
    """Everybody who is connected, by where they come from."""

    def __init__(
        self,
        limit_of: BodyLimit,
        *,
        connections: int,
        of_one: int,
        exempt: tuple[Network, ...] = (),
        clock: Callable[[], float] = time.monotonic,
        report: Report = lambda outcome: None,
    ) -> None:
        self.limit_of, self.clock, self.report = limit_of, clock, report
        self._crowded = int(connections * CROWDED_SHARE)
        self._of_one, self._exempt = of_one, exempt
        self._inside: Counter[str] = Counter()

    def enter(self, where: str) -> bool:
        """Count a connection; whether there is room for one more from there."""
        self._inside[where] += 1
        return self._inside[where] <= self._of_one or self._is_exempt(where)

    def leave(self, where: str) -> None:
        """A connection has ended."""
        self._inside[where] -= 1
        if not self._inside[where]:
            del self._inside[where]

    @property
    def idle_s(self) -> float:
        """How long a connection may do nothing; much shorter when places become scarce."""
        return CROWDED_IDLE_S if self._inside.total() > self._crowded else IDLE_S

    def _is_exempt(self, where: str) -> bool:
        found = address(where)
        return found is not None and any(found in network for network in self._exempt)


class Bounded:
    """A buffer that keeps what comes until it is too much, and then nothing of it."""

    def __init__(self, buffer: OverflowableBuffer, limit: int, expected: int) -> None:
        self._buffer, self._limit = buffer, limit
        self._size = 0
        self._is_over = expected > limit

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes) -> None:
        """Take in a piece, or throw everything away when that is too much."""
        self._size += len(data)
        if not self._is_over and self._size > self._limit:
            self._is_over = True
            self._buffer.close()
            self._buffer = OverflowableBuffer(self._buffer.overflow)
        if not self._is_over:
            try:
                self._buffer.append(data)
            except OSError:  # the disk is full, which the app says with a sentence
                self._is_over = True

    def getfile(self) -> Any:
        """What is there to be read."""
        return self._buffer.getfile()

    def close(self) -> None:
        """Forget it."""
        self._buffer.close()


class Parser(HTTPRequestParser):
    """Reads requests, and of bodies no more than their route takes from who is asking.

    A body that was thrown away keeps its length, by which the app refuses it with a sentence.
    """

    def __init__(self, limit_of: BodyLimit, adj: Any) -> None:
        super().__init__(adj)
        self._limit_of = limit_of

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, and decide from it what becomes of the body."""
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        limit = self._limit_of(self.command, self.path, self.headers.get("COOKIE", ""))
        expected = self.content_length
        if expected > limit and (self.expect_continue or expected > limit + THROWN_AWAY):
            self.body_rcv.getbuf().close()
            self.body_rcv, self.expect_continue = None, False
            self.headers["CONNECTION"] = "close"
            # It is answered at once, so the server must not look at the length any more.
            self.content_length = 0
            return
        self.body_rcv.buf = Bounded(self.body_rcv.buf, limit, expected)


class Channel(ReportingChannel):
    """A connection that is closed when it does nothing, or comes forward too slowly."""

    def __init__(self, house: House, server: Any, sock: Any, addr: Any, *args: Any, **kw: Any):
        self._house, self._where = house, neighbourhood(addr[0])
        self._begun_at = self._active_at = house.clock()
        self._is_inside = False
        super().__init__(house.report, server, sock, addr, *args, **kw)
        self.parser_class = partial(Parser, house.limit_of)

    def add_channel(self, map: Any = None) -> None:
        """Count it where it comes from; one too many is closed before it says anything."""
        super().add_channel(map)
        self._is_inside = True
        if not self._house.enter(self._where):
            self.will_close = True

    def del_channel(self, map: Any = None) -> None:
        """It has ended."""
        super().del_channel(map)
        if self._is_inside:
            self._is_inside = False
            self._house.leave(self._where)

    def received(self, data: bytes) -> bool:
        """Take in a piece; the first one of a request starts its time."""
        if self.request is None:
            self._begun_at = self._house.clock()
        return super().received(data)

    def readable(self) -> bool:
        """Whether more is taken in; asked at least each second, so the place to look for delays."""
        if self._is_overdue():
            self.will_close = True
        return super().readable()

    @property
    def last_activity(self) -> float:
        """The server's own look-out for idle connections goes by a clock that may jump."""
        return time.time()

    @last_activity.setter
    def last_activity(self, _: float) -> None:
        self._active_at = self._house.clock()

    def _is_overdue(self) -> bool:
        if self.requests:
            return False
        now, request = self._house.clock(), self.request
        if request is None:
            return now - self._active_at > self._house.idle_s
        allowed_s = HEAD_S + request.body_bytes_received / SLOWEST_BYTES_A_SECOND
        return now - self._begun_at > allowed_s
