"""Check of the machine: permissions, versions, the disk, the network, settings."""

import ipaddress
import os
import platform
import shutil

import config as settings
from backups import manifest, status
from common import transient_causes
from common.errors import Message
from config import Config
from documents.recognition import find_program, languages_of
from server.doctor.findings import BAD, GOOD, WARN, Finding, Findings
from storage import sqlite_file

LITTLE_ROOM_BYTES = 1_000_000_000
LITTLE_ROOM_FILES = 1000
# Versions in which several writers at once can damage a file with a log (WAL reset).
RESET_BUG = ((3, 7, 0), (3, 51, 3))
RESET_FIXED = {(3, 50): 7, (3, 44): 6}


def permissions(config: Config) -> Findings:
    """Check the permissions of files and folders with secrets."""
    data = config.data_dir
    files = [config.database_path, settings.env_file()]
    files += [data / name for name in manifest.KEY_FILES]
    # A folder in the place of a file is told of by itself.
    private = [data, data / status.FOLDER, *(path for path in files if not path.is_dir())]
    closed = dict.fromkeys(private, 0o77)
    if config.x_accel_redirect == "on":  # a proxy of this group passes through
        closed[data] = 0o67
    wrong = [path for path in private if path.exists() and path.stat().st_mode & closed[path]]
    for path in wrong:
        mode = "700" if path.is_dir() else "600"
        yield Finding(
            BAD,
            Message("Other accounts on this machine can read {path}.", path=str(path)),
            Message("Run: chmod {mode} {path}", mode=mode, path=str(path)),
        )
    foreign = [path for path in private if path.exists() and path.stat().st_uid != os.geteuid()]
    for path in foreign:
        yield Finding(
            WARN,
            Message("{path} belongs to another account.", path=str(path)),
            "Run VoiceVerse, and this command, as the account that the data belongs to.",
        )
    if not wrong and not foreign:
        yield Finding(GOOD, "Only this account can read the data.")


def versions(_config: Config) -> Findings:
    """Check the versions of Python and SQLite."""
    yield Finding(GOOD, Message("Python {version}.", version=platform.python_version()))
    version = sqlite_file.sqlite_version()
    shown = ".".join(map(str, version))
    is_fixed = version[2] >= RESET_FIXED.get(version[:2], 10**6)
    if not RESET_BUG[0] <= version < RESET_BUG[1] or is_fixed:
        yield Finding(GOOD, Message("SQLite {version}.", version=shown))
        return
    yield Finding(
        WARN,
        Message(
            "SQLite {version} can damage a database that several programs write to at "
            "once. VoiceVerse allows one at a time.",
            version=shown,
        ),
        "Do not let any other program write to the database. Python with SQLite 3.51.3 or "
        "later fixes this.",
    )


def disk(config: Config) -> Findings:
    """Check whether the disk has too little space or inodes left."""
    if not config.data_dir.exists():
        return
    yield from _inodes(config)
    free = shutil.disk_usage(config.data_dir).free
    what = Message("{megabytes} MB are free on the disk.", megabytes=free // 1_000_000)
    if free < config.min_free_mb * 1024 * 1024:
        yield Finding(BAD, what, "Free some space. New jobs are refused.")
    elif free < LITTLE_ROOM_BYTES:
        yield Finding(WARN, what, "Free some space before new jobs are refused.")


def room_left(config: Config) -> Findings:
    """Tell how much space the disk has, where that is enough."""
    if not config.data_dir.exists():
        return
    free = shutil.disk_usage(config.data_dir).free
    if free >= max(config.min_free_mb * 1024 * 1024, LITTLE_ROOM_BYTES):
        yield Finding(
            GOOD, Message("{megabytes} MB are free on the disk.", megabytes=free // 1_000_000)
        )


def _inodes(config: Config) -> Findings:
    files = transient_causes.room(config.data_dir).files
    if files is not None and files < LITTLE_ROOM_FILES:
        yield Finding(
            BAD if files < transient_causes.FEW_FILES else WARN,
            Message("The disk can take {count} more files (inodes).", count=files),
            "Delete files that nobody needs. New jobs are refused while there is no room.",
        )


def network(config: Config) -> Findings:
    """Check the settings by which others reach the server."""
    if _is_local(config.host):
        yield Finding(GOOD, "Only this machine, or a proxy on it, can reach VoiceVerse.")
        if not config.trusted_proxies:
            return
    if config.trusted_proxies:
        proxies = Message("Trusted proxies: {names}.", names=", ".join(config.trusted_proxies))
        yield from _trusted(config, proxies)
        return
    yield Finding(
        WARN,
        Message("{host} is open to the network without encryption.", host=config.host),
        "On a network that you share, listen on 127.0.0.1 behind a proxy with HTTPS.",
    )


def _trusted(config: Config, proxies: str) -> Findings:
    """Proxies are believed what they say of addresses and HTTPS, so they should be few."""
    wide = [name for name in config.trusted_proxies if _is_wide(name)]
    if wide:
        yield Finding(
            BAD, proxies, "Set VOICEVERSE_TRUSTED_PROXIES to the address of the proxy only."
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


def recognition(config: Config) -> Findings:
    """Check for the program that reads scanned pages, and the languages that it knows."""
    if config.tesseract == "off":
        return
    program = find_program(config.tesseract)
    if not program:
        yield Finding(
            GOOD if config.tesseract == "auto" else BAD,
            "Tesseract is not installed, so scanned pages cannot be imported.",
            "Install it with the languages that people read; on Debian: apt install tesseract-ocr "
            "tesseract-ocr-deu.",
        )
        return
    names = ", ".join(name for name in languages_of(program) if name != "osd")
    yield Finding(GOOD, Message("Scanned pages are read by Tesseract ({names}).", names=names))


def check_settings(config: Config) -> Findings:
    """Check for settings that are unknown or do not fit together."""
    for name in config.unrecognised:
        yield Finding(
            WARN,
            Message("{name} is not a VoiceVerse setting.", name=name),
            "Correct or remove it; .env.example lists all settings.",
        )
