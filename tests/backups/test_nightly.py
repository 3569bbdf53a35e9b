"""When the backup of the night is due, and that it is made."""

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from backups import nightly, retention, status
from backups.nightly import Nightly, latest_slot
from config import Config
from server.housekeeping import prune_security_log
from tests.backups.places import Place
from tests.support.serving import ROOT, App, wait_until

NOON = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)


def said(time):
    return time.strftime(nightly.TIME)


@pytest.fixture
def config(tmp_path):
    return Config(data_dir=tmp_path)


def test_a_new_installation_waits_for_the_hour(config):
    night = Nightly(config)
    assert not night.is_due(NOON)
    slot = latest_slot(NOON + timedelta(days=1), 3)
    assert not night.is_due(slot - timedelta(seconds=1))
    assert night.is_due(slot)


def test_once_made_it_is_due_the_next_night(config):
    status.note(config, since=said(NOON), nightly_at=said(latest_slot(NOON, 3)))
    assert not Nightly(config).is_due(NOON)
    assert Nightly(config).is_due(NOON + timedelta(days=1))


def test_a_machine_that_slept_makes_up_for_it(config):
    status.note(config, since=said(NOON), nightly_at=said(NOON - timedelta(days=5)))
    assert not Nightly(config).is_due(NOON)
    assert Nightly(config).is_due(NOON + timedelta(days=5))


def test_a_clock_that_was_two_years_ahead_stops_nothing(config):
    status.note(config, since=said(NOON), nightly_at=said(NOON + timedelta(days=730)))
    assert Nightly(config).is_due(NOON)


def test_it_can_be_switched_off(tmp_path):
    night = Nightly(Config(data_dir=tmp_path, backup_hour="off"))
    assert not night.is_due(NOON)
    assert not night.is_due(NOON + timedelta(days=9))


def test_what_is_due_is_started_once_and_again_only_after_an_hour(config, monkeypatch):
    started = []

    class Process:
        def __init__(self, command, **_):
            started.append(command)

        def poll(self):
            return 1

    status.note(config, since="2020-01-01 00:00:00")
    monkeypatch.setattr(nightly.subprocess, "Popen", Process)
    clock = [0.0]
    monkeypatch.setattr(nightly.time, "monotonic", lambda: clock[0])
    night = Nightly(config)
    for clock[0] in (0.0, 10.0, 60.0, 3000.0):
        night.look()
    assert len(started) == 1
    clock[0] = 3700.0
    night.look()
    assert len(started) == 2


def test_a_night_whose_process_does_not_start_is_tried_again_soon(config, monkeypatch):
    tries = []

    def start(command, **_):
        tries.append(command)
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    status.note(config, since="2020-01-01 00:00:00")
    monkeypatch.setattr(nightly.subprocess, "Popen", start)
    clock = [0.0]
    monkeypatch.setattr(nightly.time, "monotonic", lambda: clock[0])
    night = Nightly(config)
    for clock[0] in (0.0, 31.0):
        night.look()
    assert len(tries) == 2


def run(data):
    environ = {"PATH": os.environ["PATH"], "VOICEVERSE_MIN_FREE_MB": "0"}
    command = [sys.executable, "-m", nightly.__name__, str(data)]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)


def test_the_program_of_the_night_makes_a_proven_backup(tmp_path):
    place = Place(tmp_path).fill()
    place.close()
    done = run(place.data)
    assert done.returncode == 0, done.stderr
    (name,) = retention.list_backups(status.backups_folder(place.config))
    assert name.endswith("-nightly")
    known = status.read(place.config)
    assert known.nightly_at == known.proven_at != ""


def test_a_night_that_fails_says_why(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 1
    assert "nothing to back up" in done.stderr


def test_a_worker_makes_the_backup_that_is_due(tmp_path):
    app = App(tmp_path, VOICEVERSE_BACKUP_HOUR="3")
    config = Config(data_dir=app.data)
    status.note(config, since="2020-01-01 00:00:00")
    with app:
        wait_until(lambda: status.read(config).nightly_at, "the backup")
    (name,) = retention.list_backups(status.backups_folder(config))
    assert name.endswith("-nightly")


def test_events_leave_the_security_log_after_their_days(tmp_path):
    place = Place(tmp_path).fill()
    place.db.log_security_event("login")
    now = datetime.now(UTC).timestamp()
    assert prune_security_log(place.db, 90, now + 89 * 86400) == 0
    assert prune_security_log(place.db, 0, now + 900 * 86400) == 0
    assert prune_security_log(place.db, 90, now + 91 * 86400) == 1
    place.close()
