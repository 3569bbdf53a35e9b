"""Errors of a migration; each carries the sentence that a person sees."""

from common.errors import AppError


class MigrationError(AppError):
    """The migration stops; nothing that existed before was changed."""

    exit_code = 1


class FileDamaged(MigrationError):
    """A legacy file cannot be read to its end."""


class Refused(MigrationError):
    """The migration would not be safe here and now."""


class WrongUse(MigrationError):
    """The options of the command contradict each other or cannot be used."""

    exit_code = 2


class NotVerified(MigrationError):
    """The database read back differs from what was written."""


class BackupDamaged(MigrationError):
    """A backup is not what its manifest says."""
