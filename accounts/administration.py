"""Administration of accounts, by admins and from the command line of the machine."""

from accounts.errors import AccountError, LastAdmin, RuleRefused
from accounts.rules import AccountRules
from accounts.types import Visitor
from common.errors import Message
from queries.rows import Account, User
from queries.users import MovedRows


class Administration(AccountRules):
    """Roles, disabling and merging of accounts; the last admin always remains one."""

    def set_active(self, admin: Account, user: Account, is_active: bool, visitor: Visitor) -> None:
        """Enable an account, or disable it: its sessions end, and its work rests."""
        if user["id"] == admin["id"]:
            raise AccountError("You cannot disable your own account.")
        self._set_active(user, is_active, visitor, f"by {admin['username']}")

    def set_admin(self, admin: Account, user: Account, is_admin: bool, visitor: Visitor) -> None:
        """Make an account an admin or an ordinary user; raises LastAdmin."""
        with self._db.transaction():
            if not is_admin:
                self._refuse_last_admin(user["id"])
            self._db.set_user_admin(user["id"], is_admin)
            role = "admin" if is_admin else "user"
            self._log("role_changed", visitor, user, f"{role}, by {admin['username']}")

    def is_last_admin(self, user_id: int) -> bool:
        """Whether the account is the only enabled admin."""
        admins = [user for user in self._db.list_users() if user["is_admin"] and user["is_active"]]
        return [user["id"] for user in admins] == [user_id]

    def add_user(self, username: str, password: str, *, is_admin: bool = False) -> User:
        """Make an account; raises BadUsername, BadPassword, UsernameTaken."""
        name = self._checked_name(username, password)
        user = self._db.create_user(name, self.hash_password(password), is_admin=is_admin)
        self._log("user_added", Visitor(), user, "from the command line")
        return user

    def set_password(self, user: Account, password: str) -> None:
        """Give an account a password and end its sessions; raises BadPassword."""
        self.check_password_rules(user["username"], password)
        new_hash = self.hash_password(password)
        with self._db.transaction():
            self._db.set_password_hash(user["id"], new_hash)
            self._db.delete_sessions(user["id"])
            self._log("password_set", Visitor(), user, "from the command line")

    def set_active_from_machine(self, user: Account, is_active: bool) -> None:
        """Enable an account, or disable it and end its sessions, from the command line."""
        self._set_active(user, is_active, Visitor(), "from the command line")

    def _set_active(self, user: Account, is_active: bool, visitor: Visitor, by: str) -> None:
        with self._db.transaction():
            self._db.set_user_active(user["id"], is_active)
            self._log("user_enabled" if is_active else "user_disabled", visitor, user, by)

    def end_sessions_of(
        self, admin: Account, user: Account, visitor: Visitor, session_id: int | None = None
    ) -> int:
        """End one session of somebody, or all; returns how many there were."""
        with self._db.transaction():
            if session_id is None:
                count = self._db.delete_sessions(user["id"])
            else:
                count = int(self._db.delete_session(user["id"], session_id))
            if count:
                event = "session_revoked" if session_id else "sessions_revoked"
                self._log(event, visitor, user, f"{count} ended, by {admin['username']}")
        return count

    def check_can_go(self, admin: Account, user: Account) -> None:
        """Raise AccountError or LastAdmin for an account that no other admin may take away."""
        if user["id"] == admin["id"]:
            raise AccountError("Delete your own account on your account page.")
        self._refuse_last_admin(user["id"])

    def retire(self, admin: Account, user: Account, typed: str, visitor: Visitor) -> None:
        """Disable an account that is to be deleted, once its name was typed; raises RuleRefused."""
        if typed.strip() != user["username"]:
            raise RuleRefused("confirm", "This is not the name of the account. Type it exactly.")
        with self._db.transaction():
            self.check_can_go(admin, user)
            self._set_active(user, False, visitor, f"by {admin['username']}")

    def merge(
        self,
        source: Account,
        target: Account,
        visitor: Visitor | None = None,
        by: str = "",
    ) -> MovedRows:
        """Move all that one account has to another and remove it; returns counts by kind.

        `by` is written to the log, such as "by vera". Raises AccountError, NotFound.
        """
        if self._db.list_unfinished(source["id"]) or self._db.has_retakes(source["id"]):
            raise AccountError(
                Message(
                    "{name} has pieces that are still being generated. Wait until they "
                    "are ready, or cancel them.",
                    name=source["username"],
                )
            )
        with self._db.transaction():
            moved = self._db.merge_users(source["id"], target["id"])
            parts = [f"{count} {kind}" for kind, count in moved.items()]
            details = ", ".join([*parts, *([by] if by else [])])
            self._log(
                "users_merged", visitor or Visitor(), target, f"{source['username']}: {details}"
            )
        return moved

    def _refuse_last_admin(self, user_id: int) -> None:
        if self.is_last_admin(user_id):
            raise LastAdmin
