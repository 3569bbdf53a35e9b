"""Errors of exports: one sentence each."""

from common.errors import AppError
from common.transient_causes import Cause


class ExportError(AppError):
    """An export could not be made; `message` says why and what to do."""

    status = 500


class HeldUp(ExportError):
    """The export broke off for a cause that passes by itself."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.refusal)
        self.waits_for, self.status = cause.code, cause.status


class NotInstalled(ExportError):
    """The format needs a library that is not installed."""

    status = 409


class Stopped(ExportError):
    """The export was told to stop; no sentence is shown."""

    def __init__(self) -> None:
        super().__init__("Stopped.")
