"""Pronunciations: how each person wants words to be said."""

import re
from typing import TypedDict

from queries import search_query
from queries.base import Statements
from queries.groups import COLUMNS as FILE_COLUMNS
from queries.rows import AudioFile
from storage.errors import NotFound

COLUMNS = "id, pattern, replacement, whole_word, match_case, language, phonemes"
NO_ENTRY = "There is no such entry in your dictionary."
NO_LETTER = re.compile(r"[%_\\]")
ANY_LETTER = re.compile(r"[^\x21-\x7e]")  # LIKE knows the capitals of these letters alone


class Pronunciation(TypedDict):
    """An entry of a person's dictionary."""

    id: int
    pattern: str
    replacement: str
    whole_word: int
    match_case: int
    language: str
    phonemes: int


class PronunciationQueries(Statements):
    """The dictionary of each person."""

    def list_pronunciations(self, user_id: int) -> list[Pronunciation]:
        """All entries by their pattern."""
        return self.list_of(
            Pronunciation,
            f"SELECT {COLUMNS} FROM pronunciations WHERE user_id = ? ORDER BY pattern, id",
            user_id,
        )

    def get_pronunciation(self, user_id: int, entry_id: int) -> Pronunciation | None:
        """The entry of that number, if it is that person's."""
        return self.find(
            Pronunciation,
            f"SELECT {COLUMNS} FROM pronunciations WHERE id = ? AND user_id = ?",
            entry_id,
            user_id,
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
    ) -> Pronunciation:
        """Add an entry; returns its row."""
        return self.write_one(
            Pronunciation,
            f"""INSERT INTO pronunciations
                    (user_id, pattern, replacement, whole_word, match_case, language, phonemes)
                VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING {COLUMNS}""",
            user_id, pattern, replacement, int(whole_word), int(match_case), language,
            int(phonemes),
        )  # fmt: skip

    def update_pronunciation(
        self,
        user_id: int,
        entry_id: int,
        pattern: str,
        replacement: str,
        *,
        whole_word: bool = True,
        match_case: bool = False,
        language: str = "",
        phonemes: bool = False,
    ) -> Pronunciation:
        """Put an entry in the place of another; returns its row. Raises NotFound."""
        row = self.write_found(
            Pronunciation,
            f"""UPDATE pronunciations SET pattern = ?, replacement = ?, whole_word = ?,
                    match_case = ?, language = ?, phonemes = ?
                WHERE id = ? AND user_id = ? RETURNING {COLUMNS}""",
            pattern, replacement, int(whole_word), int(match_case), language, int(phonemes),
            entry_id, user_id,
        )  # fmt: skip
        if row is None:
            raise NotFound(NO_ENTRY)
        return row

    def delete_pronunciation(self, user_id: int, entry_id: int) -> None:
        """Remove an entry. Raises NotFound."""
        if not self.write(
            "DELETE FROM pronunciations WHERE id = ? AND user_id = ?", entry_id, user_id
        ).rowcount:
            raise NotFound(NO_ENTRY)

    def list_texts_with(
        self,
        owner_id: int,
        phrase: str,
        *,
        is_whole_word: bool = True,
        limit: int = 50,
        after: tuple[str, int] | None = None,
    ) -> list[AudioFile]:
        """Files whose text may hold a phrase, whatever its capitals, the newest first.

        Words are asked of the index, which knows the texts that were spoken; parts of words are
        looked for in the texts themselves.
        """
        words = search_query.TOKEN.findall(phrase) if is_whole_word else ()
        if words:
            condition = "id IN (SELECT rowid FROM audio_search WHERE audio_search MATCH ?)"
            wanted = f'owner : "u{owner_id}" AND text : "{" ".join(words)}"'
        else:
            condition = r"text LIKE ? ESCAPE '\'"
            wanted = "%" + ANY_LETTER.sub("_", NO_LETTER.sub(r"\\\g<0>", phrase)) + "%"
        place = "AND (created_at, id) < (?, ?)" if after else ""
        return self.list_of(
            AudioFile,
            f"""SELECT {FILE_COLUMNS}
                FROM audio_files INDEXED BY idx_audio_owner
                WHERE owner_id = ? AND deleted_at IS NULL {place} AND {condition}
                ORDER BY created_at DESC, id DESC LIMIT ?""",
            owner_id, *(after or ()), wanted, limit,
        )  # fmt: skip
