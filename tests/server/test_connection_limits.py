"""What the server takes in, over real connections, by a clock that the test sets."""

import contextlib
import http.client
import json
import socket
import struct
import threading
from functools import partial
from urllib.parse import urlencode

import pytest
import waitress

from common.ip_address import networks
from common.shared_counts import ProcessLock, SharedCounts
from server.body_admission import Admissions
from server.connection import HEAD_S, LARGE_PAUSE_S, LONGEST_BODY_S, LOOK_S, Channel
from server.connection_limits import CROWDED_IDLE_S, IDLE_S, ConnectionLimits
from server.request_parser import THROWN_AWAY
from tests.support.serving import App, Client, wait_until
from web.body_quota import BodyQuota
from web.server_interface import REFUSAL, Rule

LIMIT = 100_000
BIG = 1 << 30


class Server:
    """A server whose app says how much came and what length it was told."""

    def __init__(self, limit=LIMIT, **settings):
        self.now = 1000.0
        self.sockets = {}
        options = {"connections": 100, "of_one": 50, "clock": lambda: self.now, **settings}
        options["counts"] = SharedCounts(ProcessLock())
        self.limits = ConnectionLimits(lambda *_: Rule(limit), **options)
        self.server = waitress.create_server(
            self.answer, map=self.sockets, host="127.0.0.1", port=0, threads=4,
            asyncore_use_poll=True, max_request_body_size=1 << 30,
        )  # fmt: skip
        self.server.asyncore_loop_timeout = 0.05
        self.server.adj.asyncore_loop_timeout = 0.05
        self.server.channel_class = partial(Channel, self.limits)
        self.thread = threading.Thread(target=self.run)

    def answer(self, environ, start_response):
        came = len(environ["wsgi.input"].read())
        if refusal := environ[REFUSAL]:
            start_response(f"{refusal.status} No", [("Content-Type", "text/plain")])
            return [refusal.message.encode()]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{came} of {environ.get('CONTENT_LENGTH', '')}".encode()]

    def run(self):
        with contextlib.suppress(OSError):  # it ends when its sockets are closed
            self.server.run()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.server.effective_port), timeout=30)

    def post(self, body, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.effective_port, timeout=30)
        chunked = not isinstance(body, bytes)
        with contextlib.closing(connection):
            connection.request("POST", "/", body, headers, encode_chunked=chunked)
            return connection.getresponse().read().decode()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.task_dispatcher.shutdown()
        self.server.asyncore.close_all(self.sockets)
        self.thread.join()


@pytest.fixture
def server():
    with Server() as made:
        yield made


def ask(connection):
    """The status of an answer that has come to its end, on a connection that stays open."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return heard(connection)[0]


def heard(connection):
    """The status and the body of an answer, however many pieces it comes in."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read()


def is_closed(connection):
    """Wait for the other side to close; true when it has sent nothing before."""
    try:
        return connection.recv(1000) == b""
    except ConnectionResetError:
        return True


def is_closed_after(server, seconds, connection):
    """The same once so much time has passed; the server may still note what it did before."""
    connection.settimeout(0.1)
    for _ in range(300):
        server.now += seconds
        with contextlib.suppress(TimeoutError):
            return is_closed(connection)
    return False


def test_a_body_within_its_limit_comes_whole(server):
    assert server.post(b"x" * LIMIT) == f"{LIMIT} of {LIMIT}"
    assert server.post(b"") == "0 of 0"


def test_a_body_beyond_its_limit_is_thrown_away_but_keeps_its_length(server):
    assert server.post(b"x" * (LIMIT + 1)) == f"0 of {LIMIT + 1}"
    assert server.post(b"x" * (10 * LIMIT)) == f"0 of {10 * LIMIT}"


def test_a_body_of_unknown_length_is_thrown_away_when_it_becomes_too_much(server):
    pieces = [b"x" * 10_000] * 20
    assert server.post(iter(pieces), Transfer_Encoding="chunked") == "0 of 200000"


