"""Parsing of requests whose bodies are bounded: as much is taken in as their route allows."""

import time
from typing import Any, Protocol

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser

from common.errors import AppError
from server.body_admission import Admission, Admissions
from web.server_interface import Rule, RuleOf

LARGE_BYTES = 1 << 16  # a larger body is admitted before it is taken in
THROWN_AWAY = 8 << 20  # more than so many bytes too many are not waited for


class Limits(Protocol):
    """Limits that hold for every connection of the server."""

    rule_of: RuleOf
    admissions: Admissions | None


class Connection(Protocol):
    """The connection that a request is read from."""

    limits: Limits

    def client(self, forwarded: str) -> str:
        """The key that the sender is counted under."""

    def is_secure(self, head: dict[str, str]) -> bool:
        """Whether a request with this head came over https."""

    def wake(self) -> None:
        """Ask the server's loop to look at the connection soon."""

    def linger(self) -> None:
        """Throw away what is still to come, then close."""


class BoundedBuffer:
    """Buffer of a body up to a limit; beyond it everything is dropped."""

    def __init__(self, buffer: OverflowableBuffer, limit: int, expected: int) -> None:
        self._buffer, self._limit = buffer, limit
        self._size = 0
        self._is_over = expected > limit

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes) -> None:
        """Append a piece, or drop everything when that is too much."""
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
        """Open what was received, for reading."""
        return self._buffer.getfile()

    def close(self) -> None:
        """Drop the content."""
        self._buffer.close()


class Parser(HTTPRequestParser):
    """Reads requests, and of bodies no more than their route takes from who is asking.

    A body that was thrown away keeps its length, by which the app refuses it with a sentence. One
    that was refused on its way carries the refusal, which the app tells.
    """

    admission: Admission | None = None
    refusal: AppError | None = None
    is_cut = False  # what is still to come of the body is not looked at
    is_large = False
    came_at: float | None = None  # when it had come whole, of time.monotonic
    rule = Rule(0)
    # The server's own.
    body_rcv: Any
    completed: bool
    content_length: int
    expect_continue: bool
    _is_continue_owed = False

    def __init__(self, channel: Connection, adj: Any) -> None:
        super().__init__(adj)
        self._channel = channel

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the head, and decide from it what becomes of the body."""
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        cookies, rule_of = self.headers.get("COOKIE", ""), self._channel.limits.rule_of
        self.rule = rule_of(self.command, self.path, cookies, self._channel.is_secure(self.headers))
        limit, expected = self.rule.limit, self.content_length
        if expected > limit and (self.expect_continue or expected > limit + THROWN_AWAY):
            self._cut()
            return
        self.body_rcv.buf = BoundedBuffer(self.body_rcv.buf, limit, expected)
        if expected > LARGE_BYTES:
            self._expect_much()

    def received(self, data: bytes) -> int:
        """Receive a piece of the head or the body; returns how many bytes were consumed."""
        consumed = super().received(data)
        if self.chunked and not self.completed:
            if self.body_bytes_received > self.rule.limit + THROWN_AWAY:
                self.headers["CONTENT_LENGTH"] = str(self.body_bytes_received)
                self._cut()
                self.completed = True
            elif self.body_bytes_received > LARGE_BYTES and not self.is_large:
                self._expect_much()
        if self.admission is not None:
            self.admission.note(self.body_bytes_received)
            self.admission.is_received = self.completed
        if self.completed and self.came_at is None:
            self.came_at = time.monotonic()
        return consumed

    def refuse(self, error: AppError) -> None:
        """Refuse the request: no more of its body is received, and what came of it is dropped."""
        self._cut()
        self.refusal, self.completed = error, True

    def is_let_in(self) -> bool:
        """Whether the body has been admitted and its client is still to be told so; asked once."""
        is_owed, self._is_continue_owed = self._is_continue_owed, False
        return is_owed

    def close(self) -> None:
        """Close the request and end its admission."""
        super().close()
        if self.admission is not None:
            self.admission.end()

    def _expect_much(self) -> None:
        self.is_large = True
        admissions = self._channel.limits.admissions
        if admissions is None or self.content_length > self.rule.limit or not self.rule.token:
            return  # it is thrown away, or came without a session and is too much soon
        # Who waits to be told to go on is told when it is admitted.
        self._is_continue_owed, self.expect_continue = self.expect_continue, False
        self.admission = Admission(
            self.rule.token,
            self._channel.client(self.headers.get("X_FORWARDED_FOR", "")),
            self.content_length,
            self.rule.copies,
            self._channel.wake,
        )
        admissions.ask(self.admission)

    def _cut(self) -> None:
        self.close()
        self._channel.linger()
        self.body_rcv, self.expect_continue, self.is_cut = None, False, True
        self.headers["CONNECTION"] = "close"
        # It is answered at once, so the server must not look at the length any more.
        self.content_length = 0
