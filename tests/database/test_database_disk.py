"""Full disks, backups, concurrent processes and kills."""

import contextlib
import random
import sqlite3
import threading

import pytest

from database import Database
from storage.errors import DatabaseDamaged, DatabaseError, DiskFull

# A full disk


@pytest.fixture
def small(small_disk):
    """A database with one person, on a disk of 2 MB."""
    db = Database(small_disk("2m") / "voiceverse.db")
    db.create_user("ann", "h")
    yield db
    db.close()


def test_a_full_disk_is_named_and_nothing_acknowledged_is_lost(small, fill):
    stored = []
    with pytest.raises(DiskFull) as caught:
        while True:
            stored.append(
                small.create_audio_file(1, f"{len(stored)}", "n", voice="v", text="t" * 50_000)
            )
    assert caught.value.status == 507
    assert "Nothing stored was harmed" in caught.value.message
    assert len(stored) > 5
    assert small.check() == []
    assert len(small.get_audio_files_by_owner(1, limit=1000)) == len(stored)


def test_everything_works_again_when_there_is_room(small, fill):
    ballast = fill(small.path.parent)
    with pytest.raises(DiskFull):
        small.create_audio_file(1, "a", "n", voice="v", text="t" * 200_000)
    ballast.unlink()
    small.create_audio_file(1, "a", "n", voice="v", text="t" * 200_000)
    assert len(small.get_text(1)) == 200_000


def test_a_transaction_that_meets_a_full_disk_vanishes_whole(small, fill):
    with pytest.raises(DatabaseError):
        with small.transaction():
            small.create_user("bob", "h")
            fill(small.path.parent)
            with contextlib.suppress(DiskFull):
                for number in range(100):
                    small.create_audio_file(1, f"{number}", "n", voice="v", text="t" * 100_000)
            small.create_user("cleo", "h")
    assert [row["username"] for row in small.list_users()] == ["ann"]


def test_a_full_disk_at_the_first_start_is_named(small_disk, fill):
    folder = small_disk("1m")
    ballast = fill(folder)
    with pytest.raises(DiskFull):
        Database(folder / "voiceverse.db")
    ballast.unlink()
    db = Database(folder / "voiceverse.db")
    assert db.count_users() == 0
    db.close()


def test_a_cold_database_on_a_full_disk_is_named(small_disk, fill):
    folder = small_disk("2m")
    db = Database(folder / "voiceverse.db")
    db.create_user("ann", "h")
    db.close()
    ballast = fill(folder)
    with pytest.raises(DiskFull):
        Database(folder / "voiceverse.db")
    ballast.unlink()
    db = Database(folder / "voiceverse.db")
    assert db.count_users() == 1
    db.close()


def test_a_backup_without_room_leaves_nothing_behind(db, user, small_disk):
    db.create_audio_file(user["id"], "a", "n", voice="v", text="t" * 1_000_000)
    folder = small_disk("512k")
    with pytest.raises(DiskFull):
        db.backup(folder / "copy.db")
    assert list(folder.iterdir()) == []


# Backups


def test_a_backup_holds_everything_and_opens_as_a_database(db, user, make_file, tmp_path):
    row = make_file(text="text")
    copy = Database(db.backup(tmp_path / "copy.db"))
    assert copy.get_audio_file("a.mp3", user["id"]) == row
    assert copy.get_text(row["id"]) == "text"
    assert copy.upgraded_from is None
    copy.close()


def test_a_backup_never_replaces_a_file(db, tmp_path):
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(DatabaseError, match="exists already"):
        db.backup(target)
    assert target.read_text() == "precious"


def test_a_backup_into_a_missing_folder_is_refused(db, tmp_path):
    with pytest.raises(DatabaseError, match="cannot be used"):
        db.backup(tmp_path / "missing" / "copy.db")


def test_a_backup_of_a_damaged_database_names_the_database(path, tmp_path):
    db = Database(path)
    with db.transaction():
        for number in range(50):
            db.create_user(f"u{number}", "h" * 3000)
    db.close()
    content = bytearray(path.read_bytes())
    content[-40960:] = b"\xa5" * 40960
    path.write_bytes(content)
    db = Database(path)
    with pytest.raises(DatabaseDamaged, match=str(path)):
        db.backup(tmp_path / "copy.db")
    db.close()
    assert not list(tmp_path.glob("copy*"))


