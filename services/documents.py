"""Documents of a library: taken in, looked through, priced, and spoken whole or in part."""

import json
import re
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from common.errors import Told
from config import Config
from database import Database
from documents.fetch import Fetched, FetchLimits, fetch
from documents.limits import Limits
from documents.read import read
from documents.types import LEFT_OUT, Document, compose
from queries.documents import NO_DOCUMENT
from services.document_selection import EACH, ONE, Choices
from services.generation import CONTROL, NAME_LENGTH, Studio, check_group, check_name
from speech.engine import Engine
from speech.prices import Price, expected_duration_s, total_cost
from speech.text.billable import Spoken, count_spoken
from speech.text.directives import Cast
from speech.text.pronunciation import Dictionary
from speech.types import Voice, is_speakable
from storage.audio_errors import translating_disk_full
from storage.errors import NotFound, WrongState

READERS = 2
READER_WAIT_S = 60.0
KEPT_DOCUMENTS = 4
KEPT_CHARACTERS = 3_000_000
COVER_BYTES = 5_000_000
ORIGIN_LENGTH = 500
LANGUAGE_LENGTH = 35
BETWEEN = "\n\n"  # chapters of one audiobook
BUSY = "Other documents are being read just now. Wait a moment, then try again."
UNTITLED = "Untitled"
UPLOAD_PREFIX, PAGE_PREFIX = "upload-", "page-"
LEFT_BEHIND = re.compile(r"(upload|page|reading)-.+")
# With what `tempfile` adds: for a folder that is a link to one where others may have files.
LEFT_ELSEWHERE = re.compile(r"(upload|page|reading)-[a-z0-9_]{8}")
UNFINISHED = ("queued", "speaking")
PICTURES = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
)


class BookError(Told):
    """Something that cannot be done with a document; `sentence` says why and what to do."""

    status = 400


class ImportsBusy(BookError):
    """Others are importing."""

    status = 503
    retry_after_s = 15


class WebImportOff(BookError):
    """The admin does not want web addresses to be fetched."""

    status = 403


class NothingChosen(BookError):
    """No chapter that holds text is ticked."""


class BadDocument(BookError):
    """What was read of a document cannot be read again."""

    status = 500


class BadCover(BookError):
    """A picture that cannot be a cover."""

    status = 415


@dataclass(frozen=True, slots=True)
class PlannedChapter:
    """A chapter as it would be spoken: `seconds` and `cost_usd` are what it would take.

    One without anything to say is never chosen. `cost_usd` is None where no price is known.
    """

    number: int
    title: str
    level: int
    characters: int
    is_empty: bool
    is_chosen: bool
    is_edited: bool
    seconds: float
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What speaking the chosen chapters would take, in all and chapter by chapter."""

    chapters: tuple[PlannedChapter, ...]
    characters: int
    seconds: float
    cost_usd: float | None
    price: Price
    engine: Engine
    voice: Voice
    speed: float

    @property
    def chosen(self) -> list[PlannedChapter]:
        """The chapters that would be spoken."""
        return [chapter for chapter in self.chapters if chapter.is_chosen]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the files of a document are; `left_s` is None where nothing can be said yet."""

    files: list[dict]
    characters: int
    spoken: int
    cost_usd: float | None
    left_s: float | None

    @property
    def share(self) -> float:
        """How much is spoken, 0 to 1."""
        return self.spoken / max(1, self.characters)

    def count(self, *statuses: str) -> int:
        """How many files are in one of these states."""
        return sum(file["status"] in statuses for file in self.files)


