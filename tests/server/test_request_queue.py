"""Imports wait for their turn: in line by person, over the real server, without a thread."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode

import pytest

from server.connection import Channel
from server.request_queue import (
    AT_ONCE,
    AT_ONCE_OF_ONE,
    WAITING_OF_ONE,
    QueueFull,
    RequestQueue,
)
from server.web_server import Server, listen
from tests.conftest import Browser
from tests.server.test_large_bodies import answer, begin, people
from tests.support.sending import CONTENT_TYPE, multipart
from tests.support.serving import App, Client, wait_until

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def app(tmp_path):
    with App(tmp_path) as app:
        yield app


@pytest.fixture
def started():
    return []


@pytest.fixture
def line(started):
    return RequestQueue(started.append)


def document(client, name="lamp.txt"):
    """The body of a form with a small document."""
    return multipart([(name, b"The lamp is lit.")], csrf_token=client.token())


def sends(client, body):
    """The status of an import, and what it answers."""
    status, _, answered = client.request(
        "POST", "/documents", body, Content_Type=CONTENT_TYPE, Accept="application/json"
    )
    return status, json.loads(answered)


def test_people_take_turns_and_each_has_few_at_work(line, started):
    for number in range(5):
        line.enter(1, f"a{number}")
    assert started == ["a0", "a1"]
    line.enter(2, "b0")
    line.enter(3, "c0")
    assert started == ["a0", "a1", "b0", "c0"]
    line.enter(2, "b1")
    line.leave(1)
    assert started[4:] == ["a2"]
    line.leave(3)
    assert started[5:] == ["b1"]
    for person in (1, 1, 2, 2):
        line.leave(person)
    assert started[6:] == ["a3", "a4"]
    assert len(started) == AT_ONCE + 4


def test_an_absurd_number_is_refused_and_others_get_in_line_all_the_same(line, started):
    for number in range(AT_ONCE_OF_ONE + WAITING_OF_ONE):
        line.enter(1, number)
    with pytest.raises(QueueFull):
        line.enter(1, "one more")
    line.enter(2, "another's")
    assert started[-1] == "another's"


def test_what_is_dropped_is_not_started(line, started):
    for number in range(4):
        line.enter(1, number)
    assert line.drop(1, 2)
    assert not line.drop(1, 0)  # it is at work
    line.leave(1)
    line.leave(1)
    assert started == [0, 1, 3]


def test_five_imports_of_one_person_at_once_all_succeed(app):
    client = people(app)[0]
    bodies = [document(client, f"lamp {number}.txt") for number in range(5)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda body: sends(client, body), bodies))
    assert [status for status, _ in answers] == [201] * 5
    titles = {answered["documents"][0]["title"] for _, answered in answers}
    assert titles == {f"lamp {number}" for number in range(5)}


@pytest.mark.slow
def test_twelve_people_import_three_documents_each_at_once(app):
    clients = people(app, *(f"person{number}" for number in range(11)))
    work = [(client, document(client)) for client in clients for _ in range(3)]
    with ThreadPoolExecutor(len(work)) as pool:
        statuses = list(pool.map(lambda each: sends(*each)[0], work))
    assert set(statuses) <= {201, 202}  # read at once, or in line for it


class Held:
    """The server in this process, where a document is read when the test lets it be read."""

    def __init__(self, app, user):
        self.services = app.extensions["voiceverse"]
        self._read = self.services.documents.imports.import_file
        self._may_read, self.at_work = threading.Semaphore(0), 0
        self.services.documents.imports.import_file = self._wait_and_read
        self._server = Server(
            app, self.services.config, self.services.stopping, listen(self.services.config)
        )
        self.port = self._server.port
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        self.client = Client(self)
        cookie = Browser(app, user).client.get_cookie("voiceverse")
        self.client.cookies = {"voiceverse": cookie.value}

    def let_read(self, number):
        self._may_read.release(number)

    def stop(self):
        self.let_read(100)
        self._server.close()
        self._thread.join()

    def _wait_and_read(self, *order):
        self.at_work += 1
        self._may_read.acquire()
        self.at_work -= 1
        return self._read(*order)


@pytest.fixture
def held(make_app, password_hash):
    # Four threads beside that of listeners: for two imports at work, and for pages.
    app = make_app(threads=5, live_listeners=1)
    user = app.extensions["voiceverse"].db.create_user("vera", password_hash)
    served = Held(app, user)
    yield served
    served.stop()


def test_imports_that_wait_hold_no_thread_and_leave_when_their_client_goes(held):
    body = document(held.client)
    sent = [begin(held.client, len(body), body) for _ in range(20)]
    wait_until(lambda: held.at_work == 2, "two at work")
    assert held.client.request("GET", "/library")[0] == 200
    assert held.client.generate("A lamp.")["status"] == "queued"
    for connection in sent[2:]:
        connection.close()
    page = urlencode({"csrf_token": held.client.token(), "url": "http://127.0.0.1/"}).encode()
    with closing(begin(held.client, len(page), page, Content_Type=FORM)) as last:
        held.let_read(2)
        # Two answers are enough to bring the turn of the page, which is none of those fetched.
        assert last.recv(100).startswith(b"HTTP/1.1 400")
    for connection in sent[:2]:
        assert connection.recv(100).startswith(b"HTTP/1.1 201")
        connection.close()
    assert len(held.client.json("/documents")["documents"]) == 2


def test_an_import_whose_turn_comes_while_its_client_is_looked_for_is_answered(held, monkeypatch):
    body = document(held.client)
    sent = [begin(held.client, len(body), body) for _ in range(2)]
    wait_until(lambda: held.at_work == 2, "two at work")
    has_gone, looked_for = Channel._has_gone, []

    def look_slowly(channel):
        if not looked_for:
            looked_for.append(channel)
            held.let_read(1)
            wait_until(lambda: channel._queued_at is None, "in the queue")
        return has_gone(channel)

    monkeypatch.setattr(Channel, "_has_gone", look_slowly)
    with closing(begin(held.client, len(body), body)) as late:
        wait_until(lambda: looked_for, "the look")
        held.let_read(2)
        assert late.recv(100).startswith(b"HTTP/1.1 201")
    for connection in sent:
        connection.close()


def test_an_import_whose_turn_does_not_come_is_told_so(held, monkeypatch):
    body = document(held.client)
    sent = [begin(held.client, len(body), body) for _ in range(2)]
    wait_until(lambda: held.at_work == 2, "two at work")
    monkeypatch.setattr("server.connection.LONGEST_WAIT_S", 0.0)
    with closing(begin(held.client, len(body), body)) as late:
        status, headers, sentence = answer(late)
    assert (status, headers["Retry-After"]) == (503, "30")
    assert "Other documents are being imported" in sentence
    for connection in sent:
        connection.close()
