"""Runs the command over and over, each time killed at a later step, and says what was left.

A program of its own, with one thread: it forks. `python killing.py FOLDER WHEN WHAT` copies
FOLDER for each step that WHEN means (see `instants`), runs WHAT (migrate or rollback) in the copy,
kills it there, looks, and runs it again to its end. Steps are all that Python does to names and
descriptors on the disk, every fsync, and every statement that SQLite is given.
"""

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import migrate_to_sqlite  # noqa: E402
from tests.legacy.checking import dump  # noqa: E402

EVENTS = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.chmod", "os.utime",
    "os.truncate", "sqlite3.connect",
}  # fmt: skip
DATABASE = "data/voiceverse.db"
PLACE = ["--source", "saved_audio", "--db", DATABASE]
VOLATILE = ("migrations", "sqlite_stat1")


class Steps:
    """Counts steps; kills the process at number `last`."""

    def __init__(self, last: int | None):
        self.last = last
        self.count = 0

    def step(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_event(self, event: str, arguments: tuple) -> None:
        is_writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
        if is_writing or event in EVENTS:
            self.step()

    def install(self) -> None:
        sys.addaudithook(self.on_event)
        fsync, connect = os.fsync, sqlite3.connect

        def counted_fsync(descriptor: int) -> None:
            self.step()
            fsync(descriptor)
            self.step()

        def counted_connect(*arguments, **options):
            connection = connect(*arguments, **options)
            connection.set_trace_callback(lambda _: self.step())
            return connection

        os.fsync, sqlite3.connect = counted_fsync, counted_connect


def instants(how: str, steps: int) -> list[int]:
    """The steps to kill at, of so many: "5" for each fifth, "20@7" for twenty by lot, seed 7."""
    number, _, seed = how.partition("@")
    if seed:
        chance = random.Random(int(seed))
        return [chance.randint(1, steps) for _ in range(int(number))]
    return list(range(steps, 0, -int(number)))[::-1]


def run_in_child(folder: Path, arguments: list[str], last: int | None) -> tuple[int, int]:
    """Wait status and number of steps of one run in `folder`."""
    counted = folder / "steps"
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        steps = Steps(last)
        steps.install()
        code = migrate_to_sqlite.main(arguments)
        Path("steps").write_text(str(steps.count))
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return status, int(counted.read_text()) if counted.exists() else 0


def state(folder: Path) -> dict:
    """What must be the old or the new: the rows, and every byte of the older app's folder."""
    tables = dump(folder / DATABASE)
    if tables is not None:
        tables = {name: rows for name, rows in tables.items() if name not in VOLATILE}
    source = {
        path.name: [hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode]
        for path in sorted((folder / "saved_audio").iterdir())
    }
    return {"tables": hashlib.sha256(repr(tables).encode()).hexdigest(), "source": source}


def migrated(template: Path, folder: Path) -> list[str]:
    """A copy of the template, migrated and used since; returns how to roll it back."""
    shutil.copytree(template, folder, symlinks=True)
    status, _ = run_in_child(folder, PLACE, None)
    assert status == 0, status
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.execute("INSERT INTO users (username, password_hash) VALUES ('since', 'x')")
    (backup,) = (folder / "data" / "backups").iterdir()
    return ["--rollback", "--backup-dir", backup.name, "--db", DATABASE]


def fresh(template: Path, folder: Path) -> list[str]:
    """A copy of the template; returns how to migrate it."""
    shutil.copytree(template, folder, symlinks=True)
    return PLACE


def sweep(template: Path, how: str, make) -> dict:
    """Kill at the steps that `how` means; returns what went wrong, and how often which was left."""
    found = {"steps": 0, "kills": 0, "old": 0, "new": 0, "wrong": []}
    with tempfile.TemporaryDirectory(dir=template.parent) as scratch:
        whole, folder = Path(scratch) / "whole", Path(scratch) / "killed"
        status, found["steps"] = run_in_child(whole, make(template, whole), None)
        assert status == 0, status
        new = state(whole)
        for last in instants(how, found["steps"]):
            found["kills"] += 1
            arguments = make(template, folder)
            old = state(folder)
            status, _ = run_in_child(folder, arguments, last)
            left = state(folder)
            kind = "old" if left == old else "new" if left == new else "neither"
            again, _ = run_in_child(folder, arguments, None)
            ended = state(folder)
            (backup,) = (path.name for path in (folder / "data" / "backups").iterdir())
            is_whole = re.fullmatch(r"backup_\d{8}_\d{6}", backup)
            if kind == "neither" or again != 0 or ended != new or not is_whole:
                found["wrong"].append([last, status, kind, again, ended == new])
            else:
                found[kind] += 1
            shutil.rmtree(folder)
    return found


if __name__ == "__main__":
    made = {"migrate": fresh, "rollback": migrated}[sys.argv[3]]
    print(json.dumps(sweep(Path(sys.argv[1]), sys.argv[2], made)))
