"""Diagnosis of an installation: findings, each with its remedy in a line.

It opens nothing for writing and needs nothing but the settings: it works on damaged data, too.
A cause is told once: what follows from it is not looked at.
"""

import logging

from common.errors import Message
from config import Config
from server.doctor import accounts, backups, contents, data, machine, sounds, voices
from server.doctor.findings import BAD, GOOD, WARN, Finding, Look
from storage import opening
from storage.errors import DatabaseError

__all__ = ["BAD", "GOOD", "WARN", "Finding", "examine"]

log = logging.getLogger("voiceverse.doctor")

QUICK = (data.folders, data.key, data.presence, data.schema, data.log, accounts.names)
THOROUGH = (
    *QUICK, data.database, contents.search, contents.rows,
    sounds.sounds, sounds.segments, sounds.uploads,
)  # fmt: skip


def examine(config: Config, *, thorough: bool = True, scrub: bool = False) -> list[Finding]:
    """Examine the installation; returns the findings, the worst first.

    `thorough` reads the whole database and compares it with the disk; `scrub` reads all sound, too.
    """
    if unusable := _look(config, data.place):
        return unusable
    looks: tuple[Look, ...] = (
        machine.permissions, machine.versions, machine.disk, machine.network,
        machine.check_settings, machine.recognition, voices.natural, backups.check,
    )  # fmt: skip
    # The page of health says with the load how much of the disk is free.
    looks += (machine.room_left,) * thorough
    found = [finding for look in looks for finding in _look(config, look)]
    if (config.data_dir / opening.RESTORE_JOURNAL).exists():
        found += data.interrupted_restore(config)
    else:
        found += _data(config, (*(THOROUGH if thorough else QUICK), *[sounds.scrub] * scrub))
    return sorted(found, key=lambda finding: (BAD, WARN, GOOD).index(finding.level))


def _data(config: Config, looks: tuple[Look, ...]) -> list[Finding]:
    """Yield findings in the data, until one explains whatever would follow."""
    found: list[Finding] = []
    for look in looks:
        try:
            found += _look(config, look)
        except DatabaseError as error:
            return [*found, Finding(BAD, error.message, data.restoring(config))]
        if any(finding.is_last for finding in found):
            break
    return found


def _look(config: Config, look: Look) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(look(config))
    except (ValueError, TypeError) as error:  # something is damaged that no look thought of
        log.exception("the look %s of doctor broke off", look.__name__)
        what = Message("The check {name} failed: {reason}.", name=look.__name__, reason=str(error))
        found.append(Finding(BAD, what, "Report this, with the lines from the log."))
    except OSError as error:
        what = Message(
            "{path} cannot be read: {reason}.",
            path=str(error.filename or config.data_dir),
            reason=error.strerror or str(error),
        )
        found.append(Finding(BAD, what, "Check who owns it, and the disk."))
    return found