def test_a_body_that_is_announced_and_far_too_large_is_not_waited_for(server):
    for head in (
        f"Content-Length: {LIMIT + THROWN_AWAY + 1}\r\n\r\n",
        f"Content-Length: {LIMIT + 1}\r\nExpect: 100-continue\r\n\r\n",
    ):
        with contextlib.closing(server.connect()) as connection:
            connection.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{head}".encode())
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.read().startswith(b"0 of")
            assert answer.headers["Connection"] == "close"


def test_what_follows_a_refused_body_is_no_request(server):
    with contextlib.closing(server.connect()) as connection:
        hidden = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {LIMIT + THROWN_AWAY + 1}\r\n\r\n"
        connection.sendall(head.encode() + hidden)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(10_000):
                received += piece
    assert received.count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\n", b"GET / HT"])
def test_a_connection_that_does_not_come_forward_is_closed(server, sent):
    with contextlib.closing(server.connect()) as connection:
        connection.sendall(sent)
        assert server.post(b"x") == "1 of 1"  # so it has been seen
        assert is_closed_after(server, (HEAD_S if sent else IDLE_S) + 1, connection)


def test_a_head_that_comes_letter_by_letter_has_one_time_for_all_of_them(server):
    with contextlib.closing(server.connect()) as connection:
        for letter in b"GET / HTTP/1.1\r\nX-Slow: ":
            with contextlib.suppress(OSError):  # closed on the way
                connection.sendall(bytes([letter]))
            server.post(b"x")
            server.now += 1
        assert is_closed(connection)


def test_a_body_may_take_its_time_as_long_as_it_comes_forward(server):
    with contextlib.closing(server.connect()) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n")
        for _ in range(3):
            connection.sendall(b"x" * 30_000)
            server.post(b"x")
            server.now += 6
        assert heard(connection) == (200, b"90000 of 90000")


def send_in_steps(server, rate, size=20_000_000):
    """How many seconds a body of that size at so many bytes a second was let come, and the rest of
    the connection's answer."""
    began, sent = server.now, 0
    with contextlib.closing(server.connect()) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode())
        connection.settimeout(0.02)
        while sent < size:
            piece = min(size - sent, rate * 20)
            connection.sendall(b"x" * piece)
            sent += piece
            wait_until(lambda sent=sent: received(server) in (None, sent), "the piece")
            server.now += 20
            with contextlib.suppress(TimeoutError):
                connection.recv(1, socket.MSG_PEEK)
                break
        connection.settimeout(30)
        return server.now - began, heard(connection)


def received(server):
    """How much came of the body on its way; None when there is none."""
    channels = [each for each in server.sockets.values() if isinstance(each, Channel)]
    return next((each.request.body_bytes_received for each in channels if each.request), None)


def test_a_large_body_that_trickles_ends_within_minutes_with_a_sentence():
    with Server(limit=30_000_000) as server:
        took_s, (status, sentence) = send_in_steps(server, 5000)
        assert status == 408
        assert b"too slow" in sentence
        assert took_s < 180


def test_a_large_body_that_stops_ends_however_quickly_it_came():
    with Server(limit=30_000_000) as server, contextlib.closing(server.connect()) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n")
        connection.sendall(b"x" * 10_000_000)
        wait_until(lambda: received(server) == 10_000_000, "the first half")
        server.now += LARGE_PAUSE_S + 1
        assert heard(connection)[0] == 408


def test_a_telephone_with_a_slow_connection_may_send_much():
    with Server(limit=30_000_000) as server:
        took_s, (status, came) = send_in_steps(server, 50_000)
        assert (status, came) == (200, b"20000000 of 20000000")
        assert took_s > 390


@pytest.mark.parametrize(
    ("size", "rate", "status"),
    [(41_000_000, 50_000, 200), (100_000_000, 50_000, 408), (200_000_000, 100_000, 408)],
)
def test_the_larger_a_body_the_faster_it_has_to_come(size, rate, status):
    with Server(limit=300_000_000) as server:
        took_s, (told, _) = send_in_steps(server, rate, size)
        assert told == status
        assert took_s < LONGEST_BODY_S + LARGE_PAUSE_S


def test_a_clock_that_jumps_closes_nothing_and_keeps_nothing_open(server, monkeypatch):
    with contextlib.closing(server.connect()) as connection:
        monkeypatch.setattr("waitress.server.time.time", lambda: 4e9)
        assert server.post(b"x") == "1 of 1"
        assert ask(connection) == 200
        monkeypatch.setattr("waitress.server.time.time", lambda: 1e9)
        assert is_closed_after(server, IDLE_S + 1, connection)


