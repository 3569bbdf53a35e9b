"""How far each person is in each file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from database import Database
from storage import sqlite_file

FROZEN = Path(__file__).parent / "schema_7.sql"


@pytest.fixture
def bob(db):
    return db.create_user("bob", "hash")


@pytest.fixture
def progress(db, user):
    """How far the person is in a file, None where they never heard it."""
    return lambda row: next(iter(db.list_progress(user["id"], [row["id"]])), None)


def listen(db, user, row, share, *, at=1e9, played_at="2001-09-09 00:00:00"):
    number = db.record_playback(user["id"], row["id"], played_at=played_at)
    db.save_position(user["id"], row["id"], "desk", 10 * share, number, share=share, now=at)


def test_a_place_that_is_saved_says_how_far_one_is(db, user, make_file, progress):
    row = make_file()
    listen(db, user, row, 0.25)
    found = progress(row)
    assert (found["position"], found["share"], found["finished_at"]) == (2.5, 0.25, None)
    listen(db, user, row, 1.0)
    assert progress(row)["finished_at"] == "2001-09-09 01:46:40"


def test_a_finished_file_stays_so_until_it_is_listened_to_again(db, user, make_file, progress):
    row = make_file()
    listen(db, user, row, 1.0)
    listen(db, user, row, 0.1)  # a device that was offline tells of an earlier listening
    assert progress(row)["finished_at"]
    assert progress(row)["share"] == 1.0
    listen(db, user, row, 0.1, played_at="2001-09-10 00:00:00")
    assert (progress(row)["share"], progress(row)["finished_at"]) == (0.1, None)


def test_the_library_changes_with_the_share_and_not_with_each_place(db, user, make_file):
    row = make_file()
    listen(db, user, row, 0.25)
    before = db.get_library_version(user["id"])
    listen(db, user, row, 0.25, at=2e9)
    assert db.get_library_version(user["id"]) == before
    listen(db, user, row, 0.26)
    assert db.get_library_version(user["id"]) > before


def test_a_place_is_one_transaction(db, user, make_file):
    row = make_file()
    number = db.record_playback(user["id"], row["id"])
    statements = []
    db._connection.set_trace_callback(statements.append)
    db.save_position(user["id"], row["id"], "desk", 5.0, number, share=0.5)
    db._connection.set_trace_callback(None)
    assert [each for each in statements if each in ("BEGIN IMMEDIATE", "COMMIT")] == [
        "BEGIN IMMEDIATE", "COMMIT",
    ]  # fmt: skip


def test_files_are_marked_by_hand_and_only_ones_own(db, user, bob, make_file, progress):
    one, two = make_file("1.mp3"), make_file("2.mp3")
    listen(db, user, one, 0.5)
    assert db.mark_finished(bob["id"], ["1.mp3"]) == 0
    assert db.mark_finished(user["id"], ["1.mp3", "2.mp3", "none"]) == 2
    assert progress(one)["finished_at"]
    assert progress(one)["position"] == 5.0
    assert progress(two)["share"] == 1.0
    assert db.mark_unheard(bob["id"], ["1.mp3"]) == 0
    assert progress(one)
    assert db.mark_unheard(user["id"], ["1.mp3", "2.mp3"]) == 2
    assert progress(one) is progress(two) is None
    assert db.get_positions(user["id"], one["id"])[0]["position"] == 0.0


def test_what_has_begun_is_listed_latest_first(db, user, bob, make_file):
    rows = [make_file(f"{number}.mp3") for number in range(4)]
    for row, share, at in zip(rows, (0.5, 1.0, 0.2, 0.0), (1e9, 2e9, 3e9, 4e9), strict=True):
        listen(db, user, row, share, at=at)
    names = [row["filename"] for row in db.list_begun(user["id"], limit=5)]
    assert names == ["2.mp3", "0.mp3"]
    db.bin_audio_files(user["id"], ["2.mp3"])
    assert [row["filename"] for row in db.list_begun(user["id"], limit=5)] == ["0.mp3"]
    assert db.list_begun(bob["id"], limit=5) == []


def test_what_was_heard_is_listed_once_a_file_in_pages(db, user, make_file):
    rows = [make_file(f"{number}.mp3", display_name=f"n{number % 2}") for number in range(6)]
    for number, row in enumerate(rows):
        listen(db, user, row, 0.5, at=1e9)
        listen(db, user, row, (0.7, 1.0)[number % 2], at=1e9 + number // 2)
    make_file("marked.mp3")
    db.mark_finished(user["id"], ["marked.mp3"])  # never heard
    found, before = [], None
    while page := db.list_recent(user["id"], limit=2, before=before):
        found += page
        before = (page[-1]["saved_epoch"], page[-1]["id"])
    assert [row["filename"] for row in found] == [f"{n}.mp3" for n in (5, 4, 3, 2, 1, 0)]
    assert {row["device"] for row in found} == {"desk"}
    odd = db.list_recent(user["id"], search="N1")
    assert [row["filename"] for row in odd] == ["5.mp3", "3.mp3", "1.mp3"]
    late = db.list_recent(user["id"], since="2001-09-09 01:46:42")
    assert [row["filename"] for row in late] == ["5.mp3", "4.mp3"]
    early = db.list_recent(user["id"], until="2001-09-09 01:46:41")
    assert [row["filename"] for row in early] == ["1.mp3", "0.mp3"]


def test_a_merged_account_keeps_the_later_progress(db, user, bob, make_file, progress):
    row = make_file()
    listen(db, user, row, 0.5, at=2e9)
    insert = "INSERT INTO listening_progress VALUES (?, ?, 1, ?, NULL, ?)"
    db.write(insert, bob["id"], row["id"], 0.2, 1e9)
    db.merge_users(bob["id"], user["id"])
    assert progress(row)["share"] == 0.5


def test_progress_goes_with_the_file_and_the_person(db, user, make_file):
    row = make_file()
    listen(db, user, row, 0.5)
    db.delete_audio_file(row["filename"], user["id"])
    assert db.rows("SELECT * FROM listening_progress") == []


@pytest.mark.parametrize(
    ("position", "share", "is_finished"),
    [(2.0, 0.0, False), (50.0, 0.5, False), (99.0, 1.0, True)],
)
def test_an_older_file_tells_how_far_one_was(tmp_path, position, share, is_finished):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(FROZEN.read_text())
        old.execute(f"PRAGMA application_id = {sqlite_file.APPLICATION_ID}")
        old.execute("PRAGMA user_version = 7")
        old.execute("INSERT INTO users (id, username, password_hash) VALUES (1, 'ann', 'h')")
        old.execute(
            """INSERT INTO audio_files (id, filename, display_name, owner_id, voice,
                   character_count, duration) VALUES (1, 'a.mp3', 'a', 1, 'v', 9, 100)"""
        )
        old.execute("INSERT INTO positions VALUES (1, 1, 'phone', 7.0, 1e9)")
        old.execute("INSERT INTO positions VALUES (1, 1, 'desk', ?, 2e9)", (position,))
        old.commit()
    with closing(Database(path)) as db:
        (found,) = db.list_progress(1, [1])
    assert (found["position"], found["share"]) == (position, share)
    assert bool(found["finished_at"]) is is_finished
    assert found["saved_epoch"] == 2e9
