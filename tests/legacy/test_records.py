"""Single records: what is read, mended, listed or left out, and who owns it in the end."""

import json
import math
import os
from datetime import UTC, datetime

import pytest

from tests.legacy.checking import rows, run
from tests.legacy.installs import mp3, older_hash, playback, write_json


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "saved_audio"
    source.mkdir()
    return source


def entry(**changes) -> dict:
    plain = {
        "name": "Name", "group": "Books", "created": "20251003_090000", "voice": "nova",
        "characters": 10, "cost": 0.00015, "owner": "ann",
    }  # fmt: skip
    return {key: value for key, value in (plain | changes).items() if value != "DROP"}


def move(folder, *options, **contents) -> dict:
    for name, content in contents.items():
        write_json(folder, f"{name}.json", content)
    code, report, _ = run("--source", folder, "--db", folder.parent / "data" / "v.db", *options)
    assert code == 0, report
    return report


def stored(folder, sql, *values) -> list[tuple]:
    return rows(folder.parent / "data" / "v.db", sql, *values)


def notes(report, kind) -> str:
    return "\n".join(f"{n['key']}: {n['reason']}" for n in report["notes"] if n["kind"] == kind)


USER = {"password": "scrypt:32768:8:1$a$00", "created": "2025-10-01 08:30:00"}

MENDED = {
    "no name": ({"name": "DROP"}, "display_name", "a.mp3", "name is missing"),
    "an empty name": ({"name": ""}, "display_name", "a.mp3", None),
    "a long name": ({"name": "n" * 300}, "display_name", "n" * 200, "cut to 200"),
    "a name of two lines": ({"name": "a\nb"}, "display_name", "a b", "on one line"),
    "half a character": ({"name": "\ud800"}, "display_name", "a.mp3", "half a character"),
    "no group": ({"group": "DROP"}, "category", "", None),
    "a list as group": ({"group": []}, "category", "", "group is a list, not a text"),
    "no voice": ({"voice": None}, "voice", "", "voice is missing"),
    "a whole float": ({"characters": 12.0}, "character_count", 12, None),
    "a half character count": ({"characters": 1.5}, "character_count", 0, "not a whole number"),
    "a count as text": ({"characters": "12"}, "character_count", 0, "a text, not a number"),
    "true characters": ({"characters": True}, "character_count", 0, "true or false"),
    "a count below zero": ({"characters": -1}, "character_count", 0, "below zero"),
    "a huge count": ({"characters": 10**400}, "character_count", 0, "too large to be true"),
    "NaN as cost": ({"cost": math.nan}, "cost", 0.0, "cost is NaN"),
    "an endless cost": ({"cost": math.inf}, "cost", 0.0, "too large to be true"),
    "a whole cost": ({"cost": 1}, "cost", 1.0, None),
}


@pytest.mark.parametrize("case", MENDED)
def test_a_field_that_cannot_be_used_is_replaced_and_listed(folder, case):
    changes, column, value, words = MENDED[case]
    report = move(folder, users={"ann": USER}, metadata={"a.mp3": entry(**changes)})
    assert stored(folder, f"SELECT {column} FROM audio_files") == [(value,)]
    assert (words or "") in notes(report, "changed")
    assert bool(notes(report, "changed")) == (words is not None)


@pytest.mark.parametrize(
    ("name", "words"),
    [("../up.mp3", "holds a path"), ("a/b.mp3", "holds a path"), ("", "is empty"),
     (".hidden", "hidden"), ("x" * 245, "longer"), ("nul\0.mp3", "control characters"),
     ("a.part", "hidden, or"), ("\ud800.mp3", "half a character")],
)  # fmt: skip
def test_a_filename_that_cannot_be_one_is_listed_and_left_out(folder, name, words):
    report = move(folder, users={"ann": USER}, metadata={name: entry(), "good.mp3": entry()})
    assert stored(folder, "SELECT filename FROM audio_files") == [("good.mp3",)]
    assert words in notes(report, "unreadable")


@pytest.mark.parametrize("value", [None, 5, "x", [], True])
def test_an_entry_that_is_no_object_is_listed_and_left_out(folder, value):
    report = move(
        folder, users={"ann": USER, "bob": value}, metadata={"a.mp3": value},
        playback_history=[value],
    )  # fmt: skip
    assert stored(folder, "SELECT count(*) FROM audio_files") == [(0,)]
    assert stored(folder, "SELECT username FROM users") == [("ann",)]
    assert notes(report, "unreadable").count("not an object") == 3


def test_a_file_with_an_unreadable_date_takes_that_of_its_sound(folder):
    (folder / "a.mp3").write_bytes(mp3(1))
    os.utime(folder / "a.mp3", (1_700_000_000, 1_700_000_000))
    report = move(folder, users={"ann": USER}, metadata={"a.mp3": entry(created="soon")})
    assert stored(folder, "SELECT created_at FROM audio_files") == [("2023-11-14 22:13:20",)]
    assert "created is no date" in notes(report, "changed")


