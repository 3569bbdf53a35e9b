"""Groups, the bin, drafts, positions, and what history and usage say."""

import random
import threading

import pytest

from queries.groups import STOPPED
from storage.errors import GroupTaken, LeaseLost, NotFound, WrongState


@pytest.fixture
def bob(db):
    return db.create_user("bob", "hash")


def groups(db, user):
    return {row["name"]: row["files"] for row in db.list_groups(user["id"])}


def counted(db, user):
    """The same counts, made from the files themselves."""
    rows = db.rows(
        """SELECT category, count(*) AS n FROM audio_files
           WHERE owner_id = ? AND deleted_at IS NULL GROUP BY category""",
        user["id"],
    )
    return {row["category"].lower(): row["n"] for row in rows}


# Groups


def test_an_empty_group_exists_until_it_is_deleted(db, user, bob):
    assert db.create_group(user["id"], "News") == "News"
    assert groups(db, user) == {"News": 0}
    assert groups(db, bob) == {}
    assert db.delete_group(user["id"], "news", with_files=False) == 0
    assert groups(db, user) == {}


def test_a_group_is_one_whatever_its_case(db, user, make_file):
    make_file("1", category="Äpfel")
    assert make_file("2", category="äPFEL")["category"] == "Äpfel"
    assert db.create_group(user["id"], "ÄPFEL") == "Äpfel"
    make_file("3", category="News")
    assert db.update_audio_file("3", user["id"], category="äpfel")["category"] == "Äpfel"
    assert groups(db, user) == {"News": 0, "Äpfel": 3}


def test_each_person_has_groups_of_their_own(db, user, bob, make_file):
    make_file("1", category="News")
    make_file("2", owner=bob, category="NEWS")
    assert groups(db, user) == {"News": 1}
    assert groups(db, bob) == {"NEWS": 1}
    with pytest.raises(NotFound):
        db.delete_group(bob["id"], "Other", with_files=True)


def test_renaming_moves_the_files_those_in_the_bin_too(db, user, make_file):
    for number in range(3):
        make_file(f"{number}", category="Old")
    db.bin_audio_files(user["id"], ["2"])
    assert db.rename_group(user["id"], "OLD", "New") == 3
    assert groups(db, user) == {"New": 2}
    db.restore_audio_files(user["id"], ["2"])
    assert groups(db, user) == {"New": 3}


@pytest.mark.parametrize(("old", "new"), [("news", "NEWS"), ("äpfel", "Äpfel")])
def test_renaming_may_change_the_case_alone(db, user, make_file, old, new):
    make_file(category=old)
    db.rename_group(user["id"], old, new)
    assert groups(db, user) == {new: 1}
    assert db.get_audio_file("a.mp3", user["id"])["category"] == new


def test_an_empty_group_can_be_renamed(db, user):
    db.create_group(user["id"], "Old")
    assert db.rename_group(user["id"], "Old", "New") == 0
    assert groups(db, user) == {"New": 0}


@pytest.mark.parametrize("taken", ["Two", "tWO", "Ähren", "äHREN"])
def test_two_groups_are_not_joined_by_renaming(db, user, make_file, taken):
    for number, name in enumerate(["One", "Two", "Ähren"]):
        make_file(f"{number}", category=name)
    with pytest.raises(GroupTaken, match=r"“(Two|Ähren)”"):
        db.rename_group(user["id"], "One", taken)
    assert groups(db, user) == {"One": 1, "Two": 1, "Ähren": 1}


@pytest.mark.parametrize("name", ["", "Nothing"])
def test_what_is_no_group_is_not_found(db, user, make_file, name):
    make_file()
    with pytest.raises(NotFound):
        db.rename_group(user["id"], name, "New")
    with pytest.raises(NotFound):
        db.delete_group(user["id"], name, with_files=True)
    assert db.get_audio_file("a.mp3", user["id"])


def test_a_group_goes_alone_or_with_its_files(db, user, make_file):
    for number in range(4):
        make_file(f"{number}", category="AB"[number % 2])
    assert db.delete_group(user["id"], "A", with_files=False) == 2
    assert db.count_files(user["id"]) == {"files": 4, "ungrouped": 2}
    assert db.delete_group(user["id"], "B", with_files=True) == 2
    assert groups(db, user) == {}
    assert db.count_files(user["id"]) == {"files": 2, "ungrouped": 2}
    db.restore_audio_files(user["id"], ["1"])
    assert groups(db, user) == {"B": 1}


def test_counts_stay_true_whatever_happens(db, user, bob, make_file):
    chance = random.Random(7)
    names = ["", "A", "a", "B", "C"]
    for number in range(40):
        make_file(f"{number}", category=chance.choice(names))
    for _ in range(200):
        some = [f"{chance.randrange(40)}" for _ in range(3)]
        chance.choice(
            [
                lambda some=some: db.move_files(user["id"], some, chance.choice(names)),
                lambda some=some: db.bin_audio_files(user["id"], some),
                lambda some=some: db.restore_audio_files(user["id"], some),
                lambda some=some: db.delete_audio_file(some[0], user["id"]),
                lambda some=some: db.update_audio_file(some[0], user["id"], category="C"),
            ]
        )()
    wanted = counted(db, user)
    found = {name.lower(): count for name, count in groups(db, user).items() if count}
    assert found == {name: count for name, count in wanted.items() if name}
    assert db.count_files(user["id"])["ungrouped"] == wanted.get("", 0)
    db.merge_users(user["id"], bob["id"])
    assert db.count_files(bob["id"])["files"] == sum(wanted.values())


