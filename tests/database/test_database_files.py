import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def bob(db):
    return db.create_user("bob", "hash")


def walk(page, key, limit):
    """All rows of a keyset-paged list, page by page."""
    seen, before = [], None
    while rows := page(limit=limit, before=before):
        seen += rows
        assert len(seen) < 100, "the pages do not end"
        before = (rows[-1][key], rows[-1]["id"])
    return [row["id"] for row in seen]


def test_a_file_comes_back_without_its_text(db, user):
    row = db.create_audio_file(user["id"], "a.mp3", "A", voice="v", text="Grüße", cost=0.5)
    assert db.get_audio_file("a.mp3", user["id"]) == row
    assert "text" not in row
    assert row["character_count"] == 5
    assert (row["status"], row["spoken_characters"]) == ("ready", 5)
    assert db.get_text(row["id"]) == "Grüße"


def test_a_queued_file_has_nothing_spoken(db, make_file):
    assert make_file(text="abc", status="queued")["spoken_characters"] == 0


@pytest.mark.parametrize("text", ["", "a" * 5_000_000, "\x00 NUL", "🎧 \u202e '; --", "\r\n\t"])
def test_any_text_comes_back_as_it_was(db, make_file, text):
    assert db.get_text(make_file(text=text)["id"]) == text


def test_a_filename_is_given_once(db, make_file, bob):
    make_file()
    with pytest.raises(sqlite3.IntegrityError):
        make_file(owner=bob)


def test_the_number_of_a_deleted_file_is_never_given_again(db, user, make_file):
    first = make_file("a")
    db.delete_audio_file("a", user["id"])
    assert make_file("b")["id"] > first["id"]


def test_another_person_can_neither_see_nor_change_a_file(db, make_file, bob):
    row = make_file()
    assert db.get_audio_file("a.mp3", bob["id"]) is None
    assert db.update_audio_file("a.mp3", bob["id"], display_name="mine") is None
    assert not db.delete_audio_file("a.mp3", bob["id"])
    assert db.get_audio_files_by_owner(bob["id"]) == []
    assert db.list_categories(bob["id"]) == []
    assert db.get_audio_file("a.mp3", row["owner_id"]) == row


def test_renaming_and_moving_change_one_thing_each(db, user, make_file):
    make_file(category="News")
    assert db.update_audio_file("a.mp3", user["id"], display_name="B")["category"] == "News"
    moved = db.update_audio_file("a.mp3", user["id"], category="")
    assert (moved["display_name"], moved["category"]) == ("B", "")


def test_deleting_keeps_usage_and_history(db, user, make_file):
    row = make_file(display_name="Name")
    db.record_usage(user["id"], 5, 0.5, file_id=row["id"])
    db.record_playback(user["id"], row["id"])
    assert db.delete_audio_file("a.mp3", user["id"])
    assert not db.delete_audio_file("a.mp3", user["id"])
    assert db.get_all_time_usage(user["id"])["cost"] == 0.5
    (heard,) = db.get_playback_history(user["id"])
    assert (heard["display_name"], heard["filename"], heard["file_id"]) == ("Name", None, None)
    assert not db.find_audio_file("a.mp3")


def test_absent_things_are_none_or_empty(db, user):
    assert db.get_audio_file("no", user["id"]) is None
    assert db.get_text(99) == ""
    assert db.get_segments(99) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_show_each_file_once_newest_first_even_in_the_same_second(db, user, make_file, limit):
    for number in range(20):
        make_file(f"{number}", created_at=f"2026-01-01 00:00:0{number // 7}")
    wanted = [row["id"] for row in db.rows("SELECT id FROM audio_files ORDER BY created_at, id")]
    seen = walk(lambda **page: db.get_audio_files_by_owner(user["id"], **page), "created_at", limit)
    assert seen == wanted[::-1]


def test_older_rows_with_higher_numbers_are_not_skipped(db, user, make_file):
    """A migrated file may be older than files with lower numbers."""
    for number, day in enumerate([3, 1, 2, 1, 3, 2]):
        make_file(f"{number}", created_at=f"2026-01-0{day} 00:00:00")
    seen = walk(lambda **page: db.get_audio_files_by_owner(user["id"], **page), "created_at", 2)
    assert seen == [5, 1, 6, 3, 4, 2]