def test_local_times_become_utc_and_months_stay_local(folder, monkeypatch):
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        move(
            folder, users={"ann": USER}, metadata={"a.mp3": entry(created="20251031_233000")},
            playback_history=[playback("a.mp3", "A", datetime(2025, 11, 2, 12, 0, 0))],  # noqa: DTZ001
        )  # fmt: skip
    finally:
        monkeypatch.undo()
        time.tzset()
    assert stored(folder, "SELECT created_at FROM audio_files") == [("2025-11-01 03:30:00",)]
    assert stored(folder, "SELECT year, month FROM usage_stats") == [(2025, 10)]
    assert stored(folder, "SELECT played_at FROM playback_history") == [("2025-11-02 17:00:00",)]
    assert stored(folder, "SELECT created_at FROM users") == [("2025-10-01 12:30:00",)]


@pytest.mark.parametrize(
    ("password", "kept", "words"),
    [
        ("scrypt:32768:8:1$a$00ff", True, ""),
        ("pbkdf2:sha256:1000$a$00ff", True, ""),
        ("$argon2id$v=19$m=8,t=1,p=1$YWFhYWFhYWE$YWFh", True, ""),
        ("md5$salt$00ff", True, "cannot be checked today"),
        ("secret in the open", False, "is no hash and is not kept"),
        (None, False, "password is missing"),
        (17, False, "password is a number"),
    ],
)
def test_password_hashes_are_kept_as_they_are_and_nothing_else_is(folder, password, kept, words):
    report = move(folder, users={"ann": {**USER, "password": password}})
    found = stored(folder, "SELECT password_hash, is_admin FROM users")
    assert found == [(password, 1) if kept else ("!", 0)]
    assert words in notes(report, "changed")


def test_names_that_break_a_rule_of_today_are_kept_and_listed(folder):
    names = ["ann", "Ann", "x", "w" * 60, " lee ", "lee", "o\u0301na", "z" * 200, "", "a\nb"]
    report = move(folder, users=dict.fromkeys(names, USER))
    found = [name for (name,) in stored(folder, "SELECT username FROM users ORDER BY id")]
    assert found[:8] == ["ann", "Ann", "x", "w" * 60, "lee", "lee-2", "óna", found[7]]
    assert found[7].startswith("z" * 130 + "~")
    assert found[8:] == ["unnamed", "ab"]
    listed = notes(report, "owner")
    for words in (
        "differs from 'Ann' only in case or spelling",
        "x: kept",
        "called 'lee-2'",
        "called 'óna'",
    ):
        assert words in listed


def test_files_without_owner_go_to_the_only_user(folder):
    move(folder, users={"ann": USER}, metadata={"a.mp3": entry(owner="DROP")})
    assert stored(folder, "SELECT username FROM users") == [("ann",)]


def test_files_without_owner_go_to_a_placeholder_where_nobody_is_alone(folder):
    users = {"ann": USER, "legacy": USER}
    report = move(folder, users=users, metadata={"a.mp3": entry(owner=None)})
    owner = (
        "SELECT u.username, u.password_hash FROM audio_files f JOIN users u ON u.id = f.owner_id"
    )
    assert stored(folder, owner) == [("legacy-2", "!")]
    assert report["placeholders"] == ["legacy-2"]
    assert stored(folder, "SELECT sum(is_admin) FROM users") == [(0,)]


def test_owner_takes_what_names_nobody_and_what_was_deleted(folder):
    report = move(
        folder, "--owner", "bob",
        users={"ann": USER, "bob": USER},
        metadata={"a.mp3": entry(), "b.mp3": entry(owner="DROP")},
        usage_stats={"monthly": {"2025-10": {"files": 5, "characters": 50, "cost": 0.5}}},
        playback_history=[playback("gone.mp3", "Gone", datetime(2025, 10, 4))],  # noqa: DTZ001
    )  # fmt: skip
    sums = {account["name"]: account for account in report["accounts"]}
    assert (sums["ann"]["files"], sums["ann"]["requests"], sums["ann"]["playbacks"]) == (1, 1, 0)
    assert (sums["bob"]["files"], sums["bob"]["requests"], sums["bob"]["playbacks"]) == (1, 4, 1)


def test_what_was_deleted_goes_to_the_owner_of_most_files(folder):
    report = move(
        folder, users={"ann": USER},
        metadata={"a.mp3": entry(), "b.mp3": entry(owner="bob"), "c.mp3": entry(owner="bob")},
        usage_stats={"monthly": {"2025-10": {"files": 9, "characters": 90, "cost": 0.5}}},
    )  # fmt: skip
    sums = {account["name"]: account["requests"] for account in report["accounts"]}
    assert sums == {"ann": 1, "bob": 8}


