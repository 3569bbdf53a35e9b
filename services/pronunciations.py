"""Pronunciations of a person: stored, exchanged as a table, tried, and what they change."""

import csv
import io
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from common.errors import Message, Mistakes
from database import Database
from queries.base import chosen
from queries.pronunciations import NO_ENTRY, Pronunciation
from queries.rows import AudioFile
from queries.search_query import Excerpt, excerpt
from services.studio import Studio
from speech.errors import SpeechError
from speech.text.pronunciation import MOST, BadPronunciation, Dictionary, Entry
from storage.errors import NotFound

COLUMNS = ("pattern", "replacement", "whole_word", "match_case", "language", "phonemes")
TABLE_BYTES = 1_000_000
DELIMITERS = ",;\t"
YES = frozenset({"1", "yes", "y", "true", "x", "ja", "wahr"})
NO = frozenset({"", "0", "no", "n", "false", "nein", "falsch"})
FORMULA = ("=", "+", "-", "@")
SHOWN_FILES = 20
LOOKED_AT = 50  # files whose texts are read at a time
LOOK_S = 1.0
MOST_PLACES = 1000


class EntryTaken(BadPronunciation):
    """The dictionary has this word already."""

    status = 409


class BadTable(BadPronunciation):
    """A table that is no dictionary; `message` names the line."""


class Hit(Excerpt):
    """First place where an entry would change a text, and the number of places."""

    places: int
    start_ms: int | None


class AffectedFile(AudioFile, Hit):
    """A file that an entry would change."""


