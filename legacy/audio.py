"""Audio files of the older app: found, measured, imported, or removed again."""

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from legacy.errors import MigrationError, Refused
from legacy.fields import shown
from speech.audio.mp3 import NotMp3, scan_mp3
from storage.audio_errors import AudioError, NoSuchAudio
from storage.audio_store import AudioStore
from storage.plain_files import sha256_of

MISSING = "The sound of this file was missing when it was moved from the JSON version."
BROKEN = "This was no whole MP3 when it was moved from the JSON version."
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Sound:
    """Measures of a file's sound: size in bytes, duration in s; `error` when unplayable."""

    size: int = 0
    sha256: str | None = None
    duration_s: float = 0.0
    error: str | None = None


@dataclass(slots=True)
class Listing:
    """Listing of a source's audio files: names with their sizes, and irregularities."""

    present: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def list_sounds(source: Path, filenames: list[str]) -> Listing:
    """Compare the entries with what lies in the source; changes nothing."""
    wanted, listing = set(filenames), Listing()
    try:
        with os.scandir(source) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # a link to nowhere
                    if not entry.is_file():
                        continue
                    if entry.name in wanted:
                        listing.present[entry.name] = entry.stat().st_size
                    elif entry.name.lower().endswith(".mp3"):
                        listing.orphaned.append(shown(entry.name))
    except OSError as error:
        raise Refused(f"{source} cannot be read: {error.strerror}.") from error
    listing.missing = [name for name in filenames if name not in listing.present]
    listing.orphaned.sort()
    return listing


class Intake:
    """Imports audio files, and remembers which, so that a failure can remove them again."""

    def __init__(self, source: Path, store: AudioStore, *, is_dry: bool, link: bool):
        self._source = source
        self._store = store
        self._is_dry = is_dry
        self._link = link
        self.added: list[str] = []

    def take_in(
        self, listing: Listing, filenames: list[str], progress: Progress
    ) -> dict[str, Sound]:
        """Import files; returns filename → Sound. Raises Refused, MigrationError."""
        for name in filenames:
            self._refuse_other_content(name, listing)
        sounds = {}
        for number, name in enumerate(filenames):
            sounds[name] = sound = self._take(name, listing)
            if sound.error == BROKEN:
                listing.broken.append(name)
            progress("Copying sound", number + 1, len(filenames))
        return sounds

    def put_back(self) -> None:
        """Remove what was imported; the originals are where they were."""
        for name in self.added:
            self._store.delete(name, lambda: None)
        self.added.clear()

    def _refuse_other_content(self, name: str, listing: Listing) -> None:
        if name in listing.present and self._store.size(name) is not None:
            here = _digest(self._source / name)
            if here != digest_of_stored(self._store, name):
                raise Refused(
                    f"The audio folder already has another {shown(name)}, with other content; "
                    "move one of the two away. Nothing was changed."
                )

    def _take(self, name: str, listing: Listing) -> Sound:
        try:
            held = self._store.size(name)
            if held is not None and (kept := digest_of_stored(self._store, name)):
                return self._measured(name, held, kept)
            if name not in listing.present:
                return Sound(error=MISSING)
            original = self._source / name
            if self._is_dry:
                with original.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                    return _measure(file, digest)
            self.added.append(name)
            size, digest = self._adopt(original, name)
            return self._measured(name, size, digest)
        except OSError as error:
            raise MigrationError(
                f"{shown(name)} cannot be copied: {error.strerror}. Nothing was changed."
            ) from error
        except AudioError as error:
            raise MigrationError(error.message) from error

    def _adopt(self, original: Path, name: str) -> tuple[int, str]:
        if self._link:
            # Another disk, or a file system without links: a copy does as well.
            with contextlib.suppress(OSError):
                return self._store.adopt(original, name, link=True)
        return self._store.adopt(original, name)

    def _measured(self, name: str, size: int, digest: str) -> Sound:
        with self._store.open(name) as file:
            sound = _measure(file, digest)
        if sound.size != size:
            raise MigrationError(f"{shown(name)} changed while it was copied; try again.")
        return sound


def digest_of_stored(store: AudioStore, name: str) -> str | None:
    """Compute the SHA-256 of a file in the audio folder; None where there is none."""
    try:
        with store.open(name) as file:
            return sha256_of(file)
    except NoSuchAudio:
        return None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}. Nothing was changed.") from error


def _measure(file: BinaryIO, digest: str) -> Sound:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    try:
        return Sound(size, digest, scan_mp3(file).duration_s)
    except NotMp3:
        return Sound(size, digest, 0.0, BROKEN)
