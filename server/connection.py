"""A connection: what it sends is taken in within limits, and it is closed when it stays behind.

A body that is too large is received and thrown away, or not received at all; a large one is
admitted first, and has to come quickly enough. Times are those of a clock that nobody can set.
"""

import logging
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from common.errors import AppError
from server.body_admission import Admission
from server.connection_limits import ConnectionLimits
from server.request_parser import Parser
from server.request_queue import LONGEST_WAIT_S, QueueFull, RequestQueue, WaitedTooLong
from server.response_outcomes import AppTask, ReportingChannel
from web.rate_limits import neighbourhood
from web.server_interface import REFUSAL

HEAD_S = 20.0
SLOWEST_BYTES_A_SECOND = 4096.0
# A large body may stop for a minute now and then, and by and large has to be faster than this.
SLOWEST_LARGE_BYTES_A_SECOND = 32768.0
LARGE_PAUSE_S = 60.0
LONGEST_BODY_S = 900.0  # and the largest faster yet: each has come after this and its pauses
LINGER_S = 20.0  # who was refused half way may go on sending for so long, to hear the answer
LOOK_S = 0.5  # how often those in line and those that are idle are looked at
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

log = logging.getLogger("voiceverse.connection")


class BodyTooSlow(AppError):
    """A large body comes too slowly to be waited for."""

    status = 408
    limit = "slow bodies"

    def __init__(self) -> None:
        super().__init__(
            "Your upload was too slow, so nothing was saved. Try again on a better connection."
        )


class Task(AppTask):
    """Task of the app for a request, which may have been refused before."""

    def get_environment(self) -> dict[str, Any]:
        """Environ of the request, with its refusal if there is one."""
        environ = super().get_environment()
        environ[REFUSAL] = self.request.refusal
        return environ


