"""A backup as one tar file that is never written down: its bytes are known before they are read."""

import hashlib
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from backups import manifest
from backups.errors import damaged
from backups.manifest import Manifest

BLOCK = tarfile.BLOCKSIZE
PIECE = 1 << 18
END = bytes(2 * BLOCK)


class _Entry(NamedTuple):
    header: bytes
    path: Path
    size: int

    @property
    def padding(self) -> bytes:
        return bytes(-self.size % BLOCK)

    @property
    def length(self) -> int:
        return len(self.header) + self.size + len(self.padding)


class TarArchive:
    """The tar file of a backup: the same bytes each time, so that a download can be resumed."""

    def __init__(self, folder: Path, known: Manifest) -> None:
        self._name = folder.name
        when = datetime.fromisoformat(known.made_at).replace(tzinfo=UTC)
        sizes = {name: size for name, (size, _) in known.files.items()}
        sizes[manifest.NAME] = (folder / manifest.NAME).stat().st_size
        self._entries = [
            self._entry(folder / name, f"{folder.name}/{name}", sizes[name], when)
            for name in (manifest.NAME, *known.files)
        ]
        self.size = sum(entry.length for entry in self._entries) + len(END)
        digest = hashlib.sha256((folder / manifest.NAME).read_bytes())
        self.mark = digest.hexdigest()[:32]

    @staticmethod
    def _entry(path: Path, name: str, size: int, when: datetime) -> _Entry:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(when.timestamp())
        return _Entry(info.tobuf(tarfile.PAX_FORMAT), path, size)

    def pieces(self, start: int, length: int) -> Iterator[bytes]:
        """Yield so many bytes from a place on; raises BackupDamaged where a file is shorter."""
        left = length
        for piece in self._from(start):
            if left <= 0:
                return
            yield piece[:left]
            left -= len(piece)

    def _from(self, start: int) -> Iterator[bytes]:
        for entry in self._entries:
            if start >= entry.length:
                start -= entry.length
                continue
            yield from self._of(entry, start)
            start = 0
        yield END[start:]

    def _of(self, entry: _Entry, start: int) -> Iterator[bytes]:
        head = entry.header[start:]
        if head:
            yield head
        at = max(0, start - len(entry.header))
        with entry.path.open("rb") as file:
            file.seek(at)
            left = max(0, entry.size - at)
            while left:
                piece = file.read(min(PIECE, left))
                if not piece:
                    raise damaged(self._name, f"{entry.path.name} is shorter than it was")
                left -= len(piece)
                yield piece
        if tail := entry.padding[max(0, at - entry.size) :]:
            yield tail
