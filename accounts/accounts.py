"""Accounts: passwords, logins and reset links, and all other account rules behind one class."""

import unicodedata

from accounts.administration import Administration
from accounts.errors import LoginRefused, ResetLinkInvalid, TwoFactorExpired, WrongPassword
from accounts.registration import Registration
from accounts.types import LoginResult, Visitor
from common.errors import Checks
from queries.rows import Account, Session, User

RESET_HOURS = 24
SECOND_STEP_S = 600
GRANT_S = 3600


class Accounts(Registration, Administration):
    """Every rule about accounts; knows neither requests nor SQL."""

    # Passwords

    def change_password(self, user: Session, current: str, new: str, visitor: Visitor) -> None:
        """Replace the password and end every other session.

        Raises WrongPassword, BadPassword, both as Mistakes, TooManyAttempts.
        """
        user_id, checks = user["id"], Checks()
        with self.one_at_a_time():
            with checks.check():
                self._check_current(user, current, visitor, "password change")
            with checks.check():
                self.check_password_rules(user["username"], new)
            checks.finish()
            new_hash = self._passwords.hash(new)
        with self._db.transaction():
            self._db.set_password_hash(user_id, new_hash)
            self._db.delete_sessions(user_id, keep_session_id=user["session_id"])
            self._log("password_changed", visitor, user)

    def create_reset(self, admin: Account, user: User, visitor: Visitor) -> str:
        """Make the token of a link that sets an account's new password, once, within a day.

        It is made from the present password's hash, so that it ends with that password.
        """
        self._log("reset_created", visitor, user, f"by {admin['username']}")
        return self._signed_tokens.make("reset", user, RESET_HOURS * 3600)

    def check_reset(self, token: str) -> User:
        """Find the account that a link's token belongs to; raises ResetLinkInvalid."""
        user = self._signed_tokens.holder("reset", token)
        if user is None:
            raise ResetLinkInvalid
        return user

    def check_pending(self, token: str) -> User:
        """Find the account whose second step is awaited; raises TwoFactorExpired."""
        user = self._signed_tokens.holder("second", token)
        if user is None:
            raise TwoFactorExpired
        return user

    def confirm_password(
        self, user: Session, password: str, visitor: Visitor, purpose: str
    ) -> None:
        """Check the user's password once more; raises WrongPassword, TooManyAttempts."""
        with self.one_at_a_time():
            self._check_current(user, password, visitor, purpose)

    def grant(self, user: Session, password: str, purpose: str, visitor: Visitor) -> str:
        """Check the password once more and make a token for one purpose, valid for an hour.

        Raises WrongPassword, TooManyAttempts.
        """
        self.confirm_password(user, password, visitor, purpose)
        stored = self._db.get_user_by_id(user["id"])
        if stored is None:
            raise WrongPassword
        return self._signed_tokens.make(purpose, stored, GRANT_S)

    def is_granted(self, user: Session, token: str, purpose: str) -> bool:
        """Whether `grant` made this token for this user and purpose, within the hour."""
        holder = self._signed_tokens.holder(purpose, token)
        return holder is not None and holder["id"] == user["id"]

    def reset_password(
        self, token: str, password: str, visitor: Visitor, *, device_token: str | None = None
    ) -> LoginResult:
        """Replace the password, end all sessions and log in, or ask for the second step.

        Raises ResetLinkInvalid, BadPassword.
        """
        try:
            user = self.check_reset(token)
        except ResetLinkInvalid:
            self._log("reset_failed", visitor, None, success=False)
            raise
        self.check_password_rules(user["username"], password)
        new_hash = self.hash_password(password)
        with self._db.transaction():
            # Again, because two may have used the link at the same moment.
            self.check_reset(token)
            self._db.set_password_hash(user["id"], new_hash)
            self._db.delete_sessions(user["id"])
            self._log("password_reset", visitor, user)
        stored = self._db.get_user_by_id(user["id"])
        if stored is None:
            raise ResetLinkInvalid
        return self._admit(stored, visitor, device_token=device_token)

    # Logging in

    def login(
        self,
        username: str,
        password: str,
        visitor: Visitor,
        *,
        device_token: str | None = None,
        old_token: str | None = None,
    ) -> LoginResult:
        """Open a session, or ask for the second step.

        `device_token` is the token of a browser that signed in before; its failures are counted
        apart, so that a flood of guesses from elsewhere never keeps the owner out.
        Raises LoginRefused, TooManyAttempts, SignInBusy.
        """
        name = unicodedata.normalize("NFC", username.strip())[:150]
        with self.one_at_a_time():
            # A name of long ago is found as it stands, whatever today's rules make of it.
            user = self._db.get_user(username[:150]) or self._db.get_user(name)
            is_known = user is not None and self.device_tokens.is_known(device_token, user["id"])
            self.throttle.check_password(user, name, visitor, is_known)
            if not self._password_opens(user, password) or user is None:
                event = "login_failed_known_device" if is_known else "login_failed"
                self._log(event, visitor, user, success=False, name=name)
                raise LoginRefused
            if self._passwords.needs_rehash(user["password_hash"]):
                self._db.set_password_hash(user["id"], self._passwords.hash(password))
                user = self._db.get_user_by_id(user["id"])
        if user is None:  # it was removed meanwhile
            raise LoginRefused
        return self._admit(user, visitor, old_token, device_token)

    def _admit(
        self,
        user: User,
        visitor: Visitor,
        old_token: str | None = None,
        device_token: str | None = None,
    ) -> LoginResult:
        if self._db.has_second_factor(user["id"]):
            pending = self._signed_tokens.make("second", user, SECOND_STEP_S)
            return LoginResult("", user, "", pending)
        return self.open_session(user, visitor, old_token, device_token=device_token)

    def close(self, user: Session, password: str, visitor: Visitor) -> None:
        """Disable the account of a user who wants to leave; raises WrongPassword, LastAdmin."""
        with self.one_at_a_time():
            self._check_current(user, password, visitor, "deletion of the account")
        with self._db.transaction():
            self._refuse_last_admin(user["id"])
            self._db.set_user_active(user["id"], False)

    def _password_opens(self, user: User | None, password: str) -> bool:
        stored = user["password_hash"] if user else None
        is_right = self._passwords.verify(stored, password)
        return is_right and bool(user and user["is_active"])

    def _check_current(self, user: Session, password: str, visitor: Visitor, purpose: str) -> None:
        stored = self._db.get_user_by_id(user["id"])
        if stored is None:  # it was removed meanwhile
            raise WrongPassword
        self.throttle.check_user("login_failed_known_device", stored, visitor)
        if not self._passwords.verify(stored["password_hash"], password):
            self._log("login_failed_known_device", visitor, user, purpose, False)
            raise WrongPassword
