"""Audio on disk: names that the server made, growing files, whole ones, and bought segments.

A file grows as NAME.part, takes its name by one rename when it is whole, and leaves through
NAME.deleted, so that a kill at any instant leaves something that `reconcile` can put right.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from common import transient_causes
from common.errors import Sentence, Told
from storage.plain_files import (
    descriptor_of,
    in_rooms,
    is_plain,
    open_plain,
    open_to_write,
    reserve,
    status_of,
    sync,
    write_whole,
)

NAME = re.compile(r"[^\x00-\x1f/\\.][^\x00-\x1f/\\]{0,250}")
PART, DELETED = ".part", ".deleted"
# What a kill leaves: of names that people brought along too, and of names that we made, which is
# all that is ours where the folder is a link to one that others may use.
LEFT = re.compile(r".+\.mp3(\.part|(\.part)?\.deleted)")
LEFT_ELSEWHERE = re.compile(r"\d{8}-[0-9a-f]{16}\.mp3(\.part|(\.part)?\.deleted)")
PIECE = 64 * 1024


class AudioError(Told):
    """The sound cannot be read or written; `sentence` says why."""

    status = 500


class NoSuchAudio(AudioError):
    """There is no such file on disk."""

    status = 404


class NoSpace(AudioError):
    """The disk is full, or nearly, or takes nothing more for another cause."""

    status = 507
    waits_for = transient_causes.DISK.code


def make_filename(now: float | None = None) -> str:
    """A new name for an MP3, from the day and chance alone."""
    day = time.strftime("%Y%m%d", time.gmtime(now))
    return f"{day}-{secrets.token_hex(8)}.mp3"


class AudioStore:
    """All sound below one folder; nothing outside it can be named."""

    def __init__(self, folder: Path, *, min_free_mb: float = 0):
        self.folder = Path(folder)
        self.min_free_bytes = int(min_free_mb * 1024 * 1024)
        self.when_deleted: Callable[[str], object] = lambda filename: None

    # Whole files

    def path(self, filename: str) -> Path:
        """Where a whole file stands, for another program to read."""
        return self._path(filename)

    def size(self, filename: str) -> int | None:
        """Bytes of a whole file, or None."""
        try:
            status = status_of(self._path(filename))
        except NoSuchAudio:
            return None
        return None if status is None else status.st_size

    def growing_path(self, filename: str) -> Path:
        """Where a file grows, for a copy of what it has so far."""
        return self._path(filename, PART)

    def names(self) -> list[str]:
        """All whole files, whether a row knows them or not."""
        return sorted(
            path.name
            for path in self.folder.glob("*")
            if not path.name.endswith((PART, DELETED)) and is_plain(path)
        )

    def open(self, filename: str) -> BinaryIO:
        """A whole file for reading; raises NoSuchAudio."""
        try:
            return open_plain(self._path(filename))
        except FileNotFoundError:
            raise NoSuchAudio("The sound of this file is missing on the disk.") from None

    def read_range(self, filename: str, start: int, length: int) -> bytes:
        """`length` bytes from `start` in one read; raises NoSuchAudio."""
        try:
            descriptor = descriptor_of(self._path(filename))
        except FileNotFoundError:
            raise NoSuchAudio("The sound of this file is missing on the disk.") from None
        try:
            return os.pread(descriptor, length, start)
        finally:
            os.close(descriptor)

    def pieces(self, filename: str, prefix: bytes) -> Iterator[bytes]:
        """A whole file with something in front, piece by piece; raises NoSuchAudio at once."""
        file = self.open(filename)

        def read() -> Iterator[bytes]:
            with file:
                yield prefix
                while piece := file.read(PIECE):
                    yield piece

        return read()

    def adopt(self, source: Path, filename: str, *, link: bool = False) -> tuple[int, str]:
        """Take in a file from elsewhere by copy or hard link; returns its size and SHA-256."""
        target = self._path(filename)
        part = self._path(filename, PART)
        digest = hashlib.sha256()
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        if link:
            os.link(source, part)
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256")
        else:
            with source.open("rb") as reading, naming_full_disk(), part.open("xb") as writing:
                while piece := reading.read(1024 * 1024):
                    digest.update(piece)
                    writing.write(piece)
                writing.flush()
                os.fsync(writing.fileno())
        size = part.stat().st_size
        part.replace(target)
        sync(self.folder)
        return size, digest.hexdigest()

    def splice(
        self, filename: str, start: int, end: int, new: bytes, *, head: bytes
    ) -> tuple[int, str]:
        """Make the growing file of a whole one: its first bytes `head`, and `new` in the place of
        those from `start` up to `end`. It is on the disk then; returns its size and SHA-256.
        """
        digest = hashlib.sha256()
        with self.open(filename) as old, self.write_part(filename, 0) as part:
            for first, last, piece in (
                (0, 0, head), (len(head), start, new), (end, self.size(filename), b"")
            ):  # fmt: skip
                for copied in (*_pieces(old, first, last), piece):
                    digest.update(copied)
                    part.write(copied)
            part.sync()
            return part.size, digest.hexdigest()

    # Growing files

    def write_part(self, filename: str, keep_bytes: int) -> "GrowingFile":
        """Open the growing file, cut to its first `keep_bytes`."""
        return GrowingFile(self._path(filename, PART), keep_bytes)

    def part_size(self, filename: str) -> int:
        """Bytes of the growing file; 0 when there is none."""
        status = status_of(self._path(filename, PART))
        return 0 if status is None else status.st_size

    def finish(self, filename: str) -> None:
        """Give the growing file, already on the disk, its name; raises NoSuchAudio, NoSpace."""
        try:
            with naming_full_disk(self.folder):
                self._path(filename, PART).replace(self._path(filename))
        except FileNotFoundError:
            raise NoSuchAudio("The growing file is gone.") from None
        sync(self.folder)

    def open_growing(self, filename: str) -> BinaryIO:
        """The growing file, or the whole one that it has become; raises NoSuchAudio."""
        for suffix in (PART, ""):
            with contextlib.suppress(FileNotFoundError):
                return open_plain(self._path(filename, suffix), buffering=0)
        raise NoSuchAudio("The sound of this file is missing on the disk.")

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
                while file is not None and (piece := file.read(PIECE)):
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
                with contextlib.suppress(FileNotFoundError), naming_full_disk():
                    path.rename(path.with_name(path.name + DELETED))
                    moved.append(path)
            forget()
        except BaseException:
            for path in moved:
                path.with_name(path.name + DELETED).rename(path)
            raise
        for path in moved:
            path.with_name(path.name + DELETED).unlink(missing_ok=True)
        for name in filenames:
            self.when_deleted(name)

    def reconcile(self, find: Callable[[str], dict | None]) -> list[str]:
        """Put right what a kill left behind; returns whole files that no row knows (kept).

        `find` gives the status and sha256 of the row that knows a name, or None.
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

    def _settle_part(self, part: Path, row: dict | None) -> None:
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
                Sentence(
                    "The disk is nearly full ({megabytes} MB free). Nothing stored was harmed; "
                    "free some space, then try again.",
                    megabytes=room.bytes // 1_000_000,
                )
            )

    def _path(self, filename: str, suffix: str = "") -> Path:
        if not NAME.fullmatch(filename) or filename.endswith((PART, DELETED)):
            raise NoSuchAudio("There is no such file in your library.")
        return self.folder / (filename + suffix)


