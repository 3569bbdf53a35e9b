"""What is refused: with one sentence, the right exit code, and nothing changed."""

import contextlib
import json
import os
import sqlite3

import pytest

from database import Database
from storage.file_locks import FileLock
from tests.legacy.checking import dump, run, snapshot

DAMAGE = {
    "an empty file": (b"", "is empty"),
    "half a file": (b'{"ann": {"password": "x", "cre', "line 1, column 27: unterminated string"),
    "text after the end": (b"{} {}", "more text after the end"),
    "no JSON": (b"hello", "does not hold one object"),
    "another kind": (b"[]", "does not hold one object"),
    "no text": (b'{"ann": "\xff\xfe"}', "not utf-8"),
    "a key without a value": (b'{\n "ann" 5}', "line 2, column 8: a colon is expected"),
    "a comma too many": (b'{"ann": {},}', "a key in quotes is expected"),
    "a tab in a text": (b'{"ann": "\t"}', "control character"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_file_stops_everything_and_is_named_by_place(install, case):
    content, words = DAMAGE[case]
    (install.source / "users.json").write_bytes(content)
    before = snapshot(install.root)
    code, answer, error = run(*install.place)
    assert code == 1
    assert answer["error"].startswith("users.json cannot be read: ")
    assert words in answer["error"]
    assert answer["error"] in error
    assert snapshot(install.root) == before


@pytest.mark.parametrize(
    "lock", ["app.lock", "worker.lock", "migration.lock", "voiceverse.db-lock"]
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_running_app_worker_writer_or_migration_is_waited_for(install, lock, options):
    install.database.parent.mkdir()
    held = FileLock(install.database.parent / lock)
    assert held.acquire()
    before = snapshot(install.root)
    code, answer, _ = run(*install.place, *options)
    held.release()
    held.close()
    assert code == 1
    assert "Nothing was changed." in answer["error"]
    assert snapshot(install.root) == before


def test_a_rollback_waits_for_the_running_app(install):
    _, report, _ = run(*install.place)
    held = FileLock(install.database.parent / "app.lock")
    assert held.acquire()
    before = dump(install.database)
    code, answer, _ = run("--rollback", "--backup-dir", report["backup"], "--db", install.database)
    held.close()
    assert (code, dump(install.database)) == (1, before)
    assert "stop it first" in answer["error"]


@pytest.mark.parametrize("name", ["AliGym19", "aligym19", "ALI.ADMIN"])
def test_a_database_with_an_account_of_the_same_name_is_refused(install, name):
    db = Database(install.database)
    db.create_user(name, "x")
    db.close()
    before = snapshot(install.root)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert "already has accounts of the same name" in answer["error"]
    assert snapshot(install.root) == before


def test_a_database_with_a_file_of_the_same_name_is_refused(install):
    db = Database(install.database)
    user = db.create_user("vera", "x")
    db.create_audio_file(user["id"], "Speech_03_20251003.mp3", "Mine", voice="nova")
    db.close()
    before = snapshot(install.root)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert "files of the same name (Speech_03_20251003.mp3)" in answer["error"]
    assert snapshot(install.root) == before


def test_other_people_in_the_database_keep_everything(install):
    db = Database(install.database)
    user = db.create_user("vera", "x", is_admin=True)
    db.create_audio_file(user["id"], "hers.mp3", "Hers", voice="nova", text="Only hers.")
    db.record_usage(user["id"], 50, 0.5, timestamp="2025-10-20 12:00:00")
    db.close()
    code, report, _ = run(*install.place)
    assert code == 0
    db = Database(install.database)
    assert db.get_audio_file("hers.mp3", user["id"])["display_name"] == "Hers"
    assert db.get_all_time_usage(user["id"])["cost"] == 0.5
    assert [u["username"] for u in db.list_users() if u["is_admin"]] == ["vera"]
    db.close()
    assert report["months"][0]["requests"] == 29


def test_a_second_migration_from_other_json_is_refused(install):
    run(*install.place)
    (install.source / "users.json").write_text("{}")
    before = dump(install.database)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert "already holds a migration of other JSON files" in answer["error"]
    assert dump(install.database) == before


@pytest.mark.parametrize("content", [b"hello", b"hello" * 5000])
def test_a_target_that_is_no_database_is_refused(install, content):
    install.database.parent.mkdir()
    install.database.write_bytes(content)
    before = snapshot(install.root)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert str(install.database) in answer["error"]
    assert snapshot(install.root) == before


def test_a_log_without_its_database_is_refused(install):
    install.database.parent.mkdir()
    install.database.with_name("voiceverse.db-wal").write_bytes(b"x" * 100)
    before = snapshot(install.root)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert "without its database" in answer["error"]
    assert snapshot(install.root) == before


def test_another_file_under_the_same_name_in_the_audio_folder_is_refused(install):
    audio = install.database.parent / "audio"
    audio.mkdir(parents=True)
    (audio / "Speech_05_20251003.mp3").write_bytes(b"something else")
    before = snapshot(install.root)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert "already has another Speech_05_20251003.mp3" in answer["error"]
    assert snapshot(install.root) == before


def test_too_little_space_is_refused_with_the_numbers(install, monkeypatch):
    free = os.statvfs(install.root)
    monkeypatch.setattr("legacy.migrate.ROOM", free.f_bavail * free.f_frsize)
    before = snapshot(install.root)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert "must be free" in answer["error"]
    assert snapshot(install.root) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--backup-dir", "x"),
        ("--rollback",),
        ("--rollback", "--backup-dir", "x", "--dry-run"),
        ("--owner", "nobody-knows-me"),
        ("--source", "no-such-folder"),
    ],
)
def test_wrong_usage_is_exit_code_2(install, arguments):
    before = snapshot(install.root)
    place = ("--db", install.database)
    place += () if "--source" in arguments else ("--source", install.source)
    code, answer, _ = run(*place, *arguments)
    assert code == 2
    assert answer["error"].endswith(".")
    assert snapshot(install.root) == before


def test_an_unknown_option_is_exit_code_2(install):
    with pytest.raises(SystemExit) as ended, contextlib.redirect_stderr(None):
        run(*install.place, "--force")
    assert ended.value.code == 2


def test_a_folder_without_any_legacy_file_is_refused(install, tmp_path):
    (tmp_path / "bare").mkdir()
    code, answer, _ = run("--source", tmp_path / "bare", "--db", install.database)
    assert code == 1
    assert "name the folder that holds them with --source" in answer["error"]


def test_json_that_changes_during_the_migration_stops_it(install, monkeypatch):
    from legacy import migrate

    fill = migrate._fill

    def fill_while_the_older_app_writes(*arguments):
        fill(*arguments)
        path = install.source / "usage_stats.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"monthly": {}}))

    monkeypatch.setattr(migrate, "_fill", fill_while_the_older_app_writes)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert "changed during the migration" in answer["error"]
    assert not install.database.exists()
    assert list((install.database.parent / "backups").glob("*")) == []
    assert list((install.database.parent / "audio").glob("*")) == []


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE usage_stats SET characters_used = characters_used + 1 WHERE id = 3",
        "UPDATE usage_stats SET cost = cost + 1e-9 WHERE id = 28",
        "UPDATE playback_history SET played_at = '2025-10-05 06:00:01' WHERE id = 7",
        "UPDATE playback_history SET file_id = NULL WHERE id = 9",
        "UPDATE audio_files SET owner_id = 1 WHERE id = 2",
        "UPDATE users SET password_hash = 'x' WHERE id = 1",
        "UPDATE users SET is_admin = 1 WHERE id = 2",
        "DELETE FROM playback_history WHERE id = 41",
        "INSERT INTO playback_history (user_id, display_name) VALUES (1, 'more')",
        "DROP INDEX idx_playback_user",
    ],
)
def test_any_difference_in_what_was_written_is_found(install, monkeypatch, harm):
    from legacy import migrate

    verify = migrate._verify

    def harm_and_verify(job, bench, progress):
        with contextlib.closing(sqlite3.connect(bench / "voiceverse.db")) as connection, connection:
            connection.execute(harm)
        verify(job, bench, progress)

    monkeypatch.setattr(migrate, "_verify", harm_and_verify)
    code, _, _ = run(*install.place)
    assert code == 1
    assert not install.database.exists()


def test_sound_that_is_harmed_on_the_way_is_found(install, monkeypatch):
    from legacy import migrate

    verify = migrate._verify

    def harm_and_verify(job, bench, progress):
        path = job.store.folder / "Speech_07_20251003.mp3"
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        verify(job, bench, progress)

    monkeypatch.setattr(migrate, "_verify", harm_and_verify)
    code, answer, _ = run(*install.place)
    assert code == 1
    assert "is not what was copied" in answer["error"]
    assert not install.database.exists()
