"""The part of the worker that makes exports, in threads of their own."""

import logging
import threading
import time

from common.errors import AppError
from exports import runner
from exports.errors import ExportError, Stopped
from queries.rows import Export
from services.backoff import States, is_memory_short
from services.exports import LEASE_S, Exports
from storage.audio_errors import AudioError
from storage.errors import DatabaseError, LeaseLost

MOST_ATTEMPTS = 3
SHORT_S = 900.0  # what is shorter need not wait behind a book

log = logging.getLogger("voiceverse.export_worker")


class ExportWorker:
    """Makes downloads in threads of the worker's process: books in one, short ones in another."""

    def __init__(self, exports: Exports, name: str, stop: threading.Event, states: States):
        self.exports, self.db, self.name, self.stop = exports, exports.db, name, stop
        self.states = states
        self.wake = threading.Event()

    def start(self) -> list[threading.Thread]:
        """Begin to work until `stop` is set; returns the threads, to be joined."""
        threads = [
            threading.Thread(target=self._run, args=(longest_s,), name=name, daemon=True)
            for name, longest_s in (("exports", 1e9), ("short exports", SHORT_S))
        ]
        for thread in threads:
            thread.start()
        return threads

    def tidy(self, host: str) -> None:
        """Take over what a killed worker of this machine left behind."""
        self.db.release_exports(host)
        self.exports.reconcile()

    def run_pending(self, longest_s: float = 1e9) -> int:
        """Make everything that waits, in this thread; returns how many."""
        count = 0
        while not self.stop.is_set() and (export := self._claim(longest_s)):
            self._make(export)
            count += 1
        return count

    def _run(self, longest_s: float) -> None:
        while not self.stop.is_set():
            try:
                self.run_pending(longest_s)
            except Exception:  # the top of a thread; it looks again
                log.exception("downloads could not be looked after")
            self.wake.wait(1.0)
            self.wake.clear()

    def _claim(self, longest_s: float) -> Export | None:
        try:
            export = self.db.claim_export(
                self.name, now=time.time(), lease_s=LEASE_S, longest_s=longest_s
            )
        except DatabaseError as error:
            log.error("no download can be claimed: %s", error.message)
            self.states.notice.tell(error.waits_for)
            return None
        if export:
            self.states.notice.clear()
        return export

    def _make(self, export: Export) -> None:
        try:
            if export["attempts"] > MOST_ATTEMPTS and not is_memory_short():
                raise ExportError(runner.CRASHED)
            self.exports.make(export, self.name, self.stop)
        except LeaseLost:
            log.info("download %s is not wanted any more", export["id"])
        except Stopped:
            self.states.write(
                f"download {export['id']}", lambda: self.db.park_export(export["id"], self.name)
            )
        except (ExportError, AudioError, DatabaseError) as error:
            self._break_off(export, error, error.message)
        except Exception as error:  # noqa: BLE001 (put off, or told to its owner and the log)
            self._break_off(export, error, runner.CRASHED)

    def _break_off(self, export: Export, error: Exception, sentence: str) -> None:
        """Let a download wait where the cause passes by itself; else it fails."""
        what = f"download {export['id']}"
        if self.states.put_off(what, error, export, self.name, self.db.wait_export):
            return
        log.error(
            "%s failed: %s", what, error, exc_info=None if isinstance(error, AppError) else error
        )
        self.states.write(what, lambda: self.db.fail_export(export["id"], self.name, sentence))
