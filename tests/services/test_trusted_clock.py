"""What is past its time goes only when the clock can be believed, and then it does go."""

import contextlib
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from backups import retention
from server.housekeeping import prune_security_log
from services.trusted_clock import LOOK_S, TrustedClock
from tests.support.making import Home
from tests.support.serving import ROOT, App, wait_until

DAY_S = 86400.0
START = 1_790_000_000.0
YEARS_S = 730 * DAY_S


class Machine:
    """A computer whose clock can be set wrong, and which can be switched off."""

    def __init__(self, db):
        self.db, self.now, self.ticks = db, START, 1000.0
        self.start()

    def start(self, *, off_s=0.0, ahead_s=0.0):
        self.now += off_s + ahead_s
        self.ticks = 5.0
        self.clock = TrustedClock(self.db, lambda: self.now, lambda: self.ticks)
        self.clock.look()

    def run(self, hours):
        for _ in range(round(hours * 3600 / LOOK_S / 2)):
            self.now += 2 * LOOK_S
            self.ticks += 2 * LOOK_S
            self.clock.look()

    @property
    def is_believed(self):
        return self.clock.believed() is not None


@pytest.fixture
def machine(home):
    return Machine(home.db)


def test_a_clock_is_believed_after_a_day_of_running(machine):
    machine.run(23.9)
    assert not machine.is_believed
    machine.run(0.2)
    assert machine.is_believed


def test_a_start_with_the_clock_years_ahead_is_not_believed(machine):
    machine.run(25)
    machine.start(ahead_s=YEARS_S)
    assert not machine.is_believed
    machine.run(1)
    assert not machine.is_believed
    machine.start(ahead_s=-YEARS_S)
    assert machine.is_believed  # that of before goes on


def test_a_clock_set_ahead_while_the_app_runs_is_not_believed(machine):
    machine.run(25)
    machine.now += YEARS_S
    assert not machine.is_believed
    machine.clock.look()
    assert not machine.is_believed
    machine.run(1)
    machine.now -= YEARS_S
    machine.clock.look()
    assert machine.is_believed


def test_a_laptop_that_is_off_each_night_comes_to_its_day(machine):
    for _ in range(4):
        machine.run(8)
        machine.start(off_s=16 * 3600)
    assert machine.is_believed


def test_a_small_computer_without_a_clock_of_its_own_comes_to_its_day(machine):
    for _ in range(4):
        machine.run(8)
        right = machine.now + 16 * 3600
        machine.start(ahead_s=-machine.now)  # 1970, until the network tells the time
        machine.run(0.1)
        machine.now = right
        machine.clock.look()
    assert machine.is_believed


def test_after_a_month_in_a_drawer_a_day_is_waited_for_again(machine):
    machine.run(25)
    machine.start(off_s=30 * DAY_S)
    assert not machine.is_believed
    machine.run(25)
    assert machine.is_believed


def test_a_machine_that_sleeps_has_not_run(machine):
    machine.run(1)
    machine.now += 40 * 3600
    machine.ticks += 40 * 3600
    machine.clock.look()
    assert not machine.is_believed


def test_a_worker_started_with_the_clock_ahead_removes_nothing(tmp_path):
    with contextlib.closing(Home(tmp_path)) as home:
        row = home.speak()
        home.db.bin_audio_files(home.user_id, [row["filename"]])
        home.db.log_security_event("login")
        path, sound = home.config.database_path, home.store.path(row["filename"])
    start_worker(tmp_path, path, ahead_s=YEARS_S)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM security_logs").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM audio_files").fetchone() == (1,)
    assert sound.exists()


def start_worker(folder, database, *, ahead_s):
    """Run the real worker with its clock ahead until it has looked around, then end it."""
    program = (
        f"import runpy, time; right = time.time; time.time = lambda: right() + {ahead_s};"
        "runpy.run_module('server.worker', run_name='__main__')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=App(folder).environ, stdin=subprocess.PIPE
    )

    def has_looked():
        assert process.poll() is None
        with contextlib.closing(sqlite3.connect(database)) as connection:
            rows = connection.execute("SELECT at_epoch FROM heartbeats WHERE name = 'worker'")
            return any(at > time.time() + ahead_s / 2 for (at,) in rows)

    wait_until(has_looked, "a sign of life")
    process.stdin.close()
    assert process.wait(30) == 0


def text(now):
    return f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S}"


def test_what_a_clock_ahead_put_into_the_bin_goes_thirty_days_after_it_is_right(home):
    row = home.speak()
    home.db.bin_audio_files(home.user_id, [row["filename"]], deleted_at=text(START + YEARS_S))
    assert home.studio.bin.empty(START) == 0
    assert home.studio.bin.empty(START + 29 * DAY_S) == 0
    assert home.studio.bin.empty(START + 31 * DAY_S) == 1


def test_an_event_of_a_clock_ahead_holds_up_no_older_one(home):
    for at in (START, START + YEARS_S, START + DAY_S, START + 200 * DAY_S):
        home.db.log_security_event("login")
        home.db.write(
            "UPDATE security_logs SET timestamp = ? WHERE id = (SELECT max(id) FROM security_logs)",
            text(at),
        )
    assert prune_security_log(home.db, 90, START + 201 * DAY_S) == 3


def test_a_backup_of_a_clock_ahead_displaces_none_and_is_not_the_latest(tmp_path):
    now = datetime.now(UTC)

    def make(at):
        name = retention.new_name(tmp_path, at, "nightly")
        (tmp_path / name).mkdir()
        return name, retention.rotate(tmp_path, name, 7)

    real = [make(now - timedelta(days=day))[0] for day in range(7, 0, -1)]
    ahead, gone = make(now + timedelta(days=730))
    assert gone == []
    latest, gone = make(now)
    assert retention.list_backups(tmp_path)[0] == latest
    assert retention.list_backups(tmp_path)[-1] == ahead
    assert set(real[1:]) <= set(retention.list_backups(tmp_path))
