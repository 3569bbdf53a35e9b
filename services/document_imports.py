"""Imports of documents: files and web addresses, read in a process of their own and stored."""

import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from common.cores import usable_cores
from common.errors import Message
from config import Config
from database import Database
from documents.errors import NeedsRecognition, Stalled, TooLarge
from documents.fetch import Fetched, FetchLimits, fetch
from documents.limits import Limits
from documents.read import Recognition, read
from documents.recognition import find_program
from documents.types import LEFT_OUT, Document, compose
from queries.leases import LEASE_S
from queries.rows import DocumentOriginal, DocumentRow, ImportRow
from services.document_errors import (
    ImportGone,
    ImportsBusy,
    ReadersBusy,
    ReadingStopped,
    WebImportOff,
)
from services.file_names import NAME_LENGTH, plain_name
from services.quotas import Quotas
from speech.text.language import settled
from storage.audio_errors import translating_disk_full
from storage.audio_store import AudioStore
from storage.errors import NotFound
from storage.file_locks import LockSlots
from storage.import_store import ImportStore
from storage.plain_files import sync

LEAST_READERS = 2  # on a machine with one core, too: one may be recognising pages for hours
AT_ONCE_MB = 20  # larger files are read by the worker, which has time
AT_ONCE_S = 20  # what takes longer on a busy machine, too
READER_WAIT_S = 10.0  # for others that are read at once
MOST_WAITING = 50  # of one person
READ_KEPT_S = 86_400.0  # that an import is known which became a document
MOST_KEPT_BYTES = 5_000_000  # of a file whose encoding is in doubt
ORIGIN_LENGTH = 500
LANGUAGE_LENGTH = 35
BUSY = "Many of your documents are waiting to be imported. Add more once some of them are done."
ALL_BUSY = "Other documents are being imported. Wait a moment, then try again."
FILE_GONE = "The file of this import no longer exists. Import it again."
NO_IMPORT = "There is no such import in your library."
UNTITLED = "Untitled"
UPLOAD_PREFIX, PAGE_PREFIX = "upload-", "page-"
LEFT_BEHIND = re.compile(r"(upload|page|reading)-.+")
# With what `tempfile` adds: for a folder that is a link to one where others may have files.
LEFT_ELSEWHERE = re.compile(r"(upload|page|reading)-[a-z0-9_]{8}")
PICTURES = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: what its owner calls it, where it is from, what a server said of it."""

    path: Path
    filename: str
    origin: str
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an import: the row of a document, or one that waits to be read."""

    document: DocumentRow | None = None
    waiting: ImportRow | None = None


