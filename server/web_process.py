"""A web process: one of those that listen on the same sockets and serve the same app."""

import os
import signal
import socket
import tempfile
import threading
from typing import NoReturn

from flask import Flask

from common import logs
from common.cores import keep_to_core
from config import Config
from server.web_server import Server
from web.services import Services

DRAIN_S = 30.0


class WebProcess:
    """Serves in this process, the `number`th of those that share the sockets.

    SIGTERM ends it at once; SIGHUP when what has been asked is answered. It ends as well once
    something can be read from `parted`.
    """

    def __init__(self, app: Flask, config: Config, sockets: list[socket.socket], number: int):
        signal.signal(signal.SIGTERM, _exit)
        signal.signal(signal.SIGHUP, self._drain)
        self._services: Services = app.extensions["voiceverse"]
        self._services.lock.process = number
        self._services.db.begin_anew()
        self._is_draining = False
        logs.write_requests_later()
        keep_to_core(number, config.web_process_count)
        tempfile.tempdir = str(config.imports_dir)  # large requests are put down there, too
        self._server = Server(app, config, self._services.stopping, sockets)

    def run(self, parted: int) -> None:
        """Serve until it is told to stop."""
        threading.Thread(target=self._end_with, args=(parted,), name="parted", daemon=True).start()
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, set())
            while not self._is_draining:
                self._server.turn()
            self._server.drain(DRAIN_S)
        except SystemExit:
            pass
        finally:
            self._server.close()
            self._services.db.close()

    def _drain(self, *_: object) -> None:
        self._is_draining = True

    def _end_with(self, parted: int) -> None:
        os.read(parted, 1)
        os.kill(os.getpid(), signal.SIGTERM)


def _exit(*_: object) -> NoReturn:
    raise SystemExit(0)
