"""Exports on disk: names that the server made, whole files only."""

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from common import transient_causes
from common.errors import Message
from storage.audio_errors import NoSpace, NoSuchAudio, no_space, translating_disk_full
from storage.plain_files import is_plain, open_plain, open_to_write, sync

NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{16}\.[a-z0-9]{2,5}")
PART = ".part"


class ExportStore:
    """Exports below one folder; nothing outside it can be named."""

    def __init__(self, folder: Path, *, min_free_mb: float = 0):
        self.folder = Path(folder)
        self.min_free_bytes = int(min_free_mb * 1024 * 1024)

    def new_name(self, filename: str, suffix: str) -> str:
        """Make a name for an export of an audio file; `suffix` is like ".m4b"."""
        return f"{_mark(filename)}-{secrets.token_hex(8)}{suffix}"

    def has(self, name: str) -> bool:
        """Whether the export is there and whole."""
        return is_plain(self._path(name))

    def open(self, name: str) -> BinaryIO:
        """Open a whole export for reading; raises NoSuchAudio."""
        try:
            return open_plain(self._path(name))
        except FileNotFoundError:
            raise NoSuchAudio("This download no longer exists. Create it again.") from None

    def part_path(self, name: str) -> Path:
        """Make the file that an export is written to before it is whole; returns its path."""
        path = self._path(name + PART)
        with translating_disk_full(self.folder):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            os.close(open_to_write(path))
        return path

    def finish(self, name: str) -> None:
        """Give an export, already synced to the disk, its name."""
        with translating_disk_full(self.folder):
            self._path(name + PART).replace(self._path(name))
        sync(self.folder)

    def drop(self, name: str) -> None:
        """Remove an export, whole or not; open readers keep reading."""
        for path in self.folder.glob(f"{self._path(name).name}*"):
            path.unlink(missing_ok=True)

    def drop_all_of(self, filename: str) -> None:
        """Remove every export of an audio file."""
        for path in self.folder.glob(f"{_mark(filename)}-*"):
            path.unlink(missing_ok=True)

    def sweep(self, is_wanted: Callable[[str], bool]) -> None:
        """Remove what a kill left unfinished, and what nobody knows; for when nothing is made."""
        for path in list(self.folder.glob("*")):
            is_ours = NAME.fullmatch(path.name.removesuffix(PART)) and not path.is_dir()
            if is_ours and (path.name.endswith(PART) or not is_wanted(path.name)):
                path.unlink(missing_ok=True)

    def check_space(self, needed_bytes: int) -> None:
        """Raise NoSpace when `needed_bytes` more would leave less than the reserve."""
        room = transient_causes.room(self.folder if self.folder.exists() else self.folder.parent)
        if room.files is not None and room.files < transient_causes.FEW_FILES // 2:
            raise no_space(transient_causes.FILES)
        free = room.bytes
        if free < needed_bytes + self.min_free_bytes:
            raise NoSpace(
                Message(
                    "This download needs about {needed} MB, but only {free} MB are free "
                    "on the disk. Free some space, then try again.",
                    needed=needed_bytes // 1_000_000 + 1,
                    free=free // 1_000_000,
                )
            )

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name.removesuffix(PART)):
            raise NoSuchAudio("There is no such piece in your library.")
        return self.folder / name


def _mark(filename: str) -> str:
    return hashlib.sha256(filename.encode("utf-8", "surrogatepass")).hexdigest()[:16]
