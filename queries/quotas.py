"""Quotas: what a person keeps and has had spoken today, for the limits that an admin sets."""

from queries.base import Statements

EXPECTED_BYTES_A_CHARACTER = 600


class QuotaQueries(Statements):
    """Sums over one person's rows."""

    def get_stored_bytes(self, owner_id: int) -> int:
        """Bytes of a person's sound and texts, those in the bin and of documents included.

        What waits to be spoken counts as it is expected to become. Files of imports in line are on
        the disk alone; see `list_uploads`.
        """
        files = self.value(
            """SELECT coalesce(sum(character_count + CASE
                          WHEN status IN ('queued', 'speaking')
                          THEN max(size, character_count * ?) ELSE size END), 0)
               FROM audio_files WHERE owner_id = ?""",
            EXPECTED_BYTES_A_CHARACTER, owner_id,
        )  # fmt: skip
        documents = self.value(
            """SELECT coalesce(sum(characters + coalesce(length(original.content), 0)), 0)
               FROM documents LEFT JOIN document_originals AS original ON document_id = documents.id
               WHERE owner_id = ?""",
            owner_id,
        )
        return files + documents

    def get_characters_of_day(self, owner_id: int, year: int, month: int, day: int) -> int:
        """Characters that a person had spoken on a day of this machine, and those that wait."""
        spoken = self.value(
            """SELECT coalesce(sum(characters_used), 0) FROM usage_stats
               WHERE user_id = ? AND year = ? AND month = ? AND day = ?""",
            owner_id, year, month, day,
        )  # fmt: skip
        waiting = self.value(
            """SELECT coalesce(sum(character_count - spoken_characters), 0) FROM audio_files
               WHERE owner_id = ? AND status IN ('queued', 'speaking')""",
            owner_id,
        )
        return spoken + waiting
