"""Administration: roles, everybody's work in hand, who takes up how much room.

Nothing here reads a text, a name of a piece or a filename except to act on it.
"""

from typing import TypedDict

from queries.base import Statements
from queries.rows import FileOwner
from queries.usage import COST
from storage.errors import NotFound

WORK = """f.id, f.status, f.engine, f.character_count, f.spoken_characters, f.created_at,
    f.updated_at, f.error, f.waits_for, f.not_before_epoch, users.username"""


class WorkInHand(TypedDict):
    """Somebody's file that is in work or failed, without its name."""

    id: int
    status: str
    engine: str
    character_count: int
    spoken_characters: int
    created_at: str
    updated_at: str
    error: str | None
    waits_for: str
    not_before_epoch: float | None
    username: str


class PersonStorage(TypedDict):
    """Storage that a person takes up; sizes in bytes."""

    id: int
    username: str
    files: int
    size: int
    binned_size: int
    documents_size: int


class CacheSize(TypedDict):
    """Number and `size` (bytes) of all bought segments."""

    segments: int
    size: int


class Stats(TypedDict):
    """Totals of everything: `duration` in s, sizes in bytes, `cost` in USD."""

    users: int
    files: int
    characters: int
    duration: float
    size: int
    binned_files: int
    binned_size: int
    cost: float | None


class AdminQueries(Statements):
    """Statements for admins, about accounts that are not theirs."""

    def set_user_admin(self, user_id: int, is_admin: bool) -> None:
        """Make an account an admin, or an ordinary user. Raises NotFound."""
        changed = self.write(
            "UPDATE users SET is_admin = ? WHERE id = ?", int(is_admin), user_id
        ).rowcount
        if not changed:
            raise NotFound("There is no such account.")

    def list_work(self, status: str, *, limit: int = 100) -> list[WorkInHand]:
        """Files of everybody that are queued or speaking, the oldest first, without their names."""
        return self.list_of(
            WorkInHand,
            f"""SELECT {WORK}
                FROM audio_files f INDEXED BY idx_audio_work JOIN users ON users.id = f.owner_id
                WHERE f.status IN ('queued', 'speaking') AND f.status = ?
                ORDER BY f.id LIMIT ?""",
            status, limit,
        )  # fmt: skip

    def list_failed(self, *, limit: int = 50) -> list[WorkInHand]:
        """Files of everybody that failed, the latest first, without their names."""
        return self.list_of(
            WorkInHand,
            f"""SELECT {WORK}
                FROM audio_files f INDEXED BY idx_audio_failed JOIN users ON users.id = f.owner_id
                WHERE f.status = 'failed' AND f.deleted_at IS NULL
                ORDER BY f.updated_at DESC, f.id DESC LIMIT ?""",
            limit,
        )

    def get_work(self, file_id: int) -> FileOwner | None:
        """The owner of a file, so that it can be cancelled or tried again: owner_id, filename."""
        return self.find(
            FileOwner,
            "SELECT owner_id, filename FROM audio_files WHERE id = ? AND deleted_at IS NULL",
            file_id,
        )

    def get_storage_by_person(self) -> list[PersonStorage]:
        """Storage of each person, the most first; documents with the files that are kept of them.

        Files of imports in line are on the disk alone; see `list_uploads`.
        """
        return self.list_of(
            PersonStorage,
            """SELECT users.id, users.username,
                      count(f.id) FILTER (WHERE f.deleted_at IS NULL) AS files,
                      coalesce(sum(f.size) FILTER (WHERE f.deleted_at IS NULL), 0) AS size,
                      coalesce(sum(f.size) FILTER (WHERE f.deleted_at IS NOT NULL), 0)
                          AS binned_size,
                      (SELECT coalesce(sum(characters + coalesce(length(original.content), 0)), 0)
                       FROM documents
                       LEFT JOIN document_originals AS original ON document_id = documents.id
                       WHERE documents.owner_id = users.id) AS documents_size
               FROM users LEFT JOIN audio_files f ON f.owner_id = users.id
               GROUP BY users.id ORDER BY 4 DESC, users.username COLLATE NOCASE""",
        )

    def get_cache_size(self) -> CacheSize:
        """The bought sound that is kept for resumes and repeats: segments, size (bytes)."""
        return self.one(
            CacheSize,
            """SELECT count(*) AS segments, coalesce(sum(size), 0) AS size
               FROM kept_segments INDEXED BY idx_kept_last_used""",
        )

    def get_stats(self) -> Stats:
        """Totals: users, files, characters, duration (s), size (bytes), cost (USD).

        Files in the bin count apart: binned_files, binned_size (bytes).
        """
        return self.one(
            Stats,
            f"""SELECT (SELECT count(*) FROM users) AS users,
                      coalesce(sum(deleted_at IS NULL), 0) AS files,
                      coalesce(sum(character_count) FILTER (WHERE deleted_at IS NULL), 0)
                          AS characters,
                      coalesce(sum(duration) FILTER (WHERE deleted_at IS NULL), 0.0) AS duration,
                      coalesce(sum(size) FILTER (WHERE deleted_at IS NULL), 0) AS size,
                      coalesce(sum(deleted_at IS NOT NULL), 0) AS binned_files,
                      coalesce(sum(size) FILTER (WHERE deleted_at IS NOT NULL), 0) AS binned_size,
                      (SELECT {COST} FROM usage_stats) AS cost
               FROM audio_files""",
        )
