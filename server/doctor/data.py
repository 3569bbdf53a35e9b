"""Check of the database and the key: present, undamaged, and of this release."""

from dataclasses import replace

from backups import create, status
from common.errors import Message
from config import (
    SHORTEST_KEY_BYTES,
    Config,
    ConfigError,
    check_data_path,
    holds_sound,
    remake_command,
)
from queries.integrity import examination
from server.doctor.findings import BAD, GOOD, MOST_NAMED, WARN, Finding, Findings, named
from storage import snapshots, sqlite_file
from storage.errors import (
    DatabaseDamaged,
    DatabaseError,
    DatabaseTooNew,
    NotADatabase,
)

NEW_KEY = (
    "Restore it from a backup made with --keys, or create a new one, which logs everybody "
    "out and turns off authenticator apps: {command}"
)

KEY_FOLDER = (
    "Move it away, then restore the key from a backup made with --keys, or create a new "
    "one, which logs everybody out and turns off authenticator apps: {command}"
)


def restoring(config: Config) -> str:
    """Remedy where the database itself is lost: a restore."""
    if create.list_all(config):
        return "Stop VoiceVerse and run flask restore latest."
    return "Stop VoiceVerse and run flask restore with a backup kept elsewhere; there is none here."


def interrupted_restore(_config: Config) -> Findings:
    """Check for a restore that waits for the next start."""
    yield Finding(
        BAD, "A restore was interrupted.", "Start VoiceVerse to complete it.", is_last=True
    )


def place(config: Config) -> Findings:
    """Check that the path of the data folder can be used."""
    try:
        check_data_path(config)
    except ConfigError as error:
        what, _, remedy = error.message.rpartition(". ")
        yield Finding(BAD, f"{what}.", remedy, is_last=True)


def folders(config: Config) -> Findings:
    """Check that no file stands where a folder is needed."""
    for folder in (
        config.data_dir, config.audio_dir, config.segments_dir, config.imports_dir,
        status.backups_folder(config),
    ):  # fmt: skip
        if folder.exists() and not folder.is_dir():
            remedy = "Move it away. The folder is created again when it is needed."
            if folder in (config.data_dir, config.audio_dir):
                remedy = "Move it away, then put the folder back from a backup."
            what = Message("{path} is a file where a folder should be.", path=str(folder))
            yield Finding(BAD, what, remedy, is_last=folder == config.data_dir)


def key(config: Config) -> Findings:
    """Check the key that signs cookies; none is made, as a start would."""
    path = config.data_dir / "secret_key"
    if config.secret_key or (what := _key_fault(config)) is None:
        return
    remedy = Message(NEW_KEY, command=remake_command(path))
    if path.is_dir():
        remedy = Message(KEY_FOLDER, command=remake_command(path))
    yield Finding(BAD, Message(what, path=str(path)), remedy)


def _key_fault(config: Config) -> str | None:
    path = config.data_dir / "secret_key"
    if path.is_dir():
        return "{path} is a folder where the key should be."
    if path.exists():
        is_short = len(path.read_bytes().strip()) < SHORTEST_KEY_BYTES
        return "{path} is empty or too short for a key." if is_short else None
    try:
        is_needed = snapshots.is_ours(config.database_path)
    except DatabaseError:  # told of by itself
        return None
    return "{path} is missing beside the database." if is_needed else None


def presence(config: Config) -> Findings:
    """Check that there is a database of this release."""
    path = config.database_path
    try:
        if path.is_dir():
            what = Message("{path} is a folder where the database should be.", path=str(path))
            yield Finding(BAD, what, "Move it away, then run flask restore latest.", True)
        elif snapshots.is_empty(path):
            yield _no_database(config)
        elif snapshots.recognise(path) != sqlite_file.SCHEMA_VERSION:
            what = Message("{path} is of another release.", path=str(path))
            yield Finding(WARN, what, "Start VoiceVerse once, which upgrades it.", is_last=True)
    except DatabaseTooNew:
        what = Message("{path} was written by a newer VoiceVerse.", path=str(path))
        yield Finding(BAD, what, "Install that release again.", is_last=True)
    except NotADatabase:
        what = Message("{path} is a database of another program.", path=str(path))
        yield Finding(BAD, what, "Set VOICEVERSE_DATA_DIR to where the data is.", is_last=True)
    except DatabaseDamaged as error:
        yield Finding(BAD, error.message, restoring(config), is_last=True)


def _no_database(config: Config) -> Finding:
    path = str(config.database_path)
    if sqlite_file.wal_bytes(config.database_path):
        what = Message("{path} is missing, but its log is there.", path=path)
    elif holds_sound(config):
        what = Message("{path} is missing or empty, but there is audio beside it.", path=path)
    else:
        what = Message("There is no database in {path} yet.", path=str(config.data_dir))
        remedy = "Start VoiceVerse, or set VOICEVERSE_DATA_DIR to where the data is."
        return Finding(WARN, what, remedy, is_last=True)
    return Finding(BAD, what, restoring(config), is_last=True)


def schema(config: Config) -> Findings:
    """Check that every table, column, index and trigger is there."""
    with examination(config.database_path) as look:
        lacking = look.missing_parts()
    for finding in named(
        lacking, "Parts of the database are missing ({count}): {names}.", BAD,
        restoring(config),
    ):  # fmt: skip
        yield replace(finding, is_last=True)


def log(config: Config) -> Findings:
    """Check the hash chain of the security log."""
    faults = snapshots.find_log_faults(config.database_path, _seen_ends(config))
    for fault in faults[:MOST_NAMED]:
        yield Finding(
            BAD,
            Message("The security log was tampered with: {fault}.", fault=fault),
            "Compare it with the one in a backup, and find out who can write to the database.",
        )
    if not faults:
        yield Finding(GOOD, "The security log is intact.")


def _seen_ends(config: Config) -> list[tuple[int, str]]:
    """List the ends of the log's chain that backups saw, without those that a restore undid."""
    record = status.read(config)
    return [
        (number, digest)
        for made_at, number, digest in record.ends
        if not record.restored_from < made_at <= record.restored_at
    ]


def database(config: Config) -> Findings:
    """Check the whole database file for damage."""
    faults = snapshots.find_faults(config.database_path, is_copy=False)
    faults = [fault for fault in faults if "audio_search" not in fault]  # looked at by itself
    for fault in faults[:MOST_NAMED]:
        yield Finding(
            BAD, Message("The database is damaged: {fault}.", fault=fault), restoring(config),
            is_last=True,
        )  # fmt: skip
    if not faults:
        yield Finding(GOOD, "The database is intact.")
