"""Places in the text of a file that move with a retake: chapters, bookmarks and earlier takes."""

from collections.abc import Sequence
from typing import TypedDict

from queries.leases import LeaseStatements

MARKS = ("chapters", "bookmarks")


class ReplacedTake(TypedDict):
    """Take that a change replaced: its text, its frames on disk, its segments.

    `kept` counts the white space at its end that stays in the text though it is left out.
    """

    text: str
    content_hash: str
    segments: Sequence[object]
    kept: int


class ListedTake(TypedDict):
    """Sound that a retake replaced, in the list of its file."""

    id: int
    text_start: int
    text_end: int
    text: str
    made_at: str
    gap: int | None


class Take(ListedTake):
    """Sound that a retake replaced; `segments` is JSON."""

    file_id: int
    content_hash: str
    segments: str
    kept: int


class RetakePlaces(LeaseStatements):
    """Moves of places, within the transaction of the change that moves them."""

    def _move_replaced(self, file_id: int, start: int, end: int, new_end: int) -> None:
        """Move what is behind a passage that ends at `new_end` now.

        A take of just this passage covers the new one. One that overlaps it otherwise fits nowhere
        now: its own span becomes empty.
        """
        shift = new_end - end
        for table in MARKS:
            self.write(
                f"""UPDATE {table} SET text_start = CASE WHEN text_start >= ? THEN text_start + ?
                                                         ELSE ? END
                   WHERE file_id = ? AND text_start > ?""",
                end, shift, start, file_id, start,
            )  # fmt: skip
        self.write(
            """UPDATE takes SET
                   text_start = CASE WHEN text_start >= ? THEN text_start + ?
                                     ELSE min(text_start, ?) END,
                   text_end = CASE WHEN text_start >= ? THEN text_end + ?
                                   WHEN text_start = ? AND text_end = ? THEN ?
                                   ELSE min(text_start, ?) END,
                   gap = CASE WHEN text_start >= ? THEN gap END
               WHERE file_id = ? AND (text_end > ? OR text_start >= ?)""",
            end, shift, start, end, shift, start, end, new_end, start, end, file_id, start, end,
        )  # fmt: skip

    def _move_left_out(self, file_id: int, start: int, end: int, kept: int) -> int:
        """Move what is behind a passage of which nothing stays but `kept` white space.

        Returns the order of its takes among all that were left out there.
        """
        for table in MARKS:
            self.write(
                f"""UPDATE {table} SET text_start = max(text_start, ?) + ?
                   WHERE file_id = ? AND text_start >= ?""",
                end, start + kept - end, file_id, start,
            )  # fmt: skip
        order: int = self.value(
            """SELECT coalesce(max(gap) + 1, 0) FROM takes
               WHERE file_id = ? AND text_start = ? AND text_end = text_start""",
            file_id, start,
        )  # fmt: skip
        self.write(
            """UPDATE takes SET
                   text_start = CASE WHEN text_start >= ?2 THEN text_start + ?4
                                     WHEN text_start = ?1 THEN ?3
                                     ELSE min(text_start, ?1) END,
                   text_end = CASE WHEN text_start >= ?2 THEN text_end + ?4
                                   WHEN text_end = ?1 OR text_start = ?1 THEN ?3
                                   ELSE min(text_start, ?1) END,
                   gap = CASE WHEN text_start = ?2 THEN gap + ?5 + 1
                              WHEN text_start > ?2 OR text_end = ?1 THEN gap
                              WHEN text_start = ?1 AND text_end = ?2 THEN ?5 END
               WHERE file_id = ?6 AND text_end >= ?1""",
            start, end, start + kept, start + kept - end, order, file_id,
        )  # fmt: skip
        return order

    def _move_put_back(self, file_id: int, start: int, end: int, new_end: int, order: int) -> None:
        """Move what is behind a passage that was left out and is back, from `start` to `new_end`.

        `end` is where it was left out, behind the white space that stayed; `order` is its order
        there.
        """
        for table in MARKS:
            self.write(
                f"""UPDATE {table} SET text_start = text_start + ?
                   WHERE file_id = ? AND text_start >= ?""",
                new_end - end, file_id, end,
            )  # fmt: skip
        self.write(
            """UPDATE takes SET
                   text_start = CASE WHEN text_start < ?2 THEN text_start
                                     WHEN text_start = ?2 AND gap <= ?4 THEN ?1
                                     ELSE text_start + ?3 END,
                   text_end = CASE WHEN text_end = ?2 AND (text_start < ?2 OR gap < ?4) THEN ?1
                                   WHEN text_start < ?2 THEN text_start
                                   ELSE text_end + ?3 END,
                   gap = CASE WHEN text_start > ?2 OR text_start = ?2 AND gap < ?4 THEN gap
                              WHEN text_start = ?2 AND gap > ?4 THEN gap - ?4 - 1 END
               WHERE file_id = ?5 AND text_end >= ?2""",
            start, end, new_end - end, order, file_id,
        )  # fmt: skip

    def _settle_marks(self, file_id: int, place: int, length: int) -> None:
        """Forget chapters of which nothing is left at `place`, in a text of that length; bookmarks
        behind its end go to its last sentence."""
        self.write(
            """DELETE FROM chapters WHERE file_id = ?1 AND text_start = ?2
                 AND (text_start >= ?3 OR EXISTS (
                     SELECT 1 FROM chapters AS later
                     WHERE later.file_id = ?1 AND later.text_start = ?2
                       AND later.position > chapters.position))""",
            file_id, place, length,
        )  # fmt: skip
        self.write(
            """UPDATE bookmarks SET text_start = coalesce(
                   (SELECT max(text_start) FROM segments WHERE file_id = ?1), 0)
               WHERE file_id = ?1 AND text_start >= ?2""",
            file_id, length,
        )  # fmt: skip
