"""Errors about audio files, and the translation of a full disk into one of them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from common import transient_causes
from common.errors import AppError


class AudioError(AppError):
    """The sound cannot be read or written; `message` says why."""

    status = 500


class NoSuchAudio(AudioError):
    """The file is not on the disk."""

    status = 404


class NoSpace(AudioError):
    """The disk is full, or nearly, or takes nothing more for another cause."""

    status = 507
    waits_for = transient_causes.DISK.code


@contextlib.contextmanager
def translating_disk_full(folder: Path | None = None, tries: int | None = None) -> Iterator[None]:
    """Turn the system's error for a disk that takes nothing more into NoSpace."""
    try:
        yield
    except OSError as error:
        if error.errno not in transient_causes.WRITING:
            raise
        cause = transient_causes.of_os_error(error, folder) or transient_causes.DISK
        raise no_space(cause, tries) from error


def no_space(cause: transient_causes.Cause, tries: int | None = None) -> NoSpace:
    """Make the error for a disk that takes nothing more, by its cause."""
    error = NoSpace(cause.refusal)
    error.waits_for, error.status, error.tries = cause.code, cause.status, tries
    return error
