"""Audio files: created, read, changed and removed, each for its owner."""

import json

from queries.base import Statements, escape_like
from queries.groups import COLUMNS
from queries.rows import AudioFile, DeviatingSegment, Segment
from storage.audio_store import FileState


class AudioFileQueries(Statements):
    """Statements about audio files. Each read and write of a private row names its owner."""

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
        document_id: int | None = None,
        track: int = 0,
        reading: str = "{}",
        is_unpriced: bool = False,
    ) -> AudioFile:
        """Add a file; returns its row without the text. `duration` in s, `cost` in USD.

        The cost of one that `is_unpriced` is None until something is known of it.
        `track` is its place in the document it was made of, `reading` JSON: cast and pauses.
        The text of a file that is ready can be searched at once, any other when it is spoken.
        """
        count = len(text) if character_count is None else character_count
        is_ready = status == "ready"
        with self.transaction():
            row = self.write_one(
                AudioFile,
                f"""INSERT INTO audio_files (owner_id, filename, display_name, voice, text,
                        character_count, category, duration, cost, created_at, engine, model, speed,
                        status, size, sha256, spoken_characters, text_indexed, document_id, track,
                        reading)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, CURRENT_TIMESTAMP), ?, ?, ?, ?,
                            ?, ?, ?, ?, ?, ?, ?)
                    RETURNING {COLUMNS}""",
                owner_id, filename, display_name, voice, text, count,
                self.group_name(owner_id, category), duration, cost, created_at, engine, model,
                speed, status, size, sha256, count if is_ready else 0, int(is_ready),
                document_id, track, reading,
            )  # fmt: skip
            if is_unpriced:
                self.write("INSERT INTO unpriced_files (file_id) VALUES (?)", row["id"])
            return {**row, "cost": None if is_unpriced and not cost else row["cost"]}

    def get_audio_file(
        self, filename: str, owner_id: int, *, include_binned: bool = False
    ) -> AudioFile | None:
        """The owner's file of that name, without its text; one in the bin only when asked for."""
        return self.find(
            AudioFile,
            f"""SELECT {COLUMNS} FROM audio_files
                WHERE filename = ? AND owner_id = ? AND (deleted_at IS NULL OR ?)""",
            filename, owner_id, int(include_binned),
        )  # fmt: skip

    def get_text(self, file_id: int) -> str:
        """The text as it was submitted; empty when the file is gone."""
        return self.value("SELECT text FROM audio_files WHERE id = ?", file_id) or ""

    def get_audio_files_by_owner(
        self,
        owner_id: int,
        *,
        limit: int = 50,
        before: tuple[str, int] | None = None,
        search: str | None = None,
    ) -> list[AudioFile]:
        """A page of the library, newest first; `before` is (created_at, id) of the last row seen.

        `search` finds a part of the name, in any case of ASCII letters.
        """
        named = r"AND display_name LIKE ? ESCAPE '\'" if search else ""
        pattern = (f"%{escape_like(search)}%",) if search else ()
        part = f"""SELECT id, created_at FROM audio_files INDEXED BY idx_audio_owner
                   WHERE owner_id = ? AND deleted_at IS NULL {named}"""
        parts, values = part, [owner_id, *pattern]
        if before is not None:
            # Two ranges, because SQLite would walk through every file made in the same second.
            created_at, file_id = before
            parts = f"{part} AND created_at = ? AND id < ? UNION ALL {part} AND created_at < ?"
            values = [*values, created_at, file_id, *values, created_at]
        return self.list_of(
            AudioFile,
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
    ) -> AudioFile | None:
        """Rename or move to another group; None when the owner has no such file."""
        with self.transaction():
            group = None if category is None else self.group_name(owner_id, category)
            return self.write_found(
                AudioFile,
                f"""UPDATE audio_files SET display_name = coalesce(?, display_name),
                        category = coalesce(?, category), updated_at = CURRENT_TIMESTAMP
                    WHERE filename = ? AND owner_id = ? AND deleted_at IS NULL
                    RETURNING {COLUMNS}""",
                display_name, group, filename, owner_id,
            )  # fmt: skip

    def index_text(self, file_id: int) -> None:
        """Let the text of a file be searched; does nothing where that was done before."""
        self.write(
            "UPDATE audio_files SET text_indexed = 1 WHERE id = ? AND text_indexed = 0", file_id
        )

    def delete_audio_file(self, filename: str, owner_id: int) -> bool:
        """Remove the row and its segments for good; usage and history stay. False if none."""
        return bool(
            self.write(
                "DELETE FROM audio_files WHERE filename = ? AND owner_id = ?", filename, owner_id
            ).rowcount
        )

    def delete_audio_files(self, owner_id: int, filenames: list[str]) -> int:
        """Remove many rows for good, as `delete_audio_file` does one; returns how many."""
        return self.write(
            """DELETE FROM audio_files
               WHERE filename IN (SELECT value FROM json_each(?)) AND owner_id = ?""",
            json.dumps(filenames), owner_id,
        ).rowcount  # fmt: skip

    def find_audio_file(self, filename: str) -> FileState | None:
        """Anybody's file of that name, in the bin or not: status, sha256; for the disk's upkeep."""
        return self.find(
            FileState, "SELECT status, sha256 FROM audio_files WHERE filename = ?", filename
        )

    def list_filenames(self, owner_id: int) -> list[str]:
        """The names of all files of an owner, those in the bin too."""
        rows = self.rows("SELECT filename FROM audio_files WHERE owner_id = ?", owner_id)
        return [row["filename"] for row in rows]

    def count_segments(self, file_id: int) -> int:
        """Number of segments that have been spoken."""
        return self.value("SELECT count(*) AS n FROM segments WHERE file_id = ?", file_id)

    def list_deviating_segments(self, file_id: int) -> list[DeviatingSegment]:
        """The segments that another voice spoke, or that were not said as they are written.

        position, text_start, start_ms, end_ms, spoken_by, said.
        """
        return self.list_of(
            DeviatingSegment,
            """SELECT position, text_start, start_ms, end_ms, spoken_by, said
               FROM segments INDEXED BY idx_segments_marked
               WHERE file_id = ? AND (spoken_by != '' OR said != '') ORDER BY position""",
            file_id,
        )

    def get_segments(self, file_id: int) -> list[Segment]:
        """Segments spoken so far: text_start, text_end (code points), start_ms, end_ms."""
        return self.list_of(
            Segment,
            """SELECT position, text_start, text_end, start_ms, end_ms, byte_end, frame_end, words,
                      spoken_by, said
               FROM segments WHERE file_id = ? ORDER BY position""",
            file_id,
        )
