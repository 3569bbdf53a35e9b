"""Sharing: what people here let each other hear, and links for people without an account."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from accounts.accounts import Accounts
from accounts.rules import DAY_S
from accounts.types import Visitor
from common.errors import AppError, Message
from database import Database
from queries.rows import Account, AudioFile, FoundFile, User
from queries.shares import HeardFile, LinkedFile
from services.file_names import check_group
from storage.earlier_release import NO_LOGIN
from storage.errors import DatabaseError, NotFound

MOST_SHARES = 1000  # and links, of one person
KEPT_EXPIRED_S = 30 * DAY_S  # how long an expired link is still listed
LINK_DAYS = (1, 7, 30)
USUAL_DAYS = 7
RULE = "links"
NOT_ALLOWED, ALLOWED = "no", "yes"
# What a listener is not told: what it cost, who made it and how, where its owner keeps it, and
# what went wrong in the owner's account.
UNTOLD: dict[str, Any] = {
    **dict.fromkeys(("voice", "engine", "model", "category", "stand_in", "waits_for"), ""),
    **dict.fromkeys(("error", "stop_requested", "lease_owner"), None),
    **dict.fromkeys(("track", "needs_voice", "queue_rank", "attempts", "waits"), 0),
    "cost": 0.0,
    "reading": "{}",
}
Heard = TypeVar("Heard", bound=AudioFile)


class SharingRefused(AppError):
    """Something cannot be shared so; `field` names the input."""

    status = 400

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class LinksNotAllowed(AppError):
    """The admins allow no links for people without an account."""

    status = 403
    message = "Links for people without an account are turned off on this server."

    def __init__(self) -> None:
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Shareable:
    """A file or a group that can be shared: exactly one of the two."""

    file_id: int | None = None
    category: str | None = None


def as_listener(row: Heard) -> Heard:
    """A file without what its listeners are not told."""
    return cast("Heard", {**row, **UNTOLD})


def as_told(row: Heard, user_id: int) -> Heard:
    """A person's own file as it is, another's without what its listeners are not told."""
    return row if row["owner_id"] == user_id else as_listener(row)


class Sharing:
    """Who may hear what. What is not shared looks like what is not there."""

    def __init__(self, db: Database, accounts: Accounts):
        self._db, self._accounts = db, accounts

    # Listening

    def heard(self, filename: str, user_id: int) -> HeardFile | None:
        """The person's own file, or one that is shared with them without what they are not told."""
        row = self._db.get_heard_file(filename, user_id)
        return as_told(row, user_id) if row else None

    def heard_library(
        self, user_id: int, *, search: str | None, limit: int, after: tuple[str, int] | None
    ) -> list[FoundFile]:
        """A page of what others share with a person, newest first, without what is not told."""
        found = self._db.get_heard_library(user_id, search=search, limit=limit, after=after)
        return [as_listener(row) for row in found]

    # People here

    def group(self, owner_id: int, name: str) -> Shareable:
        """The group of that name in a person's library; raises NotFound, SharingRefused."""
        if not name.strip():
            raise SharingRefused("group", "Choose a group to share.")
        wanted = self._db.group_name(owner_id, check_group(name))
        if wanted not in self._db.list_categories(owner_id):
            raise NotFound("There is no such group in your library.")
        return Shareable(category=wanted)

    def share(self, owner: Account, what: Shareable, name: str | None, visitor: Visitor) -> None:
        """Let the person of that name, or everybody here (None), hear something.

        Raises SharingRefused. Who may hear it already goes on to.
        """
        listener = None if name is None else self._listener(owner, name)
        with self._db.transaction():
            self._check_limit(owner)
            is_new = self._db.create_share(
                owner["id"],
                file_id=what.file_id,
                category=what.category,
                listener_id=listener and listener["id"],
            )
            if is_new:
                self._accounts.log("shared", owner, visitor, _told(listener))

    def withdraw(self, owner: Account, share_id: int, visitor: Visitor) -> None:
        """Stop sharing something; raises NotFound."""
        with self._db.transaction():
            share = self._db.delete_share(owner["id"], share_id)
            if share is None:
                raise NotFound("There is no such share in your list.")
            told = share["listener"] or "everybody"
            self._accounts.log("share_withdrawn", owner, visitor, told)

    def _listener(self, owner: Account, name: str) -> User:
        name = name.strip()
        if not name:
            raise SharingRefused("listener", "Enter the name that the person logs in with.")
        found = self._db.get_user(name[:150])
        # One answer for accounts that never were, that are disabled, and that nobody logs in to.
        if not found or not found["is_active"] or found["password_hash"] == NO_LOGIN:
            raise SharingRefused(
                "listener",
                Message("Nobody here is called “{name}”. Check the spelling.", name=name[:150]),
            )
        if found["id"] == owner["id"]:
            raise SharingRefused("listener", "That is you. Enter somebody else's name.")
        return found

    def _check_limit(self, owner: Account) -> None:
        if self._db.count_shares(owner["id"]) >= MOST_SHARES:
            raise SharingRefused(
                "",
                Message(
                    "You share {most} things already. Stop sharing one of them, then try again.",
                    most=MOST_SHARES,
                ),
            )

    # People without an account

    @property
    def allows_links(self) -> bool:
        """Whether the admins allow links for people without an account; they must say so first."""
        return self._db.get_rule(RULE, NOT_ALLOWED) == ALLOWED

    def allow_links(self, admin: Account, rule: str, visitor: Visitor) -> None:
        """Turn all links on, or off ("yes", "no"); what was made stays, for when they are on."""
        if rule not in (ALLOWED, NOT_ALLOWED):
            raise SharingRefused("rule", "Choose whether links are allowed.")
        with self._db.transaction():
            self._db.set_rule(RULE, rule)
            self._accounts.log("links_rule", admin, visitor, rule)

    def create_link(self, owner: Account, file_id: int, days: int | None, visitor: Visitor) -> str:
        """Make a link to a file for so many days, or until it is withdrawn (None).

        Returns its token, which is stored as a hash alone. Raises LinksNotAllowed, SharingRefused.
        """
        if not self.allows_links:
            raise LinksNotAllowed
        if days is not None and days not in LINK_DAYS:
            raise SharingRefused("days", "Choose how long the link works.")
        token, now = secrets.token_urlsafe(32), self._accounts.now()
        expires = None if days is None else now + days * DAY_S
        with self._db.transaction():
            self._db.drop_old_links(owner["id"], now - KEPT_EXPIRED_S)
            self._check_limit(owner)
            self._db.create_share_link(
                owner["id"], file_id, self._accounts.hash_token(token), expires
            )
            self._accounts.log("link_created", owner, visitor, f"{days} days" if days else "")
        return token

    def revoke_link(self, owner: Account, link_id: int, visitor: Visitor) -> None:
        """Let a link lead nowhere from now on; raises NotFound."""
        with self._db.transaction():
            if not self._db.delete_share_link(owner["id"], link_id):
                raise NotFound("There is no such link in your list.")
            self._accounts.log("link_revoked", owner, visitor)

    def linked(self, token: str) -> LinkedFile | None:
        """The file that a link leads to, without what its listeners are not told.

        None for a link that never was, has expired or was withdrawn, and while none are allowed.
        """
        # Looked up by its hash under the secret key: how long that takes tells nothing of it.
        found = self._db.find_linked_file(self._accounts.hash_token(token), self._accounts.now())
        return as_listener(found) if found and self.allows_links else None

    def note_use(self, row: LinkedFile, *, is_listen: bool) -> None:
        """Note that a link was opened, or that its sound was played from the start."""
        with suppress(DatabaseError):  # nobody is kept from listening by a count
            self._db.note_link_used(row["link_id"], self._accounts.now(), is_listen=is_listen)


def _told(listener: User | None) -> str:
    """The person, as the security log names them."""
    return listener["username"] if listener else "everybody"
