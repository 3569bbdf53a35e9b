"""`kill -9` at random instants, under load: what was acknowledged stays, and files match rows."""

import hashlib
import random
import time
from pathlib import Path

from backups import create, retention, status
from backups.errors import BackupError
from database import Database
from server.worker import Worker, build_studio
from tests.backups import killing as keeping_kills
from tests.backups.loading import Load
from tests.backups.places import Place
from tests.legacy import killing as migration_kills
from tests.legacy.earlier import make_both
from tests.support import processes
from tests.support.disks import in_memory
from tests.support.serving import wait_until
from tools.attack import deeds
from tools.attack.tally import Tally

AT_WORK = ("generate", "import", "delete")
KINDS = (*AT_WORK, "backup", "migrate", "restore")
WRITERS = 2
LONGEST_S = {"generate": 0.02, "import": 0.04, "delete": 0.02, "backup": 0.3}


def run(folder: Path, cases: int = 500, seed: int = 9) -> Tally:
    """So many kills, a sixth during each kind of work."""
    tally, chance = Tally(), random.Random(seed)
    share = {kind: len(range(number, cases, len(KINDS))) for number, kind in enumerate(KINDS)}
    with in_memory(folder) as scratch:
        _at_work(scratch / "work", {kind: share[kind] for kind in AT_WORK}, chance, tally)
        _backing_up(scratch / "backup", share["backup"], chance, tally)
        (scratch / "migrate").mkdir()
        make_both(scratch / "migrate")
        steps = f"{share['migrate']}@{seed}"
        _swept(migration_kills, (scratch / "migrate", steps, "migrate"), "migrate", tally)
        steps = f"{share['restore']}@{seed}"
        _swept(keeping_kills, (scratch / "restore", "restore", steps), "restore", tally)
    return tally


def _swept(program, arguments: tuple, kind: str, tally: Tally) -> None:
    """Kills at steps drawn by lot, each looked at by the program that makes them."""
    found = processes.told(program.__file__, *arguments)
    for _ in range(found["kills"]):
        tally.count(kind)
    tally.failures += [f"{kind}: wrong after a kill at {step}" for step in found["wrong"]]
    tally.notes.append(f"{kind}: {found['old']} left the old, {found['new']} the new")


# Generate, import, delete


def _at_work(folder: Path, share: dict[str, int], chance: random.Random, tally: Tally) -> None:
    folder.mkdir()
    config = deeds.config_of(folder)
    studio = build_studio(config)
    studio.db.create_user(deeds.NAME, "!")
    end(studio)
    kinds = [kind for kind, times in share.items() for _ in range(times)]
    chance.shuffle(kinds)
    told: list[str] = []
    for number, kind in enumerate(kinds):
        with Load(folder, 1, Path(deeds.__file__)) as load:
            _kill_during(load, kind, chance)
        told += load.lines
        tally.count(kind)
        look_at_work(folder, told, tally, f"kill {number} ({kind})")


def _kill_during(load: Load, kind: str, chance: random.Random) -> None:
    """Kill at a random instant after the work of that kind was begun at least once."""
    begun, beginnings = f"begin {kind}", chance.randint(1, 3)
    wait_until(lambda: load.lines.count(begun) >= beginnings or load.is_over(), begun)
    assert not load.is_over(), "the work ended by itself"
    time.sleep(chance.uniform(0, LONGEST_S[kind]))
    load.kill()


def look_at_work(folder: Path, lines: list[str], tally: Tally, said: str) -> None:
    """Start again, finish what waits, and compare rows, files and what was said."""
    studio = build_studio(deeds.config_of(folder))
    db, worker = studio.db, Worker(studio)
    tally.expect(not (faults := db.check()), f"{said}: {faults[:1]}")
    user_id = db.get_user(deeds.NAME)["id"]
    worker.tidy()
    worker.run_pending()
    for name in _said(lines, "generated") - _said(lines, "deleting"):
        tally.expect(db.get_audio_file(name, user_id) is not None, f"{said}: {name} is lost")
    for name in _said(lines, "deleted"):
        tally.expect(db.get_audio_file(name, user_id) is None, f"{said}: {name} came back")
    there = {str(row["id"]) for row in db.rows("SELECT id FROM documents")}
    lost = _said(lines, "imported") - there
    tally.expect(not lost, f"{said}: the documents {sorted(lost)[:3]} are lost")
    _match(studio.store.folder, db, tally, said)
    end(studio)


def end(studio) -> None:
    studio.registry.close()
    studio.db.close()


def _said(lines: list[str], deed: str) -> set[str]:
    return {line.split()[1] for line in lines if line.startswith(f"{deed} ")}


def _match(sounds: Path, db: Database, tally: Tally, said: str) -> None:
    """Each file has its row, each row its file, with the sound that the row knows."""
    rows = db.rows("SELECT filename, status, sha256 FROM audio_files WHERE status = 'ready'")
    unfinished = db.rows("SELECT filename FROM audio_files WHERE status != 'ready'")
    parts = {f"{row['filename']}.part" for row in unfinished}
    found = {path.name for path in sounds.iterdir()} - parts
    known = {row["filename"] for row in rows}
    tally.expect(found == known, f"{said}: files and rows differ: {sorted(found ^ known)[:3]}")
    for row in rows:
        path = sounds / row["filename"]
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
        tally.expect(digest == row["sha256"], f"{said}: {row['filename']} is not what was made")


# Backups


def _backing_up(folder: Path, times: int, chance: random.Random, tally: Tally) -> None:
    """Backups under load, all killed at once: every backup that has its name is whole."""
    folder.mkdir()
    place, added, gone = Place(folder).fill(), set(), set()
    place.close()
    for number in range(times):
        with (
            Load(folder, WRITERS, name=f"round{number}-") as load,
            Load(folder, 1, Path(deeds.__file__), "backups") as made,
        ):
            load.wait_for_more(5)
            _kill_during(made, "backup", chance)
            load.kill()
        added |= load.said("added")
        gone |= load.said("deleting")
        tally.count("backup")
        _look_at_backups(
            place, added - gone, made.said("backup "), tally, f"kill {number} (backup)"
        )


def _look_at_backups(
    place: Place, there: set[str], made: set[str], tally: Tally, said: str
) -> None:
    place.open()
    tally.expect(not (faults := place.db.check()), f"{said}: {faults[:1]}")
    lost = there - set(place.store.names())
    tally.expect(not lost, f"{said}: lost {sorted(lost)[:3]}")
    for name in place.store.reconcile(place.db.find_audio_file):
        place.store.path(name).unlink()  # the load stores a sound before it writes its row
    _match(place.store.folder, place.db, tally, said)
    root = status.backups_folder(place.config)
    names = retention.list_backups(root)
    # A later one of the same day takes an earlier one's place before it is told.
    latest, told = (max(map(retention.age, some), default=()) for some in (names, made))
    tally.expect(latest >= told, f"{said}: the backup {told} is lost, the latest is {latest}")
    for name in names:
        try:
            create.trial_restore(place.config, root / name)
        except BackupError as error:
            tally.failures.append(f"{said}: {error.message}")
    place.close()
