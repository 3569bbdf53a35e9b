"""A database of the earlier release together with JSON files left beside it."""

import pytest

from database import Database
from tests.legacy.checking import rows, run
from tests.legacy.earlier import make_both


@pytest.fixture
def merged(tmp_path):
    database = make_both(tmp_path)
    code, report, _ = run("--source", tmp_path / "saved_audio", "--db", database)
    assert code == 0, report
    return database, report


def test_a_file_in_both_is_one_record_and_the_database_counts(merged):
    database, report = merged
    found = rows(
        database, "SELECT id, display_name, voice, character_count, cost, text FROM audio_files "
        "WHERE filename = 'one.mp3'",
    )  # fmt: skip
    assert found == [(3, "One", "alloy", 7, 0.0105, "Héllo ✓")]
    listed = [note["reason"] for note in report["notes"] if note["key"] == "one.mp3"]
    assert any("display_name is one.mp3 here, One in the database" in line for line in listed)


def test_everything_of_both_is_there(merged):
    database, report = merged
    names = [name for (name,) in rows(database, "SELECT filename FROM audio_files ORDER BY id")]
    assert names == ["one.mp3", "secret.mp3", "two.mp3"]
    assert report["placeholders"] == []
    sums = {account["name"]: account for account in report["accounts"]}
    assert (sums["ann"]["files"], sums["bob"]["files"]) == (1, 2)
    assert rows(database, "SELECT count(*) FROM security_logs") == [(2,)]


def test_sound_of_the_databases_own_rows_comes_along(merged):
    database, _ = merged
    found = dict(rows(database, "SELECT filename, size FROM audio_files WHERE sha256 IS NOT NULL"))
    audio = database.parent / "audio"
    assert found == {path.name: path.stat().st_size for path in audio.iterdir()}
    assert set(found) == {"one.mp3", "two.mp3", "secret.mp3"}


def test_of_each_months_numbers_the_larger_count(merged):
    _, report = merged
    months = {month["month"]: month for month in report["months"]}
    january, february = months["2025-01"], months["2025-02"]
    assert (january["requests"], january["characters"]) == (1, 100)
    assert (february["requests"], february["characters"], february["cost"]) == (3, 900, 1.25)
    assert any("larger counts" in note["reason"] for note in report["notes"])


def test_passwords_of_the_database_stay_and_the_app_opens_it(merged):
    database, report = merged
    db = Database(database)
    assert db.upgraded_from is None
    assert db.get_user("ann")["password_hash"] == "scrypt:a"
    db.close()
    assert any("the database's password counts" in note["reason"] for note in report["notes"])


def test_playbacks_that_are_in_both_come_once(tmp_path):
    from tests.legacy.installs import write_json

    database = make_both(tmp_path)
    play = {"filename": "one.mp3", "name": "One", "timestamp": "2025-03-05 10:00:00"}
    later = {**play, "timestamp": "2025-03-05 10:00:09"}
    write_json(tmp_path / "saved_audio", "playback_history.json", [later, play])
    code, report, _ = run("--source", tmp_path / "saved_audio", "--db", database)
    assert code == 0
    found = rows(database, "SELECT played_at FROM playback_history WHERE file_id = 3 ORDER BY id")
    assert len(found) == 2
    assert any("1 of its entries" in note["reason"] for note in report["notes"])