class GrowingFile:
    """The .part of a file: appended to, cut, patched at its head, made durable."""

    def __init__(self, path: Path, keep_bytes: int):
        self._folder = path.parent
        with naming_full_disk(self._folder):
            self._file = os.fdopen(open_to_write(path), "r+b", buffering=0)
            self.cut(keep_bytes)

    def cut(self, keep_bytes: int) -> None:
        """Drop everything after the first `keep_bytes`."""
        self._file.truncate(keep_bytes)
        self._file.seek(keep_bytes)
        self.size = keep_bytes

    def write(self, data: bytes) -> None:
        """Append; raises NoSpace when the disk is full."""
        view = memoryview(data)
        with naming_full_disk(self._folder):
            while view:
                written = self._file.write(view)
                self.size += written
                view = view[written:]

    def replace_head(self, data: bytes) -> None:
        """Write over the first bytes; raises NoSpace where the disk wants room for that, too."""
        with naming_full_disk(self._folder):
            os.pwrite(self._file.fileno(), data, 0)

    def digest(self) -> str:
        """The SHA-256 of the whole content, in hex."""
        self._file.seek(0)
        return hashlib.file_digest(self._file, "sha256").hexdigest()

    def reader(self) -> BinaryIO:
        """The same file from its start."""
        self._file.seek(0)
        return self._file

    def sync(self) -> None:
        """Return when the bytes are on the disk."""
        with naming_full_disk(self._folder):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "GrowingFile":
        return self

    def __exit__(self, *details) -> None:
        self.close()


