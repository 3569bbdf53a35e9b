"""Program that reads one document, in a sandboxed process of its own."""

import codecs
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from documents.errors import DocumentError, TooLargeInside
from documents.limits import Limits
from documents.types import Document

if sys.platform != "win32":
    import resource

FEW_FILES = 16
NICENESS = 10  # pages and listeners come first
WRITING = frozenset("wax+")
REFUSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.mk")
ENCODINGS = ("cp1252", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1", "cp437")


def limit(limits: Limits) -> None:
    """Bound memory and time, and forbid files to grow; before any parser is loaded."""
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
        grace = 2 if what == resource.RLIMIT_CPU else 0
        resource.setrlimit(what, (soft, soft + grace if is_free else min(soft + grace, hard)))


def close_the_door() -> None:
    """Forbid this process to connect, to start programs and to open files for writing."""
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    is_writing = event == "open" and (set(str(arguments[1] or "")) & WRITING)
    if is_writing or event.startswith(REFUSED):
        raise PermissionError(event)


def read(request: dict[str, Any], limits: Limits) -> Document:
    """Read the file that the request names with the one reader that it needs."""
    path, title = request["path"], request["title"]
    match request["kind"]:
        case "pdf":
            from documents.pdf import open_pdf, read_pdf

            source = open_pdf(path)
            close_the_door()
            return read_pdf(source, title)
        case "zip":
            return _read_archive(path, title, limits)
        case kind:
            return _read_text(kind, Path(path).read_bytes(), request, title)


def _read_archive(path: str, title: str, limits: Limits) -> Document:
    from documents.safe_zip import Archive

    with Archive(path, limits.inflated_mb * 1_000_000) as archive:
        if archive.kind() == "epub":
            from documents.epub import read_epub

            close_the_door()
            return read_epub(archive, title)
        from documents.docx import read_docx

        close_the_door()
        return read_docx(archive, title)


def _read_text(kind: str, data: bytes, request: dict[str, Any], title: str) -> Document:
    from documents.encodings import decode, decode_as, decode_markup

    if request["encoding"]:
        decoded = decode_as(data, request["encoding"])
    else:
        decoded = (decode_markup if kind == "html" else decode)(data, request["charset"])
    document = _read_decoded(kind, decoded.text, title)
    notes = (*document.notes, *decoded.notes())
    return replace(document, notes=notes, encoding="" if decoded.is_sure else decoded.encoding)


def _read_decoded(kind: str, text: str, title: str) -> Document:
    if kind == "html":
        from documents.html import read_page

        close_the_door()
        return read_page(codecs.BOM_UTF8 + text.encode("utf-8", "replace"), title)
    if kind == "markdown":
        from documents.markdown import read_markdown

        close_the_door()
        return read_markdown(text, title)
    if kind in ("srt", "vtt"):
        from documents.subtitles import read_captions

        close_the_door()
        return read_captions(text, title, kind)
    from documents.plain_text import read_plain

    close_the_door()
    return read_plain(text, title)


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
    request = json.loads(sys.stdin.buffer.read())
    limits = Limits(**request["limits"])
    limit(limits)
    sys.stdout.buffer.write(answer(request, limits))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
