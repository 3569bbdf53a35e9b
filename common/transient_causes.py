"""Transient causes of failures, such as a full disk: their codes, sentences and detection.

A piece that meets one waits and goes on; whoever asks for something meanwhile is told.
"""

import errno
import os
import signal
import tempfile
from pathlib import Path
from typing import NamedTuple

from common.errors import AppError

TRIAL_BYTES = 64 * 1024
FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)  # how systems make room when memory is short
PAID_TRIES = 2  # further ones, where the provider may have been paid for the last
FEW_FILES = 20  # new work is refused below so many free inodes


class Cause(NamedTuple):
    """Transient cause; `code` is stored with what waits, `waiting` and `refusal` are for people.

    Without progress work is tried `tries` times; 0 means that it waits for as long as it takes.
    """

    code: str
    waiting: str
    refusal: str
    status: int = 507
    tries: int = 0


DISK = Cause(
    "disk",
    "Waiting: the disk is full. This continues by itself once there is space.",
    "The disk is full. Nothing stored was harmed; free some space, then try again.",
)
FILES = Cause(
    "files",
    "Waiting: the disk cannot take more files (no inodes left). This continues by itself "
    "once some are deleted.",
    "The disk cannot take more files (no inodes left). Nothing stored was harmed; delete "
    "files that nobody needs, then try again.",
)
QUOTA = Cause(
    "quota",
    "Waiting: the disk quota of the account that runs VoiceVerse is used up. This "
    "continues by itself once there is space.",
    "The disk quota of the account that runs VoiceVerse is used up. Nothing stored was harmed; "
    "free some space or raise the quota, then try again.",
)
READ_ONLY = Cause(
    "read_only",
    "Waiting: the disk is read-only. This continues by itself once it is writable.",
    "The disk is read-only, so nothing can be saved. Make it writable, then try again.",
)
DATABASE = Cause(
    "database",
    "Waiting: another program has locked the database. This continues by itself.",
    "The database is busy. Nothing was changed; try again.",
    503,
)
MEMORY = Cause(
    "memory",
    "Waiting: the machine is short of memory. This continues by itself once there is enough.",
    "The machine is short of memory. Nothing stored was harmed; try again in a moment.",
    503,
)
KILLED = Cause(
    "killed",
    "Waiting: the system stopped a process that this needs, most likely because memory "
    "ran out. It starts again by itself.",
    "The system stopped a process that this needs, most likely because memory ran out. "
    "Nothing stored was harmed; try again in a moment.",
    503,
    tries=60,
)
OPEN_FILES = Cause(
    "open_files",
    "Waiting: too many files are open. This continues by itself once some are closed.",
    "Too many files are open. Nothing stored was harmed; try again in a moment, and raise the "
    "limit of open files if this happens often.",
    503,
)
PROCESSES = Cause(
    "processes",
    "Waiting: no further process can be started. This continues by itself.",
    "The system cannot start another process. Nothing stored was harmed; try again in a "
    "moment, and raise the process limit if this happens often.",
    503,
)
ALL = (DISK, FILES, QUOTA, READ_ONLY, DATABASE, MEMORY, KILLED, OPEN_FILES, PROCESSES)
BY_CODE = {cause.code: cause for cause in ALL}
BY_ERRNO = {
    errno.ENOSPC: DISK,
    errno.EDQUOT: QUOTA,
    errno.EROFS: READ_ONLY,
    errno.ENOMEM: MEMORY,
    errno.EMFILE: OPEN_FILES,
    errno.ENFILE: OPEN_FILES,
}
WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class Room(NamedTuple):
    """Free bytes and inodes of a disk; `files` is None where there is no limit."""

    bytes: int
    files: int | None


def room(folder: Path) -> Room:
    """Measure what is free for this account on the disk of a folder; raises OSError."""
    found = os.statvfs(folder)
    # Some file systems make inodes as they go and state none.
    return Room(found.f_bavail * found.f_frsize, found.f_favail if found.f_files else None)


def is_out_of_files(folder: Path) -> bool:
    """Whether no further file can be made there, however many bytes are free."""
    for place in (folder, *folder.parents):
        try:
            return room(place).files == 0
        except FileNotFoundError:
            continue
        except OSError:
            break
    return False


def of_os_error(error: OSError, folder: Path | None = None) -> Cause | None:
    """Find the cause behind an error of the system; None where waiting would not help.

    `folder` lies on the disk that is written to; without it the error itself may name a file.
    """
    cause = BY_ERRNO.get(error.errno or 0)
    if cause is not DISK:
        return cause
    if folder is None and isinstance(error.filename, str):
        folder = Path(error.filename).parent
    return FILES if folder and is_out_of_files(folder) else DISK


def of_trial(folder: Path) -> Cause | None:
    """Find what keeps a small file from being written to a folder; None where it can be."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(TRIAL_BYTES))
    except OSError as error:
        return of_os_error(error, folder)
    return None


def of_start(error: OSError) -> Cause | None:
    """Find why a process cannot be started; None where waiting would not help."""
    return PROCESSES if error.errno == errno.EAGAIN else of_os_error(error)


def tries(error: BaseException) -> int | None:
    """Limit of further tries of work that broke off with this; None without one."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, AppError) and link.tries is not None:
            return link.tries
        link = link.__cause__
    return None


def of(error: BaseException) -> Cause | None:
    """Find the cause for which work broke off; None where waiting would not help."""
    found = None
    link: BaseException | None = error
    while link is not None and found is None:
        if isinstance(link, AppError) and link.waits_for:
            found = BY_CODE[link.waits_for]
        elif isinstance(link, MemoryError):
            found = MEMORY
        elif isinstance(link, OSError):
            found = of_os_error(link)
        elif isinstance(link, RuntimeError) and "start new thread" in str(link):
            found = PROCESSES
        link = link.__cause__
    return found
