"""Backoff: work waits for a cause to pass; when it is tried again, what pages say until then."""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from common import memory, transient_causes
from common.errors import Message
from exports.errors import ExportError
from queries.rows import Work
from speech.errors import EngineCrashed
from storage.errors import DatabaseError

WAITS_S = (1.0, 2.0, 4.0, 5.0)  # the last one again and again
RETRY_S, FAULT_RETRY_S = 1.0, 5.0
FRESH_S = 15.0
NOTICE_BYTES = 16
SHORT_BYTES = 64 * 1024 * 1024  # of memory: with less than that a process may be ended at any time

log = logging.getLogger("voiceverse.backoff")


class Wait(NamedTuple):
    """A wait: for which cause, for how long, and whether the try after it counts."""

    cause: transient_causes.Cause
    wait_s: float
    is_counted: bool


def plan(error: Exception, work: Work) -> Wait | None:
    """Plan the wait of a row of work that broke off and may have waited before.

    None where waiting would not help, or has not helped for too long.
    """
    cause, is_short, paid_tries = (
        transient_causes.of(error),
        is_memory_short(),
        transient_causes.tries(error),
    )
    is_crash = cause is None and isinstance(error, EngineCrashed | ExportError)
    if is_crash and is_short and paid_tries is None:
        cause = transient_causes.MEMORY
    if cause is None:
        return None
    waits = work["waits"] if work["waits_for"] == cause.code else 0
    most = transient_causes.KILLED.tries if cause is transient_causes.MEMORY else cause.tries
    if paid_tries is not None and waits >= paid_tries:
        return None
    if most and waits >= most and (is_crash or not is_short):  # it may be at fault itself
        return None
    if (
        is_short
        and paid_tries is None
        and cause in (transient_causes.MEMORY, transient_causes.KILLED)
    ):
        return Wait(cause, WAITS_S[-1], is_crash)
    return Wait(cause, WAITS_S[min(waits, len(WAITS_S) - 1)], True)


def verdict(error: Exception, sentence: str) -> str:
    """The message with which work fails that has waited too often; else the error's own."""
    if transient_causes.of(error) is not transient_causes.KILLED:
        return sentence
    tries = transient_causes.tries(error)
    return Message(
        "The system stopped the voice process {times} times at the same place, most "
        "likely because memory ran out. The audio generated so far is kept; free some "
        "memory, then try again.",
        times=transient_causes.KILLED.tries if tries is None else tries + 1,
    )


class Notice:
    """The notice of what keeps the worker from recording anything, read by the pages of its files.

    A file that is written in place: there may be no room for another, and no database to write to.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "worker_waits"
        self._told = ""

    def clear(self) -> None:
        """Take the notice down."""
        self.tell("")

    def tell(self, code: str) -> None:
        """Put up the code of a cause, anew each time, as it is believed for seconds alone."""
        if not code and code == self._told and self._path.exists():
            return
        self._told = code
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.pwrite(descriptor, code.ljust(NOTICE_BYTES).encode(), 0)
            finally:
                os.close(descriptor)

    def read(self) -> str:
        """The code that stands there; "" where none does, or the worker has fallen silent."""
        try:
            with self._path.open("rb") as file:
                is_fresh = abs(time.time() - os.fstat(file.fileno()).st_mtime) < FRESH_S
                code = file.read(NOTICE_BYTES).decode().strip() if is_fresh else ""
        except (OSError, UnicodeDecodeError):
            return ""
        return code if code in transient_causes.BY_CODE else ""


class States:
    """Writes how work ended, again and again while that is held up, until `stop` is set."""

    def __init__(self, notice: Notice, stop: threading.Event) -> None:
        self.notice, self._stop = notice, stop

    def write(self, what: str, change: Callable[[], object]) -> None:
        """Make a change of a state; `what` names it for the log."""
        while True:
            try:
                change()
            except (DatabaseError, MemoryError) as error:
                cause = transient_causes.of(error)
                log.error("the state of %s cannot be written: %s", what, error)
                self.notice.tell(cause.code if cause else "")
                if self._stop.wait(RETRY_S if cause else FAULT_RETRY_S):
                    return  # the next start takes it up again
            else:
                self.notice.clear()
                return

    def put_off(
        self,
        what: str,
        error: Exception,
        work: Work,
        worker: str,
        wait: Callable[..., object],
    ) -> bool:
        """Let a piece of work wait, if what it broke off with passes by itself."""
        planned = plan(error, work)
        if planned is None:
            return False
        code = planned.cause.code
        log.warning("%s waits (%s): %s", what, code, error)
        if planned.cause is transient_causes.DATABASE:
            self.notice.tell(code)

        def change() -> None:
            until = time.time() + planned.wait_s
            wait(work["id"], worker, code, until=until, is_counted=planned.is_counted)

        self.write(what, change)
        return True


def is_memory_short() -> bool:
    """Whether the machine, or the share of it that this program may use, is short of memory."""
    left = memory.left_bytes()
    return left is not None and left < SHORT_BYTES
