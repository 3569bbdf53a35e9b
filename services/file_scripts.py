"""Scripts of files: their texts in segments, as their voices and their owners' words have them."""

from collections.abc import Mapping

from database import Database
from services.voice_fallback import FileVoices
from speech.text.markup import NONE, find_markup
from speech.text.pronunciation import Dictionary, Entry
from speech.text.script import Script

CHAPTER_PAUSE_MS = 900


class FileScripts:
    """Reads texts out of the database into scripts. One object serves all threads."""

    def __init__(self, db: Database):
        self.db = db

    def script(
        self, voices: FileVoices, text: str, borders: Mapping[int, int] | None = None
    ) -> Script:
        """The script of a file's text for its voices; raises UnknownVoice.

        No segment goes on over the start of a chapter or over `borders`: places in the text, each
        with the silence before it in ms.
        """
        engine, job = voices.engine, voices.job
        chapters = []
        if borders is None and job.file_id is not None:
            chapters = self.db.get_chapters(job.file_id)[1:]
        return Script(
            text,
            language=engine.voice(job.voice).language,
            first=engine.first_segment_characters,
            target=engine.segment_characters,
            limit_bytes=engine.segment_bytes,
            dictionary=self.dictionary(job.owner_id),
            normalise=not engine.reads_numbers,
            phonemes=engine.takes_phonemes,
            cast=job.cast,
            paragraph_pause_ms=job.paragraph_pause_ms,
            speed=job.speed,
            is_eager=engine.starts_with_clause,
            ends_lines=not engine.caches_segments,  # other segments would be bought again
            markup=find_markup(text) if job.skips_markup else NONE,
            pauses=borders or {chapter["text_start"]: CHAPTER_PAUSE_MS for chapter in chapters},
        )

    def dictionary(self, user_id: int) -> Dictionary:
        """The dictionary of a person: how words are to be said."""
        return Dictionary(
            Entry(
                row["pattern"],
                row["replacement"],
                whole_word=bool(row["whole_word"]),
                case=bool(row["match_case"]),
                language=row["language"],
                phonemes=bool(row["phonemes"]),
            )
            for row in self.db.list_pronunciations(user_id)
        )
