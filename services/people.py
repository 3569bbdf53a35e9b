"""People as admins look after them: what each uses and may use, and how an account goes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.accounts import Accounts
from accounts.errors import RuleRefused
from accounts.types import Visitor
from common.errors import Message
from queries.people import PersonWork
from queries.rows import Account
from queries.usage import UsageSum
from queries.users import MovedRows
from services.library import Library
from services.quotas import Limits, now_here
from services.studio import Studio

LIMITS = ("daily_characters", "storage_mb")
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Use:
    """What one person uses: characters and money by month, pieces, and `size` in bytes."""

    today: int
    this_month: UsageSum
    last_month: UsageSum
    all_time: UsageSum
    work: PersonWork
    size: int


class People:
    """What admins see and do about one person; never a title or a text."""

    def __init__(self, studio: Studio, library: Library, accounts: Accounts) -> None:
        self._studio, self._library, self._accounts = studio, library, accounts
        self._db = studio.db

    def use(self, user_id: int) -> Use:
        """Sum up what a person uses, by the months of this machine's clock."""
        now = now_here()
        last = (now.year - 1, 12) if now.month == 1 else (now.year, now.month - 1)
        return Use(
            today=self._studio.quotas.characters_today(user_id),
            this_month=self._db.get_monthly_usage(user_id, now.year, now.month),
            last_month=self._db.get_monthly_usage(user_id, *last),
            all_time=self._db.get_all_time_usage(user_id),
            work=self._db.get_person_work(user_id),
            size=self._studio.quotas.kept_bytes(user_id),
        )

    def limits(self, user_id: int) -> Limits:
        """The limits that hold for a person, and where they come from."""
        return self._studio.quotas.limits(user_id)

    def set_limits(
        self, admin: Account, user: Account, given: Mapping[str, str], visitor: Visitor
    ) -> None:
        """Set a person's limits from a form's texts, "" for the server's; raises RuleRefused."""
        limits = self.limits(user["id"])
        values = {
            name: _limit(name, given.get(name, "").strip(), getattr(limits, name).most)
            for name in LIMITS
        }
        with self._db.transaction():
            self._db.set_person_limits(user["id"], **values)
            told = ", ".join(f"{name}: {value or '-'}" for name, value in values.items())
            self._accounts.log("limits_changed", user, visitor, f"{told}, by {admin['username']}")

    def merge(self, admin: Account, source: Account, into: str, visitor: Visitor) -> MovedRows:
        """Move all that a person has to the account named `into`, and remove the first."""
        target = self.merge_target(admin, source, into)
        return self._accounts.merge(source, target, visitor, f"by {admin['username']}")

    def merge_target(self, admin: Account, source: Account, into: str) -> Account:
        """Find the account that is to be merged into; raises RuleRefused, AccountError."""
        self._accounts.check_can_go(admin, source)
        target = self._db.get_user(into.strip()[:150])
        if target is None:
            raise RuleRefused("into", "There is no account with this name. Check the spelling.")
        if target["id"] == source["id"]:
            raise RuleRefused("into", "Choose another account than this one.")
        return target

    def delete(self, admin: Account, user: Account, typed: str, visitor: Visitor) -> None:
        """Delete an account with all that is in it, once its name was typed; raises RuleRefused."""
        self._accounts.retire(admin, user, typed, visitor)
        self._library.delete_user(user["id"])
        by = f"by {admin['username']}"
        self._accounts.log("user_deleted", None, visitor, by, name=user["username"])


def _limit(name: str, text: str, most: int) -> int | None:
    if not text:
        return None
    if not NUMBER.fullmatch(text) or not int(text):
        raise RuleRefused(name, "Enter a whole number above 0, or leave this empty.")
    if most and int(text) > most:
        raise RuleRefused(name, Message("Enter at most {most}.", most=most))
    return int(text)
