"""Who may come in: accounts, sign-in and its throttle, sessions, invitations, the first owner."""

import hmac
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from accounts import login_throttle, passwords, signed_tokens
from accounts.errors import (
    AccountError,
    BadUsername,
    LastAdmin,
    LoginRefused,
    RegistrationClosed,
    ResetLinkInvalid,
    SecondStepExpired,
    SetupLinkInvalid,
    SignInBusy,
    WrongPassword,
)
from accounts.types import LoginResult, Visitor
from common import usernames
from common.errors import Sentence
from config import write_private
from storage.errors import DatabaseBusy, DatabaseDamaged, DiskFull

SIGN_IN_PATIENCE_S = 15
TOUCH_EVERY_S = 300
DAY_S = 86400
INVITE_DAYS = 7
RESET_HOURS = 24
SECOND_STEP_S = 600


class Accounts:
    """Every rule about accounts; knows neither requests nor SQL."""

    def __init__(
        self, db: Any, config: Any, secret_key: bytes, clock: Callable[[], float] = time.time
    ) -> None:
        self._db = db
        self._config = config
        self._clock = clock
        self._proofs = signed_tokens.Proofs(db, secret_key, self.now)
        self.marks = signed_tokens.Marks(db, self._proofs)
        self.guesses = login_throttle.Guesses(db, self.now, self._log)
        self._passwords = passwords.Passwords()
        self._hashing = threading.Lock()

    def now(self) -> float:
        """The time that sessions and invitations go by, in seconds since 1970."""
        return self._clock()

    # Passwords

    def check_password_rules(self, username: str, password: str) -> None:
        """Raise BadPassword, with the sentence to show, for a password that is refused."""
        passwords.check_rules(username, password)

    def hash_password(self, password: str) -> str:
        """The hash to store for a new password; takes about 0.14 s and 46 MiB."""
        with self._one_at_a_time():
            return self._passwords.hash(password)

    def change_password(
        self, user: dict[str, Any], current: str, new: str, visitor: Visitor
    ) -> None:
        """Replace the password and end every other session; raises WrongPassword, BadPassword."""
        user_id = user["user_id"]
        self.check_password_rules(user["username"], new)
        with self._one_at_a_time():
            self._check_current(user, current, visitor, "password change")
            new_hash = self._passwords.hash(new)
        with self._db.transaction():
            self._db.set_password_hash(user_id, new_hash)
            self._db.delete_sessions(user_id, keep_session_id=user["session_id"])
            self._log("password_changed", visitor, user)

    def create_reset(self, admin: dict[str, Any], user: dict[str, Any], visitor: Visitor) -> str:
        """The token of a link with which an account gets a new password, once, within a day.

        It is made from the present password's hash, so that it ends with that password.
        """
        self._log("reset_created", visitor, user, f"by {admin['username']}")
        return self._proofs.make("reset", user, RESET_HOURS * 3600)

    def check_reset(self, token: str) -> dict[str, Any]:
        """The account that a link's token belongs to; raises ResetLinkInvalid."""
        user = self._proofs.holder("reset", token)
        if user is None:
            raise ResetLinkInvalid
        return user

    def check_pending(self, token: str) -> dict[str, Any]:
        """The account whose second step is awaited; raises SecondStepExpired."""
        user = self._proofs.holder("second", token)
        if user is None:
            raise SecondStepExpired
        return user

    def confirm_password(
        self, user: dict[str, Any], password: str, visitor: Visitor, purpose: str
    ) -> None:
        """Ask for the password once more; raises WrongPassword, TooManyAttempts."""
        with self._one_at_a_time():
            self._check_current(user, password, visitor, purpose)

    def reset_password(
        self, token: str, password: str, visitor: Visitor, *, device_token: str | None = None
    ) -> LoginResult:
        """Replace the password, end all sessions and let in as a login does.

        Raises ResetLinkInvalid, BadPassword.
        """
        try:
            user = self.check_reset(token)
        except ResetLinkInvalid:
            self._log("reset_failed", visitor, {}, success=False)
            raise
        self.check_password_rules(user["username"], password)
        new_hash = self.hash_password(password)
        with self._db.transaction():
            # Again, because two may have used the link at the same moment.
            self.check_reset(token)
            self._db.set_password_hash(user["id"], new_hash)
            self._db.delete_sessions(user["id"])
            self._log("password_reset", visitor, user)
        user = self._db.get_user_by_id(user["id"])
        return self._admit(user, visitor, device_token=device_token)

    # Signing in and out

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

        `device_token` is the mark of a browser that signed in before; its failures are counted
        apart, so that a flood of guesses from elsewhere never keeps the owner out.
        Raises LoginRefused, TooManyAttempts, SignInBusy.
        """
        name = unicodedata.normalize("NFC", username.strip())[:150]
        with self._one_at_a_time():
            # A name of long ago is found as it stands, whatever today's rules make of it.
            user = self._db.get_user(username[:150]) or self._db.get_user(name)
            is_known = user is not None and self.marks.is_known(device_token, user["id"])
            self.guesses.of_passwords(user, name, visitor, is_known)
            if not self._password_opens(user, password):
                event = "login_failed_known_device" if is_known else "login_failed"
                self._log(event, visitor, user or {"username": name}, success=False)
                raise LoginRefused
            if self._passwords.needs_rehash(user["password_hash"]):
                self._db.set_password_hash(user["id"], self._passwords.hash(password))
                user = self._db.get_user_by_id(user["id"])
        return self._admit(user, visitor, old_token, device_token)

    def _admit(
        self,
        user: dict[str, Any],
        visitor: Visitor,
        old_token: str | None = None,
        device_token: str | None = None,
    ) -> LoginResult:
        if self._db.has_second_factor(user["id"]):
            pending = self._proofs.make("second", user, SECOND_STEP_S)
            return LoginResult("", user, "", pending)
        return self.open_session(user, visitor, old_token, device_token=device_token)

    def authenticate(self, token: str) -> dict[str, Any] | None:
        """The session's row with its user, or None when it has ended; notes that it was used."""
        now, session = self._clock(), self.find_session(token)
        if session and abs(now - session["last_seen_epoch"]) > TOUCH_EVERY_S:
            # Who only reads is not kept out by a disk that is full or a database that is damaged.
            with suppress(DiskFull, DatabaseBusy, DatabaseDamaged):
                self._db.touch_session(session["session_id"], now)
        return session

    def find_session(self, token: str) -> dict[str, Any] | None:
        """The session's row with its user, or None when it has ended."""
        return self._db.get_session(self._hash_token(token), now=self._clock(), **self._lifetimes)

    def person_of(self, token: str) -> int | None:
        """Whose session that is, or None when it has ended."""
        session = self.find_session(token)
        return session and session["user_id"]

    def browser_mark(self, user_id: int) -> str:
        """What a browser tells accounts apart by: the same each time, and nothing but that."""
        return self._proofs.mac(f"browser:{user_id}")[:24]

    def find_open_sessions(self, token_hashes: set[str]) -> set[str]:
        """Which of these sessions still hold; their owners have not been disabled either."""
        return self._db.find_open_sessions(token_hashes, now=self._clock(), **self._lifetimes)

    @property
    def _lifetimes(self) -> dict[str, float]:
        return {
            "idle_s": self._config.session_idle_days * DAY_S,
            "absolute_s": self._config.session_absolute_days * DAY_S,
        }

    def logout(self, session: dict[str, Any], visitor: Visitor) -> None:
        """End a session."""
        self._db.delete_session(session["user_id"], session["session_id"])
        self._log("logout", visitor, session)

    def list_sessions(self, user_id: int) -> list[dict[str, Any]]:
        """The open sessions of an account, the latest first."""
        return self._db.list_sessions(user_id)

    def revoke_session(self, user: dict[str, Any], session_id: int, visitor: Visitor) -> bool:
        """End one of the user's sessions; False when it is not theirs or has ended."""
        was_there = self._db.delete_session(user["user_id"], session_id)
        if was_there:
            self._log("session_revoked", visitor, user)
        return was_there

    def revoke_other_sessions(self, user: dict[str, Any], visitor: Visitor) -> int:
        """End all sessions of the user but the current one; returns how many."""
        count = self._db.delete_sessions(user["user_id"], keep_session_id=user["session_id"])
        self._log("sessions_revoked", visitor, user, f"{count} ended")
        return count

    # New accounts

    def is_set_up(self) -> bool:
        """Whether there is an account at all."""
        return self._db.count_users() > 0

    def ensure_setup_link(self, base_url: str) -> str | None:
        """The one-time link for the first account, kept in a private file; None once set up."""
        path = self._config.setup_link_path
        if self.is_set_up():
            path.unlink(missing_ok=True)
            return None
        token = self._setup_token() or secrets.token_urlsafe(32)
        link = f"{base_url.rstrip('/')}/setup?token={token}"
        path.unlink(missing_ok=True)
        write_private(path, link.encode())
        return link

    def check_setup_token(self, token: str) -> None:
        """Raise SetupLinkInvalid unless this is the token of the link, and still unused."""
        expected = self._setup_token()
        is_same = hmac.compare_digest((expected or "").encode(), token.encode())
        if not expected or not is_same or self.is_set_up():
            raise SetupLinkInvalid

    def create_owner(
        self, token: str, username: str, password: str, visitor: Visitor
    ) -> LoginResult:
        """Make the first account, an admin, and sign it in; raises SetupLinkInvalid."""
        try:
            self.check_setup_token(token)
        except SetupLinkInvalid:
            self._log("setup_failed", visitor, {"username": username[:150]}, success=False)
            raise
        name = self._checked_name(username, password)
        user = self._db.create_first_user(name, self.hash_password(password))
        self._config.setup_link_path.unlink(missing_ok=True)
        self._log("setup", visitor, user)
        return self.open_session(user, visitor)

    def check_registration(self, invite: str | None) -> None:
        """Raise RegistrationClosed unless an account can be made, with this invitation or none."""
        mode = self._config.registration
        if mode == "closed":
            raise RegistrationClosed("This VoiceVerse makes no new accounts.")
        if not self.is_set_up():
            raise RegistrationClosed("Open the set-up link first; it was printed at the start.")
        if invite:
            if self._db.get_invite(self._hash_token(invite), self._clock()) is None:
                raise RegistrationClosed(
                    "This invitation was used already or has expired. Ask for a new one."
                )
        elif mode != "open":
            raise RegistrationClosed

    def register(
        self, invite: str | None, username: str, password: str, visitor: Visitor
    ) -> LoginResult:
        """Make an account and sign it in; raises RegistrationClosed, BadUsername, BadPassword."""
        try:
            self.check_registration(invite)
        except RegistrationClosed:
            self._log("register_failed", visitor, {"username": username[:150]}, success=False)
            raise
        self.guesses.of_registrations(visitor)
        name = self._checked_name(username, password)
        password_hash = self.hash_password(password)
        if invite:
            user = self._db.register_with_invite(
                self._hash_token(invite), name, password_hash, self._clock()
            )
        else:
            user = self._db.create_user(name, password_hash)
        self._log("register", visitor, user)
        return self.open_session(user, visitor)

    def create_invite(self, admin: dict[str, Any], visitor: Visitor) -> str:
        """The token of a new invitation: one account, within 7 days."""
        token = secrets.token_urlsafe(24)
        expires = self._clock() + INVITE_DAYS * DAY_S
        self._db.create_invite(self._hash_token(token), admin["user_id"], expires)
        self._log("invite_created", visitor, admin)
        return token

    def revoke_invite(self, admin: dict[str, Any], invite_id: int, visitor: Visitor) -> None:
        """Make an invitation worthless."""
        self._db.delete_invite(invite_id)
        self._log("invite_revoked", visitor, admin)

    def set_active(
        self, admin: dict[str, Any], user: dict[str, Any], is_active: bool, visitor: Visitor
    ) -> None:
        """Let an account in again, or keep it out: its sessions end, and its work rests."""
        if user["id"] == admin["user_id"]:
            raise AccountError("You cannot disable your own account.")
        self._set_active(user, is_active, visitor, f"by {admin['username']}")

    def set_admin(
        self, admin: dict[str, Any], user: dict[str, Any], is_admin: bool, visitor: Visitor
    ) -> None:
        """Let an account look after the others, or no longer; raises LastAdmin."""
        with self._db.transaction():
            if not is_admin:
                self._refuse_last_admin(user["id"])
            self._db.set_user_admin(user["id"], is_admin)
            role = "admin" if is_admin else "user"
            self._log("role_changed", visitor, user, f"{role}, by {admin['username']}")

    def is_last_admin(self, user_id: int) -> bool:
        """Whether nobody else could look after the accounts."""
        admins = [user for user in self._db.list_users() if user["is_admin"] and user["is_active"]]
        return [user["id"] for user in admins] == [user_id]

    def close(self, user: dict[str, Any], password: str, visitor: Visitor) -> None:
        """Keep a user out who wants to leave; raises WrongPassword, LastAdmin."""
        with self._one_at_a_time():
            self._check_current(user, password, visitor, "deletion of the account")
        with self._db.transaction():
            self._refuse_last_admin(user["user_id"])
            self._db.set_user_active(user["user_id"], False)

    def log(
        self,
        event_type: str,
        user: dict[str, Any],
        visitor: Visitor,
        details: str = "",
        *,
        success: bool = True,
    ) -> None:
        """Note something in the security log that a person did with what is theirs."""
        self._log(event_type, visitor, user, details or None, success)

    # From the command line of the machine, which needs no password

    def add_user(self, username: str, password: str, *, is_admin: bool = False) -> dict[str, Any]:
        """Make an account; raises BadUsername, BadPassword, UsernameTaken."""
        name = self._checked_name(username, password)
        user = self._db.create_user(name, self.hash_password(password), is_admin=is_admin)
        self._log("user_added", Visitor(), user, "from the command line")
        return user

    def set_password(self, user: dict[str, Any], password: str) -> None:
        """Give an account a password and end its sessions; raises BadPassword."""
        self.check_password_rules(user["username"], password)
        new_hash = self.hash_password(password)
        with self._db.transaction():
            self._db.set_password_hash(user["id"], new_hash)
            self._db.delete_sessions(user["id"])
            self._log("password_set", Visitor(), user, "from the command line")

    def set_active_from_machine(self, user: dict[str, Any], is_active: bool) -> None:
        """Let an account in again, or keep it out and end its sessions at once."""
        self._set_active(user, is_active, Visitor(), "from the command line")

    def _set_active(self, user: dict[str, Any], is_active: bool, visitor: Visitor, by: str) -> None:
        with self._db.transaction():
            self._db.set_user_active(user["id"], is_active)
            self._log("user_enabled" if is_active else "user_disabled", visitor, user, by)

    def merge(self, source: dict[str, Any], target: dict[str, Any]) -> dict[str, int]:
        """Move all that one account has to another and remove it; returns counts by kind."""
        if self._db.list_unfinished(source["id"]) or self._db.has_retakes(source["id"]):
            raise AccountError(
                Sentence(
                    "{name} has files that are still being spoken. Wait until they are ready, or "
                    "cancel them.",
                    name=source["username"],
                )
            )
        with self._db.transaction():
            moved = self._db.merge_users(source["id"], target["id"])
            details = ", ".join(f"{count} {kind}" for kind, count in moved.items())
            self._log("users_merged", Visitor(), target, f"{source['username']}: {details}")
        return moved

    # Inside

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        # Each hash takes 46 MiB, and counting failures must not race with adding one.
        if not self._hashing.acquire(timeout=SIGN_IN_PATIENCE_S):
            raise SignInBusy
        try:
            yield
        finally:
            self._hashing.release()

    def _password_opens(self, user: dict[str, Any] | None, password: str) -> bool:
        stored = user["password_hash"] if user else None
        is_right = self._passwords.verify(stored, password)
        return is_right and bool(user and user["is_active"])

    def _check_current(
        self, user: dict[str, Any], password: str, visitor: Visitor, purpose: str
    ) -> None:
        stored = self._db.get_user_by_id(user["user_id"])
        self.guesses.of_a_person("login_failed_known_device", stored, visitor)
        if not self._passwords.verify(stored["password_hash"], password):
            self._log("login_failed_known_device", visitor, user, purpose, False)
            raise WrongPassword

    def _refuse_last_admin(self, user_id: int) -> None:
        if self.is_last_admin(user_id):
            raise LastAdmin

    def open_session(
        self,
        user: dict[str, Any],
        visitor: Visitor,
        old_token: str | None = None,
        *,
        device_token: str | None = None,
    ) -> LoginResult:
        """Start a session for somebody who has proven to be the user, in both steps if need be.

        In a browser without their mark it leaves an alert, but for the account's first login.
        """
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._db.transaction():
            self._end_replaced_session(old_token, now)
            is_new = user["last_login"] and not self.marks.is_known(device_token, user["id"])
            seen = {"device": visitor.device[:100], "ip_address": visitor.ip, "now": now}
            session = self._db.create_session(self._hash_token(token), user["id"], **seen)
            if is_new:
                self._db.note_new_device(user["id"], session["id"], **seen)
            self._db.update_last_login(user["id"])
            self._log("login", visitor, user, "new browser" if is_new else None)
        return LoginResult(token, user, self.marks.of(user["id"]))

    def _end_replaced_session(self, old_token: str | None, now: float) -> None:
        if not old_token:
            return
        seconds = self._config.session_absolute_days * DAY_S
        old = self._db.get_session(
            self._hash_token(old_token), now=now, idle_s=seconds, absolute_s=seconds
        )
        if old:
            self._db.delete_session(old["user_id"], old["session_id"])

    def _checked_name(self, username: str, password: str) -> str:
        name = unicodedata.normalize("NFC", username.strip())
        if not usernames.is_well_formed(name):
            raise BadUsername
        if usernames.is_mixed(name):
            raise BadUsername(
                "This name mixes letters of different scripts, such as Latin and Cyrillic. "
                "Use letters of one script."
            )
        self.check_password_rules(name, password)
        return name

    def _setup_token(self) -> str:
        try:
            link = self._config.setup_link_path.read_text()
        except FileNotFoundError:
            return ""
        return parse_qs(urlsplit(link.strip()).query).get("token", [""])[0]

    def _hash_token(self, token: str) -> str:
        return self._proofs.mac(f"token:{token}")

    def _log(
        self,
        event_type: str,
        visitor: Visitor,
        user: dict[str, Any],
        details: str | None = None,
        success: bool = True,
    ) -> None:
        self._db.log_security_event(
            event_type,
            user_id=user.get("user_id", user.get("id")),
            username=user.get("username"),
            ip_address=visitor.ip,
            details=details,
            success=success,
            request_id=visitor.request_id,
        )
