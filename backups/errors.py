"""What can go wrong with a backup or a restore; each error carries the sentence a person sees."""

from common.errors import Sentence, Told


class BackupError(Told):
    """A backup or a restore cannot be done; what there is stays as it is."""


class BackupDamaged(BackupError):
    """A backup is not what was saved."""


class BackupTooNew(BackupError):
    """A backup was made by a later release."""


class NoBackup(BackupError):
    """There is nothing to back up, or nothing to restore."""

    status = 404


class DataInUse(BackupError):
    """Something else holds the data folder."""

    status = 409


class BackupUnderWay(DataInUse):
    """Somebody else is making, proving or restoring a backup."""


class NotEnoughSpace(BackupError):
    """The disk is too full for it."""

    status = 507


def damaged(folder: str, what: str) -> BackupDamaged:
    """The error for a backup in which `what`, such as "audio/a.mp3 is missing"."""
    return BackupDamaged(
        Sentence(
            "The backup {folder} is damaged: {what}. Nothing was changed; use another one.",
            folder=folder,
            what=what,
        )
    )
