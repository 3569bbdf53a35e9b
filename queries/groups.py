"""The groups of a library, and its bin."""

import json
from typing import TypedDict

from common.errors import Message
from queries.base import Statements
from queries.rows import AudioFile, FileOwner, Group
from storage.errors import GroupTaken, NotFound

NO_GROUP = "There is no such group in your library."
NO_FILE = "There is no such piece in your library."
STOPPED = "Cancelled when it was deleted. Try again to generate the rest."
# Everything of a file but its text, which can be megabytes and has a read of its own.
COLUMNS = """id, filename, display_name, owner_id, voice, category, character_count, duration,
    iif(cost = 0 AND EXISTS (SELECT 1 FROM unpriced_files WHERE file_id = audio_files.id),
        NULL, cost) AS cost,
    created_at, updated_at, engine, model, speed, status, error, size, sha256, spoken_characters,
    stop_requested, queue_rank, attempts, lease_owner, lease_until_epoch, deleted_at, document_id,
    track, reading, stand_in, needs_voice, waits_for, waits, not_before_epoch"""


class FileCounts(TypedDict):
    """Numbers of files outside the bin: all, and those in no group."""

    files: int
    ungrouped: int


class GroupQueries(Statements):
    """Groups by name, one of a kind for each owner whatever the case; '' means none."""

    def list_groups(self, owner_id: int) -> list[Group]:
        """The owner's groups by name, empty ones too: name, files."""
        return self.list_of(
            Group,
            """SELECT name, files FROM file_groups WHERE owner_id = ? AND name != ''
               ORDER BY name""",
            owner_id,
        )

    def list_categories(self, owner_id: int) -> list[str]:
        """The names of the owner's groups."""
        return [group["name"] for group in self.list_groups(owner_id)]

    def count_files(self, owner_id: int) -> FileCounts:
        """Count the owner's files outside the bin: files, and of these ungrouped."""
        return self.one(
            FileCounts,
            """SELECT coalesce(sum(files), 0) AS files,
                      coalesce(sum(CASE name WHEN '' THEN files END), 0) AS ungrouped
               FROM file_groups WHERE owner_id = ?""",
            owner_id,
        )

    def create_group(self, owner_id: int, name: str) -> str:
        """Add an empty group, or find the one of that name in any case; returns its name."""
        with self.transaction():
            name = self.group_name(owner_id, name)
            self.write(
                """INSERT INTO file_groups (owner_id, name) VALUES (?, ?)
                   ON CONFLICT (owner_id, name) DO NOTHING""",
                owner_id, name,
            )  # fmt: skip
            return name

    def rename_group(self, owner_id: int, name: str, new_name: str) -> int:
        """Rename a group and move its files; returns how many. Raises NotFound, GroupTaken."""
        with self.transaction():
            old = self._known_group(owner_id, name)
            taken = self.group_name(owner_id, new_name)
            is_known = self._stored_name(owner_id, taken) is not None
            if is_known and taken.casefold() != old.casefold():
                raise GroupTaken(
                    Message(
                        "There is already a group “{name}”. Choose another name, or move "
                        "the pieces.",
                        name=taken,
                    )
                )
            moved = self.write(
                "UPDATE audio_files SET category = ? WHERE owner_id = ? AND category = ?",
                new_name, owner_id, old,
            ).rowcount  # fmt: skip
            made = self._stored_name(owner_id, new_name)
            if made is not None and made != old:
                self.write(
                    "UPDATE shares SET category = ? WHERE owner_id = ? AND category = ?",
                    made, owner_id, old,
                )  # fmt: skip
                self._drop(owner_id, old)
            else:  # no file made the new one: it has none, or only the case differs
                self.write(
                    "UPDATE file_groups SET name = ? WHERE owner_id = ? AND name = ?",
                    new_name, owner_id, old,
                )  # fmt: skip
            return moved

    def delete_group(self, owner_id: int, name: str, *, with_files: bool) -> int:
        """Remove a group; its files go to the bin, or stay without one. Returns how many.

        Raises NotFound.
        """
        with self.transaction():
            name = self._known_group(owner_id, name)
            if with_files:
                count = self._bin("category = ?", owner_id, name)
            else:
                count = self.write(
                    "UPDATE audio_files SET category = '' WHERE owner_id = ? AND category = ?",
                    owner_id, name,
                ).rowcount  # fmt: skip
            self._drop(owner_id, name)
            return count

    def move_files(self, owner_id: int, filenames: list[str], category: str) -> int:
        """Put files into a group, made when unknown, or into none; returns how many."""
        with self.transaction():
            return self.write(
                """UPDATE audio_files SET category = ?, updated_at = CURRENT_TIMESTAMP
                   WHERE filename IN (SELECT value FROM json_each(?)) AND owner_id = ?
                     AND deleted_at IS NULL""",
                self.group_name(owner_id, category), json.dumps(filenames), owner_id,
            ).rowcount  # fmt: skip

    # The bin

    def bin_audio_files(
        self, owner_id: int, filenames: list[str], *, deleted_at: str | None = None
    ) -> int:
        """Put files into the bin, those in work cancelled; returns how many. Time is UTC text."""
        return self._bin(
            "filename IN (SELECT value FROM json_each(?))", owner_id, json.dumps(filenames),
            deleted_at=deleted_at,
        )  # fmt: skip

    def restore_audio_files(self, owner_id: int, filenames: list[str]) -> int:
        """Take files out of the bin again, each into its group; returns how many."""
        return self.write(
            """UPDATE audio_files SET deleted_at = NULL
               WHERE filename IN (SELECT value FROM json_each(?)) AND owner_id = ?
                 AND deleted_at IS NOT NULL""",
            json.dumps(filenames), owner_id,
        ).rowcount  # fmt: skip

    def list_bin(
        self, owner_id: int, *, limit: int = 50, before: tuple[str, int] | None = None
    ) -> list[AudioFile]:
        """Files in the bin, the latest first; `before` is (deleted_at, id) of the last one seen."""
        place = "AND (deleted_at, id) < (?, ?)" if before else ""
        return self.list_of(
            AudioFile,
            f"""SELECT {COLUMNS} FROM audio_files INDEXED BY idx_audio_bin
                WHERE owner_id = ? AND deleted_at IS NOT NULL {place}
                ORDER BY deleted_at DESC, id DESC LIMIT ?""",
            owner_id, *(before or ()), limit,
        )  # fmt: skip

    def bin_anew(self, now: str, latest: str) -> int:
        """Date what went into the bin after `latest`, by a clock that was ahead, as of `now`."""
        return self.write(
            "UPDATE audio_files SET deleted_at = ? WHERE deleted_at > ?", now, latest
        ).rowcount

    def list_expired(self, deleted_before: str, *, limit: int = 500) -> list[FileOwner]:
        """Files of anybody that went to the bin before a time: filename, owner_id."""
        return self.list_of(
            FileOwner,
            """SELECT filename, owner_id FROM audio_files INDEXED BY idx_audio_binned
               WHERE deleted_at < ? ORDER BY deleted_at, id LIMIT ?""",
            deleted_before, limit,
        )  # fmt: skip

    def _bin(self, which: str, owner_id: int, value: str, deleted_at: str | None = None) -> int:
        # Without its lease the worker finds at its next checkpoint that the file is not its own.
        return self.write(
            f"""UPDATE audio_files SET deleted_at = coalesce(?, CURRENT_TIMESTAMP),
                    error = CASE WHEN status IN ('queued', 'speaking') THEN ? ELSE error END,
                    status = CASE WHEN status IN ('queued', 'speaking') THEN 'cancelled'
                                  ELSE status END,
                    stop_requested = NULL, lease_owner = NULL, lease_until_epoch = NULL,
                    waits_for = ''
                WHERE {which} AND owner_id = ? AND deleted_at IS NULL""",
            deleted_at, STOPPED, value, owner_id,
        ).rowcount  # fmt: skip

    # Names

    def group_name(self, owner_id: int, name: str) -> str:
        """The spelling of a group's name in its owner's library; unchanged where there is none."""
        stored = self._stored_name(owner_id, name)
        if stored is not None:
            return stored
        if name.isascii():
            return name
        # SQLite compares only ASCII letters without regard to case.
        alike = (known for known in self.list_categories(owner_id)
                 if known.casefold() == name.casefold())  # fmt: skip
        return next(alike, name)

    def _known_group(self, owner_id: int, name: str) -> str:
        known = self.group_name(owner_id, name)
        if not name or self._stored_name(owner_id, known) is None:
            raise NotFound(NO_GROUP)
        return known

    def _stored_name(self, owner_id: int, name: str) -> str | None:
        return self.value(
            "SELECT name FROM file_groups WHERE owner_id = ? AND name = ?", owner_id, name
        )

    def _drop(self, owner_id: int, name: str) -> None:
        self.write("DELETE FROM file_groups WHERE owner_id = ? AND name = ?", owner_id, name)
