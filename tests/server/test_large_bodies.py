"""Large bodies on their way to the whole program, over real connections."""

import contextlib
import http.client
import json
import socket
from pathlib import Path

import pytest

from tests.support.disks import small
from tests.support.sending import CONTENT_TYPE, multipart
from tests.support.serving import PASSWORD, App, Client, wait_until, web_processes

LARGE = 41_000_000
START = 1_000_000  # of a body that never comes whole


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


def receiving(app):
    """What the program says is on its way to it."""
    client = app.admin
    _, _, body = client.request("GET", "/metrics")
    [line] = [x for x in body.decode().splitlines() if x.startswith("voiceverse_receiving_bytes ")]
    return int(float(line.split()[1]))


def on_disk(app):
    """Bytes of what the program holds open in its folder of imports."""
    total = 0
    for link in (link for pid in web_processes(app) for link in Path(f"/proc/{pid}/fd").iterdir()):
        with contextlib.suppress(OSError):
            if "/imports/" in str(link.readlink()):
                total += link.stat().st_size
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


def test_what_one_person_and_one_network_send_at_once_is_bounded(app):
    vera, anna, otto = people(app, "anna", "otto")
    with contextlib.ExitStack() as stack:

        def sends(client, address):
            connection = begin(client, LARGE, address=address)
            return stack.enter_context(contextlib.closing(connection))

        def is_admitted(client, address):
            before, connection = receiving(app), sends(client, address)
            wait_until(lambda: receiving(app) == before + LARGE, "the admission")
            return connection

        of_anna = [is_admitted(anna, address) for address in ("127.0.0.2", "127.0.0.3")]
        status, headers, sentence = answer(sends(anna, "127.0.0.4"))
        assert (status, headers["Retry-After"], headers["Connection"]) == (429, "15", "close")
        assert "as you can at once" in sentence
        for connection in of_anna:
            connection.close()
        wait_until(lambda: receiving(app) == 0, "their release")
        for client in (vera, vera, otto, otto):
            is_admitted(client, "127.0.0.5")
        status, _, sentence = answer(sends(anna, "127.0.0.5"))
        assert (status, "network" in sentence) == (429, True)
        is_admitted(anna, "127.0.0.6")
        assert anna.generate("A lamp.")["status"] == "queued"  # and small things go on meanwhile
    wait_until(lambda: receiving(app) == 0, "the end of all")
    _, _, log = vera.request("GET", "/security")
    assert "bytes on the way" in log.decode()


def test_the_address_counts_that_a_trusted_proxy_names(tmp_path):
    settings = {"VOICEVERSE_MAX_UPLOAD_MB": "50", "VOICEVERSE_TRUSTED_PROXIES": "127.0.0.1"}
    with App(tmp_path, **settings) as app, contextlib.ExitStack() as stack:
        vera, anna, otto = people(app, "anna", "otto")
        for client in (vera, vera, anna, anna):
            sent = begin(client, LARGE, X_Forwarded_For="203.0.113.9")
            stack.enter_context(contextlib.closing(sent))
        wait_until(lambda: receiving(app) == 4 * LARGE, "the admission")
        with contextlib.closing(begin(otto, LARGE, X_Forwarded_For="203.0.113.9")) as one_more:
            assert answer(one_more)[0] == 429
        with contextlib.closing(begin(otto, LARGE, X_Forwarded_For="203.0.113.10")):
            wait_until(lambda: receiving(app) == 5 * LARGE, "the admission of another")


