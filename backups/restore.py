"""Restoring of backups: one takes the place of the present data, which is set aside.

Everything is prepared and checked beside the data. Then a mark is written: from there on the
restore will happen, whoever is killed, because each start completes what the mark says. Until the
mark is there nothing has changed.
"""

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backups import files, manifest, status, verify
from backups.create import TIME, exclusive_lock
from backups.errors import BackupError, BackupTooNew, DataInUse, NotEnoughSpace
from backups.manifest import AUDIO, DATABASE, KEYS, POOLS, PREVIEWS, SEGMENTS, Manifest
from common.errors import Message
from config import Config, check_data_path
from storage import snapshots, sqlite_file
from storage.file_locks import FileLock
from storage.opening import RESTORE_JOURNAL
from storage.plain_files import sync

STAGE = ".restoring.part"
ASIDE = "set_aside_"
LOGS = (f"{DATABASE}-wal", f"{DATABASE}-shm")
DERIVED = ("exports",)
BOUGHT = (SEGMENTS, PREVIEWS)
LOCKS = {
    "app.lock": "VoiceVerse is running on {folder}. Stop it first; nothing was changed.",
    "worker.lock": "VoiceVerse's worker is still running on {folder}. Stop it first; nothing was "
    "changed.",
    "migration.lock": "A migration is running on {folder}. Wait for it; nothing was changed.",
}
FINISH_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Restored:
    """Result of a restore; `aside` is where the former data lies, None where there was none."""

    manifest: Manifest
    aside: Path | None


def restore(config: Config, folder: Path) -> Restored:
    """Restore a backup; raises BackupError or DatabaseError, and nothing is changed then."""
    data = config.data_dir
    with files.translating_os_errors("The backup could not be restored"):
        known = manifest.read(folder)
        if known.schema > sqlite_file.SCHEMA_VERSION:
            raise BackupTooNew(
                f"{folder} was made by a newer VoiceVerse (schema {known.schema}, this one knows "
                f"{sqlite_file.SCHEMA_VERSION}). Install that release to restore it; nothing was "
                "changed."
            )
        verify.check_in_place(folder, known)
        files.make_folder(data)
        with nobody_at_work(data, writers=True), exclusive_lock(status.backups_folder(config)):
            _complete(data)
            aside = _free_name(data)
            had_data = config.database_path.exists()
            _prepare(config, folder, known, aside)
            _complete(data)
            now = datetime.now(UTC).strftime(TIME)
            status.note(config, restored_at=now, restored_from=known.made_at, proven_at=now)
    return Restored(known, aside if had_data else None)


def complete(config: Config) -> bool:
    """Complete a restore that was interrupted; whether there was one. Call before all else.

    Raises ConfigError for a data folder whose path cannot be used, BackupError.
    """
    check_data_path(config)
    data = config.data_dir
    if not (data / RESTORE_JOURNAL).exists():
        return False
    with (
        files.translating_os_errors("An interrupted restore could not be completed"),
        exclusive_lock(status.backups_folder(config), FINISH_WAIT_S),
    ):
        _complete(data)
    return True


def _prepare(config: Config, folder: Path, known: Manifest, aside: Path) -> None:
    """Unpack, check, and write the mark."""
    data, stage = config.data_dir, config.data_dir / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    try:
        stage.mkdir(mode=0o700)
        _check_room(config, folder, known, stage)
        verify.unpack(folder, known, stage)
        verify.check(stage, known, folder.name)
        keys = [name for name in manifest.KEY_FILES if (stage / KEYS / name).exists()]
        for name in keys:
            (stage / KEYS / name).rename(stage / name)
        snapshots.end_sessions(stage / DATABASE)
        _keep_bought(data, stage)
        for name in DERIVED:
            files.make_folder(stage / name)
        files.sync_all(stage)
        new = [DATABASE, AUDIO, *POOLS, *DERIVED, *keys]
        mark = {"aside": aside.name, "new": new, "old": [*LOGS]}
        files.write_whole(data / RESTORE_JOURNAL, json.dumps(mark).encode())
    except BaseException:
        if not (data / RESTORE_JOURNAL).exists():
            shutil.rmtree(stage, ignore_errors=True)
        raise


