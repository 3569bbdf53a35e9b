import pytest

from storage.errors import NotFound

PRIVATE = {"display_name", "filename", "text", "category"}


@pytest.fixture
def people(db):
    return [db.create_user(name, "h")["id"] for name in ("ada", "ben")]


def add(db, owner_id, name, status="ready", size=0):
    return db.create_audio_file(owner_id, name, "Diary", voice="v", status=status, size=size)


def test_work_is_listed_by_its_state_without_names(db, people):
    waiting = add(db, people[0], "a.mp3", "queued")
    add(db, people[1], "b.mp3", "speaking")
    add(db, people[1], "c.mp3")
    [row] = db.list_work("queued")
    assert (row["id"], row["username"], row["status"]) == (waiting["id"], "ada", "queued")
    assert [row["username"] for row in db.list_work("speaking")] == ["ben"]
    assert not PRIVATE & set(row)


def test_failed_files_are_listed_unless_they_lie_in_the_bin(db, people):
    add(db, people[0], "a.mp3", "failed")
    failed = add(db, people[1], "b.mp3", "failed")
    db.bin_audio_files(people[0], ["a.mp3"])
    [row] = db.list_failed()
    assert row["id"] == failed["id"]
    assert not PRIVATE & set(row)


def test_work_is_found_by_its_number_for_acting_on_it(db, people):
    row = add(db, people[0], "a.mp3", "queued")
    assert db.get_work(row["id"]) == {"owner_id": people[0], "filename": "a.mp3"}
    assert db.get_work(99) is None


def test_storage_is_counted_by_person_the_most_first(db, people):
    cyd = db.create_user("cyd", "h")["id"]
    add(db, people[0], "a.mp3", size=10)
    add(db, people[1], "b.mp3", size=20)
    add(db, people[1], "c.mp3", size=5)
    db.bin_audio_files(people[1], ["c.mp3"])
    assert db.get_storage_by_person() == [
        {
            "id": people[1],
            "username": "ben",
            "files": 1,
            "size": 20,
            "binned_size": 5,
            "documents_size": 0,
        },
        {
            "id": people[0],
            "username": "ada",
            "files": 1,
            "size": 10,
            "binned_size": 0,
            "documents_size": 0,
        },
        {
            "id": cyd,
            "username": "cyd",
            "files": 0,
            "size": 0,
            "binned_size": 0,
            "documents_size": 0,
        },
    ]


def test_a_role_is_given_and_taken(db, people):
    db.set_user_admin(people[0], True)
    assert db.get_user_by_id(people[0])["is_admin"] == 1
    db.set_user_admin(people[0], False)
    assert db.get_user_by_id(people[0])["is_admin"] == 0
    with pytest.raises(NotFound):
        db.set_user_admin(99, True)
