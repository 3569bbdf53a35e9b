"""Outcomes of responses, as the server saw them: what was sent, and whether it was complete.

The app knows only what it meant to send. The server may answer by itself, fail at what the app gave
it, or lose who asked half way.
"""

import time
from typing import Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask, Task, WSGITask

from web.server_interface import ABORTED, BROKEN, NOTE, Outcome, Report

UNREADABLE = 431  # a head so large that nothing of it was read


class UnreadableAnswer(Exception):
    """The body of a response could not be read."""


class _Reporting(Task):
    """A task that tells its channel how it ended."""

    def service(self) -> None:
        """Send an answer, and tell how that went unless another one follows in its place."""
        try:
            super().service()
        except ClientDisconnected:
            self.channel.note_outcome(self, ABORTED)
            raise
        except BaseException:
            if self.wrote_header:
                self.channel.note_outcome(self, BROKEN)
            raise
        self.channel.note_outcome(self, BROKEN if self._is_short() else "")

    def _is_short(self) -> bool:
        """Whether less was sent than had been announced; files are sent by the channel, whole."""
        is_file = self.wrote_header and not self.content_bytes_written
        return (
            self.content_length not in (None, self.content_bytes_written)
            and self.has_body
            and self.request.command != "HEAD"
            and not is_file
        )


class AppTask(_Reporting, WSGITask):
    """Response of the app."""

    def get_environment(self) -> dict[str, Any]:
        """The request as the app gets it, with a place for its notes."""
        environ = super().get_environment()
        environ[NOTE] = self.channel.note
        return environ

    def execute(self) -> None:
        """Run the app; raises what it raises."""
        try:
            super().execute()
        except OSError as error:  # for which the server would hang up without a word
            raise UnreadableAnswer from error

    def set_close_on_finish(self) -> None:
        """End the connection after this answer, as waitress does where no length is said.

        An answer such as 304 has none to say: who asks again keeps the connection.
        """
        wants_close = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or wants_close or self.version == "1.0":
            super().set_close_on_finish()


class OwnTask(_Reporting, ErrorTask):
    """Response of the server itself, such as 400 for what is no HTTP."""


class ReportingChannel(HTTPChannel):
    """A connection that reports each answer when all of it was sent, or none of it can be."""

    task_class = AppTask
    error_task_class = OwnTask

    def __init__(self, report: Report, *args: Any, **kw: Any) -> None:
        self._report = report
        self._unsent: list[Outcome] = []
        self._task_begun_at = 0.0
        self.note: dict[str, Any] = {}
        super().__init__(*args, **kw)

    def service(self) -> None:
        """Answer the first request that waits."""
        self._asked = self.requests[0]
        came_at = getattr(self._asked, "came_at", None)
        self._task_begun_at, self.note = time.monotonic(), {"came_at": came_at}
        super().service()

    def note_outcome(self, task: Task, problem: str) -> None:
        """Report an answer, at once or when the rest of it has been sent."""
        status = int(task.status.split()[0]) if task.wrote_header else None
        ms = round((time.monotonic() - self._task_begun_at) * 1000, 1)
        outcome = Outcome(*_asked_for(self._asked), status, problem, ms, self.note)
        with self.outbuf_lock:
            if not problem and not self.connected:  # closed with what it still had to send
                outcome.problem = ABORTED
            elif not problem and self.total_outbufs_len:
                self._unsent.append(outcome)
                return
        self._report(outcome)

    def _flush_some(self, do_close: bool = True) -> bool:
        has_sent = super()._flush_some(do_close)
        if self._unsent and not self.total_outbufs_len:
            self._report_unsent("")
        return has_sent

    def handle_close(self) -> None:
        """The connection has ended; what still lies here is never sent."""
        super().handle_close()
        self._report_unsent(ABORTED)

    def _report_unsent(self, problem: str) -> None:
        with self.outbuf_lock:
            outcomes, self._unsent = self._unsent, []
        for outcome in outcomes:
            outcome.problem = problem
            self._report(outcome)


def _asked_for(request: HTTPRequestParser) -> tuple[str | None, str | None]:
    """The method and the path, as far as they were read."""
    method, path = getattr(request, "command", None), getattr(request, "path", None)
    if path is None or getattr(request.error, "code", 0) == UNREADABLE:
        return None, None
    return method, path.encode("latin-1", "replace").decode(errors="replace")
