"""Runs a backup or a restore over and over, each time killed at a later step, and looks.

A program of its own, with one thread: it forks. `python killing.py FOLDER WHAT WHEN` kills at
the steps that WHEN means and prints what went wrong, and how often the old and the new were left.
"""

import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from backups import create, restore, retention, status, verify  # noqa: E402
from database import Database  # noqa: E402
from tests.backups.places import Place, contents, noise  # noqa: E402
from tests.legacy.killing import Steps, instants  # noqa: E402


def in_child(folder: Path, deed, last: int | None) -> int:
    """Do it in a process that is killed at step `last`; how many steps it took, 0 if killed."""
    counted = folder / "steps"
    counted.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        steps = Steps(last)
        steps.install()
        deed()
        counted.write_text(str(steps.count))
        os._exit(0)
    os.waitpid(child, 0)
    return int(counted.read_text()) if counted.exists() else 0


def make_template(folder: Path) -> None:
    """A place with a backup, and with changes since."""
    place = Place(folder).fill()
    create.make(place.config)
    place.add("later.mp3", noise(100, 1))
    place.close()


class Backups:
    def __init__(self, template: Path):
        self.template = template

    def run(self, folder: Path) -> None:
        create.make(Place(folder).config)

    def look(self, folder: Path) -> str:
        """Every backup that has a name is whole, and the data is as it was."""
        place = Place(folder)
        place.close()
        root = status.backups_folder(place.config)
        names = retention.list_backups(root)
        for name in names:
            verify.trial_restore(root / name, folder / ".scratch.part")
        if contents(place.data) != contents(self.template / "data"):
            return "wrong"
        create.make(place.config)
        left = [path.name for path in root.glob(".*.part")]
        newest = root / retention.list_backups(root)[0]
        if left or contents(newest) != contents(place.data):
            return "wrong"
        return "new" if names != retention.list_backups(self.template / "data/backups") else "old"


class Restores:
    def __init__(self, template: Path):
        self.now = contents(template / "data")
        root = template / "data" / "backups"
        self.backup = retention.list_backups(root)[0]
        self.then = contents(root / self.backup)

    def run(self, folder: Path) -> None:
        config = _config(folder)
        restore.restore(config, status.backups_folder(config) / self.backup)

    def look(self, folder: Path) -> str:
        """After the next start: all of the old, or all of the new with the old set aside."""
        config = _config(folder)
        restore.complete(config)
        Database(config.database_path).close()
        left = contents(config.data_dir)
        asides = list(config.data_dir.glob("set_aside_*"))
        if left == self.now and not asides:
            kind = "old"
        elif left == self.then and [contents(aside) for aside in asides] == [self.now]:
            kind = "new"
        else:
            return "wrong"
        self.run(folder)
        return kind if contents(config.data_dir) == self.then else "wrong"


def _config(folder: Path):
    from config import Config

    return Config(data_dir=folder / "data", min_free_mb=0)


def sweep(scratch: Path, what: str, how: str) -> dict:
    template, folder = scratch / "template", scratch / "killed"
    make_template(template)
    work = {"backup": Backups, "restore": Restores}[what](template)
    shutil.copytree(template, folder)
    total = in_child(folder, lambda: work.run(folder), None)
    shutil.rmtree(folder)
    found = {"steps": total, "kills": 0, "old": 0, "new": 0, "wrong": []}
    for last in instants(how, total):
        shutil.copytree(template, folder)
        in_child(folder, lambda last=last: work.run(folder), last)
        kind = work.look(folder)
        found["kills"] += 1
        if kind == "wrong":
            found["wrong"].append(last)
        else:
            found[kind] += 1
        shutil.rmtree(folder)
    return found


if __name__ == "__main__":
    print(json.dumps(sweep(Path(sys.argv[1]), sys.argv[2], sys.argv[3])))
