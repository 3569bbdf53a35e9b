"""The peer of every page: one empty view, served exactly as the program is."""

from secrets import token_bytes
from types import SimpleNamespace

from flask import Flask

from config import Config
from storage.audio_store import AudioStore
from tools.benchmarks.processes import serve

# The cores that `server.serve` gives a web process each; empty while one process serves on any.
CORES: tuple[int, ...] = ()


def make_app(config: Config) -> Flask:
    """An app with nothing but what the server asks of one."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=1 << 20, SECRET_KEY=token_bytes(32))
    app.add_url_rule("/login", view_func=lambda: "")
    app.extensions["voiceverse"] = SimpleNamespace(
        store=AudioStore(config.audio_dir), accounts=SimpleNamespace(person_of=lambda _: None)
    )
    return app


def main() -> None:
    """Serve until ended; `python -m tools.benchmarks.empty_view`."""
    serve("An empty view", make_app, Config.load(), CORES)


if __name__ == "__main__":
    main()