def _keep_bought(data: Path, stage: Path) -> None:
    """Take along the sound that was bought since: it would have to be paid for again."""
    for kind in BOUGHT:
        for name, path in files.walk(data / kind):
            if manifest.PATH.fullmatch(f"{kind}/{name}") and not (stage / kind / name).exists():
                files.take(path, stage / kind / name)


def _complete(data: Path) -> None:
    """Do what the mark says and was not done yet; nothing where there is none."""
    try:
        mark = json.loads((data / RESTORE_JOURNAL).read_text("utf-8"))
    except FileNotFoundError:
        return
    except ValueError as error:  # written by one rename: this is damage, not a kill
        raise BackupError(
            f"{data / RESTORE_JOURNAL} cannot be read. The data lies in {data / STAGE} and in the "
            f"newest {ASIDE}… folder; put it in place by hand and remove the mark."
        ) from error
    stage, aside = data / STAGE, data / mark["aside"]
    files.make_folder(aside)
    for name in (*mark["old"], *mark["new"]):
        present, new, old = data / name, stage / name, aside / name
        is_done = name in mark["new"] and not new.exists()
        if is_done:
            continue
        if old.exists() and present.is_dir():
            present.rmdir()  # made anew by a start since then; it is empty
        elif present.exists():
            present.rename(old)
        if new.exists():
            new.rename(present)
    _copy_keys(data, aside)
    for folder in (data, stage, aside):
        with contextlib.suppress(FileNotFoundError):
            sync(folder)
    shutil.rmtree(stage, ignore_errors=True)
    with contextlib.suppress(OSError):
        aside.rmdir()  # there was nothing to set aside
    (data / RESTORE_JOURNAL).unlink()
    sync(data)


def _copy_keys(data: Path, aside: Path) -> None:
    """Leave the data that was set aside with the keys that it needs."""
    if not (aside / DATABASE).exists():
        return
    for name in manifest.KEY_FILES:
        if (data / name).exists() and not (aside / name).exists():
            files.copy(data / name, aside / name)


def _check_room(config: Config, folder: Path, known: Manifest, stage: Path) -> None:
    sizes = list(known.files.items())
    if files.can_link(folder, stage):
        sizes = [(name, entry) for name, entry in sizes if not name.startswith((AUDIO, *POOLS))]
    needed = sum(size for _, (size, _) in sizes) + config.min_free_mb * 1024 * 1024
    free = shutil.disk_usage(stage).free
    if free < needed:
        raise NotEnoughSpace(
            Message(
                "Restoring needs about {needed} MB, and the disk has {free} MB free. Nothing was "
                "changed; free some space, then try again.",
                needed=needed // 1_000_000 + 1,
                free=free // 1_000_000,
            )
        )


def _free_name(data: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    aside, number = data / f"{ASIDE}{stamp}", 1
    while aside.exists():
        number += 1
        aside = data / f"{ASIDE}{stamp}-{number}"
    return aside


@contextlib.contextmanager
def nobody_at_work(data: Path, *, writers: bool = False) -> Iterator[None]:
    """Hold the locks of everybody who changes the data; raises DataInUse when somebody has one.

    With `writers` that of the database, too, which nobody can open then.
    """
    with contextlib.ExitStack() as held:
        for name, refusal in LOCKS.items():
            _hold(held, data / name, refusal.format(folder=data))
        refusal = f"Another program is writing to the database in {data}. Wait for it; nothing was "
        if writers:
            _hold(held, data / f"{DATABASE}-lock", refusal + "changed.")
        yield


def _hold(held: contextlib.ExitStack, path: Path, refusal: str) -> None:
    lock = FileLock(path)
    if not lock.acquire():
        lock.close()
        raise DataInUse(refusal)
    held.callback(lock.close)
    held.callback(lock.release)
