"""Check of the backups: whether a recent one was made without errors."""

from datetime import UTC, datetime, timedelta

from backups import status
from common.errors import Message
from config import Config
from server.doctor.findings import BAD, GOOD, WARN, Finding, Findings

OLD_BACKUP = timedelta(days=2)


def check(config: Config) -> Findings:
    """Check that a backup was made of late, and that the last attempt succeeded."""
    record, now = status.read(config), datetime.now(UTC)
    if config.backup_hour == "off":
        yield Finding(
            WARN,
            "Nightly backups are off.",
            "Set VOICEVERSE_BACKUP_HOUR to an hour from 0 to 23.",
        )
    if status.is_damaged(config):
        what = "{path} does not hold what is known about the backups."
        yield Finding(
            BAD,
            Message(what, path=str(status.path(config))),
            "Run flask backup, which creates it again.",
        )
    if record.failed_at:
        yield Finding(
            BAD,
            Message("The last backup failed: {why}", why=record.why),
            "Follow its advice, then run flask backup.",
        )
    if record.unsound:
        yield Finding(
            BAD,
            Message(
                "Audio files that were missing or damaged at the last backup: {count}.",
                count=record.unsound,
            ),
            "See which with flask doctor --scrub.",
        )
    if not record.made_at and status.is_damaged(config):
        return
    if not record.made_at:
        yield Finding(WARN, "There is no backup yet.", "Make one with flask backup.")
    elif _time(record.made_at) < now - OLD_BACKUP:
        yield Finding(
            WARN,
            Message("The last backup was made on {time} UTC.", time=record.made_at),
            "Make one with flask backup.",
        )
    else:
        yield Finding(
            GOOD,
            Message(
                "The last backup was made on {time} UTC and verified by restoring it.",
                time=record.made_at,
            ),
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
