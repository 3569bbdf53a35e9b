import errno
import hashlib
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.audio_errors import NoSpace, NoSuchAudio
from storage.audio_store import AudioStore, make_filename
from storage.segment_store import SegmentStore


@pytest.fixture
def store(tmp_path):
    return AudioStore(tmp_path)


def grow(store, name, data, keep=0):
    with store.write_part(name, keep) as part:
        part.write(data)
        part.sync()


def sound(store, name):
    with store.open(name) as file:
        return file.read()


HOSTILE = [
    "",
    ".",
    "..",
    "../voiceverse.db",
    "/etc/passwd",
    "a/b.mp3",
    "a\\b.mp3",
    "a\0.mp3",
    ".hidden",
    "x" * 300,
    "a.mp3.part",
    "a.mp3.deleted",
    "a\n.mp3",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_elsewhere_is_no_file(store, name):
    assert store.size(name) is None
    for use in (store.open, store.finish, store.open_growing):
        with pytest.raises(NoSuchAudio):
            use(name)
    with pytest.raises(NoSuchAudio):
        store.write_part(name, 0)


def test_names_are_made_of_the_day_and_chance():
    names = {make_filename(0) for _ in range(1000)}
    assert len(names) == 1000
    assert all(name.startswith("19700101-") and name.endswith(".mp3") for name in names)


def test_a_growing_file_takes_its_name_when_it_is_whole(store):
    grow(store, "a.mp3", b"sound")
    assert store.size("a.mp3") is None
    assert store.part_size("a.mp3") == 5
    store.finish("a.mp3")
    assert store.size("a.mp3") == 5
    assert store.part_size("a.mp3") == 0
    assert oct((store.folder / "a.mp3").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize(("code", "raised"), [(errno.EIO, OSError), (errno.ENOSPC, NoSpace)])
def test_a_new_file_whose_name_is_not_on_the_disk_is_still_growing(
    store, monkeypatch, code, raised
):
    grow(store, "a.mp3", b"sound")
    fail_sync(monkeypatch, code)
    with pytest.raises(raised):
        store.finish("a.mp3")
    assert store.names() == []
    assert store.part_size("a.mp3") == 5
    monkeypatch.undo()
    store.finish("a.mp3")
    assert store.names() == ["a.mp3"]


def test_a_changed_file_keeps_its_new_sound_though_its_name_is_not_on_the_disk(store, monkeypatch):
    grow(store, "a.mp3", b"old")
    store.finish("a.mp3")
    grow(store, "a.mp3", b"new")
    fail_sync(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output error"):
        store.finish("a.mp3")
    assert sound(store, "a.mp3") == b"new"


def test_an_imported_file_whose_name_is_not_on_the_disk_has_none(store, monkeypatch, tmp_path):
    source = tmp_path / "from" / "a.mp3"
    source.parent.mkdir()
    source.write_bytes(b"sound")
    fail_sync(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output error"):
        store.adopt(source, "a.mp3", link=True)
    assert store.names() == []


def fail_sync(monkeypatch, code):
    def fail(path):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("storage.audio_store.sync", fail)


def test_a_resumed_file_keeps_only_what_it_is_told_to(store):
    grow(store, "a.mp3", b"kept, lost")
    grow(store, "a.mp3", b" new", keep=4)
    store.finish("a.mp3")
    assert sound(store, "a.mp3") == b"kept new"


def test_the_head_can_be_replaced(store):
    with store.write_part("a.mp3", 0) as part:
        part.write(b"????sound")
        part.replace_head(b"head")
        assert part.digest() == hashlib.sha256(b"headsound").hexdigest()


def test_a_follower_hears_each_piece_as_it_is_written_and_the_end(store):
    heard, wait = [], threading.Event()

    def follow():
        for piece in store.follow("a.mp3", lambda: False):
            heard.append(piece)
            wait.set()

    follower = threading.Thread(target=follow)
    follower.start()
    with store.write_part("a.mp3", 0) as part:
        for piece in (b"one ", b"two ", b"three"):
            wait.clear()
            part.write(piece)
            assert wait.wait(30)
    store.finish("a.mp3")
    follower.join(30)
    assert not follower.is_alive()
    assert b"".join(heard) == b"one two three"


def test_a_follower_ends_when_the_work_was_given_up(store):
    grow(store, "a.mp3", b"half")
    assert b"".join(store.follow("a.mp3", lambda: True)) == b"half"


def test_a_follower_may_begin_later_even_at_what_is_not_written_yet(store):
    grow(store, "a.mp3", b"half")
    heard = store.follow("a.mp3", lambda: False, lambda _: 2)
    assert next(heard) == b"lf"
    late = store.follow("a.mp3", lambda: False, lambda _: 6)
    with store.write_part("a.mp3", 4) as part:
        part.write(b" and whole")
    store.finish("a.mp3")
    assert b"".join(late) == b"nd whole"
    assert b"".join(heard) == b" and whole"


def test_a_follower_of_a_file_that_never_begins_ends_with_the_work(store):
    assert list(store.follow("a.mp3", lambda: True)) == []


def test_deleting_removes_whole_and_growing_sound(store):
    grow(store, "a.mp3", b"whole")
    store.finish("a.mp3")
    grow(store, "a.mp3", b"again")
    forgotten = []
    store.delete("a.mp3", lambda: forgotten.append(True))
    assert forgotten
    assert list(store.folder.iterdir()) == []


def test_sound_that_cannot_be_removed_with_its_row_goes_when_things_are_put_right(
    store, monkeypatch, caplog
):
    grow(store, "a.mp3", b"sound")
    store.finish("a.mp3")

    def fail(path, missing_ok):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as failing:
        failing.setattr(Path, "unlink", fail)
        store.delete("a.mp3", lambda: None)
    assert "a.mp3 cannot be removed yet: Input/output error" in caplog.text
    assert store.names() == []
    store.reconcile(lambda name: None)
    assert list(store.folder.iterdir()) == []


def test_a_row_that_cannot_be_deleted_keeps_its_sound(store):
    grow(store, "a.mp3", b"whole")
    store.finish("a.mp3")

    def fail():
        raise OSError(errno.EIO, "the database failed")

    with pytest.raises(OSError, match="the database failed"):
        store.delete("a.mp3", fail)
    assert sound(store, "a.mp3") == b"whole"


@pytest.mark.parametrize(
    ("on_disk", "has_row", "left"),
    [
        ("a.mp3", True, ["a.mp3"]),
        ("a.mp3", False, ["a.mp3"]),  # reported, never removed
        ("a.mp3.part", True, ["a.mp3.part"]),
        ("a.mp3.part", False, []),
        ("a.mp3.deleted", True, ["a.mp3"]),
        ("a.mp3.deleted", False, []),
        ("a.mp3.part.deleted", True, ["a.mp3.part"]),
        ("a.mp3.part.deleted", False, []),
    ],
)
def test_reconciling_puts_right_what_a_kill_left(store, on_disk, has_row, left):
    (store.folder / on_disk).write_bytes(b"sound")
    row = {"status": "speaking", "sha256": None} if has_row else None
    unknown = store.reconcile(lambda name: row)
    assert [path.name for path in store.folder.iterdir()] == left
    assert unknown == (["a.mp3"] if on_disk == "a.mp3" and not has_row else [])


def test_taking_in_a_file_copies_it_and_says_its_hash(store, tmp_path_factory):
    source = tmp_path_factory.mktemp("elsewhere") / "old.mp3"
    source.write_bytes(b"old sound")
    expected = (9, hashlib.sha256(b"old sound").hexdigest())
    assert store.adopt(source, "a.mp3") == expected
    assert store.adopt(source, "b.mp3", link=True) == expected
    assert source.read_bytes() == b"old sound"
    assert (store.folder / "a.mp3").stat().st_ino != source.stat().st_ino
    assert (store.folder / "b.mp3").stat().st_ino == source.stat().st_ino


def test_work_is_refused_when_the_reserve_would_be_touched(tmp_path):
    free_mb = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize / 1024**2
    store = AudioStore(tmp_path, min_free_mb=free_mb / 2)
    store.check_space()
    with pytest.raises(NoSpace, match="nearly full"):
        store.check_space(int(free_mb * 1024**2 * 0.75))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte; skipped where mounting is not allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder],
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_named_and_leaves_what_was_there(small_disk):
    store = AudioStore(small_disk)
    grow(store, "a.mp3", b"whole")
    store.finish("a.mp3")
    with store.write_part("b.mp3", 0) as part, pytest.raises(NoSpace, match="disk is full"):
        part.write(bytes(2 * 1024 * 1024))
    kept = SegmentStore(small_disk)
    with pytest.raises(NoSpace):
        kept.write("ab" * 32, [bytes(2 * 1024 * 1024)])
    assert not kept.has("ab" * 32)
    assert sound(store, "a.mp3") == b"whole"


def test_a_disk_that_is_full_for_a_copy_is_named(tmp_path, monkeypatch):
    store = SegmentStore(tmp_path / "segments")
    store.write("ab" * 32, [b"sound"])

    def mkdir(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(NoSpace, match="disk is full"):
        store.copy("ab" * 32, "cd" * 32)


def test_bought_sound_is_kept_by_its_hash(tmp_path):
    kept = SegmentStore(tmp_path)
    content_hash = "cd" * 32
    assert not kept.has(content_hash)
    assert kept.write(content_hash, [b"ab", b"cd"]) == 4
    assert b"".join(kept.read(content_hash)) == b"abcd"
    (tmp_path / "cd" / "half.pcm.part").write_bytes(b"x")
    kept.sweep()
    assert [path.name for path in (tmp_path / "cd").iterdir()] == [f"{content_hash}.pcm"]
    kept.drop(content_hash)
    assert not kept.has(content_hash)


HOLDER = """
import sys
from pathlib import Path
from storage.segment_store import SegmentStore
with SegmentStore(Path(sys.argv[1])).exclusive_writer("ab" * 32):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_hash_that_another_process_has_is_waited_for_until_it_dies(tmp_path):
    kept = SegmentStore(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path],
        cwd=Path(__file__).parent.parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder, ThreadPoolExecutor() as pool:
        assert holder.stdout.readline() == b"held\n"
        kept.sweep()  # leaves what is being made
        waiting = pool.submit(kept.write, "ab" * 32, [b"here"])
        kept.write("cd" * 32, [b"another"])
        assert not waiting.done()
        holder.kill()
        assert waiting.result(30) == 4
    assert b"".join(kept.read("ab" * 32)) == b"here"
    assert sorted(path.name for path in tmp_path.glob("*/*.part")) == []


def test_one_thread_at_a_time_has_a_hash(tmp_path):
    kept, order = SegmentStore(tmp_path), []

    def add(number):
        with kept.exclusive_writer("ab" * 32) as keep:
            before = b"".join(kept.read("ab" * 32)) if kept.has("ab" * 32) else b""
            order.append(len(before))
            if number % 2:  # the others give up
                keep([before, b"x"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert len(order) == 40
    assert kept.size("ab" * 32) == 20
    assert list(tmp_path.glob("*/*.part")) == []
