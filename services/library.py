"""The library of a person as a whole: groups, the bin, archives, leaving for good."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from database import Database
from exports.zip_stream import UniqueNames, ZipStream, safe_name
from queries.base import chosen
from queries.playback import Listening
from queries.rows import AudioFile, DocumentRow, User
from services.file_names import BadName, check_group
from services.pronunciations import COLUMNS as PRONUNCIATIONS
from services.pronunciations import table_rows
from services.studio import Studio
from speech.audio.captions import webvtt
from storage.audio_errors import NoSuchAudio
from storage.audio_store import AudioStore
from storage.errors import NotFound
from storage.import_store import ImportStore

DOCUMENT_KEYS = ("title", "author", "language", "source", "origin", "created_at")
BATCH = 200
LEAVING_AT_ONCE = 20
CSV_PIECE_ROWS = 500
FORMAT = "VoiceVerse export 1"
HISTORY = ("played_at", "display_name", "position", "duration", "device", "filename")
BOOKMARKS = ("filename", "display_name", "text_start", "note", "created_at")
USAGE = (
    "timestamp", "year", "month", "day", "engine", "voice", "category", "characters_used", "cost",
)  # fmt: skip
SECURITY = ("timestamp", "event_type", "ip_address", "details", "success")
LISTENING_KEYS = ("position", "share", "finished_at", "saved_epoch")
FILE_KEYS = (
    "id", "filename", "display_name", "category", "voice", "engine", "model", "speed", "status",
    "error", "character_count", "duration", "cost", "size", "sha256", "created_at", "updated_at",
    "deleted_at",
)  # fmt: skip


class Library:
    """Groups, bin and archives of each person's files; pages and API call the same functions."""

    def __init__(self, studio: Studio):
        self.studio = studio
        self.db: Database = studio.db
        self.store: AudioStore = studio.store
        self.imports = ImportStore(studio.config.imports_dir)

    @property
    def bin_days(self) -> int:
        """Days that the bin keeps a file."""
        return self.studio.rules.bin_days

    # Groups

    def create_group(self, owner_id: int, name: str) -> str:
        """Add an empty group, or find the one of that name; returns its name. Raises BadName."""
        return self.db.create_group(owner_id, _group_name(name))

    def rename_group(self, owner_id: int, name: str, new_name: str) -> str:
        """Rename a group with its files; returns its name now.

        Raises BadName, NotFound, and GroupTaken where another group has that name.
        """
        new_name = _group_name(new_name)
        self.db.rename_group(owner_id, check_group(name), new_name)
        return new_name

    def delete_group(self, owner_id: int, name: str, *, with_files: bool = False) -> int:
        """Remove a group; its files go to the bin or stay without one. Returns how many.

        Raises NotFound.
        """
        return self.db.delete_group(owner_id, check_group(name), with_files=with_files)

    def move(self, owner_id: int, filenames: list[str], group: str) -> int:
        """Put files into a group, made when unknown, or into none (""); returns how many."""
        return self.db.move_files(owner_id, filenames, check_group(group))

    # The bin

    def delete(self, owner_id: int, filenames: list[str]) -> int:
        """Put files into the bin, those in work cancelled; returns how many."""
        return self.db.bin_audio_files(owner_id, filenames)

    def restore(self, owner_id: int, filenames: list[str]) -> int:
        """Take files out of the bin, each back into its group; returns how many."""
        return self.db.restore_audio_files(owner_id, filenames)

    def delete_for_good(self, owner_id: int, filenames: list[str]) -> int:
        """Remove files with their sound, in the bin or not; returns how many."""
        count = 0
        for filename in filenames:
            with suppress(NotFound):
                self.studio.bin.delete_for_good(filename, owner_id)
                count += 1
        return count

    def delete_user(self, user_id: int) -> None:
        """Remove an account with all that is its own, sound too; security events stay.

        A kill leaves the account with what was not removed so far, once start-up has reconciled.
        Raises NotFound.
        """
        filenames = self.db.list_filenames(user_id)
        uploads = self.db.list_uploads(user_id)
        with self.studio.bin.leaving(user_id):
            while len(filenames) > LEAVING_AT_ONCE:  # others want to write in between
                some, filenames = filenames[:LEAVING_AT_ONCE], filenames[LEAVING_AT_ONCE:]
                self.store.delete_all(some, partial(self.db.delete_audio_files, user_id, some))
            self.store.delete_all(filenames, lambda: self.db.delete_user(user_id))
        for each in uploads:
            self.imports.drop(each["upload"])

    # Archives

    def zip(self, rows: Iterable[AudioFile]) -> Iterator[bytes]:
        """A ZIP of the finished sound among these files, named as they are in the library."""
        archive, names = ZipStream(), UniqueNames()
        for row in rows:
            with suppress(NoSuchAudio):
                name = f"{names.give(row['display_name'])}.mp3"
                yield from self._add_sound(archive, name, row)
        yield from archive.finish()

    def export(self, user_id: int) -> Iterator[bytes]:
        """A ZIP of everything that a person has here, in open formats, with a manifest.

        Raises NotFound.
        """
        user = self.db.get_user_by_id(user_id)
        if user is None:
            raise NotFound("There is no such account.")
        return self._export(user)

    def _export(self, user: User) -> Iterator[bytes]:
        archive = ZipStream()
        missing: list[str] = []
        add, user_id = archive.add, user["id"]
        yield from add("account.json", [_json(self._account(user))], is_packed=True)
        for row in self._every_file(user_id):
            yield from self._add_file(archive, row, missing)
        entries = _json_list(self._entry(row) for row in self._every_file(user_id))
        yield from add("library.json", entries, is_packed=True)
        yield from add("history.csv", _csv(HISTORY, self._history(user_id)), is_packed=True)
        yield from self._add_documents(archive, user_id)
        words = table_rows(self.db.list_pronunciations(user_id))
        yield from add("pronunciations.csv", _csv(PRONUNCIATIONS, words), is_packed=True)
        marks = self.db.export_bookmarks(user_id)
        yield from add("bookmarks.csv", _csv(BOOKMARKS, marks), is_packed=True)
        yield from add("usage.csv", _csv(USAGE, self.db.iterate_usage(user_id)), is_packed=True)
        events = self.db.iterate_security_logs(user_id=user_id)
        yield from add("security.csv", _csv(SECURITY, events), is_packed=True)
        manifest = _manifest(archive.written, missing)
        yield from add("manifest.json", manifest, is_packed=True)
        yield from archive.finish()

    def _add_file(self, archive: ZipStream, row: AudioFile, missing: list[str]) -> Iterator[bytes]:
        paths = _paths(row)
        text = self.db.get_text(row["id"])
        yield from archive.add(paths["text_path"], [text.encode()], is_packed=True)
        if segments := self.db.get_segments(row["id"]):
            captions = webvtt(text, segments).encode()
            yield from archive.add(paths["captions_path"], [captions], is_packed=True)
        try:
            yield from self._add_sound(archive, paths["sound_path"], row)
        except NoSuchAudio:
            if row["status"] == "ready":
                missing.append(paths["sound_path"])

    def _add_documents(self, archive: ZipStream, user_id: int) -> Iterator[bytes]:
        """Add imported documents: a JSON file each, with what was chosen of it, and its cover."""
        for row in self._every_document(user_id):
            name = f"documents/{row['id']:06} {safe_name(row['title'])}"
            entry = chosen(row, DOCUMENT_KEYS) | {
                "choices": _as_stored(row["choices"]),
                "content": _as_stored(self.db.get_document_content(row["id"])),
            }
            yield from archive.add(f"{name}.json", [_json(entry)], is_packed=True)
            if picture := self.db.get_document_cover(row["id"]):
                ending = picture["cover_type"].rpartition("/")[2]
                yield from archive.add(f"{name}.{safe_name(ending)}", [picture["cover"]])

    def _every_document(self, owner_id: int) -> Iterator[DocumentRow]:
        before = None
        while rows := self.db.list_documents(owner_id, limit=BATCH, before=before):
            yield from rows
            before = (rows[-1]["created_at"], rows[-1]["id"])

    def _add_sound(self, archive: ZipStream, path: str, row: AudioFile) -> Iterator[bytes]:
        pieces = self.store.pieces(row["filename"], self.studio.exports.tag(row))
        yield from archive.add(path, pieces, expected_bytes=row["size"])

    def _account(self, user: User) -> dict[str, Any]:
        columns = ("username", "created_at", "last_login", "is_admin")
        return {
            **chosen(user, columns),
            "groups": self.db.list_categories(user["id"]),
            "draft": self.db.get_draft(user["id"]),
            "voices": self.db.list_voice_settings(user["id"]),
            "default_voice": self.db.get_default_voice(user["id"]),
            "reading": self.db.get_reading_settings(user["id"]),
            "limits": self.db.get_person_limits(user["id"]),
            "sessions": self.db.list_sessions(user["id"]),
            "shares": self.db.list_shares(user["id"]),
            "links": self.db.list_share_links(user["id"]),
        }

    def _entry(self, row: AudioFile) -> dict[str, Any]:
        positions = self.db.get_positions(row["owner_id"], row["id"])
        heard = self.db.list_progress(row["owner_id"], [row["id"]])
        listening = chosen(heard[0], LISTENING_KEYS) if heard else None
        kept = {"positions": positions, "listening": listening}
        return chosen(row, FILE_KEYS) | _paths(row) | kept

    def _every_file(self, owner_id: int) -> Iterator[AudioFile]:
        """All files, oldest first, then those in the bin."""
        after = None
        while rows := self.db.get_library(owner_id, descending=False, limit=BATCH, after=after):
            yield from rows
            after = (rows[-1]["created_at"], rows[-1]["id"])
        before = None
        while binned := self.db.list_bin(owner_id, limit=BATCH, before=before):
            yield from binned
            before = (binned[-1]["deleted_at"] or "", binned[-1]["id"])

    def _history(self, user_id: int) -> Iterator[Listening]:
        before = None
        while rows := self.db.get_playback_history(user_id, limit=BATCH, before=before):
            yield from rows
            before = (rows[-1]["played_at"], rows[-1]["id"])