class SegmentStore:
    """Sound that was paid for, by the hash of all that made it: raw samples, one file each.

    Beside it may lie a note: what is known of the purchase, as bytes of the caller's own.
    """

    SUFFIX = ".pcm"
    NOTE = ".json"

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def has(self, content_hash: str) -> bool:
        return is_plain(self._path(content_hash))

    def read(self, content_hash: str) -> Iterator[bytes]:
        """The samples, in pieces."""
        with open_plain(self._path(content_hash)) as file:
            while piece := file.read(PIECE):
                yield piece

    def note(self, content_hash: str) -> bytes:
        """What was noted beside the samples; empty where nothing was."""
        try:
            with open_plain(self._note_path(content_hash)) as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def keep(self, content_hash: str, pieces: Iterable[bytes]) -> int:
        """Write the samples durably under their hash; returns the size in bytes."""
        with self.alone_with(content_hash) as keep:
            return keep(pieces)

    @contextlib.contextmanager
    def alone_with(
        self, content_hash: str, note: Callable[[], bytes] = bytes, *, paid_bytes: int = 0
    ) -> Iterator[Callable[[Iterable[bytes]], int]]:
        """Have a hash to oneself among all threads and processes, until the block is left.

        Others wait; they go on at once when the process that has it dies. Yields what writes the
        samples durably under the hash, at most once, and returns their size in bytes. `note` is
        asked after the last of the samples; what it gives is kept beside them, unless empty.
        Room for `paid_bytes`, the most that may be paid for, is reserved first; raises NoSpace.
        """
        path = self._path(content_hash)
        part = path.with_name(path.name + PART)
        with naming_full_disk(self.folder):
            for folder in (self.folder, path.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
        with naming_full_disk(path.parent), _open_alone(part) as file:

            def keep(pieces: Iterable[bytes]) -> int:
                with naming_full_disk(
                    path.parent, transient_causes.PAID_TRIES if paid_bytes else None
                ):
                    file.writelines(pieces)
                    file.truncate()  # what is left of the reserved room, or a kill left there
                    file.flush()
                    os.fsync(file.fileno())
                    write_whole(self._note_path(content_hash), note())
                    part.replace(path)
                    sync(path.parent)
                    return file.tell()

            try:
                if paid_bytes and not self.has(content_hash):
                    reserve(file, paid_bytes)
                yield keep
            finally:
                if _is_at(file, part):
                    part.unlink()

    def size(self, content_hash: str) -> int:
        return self._path(content_hash).stat().st_size

    def drop(self, content_hash: str) -> None:
        self._path(content_hash).unlink(missing_ok=True)
        self._note_path(content_hash).unlink(missing_ok=True)

    def is_being_kept(self, content_hash: str) -> bool:
        """Whether somebody has the hash to himself, to write its samples."""
        path = self._path(content_hash)
        return path.with_name(path.name + PART).exists()

    def copy(self, source: str, target: str) -> None:
        """Keep the same samples under another hash, in the same place on the disk if possible.

        Raises FileNotFoundError where there are none.
        """
        note = self.note(source)
        with naming_full_disk():
            self._path(target).parent.mkdir(mode=0o700, exist_ok=True)
            try:
                os.link(self._path(source), self._path(target))
            except FileExistsError:
                return
            except OSError:  # not every file system has links
                self.keep(target, self.read(source))
            write_whole(self._note_path(target), note)
            sync(self._path(target).parent)

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every piece: its content hash and where it stands; one may be gone at any moment."""
        for path in in_rooms(self.folder, self.SUFFIX):
            yield path.name.removesuffix(self.SUFFIX), path

    def sweep(self) -> None:
        """Remove pieces that a kill left unfinished, and none that is being written."""
        for suffix in (self.SUFFIX, self.NOTE):
            for part in in_rooms(self.folder, suffix + PART):
                with (
                    contextlib.suppress(FileNotFoundError, BlockingIOError),
                    open_plain(part) as file,
                ):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if _is_at(file, part):
                        part.unlink()

    def _path(self, content_hash: str) -> Path:
        return self.folder / content_hash[:2] / f"{content_hash}{self.SUFFIX}"

    def _note_path(self, content_hash: str) -> Path:
        return self._path(content_hash).with_suffix(self.NOTE)


class PreviewStore(SegmentStore):
    """The sentences that voices introduce themselves with, as MP3, the same for everybody; by the
    hash of all that made them. The oldest make room.
    """

    SUFFIX = ".sample"
    EARLIER = ".mp3"  # of releases that kept people's own sentences beside them

    def __init__(self, folder: Path, limit_bytes: int = 64 * 1024 * 1024):
        super().__init__(folder)
        self.limit_bytes = limit_bytes

    def read_whole(self, content_hash: str) -> bytes | None:
        """The sample, or None where it is not kept."""
        try:
            with open_plain(self._path(content_hash)) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def keep(self, content_hash: str, pieces: Iterable[bytes]) -> int:
        """Write the sample durably under its hash; returns the size in bytes."""
        size = super().keep(content_hash, pieces)
        self._make_room()
        return size

    def sweep(self) -> None:
        """Remove what a kill left unfinished, and what may hold sentences of people's own."""
        super().sweep()
        for path in self.folder.glob(f"*/*{self.EARLIER}"):
            path.unlink(missing_ok=True)

    def total_size(self) -> int:
        """Bytes of all samples together."""
        return sum(size for _, _, size in self._samples())

    def _samples(self) -> list[tuple[int, Path, int]]:
        found = []
        for path in in_rooms(self.folder, self.SUFFIX):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                found.append((status.st_mtime_ns, path, status.st_size))
        return found

    def _make_room(self) -> None:
        found = self._samples()
        excess = sum(size for _, _, size in found) - self.limit_bytes
        for _, path, size in sorted(found):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size


class TakeStore(SegmentStore):
    """Frames that a retake replaced, by their own hash."""

    SUFFIX = ".frames"

    def read_whole(self, content_hash: str) -> bytes:
        """All frames of a take; raises NoSuchAudio."""
        try:
            return b"".join(self.read(content_hash))
        except FileNotFoundError:
            raise NoSuchAudio("The sound of this take is missing on the disk.") from None

    def sweep(self, is_wanted: Callable[[str], bool]) -> None:
        """Remove what no take refers to any more, and what a kill left unfinished."""
        super().sweep()
        for path in in_rooms(self.folder, self.SUFFIX):
            if not is_wanted(path.name.removesuffix(self.SUFFIX)):
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def _open_alone(path: Path) -> Iterator[BinaryIO]:
    """A file open for writing and locked, while it has this name."""
    while True:
        with os.fdopen(open_to_write(path), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, path):  # else whoever had it before has renamed or removed it
                yield file
                return


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False


def _digest(path: Path) -> str:
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (piece := file.read(min(16 * PIECE, end - start))):
        start += len(piece)
        yield piece


@contextlib.contextmanager
def naming_full_disk(folder: Path | None = None, tries: int | None = None) -> Iterator[None]:
    """Turn the system's error for a disk that takes nothing more into NoSpace."""
    try:
        yield
    except OSError as error:
        if error.errno not in transient_causes.WRITING:
            raise
        raise no_space(transient_causes.of_os_error(error, folder), tries) from error


def no_space(cause: transient_causes.Cause, tries: int | None = None) -> NoSpace:
    """What is raised where a disk takes nothing more, named for what it is."""
    error = NoSpace(cause.refusal)
    error.waits_for, error.status, error.tries = cause.code, cause.status, tries
    return error
