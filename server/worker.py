"""The worker: a process of its own that claims files, speaks them, and survives being killed.

It reads its standard input: bytes are the hints of `server.hints`, the end of it means that the app
is gone. All else passes through the database, so workers need not share a machine.
"""

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial

from backups import create, leftovers, restore
from backups.errors import BackupError
from backups.nightly import Nightly
from backups.task_process import TaskStarter
from common import logs
from common.errors import Message
from config import (
    Config,
    ConfigError,
    prepare_data_dir,
    provider_environment,
    refuse_lost_database,
)
from database import Database
from queries.leases import LEASE_S
from queries.rows import Job
from server.health import WORKER
from server.hints import WARM, WORK
from server.housekeeping import Housekeeping
from services.backoff import Notice, States, is_memory_short, verdict
from services.document_imports import DocumentImports
from services.export_worker import ExportWorker
from services.import_worker import ImportWorker
from services.lease_worker import sentence_of
from services.providers import Providers
from services.purchase_client import PurchaseClient
from services.retake_worker import RetakeWorker
from services.studio import Studio
from services.synthesis import Parked, Stopped
from services.trusted_clock import TrustedClock
from speech.errors import SpeechError
from speech.registry import build_registry
from storage import snapshots
from storage.audio_store import AudioStore
from storage.errors import DatabaseError, LeaseLost
from storage.file_locks import FileLock

HEARTBEAT_S = 5.0
SIGN_S = 15.0  # between two signs of life
POLL_S = 1.0
MOST_ATTEMPTS = 10  # without a checkpoint in between
GRACE_S = 8.0
LAST_S = 1.0  # for the bin, where purchases took all of the grace: the database closes after it
NICENESS = 10  # pages and listeners come first, however much is being spoken

log = logging.getLogger("voiceverse.worker")


