"""Why a download could not be made: one sentence each."""

from sentences import Told


class ExportError(Told):
    """A download that could not be made; `sentence` says why and what to do."""

    status = 500


class NoRoom(ExportError):
    """The disk is full."""

    status = 507

    def __init__(self) -> None:
        super().__init__(
            "The disk is full. Nothing stored was harmed; free some space, then try again."
        )


class NotInstalled(ExportError):
    """A format that needs a library which is not there."""

    status = 409


class Stopped(ExportError):
    """The making was told to end; nobody is told."""

    def __init__(self) -> None:
        super().__init__("Stopped.")
