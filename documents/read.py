"""Reading of documents in a child process that has limits, no secrets and nothing to write to."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict
from email.message import Message
from pathlib import Path, PurePath
from typing import Any

from common.cores import free_from_core
from common.pipes import pipes
from common.transient_causes import FROM_OUTSIDE
from documents import reader_process
from documents.detect_format import HEAD, kind_of
from documents.errors import Broken, Interrupted, TookTooLong, TooLarge, TooLargeInside, named
from documents.limits import Limits
from documents.text_cleaning import one_line
from documents.types import Document

log = logging.getLogger("voiceverse.documents.read")

LIMITS = Limits()
LOGGED = 2000  # characters of what a crashed reader said
OUT_OF_MEMORY = -signal.SIGABRT  # what PDFium does then
OUT_OF_TIME = -getattr(signal, "SIGXCPU", 24)


def read(
    data_path: Path,
    filename: str,
    *,
    content_type: str = "",
    encoding: str = "",
    limits: Limits = LIMITS,
) -> Document:
    """Read the file at `data_path`; `filename` is what its owner calls it.

    `content_type` is what a server said of it, `encoding` the one that somebody chose for a text,
    by its name in documents/encoding_labels.py. Raises DocumentError; whatever the file holds, an
    answer comes within `limits.wall_s` seconds.
    """
    if data_path.stat().st_size > limits.file_mb * 1_000_000:
        raise TooLarge(megabytes=limits.file_mb)
    with data_path.open("rb") as file:
        head = file.read(HEAD)
    request = {
        "path": str(data_path.resolve()),
        "kind": kind_of(head, filename, content_type),
        "title": title_of(filename),
        "charset": _charset(content_type),
        "encoding": encoding,
        "limits": asdict(limits),
    }
    # Beside the file there is room that belongs to this program.
    with tempfile.TemporaryDirectory(prefix="reading-", dir=data_path.parent) as empty:
        answer = _ask(json.dumps(request).encode(), Path(empty), limits)
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


def _ask(request: bytes, folder: Path, limits: Limits) -> dict[str, Any]:
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
    is_late = threading.Event()
    watchdog = threading.Timer(limits.wall_s, _end, (process, is_late))
    watchdog.start()
    try:
        answer, complaint = _exchange(process, request, limits.result_mb * 1_000_000)
    finally:
        watchdog.cancel()
        _end(process)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
    if is_late.is_set():
        raise TookTooLong(seconds=limits.wall_s)
    if process.returncode == OUT_OF_TIME:
        raise TookTooLong(seconds=limits.cpu_s)
    if process.returncode in FROM_OUTSIDE:
        raise Interrupted
    if process.returncode == OUT_OF_MEMORY:
        raise TooLargeInside
    if process.returncode != 0:
        log.warning("a reader ended with %s: %s", process.returncode, complaint)
        raise Broken
    return json.loads(answer)


def _exchange(process: subprocess.Popen[bytes], request: bytes, most: int) -> tuple[bytes, str]:
    """Send the request, gather the answer and the end of what the child complains about."""
    into, out = pipes(process)
    try:
        into.write(request)
        into.close()
    except BrokenPipeError:
        return b"", "it did not start"
    answer = out.read(most + 1)
    if len(answer) > most:
        raise TooLargeInside
    complaint = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
    process.wait()
    return answer, complaint[-LOGGED:]


def _end(process: subprocess.Popen[bytes], is_late: threading.Event | None = None) -> None:
    """Leave nothing of the child: neither it nor what it may have started."""
    if process.poll() is not None:
        return
    if is_late:
        is_late.set()
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
