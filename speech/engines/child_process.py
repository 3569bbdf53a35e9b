"""The child's side of a process that speaks: frames out, requests in, and how it fails.

A frame is one type byte, a little-endian 32-bit length and a payload:

in   S request   JSON, an object for the worker's `speak`
     C cancel    empty; the request under way ends early
out  R ready     what the worker's `greeting` says
     A audio     16-bit samples
     M marks     JSON: rows of start, length and sample of words in the sound that follows
     D done      what `speak` returned
     E error     UTF-8 text; the process lives on unless it could not start
     W wait      code of a cause that passes by itself; the process lives on if it had started

It ends when its standard input closes.
"""

import errno
import faulthandler
import json
import os
import queue
import re
import signal
import struct
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

Requests = queue.SimpleQueue[dict[str, Any]]
HEADER = struct.Struct("<cI")
FRAME_BYTES = 32 * 1024
STUCK_S = 180
SHORT = {errno.ENOMEM: "memory", errno.EMFILE: "open_files", errno.ENFILE: "open_files"}
NO_MEMORY = re.compile("bad_alloc|failed to map segment|annot allocate|allocate memory")


class SpeakingWorker(Protocol):
    """What speaks in the child; `failures` are the errors that end a request, not the process."""

    @property
    def failures(self) -> tuple[type[Exception], ...]: ...

    def greeting(self) -> bytes:
        """Say what the parent wants to know when the process is ready."""

    def speak(self, sound: "Sound", request: dict[str, Any]) -> bytes:
        """Send the sound of a request; returns what the parent is told at its end."""

    def forget(self, request: dict[str, Any]) -> None:
        """Drop what a failed request may have left in disorder."""


class Cancelled(Exception):
    """The parent wants no more of the request under way."""


class Sound:
    """Sound on its way out, with a watch over the model: one that is stuck ends the process."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End the request under way before its next sound; for other threads."""
        self._cancelled.set()

    def begin(self) -> None:
        """Begin a request."""
        self._cancelled.clear()
        self.watch()

    def watch(self) -> None:
        """Give the model its time, from now on."""
        faulthandler.dump_traceback_later(STUCK_S, exit=True)

    def end(self) -> None:
        """End the watch."""
        faulthandler.cancel_dump_traceback_later()

    def send(self, pcm: bytes, marks: list[tuple[int, int, int]] | None = None) -> None:
        """Send samples and the marks of their words; raises Cancelled."""
        # A slow reader may keep us waiting here for long; only the model is on the clock.
        self.end()
        if marks:
            send(self._output, b"M", json.dumps(marks).encode())
        for start in range(0, len(pcm), FRAME_BYTES):
            send(self._output, b"A", pcm[start : start + FRAME_BYTES])
        if self._cancelled.is_set():
            raise Cancelled
        self.watch()


def send(output: BinaryIO, kind: bytes, payload: bytes = b"") -> None:
    """Write one frame; a reader that is gone ends this process."""
    try:
        output.write(HEADER.pack(kind, len(payload)))
        output.write(payload)
        output.flush()
    except OSError:
        os._exit(0)


def fail(output: BinaryIO, error: Exception, what: str) -> None:
    """Say what failed: the cause where that lies elsewhere and passes by itself, else `what`."""
    short = SHORT.get(getattr(error, "errno", None) or 0)
    if short is None and (isinstance(error, MemoryError) or NO_MEMORY.search(str(error))):
        short = "memory"
    send(output, *((b"W", short.encode()) if short else (b"E", what.encode())))


def serve(make_worker: Callable[[], SpeakingWorker], name: str) -> None:
    """Serve requests from standard input until it ends; `name` is what cannot be loaded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes us
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the frames
    try:
        worker = make_worker()
        greeting = worker.greeting()
    except (ImportError, OSError, MemoryError, RuntimeError, ValueError) as error:
        fail(output, error, f"{name} cannot be loaded: {error}."[:300])
        return
    send(output, b"R", greeting)
    sound, requests = Sound(output), Requests()
    arguments = (sys.stdin.buffer, requests, sound)
    threading.Thread(target=_read_requests, args=arguments, daemon=True).start()
    while True:
        _speak(worker, sound, output, requests.get())


def _speak(worker: SpeakingWorker, sound: Sound, output: BinaryIO, request: dict[str, Any]) -> None:
    done = b""
    sound.begin()
    try:
        done = worker.speak(sound, request)
    except Cancelled:
        pass
    except worker.failures as error:
        worker.forget(request)
        fail(output, error, f"{type(error).__name__}: {error}".splitlines()[0][:200])
        return
    finally:
        sound.end()
    send(output, b"D", done)


def _read_requests(source: BinaryIO, requests: Requests, sound: Sound) -> None:
    """Queue requests and pass cancels on at once; the end of input ends the process."""
    while len(header := source.read(HEADER.size)) == HEADER.size:
        kind, length = HEADER.unpack(header)
        payload = source.read(length)
        if kind == b"C":
            sound.cancel()
        else:
            requests.put(json.loads(payload))
    os._exit(0)
