"""What may be wrong with an installation, each with its remedy in a line.

It opens nothing for writing and needs nothing but the settings: it works on damaged data, too.
"""

import ipaddress
import os
import platform
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import config as settings
from audio_store import AudioStore, SegmentStore
from config import Config
from database import opening, snapshots
from database.errors import DatabaseError
from keeping import manifest, records
from keeping.files import digest_of
from sentences import Sentence

GOOD, WARN, BAD = "good", "warn", "bad"
LITTLE_ROOM_BYTES = 1_000_000_000
OLD_BACKUP = timedelta(days=2)
MOST_NAMED = 3
# Versions in which several writers at once can damage a file with a log (WAL reset).
RESET_BUG = ((3, 7, 0), (3, 51, 3))
RESET_FIXED = {(3, 50): 7, (3, 44): 6}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and found; `remedy` is empty when nothing is to be done."""

    level: str
    what: str
    remedy: str = ""


Findings = Iterator[Finding]


def examine(config: Config, *, thorough: bool = True, scrub: bool = False) -> list[Finding]:
    """Everything that is found, the worst first.

    `thorough` reads the whole database and compares it with the disk; `scrub` reads all sound, too.
    """
    found = [*_permissions(config), *_versions(), *_disk(config), *_network(config)]
    found += [*_settings(config), *_backups(config)]
    if (config.data_dir / opening.RESTORE_MARK).exists():
        found.append(Finding(BAD, "A restore was interrupted.", "Start VoiceVerse to complete it."))
    elif not config.database_path.exists():
        found += _no_database(config)
    else:
        found += _readable(config, _log)
        if thorough:
            found += [*_readable(config, _database), *_readable(config, _sounds)]
            found += _readable(config, _segments)
        if scrub:
            found += _readable(config, _scrub)
    return sorted(found, key=lambda finding: (BAD, WARN, GOOD).index(finding.level))


# The machine


def _permissions(config: Config) -> Findings:
    data = config.data_dir
    private = [data, data / records.FOLDER, config.database_path, settings.env_file()]
    private += [data / name for name in manifest.KEY_FILES]
    wrong = [path for path in private if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o77]
    for path in wrong:
        mode = "700" if path.is_dir() else "600"
        yield Finding(
            BAD,
            Sentence("Others on this machine can read {path}.", path=str(path)),
            Sentence("Run: chmod {mode} {path}", mode=mode, path=str(path)),
        )
    foreign = [path for path in private if path.exists() and path.stat().st_uid != os.geteuid()]
    for path in foreign:
        yield Finding(
            WARN,
            Sentence("{path} belongs to another account.", path=str(path)),
            "Run VoiceVerse, and this command, as the account that the data belongs to.",
        )
    if not wrong and not foreign:
        yield Finding(GOOD, "The data belongs to this account alone.")


def _versions() -> Findings:
    yield Finding(GOOD, Sentence("Python {version}.", version=platform.python_version()))
    version = opening.sqlite_version()
    shown = ".".join(map(str, version))
    is_fixed = version[2] >= RESET_FIXED.get(version[:2], 10**6)
    if not RESET_BUG[0] <= version < RESET_BUG[1] or is_fixed:
        yield Finding(GOOD, Sentence("SQLite {version}.", version=shown))
        return
    yield Finding(
        WARN,
        Sentence(
            "SQLite {version} can damage a database that several programs write at once. "
            "VoiceVerse lets one write at a time.",
            version=shown,
        ),
        "Let no other program write to the database; a Python with SQLite 3.51.3 or later has it "
        "mended.",
    )


def _disk(config: Config) -> Findings:
    if not config.data_dir.exists():
        return
    free = shutil.disk_usage(config.data_dir).free
    what = Sentence("{megabytes} MB are free on the disk.", megabytes=free // 1_000_000)
    if free < config.min_free_mb * 1024 * 1024:
        yield Finding(BAD, what, "Free some space: new work is refused.")
    elif free < LITTLE_ROOM_BYTES:
        yield Finding(WARN, what, "Free some space before new work is refused.")
    else:
        yield Finding(GOOD, what)


def _network(config: Config) -> Findings:
    if _is_local(config.host):
        yield Finding(GOOD, "Only this machine, or a proxy on it, reaches VoiceVerse.")
        if not config.trusted_proxies:
            return
    if config.trusted_proxies:
        proxies = Sentence("Trusted proxies: {names}.", names=", ".join(config.trusted_proxies))
        yield from _trusted(config, proxies)
        return
    yield Finding(
        WARN,
        Sentence("{host} is open to the network without encryption.", host=config.host),
        "On a network that is not yours alone, listen on 127.0.0.1 behind a proxy with HTTPS.",
    )


def _trusted(config: Config, proxies: str) -> Findings:
    """Proxies are believed what they say of addresses and HTTPS, so they should be few."""
    wide = [name for name in config.trusted_proxies if _is_wide(name)]
    if wide:
        yield Finding(
            BAD, proxies, "Name the proxy's own address in VOICEVERSE_TRUSTED_PROXIES alone."
        )
    elif not config.trusted_hosts:
        yield Finding(
            WARN, proxies, "Set VOICEVERSE_TRUSTED_HOSTS to the name that people open it by."
        )
    else:
        yield Finding(GOOD, proxies)


def _is_wide(name: str) -> bool:
    try:
        return ipaddress.ip_network(name, strict=False).prefixlen == 0
    except ValueError:
        return True


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _settings(config: Config) -> Findings:
    for name in config.unrecognised:
        yield Finding(
            WARN,
            Sentence("{name} is not a setting of VoiceVerse.", name=name),
            "Correct or remove it; .env.example lists them all.",
        )


# Backups


def _backups(config: Config) -> Findings:
    record, now = records.read(config), datetime.now(UTC)
    if config.backup_hour == "off":
        yield Finding(
            WARN,
            "No backup is made by night.",
            "Set VOICEVERSE_BACKUP_HOUR to an hour from 0 to 23.",
        )
    if record.failed_at:
        yield Finding(
            BAD,
            Sentence("The last backup failed: {why}", why=record.why),
            "Do what it says, then run flask backup.",
        )
    if record.unsound:
        yield Finding(
            BAD,
            Sentence(
                "Sound files that were missing or damaged at the last backup: {count}.",
                count=record.unsound,
            ),
            "See which with flask doctor --scrub.",
        )
    if not record.made_at:
        yield Finding(WARN, "There is no backup yet.", "Make one with flask backup.")
    elif _time(record.made_at) < now - OLD_BACKUP:
        yield Finding(
            WARN,
            Sentence("The last backup was made on {time} UTC.", time=record.made_at),
            "Make one with flask backup.",
        )
    else:
        yield Finding(
            GOOD,
            Sentence(
                "The last backup was made on {time} UTC, and proven by restoring it.",
                time=record.made_at,
            ),
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# The data


def _no_database(config: Config) -> Findings:
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


def _readable(config: Config, look: Callable[[Config], Findings]) -> list[Finding]:
    """What a look at the database finds, also when that cannot be read."""
    try:
        if snapshots.schema_version(config.database_path) != opening.SCHEMA_VERSION:
            what = Sentence("{path} is of another release.", path=str(config.database_path))
            return [Finding(WARN, what, "Start VoiceVerse once, which upgrades it.")]
        return list(look(config))
    except DatabaseError as error:
        return [Finding(BAD, error.sentence, "Stop VoiceVerse and run flask restore latest.")]


def _log(config: Config) -> Findings:
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


def _database(config: Config) -> Findings:
    faults = snapshots.find_faults(config.database_path, is_copy=False)
    for fault in faults[:MOST_NAMED]:
        yield Finding(
            BAD, Sentence("The database is damaged: {fault}.", fault=fault),
            "Stop VoiceVerse and run flask restore latest.",
        )  # fmt: skip
    if not faults:
        yield Finding(GOOD, "The database is sound.")


def _sounds(config: Config) -> Findings:
    store = AudioStore(config.audio_dir)
    rows, names = snapshots.list_sounds(config.database_path), set(store.names())
    ready = {name: row for name, row in rows.items() if row["status"] == "ready"}
    missing = sorted(set(ready) - names)
    changed = [name for name in ready if name in names and _has_other_size(store, name, ready)]
    stray = sorted(names - set(rows))
    yield from _named(missing, "Missing sound files ({count}): {names}.", BAD, FROM_BACKUP)
    yield from _named(
        changed,
        "Sound files of another size than they were made ({count}): {names}.",
        BAD,
        FROM_BACKUP,
    )
    yield from _named(
        stray, "Sound files that belong to nothing ({count}): {names}.", WARN,
        Sentence("Move them out of {folder} if nobody misses them.", folder=str(store.folder)),
    )  # fmt: skip
    if not missing and not changed:
        yield Finding(GOOD, Sentence("All sound files are there ({count}).", count=len(ready)))


FROM_BACKUP = "Copy them from the folder audio of a backup, or speak them again."


def _has_other_size(store: AudioStore, name: str, rows: dict[str, dict]) -> bool:
    return rows[name]["size"] > 0 and store.size(name) != rows[name]["size"]


def _segments(config: Config) -> Findings:
    """Bought sound: what rows and disk know of each other."""
    kept = {digest for digest, _ in SegmentStore(config.segments_dir).files()}
    known = snapshots.list_kept(config.database_path)
    missing, stray = sorted(known - kept), sorted(kept - known)
    yield from _named(
        missing, "Missing bought segments ({count}): {names}.", WARN,
        "Nothing: they are bought again when they are needed.",
    )  # fmt: skip
    yield from _named(
        stray, "Bought segments that are not counted ({count}): {names}.", WARN,
        "Nothing: they are counted when they are used.",
    )  # fmt: skip


def _scrub(config: Config) -> Findings:
    """Read every sound file and compare it with the hash that was taken when it was made."""
    store, damaged, count = AudioStore(config.audio_dir), [], 0
    for name, row in snapshots.list_sounds(config.database_path).items():
        if row["status"] != "ready" or not row["sha256"] or store.size(name) is None:
            continue
        count += 1
        if digest_of(store.path(name)) != row["sha256"]:
            damaged.append(name)
    yield from _named(damaged, "Damaged sound files ({count}): {names}.", BAD, FROM_BACKUP)
    if not damaged:
        yield Finding(
            GOOD,
            Sentence("All sound files were read and are as they were made ({count}).", count=count),
        )


def _named(names: list[str], what: str, level: str, remedy: str) -> Findings:
    if not names:
        return
    shown = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    yield Finding(level, Sentence(what, count=len(names), names=shown), remedy)
