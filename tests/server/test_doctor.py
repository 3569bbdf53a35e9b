"""What the doctor finds, and that each finding has its remedy."""

import contextlib
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backups import create, restore, status
from server import doctor
from storage import opening, sqlite_file
from storage.segment_store import SegmentStore
from tests.backups.places import Place, flip
from tests.support.serving import App


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    place.fill()
    place.db.log_security_event("login")
    digest = "ab" * 32
    place.db.write("INSERT INTO kept_segments VALUES (?, 'e', 0, 2000, 1, NULL, '', 0)", digest)
    yield place
    place.close()


def examine(place, **options):
    return doctor.examine(place.config, **options)


def found(place, level, **options):
    return [finding.what for finding in examine(place, **options) if finding.level == level]


def bad(place, **options):
    return found(place, doctor.BAD, **options)


def test_nothing_is_wrong_with_what_is_in_order(place):
    create.make(place.config)
    findings = examine(place, scrub=True)
    assert [finding for finding in findings if finding.level == doctor.BAD] == []
    good = " ".join(finding.what for finding in findings if finding.level == doctor.GOOD)
    for said in ("The database is intact", "security log is intact", "read and are intact (3)"):
        assert said in good


def test_a_schema_that_only_readers_can_use_is_found(place):
    place.close()
    content = place.config.database_path.read_bytes()
    where = content.index(b"CHECK (duration") + len("CHECK (d")
    changed = content[:where] + b"t" + content[where + 1 :]
    place.config.database_path.write_bytes(changed)
    assert any("no such column: dtration" in what for what in bad(place))
    place.config.database_path.write_bytes(content)
    assert bad(place) == []


def test_everything_that_is_not_good_has_a_remedy(place):
    place.store.path("0.mp3").unlink()
    place.data.chmod(0o755)
    for finding in examine(place):
        assert bool(finding.remedy) == (finding.level != doctor.GOOD), finding


def test_the_worst_comes_first(place):
    place.data.chmod(0o755)
    levels = [finding.level for finding in examine(place)]
    assert levels == sorted(levels, key=[doctor.BAD, doctor.WARN, doctor.GOOD].index)


@pytest.mark.parametrize("name", ["", "secret_key", "voiceverse.db"])
def test_what_others_can_read_is_found(place, name):
    path = place.data / name
    path.chmod(0o750 if path.is_dir() else 0o640)
    assert bad(place) == [f"Other accounts on this machine can read {path}."]


def test_the_group_of_a_proxy_that_sends_files_may_pass_through(place):
    place.data.chmod(0o710)
    place.config = replace(place.config, x_accel_redirect="on")
    assert bad(place) == []
    place.data.chmod(0o750)
    assert bad(place) == [f"Other accounts on this machine can read {place.data}."]


@pytest.mark.parametrize(
    ("version", "is_told"),
    [
        ((3, 6, 99), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 44, 5), True),
        ((3, 44, 6), False), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 2), True),
        ((3, 51, 3), False), ((3, 52, 0), False),
    ],
)  # fmt: skip
def test_versions_of_sqlite_that_can_do_damage_are_told(place, monkeypatch, version, is_told):
    monkeypatch.setattr(sqlite_file, "sqlite_version", lambda: version)
    warnings = " ".join(found(place, doctor.WARN))
    assert ("SQLite" in warnings) == is_told


