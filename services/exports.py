"""Exports: downloads of a piece in other formats, what there is, asked for and made."""

import hashlib
import json
import threading
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from common.errors import Message
from common.stored_json import read_or_default
from config import Config
from database import Database
from exports import runner
from exports.cover import cover
from exports.errors import ExportError, Stopped
from exports.types import FORMATS, ChapterSpan, ExportTask, Format
from queries.leases import LEASE_S
from queries.rows import AudioFile, Export
from speech.audio.id3 import Chapter, Picture, id3_tag
from speech.errors import SpeechError
from speech.registry import Registry
from speech.types import TimedSegment
from storage.audio_store import AudioStore
from storage.errors import (
    DatabaseDamaged,
    DiskFull,
    LeaseLost,
    NotFound,
)
from storage.export_store import ExportStore

LOUDNESS = (-19.0, -16.0, -23.0)  # LUFS, of one channel; the first is the usual one
MOST_WAITING = 20
PICTURES = ("image/png", "image/jpeg")
NO_EXPORT = "There is no such download. Create it again on the page of the piece."


class OfferedFormat(TypedDict):
    """A format, its expected size, and the download that there is, made or on its way."""

    format: Format
    expected_bytes: int
    export: Export | None
    can_be_made: bool


class Details(TypedDict):
    """Details of the document behind a file, as a download tells them."""

    artist: str
    album: str
    track: str
    language: str
    cover: Picture


class NotReady(ExportError):
    """A piece that is not spoken to its end."""

    status = 409


class BadExport(ExportError):
    """A format or loudness that does not exist."""

    status = 400


class TooManyExports(ExportError):
    """More downloads than one person may wait for."""

    status = 429
    limit = "downloads"


