"""Pieces of speech: what a person sees of them."""

from database.connection import Connection

# Everything but the text, which can be megabytes; it has a read of its own.
COLUMNS = """id, filename, display_name, owner_id, voice, category, character_count, duration, cost,
    created_at, updated_at, engine, model, speed, status, error, size, sha256, spoken_characters,
    cancel_requested, attempts, lease_owner, lease_until_epoch"""


class AudioFiles(Connection):
    """The library. Each read and write of a private row names its owner."""

    def create_audio_file(
        self,
        owner_id: int,
        filename: str,
        display_name: str,
        *,
        voice: str,
        text: str = "",
        character_count: int | None = None,
        category: str = "",
        duration: float = 0.0,
        cost: float = 0.0,
        created_at: str | None = None,
        engine: str = "",
        model: str = "",
        speed: float = 1.0,
        status: str = "ready",
        size: int = 0,
        sha256: str | None = None,
    ) -> dict:
        """Add a file; returns its row without the text. `duration` in s, `cost` in USD."""
        count = len(text) if character_count is None else character_count
        return self._write_row(
            f"""INSERT INTO audio_files (owner_id, filename, display_name, voice, text,
                    character_count, category, duration, cost, created_at, engine, model, speed,
                    status, size, sha256, spoken_characters)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, CURRENT_TIMESTAMP), ?, ?, ?, ?, ?, ?,
                        ?)
                RETURNING {COLUMNS}""",
            owner_id, filename, display_name, voice, text, count, category, duration, cost,
            created_at, engine, model, speed, status, size, sha256,
            count if status == "ready" else 0,
        )  # fmt: skip

    def get_audio_file(self, filename: str, owner_id: int) -> dict | None:
        """The owner's file of that name, without its text."""
        return self._row(
            f"SELECT {COLUMNS} FROM audio_files WHERE filename = ? AND owner_id = ?",
            filename, owner_id,
        )  # fmt: skip

    def get_text(self, file_id: int) -> str:
        """The text as it was submitted; empty when the file is gone."""
        return self._value("SELECT text FROM audio_files WHERE id = ?", file_id) or ""

    def get_audio_files_by_owner(
        self,
        owner_id: int,
        *,
        limit: int = 50,
        before: tuple[str, int] | None = None,
        search: str | None = None,
    ) -> list[dict]:
        """A page of the library, newest first; `before` is (created_at, id) of the last row seen.

        `search` finds a part of the name, in any case of ASCII letters.
        """
        named = r"AND display_name LIKE ? ESCAPE '\'" if search else ""
        pattern = (f"%{_escape_like(search)}%",) if search else ()
        part = f"""SELECT id, created_at FROM audio_files INDEXED BY idx_audio_owner
                   WHERE owner_id = ? {named}"""
        parts, values = part, [owner_id, *pattern]
        if before is not None:
            # Two ranges, because SQLite would walk through every file made in the same second.
            created_at, file_id = before
            parts = f"{part} AND created_at = ? AND id < ? UNION ALL {part} AND created_at < ?"
            values = [*values, created_at, file_id, *values, created_at]
        return self._rows(
            f"""SELECT {COLUMNS} FROM audio_files WHERE id IN (
                    SELECT id FROM ({parts} ORDER BY created_at DESC, id DESC LIMIT ?))
                ORDER BY created_at DESC, id DESC""",
            *values, limit,
        )  # fmt: skip

    def update_audio_file(
        self,
        filename: str,
        owner_id: int,
        *,
        display_name: str | None = None,
        category: str | None = None,
    ) -> dict | None:
        """Rename or move to another group; None when the owner has no such file."""
        return self._write_row(
            f"""UPDATE audio_files SET display_name = coalesce(?, display_name),
                    category = coalesce(?, category), updated_at = CURRENT_TIMESTAMP
                WHERE filename = ? AND owner_id = ? RETURNING {COLUMNS}""",
            display_name, category, filename, owner_id,
        )  # fmt: skip

    def delete_audio_file(self, filename: str, owner_id: int) -> bool:
        """Remove the row and its segments; usage and history stay. False when there is none."""
        return bool(
            self._write(
                "DELETE FROM audio_files WHERE filename = ? AND owner_id = ?", filename, owner_id
            ).rowcount
        )

    def has_audio_file(self, filename: str) -> bool:
        """Whether anybody has a file of that name; for reconciling the disk with the rows."""
        return self._row("SELECT 1 FROM audio_files WHERE filename = ?", filename) is not None

    def list_categories(self, owner_id: int) -> list[str]:
        """The owner's groups by name."""
        rows = self._rows(
            """WITH RECURSIVE step (category) AS (  -- one look-up a group, however many files
                   SELECT min(category) FROM audio_files WHERE owner_id = ? AND category > ''
                   UNION ALL
                   SELECT (SELECT min(category) FROM audio_files
                           WHERE owner_id = ? AND category > step.category)
                   FROM step WHERE step.category IS NOT NULL)
               SELECT category FROM step WHERE category IS NOT NULL
               ORDER BY category COLLATE NOCASE""",
            owner_id, owner_id,
        )  # fmt: skip
        return [row["category"] for row in rows]

    def get_segments(self, file_id: int) -> list[dict]:
        """What has been spoken so far: text_start, text_end (code points), start_ms, end_ms."""
        return self._rows(
            """SELECT position, text_start, text_end, start_ms, end_ms, byte_end, frame_end, words
               FROM segments WHERE file_id = ? ORDER BY position""",
            file_id,
        )


def _escape_like(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
