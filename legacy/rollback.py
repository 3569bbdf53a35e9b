"""Rollback of a migration: legacy files and database as a backup has them, newer ones set aside."""

import contextlib
import json
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from legacy import backup
from legacy.backup import Entry, Manifest, copy_file, digest_of, full_or
from legacy.errors import BackupDamaged, MigrationError, Refused
from legacy.locks import exclusive_lock
from legacy.records import Report
from legacy.writer import workshop
from queries.legacy_import import MadeSince, read_filenames, read_last_mark, read_made_since, settle
from storage.errors import DatabaseError
from storage.plain_files import sync

NOTHING_SINCE: MadeSince = {"users": [], "files": [], "usage": 0, "playbacks": 0}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a rollback; None for a place means: where the backup was made from."""

    backup: Path
    source: Path | None
    database: Path


def roll_back(options: Options, progress: Progress) -> Report:
    """Restore a backup; returns what was done. Raises BackupDamaged, Refused, MigrationError."""
    progress("Checking the backup", 0, 0)
    manifest = backup.read(options.backup)
    database = options.database
    if str(database) != manifest.database:
        raise Refused(
            f"This backup is of {manifest.database}, not of {database}; name that one with --db. "
            "Nothing was changed."
        )
    source = options.source or Path(manifest.source)
    if str(source) != manifest.source or not source.is_dir():
        raise Refused(
            f"This backup is of the folder {manifest.source}; name that one with --source. "
            "Nothing was changed."
        )
    with exclusive_lock(database, is_dry=False), workshop(database.parent) as bench:
        try:
            return _Rollback(options.backup, manifest, source, database, bench).run(progress)
        except DatabaseError as error:
            raise MigrationError(error.message) from error


def settle_backups(database: Path) -> None:
    """Put right what a migration that was killed left among the backups."""
    folder = database.parent / backup.BACKUPS
    if not backup.list_unfinished(folder):
        return
    try:
        mark = read_last_mark(database) if database.exists() else None
        done = mark and json.loads(mark["report"]).get("backup")
    except (DatabaseError, ValueError, AttributeError):  # nothing was moved into such a one
        done = None
    backup.settle(folder, done)


class _Rollback:
    """Carries out one rollback from a checked backup."""

    def __init__(self, folder: Path, manifest: Manifest, source: Path, database: Path, bench: Path):
        self._folder = folder
        self._manifest = manifest
        self._source = source
        self._database = database
        self._bench = bench

    def run(self, progress: Progress) -> Report:
        """Restore everything; returns what was done."""
        progress("Restoring", 0, 0)
        earlier = self._earlier_database()
        json_files = [self._copied(entry) for entry in self._manifest.of("source")]
        since, aside = NOTHING_SINCE, None
        if self._database.exists():
            settle(self._database)
            since = self._made_since()
            aside = self._set_aside()
        restored = [
            path.name for path, entry in zip(json_files, self._manifest.of("source"), strict=True)
            if self._put_json(path, entry)
        ]  # fmt: skip
        if earlier is not None:
            earlier.replace(self._database)
        else:
            self._database.unlink(missing_ok=True)
        sync(self._database.parent)
        return {
            "result": "rolled back",
            "backup": str(self._folder),
            "source": str(self._source),
            "database": str(self._database) if earlier is not None else None,
            "set_aside": str(aside) if aside else None,
            "made_since": since,
            "json_restored": restored,
            "json_unchanged": [
                entry.name for entry in self._manifest.of("source") if entry.name not in restored
            ],
        }

    def _earlier_database(self) -> Path | None:
        """The database as it was, as one file; an open log is written into it first."""
        entries = self._manifest.of("database")
        main = self._bench / self._database.name
        if not any(entry.name == main.name for entry in entries):
            return None
        for entry in entries:
            self._copied(entry)
        settle(main)
        mode = next(entry.mode for entry in entries if entry.name == main.name)
        main.chmod(mode)
        sync(main)
        return main

    def _copied(self, entry: Entry) -> Path:
        """A checked copy on the database's disk, or beside the JSON file that it will replace."""
        target = self._bench / entry.name
        if copy_file(self._folder / entry.name, target, entry.mode) != (entry.sha256, entry.size):
            raise BackupDamaged(f"{entry.name} changed while it was read; nothing was changed.")
        os.utime(target, ns=(entry.mtime_ns, entry.mtime_ns))
        return target

    def _made_since(self) -> MadeSince:
        mark = read_last_mark(self._database)
        if mark is None:
            return NOTHING_SINCE
        return read_made_since(self._database, json.loads(mark["report"])["last_ids"])

    def _set_aside(self) -> Path:
        """A data folder of its own for the present database and the sound that belongs to it."""
        part = self._bench / "aside"
        (part / "audio").mkdir(mode=0o700, parents=True)
        part.chmod(0o700)
        copy_file(self._database, part / self._database.name, 0o600)
        audio = self._database.parent / "audio"
        for name in read_filenames(self._database):
            with contextlib.suppress(FileNotFoundError):
                _link_or_copy(audio / name, part / "audio" / name)
        sync(part / "audio")
        sync(part)
        stamp = datetime.now().astimezone().strftime("%Y%m%d_%H%M%S")
        aside, number = self._database.with_name(f"set_aside_{stamp}"), 1
        while aside.exists():
            number += 1
            aside = self._database.with_name(f"set_aside_{stamp}-{number}")
        part.rename(aside)
        sync(aside.parent)
        return aside

    def _put_json(self, copy: Path, entry: Entry) -> bool:
        """Put a legacy file back unless it is there as it was; by one rename."""
        target = self._source / entry.name
        with contextlib.suppress(FileNotFoundError):
            is_same = digest_of(target) == (entry.sha256, entry.size)
            if is_same and stat.S_IMODE(target.stat().st_mode) == entry.mode:
                return False
        part = target.with_name(f".{target.name}.restoring")
        part.unlink(missing_ok=True)
        try:
            copy_file(copy, part, entry.mode)
            os.utime(part, ns=(entry.mtime_ns, entry.mtime_ns))
            part.replace(target)
            sync(self._source)
        except OSError as error:
            raise full_or(error, f"{target} cannot be restored") from error
        finally:
            part.unlink(missing_ok=True)
        return True


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # no links on this disk
        shutil.copy2(source, target)


def as_text(made: Report) -> str:
    """Render what a rollback did, for the screen."""
    since = made["made_since"]
    lines = [f"Rolled back to {made['backup']}"]
    if made["json_restored"]:
        lines.append(f"  restored   {', '.join(made['json_restored'])}")
    if made["json_unchanged"]:
        lines.append(f"  unchanged  {', '.join(made['json_unchanged'])}")
    lines.append(f"  database   {made['database'] or 'none, as there was none before'}")
    if made["set_aside"]:
        lines += [f"  set aside  {made['set_aside']}", "Made since the migration, and kept there:"]
        for key, words in (("users", "accounts"), ("files", "files")):
            names = ", ".join(since[key][:10]) + (", …" if len(since[key]) > 10 else "")
            lines.append(f"  {len(since[key]):,} {words}" + (f": {names}" if names else ""))
        lines.append(f"  {since['usage']:,} usage rows, {since['playbacks']:,} playbacks")
    return "\n".join(lines)
