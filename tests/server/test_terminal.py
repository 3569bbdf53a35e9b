"""What somebody sees who starts VoiceVerse in a terminal: the address and the link, last of all."""

import os
import re
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.serving import PASSWORD, ROOT, App, Client, wait_until, worker_of
from tests.support.terminals import Terminal

CTRL_C = b"\x03"


@contextmanager
def started(app):
    """The app before a terminal, from when it says where it is until Ctrl+C."""
    terminal = Terminal([sys.executable, "app.py"], ROOT, app.environ)
    found = []

    def address():
        found[:] = re.findall(r"is at http://127\.0\.0\.1:(\d+)\r\n", terminal.screen)
        return found

    try:
        terminal.read_until(address, "the address")
        app.port = int(found[0])
        yield terminal
    finally:
        terminal.press(CTRL_C)
        code = terminal.wait()
    assert code == 0, terminal.screen
    assert "Traceback" not in terminal.screen


def health_shown(terminal):
    return lambda: "GET /health" in terminal.screen


def test_the_address_and_the_link_come_last_and_requests_do_not_bury_them(tmp_path):
    app = App(tmp_path, VOICEVERSE_PROT="5000")
    with started(app) as terminal:
        terminal.read_until(lambda: "token=" in terminal.screen, "the link")
        for _ in range(3):
            assert Client(app).request("GET", "/login")[0] == 200
    start, warning, address, hint, place, link = terminal.lines[:6]
    assert "Ctrl+C" in start
    assert "VOICEVERSE_PROT is not a setting" in warning
    assert address == f"VoiceVerse is at http://127.0.0.1:{app.port}"
    assert "first account" in hint
    assert place == f"{app.data}/setup_link."
    assert link == (app.data / "setup_link").read_text()
    assert [line for line in terminal.lines[6:] if line != "^C"] == []


def test_a_start_with_accounts_ends_with_the_address(tmp_path):
    app = App(tmp_path)
    app.flask("user", "add", "anna", "--admin", "--password-stdin", stdin=PASSWORD + "\n")
    with started(app) as terminal:
        assert Client(app).request("GET", "/health")[0] == 200
    shown = [line for line in terminal.lines if line != "^C"]
    assert shown[-1] == f"VoiceVerse is at http://127.0.0.1:{app.port}"
    assert len(shown) == 2


def test_requests_are_shown_on_a_terminal_when_that_is_set(tmp_path):
    app = App(tmp_path, VOICEVERSE_REQUEST_LOG="on")
    with started(app) as terminal:
        Client(app).request("GET", "/health")
        terminal.read_until(health_shown(terminal), "the line")
    assert any(re.fullmatch(r"\d\d:\d\d:\d\d GET /health 200 .*", line) for line in terminal.lines)


def test_a_warning_is_shown_on_a_terminal_all_the_same(tmp_path):
    app = App(tmp_path)
    with started(app) as terminal:
        os.kill(wait_until(lambda: worker_of(terminal.pid), "a worker"), signal.SIGKILL)
        terminal.read_until(lambda: "starting another one" in terminal.screen, "the warning")
    assert any("WARNING the worker ended" in line for line in terminal.lines)


@pytest.mark.parametrize("setting", ["off", "on", "auto"])
def test_a_file_gets_the_lines_of_requests_unless_they_are_off(tmp_path, setting):
    with App(tmp_path, VOICEVERSE_REQUEST_LOG=setting) as app:
        Client(app).request("GET", "/health")
    assert ('"path": "/health"' in app.log_path.read_text()) == (setting != "off")


def test_a_terminal_that_is_closed_ends_the_app_and_its_worker(tmp_path):
    app = App(tmp_path)
    terminal = Terminal([sys.executable, "app.py"], ROOT, app.environ)
    terminal.read_until(lambda: "token=" in terminal.screen, "the link")
    worker = wait_until(lambda: worker_of(terminal.pid), "the worker")
    assert terminal.hang_up() == 0
    assert not Path(f"/proc/{worker}").exists()
