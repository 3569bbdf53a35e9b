"""Single bits that change on the disk: in backups, in sound, in the database.

All must be found in backups and in sound. SQLite keeps no checksum of its pages, so a bit inside a
text can change unseen; what matters then is that nothing breaks, and that a backup tells it apart.
"""

import random
import shutil
from pathlib import Path

from backups import create, verify
from backups.errors import BackupError
from database import Database
from server.doctor import BAD, examine
from storage import snapshots
from storage.errors import DatabaseError
from tests.backups.places import Place, flip, noise
from tools.attack.tally import Tally

KINDS = ("backup", "audio", "database")
SOUNDS, TEXTS = 12, 60
KEPT, SCRATCH = "kept", ".scratch.part"


def run(folder: Path, cases: int = 300, seed: int = 300) -> Tally:
    """So many bits, a third in each; what of the database was found by what is noted."""
    tally, chance = Tally(), random.Random(seed)
    place = Place(folder).fill(SOUNDS)
    for number in range(TEXTS):
        text = noise(4000, number).hex()
        place.db.create_audio_file(
            1, f"text{number}.mp3", "t", voice="v", text=text, status="queued"
        )
    backup = create.make(place.config, with_keys=True).folder
    place.close()
    told = dict.fromkeys((UNREAD, FOUND, SAME, UNSEEN), 0)
    verify.trial_restore(backup, backup.with_name(SCRATCH))
    tally.expect(not _bad(place), f"the doctor is not content before: {_bad(place)}")
    for number in range(cases):
        kind = KINDS[number % len(KINDS)]
        tally.count(kind)
        if kind == "backup":
            _in_backup(place, backup, chance, tally)
        elif kind == "audio":
            _in_sound(place, chance, tally)
        else:
            told[_in_database(place, chance, tally)] += 1
    tally.notes.append("database: " + ", ".join(f"{count} {what}" for what, count in told.items()))
    return tally


def _in_backup(place: Place, backup: Path, chance: random.Random, tally: Tally) -> None:
    """Any bit of any file of a backup, the manifest too: it is refused, with a sentence."""
    files = sorted(path for path in backup.rglob("*") if path.is_file())
    with _Flipped(chance.choice(files), place.data.parent / KEPT, chance) as said:
        try:
            verify.trial_restore(backup, backup.with_name(SCRATCH))
        except BackupError:
            return
        tally.expect(False, f"backup: {said} was not found")


def _in_sound(place: Place, chance: random.Random, tally: Tally) -> None:
    """Any bit of a finished sound: `flask doctor --scrub` names the file."""
    path = chance.choice(list(place.config.audio_dir.glob("*.mp3")))
    with _Flipped(path, place.data.parent / KEPT, chance) as said:
        named = any(path.name in finding for finding in _bad(place))
        tally.expect(named, f"audio: {said} was not found")


UNREAD = "not read at all, with a sentence"
FOUND = "found by integrity_check"
SAME = "changed nothing that is stored"
UNSEEN = "changed a value unseen, and differ from the backup"


def _in_database(place: Place, chance: random.Random, tally: Tally) -> str:
    """Any bit of the database: what is told of it, never by an error without a name."""
    path = place.config.database_path
    before = snapshots.fingerprint(path)
    with _Flipped(path, place.data.parent / KEPT, chance) as said:
        is_bad = bool(_bad(place))
        try:
            Database(path).close()
            after = snapshots.fingerprint(path)
        except DatabaseError:
            tally.expect(is_bad, f"database: {said} stops it, and the doctor is content")
            return UNREAD
        if is_bad:
            return FOUND
        return SAME if after == before else UNSEEN


def _bad(place: Place) -> list[str]:
    findings = examine(place.config, thorough=True, scrub=True)
    return [str(finding.what) for finding in findings if finding.level == BAD]


class _Flipped:
    """A file with one bit changed somewhere, put back at the end; gives where that was.

    The file itself is kept elsewhere: in a backup it would be one too many.
    """

    def __init__(self, path: Path, kept: Path, chance: random.Random) -> None:
        self._path, self._kept = path, kept
        self._share, self._bit = chance.random(), chance.randrange(8)

    def __enter__(self) -> str:
        self._path.replace(self._kept)
        shutil.copy2(self._kept, self._path)
        flip(self._path, self._share, self._bit)
        return f"bit {self._bit} at {self._share:.4f} of {self._path.name}"

    def __exit__(self, *_: object) -> None:
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._kept.replace(self._path)
