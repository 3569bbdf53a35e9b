"""Passwords: which ones are accepted, how they are hashed and checked."""

import base64
import secrets
import unicodedata
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from werkzeug.security import check_password_hash

from common import usernames
from common.errors import AppError, Message

MIN_CHARACTERS = 15
MAX_CHARACTERS = 1024
KEYBOARD_ROWS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
# What the commonest long passwords are put together from.
STEMS = """
    password passwort motdepasse contrasena letmein welcome iloveyou trustno qwerty qwertz
    azerty asdfgh zxcvbn administrator admin login secret master dragon monkey football
    baseball sunshine princess superman changeme default computer internet whatever test
    guest user hello voiceverse
""".split()  # noqa: SIM905 (read and extended more easily as words)
LOOKALIKES = str.maketrans("@013457$!", "aoieastsi")
OLDER_METHODS = ("scrypt:", "pbkdf2:")


class BadPassword(AppError):
    """The password is too short, too long or too easy to guess; `message` says what to do."""

    status = 400
    field = "password"


def check_rules(username: str, password: str) -> None:
    """Raise BadPassword for a password that is too short, too long or easy to guess."""
    length = len(unicodedata.normalize("NFC", password))
    if length < MIN_CHARACTERS:
        raise BadPassword(
            Message(
                "Use at least {least} characters; three or four unrelated words are easy to keep "
                "in mind.",
                least=MIN_CHARACTERS,
            )
        )
    if length > MAX_CHARACTERS:
        raise BadPassword(Message("Use at most {most} characters.", most=MAX_CHARACTERS))
    if is_predictable(password, username):
        raise BadPassword(
            "This password is too easy to guess. Choose three or four unrelated words, "
            "without your name."
        )


def is_predictable(password: str, username: str = "") -> bool:
    """Whether a long password is a repetition, a run of neighbours, or well-known words."""
    folded = usernames.fold(password)
    plain = "".join(filter(str.isalnum, folded)) or folded
    if len(set(plain)) < 5 or _repeats(plain) or _runs(plain):
        return True
    return _is_known_words(folded, usernames.fold(username).translate(LOOKALIKES))


def _repeats(text: str) -> bool:
    # A text made of one repeated piece is found inside its own doubling before its end.
    return (text + text).find(text, 1) < len(text)


def _runs(text: str) -> bool:
    neighbours = sum(_are_neighbours(left, right) for left, right in pairwise(text))
    return neighbours >= 0.75 * (len(text) - 1)


def _are_neighbours(left: str, right: str) -> bool:
    if abs(ord(left) - ord(right)) <= 1 or left + right in ("90", "09"):
        return True
    return any(left + right in row or right + left in row for row in KEYBOARD_ROWS)


def _is_known_words(folded: str, username: str) -> bool:
    """Whether well-known words leave fewer than five letters of the password."""
    look = folded.translate(LOOKALIKES)
    rest = folded
    for word in (username, *STEMS):
        at = look.find(word) if len(word) >= 3 else -1
        while at >= 0:
            rest = rest[:at] + " " * len(word) + rest[at + len(word) :]
            at = look.find(word, at + len(word))
    return rest != folded and sum(map(str.isalpha, rest)) < 5


def hash_of_nothing(hasher: PasswordHasher) -> str:
    """A hash that takes as long to check as any other, and that no known password has."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


class Passwords:
    """Hashes with Argon2id; verifies that and the hashes that an earlier release left."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
        # Checked when there is no such account, so that the answer takes the same time.
        self._nobody = hash_of_nothing(self._hasher)

    def hash(self, password: str) -> str:
        """Hash a new password with Argon2id."""
        return self._hasher.hash(unicodedata.normalize("NFC", password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password belongs to the stored hash; False for none or a broken one."""
        if len(password) > MAX_CHARACTERS:
            stored = None
            password = ""
        if stored and stored.startswith(OLDER_METHODS):
            return _verify_older(stored, password)
        try:
            self._hasher.verify(stored or self._nobody, unicodedata.normalize("NFC", password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Whether a hash that just verified should be replaced by a newer one."""
        return stored.startswith(OLDER_METHODS) or self._hasher.check_needs_rehash(stored)


def _verify_older(stored: str, password: str) -> bool:
    try:
        return check_password_hash(stored, password)
    except ValueError:
        return False
