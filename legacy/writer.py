"""Writer of the new database: a copy of the target, or an empty one, and the changes."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from legacy.audio import Sound
from legacy.backup import LOGS, copy_file, full_or
from legacy.errors import MigrationError, Refused
from legacy.existing import Changes, Existing, Fill, Playbacks, look_into
from legacy.records import Account, AudioFile, Plan, Report, UsageRow
from queries.legacy_import import KnownFile, MigrationFile, prepare_copy
from storage.errors import DatabaseError

BUILD = ".migrating"


@contextlib.contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Make a folder for unfinished files; what a kill left in it is removed first."""
    path = folder / BUILD
    shutil.rmtree(path, ignore_errors=True)
    try:
        path.mkdir(mode=0o700)
        yield path
    except OSError as error:
        raise full_or(error, "The new database could not be written") from error
    finally:
        shutil.rmtree(path, ignore_errors=True)


def open_copy(database: Path, bench: Path) -> tuple[MigrationFile, Existing]:
    """A copy of the target, brought to today's schema, and what it holds; the target is read only.

    Raises Refused for a file that is no database of ours.
    """
    copy = bench / database.name
    is_earlier_release = False
    is_empty = not database.exists() or not database.stat().st_size
    log = database.with_name(database.name + "-wal")
    if is_empty and log.exists() and log.stat().st_size:
        raise Refused(f"{log} lies there without its database; move it away. Nothing was changed.")
    if not is_empty:
        for suffix in LOGS:
            original = database.with_name(database.name + suffix)
            if original.exists():
                copy_file(original, copy.with_name(copy.name + suffix), 0o600)
        try:
            is_earlier_release = prepare_copy(copy) == 0
        except DatabaseError as error:
            raise Refused(error.message.replace(str(copy), str(database))) from error
    try:
        file = MigrationFile(copy)
        return file, look_into(file, is_new=is_empty, is_earlier_release=is_earlier_release)
    except DatabaseError as error:
        raise MigrationError(error.message) from error


class Writer:
    """Writes the changes with ids of its own counting, in the order in which they are verified."""

    def __init__(self, file: MigrationFile, plan: Plan, existing: Existing, changes: Changes):
        self._file = file
        self._plan = plan
        self._existing = existing
        self._changes = changes
        self._users = {name: user_id for name, (user_id, _) in existing.users.items()}
        self._files: dict[str | None, int] = {}
        if existing.is_earlier_release:
            self._files = {name: row["id"] for name, row in existing.files.items()}

    def write(self, sounds: dict[str, Sound], playbacks: Playbacks, report: Report) -> None:
        """Write everything and seal the file; raises MigrationError."""
        changes, last = self._changes, self._existing.last_ids
        try:
            for name, columns in self._fills(sounds).items():
                self._file.fill(self._files[name], columns)
            for new_id, account in enumerate(changes.accounts, last["users"] + 1):
                self._users[account.name] = new_id
            for new_id, audio_file in enumerate(changes.files, last["audio_files"] + 1):
                self._files[audio_file.filename] = new_id
            self._file.insert("users", map(self._user_row, changes.accounts))
            self._file.insert(
                "audio_files", (self._file_row(new, sounds[new.filename]) for new in changes.files)
            )
            self._file.insert("usage_stats", self._usage_rows(last["usage_stats"]))
            self._file.insert(
                "playback_history", self._playback_rows(playbacks, last["playback_history"])
            )
            marked = {**report, "last_ids": self._file.last_ids()}
            self._file.mark(self._plan.plan_hash, self._plan.source_digest, json.dumps(marked))
            self._file.seal()
        except DatabaseError as error:
            raise MigrationError(error.message) from error

    def _fills(self, sounds: dict[str, Sound]) -> dict[str, Fill]:
        return {
            name: fill_for(row, self._changes.fills.get(name, {}), sounds.get(name))
            for name, row in self._existing.files.items()
            if name in sounds or name in self._changes.fills
        }

    def _user_row(self, account: Account) -> tuple[object, ...]:
        return (
            self._users[account.name], account.name, account.password_hash, account.created_at,
            int(account.is_admin),
        )  # fmt: skip

    def _file_row(self, new: AudioFile, sound: Sound) -> tuple[object, ...]:
        return (
            self._files[new.filename], new.filename, new.display_name, self._users[new.owner],
            new.voice, new.category, new.characters, 0 if sound.error else new.characters,
            new.cost, new.created_at, new.created_at, sound.duration_s, sound.size, sound.sha256,
            "failed" if sound.error else "ready", sound.error,
        )  # fmt: skip

    def _usage_rows(self, last_id: int) -> Iterator[tuple[object, ...]]:
        for new_id, row in enumerate(self._changes.usage, last_id + 1):
            yield self._usage_row(new_id, row)

    def _usage_row(self, new_id: int, row: UsageRow) -> tuple[object, ...]:
        year, month = row.month.split("-")
        return (
            new_id, self._users[row.account], self._files.get(row.filename), row.characters,
            row.cost, row.timestamp, int(year), int(month),
        )  # fmt: skip

    def _playback_rows(self, playbacks: Playbacks, last_id: int) -> Iterator[tuple[object, ...]]:
        owners, fallback = owners_of(self._plan, self._existing), self._plan.fallback
        rows = [
            (self._users[owners.get(filename, fallback)], self._files.get(filename), name)
            for filename, name in self._plan.playbacks.labels
        ]
        for new_id, (number, played_at) in enumerate(playbacks, last_id + 1):
            yield new_id, *rows[number], played_at


def fill_for(row: KnownFile, from_json: Fill, sound: Sound | None) -> Fill:
    """Columns of a known file to be filled: those that say nothing in the database."""
    filled = dict(from_json)
    if sound is not None and sound.error is None and not row["sha256"]:
        filled |= {"size": sound.size, "sha256": sound.sha256}
        if not row["duration"]:
            filled["duration"] = sound.duration_s
    return filled


def owners_of(plan: Plan, existing: Existing) -> dict[str, str]:
    """Map each filename to its account's name; what the database says counts."""
    owners = {file.filename: file.owner for file in plan.files}
    if not existing.is_earlier_release:
        return owners
    return owners | {name: row["owner"] for name, row in existing.files.items()}