def test_backups_under_load_are_whole(db, user, tmp_path):
    """Each transaction writes two rows; a copy holds both or none."""
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            with db.transaction():
                for half in "ab":
                    db.create_audio_file(
                        user["id"], f"{number}{half}", str(number), voice="v", text="t" * 2000
                    )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [db.backup(tmp_path / f"copy{number}.db") for number in range(8)]
    finally:
        stop.set()
        writer.join()
    counts = []
    for target in copies:
        copy = Database(target)
        assert copy.check() == []
        halves = copy.rows("SELECT count(*) AS n FROM audio_files GROUP BY display_name")
        assert {row["n"] for row in halves} <= {2}
        counts.append(len(halves))
        copy.close()
    assert counts == sorted(counts)


def test_vacuum_makes_the_file_smaller_and_keeps_the_rest(db, user, make_file):
    make_file("large", text="t" * 3_000_000)
    small = make_file("small", text="s")
    db.delete_audio_file("large", user["id"])
    before = db.path.stat().st_size
    db.vacuum()
    assert db.path.stat().st_size < before - 2_900_000
    assert db.get_text(small["id"]) == "s"


def test_check_names_rows_that_point_nowhere(db, make_file):
    make_file()
    stranger = sqlite3.connect(db.path)
    stranger.execute("UPDATE audio_files SET owner_id = 99")
    stranger.commit()
    stranger.close()
    assert "audio_files row 1: no users" in db.check()


# Eight processes, and kills


def test_eight_processes_lose_no_update(db, user, start_child):
    children = [start_child("count", db.path, user["id"], 40) for _ in range(8)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    for child in children:
        child.communicate()
        assert child.returncode == 0
    written = db.rows("SELECT characters_used FROM usage_stats ORDER BY 1")
    assert [row["characters_used"] for row in written] == list(range(1, 321))


def kill_writers(db, user, start_child, rounds):
    """Kill writers after a random number of commits; what they acknowledged must be there."""
    dice = random.Random()
    acknowledged = {}
    for number in range(rounds):
        children = {
            f"w{number}-{name}": start_child("write", db.path, user["id"], f"w{number}-{name}")
            for name in "ab"
        }
        for name, child in children.items():
            for _ in range(dice.randint(1, 60)):
                acknowledged[name] = int(child.stdout.readline())
        for name, child in children.items():
            child.kill()
            rest = child.communicate()[0].split("\n")[:-1]
            acknowledged[name] = int(rest[-1]) if rest else acknowledged[name]
        assert db.check() == []
    return acknowledged


def assert_kept(db, acknowledged):
    rows = db.rows("SELECT filename, length(text) AS size FROM audio_files")
    assert {row["size"] for row in rows} == {3000}
    found = {row["filename"] for row in rows}
    for name, last in acknowledged.items():
        for number in range(1, last + 1):
            assert {f"{name}-{number}-a", f"{name}-{number}-b"} <= found
    halves = {"a": set(), "b": set()}
    for filename in found:
        stem, _, half = filename.rpartition("-")
        halves[half].add(stem)
    assert halves["a"] == halves["b"]


def test_killed_writers_lose_nothing_they_acknowledged(db, user, start_child):
    assert_kept(db, kill_writers(db, user, start_child, rounds=3))


@pytest.mark.slow
def test_two_hundred_killed_writers_lose_nothing_they_acknowledged(db, user, start_child):
    assert_kept(db, kill_writers(db, user, start_child, rounds=100))


@pytest.mark.slow
def test_killing_every_process_at_once_loses_nothing(path, start_child):
    """Nobody is left to hold the file open: the next one recovers the log."""
    db = Database(path)
    user = db.create_user("ann", "h")
    db.close()
    dice = random.Random()
    acknowledged = {}
    for number in range(40):
        child = start_child("write", path, user["id"], f"w{number}")
        for _ in range(dice.randint(1, 300)):
            acknowledged[f"w{number}"] = int(child.stdout.readline())
        child.kill()
        rest = child.communicate()[0].split("\n")[:-1]
        acknowledged[f"w{number}"] = int(rest[-1]) if rest else acknowledged[f"w{number}"]
    db = Database(path)
    assert db.check() == []
    assert_kept(db, acknowledged)
    db.close()
