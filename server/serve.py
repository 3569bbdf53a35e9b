"""Serving: the web server in this process, the worker in one of its own, one app a data folder."""

import contextlib
import logging
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import IO, Any, NoReturn

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ThreadedTaskDispatcher

from backups.errors import BackupError
from common import logs
from common.ip_address import networks
from common.pipes import stdin_of
from config import Config, ConfigError, prepare_data_dir, program_command
from server.body_admission import Admissions
from server.connection_limits import Channel, ConnectionLimits
from server.hints import WARM, WORK
from server.request_parser import THROWN_AWAY
from server.request_queue import AT_ONCE, RequestQueue
from storage.errors import DatabaseError
from storage.file_locks import FileLock
from web import request_log
from web.body_quota import BodyQuota
from web.services import Services
from web.uploads import BodyRules, most_bytes

SHORT_LIFE_S = 5.0
LONGEST_PAUSE_S = 5.0
# Everything ends within ten seconds: the worker from when it is asked, the threads meanwhile.
STOP_WAIT_S = 9.0
THREADS_WAIT_S = 5.0
CONNECTIONS, CONNECTIONS_OF_ONE = 1000, 400
MOST_HEAD_BYTES = 1 << 16

log = logging.getLogger("voiceverse.serve")


class WorkerProcess:
    """Keeps a worker running and tells it about new work through its standard input."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes]
        self._input: IO[bytes]
        self._stopping = threading.Event()
        self._stop_by = 0.0
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Start the worker, and the thread that keeps it running."""
        self._start_process()
        self._keeper.start()

    def wake(self) -> None:
        """Hint that there is work; a worker that is just starting finds it anyway."""
        self._hint(WORK)

    def warm_voice(self) -> None:
        """Hint that there will be work soon: the voice may have been let go meanwhile."""
        self._hint(WARM)

    def _hint(self, hint: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._input.write(hint)

    def ask_to_stop(self) -> None:
        """Ask the worker to park what it is speaking; its time begins now."""
        if not self._stopping.is_set():
            self._stop_by = time.monotonic() + STOP_WAIT_S
            self._stopping.set()
        with contextlib.suppress(OSError):
            self._input.close()

    def stop(self) -> None:
        """End the worker; one that takes too long is killed, and its work taken up later."""
        self.ask_to_stop()
        try:
            self._process.wait(max(0.1, self._stop_by - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _start_process(self) -> None:
        # Ctrl+C in a terminal is for us alone, from the worker's first instant on: what is blocked
        # here is inherited.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process = subprocess.Popen(
                program_command("server.worker"), stdin=subprocess.PIPE, bufsize=0
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        self._input = stdin_of(self._process)

    def _keep(self) -> None:
        pause_s = 0.1
        while True:
            started = time.monotonic()
            code = self._process.wait()
            if self._stopping.is_set():
                return
            log.warning("the worker ended with code %s; starting another one", code)
            lived_s = time.monotonic() - started
            pause_s = 0.1 if lived_s > SHORT_LIFE_S else min(pause_s * 2, LONGEST_PAUSE_S)
            if self._stopping.wait(pause_s):
                return
            try:
                self._start_process()
            except OSError as error:  # too little memory, or too many processes, at the moment
                log.error("no worker can be started now, which is tried again: %s", error)


class Dispatcher(ThreadedTaskDispatcher):
    """Hangs up on everybody before it waits for its threads at the end.

    Nothing is sent any more then: a thread that waits for a slow listener would wait for ever, and
    one that follows a growing file as long as the file grows.
    """

    def __init__(self, sockets: dict[int, Any], stopping: threading.Event) -> None:
        super().__init__()
        self._sockets = sockets
        self._stopping = stopping
        self.admissions: Admissions | None = None

    def add_task(self, task: Any) -> None:
        """Queue a request for a thread; those that take long wait for their turn first."""
        if not (isinstance(task, Channel) and task.gets_in_line()):
            self.start(task)

    def start(self, task: Any) -> None:
        """Hand a request to the next free thread."""
        super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = THREADS_WAIT_S) -> bool:
        """End what is being sent, then the threads; false when some are still at work."""
        self._stopping.set()
        for socket in list(self._sockets.values()):
            if isinstance(socket, HTTPChannel):
                socket.handle_close()
        if self.admissions is not None:
            self.admissions.close()
        return super().shutdown(cancel_pending, timeout)


def make_server(app: Flask, config: Config, stopping: threading.Event) -> BaseWSGIServer:
    """A server that listens already; raises ConfigError when it cannot.

    It sets `stopping` when it ends, for answers that go on until they are told.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    sockets: dict[int, Any] = {}
    dispatcher = Dispatcher(sockets, stopping)
    try:
        server = waitress.create_server(
            app,
            map=sockets,
            _dispatcher=dispatcher,
            host=config.host,
            port=config.port,
            connection_limit=CONNECTIONS,
            backlog=1024,
            max_request_header_size=MOST_HEAD_BYTES,
            max_request_body_size=THROWN_AWAY
            + max(app.config["MAX_CONTENT_LENGTH"], most_bytes(config)),
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=False,  # the app itself drops or believes them
            ident=None,
        )
    except OSError as error:
        raise ConfigError(
            f"VoiceVerse cannot listen on {config.host}:{config.port} ({error.strerror}). "
            "Stop what uses it, or set VOICEVERSE_PORT to another number."
        ) from error
    limits = _connection_limits(app, config, dispatcher)
    for socket in list(sockets.values()):
        if isinstance(socket, BaseWSGIServer):
            socket.channel_class = partial(Channel, limits)
    dispatcher.set_thread_count(config.threads)
    return server


def _connection_limits(app: Flask, config: Config, dispatcher: Dispatcher) -> ConnectionLimits:
    """Build the limits of connections; bodies under way may fill a few of the largest forms."""
    services, largest = app.extensions["voiceverse"], most_bytes(config)
    quota = BodyQuota(
        of_person=largest,
        of_address=2 * largest,
        in_all=4 * largest,
        check_space=partial(services.store.check_space, folder=config.imports_dir),
    )
    services.body_quota = quota
    dispatcher.admissions = Admissions(quota, services.accounts.person_of)
    spare_threads = config.threads - config.live_listeners
    return ConnectionLimits(
        BodyRules(app, config),
        connections=CONNECTIONS,
        of_one=CONNECTIONS_OF_ONE,
        exempt=networks(config.trusted_proxies),
        admissions=dispatcher.admissions,
        report=request_log.reporter(app, config),
        queue=RequestQueue(dispatcher.start, at_once=max(1, min(AT_ONCE, spare_threads // 2))),
    )


def run(create_app: Callable[[Config], Flask], config: Config) -> None:
    """Serve the app that the factory makes until a signal ends it."""
    prepare_data_dir(config)
    lock = FileLock(config.data_dir / "app.lock")
    if not lock.acquire(2.0):
        raise ConfigError(f"VoiceVerse already runs on {config.data_dir}. Stop it first.")
    app = create_app(config)
    services = app.extensions["voiceverse"]
    server = make_server(app, config, services.stopping)
    worker = WorkerProcess()
    services.wake_worker, services.warm_voice = worker.wake, worker.warm_voice
    services.documents.imports.sweep()
    services.reserve.look()
    tempfile.tempdir = str(config.imports_dir)  # large requests are put down there, too
    worker.start()
    try:
        _announce(config, services, server.effective_port)
        signal.signal(signal.SIGTERM, partial(_exit, worker))
        server.run()
    finally:
        server.close()
        worker.stop()
        services.db.close()
        lock.release()


def _announce(config: Config, services: Services, port: int) -> None:
    host = "localhost" if config.host in ("0.0.0.0", "::", "") else config.host  # noqa: S104
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    link = services.accounts.ensure_setup_link(address)
    for name in config.unrecognised:
        print(f"{name} is not a setting of VoiceVerse; see .env.example.", file=sys.stderr)
    print(f"VoiceVerse is at {address}", flush=True)
    if link:  # last, so that it stays in sight
        print("Create the first account, an admin's, with this link. It works once, and is kept in")
        print(f"{config.setup_link_path}.", link, sep="\n", flush=True)


def _exit(worker: WorkerProcess, *_: object) -> NoReturn:
    worker.ask_to_stop()
    raise SystemExit(0)


def main(create_app: Callable[[Config], Flask]) -> int:
    """Read the settings and serve; 1 and one sentence when that cannot be."""
    try:
        config = Config.load()
        logs.configure(config.log_level, request_log.request_id)
        if sys.stdout.isatty():
            print("Starting VoiceVerse. Press Ctrl+C to stop it.", flush=True)
        run(create_app, config)
    except (ConfigError, DatabaseError, BackupError) as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0
