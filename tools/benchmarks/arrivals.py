"""Requests that are sent when they are due, however late the answers to earlier ones are.

One process carries hundreds of connections, and time counts from when a request was due: who waits
for a slow server is not left out, as they would be by clients that ask again after each answer.
"""

import selectors
import socket
import time
from collections.abc import Iterable
from typing import NamedTuple

from tools.benchmarks import load
from tools.benchmarks.browser import Address

PATIENCE_S = 30.0
NO_ANSWER = 0


class Arrival(NamedTuple):
    """A request, and when it is due, s after the start."""

    due_s: float
    kind: str
    sent: bytes


class Answer(NamedTuple):
    """How a request was answered, how long after it was due; status 0 where nothing came."""

    due_s: float
    kind: str
    taken_ms: float
    status: int

    @property
    def is_refused(self) -> bool:
        """Whether this is not what was asked for."""
        return not (200 <= self.status < 300 or self.status == 304)


def send_when_due(address: Address, arrivals: Iterable[Arrival], started_at: float) -> list[Answer]:
    """Send each request at its time after `started_at`, of time.monotonic; all answers."""
    with selectors.DefaultSelector() as selector:
        return _Sender(address, started_at, selector).send(sorted(arrivals))


class _Line:
    """A connection with one request at a time on it."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address, timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_used = False

    def ask(self, arrival: Arrival) -> None:
        """Send a request; raises OSError."""
        self.arrival, self.head, self.missing = arrival, bytearray(), -1
        self.socket.sendall(arrival.sent)

    def is_done(self) -> bool:
        """Take what has come; whether the answer is whole. Raises OSError, ValueError."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ValueError("the server hung up")
        if self.missing < 0:
            self.head += piece
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            size = load.body_bytes(self.head, end)
            if size is None:
                raise ValueError("an answer of unknown length")
            self.missing = size + end + 4 - len(self.head)
        else:
            self.missing -= len(piece)
        return self.missing <= 0

    @property
    def stays(self) -> bool:
        """Whether the server keeps the connection open."""
        return not load.CLOSE.search(self.head)


class _Sender:
    """Lines that are at work, and those that rest until the next request."""

    def __init__(
        self, address: Address, started_at: float, selector: selectors.BaseSelector
    ) -> None:
        self._address, self._started_at, self._selector = address, started_at, selector
        self._resting: list[_Line] = []
        self._answers: list[Answer] = []

    def send(self, arrivals: Iterable[Arrival]) -> list[Answer]:
        for arrival in arrivals:
            while (left_s := self._started_at + arrival.due_s - time.monotonic()) > 0:
                self._take(left_s)
            self._ask(self._resting.pop() if self._resting else None, arrival)
            self._take(0)
        deadline = time.monotonic() + PATIENCE_S
        while self._selector.get_map() and time.monotonic() < deadline:
            self._take(1)
        for key in list(self._selector.get_map().values()):
            self._end(key.data, NO_ANSWER, stays=False)
        for line in self._resting:
            line.socket.close()
        return self._answers

    def _ask(self, line: _Line | None, arrival: Arrival) -> None:
        try:
            line = line or _Line(self._address)
            line.ask(arrival)
        except OSError:
            self._note(arrival, NO_ANSWER)
            return
        self._selector.register(line.socket, selectors.EVENT_READ, line)

    def _take(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            line: _Line = key.data
            try:
                if line.is_done():
                    self._end(line, int(line.head[9:12]), stays=line.stays)
            except (OSError, ValueError):
                self._lose(line)

    def _lose(self, line: _Line) -> None:
        """A rest may be too long for a server: that is no refusal, so ask once more."""
        if line.is_used and not line.head:
            self._selector.unregister(line.socket)
            line.socket.close()
            self._ask(None, line.arrival)
        else:
            self._end(line, NO_ANSWER, stays=False)

    def _end(self, line: _Line, status: int, *, stays: bool) -> None:
        self._note(line.arrival, status)
        self._selector.unregister(line.socket)
        if stays:
            line.is_used = True
            self._resting.append(line)
        else:
            line.socket.close()

    def _note(self, arrival: Arrival, status: int) -> None:
        taken_s = time.monotonic() - self._started_at - arrival.due_s
        self._answers.append(Answer(arrival.due_s, arrival.kind, 1000 * taken_s, status))