def _group_name(name: str) -> str:
    cleaned = check_group(name, "name")
    if not cleaned:
        raise BadName("The group name is empty. Enter a name of up to 100 characters.", "name")
    return cleaned


def _paths(row: AudioFile) -> dict[str, str]:
    # The number makes a name unique and keeps the order; no list of names has to be held.
    name = f"{row['id']:06} {safe_name(row['display_name'])}"
    return {
        "sound_path": f"sound/{name}.mp3",
        "text_path": f"texts/{name}.txt",
        "captions_path": f"captions/{name}.vtt",
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _json_list(values: Iterable[Any]) -> Iterator[bytes]:
    start = b"[\n"
    for value in values:
        yield start + json.dumps(value, ensure_ascii=False).encode()
        start = b",\n"
    yield b"[]\n" if start == b"[\n" else b"\n]\n"


def _csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns)
    writer.writeheader()
    for number, row in enumerate(rows, 1):
        writer.writerow({column: _cell(row[column]) for column in columns})
        if number % CSV_PIECE_ROWS == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _cell(value: Any) -> Any:
    # Spreadsheets run what begins like a formula, and a name may begin like anything.
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value


def _manifest(written: list[tuple[str, int, str]], missing: list[str]) -> Iterator[bytes]:
    head = json.dumps({"format": FORMAT, "missing": missing}, ensure_ascii=False)
    yield f'{head[:-1]}, "files":\n'.encode()
    files = ({"path": path, "size": size, "sha256": digest} for path, size, digest in written)
    yield from _json_list(files)
    yield b"}\n"


def _as_stored(text: str) -> Any:
    """Read a column's JSON; its very text where that is damaged."""
    try:
        return json.loads(text)
    except ValueError:
        return text
