"""The log of requests: one line each, with all that helps and nothing that is secret."""

import io
import json
import logging
import sys

import pytest

from common import logs
from tests.conftest import PASSWORD
from tests.support.serving import App, Client
from web import request_log


@pytest.fixture
def lines():
    """What the program says while the test runs, as it stands on standard error."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines(request_log.request_id))
    logger = logging.getLogger("voiceverse")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_request_is_one_line_with_what_helps(owner, lines):
    answer = owner.get("/library?q=secret-word")
    (line,) = lines()
    assert line["time"].endswith("Z")
    assert line["request_id"] == answer.headers["X-Request-Id"] != ""
    assert (line["method"], line["path"], line["status"]) == ("GET", "/library", 200)
    assert line["ms"] >= 0
    assert line["user"] == owner.user["id"]


def test_no_text_no_password_and_no_query_is_told(owner, stranger, lines):
    owner.post("/generate", {"text": "a very private text", "name": "private name"})
    stranger.post("/login", {"username": "vera", "password": PASSWORD})
    stranger.get("/setup?token=one-time-token")
    told = json.dumps(lines())
    for secret in ("private", PASSWORD, "one-time-token", "?"):
        assert secret not in told


def test_the_files_of_the_program_itself_are_not_told(stranger, lines):
    assert stranger.get("/static/icon.svg").status_code == 200
    stranger.get("/login")
    assert [line["path"] for line in lines()] == ["/login"]


def test_line_breaks_do_not_make_a_line_of_their_own(stranger, lines):
    stranger.get("/files/x%0A%7B%22level%22%3A%22INFO%22%7D%0D%E2%80%A8")
    (line,) = lines()
    assert "\n" in line["path"]


def test_long_paths_are_cut(stranger, lines):
    stranger.get("/files/" + "x" * 5000)
    assert len(lines()[0]["path"]) == request_log.LONGEST_PATH


def test_what_is_not_there_and_what_fails_is_told_too(app, owner, lines, monkeypatch):
    assert owner.get("/nowhere").status_code == 404

    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "library.overview", fail)
    app.testing = False
    assert owner.get("/library").status_code == 500
    assert [line["status"] for line in lines() if "status" in line] == [404, 500]


def test_it_can_be_switched_off(make_app, lines):
    app = make_app(request_log="off")
    app.test_client().get("/login")
    assert lines() == []


@pytest.mark.parametrize(
    ("setting", "is_terminal", "is_told"),
    [("auto", False, True), ("auto", True, False), ("on", True, True), ("off", False, False)],
)
def test_it_is_off_on_a_terminal_unless_it_is_set(
    make_app, lines, monkeypatch, setting, is_terminal, is_told
):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    make_app(request_log=setting).test_client().get("/login")
    assert bool(lines()) == is_told


def test_errors_carry_their_trace_in_the_same_line(lines):
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("voiceverse.x").exception("it broke")
    (line,) = lines()
    assert line["message"] == "it broke"
    assert "ValueError: two\nlines" in line["trace"]


def test_security_events_carry_the_id_of_their_request(owner, stranger, services):
    answer = stranger.post("/login", {"username": "vera", "password": "wrong"})
    (event,) = services.db.get_security_logs(event_type="login_failed")
    assert event["request_id"] == answer.headers["X-Request-Id"]


def test_the_server_writes_lines_of_json(tmp_path):
    with App(tmp_path) as app:
        _, headers, _ = Client(app).request("GET", "/login?next=/library")
    found = [json.loads(line) for line in app.log_path.read_text().splitlines() if line[0] == "{"]
    (line,) = [line for line in found if line.get("path") == "/login"]
    assert line["request_id"] == headers["X-Request-Id"]
