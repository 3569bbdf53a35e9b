"""A program of five people that listens, forgets each request, and notes where it failed."""

import re
import socket
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from tools.attack.scene import Scene

SHOWN = 300  # characters of what was sent
FRAMES = 3
# What is meant: nobody elsewhere answers, and nobody is there to speak what is ordered.
MEANT = {502: "/", 503: "/health"}
HERE = {"127.0.0.1", "localhost", "::1"}
LOADED = re.compile(rb"<(?:link|script)\b[^>]*>")
OPTIONS = re.compile(rb"<option\b.*?</option>\s*", re.S)
MAIN = re.compile(rb"<main.*</main>", re.S)
NONCE = re.compile(rb"(nonce[-=]\W?)([\w-]+)")


@dataclass(slots=True)
class Served:
    """Where it listens, with what it answered how often, and in which ways it failed."""

    scene: Scene
    address: str = ""
    statuses: Counter[int] = field(default_factory=Counter)
    troubles: dict[str, str] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return self.statuses.total()

    def note(self, environ: dict, body: bytes, status: int, error: Exception | None) -> None:
        """One request and how it went; each way to fail is kept with the first that found it."""
        self.statuses[status] += 1
        if status < 500 or environ["PATH_INFO"].startswith(MEANT.get(status, "-")):
            return
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        place = _place(error) if error else f"{asked}: {status}"
        sent = environ["QUERY_STRING"] or body.decode("utf-8", "replace")
        self.troubles.setdefault(place, f"{place}, by {asked} with {sent[:SHOWN]!r}")

    def taken(self) -> list[str]:
        """The ways in which it failed since this was asked last."""
        found, self.troubles = list(self.troubles.values()), {}
        return found


@contextmanager
def served(folder: Path, told: Callable[[bytes], bytes] = bytes) -> Iterator[Served]:
    """Such a program, until the block ends; `told` is what it makes of a body that it answers."""
    program = Served(Scene(folder / "data"))
    try:
        with listening(_forgetful(program, told)) as program.address:
            yield program
    finally:
        program.scene.close()


@contextmanager
def listening(app: Callable) -> Iterator[str]:
    """Where a WSGI program listens, until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _forgetful(program: Served, told: Callable[[bytes], bytes]):
    """The app, one request at a time, each undone.

    Answers are not packed, and their nonces are always the same: tools compare answers, and miss
    what they are after where something differs in each of them.
    """
    alone, scene = threading.Lock(), program.scene

    def app(environ, start_response):
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"], error = BytesIO(sent), None
        with alone:
            try:
                with scene.nothing_kept():
                    pieces, status, headers = run_wsgi_app(scene.app, environ, buffered=True)
                    body = b"".join(pieces)
            except Exception as caught:  # noqa: BLE001  # whatever it is, it is looked for
                error, status, headers, body = caught, "500 FAILED", Headers(), b"failed"
            program.note(environ, sent, int(status[:3]), error)
        body = told(NONCE.sub(_steadied, body))
        if error is None and environ["REQUEST_METHOD"] != "HEAD":
            headers["Content-Length"] = str(len(body))
        start_response(status, list(headers))
        return [body]

    return app


def _steadied(nonce: re.Match[bytes]) -> bytes:
    return nonce[1] + b"x" * len(nonce[2])


def stay_here() -> None:
    """Let this process ask nobody outside of this machine, for as long as it lives."""
    sys.addaudithook(_check_place)


def _check_place(event: str, arguments: tuple) -> None:
    if event == "socket.getaddrinfo" and _text(arguments[0]) not in HERE:
        raise socket.gaierror(socket.EAI_NONAME, "only this machine is there")
    is_internet = event == "socket.connect" and isinstance(arguments[1], tuple)
    if is_internet and _text(arguments[1][0]) not in HERE:
        raise ConnectionRefusedError("only this machine is there")


def _text(host: str | bytes | None) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else host or "localhost"


def bare(body: bytes) -> bytes:
    """A page without its frame and what there is to choose from; anything else as it is."""
    main = MAIN.search(body)
    return OPTIONS.sub(b"", main[0]) if main else body


def plain(body: bytes) -> bytes:
    """A page that loads nothing, and whose forms are sent as plain ones.

    wapiti spends its time on scripts, and sends the texts of other forms as files, the token too,
    so that they are refused.
    """
    return LOADED.sub(b"", body).replace(b' enctype="multipart/form-data"', b"")


def _place(error: Exception) -> str:
    """What was raised, and the last lines of the program that led there."""
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in frame.filename
    ]
    return f"{type(error).__name__}: {str(error)[:SHOWN]} at {' > '.join(frames[-FRAMES:])}"


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        return
