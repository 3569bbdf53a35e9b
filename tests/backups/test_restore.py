"""Restoring: what comes back, what is set aside, what is refused."""

import contextlib
import json
import stat
from dataclasses import replace

import pytest

from backups import create, manifest, restore
from backups.errors import BackupDamaged, BackupTooNew, DataInUse, NoBackup, NotEnoughSpace
from database import Database
from storage import opening, sqlite_file
from storage.errors import DatabaseError
from storage.file_locks import FileLock
from storage.segment_store import SegmentStore
from tests.backups.places import KEY, contents, flip, noise


@pytest.fixture
def changed(place, backup):
    """The place after its backup: more was added, one was deleted, then everything closed."""
    place.add("later.mp3", noise(100, 1))
    place.store.delete("0.mp3", lambda: place.db.delete_audio_file("0.mp3", 1))
    place.close()
    return place


def test_everything_comes_back_and_the_present_is_set_aside(changed, backup):
    now, then = changed.contents(), contents(backup.folder)
    done = restore.restore(changed.config, backup.folder)
    assert changed.contents() == then
    assert contents(done.aside) == now
    assert then != now
    changed.open()
    assert changed.db.check() == []
    assert [row["filename"] for row in changed.db.get_audio_files_by_owner(1)]


def test_what_was_restored_goes_on_growing_without_touching_the_backup(changed, backup):
    restore.restore(changed.config, backup.folder)
    changed.open()
    before = (backup.folder / "audio/growing.mp3.part").read_bytes()
    with changed.store.write_part("growing.mp3", 4000) as part:
        part.write(b"more")
    assert (backup.folder / "audio/growing.mp3.part").read_bytes() == before
    create.trial_restore(changed.config, backup.folder)


def test_set_aside_data_can_be_used_as_it_is(changed, backup):
    done = restore.restore(changed.config, backup.folder)
    assert (done.aside / "secret_key").read_bytes() == KEY
    assert stat.S_IMODE(done.aside.stat().st_mode) == 0o700
    with contextlib.closing(Database(done.aside / "voiceverse.db")) as db:
        assert db.get_audio_file("later.mp3", 1)


def test_keys_of_the_backup_replace_the_present_ones(place):
    made = create.make(place.config, with_keys=True)
    place.close()
    (place.data / "secret_key").write_bytes(b"n" * 64)
    done = restore.restore(place.config, made.folder)
    assert (place.data / "secret_key").read_bytes() == KEY
    assert (done.aside / "secret_key").read_bytes() == b"n" * 64


def test_a_backup_is_restored_on_a_new_machine(place, tmp_path):
    made = create.make(place.config, with_keys=True, to=tmp_path / "carried")
    then = place.contents()
    fresh = replace(place.config, data_dir=tmp_path / "new" / "data")
    done = restore.restore(fresh, made.folder)
    assert done.aside is None
    assert contents(fresh.data_dir) == then
    assert (fresh.data_dir / "secret_key").read_bytes() == KEY
    assert not list(fresh.data_dir.glob("set_aside*"))


def test_what_was_bought_since_is_not_lost(changed, backup):
    bought = SegmentStore(changed.config.segments_dir)
    bought.write("ef" * 32, [b"paid for"])
    done = restore.restore(changed.config, backup.folder)
    assert b"".join(bought.read("ef" * 32)) == b"paid for"
    assert bought.has("ab" * 32)
    assert SegmentStore(done.aside / "segments").has("ef" * 32)


def test_sessions_of_the_past_do_not_come_back(place):
    place.db.create_session("t", 1, device="", ip_address="", now=1.0)
    made = create.make(place.config)
    assert made.manifest.tables["sessions"]["rows"] == 1
    place.close()
    restore.restore(place.config, made.folder)
    place.open()
    assert place.db.value("SELECT count(*) FROM sessions") == 0


def test_an_open_log_goes_aside_with_its_database(changed, backup):
    changed.open()
    changed.db.create_user("late", "!")
    log = changed.config.database_path.with_name("voiceverse.db-wal")
    kept, main = log.read_bytes(), changed.config.database_path.read_bytes()
    changed.close()
    log.write_bytes(kept)
    changed.config.database_path.write_bytes(main)
    done = restore.restore(changed.config, backup.folder)
    with contextlib.closing(Database(done.aside / "voiceverse.db")) as db:
        assert db.get_user("late")
    assert changed.contents() == contents(backup.folder)


def test_a_database_beyond_repair_goes_aside_too(changed, backup):
    changed.config.database_path.write_bytes(b"nothing that can be read" * 1000)
    done = restore.restore(changed.config, backup.folder)
    assert changed.contents() == contents(backup.folder)
    assert (done.aside / "voiceverse.db").read_bytes().startswith(b"nothing that")


# Refusals


@pytest.mark.parametrize(
    "name", ["app.lock", "worker.lock", "migration.lock", "voiceverse.db-lock"]
)
def test_nothing_is_restored_while_somebody_works_there(changed, backup, name):
    lock, before = FileLock(changed.data / name), changed.bytes()
    assert lock.acquire()
    with contextlib.closing(lock), pytest.raises(DataInUse, match=r"[Nn]othing was\s+changed"):
        restore.restore(changed.config, backup.folder)
    assert changed.bytes() == before


def test_a_damaged_backup_changes_nothing(changed, backup):
    flip(backup.folder / "audio/1.mp3", 0.3)
    before = changed.bytes()
    with pytest.raises(BackupDamaged, match=r"audio/1\.mp3 is not what was saved"):
        restore.restore(changed.config, backup.folder)
    assert changed.bytes() == before