class Affected(NamedTuple):
    """Files that an entry would change, each with its first place, and where to look further."""

    files: list[AffectedFile]
    after: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence as a voice would say it: `said` is its text, `cost_usd` None when not known."""

    said: str
    cost_usd: float | None


class Pronunciations:
    """The dictionaries of all people; pages and API call the same functions."""

    def __init__(self, studio: Studio):
        self.studio = studio
        self.db: Database = studio.db

    def get(self, owner_id: int, entry_id: int) -> Pronunciation:
        """An entry's row. Raises NotFound."""
        row = self.db.get_pronunciation(owner_id, entry_id)
        if row is None:
            raise NotFound(NO_ENTRY)
        return row

    def add(self, owner_id: int, entry: Entry) -> Pronunciation:
        """Keep a new entry; returns its row. Raises EntryTaken, BadPronunciation."""
        with self.db.transaction():
            rows = self.db.list_pronunciations(owner_id)
            _check_free(rows, entry)
            _check_number(len(rows) + 1)
            return self.db.create_pronunciation(owner_id, **fields_of(entry))

    def change(self, owner_id: int, entry_id: int, entry: Entry) -> Pronunciation:
        """Put an entry in the place of another; returns its row. Raises EntryTaken, NotFound."""
        with self.db.transaction():
            rows = self.db.list_pronunciations(owner_id)
            _check_free([row for row in rows if row["id"] != entry_id], entry)
            return self.db.update_pronunciation(owner_id, entry_id, **fields_of(entry))

    def remove(self, owner_id: int, entry_id: int) -> None:
        """Forget an entry. Raises NotFound."""
        self.db.delete_pronunciation(owner_id, entry_id)

    def import_table(self, owner_id: int, table: bytes) -> int:
        """Add all entries of a CSV table, or none; the same word is replaced. Returns how many.

        Raises BadTable, BadPronunciation.
        """
        entries = list(read_table(table))
        with self.db.transaction():
            known = {_key(row): row["id"] for row in self.db.list_pronunciations(owner_id)}
            for entry in entries:
                fields = fields_of(entry)
                if entry_id := known.get(_key(fields)):
                    self.db.update_pronunciation(owner_id, entry_id, **fields)
                else:
                    row = self.db.create_pronunciation(owner_id, **fields)
                    known[_key(row)] = row["id"]
            _check_number(len(known))
        return len(entries)

    # Trying

    def hear(
        self, owner_id: int, sentence: str, voice: str, entry: Entry | None, *, is_with: bool
    ) -> bytes:
        """A sentence as MP3, with the dictionary and an entry or without both.

        Raises what a preview raises.
        """
        dictionary = self._trial_dictionary(owner_id, entry, is_with)
        return self.studio.previews.speak(owner_id, voice, sentence, dictionary=dictionary)

    def try_out(
        self, owner_id: int, sentence: str, voice: str, entry: Entry | None, *, is_with: bool
    ) -> Trial:
        """Try what `hear` would say and cost; costs nothing. Raises what a preview raises."""
        dictionary = self._trial_dictionary(owner_id, entry, is_with)
        cost = self.studio.previews.cost(owner_id, voice, sentence, dictionary=dictionary)
        engine, found = self.studio.registry.resolve(voice)
        edits = (dictionary or Dictionary(())).edits(
            sentence, found.language, phonemes=engine.takes_phonemes
        )
        said, place = "", 0
        for edit in edits:
            said, place = f"{said}{sentence[place : edit.start]}{edit.spoken}", edit.end
        return Trial(said + sentence[place:], cost)

    def _trial_dictionary(
        self, owner_id: int, entry: Entry | None, is_with: bool
    ) -> Dictionary | None:
        if not is_with:
            return None
        stored = self.studio.scripts.dictionary(owner_id)
        if entry is None:
            return stored
        others = [one for one in stored.entries if _key(asdict(one)) != _key(asdict(entry))]
        return Dictionary([*others, entry])

    # What would change

    def affected(
        self, owner_id: int, entry: Entry, after: tuple[str, int] | None = None
    ) -> Affected:
        """The files of the library that an entry would change, the newest first.

        Each has `places` (up to 1,000), the `phrase` around the first of them with `match_start`
        and `match_length`, and `start_ms` of its segment.
        """
        dictionary = Dictionary([entry])
        found: list[AffectedFile] = []
        deadline = time.monotonic() + LOOK_S
        while True:
            rows = self.db.list_texts_with(
                owner_id,
                entry.pattern,
                is_whole_word=entry.whole_word,
                limit=LOOKED_AT,
                after=after,
            )
            for row in rows:
                after = (row["created_at"], row["id"])
                if hit := self._hit(row, dictionary):
                    found.append({**row, **hit})
                if len(found) == SHOWN_FILES or time.monotonic() > deadline:
                    return Affected(found, after)
            if len(rows) < LOOKED_AT:
                return Affected(found, None)

    def _hit(self, row: AudioFile, dictionary: Dictionary) -> Hit | None:
        language, takes_phonemes = self._spoken_by(row)
        text = self.db.get_text(row["id"])
        first, places = None, 0
        for start, end, entry in dictionary.matches(text, language, phonemes=takes_phonemes):
            if text[start:end] != entry.replacement:
                first = first or (start, end)
                places += 1
            if places == MOST_PLACES:
                break
        if first is None:
            return None
        hit = excerpt(text, first[0], first[1] - first[0])
        start_ms = self.db.get_moment(row["id"], first[0])
        return {**hit, "places": places, "start_ms": start_ms}

    def _spoken_by(self, row: AudioFile) -> tuple[str, bool]:
        try:
            engine, voice = self.studio.registry.resolve(row["voice"], row["engine"])
        except SpeechError:  # a voice of earlier days: what holds for all languages still holds
            return "", False
        return voice.language, engine.takes_phonemes


def fields_of(entry: Entry) -> dict[str, Any]:
    """An entry's fields as the store names them."""
    fields = asdict(entry)
    fields["match_case"] = fields.pop("case")
    return fields


def entry_of(row: Pronunciation) -> Entry:
    """The entry that a row of the store holds."""
    return Entry(
        row["pattern"],
        row["replacement"],
        whole_word=bool(row["whole_word"]),
        case=bool(row["match_case"]),
        language=row["language"],
        phonemes=bool(row["phonemes"]),
    )