class Books:
    """What people import and have spoken; pages and API call the same functions."""

    def __init__(self, db: Database, studio: Studio, config: Config):
        self.db, self.studio, self.config = db, studio, config
        limits = FetchLimits(file_mb=config.max_upload_mb)
        self.fetch: Callable[[str, Path], Fetched] = partial(fetch, limits=limits)
        self._readers = BoundedSemaphore(READERS)
        self._kept: OrderedDict[int, Document] = OrderedDict()
        self._keeping = threading.Lock()

    # Taking in

    def open_upload(self, needed_bytes: int = 0) -> IO[bytes]:
        """A new file of mode 0600 in the data folder, named by us, gone when it is closed."""
        self.studio.store.check_space(needed_bytes, self._folder)
        return tempfile.NamedTemporaryFile("w+b", prefix=UPLOAD_PREFIX, dir=self._folder)

    def sweep(self) -> None:
        """Remove what a kill left of uploads and of reading them, and nothing else."""
        ours = LEFT_ELSEWHERE if self._folder.is_symlink() else LEFT_BEHIND
        for path in self._folder.iterdir():
            if ours.fullmatch(path.name):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def import_file(self, owner_id: int, path: Path, filename: str) -> dict:
        """Read the file at `path`, called `filename` by its owner; returns the document's row.

        Raises ImportsBusy, NoSpace or a DocumentError.
        """
        with self._reading(), translating_disk_full():
            document = read(path, filename, limits=self._limits)
        return self._store(owner_id, document, filename)

    def import_address(self, owner_id: int, url: str) -> dict:
        """Fetch a page and read it; returns the document's row. Raises as `import_file` does."""
        if self.config.web_import == "off":
            raise WebImportOff(
                "Web addresses cannot be imported here. Save the page and import the file."
            )
        with (
            translating_disk_full(),
            tempfile.TemporaryDirectory(prefix=PAGE_PREFIX, dir=self._folder) as folder,
        ):
            path = Path(folder) / "page"
            page = self.fetch(url.strip(), path)
            with self._reading():
                document = read(
                    path, page.filename, content_type=page.content_type, limits=self._limits
                )
        return self._store(owner_id, document, page.url)

    @property
    def _folder(self) -> Path:
        return self.config.imports_dir

    @property
    def _limits(self) -> Limits:
        return Limits(file_mb=self.config.max_upload_mb)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if not self._readers.acquire(timeout=READER_WAIT_S):
            raise ImportsBusy(BUSY)
        try:
            yield
        finally:
            self._readers.release()

    def _store(self, owner_id: int, document: Document, origin: str) -> dict:
        fields = document.to_dict() | {"cover": None, "cover_type": ""}
        kind = picture_type(document.cover or b"")
        return self.db.create_document(
            owner_id,
            title=_clean(document.title, NAME_LENGTH) or UNTITLED,
            author=_clean(document.author, NAME_LENGTH),
            language=_clean(document.language, LANGUAGE_LENGTH),
            source=document.source,
            origin=_clean(origin, ORIGIN_LENGTH),
            characters=sum(len(compose(chapter, LEFT_OUT)) for chapter in document.chapters),
            content=json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
            cover=document.cover if kind else None,
            cover_type=kind,
        )

    # Looking through

    def contents(self, row: dict) -> Document:
        """What a document holds; its cover is kept apart. Raises BadDocument."""
        with self._keeping:
            if document := self._kept.get(row["id"]):
                self._kept.move_to_end(row["id"])
                return document
        document = read_document(self.db.get_document_content(row["id"]))
        if row["characters"] <= KEPT_CHARACTERS:
            with self._keeping:
                self._kept[row["id"]] = document
                while len(self._kept) > KEPT_DOCUMENTS:
                    self._kept.popitem(last=False)
        return document

    def choices(self, row: dict) -> Choices:
        """What is wanted of a document, the rules' own defaults at first; its voice is there."""
        kept = Choices.from_json(row["choices"])
        voice = self._voice(row, kept.voice)
        low, high = self.studio.registry.resolve(voice.key)[0].speed_range
        return replace(kept, voice=voice.key, speed=min(max(kept.speed, low), high))

    def keep(
        self, row: dict, choices: Choices, *, title: str | None = None, author: str | None = None
    ) -> dict:
        """Keep choices, and what the book is called; returns the row. Raises BadName, NotFound."""
        return self.db.update_document(
            row["id"],
            row["owner_id"],
            title=None if title is None else check_name(title),
            author=None if author is None else _clean(author, NAME_LENGTH),
            choices=choices.to_json(),
        )

    def change(
        self,
        row: dict,
        change: Callable[[dict, Choices], Choices],
        names: Callable[[dict], dict[str, str | None]] = lambda _: {},
    ) -> dict:
        """Keep what `change` makes of the row and choices as they are now, and the `names` for it.

        Nobody else changes them in between. Returns the row. Raises BadName, NotFound.
        """
        with self.db.transaction():
            now = self.db.get_document(row["id"], row["owner_id"])
            if now is None:
                raise NotFound(NO_DOCUMENT)
            return self.keep(now, change(now, self.choices(now)), **names(now))

    def keep_cover(self, row: dict, picture: bytes | None) -> None:
        """Give a document another picture, or none. Raises BadCover."""
        kind = picture_type(picture or b"")
        if picture and (not kind or len(picture) > COVER_BYTES):
            raise BadCover("A cover is a JPEG, PNG, GIF or WebP picture of up to 5 MB.")
        self.db.set_document_cover(row["id"], row["owner_id"], picture or None, kind)

    def delete(self, row: dict) -> None:
        """Forget a document; what was spoken of it stays. Raises NotFound."""
        self.db.delete_document(row["id"], row["owner_id"])
        with self._keeping:
            self._kept.pop(row["id"], None)

    def plan(self, row: dict, choices: Choices) -> Plan:
        """Count, time and price the chapters. Raises a SpeechError for a voice or speed."""
        engine, found, speed = self.studio.speaker(
            row["owner_id"], choices.voice, choices.speed, language=row["language"]
        )
        choices = replace(choices, speed=speed)
        document, measure = self.contents(row), self._measure(row, choices, engine, found)
        planned = [
            _planned(document, choices, number, measure) for number in range(len(document.chapters))
        ]
        chosen = [(chapter, spoken) for chapter, spoken in planned if chapter.is_chosen]
        characters = sum(chapter.characters for chapter, _ in chosen)
        between = len(BETWEEN) * (len(chosen) - 1) if choices.shape == ONE and chosen else 0
        spoken = Spoken(
            sum(spoken.characters for _, spoken in chosen) + between,
            sum(spoken.pause_ms for _, spoken in chosen),
        )
        seconds, cost = measure.take(spoken)
        chapters = tuple(chapter for chapter, _ in planned)
        return Plan(
            chapters, characters + between, seconds, cost, measure.price, engine, found,
            choices.speed,
        )  # fmt: skip

    def _measure(self, row: dict, choices: Choices, engine: Engine, voice: Voice) -> "_Measure":
        price = engine.price()
        has_price = bool(price.quote(1_000_000, 1.0))
        return _Measure(
            engine,
            voice,
            choices.speed,
            price,
            self.studio.speaking.dictionary(row["owner_id"]) if has_price else None,
            Cast(choices.reading.get("cast", {})),
        )

    def _voice(self, row: dict, wanted: str) -> Voice:
        """The voice that is wanted; else the default one, or the first of the book's language."""
        registry = self.studio.registry
        if wanted and (found := self.studio.continuity.shown(wanted, row["language"])):
            return found
        engine, default = registry.resolve()
        language = row["language"].partition("-")[0].lower()
        if not language or _speaks(default, language):
            return default
        return next((voice for voice in engine.voices() if _speaks(voice, language)), default)

    # Speaking

    def speak(self, row: dict, choices: Choices) -> list[dict]:
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
            raise NothingChosen("No chapter with text is ticked. Tick what you want to hear.")
        make = self._speak_each if choices.shape == EACH else self._speak_as_one
        with self.db.transaction():
            return make(row, choices, document, texts)

    def _speak_as_one(
        self, row: dict, choices: Choices, document: Document, texts: Mapping[int, str]
    ) -> list[dict]:
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
        self, row: dict, choices: Choices, document: Document, texts: Mapping[int, str]
    ) -> list[dict]:
        group = choices.group or check_group(row["title"][:100])
        width = max(2, len(str(len(document.chapters))))
        made = []
        for number, text in texts.items():
            title = choices.title(document, number)
            name = f"{number + 1:0{width}} {title or row['title']}".strip()[:NAME_LENGTH]
            fields = {"name": name, "category": group, "chapters": [(title, 0)]}
            made.append(self._submit(row, choices, text, track=number + 1, **fields))
        return made

    def _submit(self, row: dict, choices: Choices, text: str, **fields: Any) -> dict:
        fields |= {"voice": choices.voice, "speed": choices.speed, "document_id": row["id"]}
        fields["reading"] = choices.reading
        return self.studio.submit(row["owner_id"], text, **fields)

    # While it is made, and afterwards

    def progress(self, row: dict) -> Progress:
        """How far what was made of a document is."""
        files = self.db.list_document_files(row["id"], row["owner_id"])
        return Progress(
            files=files,
            characters=sum(file["character_count"] for file in files),
            spoken=sum(file["spoken_characters"] for file in files),
            cost_usd=total_cost(file["cost"] for file in files),
            left_s=_left_s(files),
        )

    def pause(self, row: dict) -> int:
        """Let everything rest that waits or is being spoken; returns how many files."""
        return self._for_each(row, UNFINISHED, self.studio.pause)

    def resume(self, row: dict) -> int:
        """Take up what rests; returns how many files."""
        return self._for_each(row, ("paused",), self.studio.retry)

    def cancel(self, row: dict) -> int:
        """Stop everything that is not done; what was spoken is kept. Returns how many files."""
        return self._for_each(row, (*UNFINISHED, "paused"), self.studio.cancel)

    def retry(self, row: dict) -> int:
        """Take up what failed or was stopped; returns how many files."""
        return self._for_each(row, ("failed", "cancelled"), self.studio.retry)

    def _for_each(self, row: dict, statuses: Sequence[str], act: Callable[[str, int], dict]) -> int:
        files = self.db.list_document_files(row["id"], row["owner_id"])
        count = 0
        with self.db.transaction():
            for file in files:
                if file["status"] in statuses:
                    with suppress(NotFound, WrongState):  # it came to its end meanwhile
                        act(file["filename"], row["owner_id"])
                        count += 1
        return count


