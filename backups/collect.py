"""Collecting of a backup while the app runs: the database as of one instant, and its sound.

Sound is linked before the database is copied and once more afterwards: what is changed or deleted
in between is still there. Whatever slips through even so is looked for in another copy.
"""

import contextlib
import logging
import shutil
import time
from pathlib import Path

from backups import files, manifest
from backups.errors import DataInUse
from backups.manifest import AUDIO, DATABASE, KEYS, PREVIEWS, SEGMENTS, TAKES
from config import Config
from storage import snapshots
from storage.audio_store import AudioStore
from storage.growing_file import PART
from storage.plain_files import is_plain, sync
from storage.segment_store import PreviewStore, SegmentStore, TakeStore
from storage.snapshots import StoredSound

ROUNDS = 8
PAUSES_S = (0.05, 0.2, 0.5)
LATER = f".later{PART}"  # a folder for sound as it was just after the copy

log = logging.getLogger("voiceverse.backups.collect")


class Collector:
    """Fills a new, empty folder with a copy of a data folder."""

    def __init__(self, config: Config, folder: Path, earlier: Path | None = None):
        """`earlier` is a backup beside it, which has most of the sound already."""
        self._config = config
        self._folder = folder
        self._earlier = earlier
        self._database = config.database_path
        self._store = AudioStore(config.audio_dir)
        self._pools = {
            SEGMENTS: SegmentStore(config.segments_dir),
            TAKES: TakeStore(config.data_dir / TAKES),
            PREVIEWS: PreviewStore(config.data_dir / PREVIEWS),
        }
        self._held: dict[str, str | None] = {}  # the hash of each whole file that was looked at
        self._can_link = files.can_link(config.audio_dir, folder)

    def run(self, *, with_keys: bool) -> list[str]:
        """Copy everything; returns the names of sound that was missing or damaged already."""
        files.make_folder(self._folder / AUDIO)
        copy = self._folder / DATABASE
        for number in range(1, ROUNDS + 1):
            shutil.rmtree(self._folder / LATER, ignore_errors=True)
            self._pool(AUDIO)
            copy.unlink(missing_ok=True)
            snapshots.copy_out(self._database, copy)
            self._pool(LATER)
            sync(copy)
            sounds = snapshots.list_sounds(copy)
            missing = self._settle_all(sounds, list(sounds))
            missing, is_final = self._look_again(missing, sounds)
            if is_final:
                break
            if number == ROUNDS:
                raise DataInUse(
                    "Too much changed during the backup. Nothing stored was harmed; try "
                    "again later."
                )
            log.info("%s files changed while they were backed up; once more", len(missing))
        self._drop_unknown(sounds)
        if with_keys:
            self._take_keys()
        return missing

    def _pool(self, room: str) -> None:
        """Hold on to all sound that there is now, in that folder of the backup."""
        for kind, store in self._pools.items():
            for _, path in store.files():
                name = f"{kind}/{path.parent.name}/{path.name}"
                if manifest.PATH.fullmatch(name) and not (self._folder / name).exists():
                    self._take(path, self._folder / name)
        for name in self._names() if self._can_link else ():
            if not _is_same(self._store.path(name), self._target(name)):
                if room == AUDIO:
                    self._held.pop(name, None)
                self._take(self._store.path(name), self._folder / room / name)

    def _names(self) -> list[str]:
        """Sound to hold on to: all at first, then what changed, so that less changes meanwhile."""
        if not self._held:
            return self._store.names()
        rows = snapshots.list_sounds(self._database).items()
        return [name for name, row in rows if not self._holds(name, row)]

    def _holds(self, name: str, row: StoredSound) -> bool:
        """Whether the sound that a row speaks of is here already, and was looked at."""
        return row["status"] == "ready" and self._held.get(name, "") == row["sha256"]

    def _settle_all(self, sounds: dict[str, StoredSound], names: list[str]) -> list[str]:
        """Copy the sound of all these; returns the names of what cannot be had.

        Whole folders are listed first: most of what is missing needs no look of its own.
        """
        there = self._list_there()
        return [
            name
            for name in names
            if (there.isdisjoint((name, name + PART)) and sounds[name]["status"] == "ready")
            or not self._settle(name, sounds[name])
        ]

    def _list_there(self) -> set[str]:
        folders = [self._store.folder, self._folder / AUDIO, self._folder / LATER]
        folders += [self._earlier / AUDIO] if self._earlier else []
        found: set[str] = set()
        for folder in folders:
            with contextlib.suppress(FileNotFoundError):
                found.update(path.name for path in folder.iterdir())
        return found

    def _settle(self, name: str, row: StoredSound) -> bool:
        """Copy the sound that a row of the copied database names; False when it cannot be had."""
        if self._holds(name, row):
            return True
        target, later = self._target(name), self._folder / LATER / name
        if row["status"] != "ready":
            target.unlink(missing_ok=True)
            return self._take_growing(name, row["bytes"])
        for get in (
            lambda: True,  # as it was just before the copy
            lambda: later.exists() and later.replace(target),
            lambda: self._take_earlier(name, target),
            lambda: self._take(self._store.path(name), target),
            lambda: self._copy_growing(name, target),  # a change that is about to take its name
        ):
            if get() and self._is_right(target, row):
                self._held[name] = row["sha256"]
                return True
        self._take(self._store.path(name), target)
        return False

    def _take_earlier(self, name: str, target: Path) -> bool:
        """Sound of a backup beside this one, where it would have to be copied otherwise."""
        if self._can_link or self._earlier is None:
            return False
        return self._take(self._earlier / AUDIO / name, target)

    def _take_growing(self, name: str, length: int) -> bool:
        """The recorded beginning of an unfinished file, which may be finished by now."""
        target = self._target(name + PART)
        target.unlink(missing_ok=True)
        return not length or (
            self._copy_growing(name, target, length) and target.stat().st_size == length
        )

    def _copy_growing(self, name: str, target: Path, length: int | None = None) -> bool:
        for path in (self._store.growing_path(name), self._store.path(name)):
            if not self._is_ours(path):
                continue
            with contextlib.suppress(FileNotFoundError):
                files.copy(path, target, length)
                return True
        return False

    def _is_right(self, path: Path, row: StoredSound) -> bool:
        return path.exists() and row["sha256"] in (None, files.digest_of(path))

    def _look_again(
        self, missing: list[str], sounds: dict[str, StoredSound]
    ) -> tuple[list[str], bool]:
        """Look again for missing sound; returns what is still missing, and whether that is final.

        It would where rows have changed since. Where they have not, a change may be under way.
        """
        for pause_s in PAUSES_S:
            if not missing:
                return [], True
            now = snapshots.list_sounds(self._database)
            if any(now.get(name) != sounds[name] for name in missing):
                return missing, False
            time.sleep(pause_s)
            missing = self._settle_all(sounds, missing)
        return missing, True

    def _drop_unknown(self, sounds: dict[str, StoredSound]) -> None:
        shutil.rmtree(self._folder / LATER, ignore_errors=True)
        for path in (self._folder / AUDIO).iterdir():
            row = sounds.get(path.name) or sounds.get(path.name.removesuffix(PART))
            if row is None or path.name.endswith(PART) != (row["status"] != "ready"):
                path.unlink()
        unwanted = SegmentStore(self._folder / SEGMENTS)
        for content_hash in snapshots.list_unwanted(self._folder / DATABASE):
            unwanted.drop(content_hash)

    def _is_ours(self, path: Path) -> bool:
        """Whether a file stands there, or a link to one that stays in the data folder."""
        target = path.resolve() if path.is_symlink() else path
        return is_plain(target) and (
            target == path or target.is_relative_to(self._config.data_dir.resolve())
        )

    def _take(self, source: Path, target: Path) -> bool:
        if not self._is_ours(source):
            return False
        try:
            files.take(source, target)
        except FileNotFoundError:
            return False
        return True

    def _take_keys(self) -> None:
        for name in manifest.KEY_FILES:
            with contextlib.suppress(FileNotFoundError):
                files.copy(self._config.data_dir / name, self._folder / KEYS / name)

    def _target(self, name: str) -> Path:
        return self._folder / AUDIO / name


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except FileNotFoundError:
        return False
