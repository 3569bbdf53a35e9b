"""How each person wants words to be said."""

from database.connection import Connection
from database.errors import NotFound

COLUMNS = "id, pattern, replacement, whole_word, match_case, language, phonemes"
NO_ENTRY = "There is no such entry in your dictionary."


class Pronunciations(Connection):
    """The dictionary of each person."""

    def list_pronunciations(self, user_id: int) -> list[dict]:
        """All entries by their pattern."""
        return self._rows(
            f"SELECT {COLUMNS} FROM pronunciations WHERE user_id = ? ORDER BY pattern, id", user_id
        )

    def create_pronunciation(
        self,
        user_id: int,
        pattern: str,
        replacement: str,
        *,
        whole_word: bool = True,
        match_case: bool = False,
        language: str = "",
        phonemes: bool = False,
    ) -> dict:
        """Add an entry; returns its row."""
        return self._write_row(
            f"""INSERT INTO pronunciations
                    (user_id, pattern, replacement, whole_word, match_case, language, phonemes)
                VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING {COLUMNS}""",
            user_id, pattern, replacement, int(whole_word), int(match_case), language,
            int(phonemes),
        )  # fmt: skip

    def delete_pronunciation(self, user_id: int, entry_id: int) -> None:
        """Remove an entry. Raises NotFound."""
        if not self._write(
            "DELETE FROM pronunciations WHERE id = ? AND user_id = ?", entry_id, user_id
        ).rowcount:
            raise NotFound(NO_ENTRY)
