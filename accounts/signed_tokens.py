"""What the server signs for people to bring back: links, first steps of a login, known browsers."""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

TIMED = re.compile(r"(\d{1,15})\.(\d{1,15})\.([0-9a-f]{64})", re.ASCII)
BETWEEN_MARKS = "~"
MOST_MARKS = 8


class Proofs:
    """Tokens that name an account for a while, for one purpose, until its password changes."""

    def __init__(self, db: Any, key: bytes, clock: Callable[[], float]) -> None:
        self._db = db
        self._key = key
        self._clock = clock

    def make(self, purpose: str, user: dict[str, Any], lasts_s: int) -> str:
        """A token for the holder of this row of `users`."""
        expires = int(self._clock()) + lasts_s
        return f"{user['id']}.{expires}.{self._mac_of(purpose, user, expires)}"

    def holder(self, purpose: str, token: str) -> dict[str, Any] | None:
        """The account that a token names; None for a foreign, changed or expired one."""
        match = TIMED.fullmatch(token)
        user = self._db.get_user_by_id(int(match[1])) if match else None
        if not match or user is None or not user["is_active"]:
            return None
        is_same = hmac.compare_digest(match[3], self._mac_of(purpose, user, int(match[2])))
        return user if is_same and int(match[2]) > self._clock() else None

    def mac(self, message: str) -> str:
        """The signature of a message, 64 hexadecimal digits."""
        return hmac.new(self._key, message.encode(), hashlib.sha256).hexdigest()

    def _mac_of(self, purpose: str, user: dict[str, Any], expires: int) -> str:
        return self.mac(f"{purpose}:{user['id']}:{expires}:{user['password_hash']}")


class Marks:
    """What tells a browser that signed in before from all others; it may carry several people's."""

    def __init__(self, db: Any, proofs: Proofs) -> None:
        self._db = db
        self._proofs = proofs

    def of(self, user_id: int) -> str:
        """The mark that browsers of this account carry."""
        forgotten = self._db.count_forgotten(user_id)
        return f"{user_id}.{self._proofs.mac(f'device:{user_id}:{forgotten}')}"

    def is_known(self, marks: str | None, user_id: int) -> bool:
        """Whether the mark of this account is among those that a browser sent."""
        own = self.of(user_id).encode()
        return any(hmac.compare_digest(mark.encode(), own) for mark in _each(marks))

    def forget(self, user_id: int) -> str:
        """Make every browser of the account an unknown one; the mark of the one that stays."""
        self._db.forget_devices(user_id)
        return self.of(user_id)


def joined_marks(marks: str | None, new: str) -> str:
    """What a browser carries from now on: the new mark first, then those of other people."""
    holder = new.partition(".")[0]
    others = [mark for mark in _each(marks) if mark.partition(".")[0] != holder]
    return BETWEEN_MARKS.join([new, *others[: MOST_MARKS - 1]])


def _each(marks: str | None) -> list[str]:
    return [mark for mark in (marks or "").split(BETWEEN_MARKS) if mark][:MOST_MARKS]
