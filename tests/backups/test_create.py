"""Making backups: what they hold, who can read them, what is told of them."""

import contextlib
import os
import stat
from pathlib import Path

import pytest

from backups import create, files, manifest, retention, status, verify
from backups.errors import BackupDamaged, BackupError, BackupUnderWay, NoBackup, NotEnoughSpace
from storage.file_locks import FileLock
from tests.backups.places import KEY, Place, contents, flip, noise


def test_a_backup_holds_rows_sound_beginnings_and_bought_sound(place, backup):
    assert set(backup.manifest.files) == {
        "voiceverse.db", "audio/0.mp3", "audio/1.mp3", "audio/2.mp3", "audio/growing.mp3.part",
        f"segments/ab/{'ab' * 32}.pcm", f"takes/cd/{'cd' * 32}.frames",
    }  # fmt: skip
    assert contents(backup.folder) == place.contents()
    assert (backup.folder / "audio/growing.mp3.part").stat().st_size == 4000
    assert backup.manifest.tables["users"]["rows"] == 1
    assert backup.manifest.unsound == []


def test_keys_come_along_when_they_are_asked_for(place):
    made = create.make(place.config, with_keys=True)
    assert (made.folder / "keys/secret_key").read_bytes() == KEY
    assert made.manifest.has_keys
    assert not create.make(place.config).manifest.has_keys


