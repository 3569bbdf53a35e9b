"""Works on a data folder for ever: adds files, changes their sound, deletes them; says so.

`python load.py FOLDER NAME`: "added X" when it is stored, "deleting X" before it goes.
"""

import hashlib
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.backups.places import Place, noise  # noqa: E402


def change(place: Place, name: str, sound: bytes) -> None:
    """As a retake does it: written beside, recorded, renamed."""
    with place.store.write_part(name, 0) as part:
        part.write(sound)
        part.sync()
    place.db.write(
        "UPDATE audio_files SET sha256 = ?, size = ? WHERE filename = ?",
        hashlib.sha256(sound).hexdigest(), len(sound), name,
    )  # fmt: skip
    place.store.finish(name)


def work(place: Place, label: str, chance: random.Random) -> None:
    names, number = [], 0
    while True:
        number += 1
        time.sleep(chance.uniform(0, 0.02))  # a hundred changes a second, however quick the disk
        deed = chance.random()
        if len(names) < 20 or (deed < 0.5 and len(names) < 60):
            name = f"{label}-{number}.mp3"
            place.add(name, noise(chance.randint(1000, 30_000), number))
            print("added", name, flush=True)
            names.append(name)
        elif deed < 0.75:
            change(place, chance.choice(names), noise(chance.randint(1000, 30_000), number))
        else:
            name = names.pop(chance.randrange(len(names)))
            print("deleting", name, flush=True)
            place.store.delete(name, lambda name=name: place.db.delete_audio_file(name, 1))


if __name__ == "__main__":
    work(Place(Path(sys.argv[1])), sys.argv[2], random.Random(sys.argv[2]))
