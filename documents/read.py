"""Reading of documents in a child process that has limits, no secrets and nothing to write to."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from email.message import Message
from pathlib import Path, PurePath
from typing import Any

from common.cores import free_from_core
from common.pipes import pipes
from common.transient_causes import FROM_OUTSIDE
from documents import reader_process
from documents.detect_format import HEAD, kind_of
from documents.errors import (
    Broken,
    DocumentError,
    Interrupted,
    Stalled,
    TookTooLong,
    TooLarge,
    TooLargeInside,
    named,
)
from documents.limits import Limits
from documents.text_cleaning import one_line
from documents.types import Document

log = logging.getLogger("voiceverse.documents.read")

LIMITS = Limits()
LOGGED = 2000  # characters of what a crashed reader said
OUT_OF_MEMORY = -signal.SIGABRT  # what PDFium does then
OUT_OF_TIME = -getattr(signal, "SIGXCPU", 24)


@dataclass(frozen=True, slots=True)
class Recognition:
    """Recognition of pages without text by the Tesseract at the path `program`.

    Unless `is_now`, a document that needs it is refused with NeedsRecognition. `at_page` is told
    which page is being looked at, from 1, and of how many.
    """

    program: str
    is_now: bool = True
    at_page: Callable[[int, int], None] = lambda page, pages: None


NO_RECOGNITION = Recognition("", is_now=False)


def read(
    data_path: Path,
    filename: str,
    *,
    content_type: str = "",
    encoding: str = "",
    limits: Limits = LIMITS,
    recognition: Recognition = NO_RECOGNITION,
) -> Document:
    """Read the file at `data_path`; `filename` is what its owner calls it.

    `content_type` is what a server said of it, `encoding` the one that somebody chose for a text,
    by its name in documents/encoding_labels.py. Raises DocumentError; whatever the file holds, an
    answer or a sign of progress comes within `limits.wall_s` seconds.
    """
    size = data_path.stat().st_size
    if size > limits.file_mb * 1_000_000:
        raise TooLarge(megabytes=limits.file_mb)
    limits = replace(limits, cpu_s=limits.cpu_s_of(size))
    with data_path.open("rb") as file:
        head = file.read(HEAD)
    request = {
        "path": str(data_path.resolve()),
        "kind": kind_of(head, filename, content_type),
        "title": title_of(filename),
        # An address is no name that somebody gave: its end is not held against the content.
        "filename": "" if content_type else filename,
        "charset": _charset(content_type),
        "encoding": encoding,
        "limits": asdict(limits),
        "tesseract": recognition.program,
        "is_recognised": bool(recognition.program) and recognition.is_now,
    }
    # Beside the file there is room that belongs to this program.
    with tempfile.TemporaryDirectory(prefix="reading-", dir=data_path.parent) as empty:
        answer = _ask(request, Path(empty), limits, recognition.at_page)
    if "error" in answer:
        raise named(answer["error"], answer["values"])
    return Document.from_dict(answer["document"])


def title_of(filename: str) -> str:
    """Title of a document that does not name itself: the file's name in words."""
    name = PurePath(filename.replace("\\", "/")).name
    stem = PurePath(name).stem if len(PurePath(name).suffix) <= 9 else name
    return one_line(stem.replace("_", " "))[:200] or "Untitled"


def _charset(content_type: str) -> str:
    message = Message()
    message["Content-Type"] = content_type
    return str(message.get_param("charset") or "")


def _ask(
    request: dict[str, Any],
    folder: Path,
    limits: Limits,
    at_page: Callable[[int, int], None],
) -> dict[str, Any]:
    process = subprocess.Popen(
        [sys.executable, "-I", reader_process.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={} if os.name == "posix" else None,
        start_new_session=True,
    )
    free_from_core(process.pid)
    watchdog = _Watchdog(process, limits.wall_s)
    try:
        most = limits.result_mb * 1_000_000
        for line in _lines(process, json.dumps(request).encode(), most):
            answer = json.loads(line)
            if "page" not in answer:
                break
            watchdog.calm()
            at_page(answer["page"], answer["pages"])
        else:
            answer = None
        complaint = _rest(process)
    finally:
        watchdog.end()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
    if watchdog.is_late.is_set():
        raise Stalled(seconds=limits.wall_s)
    if answer is None or process.returncode != 0:
        raise _cause(process.returncode, limits.cpu_s, complaint)
    return answer


def _cause(code: int, cpu_s: int, complaint: str) -> DocumentError:
    """Why a reader ended without an answer."""
    if code == OUT_OF_TIME:
        return TookTooLong(seconds=cpu_s)
    if code in FROM_OUTSIDE:
        return Interrupted()
    if code == OUT_OF_MEMORY:
        return TooLargeInside()
    log.warning("a reader ended with %s: %s", code, complaint)
    return Broken()


def _lines(process: subprocess.Popen[bytes], request: bytes, most: int) -> Iterator[bytes]:
    """Send the request; yields the lines of what comes back. Raises TooLargeInside."""
    into, out = pipes(process)
    try:
        into.write(request)
        into.close()
    except BrokenPipeError:
        return
    while line := out.readline(most + 1):
        if len(line) > most:
            raise TooLargeInside
        if line.endswith(b"\n"):  # else it was cut off
            yield line


def _rest(process: subprocess.Popen[bytes]) -> str:
    """The end of what the child complains about, once it is through."""
    complaint = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
    process.wait()
    return complaint[-LOGGED:]


class _Watchdog:
    """Ends a process that gives no sign for `seconds`."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process, self._seconds = process, seconds
        self.is_late = threading.Event()
        self._begin()

    def _begin(self) -> None:
        self._timer = threading.Timer(self._seconds, self._bark)
        self._timer.start()

    def _bark(self) -> None:
        if self._process.poll() is None:
            self.is_late.set()
            _end(self._process)

    def calm(self) -> None:
        """Begin to wait anew: there was a sign."""
        self._timer.cancel()
        self._begin()

    def end(self) -> None:
        """Wait no longer, and leave nothing of the process."""
        self._timer.cancel()
        _end(self._process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the child: neither it nor what it may have started."""
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
