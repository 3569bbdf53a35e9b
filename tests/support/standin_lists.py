"""A server that answers each path as a test tells it to, and remembers how it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request, as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """`answers` maps paths to what they answer: JSON, or a status with headers and bytes."""

    url: str
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    hurry: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str) -> tuple[int, dict[str, str], Any]:
        """Status, headers and bytes; pieces of them arrive one after another."""
        told = self.answers.get(path, (404, {}, b'{"error": {"message": "Not found."}}'))
        if isinstance(told, tuple):
            return told
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def log_message(self, *_: object) -> None:
            """Tests read what was asked from `asked`."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            names = {name.lower(): value for name, value in self.headers.items()}
            listener.asked.append(Asked(self.command, self.path, names, body))
            status, headers, content = listener.answer(self.path)
            self.close_connection = True
            if isinstance(content, bytes):
                content, headers = [content], {**headers, "Content-Length": str(len(content))}
            self.send_response(status)
            for name, value in {**headers, "Connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in content:
                self.wfile.write(piece)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is no news here."""

    server = Server(("127.0.0.1", 0), Handler)
    listener = Listener(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield listener
    finally:
        listener.hurry.set()
        server.shutdown()
        thread.join()
        server.server_close()
