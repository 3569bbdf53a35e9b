"""Bought segments, previews of voices and replaced frames on disk, by the hash of what made them.

A file is written under a lock as HASH.part and takes its name by one rename when it is whole.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from common import transient_causes
from storage.audio_errors import NoSuchAudio, translating_disk_full
from storage.growing_file import PART
from storage.plain_files import (
    CHUNK_BYTES,
    in_rooms,
    is_plain,
    open_plain,
    open_to_write,
    reserve,
    sync,
    write_whole,
)


class SegmentStore:
    """Cache of bought segments, by the hash of all that made them: raw samples, one file each.

    Beside it may lie a note: what is known of the purchase, as bytes of the caller's own.
    """

    SUFFIX = ".pcm"
    NOTE = ".json"

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def has(self, content_hash: str) -> bool:
        """Whether the samples of the hash are cached."""
        return is_plain(self._path(content_hash))

    def read(self, content_hash: str) -> Iterator[bytes]:
        """Yield the samples in pieces; raises FileNotFoundError."""
        with open_plain(self._path(content_hash)) as file:
            while piece := file.read(CHUNK_BYTES):
                yield piece

    def note(self, content_hash: str) -> bytes:
        """Read the note beside the samples; empty where there is none."""
        try:
            with open_plain(self._note_path(content_hash)) as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def write(self, content_hash: str, pieces: Iterable[bytes]) -> int:
        """Write the samples durably under their hash; returns the size in bytes."""
        with self.exclusive_writer(content_hash) as write:
            return write(pieces)

    @contextlib.contextmanager
    def exclusive_writer(
        self, content_hash: str, note: Callable[[], bytes] = bytes, *, paid_bytes: int = 0
    ) -> Iterator[Callable[[Iterable[bytes]], int]]:
        """Lock a hash among all threads and processes, until the block is left.

        Others wait; they go on at once when the process that has it dies. Yields a function that
        writes samples durably under the hash, at most once, and returns their size in bytes. `note`
        is asked after the last of them; what it gives is kept beside them, unless empty.
        Room for `paid_bytes`, the most that may be paid for, is reserved first; raises NoSpace.
        """
        path = self._path(content_hash)
        part = path.with_name(path.name + PART)
        with translating_disk_full(self.folder):
            for folder in (self.folder, path.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
        with translating_disk_full(path.parent), _open_locked(part) as file:

            def write(pieces: Iterable[bytes]) -> int:
                with translating_disk_full(
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
                yield write
            finally:
                if _is_at(file, part):
                    part.unlink()

    def size(self, content_hash: str) -> int:
        """Size of the samples in bytes; raises FileNotFoundError."""
        return self._path(content_hash).stat().st_size

    def drop(self, content_hash: str) -> None:
        """Remove the samples and their note, if they are there."""
        self._path(content_hash).unlink(missing_ok=True)
        self._note_path(content_hash).unlink(missing_ok=True)

    def is_being_written(self, content_hash: str) -> bool:
        """Whether the samples of the hash are being written."""
        path = self._path(content_hash)
        return path.with_name(path.name + PART).exists()

    def copy(self, source: str, target: str) -> None:
        """Store the same samples under another hash, by a hard link if possible.

        Raises FileNotFoundError where there are none.
        """
        note = self.note(source)
        with translating_disk_full():
            self._path(target).parent.mkdir(mode=0o700, exist_ok=True)
            try:
                os.link(self._path(source), self._path(target))
            except FileExistsError:
                return
            except OSError:  # not every file system has links
                self.write(target, self.read(source))
            write_whole(self._note_path(target), note)
            sync(self._path(target).parent)

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield each segment's content hash and path; one may be gone at any moment."""
        for path in in_rooms(self.folder, self.SUFFIX):
            yield path.name.removesuffix(self.SUFFIX), path

    def sweep(self) -> None:
        """Remove segments that a kill left unfinished, and none that is being written."""
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
    """Cache of voice previews as MP3, the same for all users, by the hash of all that made them.

    Beyond `limit_bytes` the oldest are removed.
    """

    SUFFIX = ".sample"
    EARLIER = ".mp3"  # of releases that kept people's own sentences beside them

    def __init__(self, folder: Path, limit_bytes: int = 64 * 1024 * 1024):
        super().__init__(folder)
        self.limit_bytes = limit_bytes

    def read_whole(self, content_hash: str) -> bytes | None:
        """Read a preview; None where it is not cached."""
        try:
            with open_plain(self._path(content_hash)) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def write(self, content_hash: str, pieces: Iterable[bytes]) -> int:
        """Write a preview durably under its hash and drop the oldest; returns its size in bytes."""
        size = super().write(content_hash, pieces)
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
    """Store of the MP3 frames that a retake replaced, by their own hash."""

    SUFFIX = ".frames"

    def read_whole(self, content_hash: str) -> bytes:
        """Read all frames of a take; raises NoSuchAudio."""
        try:
            return b"".join(self.read(content_hash))
        except FileNotFoundError:
            raise NoSuchAudio("The audio of this take is missing on the disk.") from None

    def sweep(  # type: ignore[override]  # nobody sweeps takes as if they were bought segments
        self, is_wanted: Callable[[str], bool]
    ) -> None:
        """Remove what no take refers to any more, and what a kill left unfinished."""
        super().sweep()
        for path in in_rooms(self.folder, self.SUFFIX):
            if not is_wanted(path.name.removesuffix(self.SUFFIX)):
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def _open_locked(path: Path) -> Iterator[BinaryIO]:
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
