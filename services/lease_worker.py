"""The loop of a worker over one line of work: claim the next, do it, record how it ended."""

import logging
import threading
import time
from abc import ABC, abstractmethod
from functools import partial
from typing import ClassVar, Generic, TypeVar

from common.errors import AppError
from database import Database
from queries.leases import LEASE_S, Line
from queries.rows import Work
from services.backoff import States, is_memory_short
from storage.errors import DatabaseError

POLL_S = 1.0
UNEXPECTED = "Something unexpected went wrong. See the log."

Claimed = TypeVar("Claimed", bound=Work)

log = logging.getLogger("voiceverse.lease_worker")


class LeaseWorker(ABC, Generic[Claimed]):
    """Work of one line, as threads of the worker's process do it.

    `noun` names it in the log; `stopped` is what it raises where it is told to stop. After
    `most_attempts` that ended nowhere it fails with the sentence `given_up`.
    """

    line: ClassVar[Line]
    noun: ClassVar[str]
    stopped: ClassVar[type[Exception]]
    most_attempts: ClassVar[int] = 3
    given_up: ClassVar[str]
    unexpected: ClassVar[str] = UNEXPECTED

    def __init__(self, db: Database, name: str, stop: threading.Event, states: States):
        self.db, self.name, self.stop, self.states = db, name, stop, states
        self.wake = threading.Event()

    @abstractmethod
    def _claim(self, now: float, *, has_time: bool) -> Claimed | None:
        """Claim the next work in line, only what is short unless `has_time`."""

    @abstractmethod
    def _do(self, work: Claimed) -> None:
        """Do what was claimed and enter that it is done; raises whatever went wrong."""

    def start(self) -> list[threading.Thread]:
        """Work until `stop` is set; returns two threads to join, of which one keeps to the short.

        So nobody with little to do waits behind hours of work.
        """
        threads = [
            threading.Thread(target=self._run, args=(has_time,), name=name, daemon=True)
            for name, has_time in ((self.line.table, True), (f"short {self.line.table}", False))
        ]
        for thread in threads:
            thread.start()
        return threads

    def tidy(self, host: str) -> None:
        """Take over what a killed worker of this machine left behind."""
        self.db.release_work(self.line, host)

    def extend_leases(self) -> None:
        """Renew the leases of what is being done: much time may pass between two signs of it."""
        self.db.extend_work(self.line, self.name, now=time.time(), lease_s=LEASE_S)

    def run_pending(self, *, has_time: bool = True) -> int:
        """Do everything that waits, in this thread; returns how many."""
        count = 0
        while not self.stop.is_set() and self.run_next(has_time=has_time):
            count += 1
        return count

    def run_next(self, *, has_time: bool) -> bool:
        """Claim the next work and do it; returns whether there was any."""
        work = self.claim(has_time=has_time)
        if work:
            self.attempt(work)
        return work is not None

    def claim(self, *, has_time: bool = True) -> Claimed | None:
        """Claim the next work; None where there is none, or the database cannot be written."""
        try:
            work = self._claim(time.time(), has_time=has_time)
        except DatabaseError as error:
            log.error("no %s can be claimed: %s", self.noun, error.message)
            self.states.notice.tell(error.waits_for)
            return None
        if work:
            self.states.notice.clear()
        return work

    def attempt(self, work: Claimed) -> None:
        """Do what was claimed, or record that it rests, waits for a cause to pass, or failed."""
        what = f"{self.noun} {work['id']}"
        try:
            if work["attempts"] > self.most_attempts and not is_memory_short():
                raise AppError(self.given_up)
            self._do(work)
        except self.stopped:
            park = partial(self.db.park_work, self.line, work["id"], self.name)
            self.states.write(what, park)
        except Exception as error:  # noqa: BLE001 (put off, or told to its owner and the log)
            wait = partial(self.db.wait_work, self.line)
            if not self.states.put_off(what, error, work, self.name, wait):
                self.states.write(what, partial(self._fail, work, self._reason(what, error)))

    def _reason(self, what: str, error: Exception) -> str:
        """Why work failed, as its row keeps it."""
        return sentence_of(what, error, self.unexpected)

    def _fail(self, work: Claimed, reason: str) -> bool:
        """Mark work failed; False where it is not wanted any more, or another worker's now."""
        return self.db.fail_work(self.line, work["id"], self.name, reason)

    def _run(self, has_time: bool) -> None:
        while not self.stop.is_set():
            try:
                self.run_pending(has_time=has_time)
            except Exception:  # the top of a thread; it looks again
                log.exception("%s could not be looked after", self.line.table)
            self.wake.wait(POLL_S)
            self.wake.clear()


def sentence_of(what: str, error: Exception, unexpected: str = UNEXPECTED) -> str:
    """Why work failed, for its owner; a fault of our own is told to the log alone."""
    if isinstance(error, AppError):
        log.info("%s failed: %s", what, error.message)
        return error.message
    log.error("%s failed unexpectedly", what, exc_info=error)
    return unexpected
