"""A restore that an admin asked for in the browser, done at a start, before anything is open.

A kill before the restore's own mark leaves the data as it was, one after it the backup's: the next
start says which. Neither repeats it.
"""

import logging
from pathlib import Path

from backups import create, restore, status, tasks
from backups.errors import BackupError, BackupUnderWay
from backups.manifest import DATABASE
from backups.tasks import Task
from config import Config
from storage.errors import DatabaseError

log = logging.getLogger("voiceverse.backups.restore")


def ask(config: Config, backup: str, by: str) -> Task:
    """Ask for a restore at the next start; raises NoBackup, BackupUnderWay.

    It is refused unless the last task was the check of this very backup.
    """
    create.find(config, backup)
    last = tasks.read(config)
    if (last.kind, last.state, last.backup) != (tasks.CHECK, tasks.DONE, backup):
        raise BackupUnderWay("Check this backup first; a different one was checked last.")
    return tasks.ask(config, tasks.RESTORE, by, backup)


def settle(config: Config) -> Task | None:
    """Do the restore that was asked for; what came of it, None where none was.

    For starts alone, when no other process of this data folder is left.
    """
    begun = tasks.unsettled(config)
    if begun:
        restore.complete(config)
        return _interrupted(config, begun)
    if not tasks.is_waiting(config, tasks.RESTORE):
        return None
    try:
        with tasks.taking(config, tasks.RESTORE) as task:
            if task is None:
                return None
            return _restore(config, task)
    except (BackupError, DatabaseError) as error:
        log.error("the restore that was asked for was not done: %s", error.message)
        return tasks.read(config)


def _restore(config: Config, task: Task) -> Task:
    log.warning("restoring %s, as %s asked", task.backup, task.by)
    task = tasks.begin(config, task, asides=_count_asides(config))
    done = restore.restore(config, status.backups_folder(config) / task.backup)
    return tasks.end(config, task, aside=done.aside.name if done.aside else "")


def _interrupted(config: Config, task: Task) -> Task:
    if _count_asides(config) > task.asides:
        newest = max(path.parent.name for path in _asides(config))
        return tasks.end(config, task, aside=newest)
    sentence = "The restore was interrupted before anything was changed. Try again."
    return tasks.end(config, task, BackupError(sentence))


def _asides(config: Config) -> list[Path]:
    return list(config.data_dir.glob(f"{restore.ASIDE}*/{DATABASE}"))


def _count_asides(config: Config) -> int:
    return len(_asides(config))