def test_files_made_while_paging_do_not_shift_the_next_page(db, user, make_file):
    for number in range(4):
        make_file(f"{number}", created_at="2026-01-01 00:00:00")
    first = db.get_audio_files_by_owner(user["id"], limit=2)
    make_file("new", created_at="2026-01-01 00:00:00")
    before = (first[-1]["created_at"], first[-1]["id"])
    second = db.get_audio_files_by_owner(user["id"], limit=2, before=before)
    assert [row["filename"] for row in first + second] == ["3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("news", ["Evening NEWS", "News of 100%"]),
        ("100%", ["News of 100%"]),
        ("%", ["News of 100%"]),
        ("_", ["under_score"]),
        ("\\", ["back\\slash"]),
        ("' OR 1=1 --", []),
        ("", ["Evening NEWS", "News of 100%", "back\\slash", "under_score"]),
    ],
)
def test_search_finds_a_part_of_the_name_literally(db, user, make_file, search, found):
    for number, name in enumerate(["under_score", "back\\slash", "News of 100%", "Evening NEWS"]):
        make_file(f"{number}", display_name=name)
    rows = db.get_audio_files_by_owner(user["id"], search=search)
    assert sorted(row["display_name"] for row in rows) == sorted(found)


def test_search_pages_without_gaps(db, user, make_file):
    for number in range(20):
        make_file(f"{number}", display_name="even" if number % 2 == 0 else "odd")
    seen = walk(
        lambda **page: db.get_audio_files_by_owner(user["id"], search="odd", **page),
        "created_at",
        3,
    )
    assert seen == list(range(20, 0, -2))


def test_groups_are_listed_once_by_name(db, make_file, user):
    for number, category in enumerate(["b", "A", "", "c", "b", "A"]):
        make_file(f"{number}", category=category)
    assert db.list_categories(user["id"]) == ["A", "b", "c"]


def test_a_hundred_submissions_of_one_name_are_a_hundred_rows(db, user):
    def submit(number):
        return db.create_audio_file(user["id"], f"{number}", "Same", voice="v", text="same")["id"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(submit, range(100)))) == 100
    assert len(db.get_audio_files_by_owner(user["id"], limit=200)) == 100


def test_totals_count_everybody(db, user, bob, make_file):
    make_file("a", text="abc", duration=1.5, size=10)
    make_file("b", owner=bob, text="de", duration=2.0, size=20)
    db.record_usage(user["id"], 3, 0.25)
    assert db.get_stats() == {
        "users": 2, "files": 2, "characters": 5, "duration": 3.5, "size": 30, "cost": 0.25,
        "binned_files": 0, "binned_size": 0,
    }  # fmt: skip


def test_totals_of_nothing_are_zero(db):
    assert set(db.get_stats().values()) == {0}


# Listening


def test_the_next_listening_starts_where_the_last_one_stopped(db, user, make_file):
    row = make_file()
    assert db.get_position(user["id"], row["id"]) == 0.0
    first = db.record_playback(user["id"], row["id"], "phone")
    assert db.update_playback_position(user["id"], first, 12.5)
    db.record_playback(user["id"], row["id"], "desk")
    assert db.get_position(user["id"], row["id"]) == 12.5
    desk, phone = db.get_playback_history(user["id"])
    assert (desk["device"], desk["position"], phone["device"]) == ("desk", 12.5, "phone")


def test_each_person_has_a_position_of_their_own(db, user, bob, make_file):
    row = make_file()
    mine = db.record_playback(user["id"], row["id"])
    assert not db.update_playback_position(bob["id"], mine, 9.0)
    db.update_playback_position(user["id"], mine, -3.0)
    assert db.get_position(user["id"], row["id"]) == 0.0
    assert db.get_playback_history(bob["id"]) == []


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_history_shows_each_listening_once_even_in_the_same_second(db, user, make_file, limit):
    row = make_file()
    for number in range(12):
        db.record_playback(user["id"], row["id"], played_at=f"2026-01-01 00:00:0{number // 5}")
    seen = walk(lambda **page: db.get_playback_history(user["id"], **page), "played_at", limit)
    assert seen == list(range(12, 0, -1))


def test_history_shows_the_present_name(db, user, make_file):
    row = make_file(display_name="Old")
    db.record_playback(user["id"], row["id"])
    db.update_audio_file("a.mp3", user["id"], display_name="New")
    assert db.get_playback_history(user["id"])[0]["display_name"] == "New"