# The bin


def test_reads_and_changes_leave_out_what_lies_in_the_bin(db, user, make_file):
    make_file("kept", size=5)
    row = make_file(size=7, text="abc", status="failed")
    db.record_playback(user["id"], row["id"])
    assert db.bin_audio_files(user["id"], ["a.mp3"]) == 1
    assert db.get_audio_file("a.mp3", user["id"]) is None
    assert db.get_audio_file("a.mp3", user["id"], include_binned=True)["deleted_at"]
    assert [file["filename"] for file in db.get_audio_files_by_owner(user["id"])] == ["kept"]
    assert [file["filename"] for file in db.get_library(user["id"])] == ["kept"]
    stats = db.get_stats()
    assert (stats["files"], stats["size"], stats["characters"]) == (1, 5, 0)
    assert (stats["binned_files"], stats["binned_size"]) == (1, 7)
    (heard,) = db.get_playback_history(user["id"])
    assert (heard["filename"], heard["display_name"]) == (None, "a.mp3")
    assert db.update_audio_file("a.mp3", user["id"], display_name="x") is None
    assert db.move_files(user["id"], ["a.mp3"], "x") == 0
    for use in (db.retry_job, db.cancel_job):
        with pytest.raises(NotFound):
            use("a.mp3", user["id"])
    with pytest.raises(NotFound):
        db.save_position(user["id"], row["id"], "phone", 1.0)
    assert db.find_audio_file("a.mp3")
    assert db.restore_audio_files(user["id"], ["a.mp3"]) == 1
    assert db.get_audio_file("a.mp3", user["id"]) == row


def test_only_the_owner_bins_and_restores(db, user, bob, make_file):
    make_file()
    assert db.bin_audio_files(bob["id"], ["a.mp3"]) == 0
    db.bin_audio_files(user["id"], ["a.mp3"])
    assert db.restore_audio_files(bob["id"], ["a.mp3"]) == 0
    assert db.list_bin(bob["id"]) == []


@pytest.mark.parametrize("is_claimed", [True, False])
def test_what_waits_or_is_spoken_is_cancelled_when_it_is_binned(db, user, make_file, is_claimed):
    row = make_file(text="text", status="queued")
    if is_claimed:
        db.claim_job("w", now=1.0, lease_s=30.0)
    db.bin_audio_files(user["id"], ["a.mp3"])
    assert db.claim_job("w", now=1e9, lease_s=30.0) is None
    assert db.get_job_counts() == {"queued": 0, "speaking": 0}
    with pytest.raises(LeaseLost):
        db.checkpoint_job(row["id"], "w", [], duration=1.0)
    db.restore_audio_files(user["id"], ["a.mp3"])
    back = db.get_audio_file("a.mp3", user["id"])
    assert (back["status"], back["error"]) == ("cancelled", STOPPED)
    assert db.retry_job("a.mp3", user["id"])["status"] == "queued"
    with pytest.raises(WrongState):
        db.retry_job("a.mp3", user["id"])


def test_the_bin_is_paged_latest_first(db, user, make_file):
    for number in range(9):
        make_file(f"{number}")
        moment = f"2026-01-01 00:00:0{number // 4}"
        db.bin_audio_files(user["id"], [f"{number}"], deleted_at=moment)
    seen, before = [], None
    while rows := db.list_bin(user["id"], limit=2, before=before):
        seen += rows
        before = (rows[-1]["deleted_at"], rows[-1]["id"])
    assert [row["id"] for row in seen] == list(range(9, 0, -1))


def test_only_what_has_lain_long_enough_is_listed_as_expired(db, user, bob, make_file):
    make_file("old")
    make_file("older", owner=bob)
    make_file("young")
    make_file("never")
    db.bin_audio_files(user["id"], ["old"], deleted_at="2026-01-02 00:00:00")
    db.bin_audio_files(bob["id"], ["older"], deleted_at="2026-01-01 00:00:00")
    db.bin_audio_files(user["id"], ["young"], deleted_at="2026-01-03 00:00:00")
    rows = db.list_expired("2026-01-03 00:00:00")
    assert [row["filename"] for row in rows] == ["older", "old"]


# Drafts and positions


def test_a_draft_is_one_a_person_and_the_last_one_counts(db, user, bob):
    assert db.get_draft(user["id"]) is None
    db.save_draft(user["id"], "One")
    fields = {"name": "N", "voice": "v", "speed": 1.5, "category": "c", "reading": '{"a": 1}',
              "is_voice_chosen": 0, "is_pace_chosen": 1}  # fmt: skip
    db.save_draft(user["id"], "Two", **fields)
    draft = db.get_draft(user["id"])
    assert draft.pop("updated_at")
    assert draft == {"text": "Two", "version": "", **fields}
    assert db.get_draft(bob["id"]) is None
    db.delete_draft(user["id"])
    assert db.get_draft(user["id"]) is None


