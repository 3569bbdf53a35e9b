"""Program that reads one document, in a sandboxed process of its own."""

import codecs
import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.errors import Message
from documents.errors import Broken, DocumentError, EmptyDocument, NotSupported, TooLargeInside
from documents.limits import Limits
from documents.types import Document

if TYPE_CHECKING:
    from documents.encodings import Decoded
    from documents.safe_zip import Archive

if sys.platform != "win32":
    import resource

FEW_FILES = 16
NICENESS = 10  # pages and listeners come first
RECOGNITION_S = 4 * 3600  # of processor time, where pages are recognised
PAGE_CPU_S = 5  # more for each of them
WRITING = frozenset("wax+")
REFUSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.mk")
ENCODINGS = ("cp1252", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1", "cp437")


def limit(limits: Limits, later_cpu_s: int = 0) -> None:
    """Bound memory and time, and forbid files to grow; before any parser is loaded.

    The time can be raised later on, by `later_cpu_s` at most.
    """
    if sys.platform == "win32":
        return
    os.nice(NICENESS)
    memory = limits.memory_mb * 1_000_000
    for what, soft in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FEW_FILES),
    ):
        _, hard = resource.getrlimit(what)
        is_free = hard == resource.RLIM_INFINITY
        soft = soft if is_free else min(soft, hard)
        # Out of time is told by a signal of its own, which comes before the last one.
        grace = later_cpu_s + 2 if what == resource.RLIMIT_CPU else 0
        resource.setrlimit(what, (soft, soft + grace if is_free else min(soft + grace, hard)))


