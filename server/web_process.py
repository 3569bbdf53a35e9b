"""A web process: one of those that listen on the same sockets and serve the same app."""

import logging
import math
import os
import signal
import socket
import tempfile
import threading
from functools import partial
from typing import Any, NoReturn

import waitress
from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, MultiSocketServer
from waitress.task import ThreadedTaskDispatcher

from common import logs
from common.cores import keep_to_core
from common.ip_address import networks
from config import Config, ConfigError
from server.body_admission import Admissions
from server.connection_limits import Channel, ConnectionLimits
from server.request_parser import THROWN_AWAY
from server.request_queue import AT_ONCE, RequestQueue
from web import request_log
from web.body_quota import BodyQuota
from web.services import Services
from web.uploads import BodyRules, most_bytes

THREADS_WAIT_S = 5.0
CONNECTIONS, CONNECTIONS_OF_ONE = 1000, 400  # of all web processes together
LEAST_THREADS, LEAST_CONNECTIONS = 8, 100  # of one
MOST_HEAD_BYTES = 1 << 16
BACKLOG = 1024

log = logging.getLogger("voiceverse.web_process")


def listen(config: Config) -> list[socket.socket]:
    """Sockets that listen where the settings say; raises ConfigError when that cannot be."""
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, where in Adjustments(host=config.host, port=config.port).listen:
            sockets.append(socket.socket(family, kind, protocol))
            sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sockets[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sockets[-1].bind(where)
            sockets[-1].listen(BACKLOG)
    except (OSError, ValueError) as error:
        for each in sockets:
            each.close()
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"VoiceVerse cannot listen on {config.host}:{config.port} ({why}). "
            "Stop what uses it, or set VOICEVERSE_PORT to another number."
        ) from error
    return sockets


def serve(
    app: Flask, config: Config, sockets: list[socket.socket], number: int, parted: int
) -> None:
    """Serve in this process, the `number`th of those that share the sockets, until SIGTERM.

    It ends as well once something can be read from `parted`.
    """
    signal.signal(signal.SIGTERM, _exit)
    services: Services = app.extensions["voiceverse"]
    logs.write_requests_later()
    services.lock.process = number
    services.db.begin_anew()
    keep_to_core(number, config.web_process_count)
    tempfile.tempdir = str(config.imports_dir)  # large requests are put down there, too
    threading.Thread(target=_end_with, args=(parted,), name="parted", daemon=True).start()
    server = make_server(app, config, services.stopping, sockets)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
        server.run()
    except SystemExit:  # it came before the server ran
        pass
    finally:
        server.close()
        services.db.close()


def _exit(*_: object) -> NoReturn:
    raise SystemExit(0)


def _end_with(parted: int) -> None:
    os.read(parted, 1)
    os.kill(os.getpid(), signal.SIGTERM)


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

    def start_new_thread(self, target: Any, thread_no: int) -> None:
        """Start a thread; where the system gives none just now, those that are there go on."""
        try:
            super().start_new_thread(target, thread_no)
        except RuntimeError:
            if len(self.threads) == 1:
                raise
            log.exception("a thread for requests cannot be started")
            self.threads.discard(thread_no)
            self.active_count -= 1  # the caller counts one more

    def shutdown(self, cancel_pending: bool = True, timeout: float = THREADS_WAIT_S) -> bool:
        """End what is being sent, then the threads; false when some are still at work."""
        self._stopping.set()
        for each in list(self._sockets.values()):
            if isinstance(each, HTTPChannel):
                each.handle_close()
        if self.admissions is not None:
            self.admissions.close()
        return super().shutdown(cancel_pending, timeout)


def make_server(
    app: Flask, config: Config, stopping: threading.Event, sockets: list[socket.socket]
) -> BaseWSGIServer | MultiSocketServer:
    """A server for sockets that listen already.

    It sets `stopping` when it ends, for answers that go on until they are told.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    served: dict[int, Any] = {}
    dispatcher = Dispatcher(served, stopping)
    server: BaseWSGIServer | MultiSocketServer = waitress.create_server(
        app,
        map=served,
        _dispatcher=dispatcher,
        sockets=sockets,
        connection_limit=_share(CONNECTIONS, config, LEAST_CONNECTIONS),
        backlog=BACKLOG,
        max_request_header_size=MOST_HEAD_BYTES,
        max_request_body_size=THROWN_AWAY
        + max(app.config["MAX_CONTENT_LENGTH"], most_bytes(config)),
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,  # the app itself drops or believes them
        ident=None,
    )
    limits = _connection_limits(app, config, dispatcher)
    for each in list(served.values()):
        if isinstance(each, BaseWSGIServer):
            each.channel_class = partial(Channel, limits)
    threads = _share(config.threads, config, LEAST_THREADS)
    dispatcher.set_thread_count(threads)
    app.extensions["voiceverse"].live_listeners.resize = lambda taken: dispatcher.set_thread_count(
        threads + taken
    )
    return server


def _share(number: int, config: Config, least: int) -> int:
    """What one of the web processes gets of a number for all of them."""
    return max(least, math.ceil(number / config.web_process_count))


def _connection_limits(app: Flask, config: Config, dispatcher: Dispatcher) -> ConnectionLimits:
    """Build the limits of connections; bodies under way may fill a few of the largest forms."""
    services, largest = app.extensions["voiceverse"], most_bytes(config)
    quota = BodyQuota(
        services.counts,
        of_person=largest,
        of_address=2 * largest,
        in_all=4 * largest,
        check_space=partial(services.store.check_space, folder=config.imports_dir),
    )
    services.body_quota = quota
    dispatcher.admissions = Admissions(quota, services.accounts.person_of)
    return ConnectionLimits(
        BodyRules(app, config),
        connections=_share(CONNECTIONS, config, LEAST_CONNECTIONS),
        counts=services.counts,
        of_one=CONNECTIONS_OF_ONE,
        exempt=networks(config.trusted_proxies),
        admissions=dispatcher.admissions,
        report=request_log.reporter(app, config),
        queue=RequestQueue(dispatcher.start, at_once=_share(AT_ONCE, config, 1)),
    )
