"""What the log and the numbers say of answers that end otherwise than the app meant."""

import contextlib
import http.client
import logging
import socket
import threading
import time
from io import BytesIO

import pytest
from flask import Response, request
from werkzeug.wsgi import wrap_file

from common.logs import REQUESTS
from server.web_server import MOST_HEAD_BYTES, Server, listen
from tests.support.serving import wait_until
from web import request_log, security_headers
from web.access import public
from web.server_interface import NOTE

LARGE = 30_000_000


def fails(error, *pieces):
    """An answer that fails after these pieces."""
    yield from pieces
    raise error


def endless(is_left):
    try:
        while True:
            yield b"x" * 10_000
    finally:
        is_left.set()


class Served:
    """The app with views that go wrong, on the server that ships, in a thread."""

    def __init__(self, app):
        self.app, self.is_left = app, threading.Event()
        app.testing = False
        answers = {
            "/early": lambda: Response(fails(ValueError("early"))),
            "/unread": lambda: Response(fails(OSError("unread"))),
            "/late": lambda: Response(fails(ValueError("late"), b"x" * 1000)),
            "/torn": lambda: Response(fails(OSError("torn"), b"x" * 1000)),
            "/short": lambda: Response([b"x"], headers={"Content-Length": "1000"}),
            "/endless": lambda: Response(endless(self.is_left)),
            "/large": self._large,
            "/known": lambda: Response(status=304),
            "/nothing": lambda: Response(status=204),
            "/header": lambda: Response("said", headers={"X-Mood": "“calm”", "X-Tone": "low"}),
        }
        for path, answer in answers.items():
            app.add_url_rule(path, path, public(lambda answer=answer: answer()))
        config, services = app.extensions["voiceverse"].config, app.extensions["voiceverse"]
        self.server = Server(app, config, services.stopping, listen(config))
        self.thread = threading.Thread(target=self._run)

    def _large(self):
        answer = Response(headers={"Content-Length": str(LARGE)}, direct_passthrough=True)
        answer.response = wrap_file(request.environ, BytesIO(bytes(LARGE)))
        return answer

    def _run(self):
        with contextlib.suppress(OSError):  # it ends when its sockets are closed
            self.server.run()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=30)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def leave(self, path):
        """Read the start of an answer, and go."""
        with self.connect() as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK")

    def say(self, sent):
        """The status line that answers raw bytes."""
        with self.connect() as connection:
            connection.sendall(sent)
            return connection.recv(1000).split(b"\r\n")[0].decode()

    def counts(self):
        return self.app.extensions[request_log.TRAFFIC].counts()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.close()
        self.thread.join()


@pytest.fixture
def served(make_app):
    with Served(make_app(port=0)) as served:
        yield served


@pytest.fixture
def told(caplog):
    """The fields of the lines of the log of requests; waits for the first."""
    caplog.set_level(logging.INFO, REQUESTS)

    def lines():
        found = [each.fields for each in caplog.records if each.name == REQUESTS]
        return [(line["path"], line["status"], line.get("problem")) for line in found]

    return lambda: wait_until(lines, "a line")


@pytest.mark.parametrize("path", ["/early", "/unread"])
def test_an_answer_that_fails_before_its_head_is_a_500_and_told_as_one(served, told, path):
    assert served.get(path)[0] == 500
    assert told() == [(path, 500, None)]
    assert served.counts() == {"5xx": 1}


@pytest.mark.parametrize("path", ["/late", "/torn", "/short"])
def test_an_answer_that_breaks_half_way_is_told_apart(served, told, path):
    with pytest.raises(http.client.IncompleteRead):
        served.get(path)
    assert told() == [(path, 200, "broken")]
    assert served.counts() == {"broken": 1}


def test_who_leaves_a_stream_is_told_apart_and_the_stream_ends(served, told):
    served.leave("/endless")
    assert served.is_left.wait(30)
    assert told() == [("/endless", 200, "aborted")]
    assert served.counts() == {"aborted": 1}


def test_who_leaves_a_file_that_the_server_sends_by_itself_is_told_apart(served, told):
    served.leave("/large")
    assert told() == [("/large", 200, "aborted")]
    assert served.counts() == {"aborted": 1}


def test_a_large_file_that_is_fetched_to_its_end_is_told_once(served, told):
    status, _, body = served.get("/large")
    assert (status, len(body)) == (200, LARGE)
    assert told() == [("/large", 200, None)]
    assert served.counts() == {"2xx": 1}


