import csv
import hashlib
import io
import json
import subprocess
import sys
import tracemalloc
import zipfile
from contextlib import closing

import pytest

from services.file_names import BadName
from services.library import Library
from storage.errors import GroupTaken, NotFound
from tests.support.listening import hear
from tests.support.making import SENTENCES, Home, prose


@pytest.fixture
def library(home):
    return Library(home.studio)


def unpack(pieces) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def add_with_sound(home, name="Piece", sound=b"sound", **values):
    """A finished file whose sound is any bytes."""
    number = len(home.db.list_filenames(home.user_id))
    source = home.config.data_dir / "source"
    source.write_bytes(sound)
    size, sha256 = home.store.adopt(source, f"{number}.mp3")
    source.unlink()
    values = {"voice": "v", "text": name, "size": size, "sha256": sha256} | values
    return home.db.create_audio_file(home.user_id, f"{number}.mp3", name, **values)


# Groups and bin


def test_group_names_are_cleaned_and_checked(home, library):
    assert library.create_group(home.user_id, "  Far \n away ") == "Far away"
    assert library.create_group(home.user_id, "FAR AWAY") == "Far away"
    for name in ("", " \n ", "g" * 101):
        with pytest.raises(BadName):
            library.create_group(home.user_id, name)
        with pytest.raises(BadName):
            library.rename_group(home.user_id, "Far away", name)
    assert library.rename_group(home.user_id, "far away", "Near") == "Near"
    assert home.db.list_categories(home.user_id) == ["Near"]


def test_joining_two_groups_is_refused_by_name(home, library):
    home.submit(category="One")
    home.submit(category="Two")
    with pytest.raises(GroupTaken, match="“Two”"):
        library.rename_group(home.user_id, "One", "two")
    assert home.db.list_categories(home.user_id) == ["One", "Two"]


def test_moving_makes_an_unknown_group_and_binning_counts(home, library):
    names = [home.submit()["filename"] for _ in range(3)]
    assert library.move(home.user_id, names, " New ") == 3
    assert home.db.list_groups(home.user_id) == [{"name": "New", "files": 3}]
    assert library.delete(home.user_id, [*names, "nothing"]) == 3
    assert library.delete(home.user_id, names) == 0
    assert library.restore(home.user_id, names[:2]) == 2
    assert library.delete_for_good(home.user_id, [*names, "nothing"]) == 3
    assert home.db.list_filenames(home.user_id) == []


def test_a_stranger_changes_nothing(home, library):
    stranger = home.db.create_user("bert", "!")["id"]
    row = home.speak(category="Mine")
    names = [row["filename"]]
    for use in (
        lambda: library.move(stranger, names, "Stolen"),
        lambda: library.delete(stranger, names),
        lambda: library.restore(stranger, names),
        lambda: library.delete_for_good(stranger, names),
    ):
        assert use() == 0
    for use in (
        lambda: library.rename_group(stranger, "Mine", "Stolen"),
        lambda: library.delete_group(stranger, "Mine", with_files=True),
    ):
        with pytest.raises(NotFound):
            use()
    assert home.row(row["filename"]) == row


# Archives