def picture_type(picture: bytes) -> str:
    """The type of a picture that pages may show, by its first bytes; "" for anything else."""
    for mark, place, kind in PICTURES:
        if picture[place : place + len(mark)] == mark:
            return kind
    return ""


@dataclass(frozen=True, slots=True)
class _Measure:
    """What texts take with a voice: all that is spoken of them, without their marks."""

    engine: Engine
    voice: Voice
    speed: float
    price: Price
    dictionary: Dictionary | None
    cast: Cast

    def count(self, text: str) -> Spoken:
        return count_spoken(
            text,
            self.voice.language,
            dictionary=self.dictionary,
            cast=self.cast,
            phonemes=self.engine.takes_phonemes,
        )

    def take(self, spoken: Spoken) -> tuple[float, float | None]:
        """Seconds and USD."""
        seconds = expected_duration_s(spoken.characters, self.speed, self.engine.name)
        cost = self.price.quote(spoken.characters, seconds)
        return seconds + spoken.pause_ms / 1000, cost


def _planned(
    document: Document, choices: Choices, number: int, measure: _Measure
) -> tuple[PlannedChapter, Spoken]:
    text = choices.text(document, number)
    spoken = measure.count(text)
    seconds, cost = measure.take(spoken)
    is_empty = not is_speakable(text)
    chapter = PlannedChapter(
        number=number,
        title=choices.title(document, number),
        level=document.chapters[number].level,
        characters=len(text),
        is_empty=is_empty,
        is_chosen=not is_empty and number not in choices.skipped,
        is_edited=number in choices.texts,
        seconds=seconds,
        cost_usd=cost,
    )
    return chapter, spoken


