"""The peer of every page: one empty view, served exactly as the program is."""

import os
import signal
import threading
from secrets import token_bytes
from types import SimpleNamespace

from flask import Flask

from common.cores import keep_to_core
from common.shared_counts import ProcessLock, SharedCounts
from config import Config
from server.web_server import Server, listen
from storage.audio_store import AudioStore
from web.live_listeners import LiveListeners


def make_app(config: Config) -> Flask:
    """An app with nothing but what the server asks of one."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=1 << 20, SECRET_KEY=token_bytes(32))
    app.add_url_rule("/login", view_func=lambda: "")
    counts = SharedCounts(ProcessLock())
    app.extensions["voiceverse"] = SimpleNamespace(
        store=AudioStore(config.audio_dir),
        accounts=SimpleNamespace(person_of=lambda _: None),
        counts=counts,
        live_listeners=LiveListeners(counts, 1),
    )
    return app


def main() -> None:
    """Serve until ended, in as many processes; `python -m tools.benchmarks.empty_view`."""
    config = Config.load()
    app, sockets = make_app(config), listen(config)
    count = config.web_process_count
    os.setpgrp()
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    print(f"An empty view is at http://{config.host}:{sockets[0].getsockname()[1]}", flush=True)
    number = next((n for n in range(1, count) if not os.fork()), count)
    keep_to_core(number, count)
    Server(app, config, threading.Event(), sockets).run()


if __name__ == "__main__":
    main()