@pytest.mark.parametrize(
    ("host", "is_told"),
    [
        ("127.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("192.168.1.5", True),
        ("home", True),
    ],
)
def test_a_network_without_encryption_is_told(place, host, is_told):
    place.config = replace(place.config, host=host)
    assert any("without encryption" in what for what in found(place, doctor.WARN)) == is_told


@pytest.mark.parametrize(
    ("proxies", "hosts", "level"),
    [
        (("10.0.0.2",), ("voices.example",), doctor.GOOD),
        (("10.0.0.2",), (), doctor.WARN),
        (("0.0.0.0/0",), ("voices.example",), doctor.BAD),
        (("10.0.0.2", "::/0"), ("voices.example",), doctor.BAD),
    ],
)
def test_proxies_are_looked_at(place, proxies, hosts, level):
    place.config = replace(place.config, trusted_proxies=proxies, trusted_hosts=hosts)
    assert f"Trusted proxies: {', '.join(proxies)}." in found(place, level)


def test_a_disk_that_is_full_is_found(place):
    place.config = replace(place.config, min_free_mb=10**9)
    assert "are free on the disk" in bad(place)[0]


def test_an_unknown_setting_is_told(place):
    place.config = replace(place.config, unrecognised=("VOICEVERSE_PROT",))
    assert "VOICEVERSE_PROT is not a VoiceVerse setting." in found(place, doctor.WARN)


# Data


def test_missing_changed_and_stray_sound_is_found(place):
    place.store.path("0.mp3").unlink()
    place.store.path("1.mp3").write_bytes(b"short")
    place.store.path("stray.mp3").write_bytes(b"x")
    assert bad(place) == [
        "Missing audio files (1): 0.mp3.",
        "Audio files with the wrong size (1): 1.mp3.",
    ]
    assert "Audio files that belong to nothing (1): stray.mp3." in found(place, doctor.WARN)


def test_many_names_are_cut_short(place):
    for number in range(5):
        place.store.path(f"stray{number}.mp3").write_bytes(b"x")
    assert any(what.endswith("stray2.mp3, ….") for what in found(place, doctor.WARN))


def test_a_flipped_bit_in_sound_is_found_by_scrubbing(place):
    flip(place.store.path("2.mp3"), 0.7)
    assert bad(place) == []
    assert bad(place, scrub=True) == ["Damaged audio files (1): 2.mp3."]


def test_bought_segments_are_compared_with_their_rows(place):
    SegmentStore(place.config.segments_dir).write("ef" * 32, [b"xy"])
    place.db.write("INSERT INTO kept_segments VALUES ('cc', 'e', 0, 9, 1, NULL, '', 0)")
    warnings = " ".join(found(place, doctor.WARN))
    assert "Missing bought segments (1): cc." in warnings
    assert f"not counted (1): {'ef' * 32}." in warnings


def test_a_changed_event_of_the_log_is_found(place):
    place.db.write("UPDATE security_logs SET username = 'eve'")
    assert bad(place)[0].startswith("The security log was tampered with: event 1 was changed")


def test_a_log_that_was_cut_and_chained_anew_is_found_beside_a_backup(place):
    create.make(place.config)
    place.db.write("DELETE FROM security_logs")
    place.db.write("DELETE FROM security_chain")
    assert "tampered" in bad(place)[0]


def test_the_past_that_a_restore_went_back_on_is_no_tampering(place):
    made = create.make(place.config)
    (end,) = status.read(place.config).ends
    place.db.log_security_event("login")
    later = [(datetime.now(UTC) + timedelta(hours=hour)).strftime(create.TIME) for hour in (1, 2)]
    status.note(place.config, ends=(end, [later[0], 2, "of the log that was given up"]))
    assert "event 2 is not the one that a backup knows" in bad(place)[0]
    place.close()
    restore.restore(place.config, made.folder)
    status.note(place.config, restored_at=later[1])
    place.open()
    place.db.log_security_event("other")
    assert bad(place) == []


def test_rows_without_their_parents_are_found(place):
    with contextlib.closing(sqlite3.connect(place.config.database_path)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("UPDATE audio_files SET owner_id = 99")
        connection.commit()
    assert any("The database is damaged: audio_files row" in found for found in bad(place))


def test_a_database_that_cannot_be_read_is_found(place):
    place.close()
    place.config.database_path.write_bytes(b"no database at all" * 1000)
    findings = examine(place)
    assert findings[0].level == doctor.BAD
    assert "damaged or not a database" in findings[0].what
    assert "run flask restore with a backup kept elsewhere" in findings[0].remedy
    place.config.database_path.unlink()


def test_no_database_and_an_interrupted_restore_are_told(tmp_path):
    place = Place(tmp_path)
    place.close()
    place.config.database_path.unlink()
    assert any("There is no database" in what for what in found(place, doctor.WARN))
    (place.data / opening.RESTORE_JOURNAL).write_text("{}")
    assert "A restore was interrupted." in bad(place)


def test_another_release_is_told_and_left_alone(place, monkeypatch):
    monkeypatch.setattr(sqlite_file, "SCHEMA_VERSION", sqlite_file.SCHEMA_VERSION + 1)
    assert any("of another release" in what for what in found(place, doctor.WARN))


# Backups


def test_a_backup_that_is_missing_old_or_off_is_told(place):
    assert "There is no backup yet." in found(place, doctor.WARN)
    old = (datetime.now(UTC) - timedelta(days=3)).strftime(create.TIME)
    status.note(place.config, made_at=old, proven_at=old)
    assert any("The last backup was made on" in what for what in found(place, doctor.WARN))
    place.config = replace(place.config, backup_hour="off")
    assert "Nightly backups are off." in found(place, doctor.WARN)


def test_a_backup_that_failed_is_found(place):
    status.note_failure(place.config, "The disk is full.", "2026-01-01 00:00:00")
    assert bad(place) == ["The last backup failed: The disk is full."]


def test_the_command_ends_with_1_when_something_is_wrong(tmp_path):
    place = Place(tmp_path).fill()
    place.close()
    app = App(tmp_path)
    place.data.chmod(0o755)
    done = app.flask("doctor", "--scrub")
    assert done.returncode == 1
    assert done.stdout.startswith(f"bad   Other accounts on this machine can read {place.data}.\n")


def test_a_look_writes_nothing(place):
    create.make(place.config)
    before = place.bytes()
    examine(place, scrub=True)
    assert place.bytes() == before


def test_admins_see_findings_and_backups(owner, services):
    services.config.data_dir.chmod(0o755)
    page = owner.get("/admin/health").text
    assert "Other accounts on this machine can read" in page
    assert "none yet" in owner.get("/admin/backups").text
    made = create.make(services.config)
    page = owner.get("/admin/backups").text
    assert made.folder.name in page
    assert "none yet" not in page
