"""Documents of a library: looked through, chosen from, priced, and spoken whole or in part."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from config import Config
from database import Database
from documents.types import Document
from queries.documents import NO_DOCUMENT
from queries.rows import AudioFile, DocumentRow
from services import document_plans
from services.document_errors import BadCover, BadDocument, NothingChosen
from services.document_imports import DocumentImports, clean_line, picture_type
from services.document_obstacles import find_obstacle
from services.document_plans import BETWEEN, Measure, Plan, PlannedChapter
from services.document_progress import UNFINISHED, Progress
from services.document_selection import EACH, DocumentSelection
from services.file_names import NAME_LENGTH, check_group, check_name
from services.studio import Studio
from speech.text.directives import Cast
from speech.types import Voice, is_speakable
from storage.errors import NotFound, WrongState

CACHED_DOCUMENTS = 4
CACHED_CHARACTERS = 3_000_000
COVER_BYTES = 5_000_000


class Documents:
    """Documents of all people; pages and API call the same functions."""

    def __init__(self, db: Database, studio: Studio, config: Config):
        self.db, self.studio, self.config = db, studio, config
        self.imports = DocumentImports(config, db, studio.store)
        self._cached: OrderedDict[tuple[int, str], Document] = OrderedDict()
        self._cache_lock = threading.Lock()

    # Looking through

    def contents(self, row: DocumentRow) -> Document:
        """The contents of a document; its cover is stored apart. Raises BadDocument."""
        key = (row["id"], self.db.get_document_encoding(row["id"]))
        with self._cache_lock:
            if document := self._cached.get(key):
                self._cached.move_to_end(key)
                return document
        document = read_document(self.db.get_document_content(row["id"]))
        if row["characters"] <= CACHED_CHARACTERS:
            with self._cache_lock:
                self._cached[key] = document
                while len(self._cached) > CACHED_DOCUMENTS:
                    self._cached.popitem(last=False)
        return document

    def choices(self, row: DocumentRow) -> DocumentSelection:
        """The choices of a document, the rules' own defaults at first; their voice is there."""
        stored = DocumentSelection.from_json(row["choices"])
        if not stored.voice:
            stored = self._with_usual_voice(row, stored)
        voice = self._voice(row, stored.voice)
        low, high = self.studio.registry.resolve(voice.key)[0].speed_range
        return replace(stored, voice=voice.key, speed=min(max(stored.speed, low), high))

    def _with_usual_voice(self, row: DocumentRow, choices: DocumentSelection) -> DocumentSelection:
        """The choices with the voice and pace that their person has for the language."""
        used = self.studio.voice_memory.for_language(row["owner_id"], row["language"])
        reading = choices.reading.copy()
        if used.paragraph_pause_ms is not None:
            reading.setdefault("paragraph_pause_ms", used.paragraph_pause_ms)
        return replace(choices, voice=used.choice.key, speed=used.speed, reading=reading)

    def save(
        self,
        row: DocumentRow,
        choices: DocumentSelection,
        *,
        title: str | None = None,
        author: str | None = None,
    ) -> DocumentRow:
        """Save choices and names of a document; returns the row. Raises BadName, NotFound."""
        return self.db.update_document(
            row["id"],
            row["owner_id"],
            title=None if title is None else check_name(title, "title"),
            author=None if author is None else clean_line(author, NAME_LENGTH),
            choices=choices.to_json(),
        )

    def change(
        self,
        row: DocumentRow,
        change: Callable[[DocumentRow, DocumentSelection], DocumentSelection],
        names: Callable[[DocumentRow], dict[str, str | None]] = lambda _: {},
    ) -> DocumentRow:
        """Save what `change` makes of the row and choices as they are now, and the `names` for it.

        Nobody else changes them in between. Returns the row. Raises BadName, NotFound.
        """
        with self.db.transaction():
            now = self.db.get_document(row["id"], row["owner_id"])
            if now is None:
                raise NotFound(NO_DOCUMENT)
            return self.save(now, change(now, self.choices(now)), **names(now))

    def save_cover(self, row: DocumentRow, picture: bytes | None) -> None:
        """Give a document another picture, or none. Raises BadCover."""
        kind = picture_type(picture or b"")
        if picture and (not kind or len(picture) > COVER_BYTES):
            raise BadCover("A cover must be a JPEG, PNG, GIF or WebP picture of up to 5 MB.")
        self.db.set_document_cover(row["id"], row["owner_id"], picture or None, kind)

    def delete(self, row: DocumentRow) -> None:
        """Forget a document; what was spoken of it stays. Raises NotFound."""
        self.db.delete_document(row["id"], row["owner_id"])
        with self._cache_lock:
            for key in [key for key in self._cached if key[0] == row["id"]]:
                del self._cached[key]

    def plan(self, row: DocumentRow, choices: DocumentSelection) -> Plan:
        """Count, time and price the chapters. Raises a SpeechError for a voice or speed."""
        measure = self._measure(row, choices)
        choices = replace(choices, speed=measure.speed)
        plan = document_plans.plan(self.contents(row), choices, measure)
        obstacle = find_obstacle(self.studio, row["owner_id"], plan, choices.shape)
        return replace(plan, obstacle=obstacle)

    def plan_chapter(
        self, row: DocumentRow, choices: DocumentSelection, number: int
    ) -> PlannedChapter:
        """Count, time and price one chapter. Raises as `plan` does."""
        measure = self._measure(row, choices)
        return document_plans.plan_chapter(self.contents(row), choices, number, measure)

    def _measure(self, row: DocumentRow, choices: DocumentSelection) -> Measure:
        (engine, voice), speed = self.studio.voice_fallback.choose_for_text(
            row["owner_id"], choices.voice, choices.speed, language=row["language"]
        )
        price = engine.price()
        has_price = bool(price.quote(1_000_000, 1.0))
        dictionary = self.studio.scripts.dictionary(row["owner_id"]) if has_price else None
        cast = Cast(choices.reading.get("cast", {}))
        return Measure(engine, voice, speed, price, dictionary, cast)

    def _voice(self, row: DocumentRow, wanted: str) -> Voice:
        """The voice that is wanted, or its fallback; else the one of the book's language."""
        if found := self.studio.voice_fallback.shown(wanted, row["language"]):
            return found
        memory = self.studio.voice_memory
        return memory.for_language(row["owner_id"], row["language"]).choice.voice

    # Speaking

    def speak(self, row: DocumentRow, choices: DocumentSelection) -> list[AudioFile]:
        """Queue the chosen chapters, all or none; returns the rows of the files.

        Raises NothingChosen, and whatever the studio raises for a text it cannot take.
        """
        document = self.contents(row)
        texts = {
            number: text
            for number in range(len(document.chapters))
            if number not in choices.skipped
            and is_speakable(text := choices.text(document, number))
        }
        if not texts:
            raise NothingChosen("No chapter with text is selected. Select what you want to hear.")
        make = self._speak_each if choices.shape == EACH else self._speak_as_one
        with self.db.transaction():
            return make(row, choices, document, texts)

    def _speak_as_one(
        self,
        row: DocumentRow,
        choices: DocumentSelection,
        document: Document,
        texts: Mapping[int, str],
    ) -> list[AudioFile]:
        chapters, start = [], 0
        for number, text in texts.items():
            chapters.append((choices.title(document, number), start))
            start += len(text) + len(BETWEEN)
        whole = BETWEEN.join(texts.values())
        made = self._submit(
            row, choices, whole, name=row["title"], category=choices.group, chapters=chapters
        )
        return [made]

    def _speak_each(
        self,
        row: DocumentRow,
        choices: DocumentSelection,
        document: Document,
        texts: Mapping[int, str],
    ) -> list[AudioFile]:
        group = choices.group or check_group(row["title"][:100])
        width = max(2, len(str(len(document.chapters))))
        made = []
        for number, text in texts.items():
            title = choices.title(document, number)
            name = f"{number + 1:0{width}} {title or row['title']}".strip()[:NAME_LENGTH]
            fields = {"name": name, "category": group, "chapters": [(title, 0)]}
            made.append(self._submit(row, choices, text, track=number + 1, **fields))
        return made

    def _submit(
        self, row: DocumentRow, choices: DocumentSelection, text: str, **fields: Any
    ) -> AudioFile:
        fields |= {"voice": choices.voice, "speed": choices.speed, "document_id": row["id"]}
        fields |= {"reading": choices.reading, "language": row["language"]}
        usual = self.studio.voice_memory.for_language(row["owner_id"], row["language"])
        fields["is_chosen"] = choices.voice != usual.choice.key
        return self.studio.generation.submit(row["owner_id"], text, **fields)

    # While it is made, and afterwards

    def progress(self, row: DocumentRow) -> Progress:
        """The progress of the files that were made of a document."""
        return Progress.of_files(self.db.list_document_files(row["id"], row["owner_id"]))

    def pause(self, row: DocumentRow) -> int:
        """Pause everything that waits or is being spoken; returns how many files."""
        return self._for_each(row, UNFINISHED, self.studio.generation.pause)

    def resume(self, row: DocumentRow) -> int:
        """Resume what is paused; returns how many files."""
        return self._for_each(row, ("paused",), self.studio.generation.retry)

    def cancel(self, row: DocumentRow) -> int:
        """Stop everything that is not done; what was spoken is kept. Returns how many files."""
        return self._for_each(row, (*UNFINISHED, "paused"), self.studio.generation.cancel)

    def retry(self, row: DocumentRow) -> int:
        """Take up what failed or was stopped; returns how many files."""
        return self._for_each(row, ("failed", "cancelled"), self.studio.generation.retry)

    def _for_each(
        self, row: DocumentRow, statuses: Sequence[str], act: Callable[[str, int], object]
    ) -> int:
        files = self.db.list_document_files(row["id"], row["owner_id"])
        count = 0
        with self.db.transaction():
            for file in files:
                if file["status"] in statuses:
                    with suppress(NotFound, WrongState):  # it came to its end meanwhile
                        act(file["filename"], row["owner_id"])
                        count += 1
        return count


def read_document(content: str) -> Document:
    """A document as its row holds it; raises BadDocument."""
    try:
        return Document.from_dict(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadDocument(
            "The stored text of this document is damaged. The pieces made from it are "
            "fine; import the document again."
        ) from None
