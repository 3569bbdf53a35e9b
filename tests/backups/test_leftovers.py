"""What a kill left half made is cleared away by the next start, and passes for nothing before."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from legacy import backup
from storage import sqlite_file
from tests.backups.places import Place
from tests.legacy.installs import make_small_install
from tests.support.serving import ROOT, App, wait_until

COPY = """
import sys
from pathlib import Path
from database import Database
Database(sys.argv[1]).backup(Path(sys.argv[1]).with_name("voiceverse.copy.db"))
"""


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path).fill()
    for number in range(40):
        place.db.create_audio_file(1, f"long{number}", "n", voice="v", text="long " * 200_000)
    place.close()
    return place


def parts(place):
    return sorted(path.name for path in place.data.glob("voiceverse.*.part*"))


def test_the_next_start_clears_away_a_copy_that_was_killed_with_its_log(place, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", COPY, place.config.database_path], cwd=ROOT,
        env=App(tmp_path).environ,
    )  # fmt: skip
    wait_until(lambda: any(name.endswith("-journal") for name in parts(place)), "the copy's log")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [name.rpartition(".")[2] for name in parts(place)] == ["part", "part-journal"]
    others = ["secret_key.ab.part", "migration_report.json.part", "voiceverse.x.ab.part-wal"]
    for name in others:
        (place.data / name).touch()
    for name in (".restoring.part", ".migrating", "backups/.new.part"):
        (place.data / name).mkdir(parents=True)
    with App(tmp_path) as app:
        swept = (place.data / "backups/.new.part", *map(place.data.joinpath, others))
        wait_until(lambda: not any(path.exists() for path in swept), "the sweep")
        assert app.process.poll() is None
    assert not parts(place)
    assert not (place.data / ".migrating").exists()


def test_a_copy_that_fails_leaves_no_log(tmp_path, monkeypatch):
    place = Place(tmp_path).fill()

    def fail(path):
        path.with_name(f"{path.name}-journal").touch()
        raise sqlite3.OperationalError("cut off")

    monkeypatch.setattr(sqlite_file, "_check_copy", fail)
    with pytest.raises(sqlite3.OperationalError):
        place.db.backup(tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))
    place.close()


KILLED = """
import os, signal, sys
from legacy import migrate
migrate._fill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
import migrate_to_sqlite
migrate_to_sqlite.main(sys.argv[1:])
"""


def test_a_killed_migration_leaves_a_backup_that_says_so_until_the_next_run(tmp_path):
    make_small_install(tmp_path / "saved_audio")
    data = tmp_path / "data"
    place = ["--source", str(tmp_path / "saved_audio"), "--db", str(data / "voiceverse.db")]
    environ = {key: text for key, text in os.environ.items() if not key.startswith("VOICEVERSE_")}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True
        )

    killed = run("-c", KILLED, *place)
    assert killed.returncode == -signal.SIGKILL
    (left,) = (data / "backups").iterdir()
    assert left.name.endswith(backup.UNFINISHED)
    refused = run("migrate_to_sqlite.py", *place, "--rollback", "--backup-dir", left.name)
    assert refused.returncode == 1
    assert "There is no backup" in refused.stderr
    assert not left.exists()
    assert run("-c", KILLED, *place).returncode == -signal.SIGKILL
    assert run("migrate_to_sqlite.py", *place).returncode == 0
    (made,) = (data / "backups").iterdir()
    assert backup.NAME.fullmatch(made.name)
    made.rename(made.with_name(made.name + backup.UNFINISHED))  # killed just before it got its name
    undone = run("migrate_to_sqlite.py", *place, "--rollback", "--backup-dir", made.name)
    assert undone.returncode == 0, undone.stderr