class Exports:
    """Exports of all people's files, for pages, API and worker."""

    def __init__(self, config: Config, db: Database, store: AudioStore, registry: Registry):
        self.db, self.store, self.registry = db, store, registry
        self.limit_bytes = config.exports_mb * 1024 * 1024
        self.files = ExportStore(config.exports_dir, min_free_mb=config.min_free_mb)
        store.when_deleted = self.files.drop_all_of

    # What an MP3 carries in front

    def tag(self, row: AudioFile, narrator: str = "") -> bytes:
        """The tag of a piece as it is called now, with its chapters and cover."""
        known, parts = self._details(row), self._parts(row)
        marks = [Chapter(part.title, part.start_ms, part.end_ms) for part in parts]
        return id3_tag(
            title=row["display_name"],
            artist=known["artist"] or narrator or row["voice"],
            narrator=narrator if known["artist"] else "",
            album=known["album"],
            track=known["track"],
            chapters=marks if len(marks) > 1 else (),
            cover=known["cover"],
        )

    # Asking

    def formats(self, row: AudioFile) -> list[OfferedFormat]:
        """Each format with its expected size in bytes, whether it can be made, and its download.

        One under an earlier name, or of earlier sound, is passed over.
        """
        made = {
            export["format"]: export
            for export in self.db.list_exports(row["id"])
            if export["fingerprint"] == self._fingerprint(row, export["options"])
        }
        return [
            {
                "format": each,
                "expected_bytes": _expected_bytes(each, row),
                "export": made.get(each.key),
                "can_be_made": runner.has_av() or not each.is_for_av,
            }
            for each in FORMATS.values()
        ]

    def order(self, row: AudioFile, key: str, lufs: float | None) -> Export:
        """Ask for a download of a ready piece; returns its row, perhaps one that is there already.

        `lufs` None leaves the loudness alone. Raises ExportError, NoSpace, DatabaseError.
        """
        if key not in FORMATS or (lufs is not None and lufs not in LOUDNESS):
            raise BadExport("There is no such format. Choose one on the page.")
        if key == "mp3" and lufs is None:
            raise BadExport("For the MP3 as recorded, use the plain download of the piece.")
        if key == "epub" and not row["character_count"]:
            raise BadExport("There is no text to make a book of.")
        if row["status"] != "ready":
            raise NotReady("This piece is still being generated. Download it when it is ready.")
        if self.store.size(row["filename"]) is None:
            raise NotReady("The audio of this piece is missing on the server.")
        runner.check(key, lufs)
        if self.db.count_waiting_exports(row["owner_id"]) >= MOST_WAITING:
            raise TooManyExports(
                Message(
                    "{count} downloads are already being created for you. Wait until one is done.",
                    count=MOST_WAITING,
                )
            )
        chosen = FORMATS[key]
        self.files.check_space(_expected_bytes(chosen, row))
        options = json.dumps({"lufs": lufs})
        earlier = [each for each in self.db.list_exports(row["id"]) if each["format"] == key]
        export = self.db.create_export(
            row,
            key,
            options=options,
            fingerprint=self._fingerprint(row, options),
            name=self.files.new_name(row["filename"], chosen.suffix),
            now=time.time(),
        )
        for each in earlier:
            if each["id"] != export["id"]:
                self.files.drop(each["name"])
        return export

    def get(self, row: AudioFile, export_id: int) -> Export:
        """A download of a piece; raises NotFound."""
        export = self.db.get_export(export_id, row["id"])
        if export is None:
            raise NotFound(NO_EXPORT)
        return export

    def use(self, export: Export) -> None:
        """Note that a download is fetched, so that it is kept longer than others."""
        with suppress(DiskFull, DatabaseDamaged):  # it can be read all the same
            self.db.touch_export(export["id"], time.time())

    def cancel(self, row: AudioFile, export_id: int) -> None:
        """Forget a download; its making stops. Raises NotFound."""
        name = self.db.delete_export(export_id, row["id"])
        if name is None:
            raise NotFound(NO_EXPORT)
        self.files.drop(name)

    def _fingerprint(self, row: AudioFile, options: str) -> str:
        """A hash over all that shows in a download: sound, names, chapters, author, cover."""
        known = self._details(row)
        picture = known["cover"]
        words = {name: text for name, text in known.items() if name != "cover"}
        shown = [
            row["sha256"], row["size"], row["display_name"], row["voice"], options, words,
            hashlib.sha256(picture.data).hexdigest(),
            [[part.title, part.text_start, part.start_ms] for part in self._parts(row)],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()

    # Making

    def make(self, export: Export, worker: str, stop: threading.Event) -> None:
        """Make a claimed download. Raises Stopped, LeaseLost and what else went wrong."""
        row = self.db.get_exported_file(export["file_id"])
        if row is None:
            raise LeaseLost(NO_EXPORT)
        self.store.open(row["filename"]).close()  # another program reads it by its name
        part = self.files.part_path(export["name"])
        written_at = 0.0

        def tell(share: float) -> None:
            nonlocal written_at
            if stop.is_set():
                raise Stopped
            now = time.time()
            if now - written_at >= 0.5:
                written_at = now
                lease = {"now": now, "lease_s": LEASE_S}
                if not self.db.advance_export(export["id"], worker, share, **lease):
                    raise Stopped

        try:
            task = self._task(row, export, part)
            self.files.check_space(_expected_bytes(FORMATS[export["format"]], row))
            tell(0.0)
            size = runner.make(task, tell)
            if self._is_changed(row):
                raise Stopped  # made of two sounds: it is made again
            self.files.finish(export["name"])
            self.db.finish_export(export["id"], worker, size=size, now=time.time())
        except LeaseLost:
            if not self.db.has_export(export["name"]):
                self.files.drop(export["name"])
            raise
        except BaseException:
            self.files.drop(export["name"])
            raise
        for name in self.db.drop_unused_exports(self.limit_bytes):
            self.files.drop(name)

    def _is_changed(self, row: AudioFile) -> bool:
        """Whether the sound of a piece became another one."""
        latest = self.db.get_exported_file(row["id"])
        return latest is None or latest["sha256"] != row["sha256"]

    def reconcile(self) -> None:
        """Remove what a kill left on disk, and forget what a restored backup has no file of."""
        self.files.sweep(self.db.has_export)
        self.db.drop_missing_exports(self.files.has)

    def _task(self, row: AudioFile, export: Export, part: Path) -> ExportTask:
        known = self._details(row)
        narrator = self._voice_name(row)
        has_author = bool(known["artist"])
        return ExportTask(
            format=export["format"],
            source=str(self.store.path(row["filename"])),
            target=str(part),
            title=row["display_name"],
            parts=tuple(self._parts(row)),
            segments=tuple(self.db.get_segments(row["id"]) or [_whole(row)]),
            text=self.db.get_text(row["id"]),
            lufs=read_or_default("options", export["options"])["lufs"],
            artist=known["artist"] or narrator,
            narrator=narrator if has_author else "",
            album=known["album"],
            track=known["track"],
            language=known["language"] or self._voice_language(row),
            identifier=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, row['filename'])}",
            modified=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            cover=known["cover"],
        )

    def _parts(self, row: AudioFile) -> list[ChapterSpan]:
        """The chapters that have sound; the whole piece as one where there are none."""
        found = [
            ChapterSpan(each["title"], each["text_start"], each["text_end"], each["start_ms"],
                 each["end_ms"])
            for each in self.db.get_chapters(row["id"])
            if each["start_ms"] is not None and each["end_ms"] is not None
            and each["end_ms"] > each["start_ms"]
        ]  # fmt: skip
        end_ms = round(row["duration"] * 1000)
        return found or [ChapterSpan("", 0, row["character_count"], 0, end_ms)]

    def _details(self, row: AudioFile) -> Details:
        """Author, book, track, language and cover, from the document it was made of, if any."""
        known: Details = {
            "artist": "",
            "album": row["category"],
            "track": "",
            "language": "",
            "cover": cover(row["display_name"]),
        }
        if row["document_id"]:
            document = self.db.get_document(row["document_id"], row["owner_id"])
            if document:
                known["artist"], known["language"] = document["author"], document["language"]
                known["album"] = document["title"] or known["album"]
                known["track"] = str(row["track"]) if row["track"] else ""
            found = self.db.get_document_cover(row["document_id"]) if document else None
            if found and found["cover_type"] in PICTURES:
                known["cover"] = Picture(found["cover"], found["cover_type"])
        return known

    def _voice_name(self, row: AudioFile) -> str:
        try:
            return self.registry.get(row["engine"]).voice(row["voice"]).name
        except SpeechError:
            return row["voice"]

    def _voice_language(self, row: AudioFile) -> str:
        try:
            return self.registry.get(row["engine"]).voice(row["voice"]).language
        except SpeechError:
            return ""


def _whole(row: AudioFile) -> TimedSegment:
    """A piece that came from elsewhere, with no segments of its own, as one."""
    return {
        "text_start": 0, "text_end": row["character_count"], "start_ms": 0,
        "end_ms": round(row["duration"] * 1000), "words": "",
    }  # fmt: skip


def _expected_bytes(format: Format, row: AudioFile) -> int:
    return int(format.bytes_a_second * row["duration"]) + 50_000
