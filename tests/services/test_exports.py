"""Downloads in the background: asked for once, made in turn, cancelled, killed, kept, let go."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from exports import runner
from exports.errors import NotInstalled
from queries.leases import EXPORTS
from services.export_worker import ExportWorker
from services.exports import MOST_WAITING, BadExport, NotReady, TooManyExports
from storage.audio_errors import NoSpace
from storage.errors import LeaseLost, NotFound
from tests.support.making import SENTENCES, prose
from tests.support.serving import App, Client, wait_until

LONG = prose(8_000)


@pytest.fixture
def exports(home):
    return home.studio.exports


@pytest.fixture
def row(home):
    return home.speak(SENTENCES)


def files(home):
    folder = home.config.data_dir / "exports"
    return sorted(path.name for path in folder.glob("*"))


def pending(home):
    return home.worker.exporting.run_pending()


@contextmanager
def working(home):
    """The worker's threads, at work until the block is left."""
    threads = home.worker.exporting.start()
    try:
        yield
    finally:
        home.worker.stop.set()
        for thread in threads:
            thread.join()


def children():
    """The processes that make downloads for this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            command = path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid() and b"exports.encoder_process" in command:
            found.append(int(path.parent.name))
    return found


def test_what_is_there_is_not_made_again(home, exports, row):
    first = exports.order(row, "wav", None)
    assert exports.order(row, "wav", None)["id"] == first["id"]
    assert pending(home) == 1
    again = exports.order(row, "wav", None)
    assert (again["id"], again["status"]) == (first["id"], "ready")
    assert pending(home) == 0


@pytest.mark.parametrize("change", [{"name": "Another"}, {"category": "Sea"}])
def test_a_new_name_shows_in_the_next_download(home, exports, row, change):
    first = exports.order(row, "flac", None)
    pending(home)
    row = home.studio.generation.rename(row["filename"], home.user_id, **change)
    second = exports.order(row, "flac", None)
    assert second["id"] != first["id"]
    pending(home)
    with exports.files.open(second["name"]) as file:
        assert next(iter(change.values())).encode() in file.read()
    with pytest.raises(NotFound):
        exports.get(row, first["id"])


def test_another_loudness_is_another_download(exports, row):
    assert exports.order(row, "wav", None)["id"] != exports.order(row, "wav", -19.0)["id"]


def test_an_earlier_download_of_the_same_format_leaves_the_disk(home, exports, row):
    exports.order(row, "wav", None)
    pending(home)
    second = exports.order(row, "wav", -19.0)
    pending(home)
    assert files(home) == [second["name"]]


@pytest.mark.parametrize(("key", "lufs"), [("ogg", None), ("", None), ("wav", -3.0), ("mp3", None)])
def test_what_does_not_exist_is_refused(exports, row, key, lufs):
    with pytest.raises(BadExport):
        exports.order(row, key, lufs)


def test_a_piece_that_is_not_whole_is_refused(home, exports):
    with pytest.raises(NotReady):
        exports.order(home.submit(SENTENCES), "m4b", None)


def test_one_person_cannot_fill_the_queue(home, exports):
    for number in range(MOST_WAITING):
        exports.order(home.speak(f"Piece number {number}."), "wav", None)
    with pytest.raises(TooManyExports, match=str(MOST_WAITING)):
        exports.order(home.speak("One more."), "wav", None)


def test_downloads_that_rest_take_nobodys_place(home, exports):
    for number in range(MOST_WAITING):
        exports.order(home.speak(f"Piece number {number}."), "wav", None)
    home.db.pause_work(home.user_id, "Paused.")
    assert exports.order(home.speak("One more."), "wav", None)["status"] == "queued"


def test_people_take_turns(home, exports):
    mine = [exports.order(home.speak(f"Mine, {n}."), "wav", None) for n in range(3)]
    home.user_id = home.db.create_user("bert", "!")["id"]
    other = exports.order(home.speak("Theirs."), "wav", None)
    claims = [home.db.claim_export("w", now=1.0, lease_s=9.0)["id"] for _ in range(4)]
    assert claims == [mine[0]["id"], other["id"], mine[1]["id"], mine[2]["id"]]


def test_short_pieces_need_not_wait_behind_books(home, exports, row):
    book = home.speak(prose(1500), name="Book")
    exports.order(book, "wav", None)
    short = exports.order(row, "wav", None)
    between = (book["duration"] + row["duration"]) / 2
    assert home.db.claim_export("w", now=1.0, lease_s=9.0, longest_s=between)["id"] == short["id"]


def test_deleting_a_piece_removes_its_downloads(home, exports, row):
    exports.order(row, "zip", None)
    pending(home)
    assert len(files(home)) == 1
    home.studio.bin.delete_for_good(row["filename"], home.user_id)
    assert files(home) == []
    assert exports.db.list_exports(row["id"]) == []


def test_the_downloads_used_longest_ago_make_room(home, exports, row):
    made = []
    for key in ("zip", "epub", "wav"):
        made.append(exports.order(row, key, None))
        pending(home)
        exports.db.touch_export(made[-1]["id"], 1.0 + len(made))
    exports.use(made[0])
    sizes = [exports.get(row, each["id"])["size"] for each in made]
    exports.limit_bytes = sizes[0] + sizes[2]
    other = home.speak("Something else to be kept. It is a little longer.")
    last = exports.order(other, "zip", None)
    pending(home)
    assert last["name"] in files(home)
    assert made[0]["name"] in files(home)
    assert made[1]["name"] not in files(home)
    with pytest.raises(NotFound):
        exports.get(row, made[1]["id"])


def test_one_larger_than_all_the_room_is_kept_until_the_next(home, exports, row):
    exports.limit_bytes = 10
    first = exports.order(row, "wav", None)
    pending(home)
    assert files(home) == [first["name"]]


@pytest.mark.slow
def test_a_cancelled_download_stops_and_leaves_nothing(home, exports):
    row = home.speak(LONG)
    with working(home):
        export = exports.order(row, "opus", -19.0)
        wait_until(lambda: exports.get(row, export["id"])["progress"] > 0, "some progress")
        exports.cancel(row, export["id"])
        wait_until(lambda: not children(), "the end of the process")
        wait_until(lambda: not files(home), "an empty folder")


@pytest.mark.slow
def test_a_stopped_worker_gives_its_download_back(home, exports):
    row = home.speak(LONG)
    with working(home):
        export = exports.order(row, "opus", -19.0)
        wait_until(lambda: exports.get(row, export["id"])["progress"] > 0, "some progress")
    assert children() == []
    assert files(home) == []
    found = exports.get(row, export["id"])
    assert (found["status"], found["attempts"]) == ("queued", 0)


def test_a_crashed_process_is_one_clear_sentence(home, exports):
    row = home.speak(LONG)
    with working(home):
        export = exports.order(row, "opus", -19.0)
        pid = wait_until(lambda: next(iter(children()), None), "a process")
        wait_until(lambda: exports.get(row, export["id"])["progress"] > 0, "some progress")
        os.kill(pid, signal.SIGSEGV)
        wait_until(lambda: exports.get(row, export["id"])["status"] == "failed", "the failure")
    assert exports.get(row, export["id"])["error"] == runner.CRASHED
    assert files(home) == []


def test_a_process_that_the_system_killed_is_started_again(home, exports):
    row = home.speak(LONG)
    with working(home):
        export = exports.order(row, "opus", -19.0)
        pid = wait_until(lambda: next(iter(children()), None), "a process")
        wait_until(lambda: exports.get(row, export["id"])["progress"] > 0, "some progress")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: exports.get(row, export["id"])["waits_for"] == "killed", "the wait")
        wait_until(lambda: exports.get(row, export["id"])["status"] == "ready", "the download")
    found = exports.get(row, export["id"])
    assert (found["waits_for"], found["waits"]) == ("", 0)


def test_a_download_of_a_piece_in_the_bin_fails_and_holds_up_no_other(home, exports, row):
    export, other = (
        exports.order(row, "wav", None),
        exports.order(home.speak("The tide."), "wav", None),
    )
    home.studio.bin.delete(row["filename"], home.user_id)
    assert pending(home) == 2
    assert exports.get(row, export["id"])["status"] == "failed"
    assert home.db.get_export(other["id"], other["file_id"])["status"] == "ready"


def test_a_download_that_waited_shows_how_far_it_is_once_taken_up(home, exports, row):
    export = exports.order(row, "wav", None)
    assert home.db.claim_export("w", now=100.0, lease_s=30.0)
    home.db.wait_work(EXPORTS, export["id"], "w", "disk", until=105.0)
    assert exports.get(row, export["id"])["waits_for"] == "disk"
    taken = home.db.claim_export("w", now=106.0, lease_s=30.0)
    assert (taken["status"], taken["not_before_epoch"], taken["waits"]) == ("working", None, 1)


def test_a_worker_does_not_make_its_own_download_twice(home, exports, row):
    """After a sleep of the machine, a thread of it is still at work on that download."""
    export = exports.order(row, "wav", None)
    assert home.db.claim_export("w", now=100.0, lease_s=30.0)["id"] == export["id"]
    assert home.db.claim_export("w", now=9000.0, lease_s=30.0) is None
    assert home.db.claim_export("other", now=9000.0, lease_s=30.0)["id"] == export["id"]


def test_a_download_that_another_worker_finished_stays(home, exports, row, monkeypatch):
    export = exports.order(row, "wav", None)
    taken = home.db.claim_export("w", now=time.time(), lease_s=30.0)

    def lose(task, tell):
        Path(task.target).write_bytes(b"sound")
        home.db.write("UPDATE exports SET lease_owner = 'other' WHERE id = ?", export["id"])
        return 5

    monkeypatch.setattr(runner, "make", lose)
    with pytest.raises(LeaseLost):
        exports.make(taken, "w", threading.Event())
    assert exports.files.has(export["name"])


def test_downloads_are_made_though_looking_for_them_failed_once(home, exports, row, monkeypatch):
    fails, real = iter([MemoryError]), home.db.claim_export

    def claim(*args, **options):
        for failure in fails:
            raise failure
        return real(*args, **options)

    monkeypatch.setattr(home.db, "claim_export", claim)
    export = exports.order(row, "wav", None)
    threads = home.worker.exporting.start()
    try:
        wait_until(lambda: exports.get(row, export["id"])["status"] == "ready", "the download")
    finally:
        home.worker.stop.set()
        home.worker.exporting.wake.set()
        for thread in threads:
            thread.join()


def test_a_process_that_says_it_is_done_and_never_ends_is_ended(home, exports, row, monkeypatch):
    started = []

    def slow():
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        program = "import os, time; os.close(1); time.sleep(600)"
        started.append(subprocess.Popen([sys.executable, "-c", program], **pipes))
        return started[-1]

    monkeypatch.setattr(runner, "_started", slow)
    monkeypatch.setattr(runner, "END_WAIT_S", 0.1)
    export = exports.order(row, "wav", None)
    pending(home)
    found = exports.get(row, export["id"])
    assert (found["status"], found["error"]) == ("failed", runner.CRASHED)
    assert started[0].returncode == -signal.SIGKILL


def test_whatever_goes_wrong_with_a_download_others_are_made(
    home, exports, row, monkeypatch, caplog
):
    def broken(*_):
        raise LookupError("nobody thought of this")

    monkeypatch.setattr(runner, "make", broken)
    with working(home):
        export = exports.order(row, "wav", None)
        wait_until(lambda: exports.get(row, export["id"])["status"] == "failed", "the failure")
        monkeypatch.undo()
        again = exports.order(row, "wav", None)
        wait_until(lambda: exports.get(row, again["id"])["status"] == "ready", "the download")
    assert "nobody thought of this" in caplog.text
    assert "Traceback" in caplog.text


def test_a_failed_download_can_be_asked_for_again(home, exports, row):
    export = exports.order(row, "wav", None)
    path = home.config.audio_dir / row["filename"]
    sound = path.read_bytes()
    path.write_bytes(b"no sound at all")
    pending(home)
    assert exports.get(row, export["id"])["status"] == "failed"
    path.write_bytes(sound)
    again = exports.order(row, "wav", None)
    pending(home)
    assert exports.get(row, again["id"])["status"] == "ready"


def test_a_download_that_stops_the_worker_again_and_again_is_given_up(home, exports, row):
    export = exports.order(row, "wav", None)
    for _ in range(ExportWorker.most_attempts):
        assert home.db.claim_export("host/dead", now=1.0, lease_s=9.0)
        assert home.db.release_work(EXPORTS, "host/") == 1
    pending(home)
    assert exports.get(row, export["id"])["error"] == runner.CRASHED


def test_what_a_kill_left_on_disk_goes_at_the_start(home, exports, row):
    export = exports.order(row, "wav", None)
    pending(home)
    folder = home.config.data_dir / "exports"
    for name in (f"{export['name']}.part", "0" * 16 + "-" + "1" * 16 + ".wav"):
        (folder / name).write_bytes(b"half")
    home.worker.tidy()
    assert files(home) == [export["name"]]


def test_a_nearly_full_disk_is_said_before_anything_is_made(home, exports, row):
    exports.files.min_free_bytes = 1 << 60
    with pytest.raises(NoSpace, match="MB are free") as refused:
        exports.order(row, "m4b", None)
    assert refused.value.status == 507
    assert exports.db.list_exports(row["id"]) == []


def test_without_its_library_a_format_says_what_to_install(monkeypatch, home, exports, row):
    monkeypatch.setattr(runner, "has_av", lambda: False)
    with pytest.raises(NotInstalled, match=r"requirements/formats\.txt"):
        exports.order(row, "m4b", None)
    with pytest.raises(NotInstalled):
        exports.order(row, "zip", -19.0)
    assert exports.order(row, "epub", None)["status"] == "queued"
    usable = [each["format"].key for each in exports.formats(row) if each["can_be_made"]]
    assert usable == ["zip", "epub"]


def test_names_on_disk_are_the_servers_own(exports):
    name = exports.files.new_name("../../etc/passwd", ".m4b")
    assert ".." not in name
    assert "/" not in name
    for bad in ("../x.m4b", "x", "", name + "/..", name.upper()):
        with pytest.raises(Exception, match="no such piece"):
            exports.files.open(bad)


def test_two_threads_never_make_the_same_download(home, exports):
    rows = [home.speak(f"Number {n} of a few pieces.") for n in range(6)]
    made = [exports.order(row, "wav", None) for row in rows]
    workers = [
        ExportWorker(exports, f"w{n}", threading.Event(), home.worker.states) for n in range(2)
    ]
    counts = []
    threads = [threading.Thread(target=lambda w=w: counts.append(w.run_pending())) for w in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == len(made)
    for row, export in zip(rows, made, strict=True):
        assert exports.get(row, export["id"])["status"] == "ready"


@pytest.mark.slow
def test_a_kill_of_everything_in_the_middle_leaves_a_download_that_is_made_after_all(tmp_path):
    with App(tmp_path) as app:
        client = Client(app).set_up()
        filename = client.generate(LONG)["filename"]
        client.until_ready(filename)
        status, _, _ = client.post(
            f"/files/{filename}/exports", accept="application/json", format="opus"
        )
        assert status == 202
        path = f"/files/{filename}/exports"

        def state():
            listed = client.json(path)["formats"]
            return next(each["export"] for each in listed if each["key"] == "opus")

        wait_until(lambda: state()["progress"] > 0, "some progress")
        app.kill()
        app.start()
        wait_until(lambda: state()["status"] == "ready", "the download")
        sound = client.request("GET", state()["file_url"])[2]
        assert len(sound) == state()["size"]
        assert [path.name for path in (app.data / "exports").iterdir()] == [
            path.name for path in (app.data / "exports").glob("*.opus")
        ]


def test_a_download_that_a_restored_backup_has_no_file_of_is_made_anew(home, exports, row):
    first = exports.order(row, "wav", None)
    assert pending(home) == 1
    (home.config.data_dir / "exports" / first["name"]).unlink()
    assert exports.order(row, "wav", None)["id"] == first["id"]
    home.worker.tidy()
    again = exports.order(row, "wav", None)
    assert (again["id"] == first["id"], again["status"]) == (False, "queued")
