"""Validation of single values of legacy entries."""

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from storage.audio_store import DELETED, NAME
from storage.growing_file import PART

LONGEST_NAME = 200
LONGEST_CATEGORY = 100
LONGEST_USERNAME = 150
LARGEST_NUMBER = 10**12
LONGEST_FILENAME_BYTES = 240  # leaves room for .part and .deleted
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
KNOWN_HASH = re.compile(r"(scrypt|pbkdf2):[^$]+\$[^$]*\$[0-9a-f]+|\$argon2[a-z]+\$.+")
Entry = Mapping[str, Any]  # an object of a legacy file, as it was read


class Unusable(Exception):
    """The value does not fit its field; the text says why."""


def text(entry: Entry, key: str) -> str:
    """Check a text that is to be stored; raises Unusable."""
    value = entry.get(key)
    if not isinstance(value, str):
        raise Unusable(f"{key} is {kind_of(value)}, not a text")
    if not is_storable(value):
        raise Unusable(f"{key} holds half a character, which cannot be stored")
    return value


def is_storable(value: str) -> bool:
    """Whether the text can be encoded as UTF-8: it has no lone surrogates."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def count(entry: Entry, key: str) -> int:
    """Check a whole number from 0 up; raises Unusable."""
    value = number(entry, key)
    if value != int(value):
        raise Unusable(f"{key} is not a whole number")
    return int(value)


def number(entry: Entry, key: str) -> float:
    """Check a finite number from 0 up; raises Unusable."""
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unusable(f"{key} is {kind_of(value)}, not a number")
    if isinstance(value, float) and math.isnan(value):
        raise Unusable(f"{key} is NaN")
    if value > LARGEST_NUMBER:
        raise Unusable(f"{key} is too large to be true")
    if value < 0:
        raise Unusable(f"{key} is below zero")
    return value


def check_filename(value: str) -> None:
    """Raise Unusable for a name that could not be a file's in the audio folder."""
    if not is_storable(value):
        raise Unusable("the filename holds half a character, which cannot be stored")
    if not NAME.fullmatch(value) or value.endswith((PART, DELETED)):
        raise Unusable("the filename is empty, hidden, or holds a path or control characters")
    if len(value.encode()) > LONGEST_FILENAME_BYTES:
        raise Unusable(f"the filename is longer than {LONGEST_FILENAME_BYTES} bytes")


def is_filename(value: str) -> bool:
    """Whether the name could be a file's in the audio folder."""
    try:
        check_filename(value)
    except Unusable:
        return False
    return True


def month(key: str) -> str:
    """Check a key 'YYYY-MM'; raises Unusable."""
    if not MONTH.fullmatch(key) or not 1970 <= int(key[:4]) <= 9998:
        raise Unusable("the month is not written YYYY-MM")
    return key


def one_line(value: str, longest: int) -> str:
    """Clean a text of control characters and outer blanks, cut to `longest` characters."""
    if not value.isprintable():
        value = "".join(" " if unicodedata.category(c) == "Cc" else c for c in value)
    return value.strip()[:longest].rstrip()


def kind_of(value: object) -> str:
    """Name the kind of a JSON value, in words."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true or false"
    kinds = {dict: "an object", list: "a list", str: "a text", int: "a number", float: "a number"}
    return next(words for kind, words in kinds.items() if isinstance(value, kind))


def shown(value: object) -> str:
    """Shorten a key or name, so that it can be printed on one line."""
    words = value if isinstance(value, str) else kind_of(value)
    words = words.encode("utf-8", "backslashreplace").decode()
    words = "".join(c if c.isprintable() else repr(c)[1:-1] for c in words)
    return words if len(words) <= 120 else words[:119] + "…"
