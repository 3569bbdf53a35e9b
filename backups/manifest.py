"""Manifest of a backup: every file with size and SHA-256, every table with rows and SHA-256."""

import hashlib
import json
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from backups.errors import BackupTooNew, NoBackup, damaged
from backups.files import write_whole

NAME = "manifest.json"
FORMAT = 1
PROGRAM = "VoiceVerse"
DATABASE = "voiceverse.db"
KEY_FILES = ("secret_key", "provider_key")
AUDIO, SEGMENTS, TAKES, PREVIEWS, KEYS = "audio", "segments", "takes", "previews", "keys"
POOLS = (SEGMENTS, TAKES, PREVIEWS)
PATH = re.compile(
    rf"{DATABASE}|{AUDIO}/[^\x00-\x1f/\\.][^\x00-\x1f/\\]*"
    rf"|({'|'.join(POOLS)})/[0-9a-f]{{2}}/[0-9a-f]+\.[a-z0-9]+|{KEYS}/({'|'.join(KEY_FILES)})"
)
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Content of a backup. `files`: path → [bytes, SHA-256]; `tables`: name → {"rows", "sha256"}.

    `unsound` names sound that was missing or damaged already; `log` says where the chain of the
    security log ended: [id, hash].
    """

    made_at: str  # UTC, YYYY-MM-DD HH:MM:SS
    why: str  # nightly, asked, upgrade
    schema: int
    files: dict[str, list[Any]]
    tables: dict[str, dict[str, Any]]
    unsound: list[str] = field(default_factory=list)
    log: list[Any] | None = None

    @property
    def has_keys(self) -> bool:
        """Whether the backup holds the keys that sign cookies and encrypt secrets."""
        return any(path.startswith(f"{KEYS}/") for path in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(size for size, _ in self.files.values())


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the folder of its backup, durably."""
    write_whole(folder / NAME, _as_bytes(manifest))


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup; raises NoBackup, BackupDamaged, BackupTooNew."""
    path = folder / NAME
    try:
        raw = path.read_bytes()
        content = json.loads(raw)
    except (FileNotFoundError, NotADirectoryError):
        raise NoBackup(f"{folder} is no backup: it has no {NAME}. Nothing was changed.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(folder.name, f"{NAME} cannot be read") from error
    if not isinstance(content, dict) or content.pop("digest", None) != _seal(content):
        raise damaged(folder.name, f"{NAME} is not what was written")
    if content.pop("program", None) != PROGRAM:
        raise NoBackup(f"{folder} is a backup of something else. Nothing was changed.")
    if content.pop("format", None) != FORMAT:
        raise BackupTooNew(
            f"{folder} was made by a newer VoiceVerse; install that release to restore it. "
            "Nothing was changed."
        )
    manifest = _checked(folder, content)
    if _as_bytes(manifest) != raw:
        raise damaged(folder.name, f"{NAME} is not what was written")
    return manifest


def _checked(folder: Path, content: dict[str, Any]) -> Manifest:
    """A manifest that names nothing outside the backup's own folder."""
    try:
        manifest = Manifest(**content)
        names = all(PATH.fullmatch(path) for path in manifest.files)
        sizes = all(
            isinstance(size, int) and size >= 0 and DIGEST.fullmatch(digest)
            for size, digest in manifest.files.values()
        )
        is_whole = names and sizes and DATABASE in manifest.files and manifest.schema >= 0
    except (TypeError, ValueError, AttributeError) as error:
        raise damaged(folder.name, f"{NAME} cannot be understood") from error
    if not is_whole:
        raise damaged(folder.name, f"{NAME} names what no backup holds")
    return manifest


def _as_bytes(manifest: Manifest) -> bytes:
    content: dict[str, Any] = {"program": PROGRAM, "format": FORMAT}
    content |= {each.name: getattr(manifest, each.name) for each in fields(manifest)}
    return (json.dumps({**content, "digest": _seal(content)}, indent=1) + "\n").encode()


def _seal(content: dict[str, Any]) -> str:
    """Finds damage; it is no signature."""
    try:
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    except RecursionError:
        return ""
