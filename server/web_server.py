"""The web server: waitress, with our limits of connections, for sockets that listen already."""

import logging
import math
import socket
import threading
import time
from functools import partial
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ThreadedTaskDispatcher

from common.ip_address import networks
from config import Config, ConfigError
from server.body_admission import Admissions
from server.connection import Channel
from server.connection_limits import ConnectionLimits
from server.request_parser import THROWN_AWAY
from server.request_queue import AT_ONCE, RequestQueue
from web import request_log
from web.body_quota import BodyQuota
from web.uploads import BodyRules, most_bytes

THREADS_WAIT_S = 5.0
TURN_S = 1.0
CONNECTIONS, CONNECTIONS_OF_ONE = 1000, 400  # of all web processes together
LEAST_THREADS, LEAST_CONNECTIONS = 8, 100  # of one
MOST_HEAD_BYTES = 1 << 16
BACKLOG = 1024

log = logging.getLogger("voiceverse.web_server")


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


class Dispatcher(ThreadedTaskDispatcher):
    """Hangs up on everybody before it waits for its threads at the end.

    Nothing is sent any more then: a thread that waits for a slow listener would wait for ever, and
    one that follows a growing file as long as the file grows.
    """

    def __init__(self, sockets: dict[int, Any], stopping: threading.Event) -> None:
        super().__init__()
        self._sockets = sockets
        self._stopping, self._resizing = stopping, threading.Lock()
        self.admissions: Admissions | None = None

    def add_task(self, task: Any) -> None:
        """Queue a request for a thread; those that take long wait for their turn first."""
        if not (isinstance(task, Channel) and task.gets_in_line()):
            self.start(task)

    def start(self, task: Any) -> None:
        """Hand a request to the next free thread."""
        super().add_task(task)

    def set_thread_count(self, count: int) -> None:
        """Start or end threads until there are so many; none is started any more at the end."""
        with self._resizing:
            if not (count and self._stopping.is_set()):
                super().set_thread_count(count)

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


class Server:
    """A server for sockets that listen already.

    It sets `stopping` when it ends, for answers that go on until they are told.
    """

    def __init__(
        self,
        app: Flask,
        config: Config,
        stopping: threading.Event,
        sockets: list[socket.socket],
    ) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._served: dict[int, Any] = {}
        self._dispatcher = Dispatcher(self._served, stopping)
        waitress.create_server(
            app,
            map=self._served,
            _dispatcher=self._dispatcher,
            sockets=sockets,
            connection_limit=_share(CONNECTIONS, config, LEAST_CONNECTIONS),
            backlog=BACKLOG,
            max_request_header_size=MOST_HEAD_BYTES,
            max_request_body_size=THROWN_AWAY
            + max(app.config["MAX_CONTENT_LENGTH"], most_bytes(config)),
            clear_untrusted_proxy_headers=False,  # the app itself drops or believes them
            ident=None,
        )
        self._limits = _connection_limits(app, config, self._dispatcher)
        for listener in self._listeners():
            listener.channel_class = partial(Channel, self._limits)
        self.port = sockets[0].getsockname()[1]
        threads = _share(config.threads, config, LEAST_THREADS)
        self._dispatcher.set_thread_count(threads)
        app.extensions["voiceverse"].live_listeners.resize = lambda taken: (
            self._dispatcher.set_thread_count(threads + taken)
        )

    def run(self) -> None:
        """Serve until `close` is called in another thread."""
        while self._served:
            self.turn()

    def turn(self) -> None:
        """Receive and send what can be, after a second at most."""
        wasyncore.loop(TURN_S, use_poll=True, map=self._served, count=1)

    def drain(self, within_s: float) -> None:
        """Take no more connections, and answer what those that are open have asked."""
        for listener in self._listeners():
            listener.accepting = False
        self._limits.is_draining = True
        end = time.monotonic() + within_s
        while self._connections() and time.monotonic() < end:
            self.turn()

    def close(self) -> None:
        """Hang up on everybody, and end the threads."""
        self._dispatcher.shutdown()
        for listener in self._listeners():
            listener.close()

    def _listeners(self) -> list[BaseWSGIServer]:
        return [each for each in self._served.values() if isinstance(each, BaseWSGIServer)]

    def _connections(self) -> list[HTTPChannel]:
        return [each for each in self._served.values() if isinstance(each, HTTPChannel)]


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
