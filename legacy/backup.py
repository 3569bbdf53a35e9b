"""Backup of a migration: every legacy file and the database as they were, with a manifest."""

import errno
import hashlib
import json
import os
import re
import shutil
import stat
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from legacy.errors import BackupDamaged, MigrationError
from legacy.records import FILES
from storage.plain_files import sync

BACKUPS = "backups"
UNFINISHED = ".unfinished"
MANIFEST = "manifest.json"
FORMAT = 1
LOGS = ("", "-wal", "-journal")
NAME = re.compile(r"backup_\d{8}_\d{6}(-\d+)?")
PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the backup: `role` is source or database, `mode` its permissions."""

    name: str
    role: str
    size: int
    mode: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Manifest of a backup: its files and their origin; without database entries there was none."""

    created_at: str
    source: str
    database: str
    entries: tuple[Entry, ...]

    def of(self, role: str) -> list[Entry]:
        """List the entries of a role."""
        return [entry for entry in self.entries if entry.role == role]


def make(folder: Path, source: Path, database: Path) -> tuple[Path, Manifest]:
    """Write a backup below `folder` and read it back; raises MigrationError, BackupDamaged.

    It is whole then, but called `backup_YYYYMMDD_HHMMSS.unfinished`, in local time, until the
    migration is done: see `finish` and `settle`.
    """
    part = folder / ".backup.part"
    shutil.rmtree(part, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    part.mkdir(mode=0o700)
    try:
        entries = [_copy_in(source / name, part, "source") for name in FILES]
        for suffix in LOGS:
            entries.append(_copy_in(database.with_name(database.name + suffix), part, "database"))
        manifest = Manifest(
            datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"), str(source.resolve()),
            str(database.resolve()), tuple(entry for entry in entries if entry),
        )  # fmt: skip
        _write(part / MANIFEST, _as_text(manifest))
        sync(part)
        read(part)
        target = _free_name(folder)
        target = target.with_name(target.name + UNFINISHED)
        part.rename(target)
        sync(folder)
    except OSError as error:
        raise full_or(error, "The backup could not be written") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target, manifest


def finished(folder: Path) -> Path:
    """Name of a backup when its migration is done."""
    return folder.with_name(folder.name.removesuffix(UNFINISHED))


def finish(folder: Path) -> Path:
    """Give the backup its final name, now that its migration is done."""
    target = folder.rename(finished(folder))
    sync(target.parent)
    return target


def list_unfinished(folder: Path) -> list[Path]:
    """List the backups of migrations that were cut off."""
    return sorted(folder.glob(f"backup_*{UNFINISHED}"))


def settle(folder: Path, done: str | None) -> None:
    """Remove what migrations that were cut off left, for when none is running; `done` is the
    backup of the last one that came to its end, which may have been killed just after."""
    for unfinished in list_unfinished(folder):
        if str(finished(unfinished)) == done:
            finish(unfinished)
        else:
            shutil.rmtree(unfinished, ignore_errors=True)


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup and check every file; raises BackupDamaged."""
    manifest = _read_manifest(folder)
    for entry in manifest.entries:
        path = folder / entry.name
        if path.is_symlink() or not path.is_file():
            raise BackupDamaged(f"{folder.name} is damaged: {entry.name} is missing.")
        if digest_of(path) != (entry.sha256, entry.size):
            raise BackupDamaged(f"{folder.name} is damaged: {entry.name} is not what was saved.")
    return manifest


def digest_of(path: Path) -> tuple[str, int]:
    """Compute the SHA-256 and the size in bytes of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()


def full_or(error: OSError, what: str) -> MigrationError:
    """Make the error for a write that failed, with its own sentence when the disk is full."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return MigrationError("The disk is full. Nothing was changed; free some space, try again.")
    return MigrationError(f"{what}: {error.strerror or error}. Nothing was changed.")


def copy_file(source: Path, target: Path, mode: int) -> tuple[str, int]:
    """Copy durably to a name that is free; returns SHA-256 and size of what was read."""
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as writing, source.open("rb") as reading:
        while piece := reading.read(PIECE):
            digest.update(piece)
            writing.write(piece)
            size += len(piece)
        writing.flush()
        os.fchmod(writing.fileno(), mode)
        os.fsync(writing.fileno())
    return digest.hexdigest(), size


def _copy_in(source: Path, folder: Path, role: str) -> Entry | None:
    try:
        found = source.stat()
    except FileNotFoundError:
        return None
    digest, size = copy_file(source, folder / source.name, 0o600)
    return Entry(source.name, role, size, stat.S_IMODE(found.st_mode), found.st_mtime_ns, digest)


def _as_text(manifest: Manifest) -> str:
    content = {"format": FORMAT, **asdict(manifest)}
    return json.dumps({**content, "digest": _seal(content)}, indent=2) + "\n"


def _seal(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _free_name(folder: Path) -> Path:
    stamp = datetime.now().astimezone().strftime("%Y%m%d_%H%M%S")
    target, number = folder / f"backup_{stamp}", 1
    while target.exists() or target.with_name(target.name + UNFINISHED).exists():
        number += 1
        target = folder / f"backup_{stamp}-{number}"
    return target


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text("utf-8"))
        seal = content.pop("digest")
        kept_format = content.pop("format")
        entries = tuple(Entry(**entry) for entry in content.pop("entries"))
        manifest = Manifest(entries=entries, **content)
    except FileNotFoundError:
        raise BackupDamaged(f"{folder} is no backup: it has no {MANIFEST}.") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BackupDamaged(f"{path} cannot be read; the backup is damaged.") from error
    for entry in entries:
        _check_entry(entry, manifest, folder)
    if kept_format != FORMAT:
        raise BackupDamaged(f"{folder.name} was made by a newer release; use that one.")
    if seal != _seal({"format": kept_format, **asdict(manifest)}):
        raise BackupDamaged(f"{path} was changed since it was written; nothing was changed.")
    return manifest


def _check_entry(entry: Entry, manifest: Manifest, folder: Path) -> None:
    """Refuse a name that is not one of those a backup can hold: so no path leads elsewhere."""
    database = Path(str(manifest.database)).name
    allowed = {
        "source": set(FILES),
        "database": {database + suffix for suffix in LOGS if database},
    }
    is_plain = isinstance(entry.name, str) and Path(entry.name).name == entry.name
    if not is_plain or entry.name not in allowed.get(entry.role, ()) or entry.name in ("", ".."):
        raise BackupDamaged(
            f"{folder.name} names a file that no backup holds ({entry.name!r}); nothing was "
            "changed."
        )
    numbers = (entry.size, entry.mode, entry.mtime_ns)
    if any(not isinstance(n, int) or n < 0 for n in numbers) or entry.mode > 0o7777:
        raise BackupDamaged(f"{folder.name}: the manifest's entry of {entry.name} is damaged.")
