"""The part of the worker that makes retakes, in the threads that speak."""

import threading

from queries.leases import LEASE_S, RETAKES
from queries.rows import ClaimedRetake
from services.backoff import States, verdict
from services.lease_worker import LeaseWorker
from services.retakes import Retakes
from services.synthesis import Stopped


class RetakeWorker(LeaseWorker[ClaimedRetake]):
    """Changes parts of finished files; all are short."""

    line, noun, stopped = RETAKES, "change", Stopped
    most_attempts = 10
    given_up = "The worker stopped at this re-recording again and again."

    def __init__(self, retakes: Retakes, name: str, stop: threading.Event, states: States):
        super().__init__(retakes.db, name, stop, states)
        self.retakes = retakes

    def _claim(self, now: float, *, has_time: bool) -> ClaimedRetake | None:
        return self.db.claim_retake(self.name, now=now, lease_s=LEASE_S)

    def _do(self, work: ClaimedRetake) -> None:
        self.retakes.run(work, self.name)

    def _reason(self, what: str, error: Exception) -> str:
        return verdict(error, super()._reason(what, error))
