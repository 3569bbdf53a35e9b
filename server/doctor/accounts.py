"""Check of usernames: whether each can be told from the others."""

from common.errors import Message
from config import Config
from server.doctor.findings import WARN, Finding, Findings, named
from storage import snapshots

ONE_OF_THEM = "Each can only be reached by its exact spelling. Tell their owners, or disable one."


def names(config: Config) -> Findings:
    """Check for usernames that look alike or mix scripts."""
    alike, mixed = snapshots.find_unclear_names(config.database_path)
    for group in alike:
        what = Message(
            "These account names look alike: {names}.", names=", ".join(map(repr, group))
        )
        yield Finding(WARN, what, ONE_OF_THEM)
    mix = "These account names mix scripts to look like others: {names}."
    remedy = "Find out whose they are. Such names can no longer be chosen."
    yield from named(mixed, mix, WARN, remedy)
