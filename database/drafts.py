"""What somebody was writing when they left."""

from database.connection import Connection


class Drafts(Connection):
    """One draft a person: text, name, voice, speed, category, reading."""

    def save_draft(
        self,
        user_id: int,
        text: str,
        *,
        name: str = "",
        voice: str = "",
        speed: float = 1.0,
        category: str = "",
        reading: str = "{}",
    ) -> None:
        """Keep the draft in place of the one before; `reading` is JSON."""
        self._write(
            """INSERT INTO drafts (user_id, text, name, voice, speed, category, reading)
               VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (user_id) DO UPDATE SET text = excluded.text, name = excluded.name,
                   voice = excluded.voice, speed = excluded.speed, category = excluded.category,
                   reading = excluded.reading, updated_at = CURRENT_TIMESTAMP""",
            user_id, text, name, voice, speed, category, reading,
        )  # fmt: skip

    def get_draft(self, user_id: int) -> dict | None:
        """The draft: text, name, voice, speed, category, reading (JSON), updated_at."""
        return self._row(
            """SELECT text, name, voice, speed, category, reading, updated_at FROM drafts
               WHERE user_id = ?""",
            user_id,
        )

    def delete_draft(self, user_id: int) -> None:
        """Forget the draft."""
        self._write("DELETE FROM drafts WHERE user_id = ?", user_id)
