"""Base of the account rules: database, clock, password hashes, tokens, security log."""

import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from accounts import login_throttle, passwords, signed_tokens
from accounts.errors import BadUsername, SignInBusy
from accounts.house_rules import HouseRules
from accounts.types import Visitor
from common import usernames
from common.errors import Checks
from config import Config
from database import Database
from queries.rows import Account
from storage.file_locks import FileLock

SIGN_IN_PATIENCE_S = 15
DAY_S = 86400


class AccountRules:
    """Base of the subjects of `Accounts`; knows neither requests nor SQL."""

    def __init__(
        self,
        db: Database,
        config: Config,
        secret_key: bytes,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db = db
        self._config = config
        self._clock = clock
        self.rules = HouseRules(config, db)
        self._signed_tokens = signed_tokens.SignedTokens(db, secret_key, self.now)
        self.device_tokens = signed_tokens.DeviceTokens(db, self._signed_tokens)
        self.throttle = login_throttle.LoginThrottle(db, self.now, self._log)
        self._passwords = passwords.Passwords()
        self._hashing = FileLock(config.data_dir / "sign_in.lock")

    def now(self) -> float:
        """Current time of sessions and invitations, in seconds since 1970."""
        return self._clock()

    def check_password_rules(self, username: str, password: str) -> None:
        """Raise BadPassword, with the sentence to show, for a password that is refused."""
        passwords.check_rules(username, password)

    def hash_password(self, password: str) -> str:
        """Hash a new password for storage; takes about 0.14 s and 46 MiB."""
        with self.one_at_a_time():
            return self._passwords.hash(password)

    def log(
        self,
        event_type: str,
        user: Account | None,
        visitor: Visitor,
        details: str = "",
        *,
        success: bool = True,
        name: str | None = None,
    ) -> None:
        """Write an event about a user's own account to the security log; see `_log`."""
        self._log(event_type, visitor, user, details or None, success, name=name)

    def _log(
        self,
        event_type: str,
        visitor: Visitor,
        user: Account | None,
        details: str | None = None,
        success: bool = True,
        *,
        name: str | None = None,
    ) -> None:
        """Write an event; `name` is what somebody without an account calls themselves."""
        self._db.log_security_event(
            event_type,
            user_id=user["id"] if user else None,
            username=user["username"] if user else name,
            ip_address=visitor.ip,
            details=details,
            success=success,
            request_id=visitor.request_id,
        )

    def hash_token(self, token: str) -> str:
        """Hash the secret of a link or a session, as it is stored: HMAC-SHA-256, hexadecimal."""
        return self._signed_tokens.mac(f"token:{token}")

    def _checked_name(self, username: str, password: str) -> str:
        """The name of a new account as it is stored; raises Mistakes or one of them."""
        name = unicodedata.normalize("NFC", username.strip())
        checks = Checks()
        with checks.check():
            self._check_name(name)
        with checks.check():
            self.check_password_rules(name, password)
        checks.finish()
        return name

    def _check_name(self, name: str) -> None:
        if not usernames.is_well_formed(name):
            raise BadUsername
        if usernames.is_mixed(name):
            raise BadUsername(
                "This name mixes letters of different scripts, such as Latin and Cyrillic. "
                "Use letters of one script."
            )
        self._db.refuse_taken_name(name)

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Let nobody else check or hash a secret in the block; raises SignInBusy."""
        # Each hash takes 46 MiB, and counting failures must not race with adding one, in whatever
        # process: several guesses at once would each be the first.
        if not self._hashing.acquire(SIGN_IN_PATIENCE_S):
            raise SignInBusy
        try:
            yield
        finally:
            self._hashing.release()
