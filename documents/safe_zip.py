"""Safe reading of ZIP archives: single entries, counted as they unpack; writes nothing."""

import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from documents.errors import Broken, Encrypted, OtherOfficeFile, PlainArchive, TooLargeInside
from documents.foreign_formats import refused_by_name
from documents.safe_xml import parse_xml

MOST_ENTRIES = 20_000
PIECE = 256 * 1024
LOCKED = 0x1
EPUB = b"application/epub+zip"
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
OPEN_TEXT = OPEN_DOCUMENT + b".text"
WORD_TYPES = (
    b"wordprocessingml.document.main+xml",
    b"wordprocessingml.template.main+xml",
    b"ms-word.document.macroEnabled.main+xml",
    b"ms-word.template.macroEnabledTemplate.main+xml",
)
CONTENT_LISTS = ("[Content_Types].xml", "META-INF/manifest.xml")
WORD = "word/document.xml"
OF_OTHERS = {
    ".pages": ("Index/Document.iwa", "index.xml"),
    ".xps": ("FixedDocSeq.fdseq", "FixedDocumentSequence.fdseq"),
}
WORD_ROOT = re.compile(rb"<\w{1,20}:document\s[^>]{0,4000}wordprocessingml")
OTHER_OFFICE = ("xl/workbook.xml", "ppt/presentation.xml")


class Archive:
    """An archive by the names of its entries; reading more than `most` bytes in all is refused."""

    def __init__(self, path: str | BytesIO, most: int) -> None:
        self._left = most
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Broken from error
        infos = self._zip.infolist()
        if len(infos) > MOST_ENTRIES:
            self._zip.close()
            raise TooLargeInside
        self._infos = {info.filename: info for info in infos}
        self._read: set[str] = set()
        self._folded: dict[str, str] = {}
        for names in zip(*map(_spellings, self._infos), strict=True):
            for name, spelling in zip(self._infos, names, strict=True):
                self._folded.setdefault(spelling, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return bool(self.find(name))

    def find(self, name: str) -> str:
        """Find the entry that is meant by a name, whatever its case and escapes, else ""."""
        return self._folded.get(_folded(name)) or ""

    def names(self) -> Iterator[str]:
        """List the entries that are no folders, as the archive writes them."""
        return (name for name in self._infos if not name.endswith("/"))

    def kind(self) -> str:
        """Tell "epub", "docx", "odt" and "fb2"; raises PlainArchive and its kin for others."""
        mimetype = self.read("mimetype")[:80].strip() if "mimetype" in self else b""
        if EPUB in mimetype or "META-INF/container.xml" in self:
            return "epub"
        if any(name.lower().endswith(".opf") for name in self.names()):
            return "epub"
        main = self.main_part()
        is_word = bool(main) and WORD_ROOT.search(self.head(main, 4096)) is not None
        if main.startswith("word/") or is_word or self._lists(*WORD_TYPES):
            return "docx"
        if mimetype.startswith(OPEN_TEXT) or (not mimetype and self._lists(OPEN_TEXT)):
            return "odt"
        if mimetype.startswith(OPEN_DOCUMENT) or any(name in self for name in OTHER_OFFICE):
            raise OtherOfficeFile
        if self.single(".fb2"):
            return "fb2"
        self._refuse_by_entries()
        raise PlainArchive

    def single(self, suffix: str) -> str:
        """Find the one entry whose name ends so, "" where there is none or several."""
        found = [name for name in self._infos if name.lower().endswith(suffix)]
        return found[0] if len(found) == 1 else ""

    def _refuse_by_entries(self) -> None:
        for suffix, entries in OF_OTHERS.items():
            if any(name in self for name in entries):
                raise refused_by_name(suffix) or PlainArchive()

    def _lists(self, *types: bytes) -> bool:
        """Whether the archive's list of its own contents names one of these types."""
        lists = (name for name in CONTENT_LISTS if name in self)
        return any(type_ in content for content in map(self.read, lists) for type_ in types)

    def read(self, name: str) -> bytes:
        """Read an entry's bytes; raises KeyError, Broken, Encrypted, TooLargeInside."""
        found = self.find(name)
        # What the archive says of sizes is a claim: only what comes out counts, once.
        is_counted = found in self._read
        self._read.add(found)
        pieces = []
        for piece in self._pieces(self._infos[found], PIECE):
            self._left -= 0 if is_counted else len(piece)
            if self._left < 0:
                raise TooLargeInside
            pieces.append(piece)
        return b"".join(pieces)

    def head(self, name: str, size: int) -> bytes:
        """Read the first bytes of an entry; raises KeyError, Broken, Encrypted."""
        return next(self._pieces(self._infos[self.find(name)], size), b"")

    def _pieces(self, info: zipfile.ZipInfo, size: int) -> Iterator[bytes]:
        if info.flag_bits & LOCKED:
            raise Encrypted
        try:
            with self._zip.open(info) as entry:
                while piece := entry.read(size):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise Broken from error

    def main_part(self) -> str:
        """Find the entry that a Microsoft Office document keeps its text in, "" where none is."""
        if "_rels/.rels" in self:
            for relation in parse_xml(self.read("_rels/.rels")).iter("{*}Relationship"):
                target = relation.get("Target", "").lstrip("/")
                if relation.get("Type", "").endswith("/officeDocument") and target in self:
                    return target
        return WORD if WORD in self else self._written_by_word()

    def _written_by_word(self) -> str:
        """Find the text of a Word file whose lists of parts are missing, else ""."""
        parts = (name for name in self._infos if name.lower().endswith(".xml"))
        return next((name for name in parts if WORD_ROOT.search(self.head(name, 4096))), "")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/").lstrip("/")).casefold()


def _spellings(name: str) -> tuple[str, str, str]:
    """Spell an entry's name as it is, without escapes, and in UTF-8 that was not called so."""
    try:
        meant = name.encode("cp437").decode()
    except UnicodeError:
        meant = name
    return _folded(name), _folded(unquote(name)), _folded(meant)


def resolve(base: str, reference: str) -> str:
    """Resolve a reference inside the entry `base` to an entry's name, whatever dots it holds."""
    folder = posixpath.dirname(base)
    return posixpath.normpath(posixpath.join("/", folder, reference)).lstrip("/")
