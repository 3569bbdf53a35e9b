"""Accounts, their sessions and invitations."""

import json
from typing import TypedDict

from common import usernames
from common.errors import Message
from queries.base import Statements
from queries.rows import Invite, ListedInvite, ListedSession, ListedUser, NewSession, Session, User
from storage.earlier_release import NO_LOGIN
from storage.errors import InviteInvalid, NotFound, SetupDone, UsernameTaken

WAS_DISABLED = "Paused because this account was disabled."


class MovedRows(TypedDict):
    """Numbers of rows that went from one account to another."""

    files: int
    usage: int
    playbacks: int


class UserQueries(Statements):
    """Statements about accounts, sessions and invitations."""

    def create_user(
        self,
        username: str,
        password_hash: str,
        *,
        is_admin: bool = False,
        created_at: str | None = None,
    ) -> User:
        """Add an account; raises UsernameTaken, also for another spelling or look of a name."""
        key = usernames.look(username)
        with self.transaction():
            self.refuse_taken_name(username)
            return self.write_one(
                User,
                """INSERT INTO users (username, password_hash, is_admin, created_at, name_key)
                   VALUES (?, ?, ?, coalesce(?, CURRENT_TIMESTAMP), ?) RETURNING *""",
                username, password_hash, int(is_admin), created_at, key,
            )  # fmt: skip

    def refuse_taken_name(self, username: str) -> None:
        """Raise UsernameTaken where an account has the name, in another spelling or look too."""
        key = usernames.look(username)
        # The second look finds names that another program wrote, without a key.
        alike = self.rows("SELECT username FROM users WHERE name_key = ?", key) or self.rows(
            "SELECT username FROM users WHERE username = ? COLLATE NOCASE", username
        )
        for row in alike:
            if usernames.fold(row["username"]) == usernames.fold(username):
                raise UsernameTaken(
                    Message("The name {name} is taken. Choose another one.", name=row["username"])
                )
        if alike:
            raise UsernameTaken(
                Message(
                    "This name looks like {name}, which is taken. Choose another one.",
                    name=alike[0]["username"],
                )
            )

    def create_first_user(self, username: str, password_hash: str) -> User:
        """Add the owner, an admin; raises SetupDone when there is an account already."""
        with self.transaction():
            if self.count_users():
                raise SetupDone("VoiceVerse is already set up. Log in, or ask for an invitation.")
            return self.create_user(username, password_hash, is_admin=True)

    def count_users(self) -> int:
        """Number of accounts with a password, without placeholders, which nobody can log in to."""
        return self.value("SELECT count(*) AS n FROM users WHERE password_hash != ?", NO_LOGIN)

    def get_user(self, username: str) -> User | None:
        """The account of exactly that name, else the only one that is spelled otherwise."""
        exact = self.find(User, "SELECT * FROM users WHERE username = ?", username)
        if exact:
            return exact
        found = self.list_of(
            User,
            "SELECT * FROM users WHERE name_key = ? OR username = ? COLLATE NOCASE",
            usernames.look(username), username,
        )  # fmt: skip
        wanted = usernames.fold(username)
        alike = [row for row in found if usernames.fold(row["username"]) == wanted]
        return alike[0] if len(alike) == 1 else None

    def get_user_by_id(self, user_id: int) -> User | None:
        """The account with that number."""
        return self.find(User, "SELECT * FROM users WHERE id = ?", user_id)

    def set_fallback_rule(self, user_id: int, rule: str) -> None:
        """Set which voice continues where one cannot speak: 'ask', 'nearest' or 'free'."""
        self.write("UPDATE users SET stand_in_rule = ? WHERE id = ?", rule, user_id)

    def update_last_login(self, user_id: int) -> None:
        """Note that the account logged in now."""
        self.write("UPDATE users SET last_login = CURRENT_TIMESTAMP WHERE id = ?", user_id)

    def list_users(self) -> list[ListedUser]:
        """All accounts by name, without their password hashes."""
        return self.list_of(
            ListedUser,
            """SELECT id, username, created_at, last_login, is_active, is_admin,
                      EXISTS (SELECT 1 FROM second_factors
                              WHERE user_id = users.id AND confirmed_at IS NOT NULL)
                          AS has_second_factor,
                      EXISTS (SELECT 1 FROM passkeys WHERE user_id = users.id) AS has_passkey
               FROM users ORDER BY username COLLATE NOCASE, id""",
        )

    def set_password_hash(self, user_id: int, password_hash: str) -> None:
        """Replace the password hash."""
        self.write("UPDATE users SET password_hash = ? WHERE id = ?", password_hash, user_id)

    def set_user_active(self, user_id: int, is_active: bool) -> None:
        """Enable or disable an account. Raises NotFound.

        Disabling drops its sessions. Either way what is made for it rests until its owner says so.
        An account that is in that state already stays as it is.
        """
        with self.transaction():
            changed = self.write(
                "UPDATE users SET is_active = ? WHERE id = ? AND is_active != ?",
                int(is_active), user_id, int(is_active),
            ).rowcount  # fmt: skip
            if not changed:
                if self.get_user_by_id(user_id) is None:
                    raise NotFound("There is no such account.")
                return
            self.pause_work(user_id, WAS_DISABLED)
            if not is_active:
                self.delete_sessions(user_id)

    def merge_users(self, from_id: int, into_id: int) -> MovedRows:
        """Move files, usage and history to another account and remove the first.

        Returns how many rows moved: files, usage, playbacks. Raises NotFound.
        """
        with self.transaction():
            into = self.get_user_by_id(into_id)
            if from_id == into_id or into is None or self.get_user_by_id(from_id) is None:
                raise NotFound("Both accounts must exist, and they must be different.")
            moved: MovedRows = {
                "files": self.write(
                    "UPDATE audio_files SET owner_id = ? WHERE owner_id = ?", into_id, from_id
                ).rowcount,
                "usage": self.write(
                    "UPDATE usage_stats SET user_id = ? WHERE user_id = ?", into_id, from_id
                ).rowcount,
                "playbacks": self.write(
                    "UPDATE playback_history SET user_id = ? WHERE user_id = ?", into_id, from_id
                ).rowcount,
            }
            self.write(
                """INSERT INTO file_groups (owner_id, name)
                   SELECT ?, name FROM file_groups WHERE owner_id = ?
                   ON CONFLICT (owner_id, name) DO NOTHING""",
                into_id, from_id,
            )  # fmt: skip
            self.write("UPDATE exports SET owner_id = ? WHERE owner_id = ?", into_id, from_id)
            # Both may have listened to the same file in the same browser, where it is shared.
            self.write(
                "UPDATE OR IGNORE positions SET user_id = ? WHERE user_id = ?", into_id, from_id
            )
            self.move_bookmarks(from_id, into_id)
            self.write("UPDATE documents SET owner_id = ? WHERE owner_id = ?", into_id, from_id)
            self.write("UPDATE imports SET owner_id = ? WHERE owner_id = ?", into_id, from_id)
            self.write("UPDATE pronunciations SET user_id = ? WHERE user_id = ?", into_id, from_id)
            self.write("UPDATE security_logs SET user_id = ? WHERE user_id = ?", into_id, from_id)
            self.write("UPDATE invites SET created_by = ? WHERE created_by = ?", into_id, from_id)
            self.write("UPDATE invites SET used_by = ? WHERE used_by = ?", into_id, from_id)
            self.move_segments(from_id, into_id)
            self.move_voice_settings(from_id, into_id)
            self.move_reading_settings(from_id, into_id)
            self.move_progress(from_id, into_id)
            self.move_shares(from_id, into_id)
            self.write("DELETE FROM users WHERE id = ?", from_id)
            if not into["is_active"]:
                self.pause_work(into_id, WAS_DISABLED)
            return moved

    def delete_user(self, user_id: int) -> None:
        """Remove an account with all its rows; security events stay, without its number.

        Raises NotFound.
        """
        if not self.write("DELETE FROM users WHERE id = ?", user_id).rowcount:
            raise NotFound("There is no such account.")

    # Sessions

    def create_session(
        self, token_hash: str, user_id: int, *, device: str, ip_address: str, now: float
    ) -> NewSession:
        """Remember a login; `now` in seconds since 1970."""
        return self.write_one(
            NewSession,
            """INSERT INTO sessions (token_hash, user_id, device, ip_address,
                                     created_epoch, last_seen_epoch)
               VALUES (?, ?, ?, ?, ?, ?) RETURNING *""",
            token_hash, user_id, device, ip_address, now, now,
        )  # fmt: skip

    def get_session(
        self, token_hash: str, *, now: float, idle_s: float, absolute_s: float
    ) -> Session | None:
        """The session and its account, unless it expired or the account is disabled.

        Also says whether it `has_second_factor`, and for whom `second_factor_rule` asks one.
        """
        return self.find(
            Session,
            """SELECT s.id AS session_id, s.token_hash, s.created_epoch, s.last_seen_epoch,
                      s.device,
                      (SELECT alert_id FROM alerted_sessions WHERE session_id = s.id) AS alert_id,
                      u.id, u.id AS user_id, u.username, u.is_admin, u.is_active,
                      EXISTS (SELECT 1 FROM second_factors
                              WHERE user_id = u.id AND confirmed_at IS NOT NULL)
                          AS has_second_factor,
                      coalesce((SELECT value FROM rules WHERE name = 'second_factor'), 'nobody')
                          AS second_factor_rule
               FROM sessions s JOIN users u ON u.id = s.user_id
               WHERE s.token_hash = ? AND u.is_active = 1
                 AND s.last_seen_epoch > ? AND s.created_epoch > ?""",
            token_hash, now - idle_s, now - absolute_s,
        )  # fmt: skip

    def find_open_sessions(
        self, token_hashes: set[str], *, now: float, idle_s: float, absolute_s: float
    ) -> set[str]:
        """The sessions among these that have not ended, by the rules of `get_session`.

        They are named by hash, because a number may be given again.
        """
        rows = self.rows(
            """SELECT s.token_hash FROM sessions s JOIN users u ON u.id = s.user_id
               WHERE s.token_hash IN (SELECT value FROM json_each(?)) AND u.is_active = 1
                 AND s.last_seen_epoch > ? AND s.created_epoch > ?""",
            json.dumps(sorted(token_hashes)), now - idle_s, now - absolute_s,
        )  # fmt: skip
        return {row["token_hash"] for row in rows}

    def touch_session(self, session_id: int, now: float) -> None:
        """Note that the session was used; one that was begun by a clock ahead begins now."""
        self.write(
            """UPDATE sessions SET last_seen_epoch = ?, created_epoch = min(created_epoch, ?)
               WHERE id = ?""",
            now, now, session_id,
        )  # fmt: skip

    def list_sessions(self, user_id: int) -> list[ListedSession]:
        """The account's sessions, the latest used first."""
        return self.list_of(
            ListedSession,
            """SELECT id, device, ip_address, created_at, created_epoch, last_seen_epoch
               FROM sessions WHERE user_id = ? ORDER BY last_seen_epoch DESC, id DESC""",
            user_id,
        )

    def delete_session(self, user_id: int, session_id: int) -> bool:
        """End one session of the account; False when it has no such session."""
        return bool(
            self.write(
                "DELETE FROM sessions WHERE id = ? AND user_id = ?", session_id, user_id
            ).rowcount
        )

    def delete_sessions(self, user_id: int, *, keep_session_id: int | None = None) -> int:
        """End all sessions of the account but one; returns how many."""
        return self.write(
            "DELETE FROM sessions WHERE user_id = ? AND id IS NOT ?", user_id, keep_session_id
        ).rowcount

    def delete_expired_sessions(self, *, now: float, idle_s: float, absolute_s: float) -> int:
        """Forget sessions that nobody can use any more; returns how many."""
        return self.write(
            "DELETE FROM sessions WHERE last_seen_epoch <= ? OR created_epoch <= ?",
            now - idle_s, now - absolute_s,
        ).rowcount  # fmt: skip

    # Invitations

    def create_invite(self, token_hash: str, created_by: int, expires_epoch: float) -> Invite:
        """Keep an invitation that works once, until it expires."""
        return self.write_one(
            Invite,
            """INSERT INTO invites (token_hash, created_by, expires_epoch)
               VALUES (?, ?, ?) RETURNING *""",
            token_hash, created_by, expires_epoch,
        )  # fmt: skip

    def get_invite(self, token_hash: str, now: float) -> Invite | None:
        """The invitation, if it can still be used."""
        return self.find(
            Invite,
            """SELECT * FROM invites
               WHERE token_hash = ? AND used_at IS NULL AND expires_epoch > ?""",
            token_hash, now,
        )  # fmt: skip

    def register_with_invite(
        self, token_hash: str, username: str, password_hash: str, now: float
    ) -> User:
        """Use up an invitation and add its account; raises InviteInvalid, UsernameTaken."""
        with self.transaction():
            invite = self.get_invite(token_hash, now)
            if invite is None:
                raise InviteInvalid(
                    "This invitation was already used or has expired. Ask an admin for a new one."
                )
            user = self.create_user(username, password_hash)
            self.write(
                "UPDATE invites SET used_at = CURRENT_TIMESTAMP, used_by = ? WHERE id = ?",
                user["id"], invite["id"],
            )  # fmt: skip
            return user

    def list_invites(self) -> list[ListedInvite]:
        """All invitations, newest first, with the names of who made and who used them."""
        return self.list_of(
            ListedInvite,
            """SELECT i.id, i.created_at, i.expires_epoch, i.used_at,
                      maker.username AS created_by_name, taker.username AS used_by_name
               FROM invites i JOIN users maker ON maker.id = i.created_by
               LEFT JOIN users taker ON taker.id = i.used_by ORDER BY i.id DESC""",
        )

    def delete_invite(self, invite_id: int) -> bool:
        """Withdraw an invitation; False when there is none of that number."""
        return bool(self.write("DELETE FROM invites WHERE id = ?", invite_id).rowcount)
