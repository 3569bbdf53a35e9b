"""Registration: the set-up link of the first account, invitations, new accounts."""

import hmac
import secrets
from urllib.parse import parse_qs, urlsplit

from accounts.errors import RegistrationClosed, SetupLinkInvalid
from accounts.rules import DAY_S
from accounts.sessions import Sessions
from accounts.types import LoginResult, Visitor
from config import write_private
from queries.rows import Session

INVITE_DAYS = 7


class Registration(Sessions):
    """New accounts, which are signed in at once: the first by a link, others as configured."""

    def is_set_up(self) -> bool:
        """Whether there is an account at all."""
        return self._db.count_users() > 0

    def ensure_setup_link(self, base_url: str) -> str | None:
        """Make the one-time link of the first account, kept in a private file; None once used."""
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
            self._log("setup_failed", visitor, None, success=False, name=username[:150])
            raise
        name = self._checked_name(username, password)
        user = self._db.create_first_user(name, self.hash_password(password))
        self._config.setup_link_path.unlink(missing_ok=True)
        self._log("setup", visitor, user)
        return self.open_session(user, visitor)

    def check_registration(self, invite: str | None) -> None:
        """Raise RegistrationClosed unless an account can be made, with this invitation or none."""
        mode = self.rules.registration
        if mode == "closed":
            raise RegistrationClosed("This server does not accept new accounts.")
        if not self.is_set_up():
            raise RegistrationClosed(
                "Open the set-up link first. VoiceVerse printed it when it started."
            )
        if invite:
            if self._db.get_invite(self.hash_token(invite), self._clock()) is None:
                raise RegistrationClosed(
                    "This invitation was already used or has expired. Ask for a new one."
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
            self._log("register_failed", visitor, None, success=False, name=username[:150])
            raise
        self.throttle.check_registrations(visitor)
        name = self._checked_name(username, password)
        password_hash = self.hash_password(password)
        if invite:
            user = self._db.register_with_invite(
                self.hash_token(invite), name, password_hash, self._clock()
            )
        else:
            user = self._db.create_user(name, password_hash)
        self._log("register", visitor, user)
        return self.open_session(user, visitor)

    def create_invite(self, admin: Session, visitor: Visitor) -> str:
        """Make an invitation for one account within 7 days; returns its token."""
        token = secrets.token_urlsafe(24)
        expires = self._clock() + INVITE_DAYS * DAY_S
        self._db.create_invite(self.hash_token(token), admin["id"], expires)
        self._log("invite_created", visitor, admin)
        return token

    def revoke_invite(self, admin: Session, invite_id: int, visitor: Visitor) -> None:
        """Delete an invitation that was not used."""
        self._db.delete_invite(invite_id)
        self._log("invite_revoked", visitor, admin)

    def _setup_token(self) -> str:
        try:
            link = self._config.setup_link_path.read_text()
        except FileNotFoundError:
            return ""
        return parse_qs(urlsplit(link.strip()).query).get("token", [""])[0]
