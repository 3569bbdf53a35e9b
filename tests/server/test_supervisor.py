"""Who keeps the worker and the web processes running."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server import supervisor
from server.supervisor import Supervisor
from tests.support.making import prose
from tests.support.serving import ROOT, App, Client, wait_until, web_processes

# A supervisor whose web processes write their numbers and stay; its worker is `cat`.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from server import supervisor
folder = Path(sys.argv[1])
supervisor.program_command = lambda module: ["cat"]
supervisor.STOP_WAIT_S = float(sys.argv[2])
if "unready" in sys.argv:
    supervisor.CHECK = "import sys; sys.exit('no such setting')"

def serve(number):
    if "deaf" not in sys.argv:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    (folder / f"web{number}.{os.getpid()}").touch()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    os.read(kept.parted, 1)

def forget(number):
    with (folder / "forgotten").open("a") as file:
        file.write(f"{number} ")

kept = supervisor.Supervisor(serve, 2, forget)
kept.run()
"""


class Kept:
    """A supervisor of two web processes in a process of its own."""

    def __init__(self, folder, *words, stop_wait_s=5, **pipes):
        self.folder = folder
        command = [sys.executable, "-c", PROGRAM, str(folder), str(stop_wait_s), *words]
        self.process = subprocess.Popen(command, cwd=ROOT, **pipes)
        self.until_both()

    def pid(self, number):
        """The process that serves as this number now."""
        names = sorted(self.folder.glob(f"web{number}.*"), key=lambda path: path.stat().st_mtime_ns)
        return int(names[-1].suffix[1:]) if names else None

    def until_both(self):
        wait_until(lambda: self.pid(1) and self.pid(2), "two web processes")


def is_running(pid):
    return Path(f"/proc/{pid}").exists()


@pytest.fixture
def kept(tmp_path):
    kept = Kept(tmp_path)
    yield kept
    kept.process.kill()
    kept.process.wait()


def test_a_web_process_that_dies_is_replaced_and_its_counts_are_forgotten(kept, tmp_path):
    killed, other = kept.pid(2), kept.pid(1)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: kept.pid(2) != killed, "another web process")
    assert kept.pid(1) == other
    wait_until((tmp_path / "forgotten").exists, "the forgetting")
    assert (tmp_path / "forgotten").read_text() == "2 "


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_processes(kept, number):
    pids = [kept.pid(1), kept.pid(2)]
    kept.process.send_signal(number)
    assert kept.process.wait(30) == 0
    assert not any(map(is_running, pids))


def test_who_does_not_hear_is_killed_in_the_end(tmp_path):
    kept = Kept(tmp_path, "deaf", stop_wait_s=0.3)
    pids = [kept.pid(1), kept.pid(2)]
    kept.process.terminate()
    assert kept.process.wait(30) == 0
    assert not any(map(is_running, pids))


def test_web_processes_end_when_the_supervisor_is_killed(kept):
    pids = [kept.pid(1), kept.pid(2)]
    kept.process.kill()
    kept.process.wait()
    wait_until(lambda: not any(map(is_running, pids)), "their end")


def test_what_cannot_be_started_is_tried_again(monkeypatch, tmp_path):
    tries, made = [], []

    class Process(supervisor.Process):
        def start(self):
            tries.append(self.name)
            if len(tries) < 3:
                raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
            made.append(self)

        def poll(self):
            return None

    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.0)
    kept = Supervisor(print, 0, print)
    process = Process("speaker")
    process.pause_s = 0.0
    kept._processes = [process]
    while not made:
        kept._look()
    assert tries == ["speaker"] * 3
    assert kept._until_due() is None


# The program itself


@pytest.fixture
def app(tmp_path):
    with App(tmp_path, VOICEVERSE_WEB_PROCESSES="3") as app:
        yield app


def test_requests_are_answered_while_web_processes_are_killed_one_after_another(app):
    client = Client(app).set_up()
    for _ in range(6):
        pid = web_processes(app)[0]
        with contextlib.suppress(ProcessLookupError):  # it was one of those killed before
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: not is_running(pid), "its end")
        assert client.request("GET", "/library")[0] == 200
    wait_until(lambda: len(web_processes(app)) == 3, "three web processes again")
    log = app.log_path.read_text()
    assert "web process" in log
    assert "starting another one" in log


def test_a_killed_supervisor_takes_everybody_with_it(app):
    pids = [*web_processes(app), app.worker_pid()]
    app.kill_alone()
    wait_until(lambda: not any(map(is_running, pids)), "their end")


# A reload


def test_no_request_is_lost_at_a_reload(tmp_path):
    with App(tmp_path, VOICEVERSE_WEB_PROCESSES="2") as app:
        client = Client(app).set_up()
        before, worker, done = web_processes(app), app.worker_pid(), threading.Event()

        def ask(_number):
            statuses = []
            while not done.is_set():
                statuses.append(client.request("GET", "/library")[0])
            return statuses

        def is_renewed():
            now = web_processes(app)
            return len(now) == 2 and not set(now) & set(before) and app.worker_pid() != worker

        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(ask, number) for number in range(4)]
            app.process.send_signal(signal.SIGHUP)
            wait_until(is_renewed, "the new processes")
            done.set()
            statuses = [status for each in asking for status in each.result()]
        assert set(statuses) == {200}
        assert app.process.poll() is None
        assert client.generate("The lamp was lit.")["status"] in ("queued", "speaking", "ready")
        second = subprocess.run(
            [sys.executable, "app.py"], cwd=ROOT, env=app.environ, capture_output=True, timeout=60
        )
        assert (second.returncode, b"already runs" in second.stderr) == (1, True)


def test_who_listens_at_a_reload_hears_it_to_the_end(tmp_path):
    with App(tmp_path, VOICEVERSE_WEB_PROCESSES="2") as app:
        client = Client(app).set_up()
        before = web_processes(app)
        filename = client.generate(prose(20_000))["filename"]
        wait_until(lambda: client.state(filename)["status"] != "queued", "the claim")
        connection, answer = client.open("GET", f"/audio/{filename}")
        heard = answer.read(4000)
        app.process.send_signal(signal.SIGHUP)
        wait_until(lambda: not set(web_processes(app)) >= set(before), "the reload")
        heard += answer.read()
        connection.close()
        client.until_ready(filename)
        whole = client.request("GET", f"/audio/{filename}")[2]
    assert len(heard) == pytest.approx(len(whole), rel=0.01)  # a frame at the stop is made anew


def test_what_cannot_be_started_anew_goes_on_as_it_was(tmp_path):
    kept = Kept(tmp_path, "unready", stderr=subprocess.PIPE)
    before = [kept.pid(1), kept.pid(2)]
    kept.process.send_signal(signal.SIGHUP)
    assert b"goes on as it was: no such setting" in kept.process.stderr.readline()
    assert all(map(is_running, before))
    kept.process.terminate()
    assert kept.process.wait(30) == 0
    kept.process.stderr.close()
