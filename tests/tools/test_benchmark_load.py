"""The clients that benchmarks count with, against a server that answers as it is asked to."""

import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from tools.benchmarks import load, school, school_crowd
from tools.benchmarks.arrivals import NO_ANSWER, Answer, Arrival, send_when_due
from tools.benchmarks.browser import Address
from tools.benchmarks.many import Row, Target
from tools.benchmarks.school_crowd import Crowd, visits

# Python 3.12 and later warn of a fork beside threads; what is forked only counts.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


class Answering(BaseHTTPRequestHandler):
    """Answers with the status in the path, and with what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, sent, self.headers, self.client_address))
        status = int(self.path.strip("/"))
        self.send_response(status)
        if status not in (204, 304):
            self.send_header("Content-Length", f"{len(sent)}")
        if status == 204:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(sent if status == 200 else b"")

    def do_POST(self):
        self.do_GET()

    def do_PATCH(self):
        self.do_GET()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.seen, server.daemon_threads = [], True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def client_of(server):
    with closing(load.Client(Address(*server.server_address))) as client:
        yield client


def test_a_form_is_sent_whole_and_its_answer_counted(server):
    with client_of(server) as client:
        sent = load.form("/200", "a=1", id=5, position_s=1.5, csrf_token="é")
        assert client.exchange(sent) == len(b"id=5&position_s=1.5&csrf_token=%C3%A9")
    (method, body, headers, _peer) = server.seen[0]
    assert (method, headers["Cookie"]) == ("POST", "a=1")
    assert parse_qs(body.decode())["csrf_token"] == ["é"]


def test_an_answer_that_says_unchanged_has_no_body_and_keeps_the_connection(server):
    with client_of(server) as client:
        for _ in range(2):
            assert client.exchange(load.request("/304", If_None_Match='"x"')) == 0
    assert server.seen[0][2]["If-None-Match"] == '"x"'
    assert len({peer for *_, peer in server.seen}) == 1


def test_a_connection_that_an_answer_ends_is_made_anew(server):
    with client_of(server) as client:
        for _ in range(2):
            assert client.exchange(load.request("/204", method="PATCH", body=b"{}")) == 0
    assert len({peer for *_, peer in server.seen}) == 2


def test_a_refusal_ends_the_measurement(server):
    address = Address(*server.server_address)
    with pytest.raises(RuntimeError, match="429"):
        load.drive_each(address, [[load.request("/429")], [load.request("/200")]], seconds=0.01)


def test_each_client_sends_its_own_requests(server):
    address = Address(*server.server_address)
    own = [[load.request("/200", "person=a")], [load.request("/200", "person=b")]]
    seen = load.drive_each(address, own, seconds=0.01)
    people = [headers["Cookie"] for _, _, headers, _ in server.seen]
    assert seen.count == len(people)
    assert set(people) == {"person=a", "person=b"}


def test_requests_are_sent_when_they_are_due_and_refusals_told(server):
    due = [Arrival(0.02, "late", load.request("/503")), Arrival(0.0, "early", load.request("/200"))]
    due += [Arrival(0.04, "late", load.request(path)) for path in ("/304", "/204", "/200")]
    answers = send_when_due(Address(*server.server_address), due, time.monotonic())
    assert sorted(answer.status for answer in answers) == [200, 200, 204, 304, 503]
    assert [answer.status for answer in answers if answer.is_refused] == [503]
    assert server.seen[0][2]["Host"] == "localhost"
    assert all(answer.taken_ms > 0 for answer in answers)


def test_who_gets_no_answer_is_told(server):
    address = Address(*server.server_address)
    server.shutdown()
    server.server_close()
    (answer,) = send_when_due(address, [Arrival(0, "page", load.request("/200"))], time.monotonic())
    assert (answer.status, answer.is_refused) == (NO_ANSWER, True)


def test_what_gives_out_first_in_a_school_is_the_first_refusal_or_the_first_wait():
    calm = [Answer(second, "page /", 20, 200) for second in range(20)]
    assert school.first_to_give_out(calm) == "nothing"
    slow, refused = Answer(12, "range", 300, 206), Answer(17, "position", 9, 503)
    assert school.first_to_give_out([*calm, refused, slow]).startswith("range, p95 300 ms, 10 s")
    assert school.first_to_give_out([*calm, refused]).startswith("position refused with 503, 17 s")


def test_pages_of_a_school_come_thickest_at_the_bell():
    person, crowd = school_crowd.Person("a=1", "token", "name.mp3", 1), Crowd.of(1000)
    due = [each.due_s for each in visits([person] * (crowd.listeners + 1), crowd, 60.0)]
    bell = sum(20 <= second < 40 for second in due)
    assert 800 < bell < 1200
    assert len(due) - bell < 300


def test_a_target_is_held_against_the_number_that_it_names():
    one, eight = (load.Load(10, rate, 2.0, 3.0, 4.0, 0) for rate in (100.0, 150.0))
    row = Row(one, eight, eight, 0.5)
    assert (row.gain, row.of_empty) == (1.5, 1.0)
    least = Target(lambda row: row.gain, 1.7, "x one client")
    most = Target(lambda row: row.one.p50_ms, 3, "ms", is_most=True)
    assert [least.is_met(row), most.is_met(row)] == [False, True]
    assert [least.words, most.words] == ["≥ 1.7 x one client", "≤ 3 ms"]


def test_a_house_of_one_has_somebody_for_everything():
    assert Crowd.of(1) == (1, 1, 1, 0.05, 0.005, 1)
    assert Crowd.of(1000) == (1000, 200, 300, 50, 5, 16)