def _allow_page() -> None:
    """Allow the time that one more page takes."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (min(soft + PAGE_CPU_S, hard), hard))


def close_the_door(program: str = "") -> None:
    """Forbid this process to connect, to start programs and to open files for writing.

    The one `program` may be started.
    """
    # A module that is loaded from now on would leave an open file where it may not be cached.
    sys.dont_write_bytecode = True
    for encoding in ENCODINGS:
        codecs.lookup(encoding)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen" and program and arguments[0] == program:
            return
        # What is open already, such as a pipe, has no path but a number.
        is_file = event == "open" and not isinstance(arguments[0], int)
        is_writing = is_file and not WRITING.isdisjoint(str(arguments[1] or ""))
        if is_writing or event.startswith(REFUSED):
            raise PermissionError(event)

    sys.addaudithook(refuse)


@dataclass(slots=True)
class Source:
    """Document that is asked for: its file, and what is known of it beside."""

    path: str
    kind: str
    title: str
    filename: str
    charset: str
    encoding: str
    tesseract: str
    is_recognised: bool
    archive: "Archive | None" = None
    decoded: "Decoded | None" = None

    def data(self) -> bytes:
        """Read the whole file, or the one of its format that is packed in it."""
        if self.archive:
            return self.archive.read(self.archive.single(f".{self.kind}"))
        return Path(self.path).read_bytes()

    def text(self) -> str:
        """Decode the whole file, in the encoding that somebody chose or that it shows."""
        from documents.encodings import decode, decode_as, decode_markup

        if self.encoding:
            self.decoded = decode_as(self.data(), self.encoding)
        else:
            way = decode_markup if self.kind == "html" else decode
            self.decoded = way(self.data(), self.charset)
        return self.decoded.text

    def markup(self) -> bytes:
        """Decode the whole file; what it becomes is UTF-8, and says so."""
        return codecs.BOM_UTF8 + self.text().encode("utf-8", "replace")

    def unpacked(self) -> "Archive | None":
        """Give the archive that the file is."""
        return self.archive


@dataclass(frozen=True, slots=True)
class Reader:
    """Function of a module in documents/, which is loaded where a document asks for it.

    It is given what `takes` makes of the source and the title; where `is_told_format`, also which
    of its formats that is in.
    """

    module: str
    function: str
    takes: Callable[[Source], object]
    is_told_format: bool = False

    def load(self) -> Callable[..., Document]:
        """Load the function with all that it needs."""
        read: Callable[..., Document] = getattr(
            import_module(f"documents.{self.module}"), self.function
        )
        return read

    def __call__(self, source: Source) -> Document:
        """Read a document once nothing else can be done any more."""
        read = self.load()
        close_the_door()
        formats = [source.kind] if self.is_told_format else []
        return read(self.takes(source), source.title, *formats)


def _pdf(source: Source) -> Document:
    from documents.pdf import open_pdf, read_pdf

    opened, scans = open_pdf(source.path), None
    if source.tesseract:
        from documents.pdf_scans import Scans

        scans = Scans(source.tesseract, is_now=source.is_recognised, at_page=_tell)
    close_the_door(source.tesseract)
    return read_pdf(opened, source.title, scans)


def _tell(done: int, of: int) -> None:
    """Tell the progress, on a line of its own before the answer."""
    _allow_page()
    sys.stdout.buffer.write(_json({"page": done + 1, "pages": of}) + b"\n")
    sys.stdout.buffer.flush()


READERS: Mapping[str, Callable[[Source], Document]] = {
    "pdf": _pdf,
    "epub": Reader("epub", "read_epub", Source.unpacked),
    "docx": Reader("docx", "read_docx", Source.unpacked),
    "odt": Reader("odt", "read_odt", Source.unpacked),
    "fodt": Reader("odt", "read_flat_odt", Source.data),
    "rtf": Reader("rtf", "read_rtf", Source.data),
    "fb2": Reader("fb2", "read_fb2", Source.data),
    "eml": Reader("mail", "read_mail", Source.data, is_told_format=True),
    "mhtml": Reader("mail", "read_mail", Source.data, is_told_format=True),
    "notebook": Reader("notebook", "read_notebook", Source.data),
    "html": Reader("html_page", "read_page", Source.markup),
    "markdown": Reader("markdown", "read_markdown", Source.text),
    "rst": Reader("rst", "read_rst", Source.text),
    "latex": Reader("latex", "read_latex", Source.text),
    "csv": Reader("tabular", "read_rows", Source.text, is_told_format=True),
    "tsv": Reader("tabular", "read_rows", Source.text, is_told_format=True),
    "srt": Reader("subtitles", "read_captions", Source.text, is_told_format=True),
    "vtt": Reader("subtitles", "read_captions", Source.text, is_told_format=True),
    "ass": Reader("subtitles_ass", "read_ass", Source.text),
    "txt": Reader("plain_text", "read_plain", Source.text),
}


def read(request: dict[str, Any], limits: Limits) -> Document:
    """Read the file that the request names with the one reader that it needs."""
    names = [field.name for field in fields(Source) if field.name in request]
    source = Source(**{name: request[name] for name in names})
    if source.kind == "zip":
        return _archive(source, limits)
    document, decoded = READERS[source.kind](source), source.decoded
    if decoded is None:
        return document
    notes = (*document.notes, *decoded.notes())
    return replace(document, notes=notes, encoding="" if decoded.is_sure else decoded.encoding)


def _archive(source: Source, limits: Limits) -> Document:
    from documents.safe_zip import Archive

    try:
        return _read_archive(Archive(source.path, limits.inflated_mb * 1_000_000), source)
    except Broken as error:
        return _salvaged(source, limits, error)


def _salvaged(source: Source, limits: Limits, error: Broken) -> Document:
    """Read what still unpacks of a damaged archive; raises the first error where nothing does."""
    from documents.safe_xml import DAMAGED
    from documents.safe_zip import Archive
    from documents.zip_salvage import rebuilt

    try:
        archive = Archive(rebuilt(source.path), limits.inflated_mb * 1_000_000)
        document = _read_archive(archive, source)
    except (NotSupported, Broken, EmptyDocument):
        raise error from None
    notes = dict.fromkeys((Message(DAMAGED), *document.notes))
    return replace(document, notes=tuple(notes))


def _read_archive(archive: "Archive", source: Source) -> Document:
    from documents.detect_format import check_name, named_refusal

    with archive:
        try:
            kind = archive.kind()
        except NotSupported as error:
            raise named_refusal(error, source.filename) from None
        check_name(kind, source.filename)
        return READERS[kind](replace(source, kind=kind, archive=archive))


def answer(request: dict[str, Any], limits: Limits) -> bytes:
    """Make the document as JSON, or the error that reading it ends in."""
    try:
        return _json({"document": read(request, limits).to_dict()})
    except DocumentError as error:
        return _json({"error": type(error).__name__, "values": error.values})
    except MemoryError:
        return _json({"error": TooLargeInside.__name__, "values": {}})


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def main() -> None:
    """Answer the one request on standard input."""
    # Looking for circles among millions of parts takes a quarter of the time, and finds few.
    gc.set_threshold(100_000, 20, 100)
    request = json.loads(sys.stdin.buffer.read())
    limits = Limits(**request["limits"])
    limit(limits, RECOGNITION_S if request["is_recognised"] else 0)
    sys.stdout.buffer.write(answer(request, limits) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
