"""What goes into a backup, taken while people work: the database as of one instant, and the sound
that belongs to it.

Sound is linked before the database is copied and once more afterwards: what is changed or deleted
in between is still there. Whatever slips through even so is looked for in another copy.
"""

import contextlib
import logging
from pathlib import Path

from audio_store import PART, AudioStore, PreviewStore, SegmentStore, TakeStore
from config import Config
from database import snapshots
from keeping import files, manifest
from keeping.manifest import AUDIO, DATABASE, KEYS, PREVIEWS, SEGMENTS, TAKES

ROUNDS = 5

log = logging.getLogger("voiceverse.keeping")


class Gathering:
    """Fills `folder`, which is new and empty, from a data folder."""

    def __init__(self, config: Config, folder: Path):
        self._config = config
        self._folder = folder
        self._database = config.database_path
        self._store = AudioStore(config.audio_dir)
        self._pools = {
            SEGMENTS: SegmentStore(config.segments_dir),
            TAKES: TakeStore(config.data_dir / TAKES),
            PREVIEWS: PreviewStore(config.data_dir / PREVIEWS),
        }
        self._can_link = files.can_link(config.audio_dir, folder)

    def run(self, *, with_keys: bool) -> list[str]:
        """Take everything; returns the names of sound that was missing or damaged already."""
        files.make_folder(self._folder / AUDIO)
        for number in range(1, ROUNDS + 1):
            self._pool()
            (self._folder / DATABASE).unlink(missing_ok=True)
            snapshots.copy_out(self._database, self._folder / DATABASE)
            self._pool()
            sounds = snapshots.list_sounds(self._folder / DATABASE)
            missing = [name for name, row in sounds.items() if not self._settle(name, row)]
            if not missing or not self._have_changed(missing, sounds) or number == ROUNDS:
                break
            log.info("%s files changed while they were backed up; once more", len(missing))
        self._drop_unknown(sounds)
        if with_keys:
            self._take_keys()
        return missing

    def _pool(self) -> None:
        """Hold on to all sound that there is now."""
        for kind, store in self._pools.items():
            for _, path in store.files():
                name = f"{kind}/{path.parent.name}/{path.name}"
                if manifest.PATH.fullmatch(name) and not (self._folder / name).exists():
                    self._take(path, self._folder / name)
        if self._can_link:
            for name in self._store.names():
                if not self._target(name).exists():
                    self._take(self._store.path(name), self._target(name))

    def _settle(self, name: str, row: dict) -> bool:
        """Have the sound that a row of the copy speaks of; False when it is not to be had."""
        target = self._target(name)
        if row["status"] != "ready":
            target.unlink(missing_ok=True)
            return self._take_growing(name, row["bytes"])
        if self._is_right(target, row):
            return True
        if self._take(self._store.path(name), target) and self._is_right(target, row):
            return True
        # A change that was recorded already, and is about to take its name.
        changed = target.with_name(target.name + PART)
        if self._copy_growing(name, changed) and self._is_right(changed, row):
            changed.replace(target)
            return True
        changed.unlink(missing_ok=True)
        return False

    def _take_growing(self, name: str, length: int) -> bool:
        """The recorded beginning of an unfinished file, which may be finished by now."""
        target = self._target(name + PART)
        target.unlink(missing_ok=True)
        return not length or (
            self._copy_growing(name, target, length) and target.stat().st_size == length
        )

    def _copy_growing(self, name: str, target: Path, length: int | None = None) -> bool:
        for path in (self._store.growing_path(name), self._store.path(name)):
            with contextlib.suppress(FileNotFoundError):
                files.copy(path, target, length)
                return True
        return False

    def _is_right(self, path: Path, row: dict) -> bool:
        return path.exists() and row["sha256"] in (None, files.digest_of(path))

    def _have_changed(self, names: list[str], sounds: dict[str, dict]) -> bool:
        """Whether any of these files was spoken, changed or deleted since the copy was made."""
        now = snapshots.list_sounds(self._database)
        return any(now.get(name) != sounds[name] for name in names)

    def _drop_unknown(self, sounds: dict[str, dict]) -> None:
        for path in (self._folder / AUDIO).iterdir():
            if path.name not in sounds and path.name.removesuffix(PART) not in sounds:
                path.unlink()

    def _take(self, source: Path, target: Path) -> bool:
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
