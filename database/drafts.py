"""What somebody was writing when they left."""

from database.connection import Connection


class Drafts(Connection):
    """One draft a person: text, name, voice, speed, category."""

    def save_draft(
        self,
        user_id: int,
        text: str,
        *,
        name: str = "",
        voice: str = "",
        speed: float = 1.0,
        category: str = "",
    ) -> None:
        """Keep the draft in place of the one before."""
        self._write(
            """INSERT INTO drafts (user_id, text, name, voice, speed, category)
               VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (user_id) DO UPDATE SET text = excluded.text, name = excluded.name,
                   voice = excluded.voice, speed = excluded.speed, category = excluded.category,
                   updated_at = CURRENT_TIMESTAMP""",
            user_id, text, name, voice, speed, category,
        )  # fmt: skip

    def get_draft(self, user_id: int) -> dict | None:
        """The draft: text, name, voice, speed, category, updated_at."""
        return self._row(
            """SELECT text, name, voice, speed, category, updated_at FROM drafts
               WHERE user_id = ?""",
            user_id,
        )

    def delete_draft(self, user_id: int) -> None:
        """Forget the draft."""
        self._write("DELETE FROM drafts WHERE user_id = ?", user_id)