class DocumentImports:
    """Reads what people import. One object serves all threads of a process."""

    def __init__(self, config: Config, db: Database, store: AudioStore):
        self.config, self.db, self._audio = config, db, store
        self.waiting = ImportStore(config.imports_dir)
        self._quotas = Quotas(config, db)
        limits = FetchLimits(file_mb=config.max_upload_mb)
        self.fetch: Callable[[str, Path], Fetched] = partial(fetch, limits=limits)
        count = max(LEAST_READERS, usable_cores())
        self.readers = LockSlots(config.data_dir, "reader", count)

    def open_upload(self, needed_bytes: int = 0) -> IO[bytes]:
        """A new file of mode 0600 in the data folder, named by us, gone when it is closed."""
        self._audio.check_space(needed_bytes, self._folder)
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

    def import_file(self, owner_id: int, path: Path, filename: str) -> Added:
        """Read the file at `path`, called `filename` by its owner, or put it in line.

        Raises ImportsBusy, NoSpace, StorageUsedUp or a DocumentError.
        """
        return self._add(owner_id, Source(path, filename, filename))

    def import_address(self, owner_id: int, url: str) -> Added:
        """Fetch a page and read it, or put it in line; "example.org/a" is one by https.

        Raises as `import_file` does.
        """
        if self.config.web_import == "off":
            raise WebImportOff(
                "Web addresses cannot be imported here. Save the page and import the file."
            )
        with (
            translating_disk_full(),
            tempfile.TemporaryDirectory(prefix=PAGE_PREFIX, dir=self._folder) as folder,
        ):
            path = Path(folder) / "page"
            page = self.fetch(_with_scheme(url.strip()), path)
            source = Source(path, page.filename, page.url, page.content_type)
            return self._add(owner_id, source)

    # The line

    def place(self, waiting: ImportRow) -> int:
        """The place in line, from 1; 0 for what is not in line."""
        return self.db.get_import_place(waiting["id"]) if waiting["status"] == "queued" else 0

    def forget(self, import_id: int, owner_id: int) -> None:
        """Take an import out of the line, or forget that it failed. Raises NotFound."""
        upload = self.db.delete_import(import_id, owner_id)
        if upload is None:
            raise NotFound(NO_IMPORT)
        self.waiting.drop(upload)

    def reconcile(self) -> None:
        """Remove files that nobody waits for any more."""
        names = self.waiting.names()
        with self.db.transaction():  # what another one was about to enter with them is there now
            unwanted = [name for name in names if not self.db.has_import(name)]
        for name in unwanted:
            self.waiting.drop(name)

    def read_waiting(
        self, waiting: ImportRow, worker: str, *, is_stopping: Callable[[], bool]
    ) -> DocumentRow:
        """Read what waits and is leased to `worker`; returns the document's row.

        Raises ReadingStopped, LeaseLost, ImportGone, StorageUsedUp or a DocumentError.
        """
        path = self.waiting.path(waiting["upload"])
        if path is None:
            raise ImportGone(FILE_GONE)

        def at_page(page: int, pages: int) -> None:
            if is_stopping():
                raise ReadingStopped
            self.db.advance_import(
                waiting["id"], worker, page, pages, now=time.time(), lease_s=LEASE_S
            )

        recognition = Recognition(find_program(self.config.tesseract), at_page=at_page)
        source = Source(path, waiting["name"], waiting["origin"], waiting["content_type"])
        document = self._read(source, self._limits, recognition)
        with self.db.transaction():
            row = self._store(waiting["owner_id"], document, source, freed=path.stat().st_size)
            self.db.finish_import(waiting["id"], worker, row["id"])
        self.waiting.drop(waiting["upload"])
        return row

    def reread(self, original: DocumentOriginal, encoding: str) -> Document:
        """Read a file again, in the encoding of that name.

        Raises ImportsBusy, NoSpace or a DocumentError.
        """
        with translating_disk_full(), self.open_upload(len(original["content"])) as file:
            file.write(original["content"])
            file.flush()
            with self._reading():
                return read(
                    Path(file.name),
                    original["filename"],
                    content_type=original["content_type"],
                    encoding=encoding,
                    limits=self._limits,
                )

    @property
    def _folder(self) -> Path:
        return self.config.imports_dir

    @property
    def _limits(self) -> Limits:
        return Limits(file_mb=self.config.max_upload_mb)

    def _add(self, owner_id: int, source: Source) -> Added:
        size = source.path.stat().st_size
        is_small = size <= AT_ONCE_MB * 1_000_000
        is_long = False
        if is_small:
            try:
                limits = replace(self._limits, wall_s=AT_ONCE_S)
                recognition = Recognition(find_program(self.config.tesseract), is_now=False)
                with self._reading():
                    document = self._read(source, limits, recognition)
                return Added(self._store(owner_id, document, source))
            except NeedsRecognition:
                is_long = True
            except (Stalled, ReadersBusy):
                pass  # for lack of processor time, which the worker can wait for
        elif size > self._limits.file_mb * 1_000_000:
            raise TooLarge(megabytes=self._limits.file_mb)
        return Added(waiting=self._put_in_line(owner_id, source, is_long=is_long))

    def _put_in_line(self, owner_id: int, source: Source, *, is_long: bool) -> ImportRow:
        now = time.time()
        self.db.drop_read_imports(now - READ_KEPT_S)
        with translating_disk_full(self._folder):
            sync(source.path)  # this may take long, and the database need not wait for it
        upload = ""
        try:
            with self.db.transaction():  # `reconcile` sees the file with its row alone
                self._check_room(owner_id, source.path.stat().st_size)
                upload = self.waiting.add(source.path)
                return self.db.create_import(
                    owner_id,
                    name=clean_line(source.filename, ORIGIN_LENGTH),
                    origin=clean_line(source.origin, ORIGIN_LENGTH),
                    content_type=source.content_type[:ORIGIN_LENGTH],
                    upload=upload,
                    is_long=is_long,
                    now=now,
                )
        except BaseException:
            self.waiting.drop(upload)
            raise

    def _check_room(self, owner_id: int, size: int) -> None:
        """Raise ImportsBusy or StorageUsedUp where a person may put no more in line."""
        if self.db.count_waiting_imports(owner_id) >= MOST_WAITING:
            raise ImportsBusy(BUSY)
        self._quotas.check_storage(owner_id, size)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self.readers.hold(READER_WAIT_S) as is_free:
            if not is_free:
                raise ReadersBusy(ALL_BUSY)
            yield

    def _read(self, source: Source, limits: Limits, recognition: Recognition) -> Document:
        with translating_disk_full():
            return read(
                source.path,
                source.filename,
                content_type=source.content_type,
                limits=limits,
                recognition=recognition,
            )

    def _store(
        self, owner_id: int, document: Document, file: Source, *, freed: int = 0
    ) -> DocumentRow:
        """Keep a document, for which `freed` bytes go. Raises StorageUsedUp."""
        is_kept = bool(document.encoding) and file.path.stat().st_size <= MOST_KEPT_BYTES
        if document.encoding and not is_kept:
            note = Message(
                "This was read as {encoding}. If letters are wrong, save it as UTF-8 and "
                "import it again.",
                encoding=document.encoding,
            )
            document = replace(document, notes=(*document.notes, note))
        kind, fields = picture_type(document.cover or b""), stored_fields(document)
        original = file.path.read_bytes() if is_kept else b""
        with self.db.transaction():
            size = fields["characters"] + len(original)
            self._quotas.check_storage(owner_id, size - freed)
            row = self.db.create_document(
                owner_id,
                **fields,
                author=clean_line(document.author, NAME_LENGTH),
                source=document.source,
                origin=clean_line(file.origin, ORIGIN_LENGTH),
                cover=document.cover if kind else None,
                cover_type=kind,
            )
            if is_kept:
                self.db.keep_document_original(
                    row["id"],
                    encoding=document.encoding,
                    filename=file.filename,
                    content_type=file.content_type,
                    content=original,
                )
        return row


def stored_fields(document: Document) -> dict[str, Any]:
    """Make the fields of a document's row that follow from what was read."""
    fields = document.to_dict() | {"cover": None, "cover_type": ""}
    chapters = [compose(chapter, LEFT_OUT) for chapter in document.chapters]
    return {
        "title": clean_line(document.title, NAME_LENGTH) or UNTITLED,
        "language": settled(clean_line(document.language, LANGUAGE_LENGTH), "\n".join(chapters)),
        "characters": sum(map(len, chapters)),
        "content": json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
    }


def _with_scheme(address: str) -> str:
    """An address as people type it, with the scheme that a browser would take."""
    return address if "://" in address else f"https://{address}"


def picture_type(picture: bytes) -> str:
    """The type of a picture that pages may show, by its first bytes; "" for anything else."""
    for mark, place, kind in PICTURES:
        if picture[place : place + len(mark)] == mark:
            return kind
    return ""


def clean_line(text: str, most: int) -> str:
    """A text of others on one line, in letters that can be stored."""
    whole = text.encode("utf-8", "replace").decode()
    return plain_name(whole)[:most]
