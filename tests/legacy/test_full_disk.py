"""A disk that fills up at any stage: a clean failure, and the old state untouched."""

import pytest

from tests.legacy.checking import dump, run, snapshot
from tests.legacy.earlier import make_both
from tests.legacy.installs import make_typical_install
from tests.support.disks import fill, small

KIB = 1024


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 2 MiB of its own."""
    with small(tmp_path / "disk", "2m") as folder:
        if folder is None:
            pytest.skip("mounting a small disk is not allowed here")
        yield folder


@pytest.mark.parametrize("leave_kib", range(0, 640, 32))
def test_a_disk_that_fills_during_the_migration_leaves_the_old_state(
    small_disk, tmp_path, monkeypatch, leave_kib
):
    monkeypatch.setattr("legacy.migrate.ROOM", 0)
    source = tmp_path / "saved_audio"
    make_typical_install(source)
    database = small_disk / "data" / "voiceverse.db"
    fill(small_disk, leave_kib * KIB)
    before = snapshot(small_disk)
    code, answer, error = run("--source", source, "--db", database)
    assert "Traceback" not in error
    if code == 0:
        assert answer["result"] == "done"
        return
    assert code == 1
    assert "disk is full" in answer["error"].lower()
    after = snapshot(small_disk)
    assert {name: value for name, value in after.items() if name != "data"} == before
    (small_disk / "ballast").unlink()
    assert run("--source", source, "--db", database)[0] == 0


@pytest.mark.parametrize("leave_kib", [0, 16, 48, 96, 160, 256, 400])
def test_a_disk_that_fills_during_an_upgrade_leaves_the_earlier_release(
    small_disk, monkeypatch, leave_kib
):
    monkeypatch.setattr("legacy.migrate.ROOM", 0)
    database = make_both(small_disk)
    place = ("--source", small_disk / "saved_audio", "--db", database)
    fill(small_disk, leave_kib * KIB)
    before = snapshot(small_disk)
    code, answer, error = run(*place)
    assert "Traceback" not in error
    if code == 0:
        return
    assert "disk is full" in answer["error"].lower()
    assert snapshot(small_disk) == before
    (small_disk / "ballast").unlink()
    assert run(*place)[0] == 0


@pytest.mark.parametrize("leave_kib", [0, 16, 48, 96, 160, 256])
def test_a_disk_that_fills_during_the_way_back_leaves_the_migration(small_disk, leave_kib):
    database = make_both(small_disk)
    _, report, _ = run("--source", small_disk / "saved_audio", "--db", database)
    before = dump(database)
    (small_disk / "saved_audio" / "users.json").unlink()
    fill(small_disk, leave_kib * KIB)
    back = ("--rollback", "--backup-dir", report["backup"], "--db", database)
    code, answer, error = run(*back)
    assert "Traceback" not in error
    if code:
        assert "disk is full" in answer["error"].lower()
        assert dump(database) == before
        (small_disk / "ballast").unlink()
        assert run(*back)[0] == 0
    assert (small_disk / "saved_audio" / "users.json").exists()


def test_no_room_on_a_small_disk_is_refused_before_anything_is_written(small_disk, tmp_path):
    source = tmp_path / "saved_audio"
    make_typical_install(source)
    fill(small_disk, 200 * KIB)
    before = snapshot(small_disk)
    code, answer, _ = run("--source", source, "--db", small_disk / "data" / "voiceverse.db")
    assert code == 1
    assert "must be free" in answer["error"]
    assert snapshot(small_disk) == before