@pytest.mark.parametrize(
    ("sent", "status", "told_path"),
    [
        (b"GET /a?secret HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n", 400, None),
        (b"GET /b HTTP/1.1\r\nX: " + b"y" * MOST_HEAD_BYTES + b"\r\n\r\n", 431, None),
        (b"POST /c HTTP/1.1\r\nTransfer-Encoding: odd\r\n\r\n", 501, "/c"),
    ],
)
def test_what_the_server_answers_by_itself_is_told_too(served, told, sent, status, told_path):
    assert served.say(sent).split()[1] == str(status)
    assert told() == [(told_path, status, None)]
    assert served.counts() == {f"{status // 100}xx": 1}


def test_a_header_that_no_server_can_send_is_left_out_and_logged(served, told, caplog):
    status, found, body = served.get("/header")
    assert (status, body, found["X-Mood"], found["X-Tone"]) == (200, b"said", None, "low")
    assert told() == [("/header", 200, None)]
    (line,) = [
        each.getMessage() for each in caplog.records if each.name == security_headers.log.name
    ]
    assert "X-Mood" in line
    assert "calm" not in line


def test_a_header_that_gets_past_every_check_counts_as_the_500_that_it_is(served, told):
    inner = served.app.wsgi_app._wsgi_app
    served.app.wsgi_app = inner
    assert served.get("/header")[0] == 500
    assert told() == [("/header", 500, None)]
    assert served.counts() == {"5xx": 1}


def test_a_header_that_is_not_ascii_is_an_error_in_tests(make_app):
    app = make_app()
    app.add_url_rule("/mood", "mood", public(lambda: Response(headers={"X-Mood": "grün"})))
    with pytest.raises(security_headers.UnfitHeader, match="X-Mood"):
        app.test_client().get("/mood")


def test_an_address_that_is_not_ascii_is_encoded_on_its_way(make_app):
    app = make_app()
    app.testing = False
    links = {"Link": '</a“b>; rel="next"', "X-Odd": "a\x7fb"}
    app.add_url_rule("/linked", "linked", public(lambda: Response(headers=links)))
    answer = app.test_client().get("/linked")
    assert answer.headers["Link"] == '</a%E2%80%9Cb>; rel="next"'
    assert "X-Odd" not in answer.headers


def test_lines_carry_person_and_id_though_the_server_writes_them(served, caplog):
    caplog.set_level(logging.INFO, REQUESTS)
    _, found, _ = served.get("/health")
    (line,) = wait_until(lambda: [each for each in caplog.records if each.name == REQUESTS])
    assert line.request_id == found["X-Request-Id"]
    assert line.fields["method"] == "GET"
    assert line.fields["ms"] > 0
    assert line.fields["user"] is None


@pytest.mark.parametrize(("path", "status"), [("/known", 304), ("/nothing", 204)])
def test_who_is_answered_without_a_body_may_ask_again_on_the_same_connection(served, path, status):
    connection = http.client.HTTPConnection("127.0.0.1", served.server.port, timeout=30)
    with contextlib.closing(connection):
        for _ in range(3):
            connection.request("GET", path)
            used = connection.sock
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Connection"], answer.read()) == (
                status,
                None,
                b"",
            )
            assert connection.sock is used
        connection.request("GET", path, headers={"Connection": "close"})
        assert connection.getresponse().headers["Connection"] == "close"


def test_a_client_of_the_older_protocol_is_hung_up_on_after_an_answer_without_a_body(served):
    with served.connect() as connection:
        connection.sendall(b"GET /known HTTP/1.0\r\nHost: localhost\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert b"Connection: close" in answer.read()


def test_the_time_of_a_request_counts_from_when_it_came_though_no_thread_was_free(served):
    is_held, is_released, came_at = threading.Event(), threading.Event(), []

    def hold():
        is_held.set()
        is_released.wait(30)
        return Response("held")

    def tell():
        came_at.append(request.environ[NOTE]["came_at"])
        return Response("told")

    for path, view in {"/hold": hold, "/tell": tell}.items():
        served.app.add_url_rule(path, path, public(view))
    dispatcher = served.server._dispatcher
    dispatcher.set_thread_count(1)
    wait_until(lambda: len(dispatcher.threads) == 1)
    first = threading.Thread(target=served.get, args=("/hold",))
    second = threading.Thread(target=served.get, args=("/tell",))
    first.start()
    assert is_held.wait(30)
    second.start()
    wait_until(lambda: dispatcher.queue)
    released_at = time.monotonic()
    is_released.set()
    for each in (first, second):
        each.join(30)
    assert came_at[0] < released_at
