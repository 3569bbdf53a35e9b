"""Two-factor authentication: codes of an authenticator app, recovery codes, who must use it."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Any, TypedDict

import pyotp

from accounts.accounts import Accounts
from accounts.encryption import DecryptionError, SecretBox
from accounts.errors import RuleRefused, TwoFactorChanged, WrongCode
from accounts.types import LoginResult, Visitor
from common.errors import Checks
from database import Database
from queries.rows import Account, Session
from queries.two_factor import SecondFactor

ISSUER = "VoiceVerse"
STEP_S = 30
# The present code, the one before and the one after: clocks differ, and typing takes a while.
WINDOW = (-1, 0, 1)
SECRET_CHARACTERS = 32  # of base32: 160 bits
RECOVERY_CODES = 10
RECOVERY_GROUPS, GROUP_CHARACTERS = 6, 4  # 120 bits, so that a plain hash keeps them
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")
RULE = "second_factor"
RULES = ("nobody", "admins", "everybody")


@dataclass(frozen=True, slots=True)
class Setup:
    """Data for an authenticator app: the secret to type, and the otpauth address to scan."""

    secret: str
    address: str


class FactorState(TypedDict):
    """An account's second step; `since` is UTC text."""

    is_on: bool
    since: str | None
    codes_left: int


def is_owed(session: Session) -> bool:
    """Whether this session's person must set up a second step and has not."""
    rule = session["second_factor_rule"]
    is_asked = rule == "everybody" or (rule == "admins" and session["is_admin"])
    return bool(is_asked and not session["has_second_factor"])


