"""A further web process over the data folder of an app that runs: `second_server.py FOLDER`."""

import sys
from pathlib import Path

from app import create_app
from config import Config
from server.web_server import Server, listen


def main(folder: str) -> None:
    """Say the port, then serve until killed."""
    config = Config(data_dir=Path(folder), port=0, min_free_mb=0, default_voice="espeak:gmw/en")
    app = create_app(config)
    server = Server(app, config, app.extensions["voiceverse"].stopping, listen(config))
    print(server.port, flush=True)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1])