class Channel(ReportingChannel):
    """A connection that is closed when it does nothing, or comes forward too slowly."""

    task_class = Task
    # The server's own.
    request: Parser | None
    requests: list[Parser]

    def __init__(
        self, limits: ConnectionLimits, server: Any, sock: Any, addr: Any, *args: Any, **kw: Any
    ):
        self.limits, self._where = limits, neighbourhood(addr[0])
        self._begun_at = self._active_at = self._fed_at = limits.clock()
        self._left_s = LARGE_PAUSE_S  # how long a large body may stop from `_fed_at` on
        self._look_at = 0.0
        self._is_inside = self._closes_when_flushed = False
        self._lingers_from: float | None = None
        # Of a request in line: since when it waits, whose it is, and when it was looked at.
        self._queued_at: float | None = None
        self._person: int | None = None
        self._looked_at = 0.0
        super().__init__(limits.report, server, sock, addr, *args, **kw)
        self.parser_class = partial(Parser, self)

    def client(self, forwarded: str) -> str:
        """Key that the sender is counted under; `forwarded` is what proxies say of them."""
        return self.limits.client(self.addr[0], forwarded)

    def is_secure(self, head: dict[str, str]) -> bool:
        """Whether a request with this head came over https."""
        forwarded, schemes = head.get("X_FORWARDED_FOR", ""), head.get("X_FORWARDED_PROTO", "")
        return self.limits.is_secure(self.addr[0], forwarded, schemes)

    def wake(self) -> None:
        """Ask the server's loop to look at this connection soon; for other threads."""
        if self.connected:
            self.server.pull_trigger()

    def add_channel(self, map: Any = None) -> None:
        """Add the connection to the loop and count it; one too many is closed unheard."""
        super().add_channel(map)
        self._is_inside = True
        if not self.limits.enter(self._where):
            self.will_close = True

    def del_channel(self, map: Any = None) -> None:
        """Remove the connection from the loop, with a request that has not come whole."""
        super().del_channel(map)
        if self._is_inside:
            self._is_inside = False
            self.limits.leave(self._where)
        if self.request is not None:
            self.request.close()
            self.request = None

    # What comes

    def received(self, data: bytes) -> bool:
        """Receive a piece; the first one of a request starts its time."""
        if self._lingers_from is not None:
            return False
        now = self.limits.clock()
        if self.request is None:
            self._begun_at, self._left_s = now, LARGE_PAUSE_S
        else:
            bytes_in_all = max(self.request.content_length, self.request.body_bytes_received)
            slowest = max(SLOWEST_LARGE_BYTES_A_SECOND, bytes_in_all / LONGEST_BODY_S)
            earned_s = len(data) / slowest
            self._left_s = min(LARGE_PAUSE_S, self._left_s + earned_s - (now - self._fed_at))
        self._fed_at = now
        return super().received(data)

    def hang_up(self) -> None:
        """End the connection with what is being sent; any thread may, the server then closes it."""
        with suppress(OSError, AttributeError):  # it has none any more when it is closed
            self.socket.shutdown(socket.SHUT_RDWR)

    def readable(self) -> bool:
        """Whether more is taken in; asked at least each second, so the place to look for delays.

        Hundreds of idle connections are asked each time that one of them sends: not often.
        """
        now = self.limits.clock()
        if self.request or self._queued_at or self._lingers_from or now >= self._look_at:
            self._look_at = now + LOOK_S
            try:
                self._look_about()
            except Exception:  # what goes wrong with one connection ends no other
                log.exception("a connection is closed, for it could not be looked after")
                self.will_close = True
        return self._is_inside and super().readable() and not self._is_waiting()

    def writable(self) -> bool:
        """Whether something is to be sent or closed here; what has been closed is let alone."""
        return self._is_inside and super().writable()

    def send_continue(self) -> None:
        """Send "100 Continue" by the server's loop, as answers are sent.

        A client that has gone is found out there, not in the middle of what is being decided.
        """
        if self.request is None:
            return
        self.request.expect_continue = self.request.completed = False
        with self.outbuf_lock:
            self.outbufs[-1].append(CONTINUE)
            self.current_outbuf_count += len(CONTINUE)
            self.total_outbufs_len += len(CONTINUE)
            self.sent_continue = True

    def _look_about(self) -> None:
        """Do what has become due on this connection."""
        if self._queued_at is not None:
            self._look_after_queued()
        if self.request is not None and self.request.admission is not None:
            self._look_after_body(self.request, self.request.admission)
        if self._is_overdue():
            self._give_up()
        if self._lingers_from is not None:
            self._say_goodbye()

    def linger(self) -> None:
        """Throw away what is still to come, and close when the client has had time to read why."""
        self._lingers_from = self.limits.clock()

    @property
    def close_when_flushed(self) -> bool:
        """Whether the connection ends with the answer; one that lingers ends a little later.

        Closed while something comes, it would end for the client before the answer is read.
        """
        return self._closes_when_flushed

    @close_when_flushed.setter
    def close_when_flushed(self, value: bool) -> None:
        self._closes_when_flushed = value and self._lingers_from is None

    @property
    def last_activity(self) -> float:
        """Time of the last activity for waitress, always now: its clock may jump, ours decides."""
        return time.time()

    @last_activity.setter
    def last_activity(self, _: float) -> None:
        self._active_at = self.limits.clock()

    def _is_waiting(self) -> bool:
        return (
            self.request is not None
            and self.request.admission is not None
            and self.request.admission.is_waiting
        )

    def _look_after_body(self, request: Parser, admission: Admission) -> None:
        """Go on receiving a large body or refuse it, as was decided meanwhile."""
        if admission.error is not None:
            self._refuse(request, admission.error)
        elif admission.is_waiting:
            self._fed_at = self.limits.clock()
        elif request.is_let_in():
            with self.requests_lock:
                if self.requests:  # the answers before come first
                    request.expect_continue = True
                else:
                    self.send_continue()

    def _refuse(self, request: Parser, error: AppError) -> None:
        """Answer a request that has not come whole, and take in no more of it."""
        with self.requests_lock:
            self.request, self.sent_continue = None, False
            request.refuse(error)
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)

    def _is_overdue(self) -> bool:
        if self.requests:
            return False
        now, request = self.limits.clock(), self.request
        if self._lingers_from is not None:
            return now - self._lingers_from > LINGER_S
        if request is None:
            return now - self._active_at > self.limits.idle_s
        if request.is_large:
            return now - self._fed_at > self._left_s
        allowed_s = HEAD_S + request.body_bytes_received / SLOWEST_BYTES_A_SECOND
        return now - self._begun_at > allowed_s

    def _give_up(self) -> None:
        if self._lingers_from is None and self.request is not None and self.request.is_large:
            self._refuse(self.request, BodyTooSlow())
        else:
            self.will_close = True

    def _say_goodbye(self) -> None:
        """Once the answer is sent, tell the client that nothing follows it."""
        if not self.requests and not self.total_outbufs_len:
            with suppress(OSError):  # it has gone
                self.socket.shutdown(socket.SHUT_WR)

    # Its turn

    def gets_in_line(self) -> bool:
        """Queue the next request if it is of those that take long; returns whether it was."""
        rule, admissions = self.requests[0].rule, self.limits.admissions
        if not (rule.is_queued and rule.token and self.limits.queue and admissions):
            return False
        if self.requests[0].refusal is not None:
            return False
        self._queued_at = self._looked_at = self.limits.clock()
        admissions.ask_person(rule.token, self._enter_line)
        return True

    @property
    def _line(self) -> "RequestQueue[Channel]":
        """The line that a request of this connection waits in."""
        if self.limits.queue is None:
            raise ValueError("no requests wait in line here")
        return self.limits.queue

    def service(self) -> None:
        """Answer the next request; if it came from the queue, its place is free afterwards."""
        person, self._person, self._queued_at = self._person, None, None
        if self.limits.is_draining:
            self.requests[0].headers["CONNECTION"] = "close"
        if person is not None and self._has_gone():
            self.connected = False  # nobody waits for the answer any more
        try:
            super().service()
        finally:
            if person is not None:
                self._line.leave(person)

    def _enter_line(self, person: int | AppError | None) -> None:
        if not isinstance(person, int):
            self._start_with(person)  # without a session, the app asks to log in
            return
        try:
            self._person = person
            self._line.enter(person, self)
        except QueueFull as full:
            self._person = None
            self._start_with(full)

    def _start_with(self, error: AppError | None) -> None:
        self.requests[0].refusal = error
        self._line.start(self)

    def _look_after_queued(self) -> None:
        """Take a request out of the line that waited too long, or whose client has gone."""
        # It may be its turn at any time, in another thread.
        now, person, queued_at = self.limits.clock(), self._person, self._queued_at
        if person is None or queued_at is None or now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        has_gone, is_late = self._has_gone(), now - queued_at > LONGEST_WAIT_S
        if not (has_gone or is_late) or not self._line.drop(person, self):
            return
        self._person = self._queued_at = None
        if is_late:
            self._start_with(WaitedTooLong())
        else:
            with self.requests_lock:
                for request in self.requests:
                    request.close()
                self.requests = []
            self.handle_close()

    def _has_gone(self) -> bool:
        if self.socket is None:
            return True
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