def test_a_cookie_of_plain_http_is_no_hindrance_to_who_logged_in_over_https(tmp_path):
    with App(tmp_path, VOICEVERSE_TRUSTED_PROXIES="127.0.0.1") as app:
        before = Client(app).set_up()  # at home, before there was a proxy
        said = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "192.0.2.7"}
        vera = Client(app, **said).log_in("owner")
        assert set(vera.cookies) == {"__Host-voiceverse", "__Host-voiceverse_device"}
        vera.cookies = {"voiceverse": before.cookies["voiceverse"], **vera.cookies}
        assert before.post("/logout")[0] == 303  # or a month has gone by
        text = "The lamp is lit. " * 10_000
        status, _, body = vera.post("/quote", form="/", accept="application/json", text=text)
        assert status == 200, body
        assert json.loads(body)["characters"] > 100_000


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 120 MB; skipped where mounting is not allowed."""
    with small(tmp_path / "small", "120m") as folder:
        if folder is None:
            pytest.skip("mounting a small file system is not allowed here")
        yield folder


def test_the_reserve_is_asked_before_a_body_is_taken_in(small_disk):
    settings = {"VOICEVERSE_MAX_UPLOAD_MB": "50", "VOICEVERSE_MIN_FREE_MB": "4"}
    with App(small_disk, **settings) as app, contextlib.ExitStack() as stack:
        vera, anna = people(app, "anna")
        first = stack.enter_context(contextlib.closing(begin(anna, LARGE)))
        wait_until(lambda: receiving(app) == LARGE, "the admission")
        for client in (anna, vera):
            with contextlib.closing(begin(client, LARGE)) as one_more:
                status, headers, sentence = answer(one_more)
                assert (status, headers["Connection"]) == (507, "close")
                assert "disk" in sentence
        assert on_disk(app) == 0  # nothing has come, but room is promised
        vera.until_ready(vera.generate("A lamp.")["filename"])
        first.close()
        wait_until(lambda: receiving(app) == 0, "the release")
        stack.enter_context(contextlib.closing(begin(vera, LARGE)))
        wait_until(lambda: receiving(app) == LARGE, "the admission of another")


def test_a_body_in_chunks_ends_where_the_reserve_begins(small_disk):
    settings = {"VOICEVERSE_MAX_UPLOAD_MB": "100", "VOICEVERSE_MIN_FREE_MB": "30"}
    with App(small_disk, **settings) as app:
        vera = people(app)[0]
        with contextlib.closing(begin(vera, 0)) as sending:
            chunk = b"%x\r\n%s\r\n" % (START, b"x" * START)
            with contextlib.suppress(OSError):
                for _ in range(100):
                    sending.sendall(chunk)
            assert answer(sending)[0] == 507
        wait_until(lambda: on_disk(app) == 0 and receiving(app) == 0, "the end")
        vera.until_ready(vera.generate("A lamp.")["filename"])


@pytest.mark.parametrize("has_length", [True, False], ids=["with a length", "in chunks"])
def test_a_large_body_that_is_admitted_comes_whole(app, has_length):
    vera = people(app)[0]
    text = b"The lamp is lit. " * 30_000
    body = multipart([("lamp.txt", text)], csrf_token=vera.token())
    sent = {"Expect": "100-continue"} if has_length else {}
    with contextlib.closing(begin(vera, len(body) if has_length else 0, **sent)) as sending:
        if has_length:
            assert sending.recv(100).startswith(b"HTTP/1.1 100 ")
            sending.sendall(body)
        else:
            sending.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        response = http.client.HTTPResponse(sending)
        response.begin()
        assert response.status == 201, response.read()
        [document] = json.loads(response.read())["documents"]
    assert document["characters"] > 500_000
    wait_until(lambda: receiving(app) == 0, "the release")


def test_who_is_refused_may_send_on_and_hears_why(app):
    anna = people(app, "anna")[1]
    app.flask("user", "disable", "anna")
    body = multipart([("lamp.txt", b"x" * 20_000_000)])
    status, headers, answered = anna.request(
        "POST", "/documents", body, Content_Type=CONTENT_TYPE, Accept="text/html"
    )
    assert (status, headers["Content-Type"]) == (401, "text/html; charset=utf-8")
    assert "no longer logged in" in answered.decode()
