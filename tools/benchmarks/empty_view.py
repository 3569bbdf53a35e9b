"""The peer of every page: one empty view, served exactly as the program is."""

import threading
from secrets import token_bytes
from types import SimpleNamespace

from flask import Flask

from config import Config
from server.web_server import Server, listen
from storage.audio_store import AudioStore


def main() -> None:
    """Serve until ended; `python -m tools.benchmarks.empty_view`."""
    config = Config.load()
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=1 << 20, SECRET_KEY=token_bytes(32))
    app.add_url_rule("/login", view_func=lambda: "")
    app.extensions["voiceverse"] = SimpleNamespace(
        store=AudioStore(config.audio_dir), accounts=SimpleNamespace(person_of=lambda _: None)
    )
    server = Server(app, config, threading.Event(), listen(config))
    print(f"An empty view is at http://{config.host}:{server.port}", flush=True)
    server.run()


if __name__ == "__main__":
    main()
