"""Where the segments of a piece stand, a page at a time: a long piece has tens of thousands."""

from queries.base import Statements
from queries.rows import SegmentWords, Span

EVERYTHING = 10**18 - 1  # characters: no text is as long


class SegmentQueries(Statements):
    """Reads for pages that follow a piece."""

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
        """The position of the segment that a place of the text lies in; 0 when none is spoken."""
        found = self.value(
            """SELECT position FROM segments INDEXED BY idx_segments_text
               WHERE file_id = ? AND text_start <= ? ORDER BY text_start DESC LIMIT 1""",
            file_id, place,
        )  # fmt: skip
        return found or 0

    def get_segment_end(self, file_id: int, position: int) -> int | None:
        """Where the sound of a segment ends (ms); None when it is not spoken."""
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
        """How often a passage of the piece was replaced: it grows whenever segments move."""
        return self.value("SELECT count(*) AS n FROM takes WHERE file_id = ?", file_id)
