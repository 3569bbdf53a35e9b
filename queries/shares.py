"""Sharing: what people let others here hear, and links for people without an account."""

import json
from typing import NotRequired, TypedDict

from queries.base import Statements
from queries.groups import COLUMNS
from queries.rows import AudioFile

# Whether a person, the parameter ?1, may hear a file of somebody else's.
IS_HEARD = """(
    (EXISTS (SELECT 1 FROM shares WHERE shares.file_id = audio_files.id
             AND (listener_id = ?1 OR listener_id IS NULL))
     OR EXISTS (SELECT 1 FROM shares WHERE shares.owner_id = audio_files.owner_id
                AND shares.category = audio_files.category
                AND (listener_id = ?1 OR listener_id IS NULL)))
    AND EXISTS (SELECT 1 FROM users WHERE users.id = audio_files.owner_id AND is_active = 1))"""
# All files of others that the person ?1 may hear, with where they stand in time.
HEARD = """WITH offered (id) AS (
        SELECT file_id FROM shares INDEXED BY idx_shares_listener
        WHERE file_id IS NOT NULL AND owner_id != ?1 AND (listener_id = ?1 OR listener_id IS NULL)
        UNION
        SELECT f.id FROM shares s INDEXED BY idx_shares_listener
        JOIN audio_files f ON f.owner_id = s.owner_id AND f.category = s.category
        WHERE s.category IS NOT NULL AND s.owner_id != ?1
          AND (s.listener_id = ?1 OR s.listener_id IS NULL)),
    heard (id, owner_id, created_at) AS (
        SELECT f.id, f.owner_id, f.created_at
        FROM offered JOIN audio_files f ON f.id = offered.id JOIN users u ON u.id = f.owner_id
        WHERE f.deleted_at IS NULL AND u.is_active = 1)"""
# The file's columns with the name of who gives it; '' for what is one's own.
WITH_GIVER = f"""{COLUMNS}, iif(owner_id = ?1, '',
    (SELECT username FROM users WHERE id = owner_id)) AS giver"""


class HeardFile(AudioFile):
    """An AudioFile for somebody who may hear it; `giver` is '' where it is their own."""

    giver: NotRequired[str]


class Share(TypedDict):
    """A share as its owner sees it: of a file or a group, with somebody or everybody (None)."""

    id: int
    filename: str | None
    display_name: str | None
    category: str | None
    listener: str | None
    created_at: str


class SharedFile(TypedDict):
    """A file that is shared, with one of its listeners; None is everybody here."""

    file_id: int
    listener: str | None


class ShareLink(TypedDict):
    """A link for people without an account, as its owner sees it."""

    id: int
    filename: str
    display_name: str
    created_at: str
    expires_epoch: float | None
    last_used_epoch: float | None
    listens: int


class LinkedFile(HeardFile):
    """An AudioFile that a link leads to; `link_id` is the link."""

    link_id: int


