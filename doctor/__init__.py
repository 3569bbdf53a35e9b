"""What may be wrong with an installation, each with its remedy in a line.

It opens nothing for writing and needs nothing but the settings: it works on damaged data, too.
"""

from config import Config
from database import opening
from doctor import backups, data, machine, sounds
from doctor.findings import BAD, GOOD, WARN, Finding

__all__ = ["BAD", "GOOD", "WARN", "Finding", "examine"]


def examine(config: Config, *, thorough: bool = True, scrub: bool = False) -> list[Finding]:
    """Everything that is found, the worst first.

    `thorough` reads the whole database and compares it with the disk; `scrub` reads all sound, too.
    """
    found = [
        *machine.permissions(config),
        *machine.versions(),
        *machine.disk(config),
        *machine.network(config),
    ]
    found += [*machine.check_settings(config), *backups.check(config)]
    if (config.data_dir / opening.RESTORE_MARK).exists():
        found.append(Finding(BAD, "A restore was interrupted.", "Start VoiceVerse to complete it."))
    elif not config.database_path.exists():
        found += data.no_database(config)
    else:
        found += data.readable(config, data.log)
        if thorough:
            found += [*data.readable(config, data.database), *data.readable(config, sounds.sounds)]
            found += data.readable(config, sounds.segments)
        if scrub:
            found += data.readable(config, sounds.scrub)
    return sorted(found, key=lambda finding: (BAD, WARN, GOOD).index(finding.level))
