"""What can stop a migration; each error carries the sentence a person sees."""

from common.errors import Told


class MigrationError(Told):
    """The migration stops; nothing that existed before was changed."""

    exit_code = 1


class FileDamaged(MigrationError):
    """A legacy file cannot be read to its end."""


class Refused(MigrationError):
    """The migration would not be safe here and now."""


class WrongUse(MigrationError):
    """The command was given something that cannot be meant."""

    exit_code = 2


class NotVerified(MigrationError):
    """What was read back is not what was written."""


class BackupDamaged(MigrationError):
    """A backup is not what its manifest says."""