class Worker:
    """Speaks up to `config.jobs` files at once, a thread each."""

    def __init__(self, studio: Studio):
        self.studio, self.db, self.config = studio, studio.db, studio.config
        self.host = f"{socket.gethostname()}/"
        self.name = f"{self.host}{os.getpid()}-{secrets.token_hex(3)}"
        self.stop = threading.Event()
        self.wake = threading.Event()
        self.notice = Notice(self.config.data_dir)
        self.states = States(self.notice, self.stop)
        self.retaking = RetakeWorker(studio.retakes, self.name, self.stop, self.states)
        self.exporting = ExportWorker(studio.exports, self.name, self.stop, self.states)
        imports = DocumentImports(self.config, self.db, studio.store)
        self.importing = ImportWorker(imports, self.name, self.stop, self.states)
        self.nightly = Nightly(self.config)
        self.asked = TaskStarter(self.config)
        self._running = 0
        self._threads: list[threading.Thread] = []
        self._unstarted: list[Callable[[], None]] = []  # claimed, and no thread was to be had yet
        self._counting = threading.Lock()
        self._beaten_at = 0.0
        self._seen_at: float | None = None
        self.clock = TrustedClock(self.db)
        self.housekeeping = Housekeeping(studio, self.clock, self.stop)

    def run(self) -> None:
        """Work until `stop` is set, then park what is under way."""
        exporting = self.exporting.start()
        importing = self.importing.start()
        sound = threading.Thread(
            target=self.housekeeping.look_after_sound, name="sound", daemon=True
        )
        sound.start()
        while not self.stop.is_set():
            try:
                self._start_due_work()
            except Exception:  # no thread, process or memory is to be had just now
                log.exception("something could not be begun; it is tried again")
            self.wake.wait(POLL_S)
            self.wake.clear()
            self.exporting.wake.set()
            self.importing.wake.set()
        deadline = time.monotonic() + GRACE_S
        self.nightly.stop()
        self.asked.stop()
        for thread in [*self._threads, *exporting]:
            thread.join()
        for thread in (sound, *importing):  # what is being read is read anew after the next start
            thread.join(max(0.0, deadline - time.monotonic()))
        self._wait_for_purchases(deadline)
        self.housekeeping.join(max(deadline, time.monotonic() + LAST_S))

    def _start_due_work(self) -> None:
        """Start all that is due; raises RuntimeError where the system gives no thread for it."""
        self._beat()
        self.housekeeping.look()
        self.nightly.look()
        self.asked.look()
        self.studio.purchases.rest()
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._start_claimed()
        while self._running < self.config.jobs and (work := self._next()):
            self._count(+1)  # its lease is held from here on
            self._unstarted.append(work)
            self._start_claimed()

    def _start_claimed(self) -> None:
        while self._unstarted:
            work = self._unstarted[0]
            thread = threading.Thread(target=self._work_in_thread, args=(work,), name="speak")
            thread.start()
            self._unstarted.pop(0)
            self._threads.append(thread)

    def tidy(self) -> None:
        """Take over what a killed worker of this machine left in rows and on disk."""
        leftovers.sweep(self.config)
        self.states.write("what is left", self._release)
        for name in self.studio.reconcile():
            log.warning("no row knows the sound file %s; it was left alone", name)

    def _release(self) -> None:
        self.db.release_jobs(self.host)
        self.retaking.tidy(self.host)
        self.exporting.tidy(self.host)
        self.importing.tidy(self.host)

    def run_pending(self) -> int:
        """Do everything that waits, in this thread; returns how many files."""
        count = 0
        while not self.stop.is_set() and (work := self._next()):
            work()
            count += 1
        return count

    def _next(self) -> Callable[[], None] | None:
        """Claim the next work: changes to finished files are short and go first."""
        if retake := self.retaking.claim():
            return partial(self.retaking.attempt, retake)
        job = self._claim_job()
        return partial(self._speak, job) if job else None

    def _claim_job(self) -> Job | None:
        per_user = min(self.config.jobs_per_user, self.config.jobs)
        try:
            job = self.db.claim_job(self.name, now=time.time(), lease_s=LEASE_S, per_user=per_user)
        except DatabaseError as error:
            log.error("no work can be claimed: %s", error.message)
            self.notice.tell(error.waits_for)
            return None
        if job:
            self.notice.clear()
        return job

    def _work_in_thread(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            self._count(-1)
            self.wake.set()

    def _speak(self, job: Job) -> None:
        """Speak one file and record how it ended."""
        try:
            if job["attempts"] > MOST_ATTEMPTS and not is_memory_short():
                raise SpeechError(
                    Message(
                        "The worker stopped {times} times while generating this text. The "
                        "audio generated so far is kept; try again, or use another voice.",
                        times=MOST_ATTEMPTS,
                    )
                )
            self.studio.synthesis.speak(job, self.name, self.stop)
        except LeaseLost:
            log.info("file %s was deleted while it was being spoken", job["id"])
        except Parked:
            self.states.write(f"file {job['id']}", lambda: self.db.park_job(job["id"], self.name))
        except Stopped as stopped:
            self._end(job, stopped.status, "Cancelled." if stopped.status == "cancelled" else None)
        except Exception as error:  # noqa: BLE001 (put off, or told to its owner and the log)
            what = f"file {job['id']}"
            if not self.states.put_off(what, error, job, self.name, self.db.wait_job):
                needs_voice = getattr(error, "is_voice_gone", False)
                sentence = verdict(error, sentence_of(what, error))
                self._end(job, "failed", sentence, needs_voice=needs_voice)

    def _end(
        self, job: Job, status: str, sentence: str | None, *, needs_voice: bool = False
    ) -> None:
        log.info("file %s: %s (%s)", job["id"], status, sentence or "as asked")
        self.states.write(
            f"file {job['id']}",
            lambda: self.db.stop_job(
                job["id"], self.name, status=status, error=sentence, needs_voice=needs_voice
            ),
        )

    def _count(self, change: int) -> None:
        with self._counting:
            self._running += change

    def _beat(self) -> None:
        now = time.monotonic()
        if self._seen_at is None or now - self._seen_at >= SIGN_S:
            self._seen_at = now
            try:
                self.db.beat(WORKER, time.time())
                self.notice.clear()
                self.clock.look()
            except DatabaseError as error:
                log.error("no sign of life can be written: %s", error.message)
                self.notice.tell(error.waits_for)
        if now - self._beaten_at >= HEARTBEAT_S:
            self._beaten_at = now
            try:
                self.importing.extend_leases()
                if not self._running:
                    return
                self.db.extend_leases(self.name, now=time.time(), lease_s=LEASE_S)
                self.retaking.extend_leases()
                self.notice.clear()
            except DatabaseError as error:
                log.error("the heartbeat cannot be written: %s", error.message)

    def _wait_for_purchases(self, deadline: float) -> None:
        while self.studio.purchases.under_way and time.monotonic() < deadline:
            time.sleep(0.05)


def build_studio(config: Config, environ: Mapping[str, str] | None = None) -> Studio:
    """The services that the worker and the commands need, without any web.

    With an `environ`, speech is bought in a process of that environment.
    """
    restore.complete(config)
    prepare_data_dir(config)
    refuse_lost_database(config, is_empty=snapshots.is_empty(config.database_path))
    create.before_upgrade(config)
    store = AudioStore(config.audio_dir, min_free_mb=config.min_free_mb)
    db = Database(config.database_path)
    registry = build_registry(config, Providers(config, db))
    client = None
    if environ is not None:
        client = PurchaseClient(config.segments_dir, registry.engines, environ)
    return Studio(config, db, store, registry, client)


def warm(studio: Studio) -> None:
    """Get the engines ready that are asked first; what fails is told to who asks for speech."""
    for engine in studio.registry.needed_first():
        with suppress(SpeechError):
            studio.purchases.warm(engine)


@contextmanager
def only_worker(config: Config, wait_s: float = 10.0) -> Iterator[None]:
    """Hold the lock that one worker a data folder may hold; raises ConfigError."""
    lock = FileLock(config.data_dir / "worker.lock")
    if not lock.acquire(wait_s):
        raise ConfigError(
            f"Another worker already speaks for {config.data_dir}; one is enough. Stop it first."
        )
    try:
        yield
    finally:
        lock.release()


def _listen(worker: Worker) -> None:
    """Follow standard input: bytes are hints, the end stops."""
    while hints := os.read(sys.stdin.fileno(), 4096):
        if WORK in hints:
            worker.wake.set()
        if WARM in hints:
            warm(worker.studio)
    worker.stop.set()
    worker.wake.set()


def _stop_on_signals(worker: Worker) -> None:
    def stop(*_: object) -> None:
        worker.stop.set()
        worker.wake.set()

    signal.signal(signal.SIGTERM, stop)
    # Ctrl+C, and a terminal that is closed, reach the app, which stops us.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def main() -> int:
    """Run a worker until standard input ends."""
    try:
        config = Config.load()
        logs.configure(config.log_level)
        prepare_data_dir(config)
        os.nice(NICENESS)
        with only_worker(config):
            studio = build_studio(config, provider_environment())
            worker = Worker(studio)
            _stop_on_signals(worker)
            threading.Thread(target=_listen, args=(worker,), name="listen", daemon=True).start()
            worker.tidy()
            warm(studio)
            worker.run()
            studio.purchases.close()
            studio.registry.close()
            studio.db.close()
    except (ConfigError, DatabaseError, BackupError) as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