def test_a_folder_without_a_manifest_is_no_backup(changed, tmp_path):
    with pytest.raises(NoBackup, match=r"has no manifest\.json"):
        restore.restore(changed.config, tmp_path)


def rewrite(folder, **changes):
    """A manifest that is sealed rightly and says something else."""
    known = manifest.read(folder)
    (folder / manifest.NAME).unlink()
    manifest.write(folder, replace(known, **changes))


def test_a_backup_of_a_newer_schema_is_refused(changed, backup):
    rewrite(backup.folder, schema=sqlite_file.SCHEMA_VERSION + 1)
    before = changed.bytes()
    with pytest.raises(BackupTooNew, match="newer VoiceVerse"):
        restore.restore(changed.config, backup.folder)
    assert changed.bytes() == before


def test_a_backup_of_a_newer_form_is_refused(changed, backup, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(manifest, "FORMAT", manifest.FORMAT + 1)
        rewrite_with = manifest._as_bytes(manifest.Manifest(
            "2026-01-01 00:00:00", "asked", 1, backup.manifest.files, backup.manifest.tables
        ))  # fmt: skip
    (backup.folder / manifest.NAME).write_bytes(rewrite_with)
    with pytest.raises(BackupTooNew, match="newer VoiceVerse"):
        restore.restore(changed.config, backup.folder)


@pytest.mark.parametrize(
    "name",
    ["../../escape", "/etc/passwd", "audio/../../x", "audio/.hidden", "keys/id_rsa", "audio/a/b"],
)
def test_a_manifest_leads_nowhere_else(changed, backup, name):
    rewrite(backup.folder, files={**backup.manifest.files, name: [1, "0" * 64]})
    before = changed.bytes()
    with pytest.raises(BackupDamaged, match="names what no backup holds"):
        restore.restore(changed.config, backup.folder)
    assert changed.bytes() == before


def test_without_room_nothing_is_changed(changed, backup, monkeypatch):
    before = changed.bytes()
    usage = type("Usage", (), {"free": 1000})()
    monkeypatch.setattr(restore.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(NotEnoughSpace, match="Restoring needs about"):
        restore.restore(changed.config, backup.folder)
    assert changed.bytes() == before


# Interrupted


@pytest.fixture
def interrupted(changed, backup, monkeypatch):
    """A restore that ended right after its mark was written."""
    with monkeypatch.context() as patched:
        patched.setattr(restore, "_complete", lambda _: None)
        restore.restore(changed.config, backup.folder)
    assert (changed.data / opening.RESTORE_JOURNAL).exists()
    return changed


def test_no_database_is_opened_or_made_in_the_middle_of_a_restore(interrupted):
    with pytest.raises(DatabaseError, match="A restore was interrupted"):
        interrupted.open()
    interrupted.config.database_path.unlink()
    with pytest.raises(DatabaseError, match="A restore was interrupted"):
        interrupted.open()
    assert not interrupted.config.database_path.exists()


def test_the_next_start_completes_it(interrupted, backup):
    assert restore.complete(interrupted.config)
    assert interrupted.contents() == contents(backup.folder)
    assert not restore.complete(interrupted.config)
    assert not (interrupted.data / restore.STAGE).exists()


def test_folders_made_anew_by_a_start_are_no_hindrance(interrupted, backup):
    aside = interrupted.data / json.loads(
        (interrupted.data / opening.RESTORE_JOURNAL).read_text()
    )["aside"]  # fmt: skip
    aside.mkdir()
    interrupted.config.audio_dir.rename(aside / "audio")
    interrupted.config.audio_dir.mkdir()
    restore.complete(interrupted.config)
    assert interrupted.contents() == contents(backup.folder)


def test_a_mark_that_cannot_be_read_is_told(interrupted):
    (interrupted.data / opening.RESTORE_JOURNAL).write_text("{")
    with pytest.raises(restore.BackupError, match="put it in place by hand"):
        restore.complete(interrupted.config)


def test_leftovers_of_a_kill_go_with_the_next_restore(changed, backup):
    (changed.data / restore.STAGE / "audio").mkdir(parents=True)
    restore.restore(changed.config, backup.folder)
    assert not (changed.data / restore.STAGE).exists()


def test_an_older_database_is_backed_up_before_it_is_changed(place, monkeypatch):
    assert create.before_upgrade(place.config) is None
    monkeypatch.setattr(sqlite_file, "SCHEMA_VERSION", sqlite_file.SCHEMA_VERSION + 1)
    made = create.before_upgrade(place.config)
    assert made.folder.name.endswith("-upgrade")
    assert contents(made.folder) == place.contents()
    off = replace(place.config, backup_hour="off")
    assert create.before_upgrade(off) is None


def test_a_manifest_that_tells_another_schema_than_its_database_is_refused(changed, backup):
    rewrite(backup.folder, schema=sqlite_file.SCHEMA_VERSION - 1)
    with pytest.raises(BackupDamaged, match="schema"):
        restore.restore(changed.config, backup.folder)


def test_a_backup_of_an_older_schema_is_restored(changed, backup, monkeypatch):
    monkeypatch.setattr(sqlite_file, "SCHEMA_VERSION", sqlite_file.SCHEMA_VERSION + 1)
    restore.restore(changed.config, backup.folder)
    assert changed.contents() == contents(backup.folder)
