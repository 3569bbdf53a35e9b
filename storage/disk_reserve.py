"""Disk space kept in reserve: even on a full disk, signing in and deleting must be able to write.

A file takes the space up while there is enough, and is removed when there is none left.
"""

import contextlib
import os
import shutil
from pathlib import Path

from storage.plain_files import open_to_write

SHARE_OF_FREE = 4  # of the room below which new work is refused
LOW_SHARE = 4  # of the reserve itself: less free room than this, and it is given back


class Reserve:
    """Placeholder file of `megabytes` / 4; none where no space is to be left free."""

    def __init__(self, path: Path, megabytes: float) -> None:
        self._path = path
        self._free_bytes = int(megabytes * 1024 * 1024)
        self.size = self._free_bytes // SHARE_OF_FREE

    def look(self) -> None:
        """Give the space back when the disk is full, take it up again when it is not."""
        if not self.size:
            return
        free = shutil.disk_usage(self._path.parent).free
        if free < self.size // LOW_SHARE:
            self._path.unlink(missing_ok=True)
        elif free > self._free_bytes + self.size and not self._path.exists():
            self._take()

    def _take(self) -> None:
        part = self._path.with_name(f"{self._path.name}.part")
        # Without it everything works as long as there is room.
        with contextlib.suppress(OSError):
            descriptor = open_to_write(part)
            try:
                os.posix_fallocate(descriptor, 0, self.size)
            finally:
                os.close(descriptor)
            part.replace(self._path)
