"""Opening a database file: making it, recognising it, upgrading it, copying it."""

import contextlib
import os
import secrets
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from database import chain, earlier_release, names
from database.errors import (
    DatabaseDamaged,
    DatabaseError,
    DatabaseTooNew,
    DiskFull,
    NotADatabase,
    UpgradeFailed,
    name_error,
    name_os_error,
)
from plain_files import sync

APPLICATION_ID = 0x56565253  # "VVRS"
EARLIER_RELEASE = 0
NOTHING_YET = -1
SCHEMA_VERSION = 3
OWNED = 3  # since when bought sound has owners
CHAINED = 2  # since when the events of the security log are chained
NAMES_FOLDED = 3  # since when names are known by what they look like
ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "database_schema.sql"
UPGRADES = ROOT / "schema_upgrades"
PARTS = (".part", ".part-journal", ".part-wal", ".part-shm")
RESTORE_MARK = "restore_under_way.json"  # beside the file while a backup takes its place


def connect(path: Path, busy_wait_s: float = 5.0) -> sqlite3.Connection:
    """A connection in autocommit mode whose rows are dictionaries."""
    connection = connect_plain(path, busy_wait_s=busy_wait_s)
    try:
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA wal_autocheckpoint=0").fetchall()
        connection.execute(f"PRAGMA journal_size_limit={8 * 1024 * 1024}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def connect_plain(path: Path, mode: str = "rw", busy_wait_s: float = 5.0) -> sqlite3.Connection:
    """A connection to an existing file that changes none of its settings; `mode` is rw or ro."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True, timeout=busy_wait_s, isolation_level=None, check_same_thread=False,
    )  # fmt: skip
    connection.row_factory = _dictionary
    return connection


def prepare(path: Path) -> int | None:
    """Make the file ready for this release; return the version it was upgraded from, if any.

    Raises DatabaseTooNew, NotADatabase, DatabaseDamaged, UpgradeFailed; the file is untouched then.
    """
    if path.with_name(RESTORE_MARK).exists():
        raise DatabaseError(
            f"A restore was interrupted in {path.parent}. Start VoiceVerse, which completes it; "
            "nothing is lost."
        )
    if not path.exists() or path.stat().st_size == 0:
        if wal_bytes(path):
            raise DatabaseDamaged(
                f"{path} is missing or empty, but its log {path.name}-wal is not. Restore both "
                "from a backup, or move the log away to start anew."
            )
        _create(path)
        return None
    version = recognise(path)
    if version == SCHEMA_VERSION:
        return None
    if version == NOTHING_YET:
        _create(path)
        return None
    if version == EARLIER_RELEASE:
        earlier_release.carry_over(path)
    else:
        _apply_upgrades(path, version)
    connect(path).close()  # back to WAL before anybody else opens it
    return version


def make_folder(folder: Path) -> None:
    """The folder that the file lies in, for this account alone where it is new."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise name_os_error(error, folder) from error


def create_schema(connection: sqlite3.Connection) -> None:
    """All tables and indexes in one transaction, with the marks that name file and version."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements(SCHEMA.read_text("utf-8")):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("COMMIT")


def statements(script: str) -> list[str]:
    """The single statements of a script: `executescript` would commit an open transaction."""
    found, pending = [], ""
    *pieces, rest = script.split(";")
    for piece in pieces:
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    for line in (pending + rest).splitlines():
        if line.strip() and not line.lstrip().startswith("--"):
            raise ValueError(f"a statement does not end: {line.strip()}")
    return found


def copy(source: sqlite3.Connection, target: Path) -> None:
    """Write a consistent copy, mode 0600, and check it before it gets its name."""
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            source.execute("VACUUM INTO ?", (str(part),))
            _check_copy(part)
            sync(part)
            part.replace(target)
            sync(target.parent)
        finally:
            _discard(part)
    except OSError as error:
        raise name_os_error(error, target) from error
    except sqlite3.OperationalError as error:
        named = name_error(error, target)
        if isinstance(named, DiskFull):
            raise named from error
        raise


def sqlite_version() -> tuple[int, int, int]:
    """The version of SQLite at work."""
    return sqlite3.sqlite_version_info


def wal_bytes(path: Path) -> int:
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except FileNotFoundError:
        return 0


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise name_os_error(error, path) from error
    with contextlib.closing(connect(path)) as connection:
        create_schema(connection)


def recognise(path: Path, mode: str = "") -> int:
    """The schema version of a file that is ours, EARLIER_RELEASE, or NOTHING_YET."""
    # Closing the last connection that may write would move a log into somebody else's file.
    mode = mode or ("ro" if wal_bytes(path) else "rw")
    with contextlib.closing(connect_plain(path, mode)) as connection:
        application_id = connection.execute("PRAGMA application_id").fetchone()["application_id"]
        version = connection.execute("PRAGMA user_version").fetchone()["user_version"]
        is_bare = not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
        is_earlier = not is_bare and earlier_release.is_one(connection)
    if application_id == APPLICATION_ID and version > SCHEMA_VERSION:
        raise DatabaseTooNew(
            f"{path} was written by a newer VoiceVerse (schema {version}, this one knows "
            f"{SCHEMA_VERSION}). Install that release again; nothing was changed."
        )
    if application_id == APPLICATION_ID and version > 0:
        return version
    if application_id == 0 and version == 0:
        if is_bare:  # a first start that was killed before it made the tables
            return NOTHING_YET
        if is_earlier:
            return EARLIER_RELEASE
    raise NotADatabase(f"{path} is a database of another program; it was left as it is.")


def _apply_upgrades(path: Path, version: int) -> None:
    """Run the numbered scripts above `version` in one transaction, after a copy."""
    scripts = [(number, _script(path, number)) for number in range(version + 1, SCHEMA_VERSION + 1)]
    with contextlib.closing(connect(path)) as connection:
        remove_parts(path)
        copy(connection, dated_sibling(path, f"before-upgrade-from-{version}"))
        # A table that is rebuilt is dropped first: with the keys on, its children would go too.
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for number, script in scripts:
                for statement in statements(script):
                    connection.execute(statement)
                if number == CHAINED:
                    chain.begin(connection)
                if number == NAMES_FOLDED:
                    names.begin(connection)
                connection.execute(f"PRAGMA user_version={number}")
            refuse_broken_references(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise name_upgrade_error(error, path, f"upgraded to schema {number}") from error


def is_current(path: Path) -> bool:
    """Whether the file's own header, apart from any log, carries this release's marks."""
    with path.open("rb") as file:
        header = file.read(100)
    marks = (int.from_bytes(header[68:72]), int.from_bytes(header[60:64]))
    return marks == (APPLICATION_ID, SCHEMA_VERSION)


def _script(path: Path, number: int) -> str:
    found = list(UPGRADES.glob(f"{number:04}_*.sql"))
    if len(found) != 1:
        raise UpgradeFailed(
            f"{path} cannot be upgraded: this VoiceVerse lacks the script {number:04}_*.sql. "
            "Install it again; nothing was changed."
        )
    return found[0].read_text("utf-8")


def refuse_broken_references(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        raise sqlite3.IntegrityError("a row points to one that is not there")


def name_upgrade_error(error: sqlite3.Error, path: Path, done: str) -> DatabaseError:
    """A full disk, a busy or a damaged file is called so; everything else is UpgradeFailed."""
    named = None if isinstance(error, sqlite3.IntegrityError) else name_error(error, path)
    return named or UpgradeFailed(
        f"{path} could not be {done} ({error}). It was left as it was; please report this."
    )


def remove_parts(path: Path) -> None:
    """Clear away what copies that were killed half way left beside the file, with their logs."""
    for part in path.parent.iterdir():
        if part.name.startswith(f"{path.stem}.") and part.name.endswith(PARTS):
            part.unlink(missing_ok=True)


def _discard(part: Path) -> None:
    for suffix in PARTS:
        part.with_name(part.name.removesuffix(".part") + suffix).unlink(missing_ok=True)


def dated_sibling(path: Path, label: str) -> Path:
    """A free name beside `path` that says what the copy is and when it was made."""
    stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    target = path.with_name(f"{path.stem}.{label}-{stamp}.db")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}.{label}-{stamp}-{number}.db")
    return target


def _check_copy(path: Path) -> None:
    with contextlib.closing(connect_plain(path)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()["integrity_check"]
    if verdict != "ok":
        raise DatabaseDamaged(f"The copy {path} is damaged: {verdict}. Check the disk.")


def _dictionary(cursor: sqlite3.Cursor, row: tuple) -> dict:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
