"""People as admins see them: who is there, what they use, and the limits of each.

Nothing here reads a text or a name of a piece: a library is its owner's.
"""

from typing import TypedDict

from common import usernames
from queries.base import Statements, escape_like
from storage.earlier_release import NO_LOGIN

PERSON = """users.id, users.username, users.created_at, users.last_login, users.is_active,
    users.is_admin,
    EXISTS (SELECT 1 FROM second_factors WHERE user_id = users.id AND confirmed_at IS NOT NULL)
        AS has_second_factor,
    EXISTS (SELECT 1 FROM passkeys WHERE user_id = users.id) AS has_passkey,
    (SELECT max(last_seen_epoch) FROM sessions WHERE user_id = users.id) AS last_seen_epoch"""


class Person(TypedDict):
    """An account; `last_seen_epoch` (s since 1970) is None without an open session."""

    id: int
    username: str
    created_at: str
    last_login: str | None
    is_active: int
    is_admin: int
    has_second_factor: int
    has_passkey: int
    last_seen_epoch: float | None


class PersonLimits(TypedDict):
    """Limits that an admin set for one person; None where the server's hold."""

    daily_characters: int | None
    storage_mb: int | None


class PersonWork(TypedDict):
    """Numbers of a person's pieces, of those in the bin, and of documents."""

    files: int
    binned_files: int
    documents: int


class AddedSince(TypedDict):
    """What was added after a time: `people`, and pieces in or out of the bin as `files`."""

    people: int
    files: int


class PeopleQueries(Statements):
    """Statements for admins about one person, or the list of all."""

    def find_people(
        self, search: str = "", *, after: tuple[str, int] | None = None, limit: int = 50
    ) -> list[Person]:
        """People by name, those whose name holds `search`; `after` is the last one seen."""
        name, number = after or ("", 0)
        return self.list_of(
            Person,
            f"""SELECT {PERSON} FROM users INDEXED BY idx_users_username
                WHERE (users.username COLLATE NOCASE, users.id) > (?, ?)
                  AND (users.name_key LIKE ? ESCAPE '\\' OR users.username LIKE ? ESCAPE '\\')
                ORDER BY users.username COLLATE NOCASE, users.id LIMIT ?""",
            name, number, f"%{escape_like(usernames.look(search))}%", f"%{escape_like(search)}%",
            limit,
        )  # fmt: skip

    def get_person(self, user_id: int) -> Person | None:
        """The account with that number as the list has it."""
        return self.find(Person, f"SELECT {PERSON} FROM users WHERE users.id = ?", user_id)

    def count_people(self) -> int:
        """Number of all accounts, those that cannot log in included."""
        return self.value("SELECT count(*) FROM users")

    def count_all_files(self) -> int:
        """Number of everybody's pieces, those in the bin included."""
        return self.value("SELECT count(*) FROM audio_files INDEXED BY idx_audio_created")

    def count_without_second_factor(self) -> int:
        """Number of enabled accounts that log in with a password alone."""
        return self.value(
            """SELECT count(*) FROM users WHERE users.is_active = 1 AND users.password_hash != ?
                   AND NOT EXISTS (SELECT 1 FROM second_factors
                                   WHERE user_id = users.id AND confirmed_at IS NOT NULL)""",
            NO_LOGIN,
        )

    def get_person_work(self, user_id: int) -> PersonWork:
        """How many pieces and documents a person has."""
        return self.one(
            PersonWork,
            """SELECT (SELECT count(*) FROM audio_files
                       WHERE owner_id = ? AND deleted_at IS NULL) AS files,
                      (SELECT count(*) FROM audio_files
                       WHERE owner_id = ? AND deleted_at IS NOT NULL) AS binned_files,
                      (SELECT count(*) FROM documents WHERE owner_id = ?) AS documents""",
            user_id, user_id, user_id,
        )  # fmt: skip

    def get_person_limits(self, user_id: int) -> PersonLimits:
        """The limits that were set for one person."""
        found = self.find(
            PersonLimits,
            "SELECT daily_characters, storage_mb FROM person_limits WHERE user_id = ?",
            user_id,
        )
        return found or {"daily_characters": None, "storage_mb": None}

    def set_person_limits(
        self, user_id: int, *, daily_characters: int | None, storage_mb: int | None
    ) -> None:
        """Set the limits of one person; None leaves the server's."""
        self.write(
            """INSERT INTO person_limits (user_id, daily_characters, storage_mb) VALUES (?, ?, ?)
               ON CONFLICT (user_id) DO UPDATE SET
                   daily_characters = excluded.daily_characters,
                   storage_mb = excluded.storage_mb""",
            user_id, daily_characters, storage_mb,
        )  # fmt: skip

    def count_added_since(self, since: str) -> AddedSince:
        """People and pieces that were added after a time (UTC text)."""
        return self.one(
            AddedSince,
            """SELECT (SELECT count(*) FROM users WHERE created_at > ?) AS people,
                      (SELECT count(*) FROM audio_files WHERE created_at > ?) AS files""",
            since, since,
        )  # fmt: skip
