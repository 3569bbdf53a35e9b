"""What the program says, for programs and for who sits before a terminal."""

import io
import json
import logging
import sys

import pytest

from common import logs


def record(message="", level=logging.INFO, exc_info=None, **fields):
    made = logging.LogRecord("voiceverse", level, __file__, 1, message, (), exc_info)
    if fields:
        made.fields = fields
    return made


def test_a_terminal_shows_a_request_as_a_short_line():
    line = logs.TerminalLines().format(
        record("request", method="GET", path="/", status=200, user=None)
    )
    assert line[8:] == " GET / 200"


def test_a_terminal_shows_how_serious_it_is():
    assert (
        logs.TerminalLines().format(record("Disk full", logging.ERROR)).endswith(" ERROR Disk full")
    )


def test_nothing_that_people_send_moves_the_cursor_or_makes_a_line():
    hostile = '/x\n\x1b[2J\x07\u2028"'
    line = logs.TerminalLines().format(record("request", path=hostile))
    assert line.endswith(' /x\\n\\x1b[2J\\x07\\u2028"')


def test_a_terminal_shows_traces_below_the_line():
    try:
        raise ValueError("why\x1b[2J")
    except ValueError:
        line = logs.TerminalLines().format(record("It failed", logging.ERROR, sys.exc_info()))
    first, *trace = line.splitlines()
    assert first.endswith("ERROR It failed")
    assert trace[-1] == "ValueError: why\\x1b[2J"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_programs_get_json_and_people_do_not(monkeypatch, is_terminal):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    stream = io.StringIO()
    stream.isatty = lambda: is_terminal
    monkeypatch.setattr(sys, "stderr", stream)
    level = root.level
    try:
        logs.configure("INFO", lambda: "id")
        logging.getLogger("voiceverse").info("Ready")
    finally:
        root.setLevel(level)
    told = stream.getvalue()
    if is_terminal:
        assert told[8:] == " Ready\n"
    else:
        assert json.loads(told)["message"] == "Ready"


def test_a_line_that_cannot_be_made_keeps_back_no_other(monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    stream = io.StringIO()
    later = logs.LaterHandler(logging.StreamHandler(stream))
    for words, values in (("one", ()), ("%s and %s", ("two",)), ("three", ())):
        later.handle(logging.LogRecord("n", logging.INFO, "p", 1, words, values, None))
    later.close()
    assert stream.getvalue() == "one\nthree\n"
