"""The way back: every byte as it was, what was made since set aside, damaged backups refused."""

import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from database import Database
from tests.legacy.checking import dump, rows, run, snapshot
from tests.legacy.earlier import make_both


@pytest.fixture
def moved(install):
    (install.source / "users.json").chmod(0o604)
    before = snapshot(install.source)
    code, report, _ = run(*install.place)
    assert code == 0
    return Path(report["backup"]), before


def roll_back(install, backup) -> tuple[int, dict, str]:
    return run("--rollback", "--backup-dir", backup, "--db", install.database)


def test_json_that_was_changed_lost_or_opened_up_comes_back_byte_for_byte(install, moved):
    backup, before = moved
    (install.source / "users.json").write_text("{}")
    (install.source / "users.json").chmod(0o666)
    (install.source / "metadata.json").unlink()
    code, back, _ = roll_back(install, backup)
    assert code == 0
    assert snapshot(install.source) == before
    assert stat.S_IMODE((install.source / "users.json").stat().st_mode) == 0o604
    assert sorted(back["json_restored"]) == ["metadata.json", "users.json"]


def test_what_was_made_since_is_counted_listed_and_kept_with_its_sound(install, moved):
    db = Database(install.database)
    user = db.create_user("newcomer", "x")
    made = db.create_audio_file(user["id"], "new.mp3", "New", voice="v")
    db.record_usage(user["id"], 5, 0.0, file_id=made["id"])
    db.record_playback(user["id"], made["id"])
    db.close()
    (install.database.parent / "audio" / "new.mp3").write_bytes(b"new sound")
    whole = dump(install.database)
    code, back, _ = roll_back(install, moved[0])
    assert code == 0
    assert back["made_since"] == {
        "users": ["newcomer"], "files": ["new.mp3"], "usage": 1, "playbacks": 1,
    }  # fmt: skip
    aside = Path(back["set_aside"])
    assert not install.database.exists()
    assert dump(aside / "voiceverse.db") == whole
    assert (aside / "audio" / "new.mp3").read_bytes() == b"new sound"
    assert len(list((aside / "audio").iterdir())) == 27


def test_what_was_only_in_the_log_is_set_aside_too(install, moved):
    with closing(sqlite3.connect(install.database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
        connection.execute("PRAGMA wal_autocheckpoint=0").fetchall()
        connection.execute("INSERT INTO users (username, password_hash) VALUES ('late', 'x')")
        connection.commit()
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{install.database}{suffix}", install.root / f"kept{suffix}")
    for suffix in ("", "-wal"):
        shutil.copyfile(install.root / f"kept{suffix}", f"{install.database}{suffix}")
    code, back, _ = roll_back(install, moved[0])
    assert (code, back["made_since"]["users"]) == (0, ["late"])
    names = rows(Path(back["set_aside"]) / "voiceverse.db", "SELECT username FROM users")
    assert ("late",) in names


def test_the_earlier_release_comes_back_with_what_its_log_held(tmp_path):
    database = make_both(tmp_path)
    kept = tmp_path / "kept"
    shutil.copytree(database.parent, kept)
    _, report, _ = run("--source", tmp_path / "saved_audio", "--db", database)
    code, _, _ = run("--rollback", "--backup-dir", report["backup"], "--db", database)
    assert code == 0
    assert dump(database) == dump(kept / "voiceverse.db")


def test_an_earlier_release_without_a_log_comes_back_byte_for_byte(tmp_path):
    database = make_both(tmp_path)
    dump(database)  # opening and closing it writes the log back
    database.chmod(0o640)
    before = database.read_bytes()
    _, report, _ = run("--source", tmp_path / "saved_audio", "--db", database)
    assert database.read_bytes() != before
    code, _, _ = run("--rollback", "--backup-dir", report["backup"], "--db", database)
    assert (code, database.read_bytes()) == (0, before)
    assert stat.S_IMODE(database.stat().st_mode) == 0o640


def test_after_a_rollback_the_same_migration_runs_again(install, moved):
    assert roll_back(install, moved[0])[0] == 0
    code, report, _ = run(*install.place)
    assert (code, report["result"]) == (0, "done")


def change_manifest(backup: Path, change) -> None:
    path = backup / "manifest.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def harm_name(name):
    return lambda backup: change_manifest(backup, lambda m: m["entries"][0].update(name=name))


HARM = {
    "a file is changed": lambda b: (b / "users.json").write_bytes(b"{}"),
    "a file is cut": lambda b: os.truncate(b / "metadata.json", 10),
    "a file is missing": lambda b: (b / "metadata.json").unlink(),
    "a file is a link": lambda b: (
        (b / "users.json").rename(b / "x"), (b / "users.json").symlink_to("x")
    ),
    "no manifest": lambda b: (b / "manifest.json").unlink(),
    "an empty manifest": lambda b: (b / "manifest.json").write_text(""),
    "a manifest of another kind": lambda b: (b / "manifest.json").write_text("[]"),
    "a nested manifest": lambda b: (b / "manifest.json").write_text("[" * 100_000),
    "a changed mode": lambda b: change_manifest(b, lambda m: m["entries"][0].update(mode=0o777)),
    "an odd mode": lambda b: change_manifest(b, lambda m: m["entries"][0].update(mode="rwx")),
    "a newer format": lambda b: change_manifest(b, lambda m: m.update(format=2)),
    "a path upwards": harm_name("../users.json"),
    "an absolute path": harm_name("/etc/passwd"),
    "a name of another file": harm_name("secret_key"),
    "an empty name": harm_name(""),
    "no text as a name": harm_name(5),
}  # fmt: skip


@pytest.mark.parametrize("case", HARM)
def test_a_damaged_backup_is_refused_with_nothing_changed(install, moved, case):
    HARM[case](moved[0])
    before = snapshot(install.root)
    code, answer, error = roll_back(install, moved[0])
    assert code == 1
    assert "Traceback" not in error
    assert answer["error"].endswith(".")
    assert snapshot(install.root) == before


def test_a_backup_of_another_place_is_refused(install, moved, tmp_path):
    before = snapshot(install.root)
    other = tmp_path / "other"
    other.mkdir()
    code, answer, _ = run("--rollback", "--backup-dir", moved[0], "--db", other / "voiceverse.db")
    assert code == 1
    assert "name that one with --db" in answer["error"]
    code, answer, _ = run(
        "--rollback", "--backup-dir", moved[0], "--db", install.database, "--source", other
    )
    assert code == 1
    assert "name that one with --source" in answer["error"]
    assert snapshot(install.root) == before


def test_a_backup_that_is_not_there_is_refused(install, moved):
    code, answer, _ = roll_back(install, "backup_20200101_000000")
    assert code == 1
    assert "There is no backup" in answer["error"]
