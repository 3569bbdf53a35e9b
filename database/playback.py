"""Who listened to what, when, and how far."""

from database.connection import Connection


class Playback(Connection):
    """Each listening is a row; the latest one of a file says where to go on."""

    def record_playback(
        self, user_id: int, file_id: int, device: str = "", *, played_at: str | None = None
    ) -> int:
        """Note that somebody starts to listen; returns the number that later positions name."""
        return self._write(
            """INSERT INTO playback_history (user_id, file_id, device, display_name, position,
                                             played_at)
               VALUES (?, ?, ?, coalesce((SELECT display_name FROM audio_files WHERE id = ?), ''),
                       coalesce((SELECT position FROM playback_history
                                 WHERE file_id = ? AND user_id = ? ORDER BY id DESC LIMIT 1), 0),
                       coalesce(?, CURRENT_TIMESTAMP))""",
            user_id, file_id, device, file_id, file_id, user_id, played_at,
        ).lastrowid  # fmt: skip

    def update_playback_position(self, user_id: int, playback_id: int, position_s: float) -> bool:
        """Save how far a listening came; False when it is not this person's."""
        return bool(
            self._write(
                "UPDATE playback_history SET position = ? WHERE id = ? AND user_id = ?",
                max(0.0, position_s), playback_id, user_id,
            ).rowcount
        )  # fmt: skip

    def get_position(self, user_id: int, file_id: int) -> float:
        """Where this person stopped in the file, in seconds; 0 when never played."""
        return (
            self._value(
                """SELECT position FROM playback_history WHERE file_id = ? AND user_id = ?
                   ORDER BY id DESC LIMIT 1""",
                file_id, user_id,
            )
            or 0.0
        )  # fmt: skip

    def get_playback_history(
        self, user_id: int, *, limit: int = 50, before: tuple[str, int] | None = None
    ) -> list[dict]:
        """A page of listenings, newest first; `before` is (played_at, id) of the last one seen."""
        part = """SELECT id, played_at FROM playback_history INDEXED BY idx_playback_user
                  WHERE user_id = ?"""
        parts, values = part, [user_id]
        if before is not None:
            # Two ranges, because SQLite would walk through every listening of the same second.
            played_at, playback_id = before
            parts = f"{part} AND played_at = ? AND id < ? UNION ALL {part} AND played_at < ?"
            values = [*values, played_at, playback_id, *values, played_at]
        return self._rows(
            f"""SELECT p.id, p.played_at, p.position, p.device, p.file_id, f.filename,
                       coalesce(f.display_name, p.display_name) AS display_name, f.duration
                FROM playback_history p LEFT JOIN audio_files f ON f.id = p.file_id
                WHERE p.id IN (
                    SELECT id FROM ({parts} ORDER BY played_at DESC, id DESC LIMIT ?))
                ORDER BY p.played_at DESC, p.id DESC""",
            *values, limit,
        )  # fmt: skip
