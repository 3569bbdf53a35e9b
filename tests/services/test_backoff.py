"""What cannot go on waits, says what for, and goes on by itself: over the server that ships."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from unittest.mock import Mock

import pytest

from common import transient_causes
from queries.leases import RETAKES
from services import backoff as waiting_module
from speech.errors import EngineCrashed, EngineHeldUp
from storage.errors import DatabaseBusy
from tests.support.disks import crowded, filled, small
from tests.support.making import SENTENCES, prose
from tests.support.sending import CONTENT_TYPE, multipart
from tests.support.serving import App, Client, wait_until
from web.file_state import held_up as held_up_by

LABELS = {
    "disk": "disk full",
    "files": "no inodes left",
    "database": "database locked",
    "killed": "stopped by the system",
}
SOON_S = 30.0  # ten seconds are promised; the machine that tests may be busy with others
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
held.execute("BEGIN " + sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 40 MB and 400 files; skipped where mounting is not allowed."""
    with small(tmp_path / "small", "40m", 400) as folder:
        if folder is None:
            pytest.skip("mounting a small file system is not allowed here")
        yield folder


@contextmanager
def locked(database: Path, how="EXCLUSIVE"):
    """Another program that keeps the database to itself."""
    command = [sys.executable, "-c", HOLD, str(database), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.stdin.close()
            holder.wait()


def waiting(client, filename, code):
    """The state of a piece once it waits for that cause."""

    def found():
        state = client.state(filename)
        assert state["status"] in ("queued", "speaking"), state
        return state if state["waits_for_code"] == code else None

    return wait_until(found, f"the wait for {code}")


def until_it_goes_on(client, filename, spoken=0):
    """Return once a piece is no longer held up and more of it is spoken; fails if not soon."""

    def goes_on():
        state = client.state(filename)
        assert state["status"] in ("queued", "speaking", "ready"), state
        return state["waits_for_code"] is None and state["spoken_characters"] > spoken

    wait_until(goes_on, "going on", SOON_S)


def shown(client, path):
    return client.request("GET", path)[2].decode()


def is_told(client, filename, code):
    """Whether page and list say what a piece waits for."""
    sentence, label = transient_causes.BY_CODE[code].waiting, f"waiting: {LABELS[code]}"
    is_on_page = sentence in shown(client, f"/files/{filename}")
    return is_on_page and label in shown(client, "/library")


def whole(client, filename, text):
    state = client.until_ready(filename, 120.0)
    assert (state["spoken_characters"], state["error"]) == (len(text), None)
    return state


# Disks


@pytest.mark.parametrize(("fault", "code"), [(filled, "disk"), (crowded, "files")])
def test_a_piece_waits_while_a_disk_takes_no_more_and_goes_on(small_disk, fault, code):
    text = prose(8_000)
    with App(small_disk, VOICEVERSE_MIN_FREE_MB="4", VOICEVERSE_JOBS="1") as app:
        client = Client(app).set_up()
        filename = client.generate(text)["filename"]
        wait_until(lambda: client.state(filename)["spoken_characters"], "the beginning")
        with fault(small_disk):
            state = waiting(client, filename, code)
            assert state["waits_for"] == transient_causes.BY_CODE[code].waiting
            assert is_told(client, filename, code)
        until_it_goes_on(client, filename, state["spoken_characters"])
        whole(client, filename, text)


def test_a_full_inode_table_is_named_everywhere_and_nothing_fails(small_disk):
    with App(small_disk) as app:
        client = Client(app).set_up()
        token = client.token("/")
        with crowded(small_disk):
            status, _, body = client.send_text(SENTENCES, token)
            assert (status, "inodes" in json.loads(body)["error"]) == (507, True)
            for size in (40, 2_000_000):
                form = multipart([("book.txt", b"word " * (size // 5))], csrf_token=token)
                status, _, body = client.request(
                    "POST", "/documents", form, Content_Type=CONTENT_TYPE, Accept="application/json"
                )
                assert (status, "inodes" in json.loads(body)["error"]) == (507, True)
            status, _, body = client.request("GET", "/health", Accept="application/json")
            assert status == 503
            told = app.flask("doctor").stdout
            assert "The disk can take 0 more files (inodes)." in told
            assert Client(app).log_in("owner").request("GET", "/library")[0] == 200
        client.until_ready(client.generate(SENTENCES)["filename"])
        wait_until(lambda: client.request("GET", "/health")[0] == 200, "health")


def test_a_start_on_a_full_disk_is_one_sentence_or_works(small_disk):
    app = App(small_disk)
    with filled(small_disk):
        ended = app.flask("doctor")
        assert "Traceback" not in ended.stdout + ended.stderr
        started = begin(app.environ)
        assert (started.returncode, started.stdout) == (1, "")
        assert started.stderr.count("\n") == 1
        assert "disk is full" in started.stderr or "No space left" in started.stderr
    with app:
        Client(app).set_up()


# Databases


def check_locked(tmp_path, hold_s):
    text = prose(8_000)
    with App(tmp_path, VOICEVERSE_JOBS="1") as app:
        client = Client(app).set_up()
        filename = client.generate(text)["filename"]
        wait_until(lambda: client.state(filename)["spoken_characters"], "the beginning")
        token = client.token("/")
        held_at = time.monotonic()
        with locked(app.data / "voiceverse.db"):
            state = waiting(client, filename, "database")
            assert is_told(client, filename, "database")
            status, _, body = client.send_text(SENTENCES, token)
            assert (status, "busy" in json.loads(body)["error"]) == (503, True)
            wait_until(lambda: time.monotonic() - held_at > hold_s, "the end of the lock", 90.0)
        until_it_goes_on(client, filename, state["spoken_characters"])
        whole(client, filename, text)


def test_a_piece_waits_for_a_locked_database_and_goes_on(tmp_path):
    check_locked(tmp_path, 0.0)


@pytest.mark.slow
def test_a_database_locked_for_45_seconds_fails_nothing(tmp_path):
    check_locked(tmp_path, 45.0)


@pytest.mark.slow
def test_each_piece_keeps_its_place_while_the_database_is_locked(tmp_path):
    with App(tmp_path, VOICEVERSE_JOBS="4") as app:
        client = Client(app).set_up()
        files = [client.generate(prose(60_000))["filename"] for _ in range(5)]
        for filename in files[:4]:
            wait_until(lambda name=filename: client.state(name)["spoken_characters"], "beginning")
        with locked(app.data / "voiceverse.db", "IMMEDIATE"):
            before = [waiting(client, filename, "database") for filename in files[:4]]
            held_at = time.monotonic()
            wait_until(lambda: time.monotonic() - held_at > 12, "the end of the lock", 30.0)
        for state in before:
            until_it_goes_on(client, state["filename"], state["spoken_characters"])
        assert client.state(files[4])["status"] == "queued"


def test_a_piece_that_waits_for_its_turn_says_so_after_a_cause_has_ended(tmp_path):
    with App(tmp_path, VOICEVERSE_JOBS="1") as app:
        client = Client(app).set_up()
        client.generate(prose(80_000))
        filename = client.generate(SENTENCES)["filename"]
        with closing(sqlite3.connect(app.data / "voiceverse.db", timeout=30)) as database:
            for due, code in ((time.time() + 9, "disk"), (time.time() - 60, None)):
                with database:
                    database.execute(
                        """UPDATE audio_files SET waits_for = 'disk', not_before_epoch = ?
                           WHERE filename = ?""",
                        (due, filename),
                    )
                state = client.state(filename)
                assert (state["status"], state["waits_for_code"]) == ("queued", code)
        assert "Waiting in the queue." in shown(client, f"/files/{filename}")


def test_a_start_beside_a_locked_database_goes_on_once_it_is_free(tmp_path):
    app, text = App(tmp_path), prose(8_000)
    with app:
        client = Client(app).set_up()
        filename = client.generate(text)["filename"]
        app.kill()
    with locked(app.data / "voiceverse.db"):
        app.start()
        waiting(client, filename, "database")
    try:
        until_it_goes_on(client, filename)
        whole(client, filename, text)
    finally:
        app.stop()


# Processes


def speaking(worker_pid):
    """The processes that speak for a worker."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == worker_pid and b"espeak_process" in (folder / "cmdline").read_bytes():
                yield int(folder.name)


def test_a_piece_goes_on_after_the_system_killed_its_voice_again_and_again(tmp_path):
    text = prose(8_000)
    with App(tmp_path, VOICEVERSE_JOBS="1") as app:
        client = Client(app).set_up()
        filename = client.generate(text)["filename"]
        worker, killed = app.worker_pid(), 0

        def is_enough():
            nonlocal killed
            for pid in speaking(worker):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
            return killed > 10 and client.state(filename)["waits_for_code"] == "killed"

        wait_until(is_enough, "the wait")
        assert is_told(client, filename, "killed")
        until_it_goes_on(client, filename)
        whole(client, filename, text)
        assert client.until_ready(client.generate(SENTENCES)["filename"])["duration"] > 1


def held_up(home, monkeypatch, error):
    """A piece of which every try ends in that error."""

    def refuse(*_):
        raise error

    monkeypatch.setattr(home.studio.synthesis, "sound", refuse)
    return home.submit()["filename"]


def test_a_voice_that_is_killed_at_one_place_for_ever_fails_at_last(home, monkeypatch):
    monkeypatch.setattr("services.backoff.is_memory_short", lambda: False)
    filename = held_up(home, monkeypatch, EngineHeldUp(transient_causes.KILLED))
    tries = 0
    while home.row(filename)["status"] == "queued":
        home.db.release_jobs(home.worker.host)  # as if the time had passed
        tries += home.worker.run_pending()
    assert tries == transient_causes.KILLED.tries + 1
    assert "60 times at the same place" in home.row(filename)["error"]


@pytest.mark.parametrize("is_short", [True, False])
@pytest.mark.parametrize("cause", [transient_causes.KILLED, transient_causes.DISK])
def test_what_may_have_been_paid_for_is_tried_few_times(home, monkeypatch, cause, is_short):
    monkeypatch.setattr("services.backoff.is_memory_short", lambda: is_short)
    error = EngineHeldUp(cause)
    error.tries = transient_causes.PAID_TRIES
    filename = held_up(home, monkeypatch, error)
    tries = 0
    while home.row(filename)["status"] == "queued":
        home.db.release_jobs(home.worker.host)  # as if the time had passed
        tries += home.worker.run_pending()
    assert home.row(filename)["status"] == "failed"
    assert tries == transient_causes.PAID_TRIES + 1


def test_waits_for_one_cause_use_up_no_tries_of_another(home, monkeypatch):
    monkeypatch.setattr("services.backoff.is_memory_short", lambda: False)
    filename = held_up(home, monkeypatch, OSError(28, "No space left on device"))
    for _ in range(transient_causes.KILLED.tries + 5):
        home.db.release_jobs(home.worker.host)
        assert home.worker.run_pending() == 1
    monkeypatch.setattr(
        home.studio.synthesis, "sound", Mock(side_effect=EngineHeldUp(transient_causes.KILLED))
    )
    home.db.release_jobs(home.worker.host)
    home.worker.run_pending()
    row = home.row(filename)
    assert (row["status"], row["waits_for"], row["waits"]) == ("queued", "killed", 1)


def test_a_voice_that_alone_has_too_little_memory_fails_at_last(home, monkeypatch):
    monkeypatch.setattr("services.backoff.is_memory_short", lambda: False)
    filename = held_up(home, monkeypatch, EngineHeldUp(transient_causes.MEMORY))
    tries = 0
    while home.row(filename)["status"] == "queued" and tries < 100:
        home.db.release_jobs(home.worker.host)
        tries += home.worker.run_pending()
    assert (home.row(filename)["status"], tries) == ("failed", transient_causes.KILLED.tries + 1)


@pytest.mark.parametrize("status", ["queued", "working"])
def test_what_is_taken_up_again_says_no_more_that_it_waits(make_app, status):
    row = {"status": status, "waits_for": "disk"}
    with make_app().test_request_context("/"):
        assert held_up_by(row | {"not_before_epoch": None}) is None
        assert held_up_by(row | {"not_before_epoch": time.time() + 5}) is transient_causes.DISK


def test_the_state_of_work_is_written_once_there_is_memory(home):
    fails, written = iter([MemoryError, MemoryError]), []

    def change():
        for failure in fails:
            raise failure
        written.append(True)

    home.worker.states._stop = Mock(wait=Mock(return_value=False))
    home.worker.states.write("a file", change)
    assert written == [True]
    assert home.worker.notice.read() == ""


def test_short_memory_uses_up_no_tries(home, monkeypatch):
    monkeypatch.setattr("services.backoff.is_memory_short", lambda: True)
    filename = held_up(home, monkeypatch, EngineHeldUp(transient_causes.KILLED))
    for _ in range(3):
        home.db.release_jobs(home.worker.host)
        assert home.worker.run_pending() == 1
    row = home.row(filename)
    assert (row["status"], row["waits"], row["attempts"]) == ("queued", 0, 0)


def test_a_voice_that_crashes_for_ever_fails_though_memory_is_short(home, monkeypatch):
    monkeypatch.setattr("services.backoff.is_memory_short", lambda: True)
    filename = held_up(home, monkeypatch, EngineCrashed("The voice broke off."))
    tries = 0
    while home.row(filename)["status"] == "queued" and tries < 100:
        home.db.release_jobs(home.worker.host)
        tries += home.worker.run_pending()
    row = home.row(filename)
    assert (row["status"], row["error"]) == ("failed", "The voice broke off.")
    assert tries == transient_causes.KILLED.tries + 1


def test_what_the_system_keeps_of_files_is_no_lack_of_memory(tmp_path, monkeypatch):
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/\n")
    (tmp_path / "proc/meminfo").write_text("MemAvailable: 8000000 kB\n")
    (group / "memory.max").write_text(f"{1 << 30}\n")
    (group / "memory.current").write_text(f"{1 << 30}\n")
    monkeypatch.setattr("common.memory.Path", lambda path: tmp_path / path.lstrip("/"))
    stat = group / "memory.stat"
    stat.write_text(f"anon {1 << 30}\ninactive_file 0\n")
    assert waiting_module.is_memory_short()
    for name in ("inactive_file", "active_file", "slab_reclaimable"):
        stat.write_text(f"anon 4096\n{name} {1 << 29}\n")
        assert not waiting_module.is_memory_short(), name


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "disk"),
        (OSError(122, "Disk quota exceeded"), "quota"),
        (OSError(30, "Read-only file system"), "read_only"),
        (OSError(24, "Too many open files"), "open_files"),
        (OSError(12, "Cannot allocate memory"), "memory"),
        (MemoryError(), "memory"),
        (RuntimeError("can't start new thread"), "processes"),
        (DatabaseBusy("The database is busy."), "database"),
    ],
)
def test_each_cause_that_passes_is_waited_for_by_its_name(home, monkeypatch, error, code):
    filename = held_up(home, monkeypatch, error)
    assert home.worker.run_pending() == 1  # and not again at once
    row = home.row(filename)
    assert (row["status"], row["waits_for"], row["error"]) == ("queued", code, None)
    assert row["not_before_epoch"] <= time.time() + 10
    monkeypatch.undo()
    home.db.release_jobs(home.worker.host)
    home.worker.run_pending()
    row = home.row(filename)
    assert (row["status"], row["waits_for"], row["waits"]) == ("ready", "", 0)


def test_what_waits_holds_up_nobody_else(home, monkeypatch):
    filename = held_up(home, monkeypatch, DatabaseBusy("The database is busy."))
    home.worker.run_pending()
    monkeypatch.undo()
    other = home.db.create_user("otto", "!")["id"]
    assert home.studio.generation.submit(other, SENTENCES)["status"] == "queued"
    assert home.speak()["status"] == "ready"
    assert home.row(filename)["status"] in ("queued", "ready")
    assert home.db.get_job_counts()["speaking"] == 0


def test_a_clock_that_was_set_back_lets_nothing_wait_for_hours(home, monkeypatch):
    filename = held_up(home, monkeypatch, DatabaseBusy("The database is busy."))
    home.worker.run_pending()
    monkeypatch.undo()
    now = home.row(filename)["not_before_epoch"] - 3600
    assert home.db.claim_job("w", now=now, lease_s=30.0)["filename"] == filename


def test_a_piece_that_waits_can_be_cancelled_and_paused(home, monkeypatch):
    for stop, status in (("cancel", "cancelled"), ("pause", "paused")):
        filename = held_up(home, monkeypatch, DatabaseBusy("The database is busy."))
        home.worker.run_pending()
        getattr(home.studio.generation, stop)(filename, home.user_id)
        row = home.row(filename)
        assert (row["status"], row["waits_for"]) == (status, "")


def test_a_worker_does_not_take_its_own_change_twice(home):
    """After a sleep of the machine, a thread of it is still at work on that change."""
    row = home.speak()
    end = home.db.get_segments(row["id"])[0]["text_end"]
    home.studio.retakes.ask(row, 0, end, "The snow had melted.")
    change = home.db.claim_retake("w", now=1000.0, lease_s=30.0)
    assert home.db.claim_retake("w", now=9000.0, lease_s=30.0) is None
    assert home.db.claim_retake("other", now=9000.0, lease_s=30.0)["id"] == change["id"]


def test_a_change_of_a_sentence_waits_and_is_made(home, monkeypatch):
    row = home.speak()
    end = home.db.get_segments(row["id"])[0]["text_end"]
    home.studio.retakes.ask(row, 0, end, "The snow had melted.")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(home.studio.synthesis, "sound", full)
    home.worker.run_pending()
    change = home.db.get_retake(row["id"])
    assert (change["status"], change["waits_for"], change["attempts"]) == ("queued", "disk", 0)
    monkeypatch.undo()
    home.db.release_work(RETAKES, home.worker.host)
    taken = home.db.claim_retake(home.worker.name, now=time.time(), lease_s=30.0)
    assert (taken["not_before_epoch"], taken["waits"]) == (None, 1)
    home.db.park_work(RETAKES, taken["id"], home.worker.name)
    home.worker.run_pending()
    assert home.db.get_retake(row["id"]) is None
    assert home.db.get_text(row["id"]).startswith("The snow had melted.")


# Where the data lies


def begin(environ):
    """Start the program that serves, to its end."""
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=Path(__file__).parent.parent.parent,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def deep(folder, length):
    """A path of so many characters below a folder; no name in it is too long."""
    path = str(folder)
    while len(path) < length:
        path += "/" + "d" * min(100, max(1, length - len(path) - 1))
    return path[:length].rstrip("/") if len(path) > length else path


@pytest.mark.parametrize("length", [200, 300])
def test_a_long_data_path_works(tmp_path, length):
    app = App(tmp_path, VOICEVERSE_DATA_DIR=deep(tmp_path, length))
    app.data = Path(app.environ["VOICEVERSE_DATA_DIR"])
    with app:
        client = Client(app).set_up()
        client.until_ready(client.generate(SENTENCES)["filename"])


@pytest.mark.parametrize("length", [500, 4000, 5000])
def test_a_data_path_too_long_says_so_with_the_remedy(tmp_path, length):
    environ = App(tmp_path, VOICEVERSE_DATA_DIR=deep(tmp_path, length)).environ
    started = begin(environ)
    assert (started.returncode, started.stderr.count("\n")) == (1, 1)
    assert "too long" in started.stderr
    assert (
        "Set VOICEVERSE_DATA_DIR" in started.stderr or "set VOICEVERSE_DATA_DIR" in started.stderr
    )
    assert "owns" not in started.stderr


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("file", "A file stands there"),
        ("file/data", "A part of the path is a file"),
        ("circle", "links lead in a circle"),
        ("n" * 300, "too long"),
    ],
)
def test_a_data_path_that_cannot_be_used_names_the_real_cause(tmp_path, place, told):
    (tmp_path / "file").touch()
    (tmp_path / "circle").symlink_to("circle")
    started = begin(App(tmp_path, VOICEVERSE_DATA_DIR=str(tmp_path / place)).environ)
    assert (started.returncode, started.stderr.count("\n")) == (1, 1)
    assert told in started.stderr
