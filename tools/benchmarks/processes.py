"""Waitress with a process per core, all on one listening socket: `servers` compares it."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from flask import Flask

from app import create_app
from config import Config, prepare_data_dir
from server.serve import make_server

MakeApp = Callable[[Config], Flask]


def serve(name: str, make_app: MakeApp, config: Config, cores: Sequence[int]) -> None:
    """Serve until ended, with a process on each of the cores; without any, in this very one."""
    listening = socket.create_server((config.host, config.port), backlog=1024)
    listening.setblocking(False)
    print(f"{name} is at http://{config.host}:{listening.getsockname()[1]}", flush=True)
    signal.signal(signal.SIGTERM, _exit)
    if not cores:
        _serve_here(make_app, config, listening)
        return
    children = [_fork(core, make_app, config, listening) for core in cores]
    try:
        signal.pause()
    finally:
        for child in children:
            os.kill(child, signal.SIGTERM)
        for child in children:
            os.waitpid(child, 0)


def _fork(core: int, make_app: MakeApp, config: Config, listening: socket.socket) -> int:
    child = os.fork()
    if not child:
        os.sched_setaffinity(0, {core})
        _serve_here(make_app, config, listening)
        os._exit(0)
    return child


def _serve_here(make_app: MakeApp, config: Config, listening: socket.socket) -> None:
    app = make_app(config)
    stopping = getattr(app.extensions["voiceverse"], "stopping", threading.Event())
    server = make_server(app, replace(config, port=0), stopping)
    # The socket that it listens on by itself gives way to the one that all share.
    server.del_channel()
    server.socket.close()
    server.set_socket(listening)
    server.run()


def _exit(*_: object) -> NoReturn:
    raise SystemExit(0)


def main() -> None:
    """Serve VoiceVerse without its worker; `python -m tools.benchmarks.processes`."""
    config = Config.load()
    prepare_data_dir(config)
    serve("VoiceVerse", create_app, config, sorted(os.sched_getaffinity(0)))


if __name__ == "__main__":
    main()