def test_one_address_takes_so_many_places_and_no_more():
    with Server(of_one=3) as server, contextlib.ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(contextlib.closing(server.connect()))
            assert ask(connection) == 200
        assert is_closed(stack.enter_context(contextlib.closing(server.connect())))


def test_places_are_free_again_when_they_are_left():
    with Server(of_one=1) as server:
        for _ in range(20):
            with contextlib.suppress(OSError, http.client.HTTPException):
                server.post(b"x")
        wait_until(lambda: not server.limits._inside, "the end of the connections")


def test_proxies_bring_as_many_as_come():
    exempt = networks(["127.0.0.1"])
    with Server(of_one=1, exempt=exempt) as server, contextlib.ExitStack() as stack:
        for _ in range(5):
            connection = stack.enter_context(contextlib.closing(server.connect()))
            assert ask(connection) == 200


def test_who_does_nothing_makes_room_when_places_become_scarce():
    with Server(connections=5, of_one=5) as server, contextlib.ExitStack() as stack:
        idle = [stack.enter_context(contextlib.closing(server.connect())) for _ in range(5)]
        assert ask(idle[-1]) == 200
        assert is_closed_after(server, CROWDED_IDLE_S + 1, idle[0])


def test_a_stranger_who_sends_much_gets_a_sentence_from_the_whole_program(tmp_path):
    with App(tmp_path) as app:
        client = Client(app)
        status, headers, body = client.request(
            "POST", "/documents", b"x" * 3_000_000, Accept="application/json"
        )
        assert (status, headers["Content-Type"]) == (413, "application/json")
        assert "too large" in json.loads(body)["error"]
        client.set_up()
        token = client.token()
        form = urlencode({"csrf_token": token, "theme": "x" * 1_200_000}).encode()
        kind = "application/x-www-form-urlencoded"
        status, _, body = client.request(
            "POST", "/theme", form, Content_Type=kind, Accept="application/json"
        )
        assert status == 413
        assert "more than this form can hold" in json.loads(body)["error"]
        assert client.request("GET", "/library")[0] == 200
        forged = {"X_Forwarded_For": "203.0.113.9", "Host": "evil.example"}
        assert client.request("GET", "/login", **forged)[0] == 400


HELD_BACK = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"


def reset(connection):
    """Close a connection in a way that its other side is told of as an error."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_who_resets_while_a_large_body_is_decided_about_ends_no_server():
    is_asked, may_answer = threading.Event(), threading.Event()

    def person_of(_):
        is_asked.set()
        return 1 if may_answer.wait(30) else None

    quota = BodyQuota(
        SharedCounts(ProcessLock()),
        of_person=BIG,
        of_address=BIG,
        in_all=BIG,
        check_space=lambda _: None,
    )
    admissions = Admissions(quota, person_of)
    with contextlib.closing(admissions), Server(BIG, admissions=admissions) as server:
        server.limits.rule_of = lambda *_: Rule(BIG, "token")
        connection = server.connect()
        connection.sendall(HELD_BACK)
        assert is_asked.wait(30)
        reset(connection)
        may_answer.set()
        wait_until(lambda: not server.server.active_channels, "it is closed")
        assert server.post(b"x") == "1 of 1"
        assert quota.receiving() == 0


def test_a_connection_that_cannot_be_looked_after_is_closed_and_no_other(
    server, monkeypatch, caplog
):
    real, broken = Channel._is_overdue, []

    def is_overdue(channel):
        if channel in broken:
            raise TimeoutError
        return real(channel)

    monkeypatch.setattr(Channel, "_is_overdue", is_overdue)
    with contextlib.closing(server.connect()) as one, contextlib.closing(server.connect()) as two:
        assert ask(one) == ask(two) == 200
        port = one.getsockname()[1]
        broken += [x for x in server.server.active_channels.values() if x.addr[1] == port]
        server.now += LOOK_S
        assert is_closed(one)
        assert ask(two) == 200
    assert "could not be looked after" in caplog.text