def read_table(table: bytes) -> Iterator[Entry]:
    """The entries of a CSV table with the columns of `COLUMNS`, at least the first two.

    Its first line may name the columns. Raises BadTable.
    """
    if len(table) > TABLE_BYTES:
        raise BadTable("The table is larger than 1 MB, which is too much for a dictionary.")
    lines = csv.reader(io.StringIO(_decoded(table), newline=""), delimiter=_delimiter(table))
    columns: tuple[str, ...] = COLUMNS
    is_first = True
    try:
        for cells in lines:
            names = tuple(cell.strip().lower() for cell in cells)
            if is_first and "pattern" in names:
                columns = names
            elif any(names):
                yield _entry(dict(zip(columns, cells, strict=False)), lines.line_num)
            is_first = is_first and not any(names)
    except csv.Error:
        raise _bad_line(lines.line_num, "It is not a line of a CSV table.") from None


def table_rows(rows: Iterable[Pronunciation]) -> Iterator[dict[str, object]]:
    """Rows as a table that `read_table` reads again."""
    return (chosen(row, COLUMNS) for row in rows)


def _entry(cells: dict[str, str], line: int) -> Entry:
    try:
        return Entry(
            _plain(cells.get("pattern", "")),
            _plain(cells.get("replacement", "")),
            whole_word=_truth(cells.get("whole_word", "1"), line),
            case=_truth(cells.get("match_case", ""), line),
            language=checked_language(cells.get("language", "")),
            phonemes=_truth(cells.get("phonemes", ""), line),
        )
    except BadTable:
        raise
    except BadPronunciation as error:
        raise _bad_line(line, error.message) from None
    except Mistakes as error:
        raise _bad_line(line, error.mistakes[0].message) from None


def checked_language(tag: str) -> str:
    """A language tag as it is stored, "" for all; raises BadPronunciation."""
    tag = tag.strip()
    parts = tag.split("-")
    fits = all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts)
    if tag and not (fits and len(tag) <= 35):
        raise BadPronunciation("Write the language as a tag, such as en or de-AT.", "language")
    return tag


def _truth(cell: str, line: int) -> bool:
    word = cell.strip().lower()
    if word not in YES | NO:
        raise _bad_line(line, "Write 1 or 0 for yes or no.")
    return word in YES


def _plain(cell: str) -> str:
    """A cell without the sign that keeps spreadsheets from running it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _decoded(table: bytes) -> str:
    try:
        if table.startswith((b"\xff\xfe", b"\xfe\xff")):
            return table.decode("utf-16")
        return table.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(
            "The table is not in UTF-8. Save it as CSV in UTF-8, then try again."
        ) from None


def _delimiter(table: bytes) -> str:
    head = _decoded(table).partition("\n")[0]
    return max(DELIMITERS, key=head.count)


def _bad_line(line: int, sentence: str) -> BadTable:
    why = sentence if isinstance(sentence, Message) else Message(sentence)
    template = "Nothing was imported, because line {line} cannot be used: {why}"
    return BadTable(Message(template, line=line, why=why))


def _check_free(rows: Iterable[Pronunciation], entry: Entry) -> None:
    if any(_key(row) == _key(fields_of(entry)) for row in rows):
        raise EntryTaken(
            Message(
                "“{pattern}” is already in your dictionary. Change it there.", pattern=entry.pattern
            ),
            "pattern",
        )


def _check_number(number: int) -> None:
    if number > MOST:
        raise BadPronunciation(
            Message(
                "The dictionary has {entries} entries; at most {limit} are possible.",
                entries=number,
                limit=MOST,
            )
        )


def _key(fields: Mapping[str, Any]) -> tuple[str, bool, str]:
    """The key of an entry: equal for the same word."""
    case = bool(fields.get("match_case", fields.get("case")))
    pattern = fields["pattern"] if case else fields["pattern"].lower()
    return pattern, case, fields["language"].lower()
