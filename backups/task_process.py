"""Process that makes or checks a backup because an admin asked for it, and who starts it."""

import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from backups import create, status, tasks
from backups.errors import BackupError
from common import logs
from config import Config, ConfigError, program_command
from storage.errors import DatabaseError

NICENESS = 10

log = logging.getLogger("voiceverse.backups.tasks")


class TaskStarter:
    """Starts a process for the task that waits; one at a time."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start what waits."""
        if self._process and self._process.poll() is None:
            return
        if not tasks.is_waiting(self._config, tasks.MAKE, tasks.CHECK):
            return
        data = self._config.data_dir.resolve()
        try:
            self._process = subprocess.Popen(
                [*program_command("backups.task_process"), str(data)], stdin=subprocess.DEVNULL
            )
        except OSError as error:
            log.error("what was asked of the backups cannot be begun now: %s", error)

    def stop(self) -> None:
        """Stop what is being done; the next backup clears away what it wrote."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def work(config: Config) -> None:
    """Make or check a backup, whichever waits; raises BackupError, DatabaseError."""
    with tasks.taking(config, tasks.MAKE, tasks.CHECK) as task:
        if task is None:
            return
        if task.kind == tasks.MAKE:
            made = create.make(config)
            tasks.end(config, task, backup=made.folder.name)
        else:
            create.trial_restore(config, status.backups_folder(config) / task.backup)


def main() -> int:
    """Do the task of a data folder; 1 and one sentence when that cannot be."""
    try:
        config = replace(Config.load(), data_dir=Path(sys.argv[1]))
        logs.configure(config.log_level)
        os.nice(NICENESS)
        work(config)
    except (ConfigError, BackupError, DatabaseError) as error:
        log.error("what was asked of the backups failed: %s", error.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
