"""Listeners on this machine that count what they are asked."""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<p>It was late.</p>"


@contextmanager
def listening(status: int = 200, away: str = "") -> Iterator[tuple[int, list[str]]]:
    """Servers on the same port of every kind of loopback: the port, and what they were asked.

    With `away` they send whoever asks on to that address.
    """
    hits: list[str] = []

    class Page(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            hits.append(f"{self.client_address[0]} {self.command} {self.path}")
            self.send_response(status)
            if away:
                self.send_header("Location", away)
            self.send_header("Content-Length", str(len(PAGE)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(PAGE)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            return

    class Six(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    first = ThreadingHTTPServer(("0.0.0.0", 0), Page)
    port = first.server_address[1]
    servers = [first]
    if _has_six():
        servers.append(Six((str(ipaddress.IPv6Address("::1")), port), Page))
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,)) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield port, hits
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()


def _has_six() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