def test_only_this_account_can_read_a_backup(place):
    place.store.path("0.mp3").chmod(0o644)
    made = create.make(place.config, with_keys=True)
    for path in (made.folder.parent, *made.folder.parent.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_sound_is_linked_and_what_grows_is_copied(place, backup):
    whole = place.store.path("0.mp3")
    assert (backup.folder / "audio/0.mp3").samefile(whole)
    growing = place.store.growing_path("growing.mp3")
    assert not (backup.folder / "audio/growing.mp3.part").samefile(growing)


def test_where_the_disk_knows_no_links_sound_is_copied(place, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    made = create.make(place.config)
    assert contents(made.folder) == place.contents()
    assert not (made.folder / "audio/0.mp3").samefile(place.store.path("0.mp3"))


def test_on_another_disk_sound_is_copied_once_and_linked_from_then_on(place, tmp_path, monkeypatch):
    elsewhere, link = tmp_path / "elsewhere", os.link

    def refuse_across(source, target):
        if place.data in Path(source).parents:
            raise OSError(18, "Invalid cross-device link")
        link(source, target)

    monkeypatch.setattr(os, "link", refuse_across)
    monkeypatch.setattr(retention, "rotate", lambda *_: [])
    first = create.make(place.config, to=elsewhere)
    flip(first.folder / "audio/2.mp3", 0.5)
    second = create.make(place.config, why="nightly", to=elsewhere)
    assert contents(second.folder) == place.contents()
    for name, is_shared in (("0.mp3", True), ("2.mp3", False)):
        path = second.folder / "audio" / name
        assert not path.samefile(place.store.path(name))
        assert path.samefile(first.folder / "audio" / name) == is_shared


def test_odd_names_and_things_between_the_sound_are_no_hindrance(place):
    place.add("ä" * 123 + ".mp3", noise(100, 8))
    (place.config.audio_dir / "folder").mkdir()
    moved = place.data / "moved.mp3"
    place.store.path("0.mp3").rename(moved)
    place.store.path("0.mp3").symlink_to(moved)
    made = create.make(place.config)
    assert contents(made.folder) == place.contents()


def test_a_backup_is_made_in_another_folder_when_told(place, tmp_path):
    made = create.make(place.config, to=tmp_path / "elsewhere")
    assert made.folder.parent == tmp_path / "elsewhere"
    assert contents(made.folder) == place.contents()
    assert status.read(place.config).folder == str(made.folder)


def test_a_retake_between_the_copy_and_the_look_at_it_is_followed(place, monkeypatch):
    """The row has the old hash, every name on disk has the new sound: another round is needed."""
    real, times = create.Collector._settle, []

    def change_first(self, name, row):
        if name == "0.mp3" and not times:
            times.append(1)
            (self._folder / "audio/0.mp3").unlink()
            sound = noise(100, 5)
            with place.db.transaction():
                place.db.delete_audio_file("0.mp3", 1)
                place.add("0.mp3", sound)
        return real(self, name, row)

    monkeypatch.setattr(create.Collector, "_settle", change_first)
    made = create.make(place.config)
    assert times
    assert made.manifest.unsound == []
    assert (made.folder / "audio/0.mp3").read_bytes() == noise(100, 5)
    assert contents(made.folder) == place.contents()


def test_a_change_that_is_recorded_but_not_renamed_yet_is_taken(place):
    sound = noise(500, 6)
    with place.store.write_part("1.mp3", 0) as part:
        part.write(sound)
        digest = part.digest()
    place.db.write("UPDATE audio_files SET sha256 = ? WHERE filename = '1.mp3'", digest)
    made = create.make(place.config)
    assert (made.folder / "audio/1.mp3").read_bytes() == sound
    assert "audio/1.mp3.part" not in made.manifest.files


def test_sound_that_is_missing_or_damaged_is_named_and_the_rest_is_kept(place):
    place.store.path("0.mp3").unlink()
    flip(place.store.path("1.mp3"), 0.5)
    made = create.make(place.config)
    assert sorted(made.manifest.unsound) == ["0.mp3", "1.mp3"]
    assert "audio/2.mp3" in made.manifest.files
    assert "audio/1.mp3" in made.manifest.files
    assert status.read(place.config).unsound == 2


def test_sound_that_no_row_knows_stays_out(place):
    place.store.path("stray.mp3").write_bytes(b"x")
    assert "audio/stray.mp3" not in create.make(place.config).manifest.files


def test_what_became_of_it_is_recorded(place, backup):
    known = status.read(place.config)
    assert known.made_at == known.proven_at == backup.manifest.made_at
    assert known.size == backup.manifest.size
    assert known.failed_at == ""


def test_a_failure_is_recorded_and_the_next_backup_clears_it(place, backup, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(create.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
        with pytest.raises(NotEnoughSpace, match=r"needs about \d+ MB, but only 0 MB are free"):
            create.make(place.config)
    known = status.read(place.config)
    assert known.failed_at
    assert "needs about" in known.why
    assert known.why.template.startswith("A backup needs about {needed}")
    assert known.made_at == backup.manifest.made_at
    create.make(place.config)
    assert status.read(place.config).failed_at == ""


def test_a_full_disk_leaves_no_half_backup(place, monkeypatch):
    def fail(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "take", fail)
    with pytest.raises(NotEnoughSpace, match="The disk is full"):
        create.make(place.config)
    root = status.backups_folder(place.config)
    assert retention.list_backups(root) == []
    assert list(root.glob(".*.part")) == []


def test_two_backups_at_once_are_one_too_many(place):
    root = status.backups_folder(place.config)
    root.mkdir()
    lock = FileLock(root / create.LOCK)
    assert lock.acquire()
    with contextlib.closing(lock), pytest.raises(BackupUnderWay, match="is running"):
        create.make(place.config)
    assert status.read(place.config).failed_at == ""


def test_there_must_be_something_to_back_up(tmp_path):
    place = Place(tmp_path)
    place.close()
    place.config.database_path.unlink()
    with pytest.raises(NoBackup, match="nothing to back up"):
        create.make(place.config)


def test_a_damaged_database_is_no_backup(place):
    place.close()
    content = place.config.database_path.read_bytes()
    place.config.database_path.write_bytes(content[:8192] + bytes(len(content) - 8192))
    with pytest.raises((BackupError, create.DatabaseError)):
        create.make(place.config)
    assert retention.list_backups(status.backups_folder(place.config)) == []
    place.config.database_path.write_bytes(content)


def test_proving_again_is_recorded(place, backup):
    status.note(place.config, proven_at="")
    create.trial_restore(place.config, backup.folder)
    assert status.read(place.config).proven_at
    flip(backup.folder / "voiceverse.db", 0.5)
    with pytest.raises(BackupDamaged):
        create.trial_restore(place.config, backup.folder)


# Damage


def spoil(place, folder, what, number):
    """One change of a backup; returns a file whose damage must be told."""
    names = sorted(path for _, path in files.walk(folder))
    if what == "missing":
        victim = names[number % len(names)]
        victim.unlink()
    elif what == "extra":
        victim = folder / ("audio", ".", "segments/ab", "new")[number % 4] / f"more{number}"
        victim.parent.mkdir(exist_ok=True)
        victim.write_bytes(b"x")
    elif what == "link":
        victim = names[number % len(names)]
        content = victim.with_name("moved")
        victim.rename(content)
        content.rename(place.data / f"moved{number}")
        victim.symlink_to(place.data / f"moved{number}")
    else:
        victim = {
            "database": folder / "voiceverse.db",
            "manifest": folder / manifest.NAME,
            "sound": folder / "audio/0.mp3",
            "beginning": folder / "audio/growing.mp3.part",
        }[what]
        flip(victim, (number * 0.6180339887) % 1, number % 8)
    return victim


@pytest.mark.parametrize(
    "what", ["database", "manifest", "sound", "beginning", "missing", "extra", "link"]
)
def test_every_kind_of_damage_is_found(place, backup, tmp_path, what):
    for number in range(4):
        folder = tmp_path / f"spoilt{number}"
        copy_folder(backup.folder, folder)
        spoil(place, folder, what, number)
        with pytest.raises((BackupDamaged, NoBackup)):
            verify.trial_restore(folder, tmp_path / ".scratch.part")
    verify.trial_restore(backup.folder, tmp_path / ".scratch.part")


@pytest.mark.slow
@pytest.mark.parametrize("what", ["database", "manifest", "sound", "beginning"])
def test_hundreds_of_flipped_bits_are_all_found(place, backup, tmp_path, what):
    folder = tmp_path / "spoilt"
    for number in range(75):
        copy_folder(backup.folder, folder)
        spoil(place, folder, what, number)
        with pytest.raises(BackupDamaged):
            verify.trial_restore(folder, tmp_path / ".scratch.part")
        files.remove(folder)


def copy_folder(source, target):
    for name, path in files.walk(source):
        files.copy(path, target / name)


def test_missing_sound_is_looked_for_folder_by_folder_not_file_by_file(place, monkeypatch):
    for number in range(200):
        place.db.create_audio_file(1, f"gone{number}.mp3", "n", voice="v", text="t", sha256="x")
    tries = []
    for name in ("take", "copy"):
        get = getattr(files, name)
        monkeypatch.setattr(files, name, lambda *a, get=get, **k: (tries.append(a), get(*a, **k)))
    made = create.make(place.config)
    assert len(made.manifest.unsound) == 200
    assert len(tries) < 50
