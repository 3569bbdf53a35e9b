"""The part of the worker that reads imports which wait in line, in threads of their own."""

import json
import logging
import threading
import time

from common.errors import AppError, Message
from documents.errors import DocumentError
from queries.rows import ImportRow
from services.backoff import States, is_memory_short
from services.document_errors import DocumentRefused, ReadingStopped
from services.document_imports import LEASE_S, DocumentImports
from storage.errors import DatabaseError, LeaseLost

MOST_ATTEMPTS = 3
CRASHED = Message(
    "Reading this document was cut short again and again. Import it once more, or another copy."
)
log = logging.getLogger("voiceverse.import_worker")


class ImportWorker:
    """Reads imports in two threads, one of which takes no pages to recognise."""

    def __init__(self, imports: DocumentImports, name: str, stop: threading.Event, states: States):
        self.imports, self.db, self.name, self.stop = imports, imports.db, name, stop
        self.states = states
        self.wake = threading.Event()

    def start(self) -> list[threading.Thread]:
        """Begin to work until `stop` is set; returns the threads, to be joined."""
        threads = [
            threading.Thread(target=self._run, args=(has_time,), name=name, daemon=True)
            for name, has_time in (("imports", True), ("short imports", False))
        ]
        for thread in threads:
            thread.start()
        return threads

    def tidy(self, host: str) -> None:
        """Take over what a killed worker of this machine left behind."""
        self.db.release_imports(host)
        self.imports.reconcile()

    def run_pending(self, *, has_time: bool = True) -> int:
        """Read everything that waits, in this thread; returns how many."""
        count = 0
        while not self.stop.is_set() and (waiting := self._claim(has_time)):
            self._read(waiting)
            count += 1
        return count

    def _run(self, has_time: bool) -> None:
        while not self.stop.is_set():
            try:
                self.run_pending(has_time=has_time)
            except Exception:  # the top of a thread; it looks again
                log.exception("imports could not be looked after")
            self.wake.wait(1.0)
            self.wake.clear()

    def _claim(self, has_time: bool) -> ImportRow | None:
        try:
            return self.db.claim_import(
                self.name, now=time.time(), lease_s=LEASE_S, has_time=has_time
            )
        except DatabaseError as error:
            log.error("no import can be claimed: %s", error.message)
            self.states.notice.tell(error.waits_for)
            return None

    def extend_leases(self) -> None:
        """Keep what is being read: between two pages, or in a large book, much time may pass."""
        self.db.extend_imports(self.name, now=time.time(), lease_s=LEASE_S)

    def _read(self, waiting: ImportRow) -> None:
        what = f"import {waiting['id']}"
        try:
            if waiting["attempts"] > MOST_ATTEMPTS and not is_memory_short():
                raise DocumentRefused(CRASHED)
            self.imports.read_waiting(waiting, self.name, is_stopping=self.stop.is_set)
        except LeaseLost:
            log.info("%s is not wanted any more", what)
        except ReadingStopped:
            self.states.write(what, lambda: self.db.park_import(waiting["id"], self.name))
        except (DocumentError, DocumentRefused) as error:
            self._fail(waiting, error)
        except Exception as error:  # noqa: BLE001 (put off, or told to its owner and the log)
            if not self.states.put_off(what, error, waiting, self.name, self.db.wait_import):
                self._fail(waiting, error)

    def _fail(self, waiting: ImportRow, error: Exception) -> None:
        what = f"import {waiting['id']}"
        if isinstance(error, AppError):
            message = error.message
            log.info("%s failed: %s", what, message)
        else:
            message = CRASHED
            log.error("%s failed unexpectedly", what, exc_info=error)
        self.states.write(
            what, lambda: self.db.fail_import(waiting["id"], self.name, sentence_json(message))
        )


def sentence_json(message: str) -> str:
    """A sentence as JSON, which keeps what its translation needs."""
    if not isinstance(message, Message):
        message = Message(message.replace("{", "{{").replace("}", "}}"))
    return json.dumps({"text": message.template, "values": message.values}, ensure_ascii=False)
