"""The process that makes a download: told to end, out of room, out of memory, in bad company."""

import subprocess
import sys
import threading

import pytest

from common import transient_causes
from exports import encoder_process, runner
from exports.errors import ExportError, HeldUp
from exports.types import ChapterSpan, ExportTask
from services.exports import Exports
from tests.support.making import prose
from tests.support.serving import wait_until


@pytest.fixture(scope="module")
def piece(home):
    """A piece of two minutes and its segments."""
    row = home.speak(prose(2_200, 9))
    return home.store.path(row["filename"]), row, home.db.get_segments(row["id"])


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 256 KB; skipped where mounting is not allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def task(piece, target, key, lufs=None, **changes):
    source, row, segments = piece
    part = ChapterSpan("", 0, row["character_count"], 0, round(row["duration"] * 1000))
    values = {
        "format": key, "source": str(source), "target": str(target), "title": "x",
        "parts": (part,), "segments": tuple(segments), "lufs": lufs,
        "text": prose(2_200, 9), **changes,
    }  # fmt: skip
    return ExportTask(**values)


def ignore(share):
    """Nobody listens."""


@pytest.mark.parametrize(
    ("key", "lufs"),
    [(key, None) for key in ("wav", "flac", "m4b", "opus", "zip", "epub")]
    + [(key, -19.0) for key in ("mp3", "zip", "epub")],
)
def test_a_full_disk_is_named_and_nothing_stays(piece, small_disk, key, lufs):
    with pytest.raises(HeldUp, match="The disk is full") as refused:
        runner.make(task(piece, small_disk / "made", key, lufs), ignore)
    assert refused.value.status == 507
    assert list(small_disk.iterdir()) == []


@pytest.mark.parametrize("key", ["wav", "zip", "epub", "mp3"])
def test_sound_that_is_gone_or_broken_is_one_sentence(piece, tmp_path, key):
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"\0" * 5000)
    for source in (broken, tmp_path / "missing.mp3"):
        wanted = task(piece, tmp_path / "made", key, -19.0, source=str(source))
        with pytest.raises(ExportError) as failed:
            runner.make(wanted, ignore)
        assert failed.value.message == runner.CRASHED
        assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("place", [1, 2, 3])
def test_too_few_threads_are_named(piece, tmp_path, monkeypatch, place):
    real, starts = threading.Thread.start, []

    def start(thread):
        starts.append(thread)
        if len(starts) == place:
            raise RuntimeError("can't start new thread")
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError) as raised:
        runner.make(task(piece, tmp_path / "x", "epub"), ignore)
    assert transient_causes.of(raised.value) is transient_causes.PROCESSES


def test_whoever_listens_can_end_it(piece, tmp_path):
    class Enough(Exception):
        pass

    def tell(share):
        raise Enough

    with pytest.raises(Enough):
        runner.make(task(piece, tmp_path / "made", "opus", -19.0), tell)
    assert list(tmp_path.iterdir()) == []


def test_the_process_ends_with_whoever_wanted_its_work(piece, tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-m", encoder_process.__name__],
        cwd=runner.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    # A source that nobody writes to keeps it waiting.
    pipe = tmp_path / "pipe"
    subprocess.run(["mkfifo", pipe], check=True)
    data = task(piece, tmp_path / "made", "wav", source=str(pipe)).to_json()
    child.stdin.write(encoder_process.LENGTH.pack(len(data)) + data)
    child.stdin.close()
    wait_until(lambda: child.poll() is not None, "the end of the process")
    assert child.returncode == 1
    child.stdout.close()


def test_the_process_sees_no_secret(piece, tmp_path, monkeypatch):
    monkeypatch.setenv("VOICEVERSE_SECRET_KEY", "not for the child")
    seen = []
    started = subprocess.Popen

    def start(*arguments, **options):
        seen.append(options["env"])
        return started(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    runner.make(task(piece, tmp_path / "made", "wav"), ignore)
    assert seen == [{}]


def test_a_task_survives_its_way_through_a_pipe(home, book):
    exports: Exports = home.studio.exports
    export = exports.order(book, "m4b", -19.0)
    wanted = exports._task(book, export, home.config.data_dir / "x")
    assert ExportTask.from_json(wanted.to_json()) == wanted
    assert wanted.cover.media_type == "image/png"
    assert len(wanted.chapters) == 3


@pytest.mark.slow
def test_progress_rises_to_nearly_all(home, tmp_path):
    row = home.speak(prose(5_000, 4))
    piece = (home.store.path(row["filename"]), row, home.db.get_segments(row["id"]))
    told, lock = [], threading.Lock()

    def tell(share):
        with lock:
            told.append(share)

    runner.make(task(piece, tmp_path / "made", "opus", -19.0), tell)
    assert told == sorted(told)
    assert told[0] < 0.5
    assert all(0 <= share <= 1 for share in told)
