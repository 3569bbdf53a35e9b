"""Imports on disk that wait to be read: whole files, under names that the server made."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from storage.audio_errors import translating_disk_full
from storage.plain_files import is_plain, sync

PREFIX = "import-"


class ImportStore:
    """Files that wait below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, path: Path) -> str:
        """Keep what lies at `path` under a new name, which is returned; raises NoSpace."""
        name = f"{PREFIX}{secrets.token_hex(12)}"
        kept = self.folder / name
        with translating_disk_full(self.folder):
            try:
                os.link(path, kept)
            except OSError:  # another disk, or one that knows no links
                shutil.copyfile(path, kept)
                kept.chmod(0o600)
            sync(kept)
            sync(self.folder)
        return name

    def path(self, name: str) -> Path | None:
        """The place of a file that waits, None where it is gone."""
        path = self.folder / name
        return path if name.startswith(PREFIX) and is_plain(path) else None

    def size(self, name: str) -> int:
        """Bytes of a file that waits, 0 where it is gone."""
        path = self.path(name)
        with suppress(OSError):
            return path.stat().st_size if path else 0
        return 0

    def names(self) -> list[str]:
        """The names of all files that wait."""
        return [path.name for path in self.folder.glob(f"{PREFIX}*")]

    def drop(self, name: str) -> None:
        """Remove a file that need not wait any more; one that cannot be removed is swept later."""
        if path := self.path(name):
            with suppress(OSError):
                path.unlink()
