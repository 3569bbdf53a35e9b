"""Verification of backups: every file by its hash, every table by its rows."""

from pathlib import Path
from typing import Any

from backups import files, manifest
from backups.errors import damaged
from backups.manifest import AUDIO, DATABASE, Manifest
from storage import snapshots
from storage.errors import DatabaseError
from storage.growing_file import PART


def describe(folder: Path) -> tuple[dict[str, list[Any]], dict[str, dict[str, Any]]]:
    """Describe the files and tables of a folder as a manifest has them."""
    found = {
        name: [path.stat().st_size, files.digest_of(path)]
        for name, path in files.walk(folder)
        if name != manifest.NAME
    }
    return found, snapshots.fingerprint(folder / DATABASE)


def unpack(folder: Path, known: Manifest, target: Path) -> None:
    """Put what a backup holds into a new folder, as the data folder has it but for the keys.

    Files that are written to later are copied, the others linked where the disk allows.
    """
    for name in known.files:
        source = folder / name
        if source.is_symlink() or not source.is_file():
            raise damaged(folder.name, f"{name} is missing")
        is_written_to = name.endswith(PART) or not name.startswith((AUDIO, *manifest.POOLS))
        (files.copy if is_written_to else files.take)(source, target / name)
    for name in (AUDIO, *manifest.POOLS):
        files.make_folder(target / name)


def check(folder: Path, known: Manifest, label: str) -> None:
    """Compare an unpacked backup with its manifest; raises BackupDamaged, told of `label`."""
    found = dict(files.walk(folder))
    for name in (*known.files, *found):
        if name not in found:
            raise damaged(label, f"{name} is missing")
        if name not in known.files:
            raise damaged(label, f"{name} does not belong to it")
        size, digest = known.files[name]
        path = found[name]
        if path.is_symlink() or path.stat().st_size != size or files.digest_of(path) != digest:
            raise damaged(label, f"{name} is not what was saved")
    _check_database(folder, known, label)


def check_in_place(folder: Path, known: Manifest) -> None:
    """Refuse a backup that holds more than its manifest; the rest is checked when unpacked."""
    for name, _ in files.walk(folder):
        if name != manifest.NAME and name not in known.files:
            raise damaged(folder.name, f"{name} does not belong to it")


def trial_restore(folder: Path, scratch: Path) -> Manifest:
    """Restore a backup into a scratch folder and compare; returns its manifest."""
    known = manifest.read(folder)
    check_in_place(folder, known)
    try:
        unpack(folder, known, scratch)
        check(scratch, known, folder.name)
    finally:
        files.remove(scratch)
    return known


def _check_database(folder: Path, known: Manifest, label: str) -> None:
    path = folder / DATABASE
    try:
        if faults := snapshots.find_faults(path):
            raise damaged(label, f"{DATABASE}: {faults[0]}")
        if snapshots.schema_version(path) != known.schema:
            raise damaged(label, f"{DATABASE} is of another schema than was saved")
        tables = snapshots.fingerprint(path)
    except DatabaseError as error:
        raise damaged(label, f"{DATABASE} cannot be read") from error
    if tables != known.tables:
        changed = [name for name in known.tables if tables.get(name) != known.tables[name]]
        raise damaged(label, f"the table {(changed or ['?'])[0]} is not what was saved")
    unsound = set(known.unsound)
    for name, row in snapshots.list_sounds(path).items():
        is_there = f"{AUDIO}/{name}" in known.files
        if row["status"] == "ready" and not is_there and name not in unsound:
            raise damaged(label, f"{AUDIO}/{name} is missing")
