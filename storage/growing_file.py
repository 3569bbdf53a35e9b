"""Growing audio files, as NAME.part: appended to, cut, patched at their head, made durable."""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from storage.audio_errors import translating_disk_full
from storage.plain_files import open_to_write

PART = ".part"


class GrowingFile:
    """Growing file NAME.part: appended to, cut, patched at its head, made durable."""

    def __init__(self, path: Path, keep_bytes: int):
        self._folder = path.parent
        with translating_disk_full(self._folder):
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
        with translating_disk_full(self._folder):
            while view:
                written = self._file.write(view)
                self.size += written
                view = view[written:]

    def replace_head(self, data: bytes) -> None:
        """Write over the first bytes; raises NoSpace where the disk wants room for that, too."""
        with translating_disk_full(self._folder):
            os.pwrite(self._file.fileno(), data, 0)

    def digest(self) -> str:
        """The SHA-256 of the whole content, in hex."""
        self._file.seek(0)
        return hashlib.file_digest(self._file, "sha256").hexdigest()

    def reader(self) -> BinaryIO:
        """Return the open file, at its start."""
        self._file.seek(0)
        return self._file

    def sync(self) -> None:
        """Return when the bytes are on the disk."""
        with translating_disk_full(self._folder):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; it stays as it is."""
        self._file.close()

    def __enter__(self) -> "GrowingFile":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()