class TwoFactorRules:
    """Rules about the second step; knows neither requests nor SQL."""

    def __init__(self, db: Database, accounts: Accounts, box: SecretBox) -> None:
        self._db = db
        self._accounts = accounts
        self._box = box

    # Setting it up and giving it up

    def state(self, user_id: int) -> FactorState:
        """State of an account's second step: `is_on`, `since` (UTC text or None), `codes_left`."""
        row = self._db.get_second_factor(user_id)
        since, left = (row["confirmed_at"], row["codes_left"]) if row else (None, 0)
        return {"is_on": since is not None, "since": since, "codes_left": left}

    def start(self, user: Session, visitor: Visitor) -> None:
        """Make a secret, which counts once a code has confirmed it; raises TwoFactorChanged."""
        secret = pyotp.random_base32(SECRET_CHARACTERS)
        sealed = self._box.encrypt(secret, _context(user["id"]))
        if not self._db.start_second_factor(user["id"], sealed):
            raise TwoFactorChanged
        self._accounts.log("second_factor_started", user, visitor)

    def setup(self, user: Session) -> Setup | None:
        """Return the secret that waits to be confirmed, if there is one."""
        row = self._db.get_second_factor(user["id"])
        if row is None or row["confirmed_at"]:
            return None
        try:
            totp = self._totp(row, name=user["username"], issuer=ISSUER)
        except DecryptionError:  # another key since: it has to be begun anew
            return None
        return Setup(totp.secret, totp.provisioning_uri())

    def confirm(self, user: Session, password: str, code: str, visitor: Visitor) -> list[str]:
        """Turn the second step on and end the other sessions; returns the recovery codes.

        Raises WrongPassword, WrongCode, both as Mistakes, TooManyAttempts, TwoFactorChanged.
        """
        user_id, checks = user["id"], Checks()
        row = self._db.get_second_factor(user_id)
        with checks.check():
            self._accounts.confirm_password(user, password, visitor, "second step")
        if row is None or row["confirmed_at"]:
            raise TwoFactorChanged
        step = self._step_of(row, code)
        with checks.check():
            if step is None:
                raise WrongCode
        checks.finish()
        codes = _new_codes()
        with self._db.transaction():
            if not self._db.confirm_second_factor(user_id, row["secret"], step):
                raise TwoFactorChanged
            self._keep(user_id, codes)
            self._db.delete_sessions(user_id, keep_session_id=user["session_id"])
            self._accounts.log("second_factor_on", user, visitor)
        return codes

    def renew_codes(self, user: Session, password: str, visitor: Visitor) -> list[str]:
        """Replace the recovery codes and return them; raises WrongPassword, TwoFactorChanged."""
        self._accounts.confirm_password(user, password, visitor, "recovery codes")
        codes = _new_codes()
        with self._db.transaction():
            if not self._db.has_second_factor(user["id"]):
                raise TwoFactorChanged
            self._keep(user["id"], codes)
            self._accounts.log("recovery_codes_renewed", user, visitor)
        return codes

    def turn_off(self, user: Session, password: str, visitor: Visitor) -> None:
        """Turn the second step off; raises WrongPassword, TooManyAttempts, TwoFactorChanged."""
        self._accounts.confirm_password(user, password, visitor, "second step off")
        with self._db.transaction():
            if not self._db.delete_second_factor(user["id"]):
                raise TwoFactorChanged
            self._db.delete_sessions(user["id"], keep_session_id=user["session_id"])
            self._accounts.log("second_factor_off", user, visitor)

    # Signing in

    def sign_in(
        self,
        pending: str,
        code: str,
        visitor: Visitor,
        *,
        device_token: str | None = None,
        old_token: str | None = None,
    ) -> LoginResult:
        """Take the second step with a code of the app, or a recovery code.

        Raises TwoFactorExpired, WrongCode, TooManyAttempts. Failures slow a known browser and all
        others down apart; a recovery code, which nobody can guess, opens at once.
        """
        user = self._accounts.check_pending(pending)
        is_known = self._accounts.device_tokens.is_known(device_token, user["id"])
        event = "second_factor_failed_known_device" if is_known else "second_factor_failed"
        with self._accounts.one_at_a_time():
            if not self._uses_recovery_code(user, code, visitor):
                self._accounts.throttle.check_code(event, user, visitor)
                if not self._uses_code(user, code):
                    self._accounts.log(event, user, visitor, success=False)
                    raise WrongCode
        return self._accounts.open_session(user, visitor, old_token, device_token=device_token)

    def _uses_code(self, user: Account, code: str) -> bool:
        row = self._db.get_second_factor(user["id"])
        step = self._step_of(row, code) if row and row["confirmed_at"] else None
        return step is not None and self._db.use_step(user["id"], step)

    def _uses_recovery_code(self, user: Account, code: str, visitor: Visitor) -> bool:
        plain = re.sub(r"[\s-]", "", code[:100]).upper().translate(MISREAD)
        if len(plain) != RECOVERY_GROUPS * GROUP_CHARACTERS:
            return False
        with self._db.transaction():
            is_one = self._db.use_recovery_code(user["id"], _hash(user["id"], plain))
            if is_one:
                left = self.state(user["id"])["codes_left"]
                self._accounts.log("recovery_code_used", user, visitor, f"{left} left")
        return is_one

    # For admins

    def rule(self) -> str:
        """Rule about who must have a second step: one of RULES."""
        return self._db.get_rule(RULE, RULES[0])

    def set_rule(self, admin: Account, rule: str, visitor: Visitor) -> None:
        """Set who must have a second step; those users see nothing else until they set it up."""
        if rule not in RULES:
            raise RuleRefused(
                "second_factor", "Choose who must use it: nobody, admins or everybody."
            )
        with self._db.transaction():
            self._db.set_rule(RULE, rule)
            self._accounts.log("second_factor_rule", admin, visitor, rule)

    def reset(self, user: Account, visitor: Visitor, by: str) -> None:
        """Remove the second step and the passkeys of an account and end its sessions.

        `by` is written to the log, such as "by vera".
        """
        with self._db.transaction():
            self._db.delete_second_factor(user["id"])
            self._db.delete_passkeys(user["id"])
            self._db.delete_sessions(user["id"])
            self._accounts.log("second_factor_reset", user, visitor, by)

    # Inside

    def _totp(self, row: SecondFactor, **shown: Any) -> pyotp.TOTP:
        secret = self._box.decrypt(row["secret"], _context(row["user_id"]))
        return pyotp.TOTP(secret, interval=STEP_S, **shown)

    def _step_of(self, row: SecondFactor, code: str) -> int | None:
        """Find the time step of a code among those of WINDOW; None for any other code."""
        given = re.sub(r"\s", "", code[:100]).encode()
        totp, now = self._totp(row), int(self._accounts.now()) // STEP_S
        found = None
        for step in (now + offset for offset in WINDOW):
            if hmac.compare_digest(given, totp.generate_otp(step).encode()):
                found = step
        return found

    def _keep(self, user_id: int, codes: list[str]) -> None:
        self._db.replace_recovery_codes(
            user_id, (_hash(user_id, code.replace("-", "")) for code in codes)
        )


def _context(user_id: int) -> str:
    return f"second factor of {user_id}"


def _new_codes() -> list[str]:
    return ["-".join(_group() for _ in range(RECOVERY_GROUPS)) for _ in range(RECOVERY_CODES)]


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP_CHARACTERS))


def _hash(user_id: int, plain: str) -> str:
    return hashlib.sha256(f"recovery:{user_id}:{plain}".encode()).hexdigest()
