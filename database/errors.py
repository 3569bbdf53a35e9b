"""What can go wrong in the store; each error carries the sentence a person sees."""


class DatabaseError(Exception):
    """The store cannot do what was asked."""

    status = 500

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


class DatabaseBusy(DatabaseError):
    """Another writer held the store for too long."""

    status = 503


class DatabaseTooNew(DatabaseError):
    """The file was written by a later release."""


class DatabaseDamaged(DatabaseError):
    """The file cannot be read as a database."""


class NotADatabase(DatabaseError):
    """The file is a database of another program."""


class UpgradeFailed(DatabaseError):
    """An older database could not be carried over; it was left as it was."""


class DiskFull(DatabaseError):
    """Nothing more can be written."""

    status = 507


class NotFound(DatabaseError):
    """The row is not there, or belongs to somebody else."""

    status = 404


class WrongState(DatabaseError):
    """The row is there, but not in a state that allows this."""

    status = 409


class UsernameTaken(DatabaseError):
    """An account of that name exists."""

    status = 409


class SetupDone(DatabaseError):
    """The first account exists already."""

    status = 409


class InviteInvalid(DatabaseError):
    """The invitation is unknown, used or expired."""

    status = 403


class LeaseLost(DatabaseError):
    """The file was deleted, or another worker holds it now."""

    status = 409
