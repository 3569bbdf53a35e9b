"""The part of the worker that reads imports which wait in line, in threads of their own."""

import json
import logging
import threading

from common.errors import Message
from queries.leases import IMPORTS, LEASE_S
from queries.rows import ImportRow
from services.backoff import States
from services.document_errors import ReadingStopped
from services.document_imports import DocumentImports
from services.lease_worker import LeaseWorker
from storage.errors import DatabaseError

READER_WAIT_S = 1.0  # then the worker looks whether it is to stop, and waits on
CRASHED = Message(
    "Importing this document was interrupted several times. Import it again, or use another copy."
)
log = logging.getLogger("voiceverse.import_worker")


class ImportWorker(LeaseWorker[ImportRow]):
    """Reads imports: those with pages to recognise in one thread, the others in both."""

    line, noun, stopped = IMPORTS, "import", ReadingStopped
    given_up = unexpected = CRASHED

    def __init__(self, imports: DocumentImports, name: str, stop: threading.Event, states: States):
        super().__init__(imports.db, name, stop, states)
        self.imports = imports

    def tidy(self, host: str) -> None:
        """Take over what a killed worker of this machine left in rows and on disk."""
        super().tidy(host)
        self.imports.reconcile()

    def run_next(self, *, has_time: bool) -> bool:
        """Read the next import once a reader may be started for it, which is no try of its own."""
        try:
            with self.imports.readers.hold(READER_WAIT_S) as is_free:
                return is_free and super().run_next(has_time=has_time)
        except DatabaseError as error:  # nothing was claimed: the file of a lock cannot be made
            log.error("no document can be read: %s", error.message)
            return False

    def _claim(self, now: float, *, has_time: bool) -> ImportRow | None:
        return self.db.claim_import(self.name, now=now, lease_s=LEASE_S, has_time=has_time)

    def _do(self, work: ImportRow) -> None:
        self.imports.read_waiting(work, self.name, is_stopping=self.stop.is_set)

    def _fail(self, work: ImportRow, reason: str) -> bool:
        is_failed = super()._fail(work, reason)
        if is_failed:  # it is imported again, not read again
            self.imports.waiting.drop(work["upload"])
        return is_failed

    def _reason(self, what: str, error: Exception) -> str:
        return sentence_json(super()._reason(what, error))


def sentence_json(message: str) -> str:
    """A sentence as JSON, which keeps what its translation needs."""
    if not isinstance(message, Message):
        message = Message(message.replace("{", "{{").replace("}", "}}"))
    return json.dumps({"text": message.template, "values": message.values}, ensure_ascii=False)
