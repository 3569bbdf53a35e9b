"""Opening a database file: making it, recognising it, upgrading it."""

import contextlib
import os
import sqlite3
from pathlib import Path

from storage import earlier_release, log_chain, name_keys, remembered_voices, sqlite_file
from storage.errors import (
    DatabaseDamaged,
    DatabaseError,
    DatabaseTooNew,
    NotADatabase,
    UpgradeFailed,
    translate_os_error,
)

EARLIER_RELEASE = 0
NOTHING_YET = -1
OWNED = 3  # since when bought sound has owners
CHAINED = 2  # since when the events of the security log are chained
NAMES_FOLDED = 3  # since when names are known by what they look like
REMEMBERED = 4  # since when it is remembered which voices people used last
UPGRADES = sqlite_file.ROOT / "schema_upgrades"
RESTORE_JOURNAL = "restore_under_way.json"  # beside the file while a backup takes its place


def prepare(path: Path) -> int | None:
    """Make the file ready for this release; return the version it was upgraded from, if any.

    Raises DatabaseTooNew, NotADatabase, DatabaseDamaged, UpgradeFailed; the file is untouched then.
    """
    if path.with_name(RESTORE_JOURNAL).exists():
        raise DatabaseError(
            f"A restore was interrupted in {path.parent}. Start VoiceVerse, which completes it; "
            "nothing is lost."
        )
    if not path.exists() or path.stat().st_size == 0:
        if sqlite_file.wal_bytes(path):
            raise DatabaseDamaged(
                f"{path} is missing or empty, but its log {path.name}-wal is not. Restore both "
                "from a backup, or move the log away to start anew."
            )
        _create(path)
        return None
    version = recognise(path)
    if version == sqlite_file.SCHEMA_VERSION:
        return None
    if version == NOTHING_YET:
        _create(path)
        return None
    if version == EARLIER_RELEASE:
        earlier_release.carry_over(path)
    else:
        _apply_upgrades(path, version)
    sqlite_file.connect(path).close()  # back to WAL before anybody else opens it
    return version


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise translate_os_error(error, path) from error
    with contextlib.closing(sqlite_file.connect(path)) as connection:
        sqlite_file.create_schema(connection)


def recognise(path: Path, mode: str = "") -> int:
    """The schema version of a file that is ours, EARLIER_RELEASE, or NOTHING_YET."""
    # Closing the last connection that may write would move a log into somebody else's file.
    mode = mode or ("ro" if sqlite_file.wal_bytes(path) else "rw")
    with contextlib.closing(sqlite_file.connect_plain(path, mode)) as connection:
        application_id = connection.execute("PRAGMA application_id").fetchone()["application_id"]
        version = connection.execute("PRAGMA user_version").fetchone()["user_version"]
        is_bare = not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
        is_earlier = not is_bare and earlier_release.is_one(connection)
    if application_id == sqlite_file.APPLICATION_ID and version > sqlite_file.SCHEMA_VERSION:
        raise DatabaseTooNew(
            f"{path} was written by a newer VoiceVerse (schema {version}, this one knows "
            f"{sqlite_file.SCHEMA_VERSION}). Install that release again; nothing was changed."
        )
    if application_id == sqlite_file.APPLICATION_ID and version > 0:
        return version
    if application_id == 0 and version == 0:
        if is_bare:  # a first start that was killed before it made the tables
            return NOTHING_YET
        if is_earlier:
            return EARLIER_RELEASE
    raise NotADatabase(f"{path} is a database of another program; it was left as it is.")


def _apply_upgrades(path: Path, version: int) -> None:
    """Run the numbered scripts above `version` in one transaction, after a copy."""
    scripts = [
        (number, _script(path, number))
        for number in range(version + 1, sqlite_file.SCHEMA_VERSION + 1)
    ]
    with contextlib.closing(sqlite_file.connect(path)) as connection:
        sqlite_file.remove_parts(path)
        sqlite_file.copy(
            connection, sqlite_file.dated_sibling(path, f"before-upgrade-from-{version}")
        )
        # A table that is rebuilt is dropped first: with the keys on, its children would go too.
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for number, script in scripts:
                for statement in sqlite_file.statements(script):
                    connection.execute(statement)
                if number == CHAINED:
                    log_chain.begin(connection)
                if number == NAMES_FOLDED:
                    name_keys.begin(connection)
                if number == REMEMBERED:
                    remembered_voices.begin(connection)
                connection.execute(f"PRAGMA user_version={number}")
            sqlite_file.refuse_broken_references(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise sqlite_file.name_upgrade_error(
                error, path, f"upgraded to schema {number}"
            ) from error


def _script(path: Path, number: int) -> str:
    found = list(UPGRADES.glob(f"{number:04}_*.sql"))
    if len(found) != 1:
        raise UpgradeFailed(
            f"{path} cannot be upgraded: this VoiceVerse lacks the script {number:04}_*.sql. "
            "Install it again; nothing was changed."
        )
    return found[0].read_text("utf-8")
