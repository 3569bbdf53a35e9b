"""Why a download could not be made: one sentence each."""

from common.errors import Told
from common.transient_causes import Cause


class ExportError(Told):
    """A download that could not be made; `sentence` says why and what to do."""

    status = 500


class HeldUp(ExportError):
    """The making broke off for a cause that passes by itself."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.refusal)
        self.waits_for, self.status = cause.code, cause.status


class NotInstalled(ExportError):
    """A format that needs a library which is not there."""

    status = 409


class Stopped(ExportError):
    """The making was told to end; nobody is told."""

    def __init__(self) -> None:
        super().__init__("Stopped.")
