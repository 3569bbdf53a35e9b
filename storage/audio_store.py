"""Audio files on disk: names that the server made, whole files, growing ones, and how they leave.

A file grows as NAME.part, takes its name by one rename when it is whole, and leaves through
NAME.deleted, so that a kill at any instant leaves something that `reconcile` can put right.
"""

import contextlib
import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TypedDict

from common import transient_causes
from common.errors import Message
from storage.audio_errors import NoSpace, NoSuchAudio, no_space, translating_disk_full
from storage.growing_file import PART, GrowingFile
from storage.plain_files import (
    CHUNK_BYTES,
    is_plain,
    open_plain,
    sha256_of,
    status_of,
    sync,
)

log = logging.getLogger("voiceverse.audio_store")

NAME = re.compile(r"[^\x00-\x1f/\\.][^\x00-\x1f/\\]{0,250}")
DELETED = ".deleted"
# What a kill leaves: of names that people brought along too, and of names that we made, which is
# all that is ours where the folder is a link to one that others may use.
LEFT = re.compile(r".+\.mp3(\.part|(\.part)?\.deleted)")
LEFT_ELSEWHERE = re.compile(r"\d{8}-[0-9a-f]{16}\.mp3(\.part|(\.part)?\.deleted)")


class FileState(TypedDict):
    """What the disk's upkeep must know of a file."""

    status: str
    sha256: str | None


def make_filename(now: float | None = None) -> str:
    """Make a new name for an MP3, from the day and chance alone."""
    day = time.strftime("%Y%m%d", time.gmtime(now))
    return f"{day}-{secrets.token_hex(8)}.mp3"


