"""Making of backups: collected, described, verified by restoring, then given their name."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from accounts.house_rules import held_days
from backups import files, manifest, retention, status, verify
from backups.collect import Collector
from backups.errors import (
    BackupError,
    BackupUnderWay,
    NoBackup,
    NotEnoughSpace,
    OnlyBackup,
)
from backups.manifest import DATABASE, Manifest
from common.errors import Message
from config import Config
from storage import snapshots
from storage.errors import DatabaseError
from storage.file_locks import FileLock
from storage.plain_files import sync

LOCK = ".lock"
TIME = "%Y-%m-%d %H:%M:%S"
OTHERS = (manifest.TAKES, manifest.PREVIEWS)


@dataclass(frozen=True, slots=True)
class Backup:
    """Finished backup, and the names of the older ones that it replaced."""

    folder: Path
    manifest: Manifest
    removed: list[str]


def make(
    config: Config, *, why: str = "asked", with_keys: bool = False, to: Path | None = None
) -> Backup:
    """Back up a data folder while it is in use; raises BackupError or DatabaseError.

    It lies in the data folder's `backups/`, or in `to`, and has been restored once when it gets
    its name. What became of it is recorded for the pages of admins.
    """
    try:
        with files.translating_os_errors("The backup could not be written"):
            made = _make(config, why, with_keys, to or status.backups_folder(config))
            at = made.manifest.made_at
            changes = {"made_at": at, "proven_at": at, "failed_at": "", "failure": ""}
            if why == "nightly":
                changes["nightly_at"] = at
            status.note(
                config, **changes, folder=str(made.folder), size=made.manifest.size,
                unsound=len(made.manifest.unsound),
            )  # fmt: skip
            status.note_end(config, at, made.manifest.log)
    except BackupUnderWay:  # nothing failed: that one is recorded by itself
        raise
    except (BackupError, DatabaseError) as error:
        with contextlib.suppress(OSError):
            status.note_failure(config, error.message, _now().strftime(TIME))
        raise
    return made


def before_upgrade(config: Config) -> Backup | None:
    """Back up a data folder whose database an older release has left, before it is changed."""
    path = config.database_path
    if config.backup_hour == "off" or not path.exists() or path.stat().st_size == 0:
        return None
    if not snapshots.needs_upgrade(path):
        return None
    return make(config, why="upgrade")


def list_all(config: Config) -> list[dict[str, str]]:
    """List the data folder's backups, the latest first: `made_at` (UTC text), `why`, `name`."""
    names = retention.list_backups(status.backups_folder(config))
    return [retention.describe(name) for name in names]


def find(config: Config, name: str) -> Path:
    """Find the folder of one of the data folder's backups; raises NoBackup."""
    root = status.backups_folder(config)
    if name not in retention.list_backups(root):
        raise NoBackup("There is no such backup. It may have been deleted.")
    return root / name


def remove(config: Config, name: str) -> None:
    """Delete a backup, unless it is the only one; raises NoBackup, BackupUnderWay, OnlyBackup."""
    with exclusive_lock(status.backups_folder(config)):
        folder = find(config, name)
        if len(retention.list_backups(folder.parent)) == 1:
            raise OnlyBackup("This is the only backup. Create another one before you delete it.")
        with files.translating_os_errors("The backup could not be deleted"):
            files.remove(folder)


def trial_restore(config: Config, folder: Path) -> Manifest:
    """Restore a backup into a scratch folder, compare, and record that it was verified."""
    root = folder.resolve().parent
    with files.translating_os_errors("The backup could not be restored"), exclusive_lock(root):
        known = verify.trial_restore(folder, root / ".scratch.part")
        status.note(config, proven_at=_now().strftime(TIME))
    return known


@contextlib.contextmanager
def exclusive_lock(root: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Lock a folder of backups against others that make or restore some; raises BackupUnderWay."""
    files.make_folder(root)
    lock = FileLock(root / LOCK)
    if not lock.acquire(wait_s):
        lock.close()
        raise BackupUnderWay(
            "Another backup or restore is running. Wait until it is done, then try again."
        )
    try:
        files.sweep(root)
        yield
    finally:
        lock.release()
        lock.close()


def _make(config: Config, why: str, with_keys: bool, root: Path) -> Backup:
    if not config.database_path.exists():
        raise NoBackup(f"There is nothing to back up: {config.database_path} is not there.")
    if snapshots.schema_version(config.database_path) == 0:
        raise NoBackup(
            f"{config.database_path} is of an earlier release. Start VoiceVerse once, which copies "
            "it and carries it over; then make a backup."
        )
    with exclusive_lock(root):
        part, scratch = root / ".new.part", root / ".scratch.part"
        files.make_folder(part)
        try:
            _check_room(config, part)
            now = _now()
            earlier = next((root / name for name in retention.list_backups(root)), None)
            unsound = Collector(config, part, earlier).run(with_keys=with_keys)
            _describe(part, now, why, unsound)
            files.sync_all(part)
            known = verify.trial_restore(part, scratch)
            folder = root / retention.new_name(root, now, why)
            part.rename(folder)
            sync(root)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        chosen = snapshots.read_rule(folder / DATABASE, "backup_days")
        days = held_days(config, "backup_days", chosen)
        return Backup(folder, known, retention.rotate(root, folder.name, days))


def _describe(part: Path, now: datetime, why: str, unsound: list[str]) -> None:
    found, tables = verify.describe(part)
    version = snapshots.schema_version(part / DATABASE)
    end = snapshots.read_log_end(part / DATABASE)
    made_at = now.strftime(TIME)
    manifest.write(part, Manifest(made_at, why, version, found, tables, unsound, end))


def _check_room(config: Config, part: Path) -> None:
    """Raise NotEnoughSpace unless two copies fit beside the reserve: the backup, and its proof."""
    needed = config.database_path.stat().st_size
    if not files.can_link(config.audio_dir, part):
        folders = (config.audio_dir, config.segments_dir, *map(config.data_dir.joinpath, OTHERS))
        needed += sum(map(files.size_of, folders))
    needed = 2 * needed + config.min_free_mb * 1024 * 1024
    free = shutil.disk_usage(part).free
    if free < needed:
        raise NotEnoughSpace(
            Message(
                "A backup needs about {needed} MB, but only {free} MB are free on the "
                "disk. Free some space, then try again.",
                needed=needed // 1_000_000 + 1,
                free=free // 1_000_000,
            )
        )


def _now() -> datetime:
    return datetime.now(UTC)
