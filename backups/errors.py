"""Errors of backups and restores; each carries the sentence that a person sees."""

from common.errors import AppError, Message


class BackupError(AppError):
    """Base of backup errors; existing data stays as it is."""


class BackupDamaged(BackupError):
    """A backup does not match its manifest."""


class BackupTooNew(BackupError):
    """A backup was made by a later release."""


class NoBackup(BackupError):
    """No data to back up, or no backup to restore."""

    status = 404


class OnlyBackup(BackupError):
    """The last backup that is left, which is not deleted."""

    status = 409


class DataInUse(BackupError):
    """Another program uses the data folder."""

    status = 409


class BackupUnderWay(DataInUse):
    """Another process makes, verifies or restores a backup."""


class NotEnoughSpace(BackupError):
    """The disk has too little space for a backup or a restore."""

    status = 507


def damaged(folder: str, what: str) -> BackupDamaged:
    """Make the error for a damaged backup; `what` is such as "audio/a.mp3 is missing"."""
    return BackupDamaged(
        Message(
            "The backup {folder} is damaged: {what}. Nothing was changed; use another one.",
            folder=folder,
            what=what,
        )
    )