class ShareQueries(Statements):
    """Shares and links. A file in the bin, or of a disabled account, is heard by nobody else."""

    def get_heard_file(self, filename: str, user_id: int) -> HeardFile | None:
        """The file of that name if it is this person's, or shared with them, outside the bin."""
        return self.find(
            HeardFile,
            f"""SELECT {WITH_GIVER} FROM audio_files
                WHERE filename = ?2 AND deleted_at IS NULL AND (owner_id = ?1 OR {IS_HEARD})""",
            user_id, filename,
        )  # fmt: skip

    def count_heard_files(self, user_id: int) -> int:
        """Number of files that others share with this person."""
        return self.value(f"{HEARD} SELECT count(*) AS n FROM heard", user_id)

    def list_shared_files(self, owner_id: int, file_ids: list[int]) -> list[SharedFile]:
        """Which of some files their owner shares, with whom, by name; groups count."""
        return self.list_of(
            SharedFile,
            """SELECT DISTINCT f.id AS file_id, u.username AS listener
               FROM json_each(?2) each JOIN audio_files f ON f.id = each.value
               JOIN shares s ON s.owner_id = f.owner_id
                            AND (s.file_id = f.id OR s.category = f.category)
               LEFT JOIN users u ON u.id = s.listener_id
               WHERE f.owner_id = ?1
                 AND (s.listener_id IS NULL OR u.is_active = 1)
               ORDER BY u.username COLLATE NOCASE""",
            owner_id, json.dumps(file_ids),
        )  # fmt: skip

    def count_shares(self, owner_id: int) -> int:
        """Number of shares and links of a person."""
        return self.value(
            """SELECT (SELECT count(*) FROM shares WHERE owner_id = ?1)
                    + (SELECT count(*) FROM share_links WHERE owner_id = ?1) AS n""",
            owner_id,
        )

    def create_share(
        self,
        owner_id: int,
        *,
        file_id: int | None = None,
        category: str | None = None,
        listener_id: int | None = None,
    ) -> bool:
        """Let somebody, or everybody (None), hear a file or a group; False where they may."""
        return bool(
            self.write(
                """INSERT INTO shares (owner_id, file_id, category, listener_id)
                   VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING""",
                owner_id, file_id, category, listener_id,
            ).rowcount
        )  # fmt: skip

    def list_shares(
        self, owner_id: int, *, file_id: int | None = None, category: str | None = None
    ) -> list[Share]:
        """The shares of a person, or those of one file or of one group, the latest first."""
        which: str = "TRUE"
        values: list[int | str] = []
        if file_id is not None:
            which, values = "s.file_id = ?", [file_id]
        elif category is not None:
            which, values = "s.category = ?", [category]
        return self.list_of(
            Share,
            f"""SELECT s.id, f.filename, f.display_name, s.category, u.username AS listener,
                       s.created_at
                FROM shares s LEFT JOIN audio_files f ON f.id = s.file_id
                LEFT JOIN users u ON u.id = s.listener_id
                WHERE s.owner_id = ? AND {which}
                  AND (s.file_id IS NULL OR f.deleted_at IS NULL)
                ORDER BY s.id DESC""",
            owner_id, *values,
        )  # fmt: skip

    def list_listeners(self, owner_id: int) -> list[str]:
        """The names of active people with whom this person shares, or who share with them."""
        rows = self.rows(
            """SELECT username FROM users WHERE is_active = 1 AND id IN (
                   SELECT listener_id FROM shares WHERE owner_id = ?1
                   UNION SELECT owner_id FROM shares WHERE listener_id = ?1)
               ORDER BY username COLLATE NOCASE""",
            owner_id,
        )
        return [row["username"] for row in rows]

    def delete_share(self, owner_id: int, share_id: int) -> Share | None:
        """Withdraw a share; returns what it was, or None when this person has no such share."""
        with self.transaction():
            found = self.find(
                Share,
                """SELECT s.id, f.filename, f.display_name, s.category, u.username AS listener,
                          s.created_at
                   FROM shares s LEFT JOIN audio_files f ON f.id = s.file_id
                   LEFT JOIN users u ON u.id = s.listener_id
                   WHERE s.id = ? AND s.owner_id = ?""",
                share_id, owner_id,
            )  # fmt: skip
            self.write("DELETE FROM shares WHERE id = ? AND owner_id = ?", share_id, owner_id)
            return found

    # Links

    def create_share_link(
        self, owner_id: int, file_id: int, token_hash: str, expires_epoch: float | None
    ) -> int:
        """Keep a link to a file, which ends at a time (seconds since 1970) or never."""
        return self.insert(
            """INSERT INTO share_links (owner_id, file_id, token_hash, expires_epoch)
               VALUES (?, ?, ?, ?)""",
            owner_id, file_id, token_hash, expires_epoch,
        )  # fmt: skip

    def list_share_links(self, owner_id: int, file_id: int | None = None) -> list[ShareLink]:
        """The links of a person, or of one of their files, the latest first; expired ones too."""
        which = "TRUE" if file_id is None else "l.file_id = ?"
        values = [] if file_id is None else [file_id]
        return self.list_of(
            ShareLink,
            f"""SELECT l.id, f.filename, f.display_name, l.created_at, l.expires_epoch,
                       l.last_used_epoch, l.listens
                FROM share_links l JOIN audio_files f ON f.id = l.file_id
                WHERE l.owner_id = ? AND {which} AND f.deleted_at IS NULL ORDER BY l.id DESC""",
            owner_id, *values,
        )  # fmt: skip

    def find_linked_file(self, token_hash: str, now: float) -> LinkedFile | None:
        """The file that a link leads to; `now` in seconds since 1970. None once it has ended."""
        return self.find(
            LinkedFile,
            f"""SELECT {COLUMNS}, giver, link_id FROM audio_files JOIN (
                    SELECT l.id AS link_id, l.file_id AS linked_id, u.username AS giver
                    FROM share_links l JOIN users u ON u.id = l.owner_id
                    WHERE l.token_hash = ? AND u.is_active = 1
                      AND (l.expires_epoch IS NULL OR l.expires_epoch > ?))
                  ON audio_files.id = linked_id
                WHERE deleted_at IS NULL""",
            token_hash, now,
        )  # fmt: skip

    def note_link_used(self, link_id: int, now: float, *, is_listen: bool) -> None:
        """Note that a link was opened, or listened to, at a time (seconds since 1970)."""
        self.write(
            "UPDATE share_links SET last_used_epoch = ?, listens = listens + ? WHERE id = ?",
            now, int(is_listen), link_id,
        )  # fmt: skip

    def delete_share_link(self, owner_id: int, link_id: int) -> bool:
        """Withdraw a link; False when this person has no such link."""
        return bool(
            self.write(
                "DELETE FROM share_links WHERE id = ? AND owner_id = ?", link_id, owner_id
            ).rowcount
        )

    def drop_old_links(self, owner_id: int, before: float) -> None:
        """Forget the links of a person that expired before a time (seconds since 1970)."""
        self.write(
            "DELETE FROM share_links WHERE owner_id = ? AND expires_epoch < ?", owner_id, before
        )

    # Accounts that become one

    def move_shares(self, from_id: int, into_id: int) -> None:
        """Give one account's shares and links to another; what they shared with each other goes."""
        with self.transaction():
            # A share that both had, or that would be with oneself, stays behind and is dropped.
            self.write(
                "UPDATE OR IGNORE shares SET owner_id = ? WHERE owner_id = ?", into_id, from_id
            )
            self.write(
                "UPDATE OR IGNORE shares SET listener_id = ? WHERE listener_id = ?",
                into_id, from_id,
            )  # fmt: skip
            self.write("UPDATE share_links SET owner_id = ? WHERE owner_id = ?", into_id, from_id)
