"""Fetching: public addresses alone, each redirect again, with bounds on time and size."""

import gzip
import ipaddress
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from documents import fetch as fetching
from documents.errors import (
    DocumentError,
    FetchAnswered,
    FetchFailed,
    FetchRefused,
    FetchTookTooLong,
    TooLarge,
    TooManyRedirects,
)
from documents.fetch import FetchLimits, fetch, is_public

PAGE = b"<!doctype html><title>Hello</title><p>It was late.</p>"


class Pages(BaseHTTPRequestHandler):
    """What the local server answers, by path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Host")))
        name = self.path.partition("?")[0].strip("/").replace("-", "_") or "page"
        getattr(self, f"answer_{name}")()

    def send(self, body=PAGE, status=200, **headers):
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(body)))
        headers.setdefault("Content_Type", "text/html; charset=utf-8")
        for field, value in headers.items():
            self.send_header(field.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_page(self):
        self.send()

    def answer_moved(self):
        self.send(b"", 302, Location="/page")

    def answer_around(self):
        self.send(b"", 302, Location="/around")

    def answer_to_metadata(self):
        self.send(b"", 302, Location="http://169.254.169.254/latest/")

    def answer_to_file(self):
        self.send(b"", 302, Location="file:///etc/passwd")

    def answer_missing(self):
        self.send(b"no", 404)

    def answer_packed(self):
        self.send(gzip.compress(PAGE), Content_Encoding="gzip")

    def answer_bomb(self):
        self.send(gzip.compress(bytes(5_000_000)), Content_Encoding="gzip")

    def answer_cut_bomb(self):
        self.send(gzip.compress(PAGE)[:-12], Content_Encoding="gzip")

    def answer_garbled(self):
        self.send(b"not packed at all", Content_Encoding="gzip")

    def answer_large(self):
        self.send(bytes(2_000_000))

    def answer_cut(self):
        self.send(PAGE, Content_Length="5000")
        self.close_connection = True

    def answer_named(self):
        self.send(Content_Disposition='attachment; filename="../../etc/My book.html"')

    def answer_drip(self):
        self.send(b"<p>", Content_Length="1000")
        while not self.server.is_over.wait(0.05):
            try:
                self.wfile.write(b"x")
            except OSError:
                return

    def log_message(self, *_):
        return


@contextmanager
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    made.asked, made.is_over = [], threading.Event()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield made
    finally:
        made.is_over.set()
        made.shutdown()
        thread.join()
        made.server_close()


@pytest.fixture
def site():
    with server() as made:
        yield made


@pytest.fixture
def get(site, tmp_path):
    """Fetches a path of the local server, which no other address is allowed beside."""
    port = site.server_address[1]

    def get(path, **limits):
        allowed = FetchLimits(ports=frozenset((port, 80, 443)), **limits)
        url = path if "://" in path else f"http://127.0.0.1:{port}{path}"
        here = ipaddress.ip_address("127.0.0.1")
        return fetch(url, tmp_path / "got", limits=allowed, is_allowed=lambda a: a == here)

    return get


def test_a_page_is_written_to_the_file(get, tmp_path, site):
    fetched = get("/page?a=ü b")
    assert (tmp_path / "got").read_bytes() == PAGE
    assert (fetched.content_type, fetched.size) == ("text/html; charset=utf-8", len(PAGE))
    assert fetched.filename == "page.html"
    port = site.server_address[1]
    assert site.asked == [("/page?a=%C3%BC%20b", f"127.0.0.1:{port}")]


def test_redirects_are_followed_and_the_last_address_is_told(get):
    assert get("/moved").url.endswith("/page")


def test_packed_pages_are_unpacked(get, tmp_path):
    assert get("/packed").size == len(PAGE)
    assert (tmp_path / "got").read_bytes() == PAGE


def test_the_servers_filename_has_no_folders(get):
    assert get("/named").filename == "My book.html"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/around", TooManyRedirects),
        ("/to-metadata", FetchRefused),
        ("/to-file", FetchRefused),
        ("/missing", FetchAnswered),
        ("/bomb", TooLarge),
        ("/large", TooLarge),
        ("/cut", FetchFailed),
        ("/cut-bomb", FetchFailed),
        ("/garbled", DocumentError),
        ("/drip", FetchTookTooLong),
    ],
)
def test_what_goes_wrong_ends_in_a_sentence_and_leaves_no_file(get, tmp_path, path, error):
    with pytest.raises(error) as caught:
        get(path, file_mb=1, total_s=1.0 if error is FetchTookTooLong else 30.0)
    assert caught.value.message.endswith(".")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a",
        "gopher://example.org/",
        "//example.org/",
        "example.org",
        "",
        "http://",
        "http://user:secret@example.org/",
        "http://user@example.org/",
        "http://example.org:22/",
        "http://example.org:99999/",
        "http://[::1/",
        "http://example.org/" + "a" * 5000,
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://[fe80::1%25lo]/",
        "http://[fc00::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
    ],
)
def test_addresses_that_are_not_public_are_refused(url, tmp_path, monkeypatch):
    connected = []
    monkeypatch.setattr(
        fetching.socket.socket, "connect", lambda self, address: connected.append(address)
    )
    with pytest.raises((FetchRefused, FetchFailed)):
        fetch(url, tmp_path / "got")
    assert connected == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_allowed(address):
    assert is_public(ipaddress.ip_address(address))


def test_the_address_that_was_checked_is_the_one_connected_to(site, tmp_path, monkeypatch):
    """A name that means another address when asked again must not get its way."""
    port = site.server_address[1]
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]])
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *_, **__: next(answers))
    limits = FetchLimits(ports=frozenset((port,)))
    fetch(
        f"http://rebind.example:{port}/page",
        tmp_path / "got",
        limits=limits,
        is_allowed=lambda _: True,
    )
    assert site.asked == [("/page", f"rebind.example:{port}")]


def test_proxies_of_the_environment_are_not_used(get, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert get("/page").size == len(PAGE)


def test_a_host_that_does_not_answer_is_named(tmp_path, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror

    monkeypatch.setattr(fetching.socket, "getaddrinfo", unknown)
    with pytest.raises(FetchFailed, match=r"nowhere\.example could not be reached"):
        fetch("http://nowhere.example/", tmp_path / "got")
