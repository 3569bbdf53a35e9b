"""Imports of documents: files and web addresses, read in a process of their own and stored."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any

from common.errors import Message
from config import Config
from database import Database
from documents.fetch import Fetched, FetchLimits, fetch
from documents.limits import Limits
from documents.read import read
from documents.types import LEFT_OUT, Document, compose
from queries.rows import DocumentOriginal, DocumentRow
from services.document_errors import ImportsBusy, WebImportOff
from services.file_names import CONTROL, NAME_LENGTH
from speech.text.language import settled
from storage.audio_errors import translating_disk_full
from storage.audio_store import AudioStore

READERS = 2  # in all web processes, and one in each at least
READER_WAIT_S = 60.0
MOST_KEPT_BYTES = 5_000_000  # of a file whose encoding is in doubt
ORIGIN_LENGTH = 500
LANGUAGE_LENGTH = 35
BUSY = "Other documents are being read just now. Wait a moment, then try again."
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
class DocumentFile:
    """A file that was read: what its owner calls it, and what a server said of it."""

    path: Path
    filename: str
    content_type: str = ""


class DocumentImports:
    """Reads what people import. One object serves all threads of a process."""

    def __init__(self, config: Config, db: Database, store: AudioStore):
        self.config, self.db, self._audio = config, db, store
        limits = FetchLimits(file_mb=config.max_upload_mb)
        self.fetch: Callable[[str, Path], Fetched] = partial(fetch, limits=limits)
        self._readers = BoundedSemaphore(max(1, READERS // config.web_process_count))

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

    def import_file(self, owner_id: int, path: Path, filename: str) -> DocumentRow:
        """Read the file at `path`, called `filename` by its owner; returns the document's row.

        Raises ImportsBusy, NoSpace or a DocumentError.
        """
        with self._reading(), translating_disk_full():
            document = read(path, filename, limits=self._limits)
        return self._store(owner_id, document, filename, DocumentFile(path, filename))

    def import_address(self, owner_id: int, url: str) -> DocumentRow:
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
            file = DocumentFile(path, page.filename, page.content_type)
            return self._store(owner_id, document, page.url, file)

    def reread(self, original: DocumentOriginal, encoding: str) -> Document:
        """Read a file again, in the encoding of that name. Raises as `import_file` does."""
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

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if not self._readers.acquire(timeout=READER_WAIT_S):
            raise ImportsBusy(BUSY)
        try:
            yield
        finally:
            self._readers.release()

    def _store(
        self, owner_id: int, document: Document, origin: str, file: DocumentFile
    ) -> DocumentRow:
        is_kept = bool(document.encoding) and file.path.stat().st_size <= MOST_KEPT_BYTES
        if document.encoding and not is_kept:
            note = Message(
                "This was read as {encoding}. Where letters are wrong, save it as UTF-8 and import "
                "it again.",
                encoding=document.encoding,
            )
            document = replace(document, notes=(*document.notes, note))
        kind = picture_type(document.cover or b"")
        with self.db.transaction():
            row = self.db.create_document(
                owner_id,
                **stored_fields(document),
                author=clean_line(document.author, NAME_LENGTH),
                source=document.source,
                origin=clean_line(origin, ORIGIN_LENGTH),
                cover=document.cover if kind else None,
                cover_type=kind,
            )
            if is_kept:
                self.db.keep_document_original(
                    row["id"],
                    encoding=document.encoding,
                    filename=file.filename,
                    content_type=file.content_type,
                    content=file.path.read_bytes(),
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


def picture_type(picture: bytes) -> str:
    """The type of a picture that pages may show, by its first bytes; "" for anything else."""
    for mark, place, kind in PICTURES:
        if picture[place : place + len(mark)] == mark:
            return kind
    return ""


def clean_line(text: str, most: int) -> str:
    """A text of others on one line, in letters that can be stored."""
    whole = text.encode("utf-8", "replace").decode()
    return " ".join(CONTROL.sub(" ", whole).split())[:most]
