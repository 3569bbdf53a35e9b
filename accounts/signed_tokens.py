"""Signed tokens, which people bring back: of links, of the first step of a login, of browsers."""

import hashlib
import hmac
import re
from collections.abc import Callable

from database import Database
from queries.rows import User

TIMED = re.compile(r"(\d{1,15})\.(\d{1,15})\.([0-9a-f]{64})", re.ASCII)
SEPARATOR = "~"
MOST_DEVICE_TOKENS = 8


class SignedTokens:
    """Tokens that name an account for a while, for one purpose, until its password changes."""

    def __init__(self, db: Database, key: bytes, clock: Callable[[], float]) -> None:
        self._db = db
        self._key = key
        self._clock = clock

    def make(self, purpose: str, user: User, lasts_s: int) -> str:
        """Make a token for the account in this row of `users`, valid for `lasts_s` seconds."""
        expires = int(self._clock()) + lasts_s
        return f"{user['id']}.{expires}.{self._mac_of(purpose, user, expires)}"

    def holder(self, purpose: str, token: str) -> User | None:
        """Find the account that a token names; None for a foreign, changed or expired one."""
        match = TIMED.fullmatch(token)
        user = self._db.get_user_by_id(int(match[1])) if match else None
        if not match or user is None or not user["is_active"]:
            return None
        is_same = hmac.compare_digest(match[3], self._mac_of(purpose, user, int(match[2])))
        return user if is_same and int(match[2]) > self._clock() else None

    def mac(self, message: str) -> str:
        """Sign a message: HMAC-SHA-256 as 64 hexadecimal digits."""
        return hmac.new(self._key, message.encode(), hashlib.sha256).hexdigest()

    def _mac_of(self, purpose: str, user: User, expires: int) -> str:
        return self.mac(f"{purpose}:{user['id']}:{expires}:{user['password_hash']}")


class DeviceTokens:
    """Tokens of browsers that signed in before; one browser may carry those of several people."""

    def __init__(self, db: Database, tokens: SignedTokens) -> None:
        self._db = db
        self._signed_tokens = tokens

    def of(self, user_id: int) -> str:
        """Return the token that browsers of this account carry."""
        forgotten = self._db.count_forgotten(user_id)
        return f"{user_id}.{self._signed_tokens.mac(f'device:{user_id}:{forgotten}')}"

    def is_known(self, sent: str | None, user_id: int) -> bool:
        """Whether the token of this account is among those that a browser sent."""
        own = self.of(user_id).encode()
        return any(hmac.compare_digest(token.encode(), own) for token in _each(sent))

    def forget(self, user_id: int) -> str:
        """Make every browser of the account unknown; return the token of the one that stays."""
        self._db.forget_devices(user_id)
        return self.of(user_id)


def joined_device_tokens(sent: str | None, new: str) -> str:
    """Join the tokens that a browser carries from now on: the new one, then other people's."""
    holder = new.partition(".")[0]
    others = [token for token in _each(sent) if token.partition(".")[0] != holder]
    return SEPARATOR.join([new, *others[: MOST_DEVICE_TOKENS - 1]])


def _each(sent: str | None) -> list[str]:
    return [token for token in (sent or "").split(SEPARATOR) if token][:MOST_DEVICE_TOKENS]
