"""Playback: who listened to what, when, and how far."""

import time
from typing import TypedDict

from queries.base import Statements, escape_like
from queries.shares import IS_HEARD
from storage.errors import NotFound


class Listening(TypedDict):
    """A playback; the file's columns are None where it is gone, in the bin or not shared now."""

    id: int
    played_at: str
    position: float
    device: str
    file_id: int | None
    filename: str | None
    display_name: str
    duration: float | None


class Position(TypedDict):
    """Place where a device stopped in a file (s), with when that was (seconds since 1970)."""

    device: str
    position: float
    at: float


# Whoever listens again to what is finished is in the middle of it: a listening that began later.
IS_STILL_FINISHED = """finished_at >= coalesce(
    (SELECT played_at FROM playback_history WHERE id = ?), '')"""
PROGRESS = f"""
    INSERT INTO listening_progress (user_id, file_id, position, share, finished_at, saved_epoch)
    VALUES (?, ?, ?, ?, CASE WHEN ? >= 1 THEN datetime(?, 'unixepoch') END, ?)
    ON CONFLICT (user_id, file_id) DO UPDATE
    SET position = excluded.position, saved_epoch = excluded.saved_epoch,
        share = iif({IS_STILL_FINISHED}, share, excluded.share),
        finished_at = iif({IS_STILL_FINISHED}, finished_at, excluded.finished_at)"""


class PlaybackQueries(Statements):
    """Playbacks, a row each, and the places where each device stopped."""

    def record_playback(
        self, user_id: int, file_id: int, device: str = "", *, played_at: str | None = None
    ) -> int:
        """Note that somebody starts to listen; returns the number that later positions name."""
        return self.insert(
            """INSERT INTO playback_history (user_id, file_id, device, display_name, position,
                                             played_at)
               VALUES (?, ?, ?, coalesce((SELECT display_name FROM audio_files WHERE id = ?), ''),
                       coalesce((SELECT position FROM playback_history
                                 WHERE file_id = ? AND user_id = ? ORDER BY id DESC LIMIT 1), 0),
                       coalesce(?, CURRENT_TIMESTAMP))""",
            user_id, file_id, device, file_id, file_id, user_id, played_at,
        )  # fmt: skip

    def update_playback_position(self, user_id: int, playback_id: int, position_s: float) -> bool:
        """Save how far a listening came; False when it is not this person's."""
        return bool(
            self.write(
                "UPDATE playback_history SET position = ? WHERE id = ? AND user_id = ?",
                max(0.0, position_s), playback_id, user_id,
            ).rowcount
        )  # fmt: skip

    def save_position(
        self,
        user_id: int,
        file_id: int,
        device: str,
        position_s: float,
        playback_id: int | None = None,
        *,
        share: float = 0.0,
        now: float | None = None,
    ) -> None:
        """Keep where a device stopped in a file, apart from where others did, and in its listening.

        `share` of the file is heard by then, 1 to the end; a finished file stays so until a
        listening begins after that. `now` in seconds since 1970. Raises NotFound, and keeps
        nothing, when the file is gone or not this person's to hear, or the listening not theirs.
        """
        position_s, now = max(0.0, position_s), time.time() if now is None else now
        with self.transaction():
            is_kept = self.write(
                f"""INSERT INTO positions (file_id, user_id, device, position, saved_epoch)
                   SELECT id, ?1, ?2, ?3, ?4 FROM audio_files
                   WHERE id = ?5 AND deleted_at IS NULL AND (owner_id = ?1 OR {IS_HEARD})
                   ON CONFLICT (file_id, user_id, device) DO UPDATE
                   SET position = excluded.position, saved_epoch = excluded.saved_epoch""",
                user_id, device, position_s, now, file_id,
            ).rowcount  # fmt: skip
            if not is_kept:
                raise NotFound("There is no such piece in your library.")
            if playback_id is not None and not self.update_playback_position(
                user_id, playback_id, position_s
            ):
                raise NotFound("There is no such entry in your history.")
            self.write(
                PROGRESS, user_id, file_id, position_s, share, share, now, now,
                *(playback_id, playback_id),
            )  # fmt: skip

    def get_positions(self, user_id: int, file_id: int) -> list[Position]:
        """Places where each device of a person stopped, the latest first: device, position (s), at.

        `at` in seconds since 1970.
        """
        return self.list_of(
            Position,
            """SELECT device, position, saved_epoch AS at FROM positions
               WHERE file_id = ? AND user_id = ? ORDER BY saved_epoch DESC, device""",
            file_id, user_id,
        )  # fmt: skip

    def get_position(self, user_id: int, file_id: int) -> float:
        """Place where this person stopped last in the file, in seconds; 0 when never played."""
        saved = self.get_positions(user_id, file_id)
        if saved:
            return saved[0]["position"]
        return (
            self.value(
                """SELECT position FROM playback_history WHERE file_id = ? AND user_id = ?
                   ORDER BY id DESC LIMIT 1""",
                file_id, user_id,
            )
            or 0.0
        )  # fmt: skip

    def get_playback_history(
        self,
        user_id: int,
        *,
        limit: int = 50,
        before: tuple[str, int] | None = None,
        search: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[Listening]:
        """A page of playbacks, newest first; `before` is (played_at, id) of the last one seen.

        `search` is a part of the name; `since` the first time wanted (UTC text), `until` the first
        not wanted any more. A file in the bin, or shared no longer, has no `filename`.
        """
        filters = {
            "display_name LIKE ? ESCAPE '\\'": f"%{escape_like(search)}%" if search else None,
            "played_at >= ?": since,
            "played_at < ?": until,
        }
        wanted = {sql: value for sql, value in filters.items() if value is not None}
        part = " AND ".join(
            ("SELECT id, played_at FROM playback_history INDEXED BY idx_playback_user "
             "WHERE user_id = ?", *wanted)
        )  # fmt: skip
        parts, values = part, [user_id, *wanted.values()]
        if before is not None:
            # Two ranges, because SQLite would walk through every listening of the same second.
            played_at, playback_id = before
            parts = f"{part} AND played_at = ? AND id < ? UNION ALL {part} AND played_at < ?"
            values = [*values, played_at, playback_id, *values, played_at]
        return self.list_of(
            Listening,
            f"""SELECT p.id, p.played_at, p.position, p.device, audio_files.id AS file_id,
                       filename, p.display_name, duration
                FROM playback_history p
                LEFT JOIN audio_files ON audio_files.id = p.file_id AND deleted_at IS NULL
                          AND (owner_id = ?1 OR {IS_HEARD})
                WHERE p.id IN (
                    SELECT id FROM ({parts} ORDER BY played_at DESC, id DESC LIMIT ?))
                ORDER BY p.played_at DESC, p.id DESC""",
            user_id, *values, limit,
        )  # fmt: skip

    def delete_playback(self, user_id: int, playback_id: int) -> bool:
        """Forget one listening; False when it is not this person's."""
        return bool(
            self.write(
                "DELETE FROM playback_history WHERE id = ? AND user_id = ?", playback_id, user_id
            ).rowcount
        )

    def clear_history(self, user_id: int) -> int:
        """Forget all listenings of a person, not where they stopped; returns how many."""
        return self.write("DELETE FROM playback_history WHERE user_id = ?", user_id).rowcount
