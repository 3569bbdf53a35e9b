"""Listening: how far each person is in each file."""

import json
import time
from collections.abc import Iterable, Sequence
from typing import TypedDict

from queries.base import Statements, escape_like
from queries.library_walk import IN_STAGE
from queries.shares import IS_HEARD, WITH_GIVER, HeardFile

# What the person ?1 may hear: their own files, and those that are shared with them.
MAY_HEAR = f"deleted_at IS NULL AND (owner_id = ?1 OR {IS_HEARD})"
NAMED = f"""SELECT id FROM audio_files
            WHERE filename IN (SELECT value FROM json_each(?2)) AND {MAY_HEAR}"""


class Progress(TypedDict):
    """How far a person is in a file: `position` in seconds, `share` 0 to 1 in hundredths."""

    file_id: int
    position: float
    share: float
    finished_at: str | None
    saved_epoch: float


class ListenedFile(HeardFile):
    """A file that was listened to, with the columns of its Progress."""

    position: float
    share: float
    finished_at: str | None
    saved_epoch: float


class RecentFile(ListenedFile):
    """A file that was listened to, and the `device` that was last at it."""

    device: str | None


class ListeningQueries(Statements):
    """How far each person is in a file; playback.py saves it with the place of the device."""

    def list_progress(self, user_id: int, file_ids: Iterable[int]) -> list[Progress]:
        """How far a person is in each of these files that they have listened to."""
        return self.list_of(
            Progress,
            """SELECT file_id, position, share, finished_at, saved_epoch FROM listening_progress
               WHERE user_id = ? AND file_id IN (SELECT value FROM json_each(?))""",
            user_id, json.dumps(list(file_ids)),
        )  # fmt: skip

    def list_begun(self, user_id: int, *, limit: int) -> list[ListenedFile]:
        """The files that a person may hear and is in the middle of, the one heard last first."""
        return self.list_of(
            ListenedFile,
            f"""SELECT {WITH_GIVER}, p.position, p.share, p.finished_at, p.saved_epoch
                FROM listening_progress p INDEXED BY idx_listening_begun
                CROSS JOIN audio_files ON audio_files.id = p.file_id
                WHERE p.user_id = ?1 AND p.share > 0 AND p.finished_at IS NULL AND {MAY_HEAR}
                ORDER BY p.saved_epoch DESC, p.file_id DESC LIMIT ?2""",
            user_id, limit,
        )  # fmt: skip

    def list_recent(
        self,
        user_id: int,
        *,
        limit: int = 50,
        before: tuple[float, int] | None = None,
        search: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[RecentFile]:
        """A page of the files that a person may hear and has heard, the one heard last first.

        `before` is (saved_epoch, id) of the last row seen, `search` a part of the name; `since` the
        first time wanted (UTC text), `until` the first not wanted any more.
        """
        filters = {
            "display_name LIKE ? ESCAPE '\\'": f"%{escape_like(search)}%" if search else None,
            "saved_epoch >= 0 + strftime('%s', ?)": since,
            "saved_epoch < 0 + strftime('%s', ?)": until,
        }
        wanted = {sql: value for sql, value in filters.items() if value is not None}
        where = " AND ".join((f"user_id = ?1 AND {MAY_HEAR}", *wanted))
        place = "AND (saved_epoch, file_id) < (?, ?)" if before else ""
        # Begun and finished: what was merely marked as finished has no place.
        parts = " UNION ALL ".join(
            f"""SELECT file_id AS found_id, saved_epoch AS heard_epoch FROM listening_progress
                    INDEXED BY idx_listening_{stage}
                CROSS JOIN audio_files ON audio_files.id = file_id AND {IN_STAGE[stage]}
                WHERE position > 0 AND {where} {place}"""
            for stage in ("begun", "finished")
        )
        values = [*wanted.values(), *(before or ())]
        return self.list_of(
            RecentFile,
            f"""SELECT {WITH_GIVER}, p.position, p.share, p.finished_at, p.saved_epoch,
                    (SELECT device FROM positions WHERE file_id = p.file_id AND user_id = p.user_id
                     ORDER BY saved_epoch DESC LIMIT 1) AS device
                FROM (SELECT * FROM ({parts})
                      ORDER BY heard_epoch DESC, found_id DESC LIMIT ?) AS found
                CROSS JOIN listening_progress p ON p.user_id = ?1 AND p.file_id = found_id
                CROSS JOIN audio_files ON audio_files.id = found_id
                ORDER BY p.saved_epoch DESC, p.file_id DESC""",
            user_id, *values, *values, limit,
        )  # fmt: skip

    def mark_finished(
        self, user_id: int, filenames: Sequence[str], *, now: float | None = None
    ) -> int:
        """Count files that a person may hear as heard to the end; returns how many.

        `now` as time.time().
        """
        now = time.time() if now is None else now
        return self.write(
            f"""INSERT INTO listening_progress
                    (user_id, file_id, position, share, finished_at, saved_epoch)
                SELECT ?1, id, 0, 1, datetime(?3, 'unixepoch'), ?3 FROM ({NAMED}) WHERE true
                ON CONFLICT (user_id, file_id) DO UPDATE
                SET share = 1, finished_at = coalesce(finished_at, excluded.finished_at)""",
            user_id, json.dumps(filenames), now,
        ).rowcount  # fmt: skip

    def mark_unheard(
        self, user_id: int, filenames: Sequence[str], *, now: float | None = None
    ) -> int:
        """Forget how far a person is in files, on every device; returns how many files.

        Their places start anew as of `now` (time.time()), so that no device goes on where it was.
        """
        names = json.dumps(filenames)
        with self.transaction():
            self.write(
                f"""UPDATE positions SET position = 0, saved_epoch = ?3
                    WHERE user_id = ?1 AND file_id IN ({NAMED})""",
                user_id, names, time.time() if now is None else now,
            )  # fmt: skip
            self.write(
                f"DELETE FROM listening_progress WHERE user_id = ?1 AND file_id IN ({NAMED})",
                user_id, names,
            )  # fmt: skip
            return len(self.rows(NAMED, user_id, names))

    def move_progress(self, from_id: int, into_id: int) -> None:
        """Give one account's progress to another; of a file that both heard, the later counts."""
        self.write(
            """INSERT INTO listening_progress
                   (user_id, file_id, position, share, finished_at, saved_epoch)
               SELECT ?, file_id, position, share, finished_at, saved_epoch
               FROM listening_progress WHERE user_id = ?
               ON CONFLICT (user_id, file_id) DO UPDATE
               SET position = excluded.position, share = excluded.share,
                   finished_at = excluded.finished_at, saved_epoch = excluded.saved_epoch
               WHERE excluded.saved_epoch > saved_epoch""",
            into_id, from_id,
        )  # fmt: skip
        self.write("DELETE FROM listening_progress WHERE user_id = ?", from_id)
