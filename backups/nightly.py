"""Nightly backup: when it is due, and the process of its own that makes it."""

import logging
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backups import create, status
from backups.errors import BackupError
from common import logs
from config import Config, ConfigError, program_command
from storage.errors import DatabaseError

NICENESS = 19
RETRY_S = 3600.0
LOOK_S = 30.0
TIME = "%Y-%m-%d %H:%M:%S"

log = logging.getLogger("voiceverse.backups.nightly")


class Nightly:
    """Starts the nightly backup at its hour, or when the worker next runs after it."""

    def __init__(self, config: Config):
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None
        self._looked_at: float | None = None
        self._tried_at: float | None = None

    def look(self) -> None:
        """Start what is due; costs nothing most of the time."""
        now = time.monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        if self._process and self._process.poll() is None:
            return
        if self._tried_at is not None and now - self._tried_at < RETRY_S:
            return
        try:
            if self.is_due(datetime.now(UTC)):
                self._start()
                self._tried_at = now
        except OSError as error:
            log.error("the backup of the night cannot be begun now: %s", error)

    def _start(self) -> None:
        data = self._config.data_dir.resolve()
        self._process = subprocess.Popen(
            [*program_command("backups.nightly"), str(data)], stdin=subprocess.DEVNULL
        )

    def is_due(self, now: datetime) -> bool:
        """Whether the hour has come since the last nightly backup, or since the first look."""
        if self._config.backup_hour == "off":
            return False
        record = status.read(self._config)
        if not record.since:
            record = status.note(self._config, since=now.strftime(TIME))
        last = max(record.since, record.nightly_at)
        if last > (now + timedelta(days=1)).strftime(TIME):
            return True  # the clock was wrong then
        return last < latest_slot(now, int(self._config.backup_hour)).strftime(TIME)

    def stop(self) -> None:
        """Stop a backup that is being made; the next one clears away what it wrote."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def latest_slot(now: datetime, hour: int) -> datetime:
    """Last time at which it was that hour, in local time; as UTC."""
    local = now.astimezone()
    slot = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (slot if slot <= local else slot - timedelta(days=1)).astimezone(UTC)


def main() -> int:
    """Make the backup of the night of a data folder; 1 and one sentence when that cannot be."""
    try:
        config = replace(Config.load(), data_dir=Path(sys.argv[1]))
        logs.configure(config.log_level)
        os.nice(NICENESS)
        made = create.make(config, why="nightly")
    except (ConfigError, BackupError, DatabaseError) as error:
        log.error("no backup was made: %s", error.message)
        return 1
    log.info("backed up and proven: %s", made.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
