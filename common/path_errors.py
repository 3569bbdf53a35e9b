"""Remedies for errors about paths that cannot be used."""

import errno
import os
from pathlib import Path

LONGEST = 504  # bytes of a database that SQLite opens: 512, with what it puts behind the name
LONGEST_SHOWN = 120  # characters
ANOTHER = "set VOICEVERSE_DATA_DIR to another folder"
MAY_NOT = (
    "Let the account that runs VoiceVerse write there, or set VOICEVERSE_DATA_DIR to a folder that "
    "you may write to."
)
REMEDIES = {
    errno.EACCES: MAY_NOT,
    errno.EPERM: MAY_NOT,
    errno.EROFS: f"Mount the disk for writing, or {ANOTHER}.",
    errno.ENAMETOOLONG: "The path is too long: set VOICEVERSE_DATA_DIR to a folder with a shorter "
    "one.",
    errno.ENOTDIR: f"A part of the path is a file: move it away, or {ANOTHER}.",
    errno.EEXIST: f"A file stands there: move it away, or {ANOTHER}.",
    errno.EISDIR: "There is a folder where a file should be. Move it away.",
    errno.ELOOP: f"Its links lead in a circle: remove one of them, or {ANOTHER}.",
    errno.ENOENT: f"Make the folder, or {ANOTHER}.",
    errno.ENOSPC: f"Free some space or some inodes, or {ANOTHER}.",
    errno.EDQUOT: f"Free some space or raise the quota, or {ANOTHER}.",
}


def remedy(error: OSError) -> str:
    """Remedy for an error of the system about a path, as a sentence."""
    return REMEDIES.get(error.errno or 0, "Check the path and its owner.")


def shortened(path: Path) -> str:
    """Shorten a path for a sentence."""
    text = str(path)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def is_too_long(path: Path) -> bool:
    """Whether SQLite cannot open a database there; links are followed, as it does."""
    return len(os.fsencode(os.path.realpath(path))) > LONGEST
