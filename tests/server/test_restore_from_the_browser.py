"""A restore that an admin asks for: everything stops, the old data comes back, it serves again."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from backups import create, planned_restore, restore, tasks
from config import Config
from storage.opening import RESTORE_JOURNAL
from tests.backups.places import Place
from tests.support.serving import PASSWORD, App, Client, wait_until

PAGE = "/admin/backups"


def task_of(client):
    return client.json(PAGE)["task"]


def until_done(client, kind):
    def done():
        task = task_of(client)
        assert task["state"] != "failed", task
        return task if (task["kind"], task["state"]) == (kind, "done") else None

    return wait_until(done, kind)


def test_a_restore_brings_back_what_was_and_serves_again(tmp_path):
    with App(tmp_path) as app:
        owner = Client(app).set_up("vera")
        kept = owner.generate("The lamp was lit.")["filename"]
        owner.until_ready(kept)
        assert owner.post(PAGE, form=PAGE)[0] == 303
        until_done(owner, "make")
        name, made_at = (owner.json(PAGE)["backups"][0][key] for key in ("name", "made_at"))
        # What is added in the second of the backup may be in it.
        wait_until(lambda: f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}" > made_at, "its second's end")
        added = owner.generate("It went out again.")["filename"]
        owner.until_ready(added)
        owner.post(f"{PAGE}/{name}/check", form=PAGE)
        until_done(owner, "check")
        page = owner.request("GET", f"{PAGE}/{name}")[2].decode()
        assert "1 piece added since would be missing." in page
        pid = app.process.pid
        sent = owner.post(f"{PAGE}/{name}/restore", form=PAGE, password=PASSWORD)
        assert sent[0] == 202, sent[2]
        wait_until(lambda: owner.request("GET", PAGE, Accept="application/json")[0] == 401)
        assert app.process.poll() is None
        assert app.process.pid == pid
        again = Client(app).log_in("vera")
        assert task_of(again) == {"kind": "restore", "state": "done", "backup": name, "error": None}
        assert again.request("GET", f"/files/{kept}")[0] == 200
        assert again.request("GET", f"/files/{added}")[0] == 404
        assert "set_aside_" in again.request("GET", PAGE)[2].decode()
        events = again.json("/security")["events"]
        assert "backup_restored" in [event["event_type"] for event in events]
        fresh = again.generate("Speaking works after it.")["filename"]
        again.until_ready(fresh)


@pytest.fixture
def planned(tmp_path):
    """A folder whose backup was checked and is to be restored, with a piece added since."""
    place = Place(tmp_path).fill()
    before = place.contents()
    name = create.make(place.config).folder.name
    place.add("later.mp3", b"later" * 900)
    place.close()
    tasks.ask(place.config, tasks.CHECK, "vera", name)
    with tasks.taking(place.config, tasks.CHECK):
        pass
    planned_restore.ask(place.config, name, "vera")
    return place, before


def test_a_start_does_the_restore_once(planned):
    place, before = planned
    done = planned_restore.settle(place.config)
    assert done.state == tasks.DONE
    assert place.contents()["sounds"] == before["sounds"]
    assert (place.data / done.aside / "voiceverse.db").exists()
    assert planned_restore.settle(place.config) is None


class Killed(BaseException):
    """What a kill looks like from inside."""


@pytest.mark.parametrize("step", ["unpack", "check"])
def test_a_kill_before_the_mark_leaves_the_data_as_it_was(planned, monkeypatch, step):
    place, _before = planned
    now = place.contents()
    with monkeypatch.context() as patch:
        patch.setattr(restore.verify, step, _kill)
        with pytest.raises(Killed):
            planned_restore.settle(place.config)
    settled = planned_restore.settle(place.config)
    assert settled.state == tasks.FAILED
    assert "before anything was changed" in settled.why
    assert place.contents()["sounds"] == now["sounds"]
    assert planned_restore.settle(place.config) is None


@pytest.mark.parametrize("renames", range(0, 8, 2))
def test_a_kill_after_the_mark_leaves_what_was_restored(planned, monkeypatch, renames):
    place, before = planned
    left = [renames]
    true_rename = type(place.data).rename

    def rename(path, target):
        if (place.data / RESTORE_JOURNAL).exists():
            if not left[0]:
                raise Killed
            left[0] -= 1
        return true_rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(type(place.data), "rename", rename)
        with pytest.raises(Killed):
            planned_restore.settle(place.config)
    settled = planned_restore.settle(place.config)
    assert settled.state == tasks.DONE
    assert place.contents()["sounds"] == before["sounds"]


def test_a_kill_after_it_was_done_does_not_repeat_it(planned, monkeypatch):
    place, before = planned
    with monkeypatch.context() as patch:
        patch.setattr(restore.status, "note", _kill)
        with pytest.raises(Killed):
            planned_restore.settle(place.config)
    settled = planned_restore.settle(place.config)
    assert settled.state == tasks.DONE
    assert place.contents()["sounds"] == before["sounds"]
    assert len(list(place.data.glob("set_aside_*"))) == 1


def test_a_damaged_backup_changes_nothing_and_is_told(planned):
    place, _before = planned
    now = place.contents()
    name = tasks.read(place.config).backup
    (place.data / "backups" / name / "voiceverse.db").write_bytes(b"x")
    settled = planned_restore.settle(place.config)
    assert settled.state == tasks.FAILED
    assert "damaged" in settled.why
    assert place.contents()["sounds"] == now["sounds"]


def test_it_is_not_done_where_it_was_asked_for_long_ago(planned):
    place, _before = planned
    tasks.begin(place.config, tasks.read(place.config), at="2026-01-01 00:00:00")
    assert planned_restore.settle(place.config) is None
    assert (place.data / "audio" / "later.mp3").exists()


def test_a_damaged_note_of_the_task_means_none(tmp_path):
    config = replace(Config(), data_dir=tmp_path)
    (tmp_path / "backups").mkdir()
    for content in ("", "[]", "{}", json.dumps({"kind": "restore"}), "\x00"):
        (tmp_path / "backups" / tasks.NAME).write_text(content)
        assert tasks.read(config).kind == ""
        assert planned_restore.settle(config) is None


def _kill(*_args, **_kwargs):
    raise Killed