class AudioStore:
    """Audio files below one folder; nothing outside it can be named."""

    def __init__(self, folder: Path, *, min_free_mb: float = 0):
        self.folder = Path(folder)
        self.min_free_bytes = int(min_free_mb * 1024 * 1024)
        self.when_deleted: Callable[[str], object] = lambda filename: None

    # Whole files

    def path(self, filename: str) -> Path:
        """Path of a whole file, for another program to read."""
        return self._path(filename)

    def size(self, filename: str) -> int | None:
        """Bytes of a whole file, or None."""
        try:
            status = status_of(self._path(filename))
        except NoSuchAudio:
            return None
        return None if status is None else status.st_size

    def growing_path(self, filename: str) -> Path:
        """Path of a growing file, for a copy of what it has so far."""
        return self._path(filename, PART)

    def names(self) -> list[str]:
        """List the names of all whole files, whether a row knows them or not."""
        return sorted(
            path.name
            for path in self.folder.glob("*")
            if not path.name.endswith((PART, DELETED)) and is_plain(path)
        )

    def open(self, filename: str, *, buffering: int = -1) -> BinaryIO:
        """Open a whole file for reading; raises NoSuchAudio."""
        try:
            return open_plain(self._path(filename), buffering=buffering)
        except FileNotFoundError:
            raise NoSuchAudio("The audio file of this piece is missing on the disk.") from None

    def pieces(self, filename: str, prefix: bytes) -> Iterator[bytes]:
        """Yield `prefix` and a whole file in pieces; raises NoSuchAudio at once."""
        file = self.open(filename)

        def read() -> Iterator[bytes]:
            with file:
                yield prefix
                while piece := file.read(CHUNK_BYTES):
                    yield piece

        return read()

    def adopt(self, source: Path, filename: str, *, link: bool = False) -> tuple[int, str]:
        """Import a file by copy or hard link; returns its size in bytes and SHA-256."""
        part = self._path(filename, PART)
        digest = hashlib.sha256()
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        if link:
            os.link(source, part)
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256")
        else:
            with source.open("rb") as reading, translating_disk_full(), part.open("xb") as writing:
                while piece := reading.read(1024 * 1024):
                    digest.update(piece)
                    writing.write(piece)
                writing.flush()
                os.fsync(writing.fileno())
        size = part.stat().st_size
        self._name(filename)
        return size, digest.hexdigest()

    def splice(
        self, filename: str, start: int, end: int, new: bytes, *, head: bytes
    ) -> tuple[int, str]:
        """Write the growing file of a whole one, with its first bytes replaced by `head` and those
        from `start` up to `end` by `new`, durably; returns its size in bytes and SHA-256.
        """
        digest = hashlib.sha256()
        with self.open(filename) as old, self.write_part(filename, 0) as part:
            for first, last, piece in (
                (0, 0, head), (len(head), start, new), (end, self.size(filename) or 0, b"")
            ):  # fmt: skip
                for copied in (*_pieces(old, first, last), piece):
                    digest.update(copied)
                    part.write(copied)
            part.sync()
            return part.size, digest.hexdigest()

    # Growing files

    def write_part(self, filename: str, keep_bytes: int) -> GrowingFile:
        """Open the growing file, cut to its first `keep_bytes`."""
        return GrowingFile(self._path(filename, PART), keep_bytes)

    def part_size(self, filename: str) -> int:
        """Bytes of the growing file; 0 when there is none."""
        status = status_of(self._path(filename, PART))
        return 0 if status is None else status.st_size

    def finish(self, filename: str) -> None:
        """Give the growing file, already on the disk, its name; raises NoSuchAudio, NoSpace."""
        try:
            with translating_disk_full(self.folder):
                self._name(filename)
        except FileNotFoundError:
            raise NoSuchAudio("The unfinished audio no longer exists.") from None

    def open_growing(self, filename: str) -> BinaryIO:
        """Open the growing file, or the whole one that it has become; raises NoSuchAudio."""
        for suffix in (PART, ""):
            with contextlib.suppress(FileNotFoundError):
                return open_plain(self._path(filename, suffix), buffering=0)
        raise NoSuchAudio("The audio file of this piece is missing on the disk.")

    def follow(
        self,
        filename: str,
        is_done: Callable[[], bool],
        place_in: Callable[[BinaryIO], int] = lambda _: 0,
    ) -> Iterator[bytes]:
        """Yield a file as it grows, until it is whole or `is_done()`.

        It begins at the byte that `place_in(file)` says, which may still have to be written.
        `is_done` is asked about every half second; between, only the disk is looked at.
        """
        file, pause_s, asked_at = None, 0.002, time.monotonic()
        longest_pause_s = 0.01  # the first sound is waited for; what follows plays meanwhile
        try:
            while True:
                ending = False
                if time.monotonic() - asked_at > 0.5:
                    asked_at, ending = time.monotonic(), is_done()
                ending = ending or (file is not None and self.size(filename) is not None)
                if file is None:
                    with contextlib.suppress(NoSuchAudio):  # it is still to come
                        file = self.open_growing(filename)
                        file.seek(place_in(file))
                while file is not None and (piece := file.read(CHUNK_BYTES)):
                    yield piece
                    pause_s, longest_pause_s = 0.005, 0.05
                if ending:
                    return
                time.sleep(pause_s)
                pause_s = min(pause_s * 1.3, longest_pause_s)
        finally:
            if file is not None:
                file.close()

    # Leaving

    def delete(self, filename: str, forget: Callable[[], object]) -> None:
        """Remove a file together with its row: `forget` commits in between.

        A failure there puts the sound back; a kill leaves it to `reconcile`.
        """
        self.delete_all([filename], forget)

    def delete_all(self, filenames: Iterable[str], forget: Callable[[], object]) -> None:
        """Remove files together with their rows, all or none: `forget` commits in between."""
        moved, filenames = [], list(filenames)
        try:
            for path in (self._path(name, end) for name in filenames for end in ("", PART)):
                with contextlib.suppress(FileNotFoundError), translating_disk_full():
                    path.rename(path.with_name(path.name + DELETED))
                    moved.append(path)
            forget()
        except BaseException:
            for path in moved:
                path.with_name(path.name + DELETED).rename(path)
            raise
        for path in moved:
            try:
                path.with_name(path.name + DELETED).unlink(missing_ok=True)
            except OSError as error:  # the rows are gone; `reconcile` tries it again
                log.warning("%s cannot be removed yet: %s", path.name, error.strerror)
        for name in filenames:
            self.when_deleted(name)

    def reconcile(self, find: Callable[[str], FileState | None]) -> list[str]:
        """Put right what a kill left behind; returns whole files that no row knows (kept).

        `find` gives the state of the row that knows a name, or None.
        """
        unknown, ours = [], LEFT_ELSEWHERE if self.folder.is_symlink() else LEFT
        for path in sorted(self.folder.iterdir()):
            name = path.name.removesuffix(DELETED).removesuffix(PART)
            row = find(name)
            if not is_plain(path) or (row is None and not ours.fullmatch(path.name)):
                if row is None:
                    unknown.append(path.name)
            elif path.name.endswith(DELETED):
                if row:
                    path.rename(path.with_name(path.name.removesuffix(DELETED)))
                else:
                    path.unlink()
            elif path.name.endswith(PART):
                self._settle_part(path, row)
        return unknown

    def _settle_part(self, part: Path, row: FileState | None) -> None:
        """A growing file stays with its unfinished row, and takes its name where a change of a
        finished file was recorded but for that."""
        if row and row["status"] != "ready":
            return
        if row and _digest(part) == row["sha256"]:
            part.replace(part.with_name(part.name.removesuffix(PART)))
        else:
            part.unlink()

    # Space

    def check_space(self, needed_bytes: int = 0, folder: Path | None = None) -> None:
        """Raise NoSpace when `needed_bytes` more would leave less than the reserve.

        `folder` is one that may be on another disk.
        """
        self._check_room(folder, needed_bytes + self.min_free_bytes, transient_causes.FEW_FILES)

    def check_reserve(self) -> None:
        """Raise NoSpace when work under way has eaten half the reserve that others need."""
        self._check_room(None, self.min_free_bytes // 2, transient_causes.FEW_FILES // 2)

    def _check_room(self, folder: Path | None, needed_bytes: int, needed_files: int) -> None:
        room = transient_causes.room(folder or self.folder)
        if room.files is not None and room.files < needed_files:
            raise no_space(transient_causes.FILES)
        if room.bytes < needed_bytes:
            raise NoSpace(
                Message(
                    "The disk is nearly full ({megabytes} MB free). Nothing stored was harmed; "
                    "free some space, then try again.",
                    megabytes=room.bytes // 1_000_000,
                )
            )

    def _name(self, filename: str) -> None:
        """Give the growing file its name, durably; where that fails, take it back.

        A row is only finished afterwards. What took an older file's place stays.
        """
        part, target = self._path(filename, PART), self._path(filename)
        is_new = status_of(target) is None
        part.replace(target)
        try:
            sync(self.folder)
        except OSError:
            if is_new:
                target.replace(part)
            raise

    def _path(self, filename: str, suffix: str = "") -> Path:
        if not NAME.fullmatch(filename) or filename.endswith((PART, DELETED)):
            raise NoSuchAudio("There is no such piece in your library.")
        return self.folder / (filename + suffix)


def _digest(path: Path) -> str:
    with open_plain(path) as file:
        return sha256_of(file)


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (piece := file.read(min(16 * CHUNK_BYTES, end - start))):
        start += len(piece)
        yield piece
