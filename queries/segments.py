"""Segments of a file, a page at a time: a long file has tens of thousands."""

from queries.base import Statements
from queries.rows import SegmentWords, Span

EVERYTHING = 10**18 - 1  # characters: no text is as long


class SegmentQueries(Statements):
    """Reads for pages that follow a file as it plays."""

    def list_spans(self, file_id: int, position: int, until: int, limit: int) -> list[Span]:
        """Spoken segments from a position on that begin before the place `until` of the text.

        position, text_start, text_end, start_ms, end_ms.
        """
        return self.list_of(
            Span,
            """SELECT position, text_start, text_end, start_ms, end_ms FROM segments
               WHERE file_id = ? AND position >= ? AND text_start < ? ORDER BY position LIMIT ?""",
            file_id, position, until, limit,
        )  # fmt: skip

    def find_segment(self, file_id: int, place: int) -> int:
        """Position of the segment that holds a place of the text; 0 when none is spoken."""
        found = self.value(
            """SELECT position FROM segments INDEXED BY idx_segments_text
               WHERE file_id = ? AND text_start <= ? ORDER BY text_start DESC LIMIT 1""",
            file_id, place,
        )  # fmt: skip
        return found or 0

    def get_segment_end(self, file_id: int, position: int) -> int | None:
        """End of a segment in the sound (ms); None when it is not spoken."""
        return self.value(
            "SELECT end_ms FROM segments WHERE file_id = ? AND position = ?", file_id, position
        )

    def list_words(self, file_id: int, position: int, limit: int) -> list[SegmentWords]:
        """The words of segments from a position on: text_start, start_ms, words (JSON)."""
        return self.list_of(
            SegmentWords,
            """SELECT text_start, start_ms, words FROM segments
               WHERE file_id = ? AND position >= ? ORDER BY position LIMIT ?""",
            file_id, position, limit,
        )  # fmt: skip

    def count_takes(self, file_id: int) -> int:
        """Number of passages replaced in a file: it grows whenever segments move."""
        return self.value("SELECT count(*) AS n FROM takes WHERE file_id = ?", file_id)
