"""The part of the worker that makes exports, in threads of their own."""

import threading

from exports import runner
from exports.errors import Stopped
from queries.leases import EXPORTS, LEASE_S
from queries.rows import Export
from services.backoff import States
from services.exports import Exports
from services.lease_worker import LeaseWorker

SHORT_S = 900.0  # what is shorter need not wait behind a book
ANY_S = 1e9


class ExportWorker(LeaseWorker[Export]):
    """Makes downloads: books in one thread, short ones in another."""

    line, noun, stopped = EXPORTS, "download", Stopped
    given_up = unexpected = runner.CRASHED

    def __init__(self, exports: Exports, name: str, stop: threading.Event, states: States):
        super().__init__(exports.db, name, stop, states)
        self.exports = exports

    def tidy(self, host: str) -> None:
        """Take over what a killed worker of this machine left in rows and on disk."""
        super().tidy(host)
        self.exports.reconcile()

    def _claim(self, now: float, *, has_time: bool) -> Export | None:
        longest_s = ANY_S if has_time else SHORT_S
        return self.db.claim_export(self.name, now=now, lease_s=LEASE_S, longest_s=longest_s)

    def _do(self, work: Export) -> None:
        self.exports.make(work, self.name, self.stop)
