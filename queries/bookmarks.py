"""Bookmarks: the sentences that each person marked in a file, with a note."""

from typing import TypedDict

from queries.base import Statements
from queries.shares import IS_HEARD


class Bookmark(TypedDict):
    """A marked place of a text."""

    id: int
    file_id: int
    text_start: int
    note: str
    created_at: str


class ListedBookmark(Bookmark):
    """A bookmark with where it stands in the sound (ms); None until that is spoken."""

    start_ms: int | None


class ExportedBookmark(TypedDict):
    """A bookmark as it leaves with its person."""

    filename: str
    display_name: str
    text_start: int
    note: str
    created_at: str


COLUMNS = "id, file_id, text_start, note, created_at"


class BookmarkQueries(Statements):
    """Each person's own, in any file that they may hear."""

    def list_bookmarks(self, user_id: int, file_id: int) -> list[ListedBookmark]:
        """A person's bookmarks in a file, in the order of its text."""
        return self.list_of(
            ListedBookmark,
            f"""SELECT {COLUMNS},
                   (SELECT start_ms FROM segments INDEXED BY idx_segments_text
                    WHERE file_id = bookmarks.file_id AND text_start <= bookmarks.text_start
                      AND text_end > bookmarks.text_start
                    ORDER BY text_start DESC LIMIT 1) AS start_ms
               FROM bookmarks WHERE user_id = ? AND file_id = ? ORDER BY text_start, id""",
            user_id, file_id,
        )  # fmt: skip

    def count_bookmarks(self, user_id: int, file_id: int) -> int:
        """The number of a person's bookmarks in a file."""
        count: int = self.value(
            "SELECT count(*) FROM bookmarks WHERE user_id = ? AND file_id = ?", user_id, file_id
        )
        return count

    def find_bookmark(self, user_id: int, file_id: int, start: int, end: int) -> Bookmark | None:
        """A person's first bookmark in a part of the text, from `start` up to `end`."""
        return self.find(
            Bookmark,
            f"""SELECT {COLUMNS} FROM bookmarks
               WHERE user_id = ? AND file_id = ? AND text_start >= ? AND text_start < ?
               ORDER BY text_start, id LIMIT 1""",
            user_id, file_id, start, end,
        )  # fmt: skip

    def create_bookmark(
        self, user_id: int, file_id: int, text_start: int, note: str = ""
    ) -> Bookmark:
        """Mark a place; returns its row."""
        return self.write_one(
            Bookmark,
            f"""INSERT INTO bookmarks (user_id, file_id, text_start, note)
                VALUES (?, ?, ?, ?) RETURNING {COLUMNS}""",
            user_id, file_id, text_start, note,
        )  # fmt: skip

    def update_bookmark(
        self, user_id: int, file_id: int, bookmark_id: int, note: str
    ) -> Bookmark | None:
        """Write another note to a bookmark; returns its row, None where there is none."""
        return self.write_found(
            Bookmark,
            f"""UPDATE bookmarks SET note = ? WHERE id = ? AND user_id = ? AND file_id = ?
                RETURNING {COLUMNS}""",
            note, bookmark_id, user_id, file_id,
        )  # fmt: skip

    def delete_bookmark(self, user_id: int, file_id: int, bookmark_id: int) -> bool:
        """Remove a bookmark; False where there is none."""
        return bool(
            self.write(
                "DELETE FROM bookmarks WHERE id = ? AND user_id = ? AND file_id = ?",
                bookmark_id, user_id, file_id,
            ).rowcount
        )  # fmt: skip

    def export_bookmarks(self, user_id: int) -> list[ExportedBookmark]:
        """All bookmarks of a person with the names of their files, as far as they may hear them."""
        return self.list_of(
            ExportedBookmark,
            f"""SELECT filename, display_name, text_start, note, bookmarks.created_at
               FROM bookmarks JOIN audio_files ON audio_files.id = file_id
               WHERE user_id = ?1 AND (owner_id = ?1 OR deleted_at IS NULL AND {IS_HEARD})
               ORDER BY file_id, text_start, bookmarks.id""",
            user_id,
        )

    def move_bookmarks(self, from_id: int, into_id: int) -> None:
        """Give one account's bookmarks to another; of a sentence that both marked, each note."""
        with self.transaction():
            self.write(
                """DELETE FROM bookmarks WHERE user_id = ?1 AND EXISTS (
                       SELECT 1 FROM bookmarks other WHERE other.user_id = ?2
                         AND other.file_id = bookmarks.file_id
                         AND other.text_start = bookmarks.text_start
                         AND bookmarks.note IN ('', other.note))""",
                from_id, into_id,
            )  # fmt: skip
            self.write("UPDATE bookmarks SET user_id = ? WHERE user_id = ?", into_id, from_id)
