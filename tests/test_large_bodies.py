"""Large bodies on their way to the whole program, over real connections."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import time

import pytest

from tests.disks import small
from tests.sending import CONTENT_TYPE, multipart
from tests.serving import PASSWORD, App, Client, wait_until

LARGE = 41_000_000
START = 1_000_000  # of a body that never comes whole
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def app(tmp_path):
    with App(tmp_path, VOICEVERSE_MAX_UPLOAD_MB="50") as app:
        yield app


def begin(client, size, start=b"", *, path="/documents", address="127.0.0.1", **headers):
    """A connection from that address on which a body of so many bytes has begun to come."""
    connection = socket.create_connection(
        ("127.0.0.1", client.app.port), timeout=30, source_address=(address, 0)
    )
    lines = {
        "Host": "127.0.0.1",
        "Accept": "application/json",
        "Content-Type": CONTENT_TYPE,
        "Cookie": "; ".join(f"{key}={value}" for key, value in client.cookies.items()),
        **({"Content-Length": size} if size else {"Transfer-Encoding": "chunked"}),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + start)
    return connection


def answer(connection):
    """The status, the headers and the sentence that a connection got."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.headers, json.loads(response.read())["error"]


def is_answered(connection):
    """Whether anything has come on a connection."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(30)


def receiving(app):
    """What the program says is on its way to it."""
    client = app.admin
    _, _, body = client.request("GET", "/metrics")
    [line] = [x for x in body.decode().splitlines() if x.startswith("voiceverse_receiving_bytes ")]
    return int(float(line.split()[1]))


def on_disk(app):
    """Bytes of what the program holds open in its folder of imports."""
    total = 0
    for link in os.scandir(f"/proc/{app.process.pid}/fd"):
        with contextlib.suppress(OSError):
            if "/imports/" in os.readlink(link.path):
                total += os.stat(link.path).st_size
    return total


def people(app, *names):
    """The admin, then others who logged in."""
    app.admin = Client(app).set_up()
    found = [app.admin]
    for name in names:
        app.flask("user", "add", name, "--password-stdin", stdin=PASSWORD)
        found.append(Client(app).log_in(name))
    return found


def test_bodies_of_who_was_disabled_are_not_taken_in_though_the_cookie_is_ours(app):
    _, anna = people(app, "anna")
    assert app.flask("user", "disable", "anna").returncode == 0
    with contextlib.ExitStack() as stack:
        sent = [begin(anna, LARGE) for _ in range(6)]
        for connection in sent:
            stack.enter_context(contextlib.closing(connection))
            with contextlib.suppress(OSError):
                connection.sendall(b"x" * START)
        for connection in sent:
            status, headers, sentence = answer(connection)
            assert (status, headers["Connection"]) == (401, "close")
            assert "no longer logged in" in sentence
        assert on_disk(app) == 0
        assert receiving(app) == 0


@pytest.mark.parametrize("size", [LARGE, 0], ids=["with a length", "in chunks"])
def test_a_body_stops_when_its_session_is_revoked(app, size):
    _, anna = people(app, "anna")
    chunk = b"%x\r\n%s\r\n" % (START, b"x" * START)
    with contextlib.closing(begin(anna, size, b"x" * START if size else chunk)) as sending:
        wait_until(lambda: on_disk(app) > START / 2, "the bytes on the disk")
        assert receiving(app) >= START
        app.flask("user", "disable", "anna")
        assert answer(sending)[0] == 401
        wait_until(lambda: on_disk(app) == 0 and receiving(app) == 0, "their end")
