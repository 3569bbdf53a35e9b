"""Program that reads one document, in a sandboxed process of its own."""

import codecs
import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
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
    decoded: "Decoded | None" = None

    def data(self) -> bytes:
        """Read the whole file."""
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
        return ARCHIVE_READERS[kind](archive, source.title)


def _epub(archive: "Archive", title: str) -> Document:
    from documents.epub import read_epub

    close_the_door()
    return read_epub(archive, title)


def _docx(archive: "Archive", title: str) -> Document:
    from documents.docx import read_docx

    close_the_door()
    return read_docx(archive, title)


def _odt(archive: "Archive", title: str) -> Document:
    from documents.odt import read_odt

    close_the_door()
    return read_odt(archive, title)


def _flat_odt(source: Source) -> Document:
    from documents.odt import read_flat_odt

    close_the_door()
    return read_flat_odt(source.data(), source.title)


def _rtf(source: Source) -> Document:
    from documents.rtf import read_rtf

    close_the_door()
    return read_rtf(source.data(), source.title)


def _packed_fb2(archive: "Archive", title: str) -> Document:
    from documents.fb2 import read_fb2

    close_the_door()
    return read_fb2(archive.read(archive.single(".fb2")), title)


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


def _html(source: Source) -> Document:
    from documents.html_page import read_page

    close_the_door()
    return read_page(codecs.BOM_UTF8 + source.text().encode("utf-8", "replace"), source.title)


def _fb2(source: Source) -> Document:
    from documents.fb2 import read_fb2

    close_the_door()
    return read_fb2(source.data(), source.title)


def _mail(source: Source) -> Document:
    from documents.mail import read_mail

    close_the_door()
    return read_mail(source.data(), source.title, source.kind)


def _notebook(source: Source) -> Document:
    from documents.notebook import read_notebook

    close_the_door()
    return read_notebook(source.data(), source.title)


def _markdown(source: Source) -> Document:
    from documents.markdown import read_markdown

    close_the_door()
    return read_markdown(source.text(), source.title)


def _rst(source: Source) -> Document:
    from documents.rst import read_rst

    close_the_door()
    return read_rst(source.text(), source.title)


def _latex(source: Source) -> Document:
    from documents.latex import read_latex

    close_the_door()
    return read_latex(source.text(), source.title)


def _rows(source: Source) -> Document:
    from documents.tabular import read_rows

    close_the_door()
    return read_rows(source.text(), source.title, source.kind)


def _captions(source: Source) -> Document:
    from documents.subtitles import read_captions

    close_the_door()
    return read_captions(source.text(), source.title, source.kind)


def _ass(source: Source) -> Document:
    from documents.subtitles_ass import read_ass

    close_the_door()
    return read_ass(source.text(), source.title)


def _plain(source: Source) -> Document:
    from documents.plain_text import read_plain

    close_the_door()
    return read_plain(source.text(), source.title)


READERS: Mapping[str, Callable[[Source], Document]] = {
    "pdf": _pdf,
    "html": _html,
    "fodt": _flat_odt,
    "rtf": _rtf,
    "fb2": _fb2,
    "eml": _mail,
    "mhtml": _mail,
    "notebook": _notebook,
    "markdown": _markdown,
    "rst": _rst,
    "latex": _latex,
    "csv": _rows,
    "tsv": _rows,
    "srt": _captions,
    "vtt": _captions,
    "ass": _ass,
    "txt": _plain,
}
ARCHIVE_READERS: Mapping[str, Callable[["Archive", str], Document]] = {
    "epub": _epub,
    "docx": _docx,
    "odt": _odt,
    "fb2": _packed_fb2,
}


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
