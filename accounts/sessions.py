"""Sessions: opening, looking up, listing and ending them."""

import secrets
from contextlib import suppress

from accounts.rules import DAY_S, AccountRules
from accounts.types import LoginResult, Visitor
from queries.rows import ListedSession, Session, User
from storage.errors import DatabaseBusy, DatabaseDamaged, DiskFull

TOUCH_EVERY_S = 300


class Sessions(AccountRules):
    """Sessions of signed-in users; a session is found by the hash of its token."""

    def authenticate(self, token: str) -> Session | None:
        """Find a session's row with its user and note its use; None when it has ended."""
        now, session = self._clock(), self.find_session(token)
        if session and abs(now - session["last_seen_epoch"]) > TOUCH_EVERY_S:
            # Who only reads is not kept out by a disk that is full or a database that is damaged.
            with suppress(DiskFull, DatabaseBusy, DatabaseDamaged):
                self._db.touch_session(session["session_id"], now)
        return session

    def find_session(self, token: str) -> Session | None:
        """Find a session's row with its user; None when it has ended."""
        return self._db.get_session(self.hash_token(token), now=self._clock(), **self._lifetimes)

    def person_of(self, token: str) -> int | None:
        """Find the user id of a session; None when it has ended."""
        session = self.find_session(token)
        return session["id"] if session else None

    def browser_mark(self, user_id: int) -> str:
        """Pseudonym by which a browser tells accounts apart: the same each time, 24 hex digits."""
        return self._signed_tokens.mac(f"browser:{user_id}")[:24]

    def find_open_sessions(self, token_hashes: set[str]) -> set[str]:
        """Find the sessions that still hold, by token hash; those of disabled users do not."""
        return self._db.find_open_sessions(token_hashes, now=self._clock(), **self._lifetimes)

    @property
    def _lifetimes(self) -> dict[str, float]:
        return {
            "idle_s": self._config.session_idle_days * DAY_S,
            "absolute_s": self._config.session_absolute_days * DAY_S,
        }

    def logout(self, session: Session, visitor: Visitor) -> None:
        """End a session."""
        self._db.delete_session(session["id"], session["session_id"])
        self._log("logout", visitor, session)

    def list_sessions(self, user_id: int) -> list[ListedSession]:
        """List the open sessions of an account, the latest first."""
        return self._db.list_sessions(user_id)

    def revoke_session(self, user: Session, session_id: int, visitor: Visitor) -> bool:
        """End one of the user's sessions; False when it is not theirs or has ended."""
        was_there = self._db.delete_session(user["id"], session_id)
        if was_there:
            self._log("session_revoked", visitor, user)
        return was_there

    def revoke_other_sessions(self, user: Session, visitor: Visitor) -> int:
        """End all sessions of the user but the current one; returns how many."""
        count = self._db.delete_sessions(user["id"], keep_session_id=user["session_id"])
        self._log("sessions_revoked", visitor, user, f"{count} ended")
        return count

    def open_session(
        self,
        user: User,
        visitor: Visitor,
        old_token: str | None = None,
        *,
        device_token: str | None = None,
    ) -> LoginResult:
        """Start a session for somebody who has proven to be the user, in both steps if need be.

        In a browser without their token it leaves an alert, but for the account's first login.
        """
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._db.transaction():
            self._end_replaced_session(old_token, now)
            is_new = user["last_login"] and not self.device_tokens.is_known(
                device_token, user["id"]
            )
            device, ip = visitor.device[:100], visitor.ip
            session = self._db.create_session(
                self.hash_token(token), user["id"], device=device, ip_address=ip, now=now
            )
            if is_new:
                self._db.note_new_device(
                    user["id"], session["id"], device=device, ip_address=ip, now=now
                )
            self._db.update_last_login(user["id"])
            self._log("login", visitor, user, "new browser" if is_new else None)
        return LoginResult(token, user, self.device_tokens.of(user["id"]))

    def _end_replaced_session(self, old_token: str | None, now: float) -> None:
        if not old_token:
            return
        seconds = self._config.session_absolute_days * DAY_S
        old = self._db.get_session(
            self.hash_token(old_token), now=now, idle_s=seconds, absolute_s=seconds
        )
        if old:
            self._db.delete_session(old["id"], old["session_id"])
