"""Backups that are made while others write, restored elsewhere and compared by content."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from backups import create, restore
from backups.manifest import Manifest
from config import Config
from storage import snapshots
from tests.backups.loading import Load
from tests.backups.places import Place
from tools.attack.tally import Tally

WRITERS = 2
WARM_UP = 30  # things said
SIGNED_OUT = {"sessions"}  # ended by every restore


def run(folder: Path, cases: int = 40) -> Tally:
    """So many backups under load: each holds all that was there before, and nothing else."""
    tally, place = Tally(), Place(folder).fill()
    with Load(folder, WRITERS) as load:
        load.wait_for_more(WARM_UP)
        for number in range(cases):
            added = load.said("added")
            made = create.make(place.config)
            load.catch_up()
            gone = load.said("deleting")
            tally.count("backup")
            fresh = replace(place.config, data_dir=folder / "restored")
            restore.restore(fresh, made.folder)
            _compare(fresh, made.manifest, added - gone, tally, f"backup {number}")
            shutil.rmtree(fresh.data_dir)
    place.close()
    return tally


def _compare(fresh: Config, known: Manifest, there: set[str], tally: Tally, said: str) -> None:
    """What was restored is what the manifest says, and every sound is its row's."""
    sounds = snapshots.list_sounds(fresh.database_path)
    lost = there - set(sounds)
    tally.expect(not lost, f"{said}: lost {sorted(lost)[:3]}")
    tally.expect(not known.unsound, f"{said}: damaged sound {known.unsound[:3]}")
    held = snapshots.fingerprint(fresh.database_path)
    changed = [name for name in known.tables if held.get(name) != known.tables[name]]
    tally.expect(set(changed) <= SIGNED_OUT, f"{said}: the tables {changed} differ")
    for name, row in sounds.items():
        if row["status"] == "ready":
            sound = (fresh.audio_dir / name).read_bytes()
            is_same = hashlib.sha256(sound).hexdigest() == row["sha256"]
            tally.expect(is_same, f"{said}: {name} is not what its row says")
