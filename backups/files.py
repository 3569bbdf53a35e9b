"""File operations of backups: linking where the disk can, copying, hashing, syncing."""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from backups.errors import BackupError, NotEnoughSpace
from storage.plain_files import is_plain, sync

PIECE = 1024 * 1024
UNFINISHED = re.compile(r"\.(new|scratch|later|[0-9a-f]{16}|.+\.[0-9a-f]{8})\.part")
# Made once and never written again: a link shows the same bytes for ever.
CANNOT_LINK = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES, errno.ENOSYS)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take(source: Path, target: Path) -> None:
    """Link or copy a finished file, which is never written to again, to another name: mode 0600.

    A hard link where the disk allows, else a copy; FileNotFoundError when it is gone.
    """
    make_folder(target.parent)
    target.unlink(missing_ok=True)
    try:
        os.link(source.resolve() if source.is_symlink() else source, target)
    except OSError as error:
        if error.errno not in CANNOT_LINK:
            raise
        copy(source, target)
    else:
        target.chmod(0o600)


def copy(source: Path, target: Path, length: int | None = None) -> None:
    """Write a durable copy, mode 0600, of a file or of its first `length` bytes."""
    make_folder(target.parent)
    target.unlink(missing_ok=True)
    left = length
    with source.open("rb") as reading, _new(target) as writing:
        while left != 0 and (piece := reading.read(PIECE if left is None else min(PIECE, left))):
            writing.write(piece)
            left = None if left is None else left - len(piece)
        writing.flush()
        os.fsync(writing.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place by one rename, mode 0600, when it is on the disk."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with _new(part) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, mode 0700, with those above it."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def can_link(source: Path, target: Path) -> bool:
    """Whether files of one folder, which is only read, can stand in the other without a copy."""
    some = next((path for path in source.iterdir() if is_plain(path)), None)
    if some is None:
        return True  # there is nothing to be copied
    link = target / f".{secrets.token_hex(8)}.part"
    try:
        os.link(some, link)
    except OSError:
        return False
    finally:
        link.unlink(missing_ok=True)
    return True


def walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield all files below a folder: the relative name and the path."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix(), path


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder that others may be changing."""
    total = 0
    for _, path in walk(folder):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def sync_all(folder: Path) -> None:
    """Make sure that the names in a folder and below it are on the disk."""
    for path in (*(each for each in folder.rglob("*") if each.is_dir()), folder):
        sync(path)


def remove(folder: Path) -> None:
    """Remove a folder; its name goes first, so that what a kill leaves passes for nothing."""
    hidden = folder
    if not folder.name.endswith(".part"):
        hidden = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        folder.rename(hidden)
    shutil.rmtree(hidden, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what a kill left unfinished; for when nothing is being made there."""
    for part in folder.glob(".*.part"):
        if not UNFINISHED.fullmatch(part.name):
            continue  # somebody else's, where the folder is a link
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def translating_os_errors(what: str) -> Iterator[None]:
    """Turn the system's errors into ours; `what` begins the sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NotEnoughSpace(
                "The disk is full. Nothing stored was harmed; free some space, then try again."
            ) from error
        reason = error.strerror or str(error)
        name = f" ({error.filename})" if error.filename else ""
        raise BackupError(f"{what}: {reason}{name}. Nothing stored was harmed.") from error


@contextlib.contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
