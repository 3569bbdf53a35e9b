"""Shares when accounts become one, leave, or come from a backup."""

import pytest

from storage import snapshots


@pytest.fixture
def bob(db):
    return db.create_user("bob", "h")


@pytest.fixture
def cleo(db):
    return db.create_user("cleo", "h")


def told(db, user):
    return {(share["filename"] or share["category"], share["listener"])
            for share in db.list_shares(user["id"])}  # fmt: skip


def test_merging_carries_shares_and_drops_those_with_oneself(db, user, bob, cleo, make_file):
    mine, theirs = make_file("mine.mp3"), db.create_audio_file(
        bob["id"], "theirs.mp3", "Theirs", voice="v", category="Sea"
    )  # fmt: skip
    db.create_share(user["id"], file_id=mine["id"], listener_id=bob["id"])
    db.create_share(bob["id"], file_id=theirs["id"], listener_id=cleo["id"])
    db.create_share(bob["id"], category="sea", listener_id=user["id"])
    db.create_share(bob["id"], category="sea")
    db.create_share_link(bob["id"], theirs["id"], "hash", None)
    for person in (user, bob):
        db.save_position(person["id"], mine["id"], "phone", 3.0)
    db.merge_users(bob["id"], user["id"])
    assert told(db, user) == {("theirs.mp3", "cleo"), ("sea", None)}
    assert len(db.list_share_links(user["id"])) == 1
    assert db.get_heard_file("theirs.mp3", cleo["id"])["giver"] == "ann"
    assert db.check() == []


def test_merging_listeners_keeps_one_share_of_two(db, user, bob, cleo, make_file):
    mine = make_file("mine.mp3")
    for listener in (bob, cleo):
        db.create_share(user["id"], file_id=mine["id"], listener_id=listener["id"])
    db.merge_users(bob["id"], cleo["id"])
    assert told(db, user) == {("mine.mp3", "cleo")}


@pytest.mark.parametrize("who", ["owner", "listener"])
def test_shares_go_with_their_owner_and_their_listener(db, user, bob, make_file, who):
    mine = make_file("mine.mp3", category="Sea")
    db.create_share(user["id"], file_id=mine["id"], listener_id=bob["id"])
    db.create_share(user["id"], category="Sea", listener_id=bob["id"])
    db.create_share_link(user["id"], mine["id"], "hash", None)
    db.delete_user(user["id"] if who == "owner" else bob["id"])
    assert db.rows("SELECT * FROM shares") == []
    assert len(db.rows("SELECT * FROM share_links")) == (who == "listener")


def test_shares_and_links_go_with_their_file(db, user, bob, make_file):
    mine = make_file("mine.mp3")
    db.create_share(user["id"], file_id=mine["id"])
    db.create_share_link(user["id"], mine["id"], "hash", None)
    db.delete_audio_file("mine.mp3", user["id"])
    assert db.rows("SELECT * FROM shares") == db.rows("SELECT * FROM share_links") == []


def test_a_file_shared_twice_over_is_listed_once(db, user, bob, make_file):
    mine = make_file("mine.mp3", category="Sea")
    db.create_share(user["id"], file_id=mine["id"], listener_id=bob["id"])
    db.create_share(user["id"], file_id=mine["id"])
    db.create_share(user["id"], category="sea")
    assert db.count_heard_files(bob["id"]) == 1
    assert [row["giver"] for row in db.get_heard_library(bob["id"])] == ["ann"]
    assert db.count_heard_files(user["id"]) == 0


def test_pages_of_what_is_heard_follow_each_other_newest_first(db, user, bob, make_file):
    for number in range(5):
        row = make_file(f"{number}.mp3", created_at=f"2026-01-0{number + 1} 10:00:00")
        db.create_share(user["id"], file_id=row["id"])
    first = db.get_heard_library(bob["id"], limit=3)
    after = (first[-1]["created_at"], first[-1]["id"])
    rest = db.get_heard_library(bob["id"], limit=3, after=after)
    assert [row["filename"][0] for row in first + rest] == ["4", "3", "2", "1", "0"]


def test_links_do_not_come_back_with_a_backup(db, user, make_file, tmp_path):
    mine = make_file("mine.mp3")
    db.create_share_link(user["id"], mine["id"], "hash", None)
    copy = db.backup(tmp_path / "copy.db")
    snapshots.end_sessions(copy)
    with snapshots.sqlite_file.connect_plain(copy) as connection:
        assert connection.execute("SELECT * FROM share_links").fetchall() == []
