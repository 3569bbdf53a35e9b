"""Bought sound in the database: whose it is, what holds it, what is to go."""

import contextlib
import sqlite3

import pytest

from database import Database
from tests.database.test_database_opening import earlier_schema


def keep(db, name, owner_id=1, file_id=None, fingerprint="f", engine="e", now=1.0):
    job = {"id": file_id, "owner_id": owner_id, "engine": engine}
    return db.record_purchase(job, name, cost=1, size=9, now=now, fingerprint=fingerprint)


@pytest.mark.parametrize("version", [1, 2])
def test_what_an_earlier_schema_kept_is_nobodys_until_it_was_looked_for(tmp_path, version):
    path = earlier_schema(tmp_path / "old.db", version)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO kept_segments VALUES ('aa', 'openai', 0.5, 9, 1)")
        connection.execute("INSERT INTO kept_segments VALUES ('bb', 'openai', 0.5, 9, 2)")
        connection.execute("INSERT INTO users (username, password_hash) VALUES ('bob', 'h')")
    with contextlib.closing(Database(path)) as db:
        assert db.get_cached_segment("aa") == {
            "content_hash": "aa", "engine": "openai", "cost": 0.5, "size": 9,
            "last_used_epoch": 1, "owner_id": None, "fingerprint": "aa", "is_earlier": 1,
        }  # fmt: skip
        assert db.list_unsettled() == [
            {"owner_id": owner_id, "engine": "openai", "last_file_id": 1} for owner_id in (1, 2)
        ]
        db.unwant_segment("aa")
        assert db.list_unwanted_segments() == []  # the other person may have it, too
        for owner_id in (1, 2):
            db.settle_segments(owner_id, "openai")
        assert db.list_unwanted_segments() == ["aa"]


def test_sound_goes_with_the_last_file_that_holds_it(db, user, make_file):
    for name in ("one", "two"):
        keep(db, "h", user["id"], make_file(name)["id"])
    db.delete_audio_file("one", user["id"])
    assert db.list_unwanted_segments() == []
    db.delete_audio_file("two", user["id"])
    assert db.list_unwanted_segments() == ["h"]
    keep(db, "h", user["id"], make_file("three")["id"])
    assert db.list_unwanted_segments() == []


def test_all_sound_of_an_account_goes_with_it_and_none_of_others(db, user, make_file):
    bob = db.create_user("bob", "h")["id"]
    keep(db, "preview", user["id"], fingerprint="p")
    keep(db, "piece", user["id"], make_file()["id"])
    keep(db, "his", bob)
    db.delete_user(user["id"])
    assert db.list_unwanted_segments() == ["piece", "preview"]
    assert [row["content_hash"] for row in db.list_cached_segments()] == ["his", "piece", "preview"]


def test_what_is_bought_for_a_file_that_is_gone_is_to_go_at_once(db, user, make_file):
    file_id = make_file()["id"]
    job = {"id": file_id, "owner_id": user["id"], "engine": "e"}
    db.begin_purchase(job, "h", user["id"], "f")
    db.delete_audio_file("a.mp3", user["id"])
    assert db.list_unwanted_segments() == []  # it is to be counted first
    assert db.list_unwanted_segments(is_start=True) == ["h"]
    keep(db, "h", user["id"], file_id)
    assert db.list_unwanted_segments() == ["h"]


def test_of_two_that_are_the_same_the_later_one_stays(db, user):
    keep(db, "first", user["id"])
    keep(db, "later", user["id"])
    assert db.find_cached_segment(user["id"], "f") == "later"
    assert db.list_unwanted_segments(is_start=True) == ["first"]


def test_sound_is_lent_only_where_it_is_shared_or_nobody_else_is_there(db, user):
    keep(db, "hers", user["id"])
    keep(db, "nobodys", user["id"], fingerprint="g")
    db.write("UPDATE kept_segments SET owner_id = NULL WHERE content_hash = 'nobodys'")
    assert db.list_lendable_segments(["f", "g"], is_shared=False) == ["nobodys"]
    db.create_user("bob", "h")
    assert db.list_lendable_segments(["f", "g"], is_shared=False) == []
    assert db.list_lendable_segments(["f", "x"], is_shared=True) == ["hers"]
