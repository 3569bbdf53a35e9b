"""Serving: the app in several web processes, the worker in one more, one app a data folder."""

import gc
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from flask import Flask

from accounts.types import Visitor
from backups import planned_restore, tasks
from backups.errors import BackupError
from common import logs
from config import Config, ConfigError, prepare_data_dir
from server.handover import hand_over, take_over
from server.hints import RESTART, WARM, WORK
from server.supervisor import Supervisor
from server.web_process import WebProcess
from server.web_server import listen
from storage.errors import DatabaseError
from storage.file_locks import FileLock
from web import request_log
from web.services import Services


def run(create_app: Callable[[Config], Flask], config: Config) -> None:
    """Serve the app that the factory makes until a signal ends it."""
    prepare_data_dir(config)
    handed = take_over()
    restored = planned_restore.settle(config) if handed.lock is None else None
    lock = FileLock(config.data_dir / "app.lock")
    if handed.lock is not None:
        lock.adopt(handed.lock)
    elif not lock.acquire(2.0):
        raise ConfigError(f"VoiceVerse already runs on {config.data_dir}. Stop it first.")
    app = create_app(config)
    services: Services = app.extensions["voiceverse"]
    sockets = handed.sockets or listen(config)

    def serve(number: int) -> None:
        WebProcess(app, config, sockets, number).run(supervisor.parted)

    supervisor = Supervisor(serve, config.web_process_count, services.counts.forget)
    if restored:
        told = f"{restored.backup}, asked for by {restored.by}"
        is_done = restored.state == tasks.DONE
        services.accounts.log("backup_restored", None, Visitor(), told, success=is_done)
    services.wake_worker = partial(supervisor.hint, WORK)
    services.restart = partial(supervisor.hint, RESTART)
    services.warm_voice = partial(supervisor.hint, WARM)
    if handed.lock is None:  # else what lies there may be in use by the processes before
        services.documents.imports.sweep()
    services.reserve.look()
    address = _address(config, sockets)
    link = services.accounts.ensure_setup_link(address)
    services.db.close()  # what is open cannot be taken along
    services.lock.share()
    _announce(config, address, link)
    gc.freeze()  # what is there stays shared
    try:
        if supervisor.run():
            hand_over(lock.descriptor(), sockets)
            _start_anew()
        if supervisor.is_restarting:
            lock.release()
            hand_over(None, sockets)
            _start_anew()
    finally:
        for each in sockets:
            each.close()
        lock.release()


def _start_anew() -> NoReturn:
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (this very program)


def _address(config: Config, sockets: list[socket.socket]) -> str:
    host = "localhost" if config.host in ("0.0.0.0", "::", "") else config.host  # noqa: S104
    port = sockets[0].getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(config: Config, address: str, link: str | None) -> None:
    for name in config.unrecognised:
        print(f"{name} is not a setting of VoiceVerse; see .env.example.", file=sys.stderr)
    print(f"VoiceVerse is at {address}", flush=True)
    if link:  # last, so that it stays in sight
        print("Create the first account, an admin's, with this link. It works once, and is kept in")
        print(f"{config.setup_link_path}.", link, sep="\n", flush=True)


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