def test_a_zip_holds_the_chosen_sound_under_the_names_of_the_library(home, library):
    rows = [home.speak(name=name) for name in ("Notes", "notes", "a/b: “c”?", "Notes")]
    rows.append(home.submit(name="Waiting"))
    with unpack(library.zip(rows)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == ["Notes.mp3", "notes (2).mp3", "a-b- “c”.mp3", "Notes (3).mp3"]
        heard = hear(archive.read("Notes.mp3"))
    assert heard.duration_s == pytest.approx(rows[0]["duration"], abs=0.1)


def test_an_empty_zip_is_one(library):
    with unpack(library.zip([])) as archive:
        assert archive.namelist() == []


def test_an_export_holds_everything_of_a_person_and_nothing_of_others(home, library):
    stranger = home.db.create_user("bert", "!")["id"]
    home.studio.generation.submit(stranger, "Another's secret.")
    kept = home.speak(name="Kept", category="Sea")
    binned = home.speak("Binned text.", name="Binned")
    home.studio.bin.delete(binned["filename"], home.user_id)
    waiting = home.submit("Waiting text.", name="Waiting")
    home.db.record_playback(home.user_id, kept["id"], "phone")
    home.db.save_position(home.user_id, kept["id"], "phone", 1.5)
    home.db.save_draft(home.user_id, "A draft.")
    home.db.log_security_event("login", user_id=home.user_id, username="=anna()")
    with unpack(library.export(home.user_id)) as archive:
        assert archive.testzip() is None
        content = {name: archive.read(name) for name in archive.namelist()}
    assert b"secret" not in b"".join(content.values())
    account = json.loads(content["account.json"])
    assert account["username"] == "anna"
    assert account["groups"] == ["Sea"]
    assert account["draft"]["text"] == "A draft."
    entries = {entry["display_name"]: entry for entry in json.loads(content["library.json"])}
    assert {entry["id"] for entry in entries.values()} == {kept["id"], binned["id"], waiting["id"]}
    assert entries["Binned"]["deleted_at"]
    assert entries["Kept"]["positions"][0]["position"] == 1.5
    assert content[entries["Kept"]["text_path"]].decode() == SENTENCES
    assert hear(content[entries["Kept"]["sound_path"]]).duration_s > 1
    assert content[entries["Kept"]["captions_path"]].startswith(b"WEBVTT")
    assert entries["Waiting"]["sound_path"] not in content
    (listening,) = csv.DictReader(io.StringIO(content["history.csv"].decode()))
    assert (listening["display_name"], listening["device"]) == ("Kept", "phone")
    usage = list(csv.DictReader(io.StringIO(content["usage.csv"].decode())))
    assert [row["category"] for row in usage] == ["Sea", ""]
    (event,) = csv.DictReader(io.StringIO(content["security.csv"].decode()))
    assert event["event_type"] == "login"


def test_an_export_holds_imported_documents_with_what_was_chosen_of_them(home, library):
    row = home.db.create_document(
        home.user_id, title="A/B", author="Vera", language="en", source="epub", origin="a.epub",
        characters=4, content='{"chapters": [1]}', cover=b"picture", cover_type="image/png",
    )  # fmt: skip
    home.db.update_document(row["id"], home.user_id, choices='{"left_out": ["note"]}')
    with unpack(library.export(home.user_id)) as archive:
        (path,) = (n for n in archive.namelist() if n.startswith("documents/") and "json" in n)
        entry = json.loads(archive.read(path))
        assert archive.read(path.replace(".json", ".png")) == b"picture"
    assert (entry["title"], entry["choices"]) == ("A/B", {"left_out": ["note"]})
    assert entry["content"] == {"chapters": [1]}


def test_the_manifest_names_each_entry_with_its_hash_and_what_is_missing(home, library):
    row = home.speak(name="Gone")
    (home.config.audio_dir / row["filename"]).unlink()
    add_with_sound(home, "There")
    with unpack(library.export(home.user_id)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert {file["path"] for file in manifest["files"]} == {
            name for name in archive.namelist() if name != "manifest.json"
        }
        for file in manifest["files"]:
            content = archive.read(file["path"])
            assert file["size"] == len(content)
            assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert [path.split(" ", 1)[1] for path in manifest["missing"]] == ["Gone.mp3"]


def test_an_export_of_nobody_is_refused_before_its_first_byte(library):
    with pytest.raises(NotFound):
        library.export(99)


def test_an_export_takes_no_more_memory_for_more_sound(home, library):
    for _ in range(40):
        add_with_sound(home, sound=bytes(1_000_000))
    tracemalloc.start()
    try:
        sent = sum(len(piece) for piece in library.export(home.user_id))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent > 40_000_000
    assert peak < 3_000_000


# Leaving


def test_deleting_an_account_removes_all_that_is_its_own(home, library):
    other = home.db.create_user("bert", "!")
    row = home.speak(category="Sea")
    home.submit()
    binned = home.speak()
    home.studio.bin.delete(binned["filename"], home.user_id)
    home.db.record_playback(home.user_id, row["id"])
    home.db.save_position(home.user_id, row["id"], "phone", 1.0)
    home.db.save_draft(home.user_id, "Draft")
    home.db.log_security_event("login", user_id=home.user_id, username="anna")
    library.delete_user(home.user_id)
    assert home.files() == []
    assert home.db.list_users() == [home.db.list_users()[0] | {"id": other["id"]}]
    assert home.db.check() == []
    assert home.db.get_library(home.user_id, search="rain") == []
    for table in ("audio_files", "file_groups", "usage_stats", "playback_history", "positions",
                  "drafts", "sessions", "segments"):  # fmt: skip
        assert home.db.rows(f"SELECT 1 FROM {table}") == [], table
    (event,) = home.db.get_security_logs()
    assert (event["user_id"], event["username"]) == (None, "anna")
    with pytest.raises(NotFound):
        library.delete_user(home.user_id)


def test_a_large_account_leaves_in_steps_between_which_others_can_write(home, library, monkeypatch):
    monkeypatch.setattr("services.library.LEAVING_AT_ONCE", 3)
    for _ in range(10):
        add_with_sound(home)
    left = []
    remove = home.db.delete_audio_files
    monkeypatch.setattr(
        home.db,
        "delete_audio_files",
        lambda *values: (left.append(len(home.files())), remove(*values)),
    )
    library.delete_user(home.user_id)
    assert len(left) == 3
    assert home.files() == []
    assert home.db.get_user_by_id(home.user_id) is None


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_while_an_account_is_deleted_leaves_all_or_nothing(tmp_path, moment):
    with closing(Home(tmp_path)) as home:
        names = sorted(home.speak()["filename"] for _ in range(3))
    script = f"""
import os
from pathlib import Path
from config import Config
from server.worker import build_studio
from services.library import Library
studio = build_studio(Config(data_dir=Path({str(tmp_path / "data")!r}), min_free_mb=0))
delete = studio.db.delete_user
def killed(user_id):
    if {moment!r} == "after":
        delete(user_id)
    os._exit(9)
studio.db.delete_user = killed
Library(studio).delete_user({home.user_id})
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert ended.returncode == 9, ended.stderr
    from config import Config
    from server.worker import build_studio

    studio = build_studio(Config(data_dir=tmp_path / "data", min_free_mb=0))
    assert studio.reconcile() == []
    left = sorted(path.name for path in studio.config.audio_dir.iterdir())
    assert left == (names if moment == "before" else [])
    assert len(studio.db.list_filenames(home.user_id)) == len(left)
    studio.registry.close()
    studio.db.close()


def test_a_failure_while_an_account_is_deleted_puts_the_sound_back(home, library, monkeypatch):
    row = home.speak(prose(200))

    def fail(user_id):
        raise NotFound("no")

    monkeypatch.setattr(home.db, "delete_user", fail)
    with pytest.raises(NotFound):
        library.delete_user(home.user_id)
    assert home.files() == [row["filename"]]
    assert home.row(row["filename"]) == row
