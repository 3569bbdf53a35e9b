"""Plain files, opened under their very name: neither links nor pipes.

A link in the place of a file could lead anywhere, and whoever opens a pipe waits for who writes to
it. Folders may be links, for people move them to larger disks.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

CHUNK_BYTES = 64 * 1024  # read at once
HEX = frozenset("0123456789abcdef")
WRITING = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def status_of(path: Path) -> os.stat_result | None:
    """The status of a plain file; None where there is none."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def is_plain(path: Path) -> bool:
    """Whether a plain file stands there."""
    return status_of(path) is not None


def open_plain(path: Path, *, buffering: int = -1) -> BinaryIO:
    """Open a plain file for reading; raises FileNotFoundError where anything else stands."""
    return os.fdopen(descriptor_of(path), "rb", buffering=buffering)


def descriptor_of(path: Path) -> int:
    """Open a plain file for reading, as a descriptor; raises FileNotFoundError."""
    try:
        # Without waiting: whatever was put there since it was looked at.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO):
            raise
        raise _no_file(path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_file(path)
    return descriptor


def let_group_read(descriptor: int) -> bool:
    """Let the group of an open file read it; whether it can."""
    mode = os.fstat(descriptor).st_mode
    if not mode & stat.S_IRGRP:
        try:
            os.fchmod(descriptor, stat.S_IMODE(mode) | stat.S_IRGRP)
        except OSError:
            return False
    return True


def let_group_pass(folder: Path) -> None:
    """Let the group of a folder reach what it can name there; raises OSError."""
    mode = folder.stat().st_mode
    if not mode & stat.S_IXGRP:
        folder.chmod(stat.S_IMODE(mode) | stat.S_IXGRP)


def open_to_write(path: Path) -> int:
    """Open a plain file for reading and writing, made with mode 0600 where needed.

    A link or a pipe that stands there is removed; what it leads to is left alone.
    """
    while True:
        try:
            descriptor = os.open(path, WRITING, 0o600)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
        else:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return descriptor
            os.close(descriptor)
        # Only what was seen to be no file is removed: one that another thread has just made stays.
        path.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file's content by one rename; empty content removes the file."""
    if not content:
        path.unlink(missing_ok=True)
        return
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(open_to_write(part), "wb") as file:
        file.truncate()
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def sha256_of(file: BinaryIO) -> str:
    """The SHA-256 of what is left to read of a file, in hex."""
    readable = cast("BufferedReader", file)  # whose `readinto` a BinaryIO does not promise
    return hashlib.file_digest(readable, "sha256").hexdigest()


def reserve(file: BinaryIO, size: int) -> None:
    """Reserve `size` bytes on the disk for a file, where its file system can; raises OSError."""
    try:
        os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
            raise


def sync(path: Path | str) -> None:
    """Return when a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def in_rooms(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield the plain files of that suffix in the folders of two hex digits below `folder`.

    Where `folder` is a link others may have files there: only what is named by a hash is ours. One
    may be gone at any moment.
    """
    is_elsewhere = folder.is_symlink()
    for room in _inside(folder):
        if len(room.name) != 2 or not HEX.issuperset(room.name) or room.is_symlink():
            continue
        for path in _inside(room):
            stem = path.name.removesuffix(suffix)
            is_named = stem != path.name and (not is_elsewhere or HEX.issuperset(stem))
            if is_named and is_plain(path):
                yield path


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _no_file(path: Path) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
