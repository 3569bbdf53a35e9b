"""The database: whether it is there, whole, and of this release."""

from collections.abc import Callable

from config import Config
from database import opening, snapshots
from database.errors import DatabaseError
from doctor.findings import BAD, GOOD, MOST_NAMED, WARN, Finding, Findings
from keeping import records
from sentences import Sentence


def no_database(config: Config) -> Findings:
    if opening.wal_bytes(config.database_path):
        yield Finding(
            BAD,
            Sentence("{path} is missing, but its log is there.", path=str(config.database_path)),
            "Stop VoiceVerse and run flask restore latest.",
        )
    else:
        yield Finding(
            WARN,
            Sentence("There is no database in {path} yet.", path=str(config.data_dir)),
            "Start VoiceVerse, or set VOICEVERSE_DATA_DIR to where the data is.",
        )


def readable(config: Config, look: Callable[[Config], Findings]) -> list[Finding]:
    """What a look at the database finds, also when that cannot be read."""
    try:
        if snapshots.schema_version(config.database_path) != opening.SCHEMA_VERSION:
            what = Sentence("{path} is of another release.", path=str(config.database_path))
            return [Finding(WARN, what, "Start VoiceVerse once, which upgrades it.")]
        return list(look(config))
    except DatabaseError as error:
        return [Finding(BAD, error.sentence, "Stop VoiceVerse and run flask restore latest.")]


def log(config: Config) -> Findings:
    faults = snapshots.find_log_faults(config.database_path, _seen_ends(config))
    for fault in faults[:MOST_NAMED]:
        yield Finding(
            BAD,
            Sentence("The security log was tampered with: {fault}.", fault=fault),
            "Compare it with the one in a backup, and find out who can write to the database.",
        )
    if not faults:
        yield Finding(GOOD, "The security log is whole.")


def _seen_ends(config: Config) -> list[tuple[int, str]]:
    """Where backups saw the chain of the log end, but for a past that a restore went back on."""
    record = records.read(config)
    return [
        (number, digest)
        for made_at, number, digest in record.ends
        if not record.restored_from < made_at <= record.restored_at
    ]


def database(config: Config) -> Findings:
    faults = snapshots.find_faults(config.database_path, is_copy=False)
    for fault in faults[:MOST_NAMED]:
        yield Finding(
            BAD, Sentence("The database is damaged: {fault}.", fault=fault),
            "Stop VoiceVerse and run flask restore latest.",
        )  # fmt: skip
    if not faults:
        yield Finding(GOOD, "The database is sound.")
