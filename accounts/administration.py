"""Administration of accounts, by admins and from the command line of the machine."""

from accounts.errors import AccountError, LastAdmin
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

    def merge(self, source: Account, target: Account) -> MovedRows:
        """Move all that one account has to another and remove it; returns counts by kind."""
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
            details = ", ".join(f"{count} {kind}" for kind, count in moved.items())
            self._log("users_merged", Visitor(), target, f"{source['username']}: {details}")
        return moved

    def _refuse_last_admin(self, user_id: int) -> None:
        if self.is_last_admin(user_id):
            raise LastAdmin