def test_playbacks_go_to_the_owner_of_their_file_and_repeat_as_they_did(folder):
    play = playback("a.mp3", "Old name", datetime(2025, 10, 4))  # noqa: DTZ001
    lacking = {key: value for key, value in play.items() if key != "timestamp"}
    report = move(
        folder, users={"ann": USER}, metadata={"a.mp3": entry(owner="bob")},
        playback_history=[play, play, lacking, {**play, "timestamp": "x", "datetime_sort": ""}],
    )  # fmt: skip
    found = stored(
        folder,
        "SELECT u.username, p.display_name, f.filename FROM playback_history p "
        "JOIN users u ON u.id = p.user_id JOIN audio_files f ON f.id = p.file_id",
    )
    assert found == [("bob", "Old name", "a.mp3")] * 3
    assert "entry 4: neither timestamp nor datetime_sort is a date" in notes(report, "unreadable")


def test_missing_orphaned_and_broken_sound_is_listed(folder):
    (folder / "whole.mp3").write_bytes(mp3(2))
    (folder / "broken.mp3").write_bytes(b"no sound at all")
    (folder / "orphan.mp3").write_bytes(mp3(1))
    metadata = {name: entry() for name in ("whole.mp3", "broken.mp3", "gone.mp3")}
    report = move(folder, users={"ann": USER}, metadata=metadata)
    audio = report["audio"]
    assert (audio["missing"], audio["not_mp3"], audio["orphaned"]) == (
        ["gone.mp3"], ["broken.mp3"], ["orphan.mp3"],
    )  # fmt: skip
    found = dict(stored(folder, "SELECT filename, status FROM audio_files"))
    assert found == {"whole.mp3": "ready", "broken.mp3": "failed", "gone.mp3": "failed"}
    data = folder.parent / "data" / "audio"
    assert sorted(path.name for path in data.iterdir()) == ["broken.mp3", "whole.mp3"]
    assert (folder / "orphan.mp3").exists()


def test_link_takes_sound_in_without_copying(folder):
    (folder / "a.mp3").write_bytes(mp3(2))
    move(folder, "--link", users={"ann": USER}, metadata={"a.mp3": entry()})
    assert (folder.parent / "data" / "audio" / "a.mp3").samefile(folder / "a.mp3")


def month(folder, **values) -> tuple:
    metadata = {"a.mp3": entry(), "b.mp3": entry(created="20251004_090000")}
    report = move(
        folder, users={"ann": USER}, metadata=metadata,
        usage_stats={"monthly": {"2025-10": values}},
    )  # fmt: skip
    costs = stored(folder, "SELECT cost FROM usage_stats")
    characters = stored(folder, "SELECT coalesce(sum(characters_used), 0) FROM usage_stats")[0][0]
    return len(costs), characters, math.fsum(cost for (cost,) in costs), notes(report, "usage")


@pytest.mark.parametrize(
    ("files", "characters", "cost", "words"),
    [
        (2, 20, 0.0003, ""),
        (7, 99, 0.1, ""),
        (3, 20, 0.0003, ""),
        (1, 7, 0.0001, "counts 1 files and 13 characters and 0.000200 USD less"),
        (2, 50, 0.0003, "its last file carries them"),
        (2, 20, 0.75, "its last file carries them"),
        (0, 0, 0.0, "counts 2 files"),
        (1000, 1, 1e-9, "counts 19 characters"),
    ],
)
def test_a_month_equals_the_older_apps_whatever_the_files_say(
    folder, files, characters, cost, words
):
    found = month(folder, files=files, characters=characters, cost=cost)
    assert found[:2] == (files, characters)
    assert abs(found[2] - cost) <= 1e-12
    assert words in found[3]


def test_a_month_without_files_but_with_characters_is_one_request(folder):
    found = month(folder, files=0, characters=30, cost=0.5)
    assert found[:3] == (1, 30, 0.5)
    assert "they stand as one request" in found[3]


def test_the_page_shows_names_as_text_and_needs_nothing_else(folder):
    evil = "<script>alert(1)</script>"
    report = move(folder, users={evil: USER}, metadata={f"a{evil[:8]}.mp3": entry(owner=evil)})
    page = (folder.parent / "data" / "migration_report.html").read_text()
    assert evil not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    assert report["plan_hash"] in page
    kept = json.loads((folder.parent / "data" / "migration_report.json").read_text())
    assert kept["accounts"] == report["accounts"]
    made_at = datetime.fromisoformat(kept["made_at"]).replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - made_at).total_seconds()) < 600


def test_the_earlier_hash_still_opens(folder):
    from accounts.passwords import Passwords
    from tests.legacy.installs import PASSWORD

    move(folder, users={"ann": {**USER, "password": older_hash("scrypt:1024:8:1")}})
    (stored_hash,) = stored(folder, "SELECT password_hash FROM users")[0]
    assert Passwords().verify(stored_hash, PASSWORD)
    assert not Passwords().verify(stored_hash, "another password altogether")
