"""Health checks: the database can be written, the worker is at work, the disk has space."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from common import transient_causes
from common.errors import Message
from config import Config
from database import Database
from queries.rows import JobCounts
from storage.errors import DatabaseError

APP, WORKER = "app", "worker"
SILENCE_S = 60.0  # after which a worker is missed
KEPT_S = 2.0  # strangers may ask, and each look writes


@dataclass(frozen=True, slots=True)
class State:
    """Health; `problems` is empty when all is well, `jobs` is None when it cannot be read."""

    problems: tuple[str, ...]
    jobs: JobCounts | None


class Health:
    """Checks health, at most every two seconds."""

    def __init__(self, config: Config, db: Database, started_at: float | None = None):
        self._config, self._db = config, db
        self._started_at = time.time() if started_at is None else started_at
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        self._state = State((), None)

    def look(self) -> State:
        """Check and return the present state; never raises."""
        with self._lock:
            now = time.monotonic()
            if self._looked_at is None or now - self._looked_at >= KEPT_S:
                self._state = self._look(time.time())
                self._looked_at = time.monotonic()
            return self._state

    def _look(self, now: float) -> State:
        try:
            self._db.beat(APP, now)
            jobs = self._db.get_job_counts()
            problems = [*self._worker(now), *self._disk()]
        except DatabaseError as error:
            return State((error.message, *self._disk()), None)
        return State(tuple(problems), jobs)

    def _worker(self, now: float) -> Iterator[str]:
        seen_at = self._db.get_heartbeat(WORKER) or 0.0
        # A worker that has just been started, or a clock that was just set, gets its time.
        silence_s = min(abs(now - seen_at), abs(now - self._started_at))
        if silence_s > SILENCE_S:
            yield Message(
                "The worker has been silent for {seconds} seconds, so nothing is being generated.",
                seconds=int(silence_s),
            )

    def _disk(self) -> Iterator[str]:
        try:
            free, files = transient_causes.room(self._config.data_dir)
        except OSError:
            yield "The data folder cannot be read."
            return
        if files is not None and files < transient_causes.FEW_FILES:
            yield Message(
                "The disk can hardly take more files ({count} inodes free), so new jobs "
                "are refused.",
                count=files,
            )
        if free < self._config.min_free_mb * 1024 * 1024:
            yield Message(
                "The disk is nearly full ({megabytes} MB free), so new jobs are refused.",
                megabytes=free // 1_000_000,
            )
