"""Removal of what a kill left half made in the data folder, when the next worker starts."""

import contextlib
import shutil

from backups import create, files, restore, status
from backups.errors import BackupUnderWay
from config import Config
from storage import opening, sqlite_file

FILES = ("*_key.*.part", "migration_report.*.part")
FOLDERS = (restore.STAGE, ".migrating")


def sweep(config: Config) -> None:
    """Clear away unfinished copies; only for whoever holds the lock of the worker, which
    migrations, restores and mending hold, too."""
    data = config.data_dir
    sqlite_file.remove_parts(config.database_path)
    for pattern in FILES:
        for path in data.glob(pattern):
            path.unlink(missing_ok=True)
    if not (data / opening.RESTORE_JOURNAL).exists():
        for name in FOLDERS:
            shutil.rmtree(data / name, ignore_errors=True)
    root = status.backups_folder(config)
    if root.is_dir():
        with contextlib.suppress(BackupUnderWay), create.exclusive_lock(root):
            files.sweep(root)