def test_each_device_keeps_its_own_position(db, user, make_file):
    file_id = make_file()["id"]
    db.save_position(user["id"], file_id, "desk", 100.0, now=1.0)
    db.save_position(user["id"], file_id, "phone", 5.0, now=2.0)
    db.save_position(user["id"], file_id, "desk", -1.0, now=3.0)
    assert db.get_positions(user["id"], file_id) == [
        {"device": "desk", "position": 0.0, "at": 3.0},
        {"device": "phone", "position": 5.0, "at": 2.0},
    ]
    assert db.get_position(user["id"], file_id) == 0.0


def test_a_position_is_kept_in_its_listening_too(db, user, make_file):
    file_id = make_file()["id"]
    mine = db.record_playback(user["id"], file_id, "desk")
    db.save_position(user["id"], file_id, "desk", 7.5, mine)
    assert db.get_playback_history(user["id"])[0]["position"] == 7.5


def test_nothing_is_kept_with_a_listening_of_somebody_else(db, user, bob, make_file):
    mine = db.record_playback(user["id"], make_file()["id"], "desk")
    theirs = make_file("b", owner=bob)["id"]
    with pytest.raises(NotFound, match="entry in your history"):
        db.save_position(bob["id"], theirs, "desk", 9.0, mine)
    assert db.get_playback_history(user["id"])[0]["position"] == 0.0
    assert db.get_positions(bob["id"], theirs) == []


def test_no_position_is_kept_in_a_file_that_is_in_the_bin(db, user, make_file):
    row = make_file()
    mine = db.record_playback(user["id"], row["id"], "desk")
    db.save_position(user["id"], row["id"], "desk", 1.0, mine)
    db.bin_audio_files(user["id"], [row["filename"]])
    with pytest.raises(NotFound, match="library"):
        db.save_position(user["id"], row["id"], "desk", 7.5, mine)
    assert db.get_playback_history(user["id"])[0]["position"] == 1.0


@pytest.mark.parametrize("file_id", [1, 99])
def test_a_position_in_another_persons_file_is_refused(db, user, bob, make_file, file_id):
    make_file()
    with pytest.raises(NotFound):
        db.save_position(bob["id"], file_id, "desk", 1.0)


def test_devices_that_save_at_once_lose_nothing(db, user, make_file):
    file_id = make_file()["id"]

    def save(device):
        for second in range(20):
            db.save_position(user["id"], file_id, device, float(second))

    threads = [threading.Thread(target=save, args=(f"d{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row["position"] for row in db.get_positions(user["id"], file_id)} == {19.0}
    assert len(db.get_positions(user["id"], file_id)) == 4


# History


@pytest.fixture
def heard(db, user, make_file):
    for day in range(1, 5):
        row = make_file(f"{day}", display_name=("News", "100% Sea")[day % 2])
        db.record_playback(user["id"], row["id"], played_at=f"2026-01-0{day} 12:00:00")


def names(rows):
    return [row["filename"] for row in rows]


def test_history_is_searched_by_part_of_the_name_and_by_day(db, user, heard):
    assert names(db.get_playback_history(user["id"], search="EWS")) == ["4", "2"]
    assert names(db.get_playback_history(user["id"], search="0%")) == ["3", "1"]
    assert names(db.get_playback_history(user["id"], search="_")) == []
    one_day = {"since": "2026-01-02 00:00:00", "until": "2026-01-03 00:00:00"}
    assert names(db.get_playback_history(user["id"], **one_day)) == ["2"]
    assert names(db.get_playback_history(user["id"], search="sea", **one_day)) == []
    page = db.get_playback_history(user["id"], search="news", limit=1)
    before = (page[0]["played_at"], page[0]["id"])
    assert names(db.get_playback_history(user["id"], search="news", before=before)) == ["2"]


def test_history_is_searched_by_the_present_name(db, user, heard):
    db.update_audio_file("4", user["id"], display_name="Renamed")
    assert names(db.get_playback_history(user["id"], search="renam")) == ["4"]
    assert names(db.get_playback_history(user["id"], search="news")) == ["2"]


def test_history_is_forgotten_one_by_one_or_whole(db, user, bob, heard):
    (latest, *_) = db.get_playback_history(user["id"])
    db.save_position(user["id"], latest["file_id"], "desk", 3.0)
    assert not db.delete_playback(bob["id"], latest["id"])
    assert db.delete_playback(user["id"], latest["id"])
    assert not db.delete_playback(user["id"], latest["id"])
    assert db.clear_history(bob["id"]) == 0
    assert db.clear_history(user["id"]) == 3
    assert db.get_playback_history(user["id"]) == []
    assert db.get_position(user["id"], latest["file_id"]) == 3.0