def _left_s(files: list[dict]) -> float | None:
    """How long the rest will take if it goes on as it went since the first of them was sent."""
    left = sum(
        file["character_count"] - file["spoken_characters"]
        for file in files
        if file["status"] in UNFINISHED
    )
    at_work = [file for file in files if file["status"] == "speaking"]
    spoken = sum(file["spoken_characters"] for file in at_work)
    if not left or not spoken:
        return None
    try:
        began = min(datetime.fromisoformat(file["created_at"]) for file in at_work)
    except ValueError:  # a damaged row
        return None
    taken_s = (datetime.now(UTC).replace(tzinfo=None) - began).total_seconds()
    return left * max(1.0, taken_s) / spoken


def read_document(content: str) -> Document:
    """A document as its row holds it; raises BadDocument."""
    try:
        return Document.from_dict(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadDocument(
            "What was read of this document is damaged. The pieces made of it are unharmed; import "
            "the document again."
        ) from None


def _speaks(voice: Voice, language: str) -> bool:
    return voice.language.partition("-")[0].lower() == language


def _clean(text: str, most: int) -> str:
    """A text of others on one line, in letters that can be kept."""
    whole = text.encode("utf-8", "replace").decode()
    return " ".join(CONTROL.sub(" ", whole).split())[:most]
