"""A few espeak-ng child processes, lent out one request at a time."""

import json
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from speech.engines import espeak_process as wire
from speech.errors import EngineCrashed, EngineMissing
from speech.types import WordMark

PIPE_BYTES = 256 * 1024  # some seconds of sound, so that the child works while the parent encodes
CANCEL_S = 2.0
CRASHED = "The embedded voice stopped unexpectedly."
REMEDY = "Install the package espeakng-loader again."


@dataclass(frozen=True, slots=True)
class Library:
    """Where espeak-ng lives: the library's path, and the folder of its data or None."""

    path: str
    data: Path | None


@dataclass(frozen=True, slots=True)
class Done:
    """How far the child read, in code points, and how many samples it made."""

    read: int
    samples: int


class Child:
    """One espeak-ng process; `sample_rate` in Hz is known once it is ready."""

    def __init__(self, library: Library) -> None:
        data = library.data
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", wire.__file__, library.path, data.name if data else ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=data.parent if data else None,
            # Text of strangers is read in there: no secret of the parent's belongs beside it.
            env={} if os.name == "posix" else None,
            pipesize=PIPE_BYTES,
        )
        self._is_busy = False
        self.sample_rate = 0

    @property
    def is_alive(self) -> bool:
        """Whether the process runs and waits for a request."""
        return self._process.poll() is None and not self._is_busy

    def get_ready(self) -> None:
        """Wait for the child's first frame; raises EngineMissing when it cannot start."""
        if self.sample_rate:
            return
        self._is_busy = True
        try:
            kind, payload = self._receive()
        except EngineCrashed as error:
            raise EngineMissing(f"The embedded voice cannot start. {REMEDY}") from error
        if kind == b"E":
            raise EngineMissing(f"{payload.decode()} {REMEDY}")
        (self.sample_rate,) = wire.NUMBER.unpack(payload)
        self._is_busy = False

    def speak(
        self, voice: str, words_per_minute: int, text: str, *, has_phonemes: bool = False
    ) -> Iterator[tuple[bytes, list[WordMark]] | Done]:
        """Yield pieces of sound with their marks, then Done; raises EngineCrashed."""
        request = {
            "voice": voice, "words_per_minute": words_per_minute, "text": text,
            "has_phonemes": has_phonemes,
        }  # fmt: skip
        self._is_busy = True
        self._send(b"S", json.dumps(request).encode())
        while True:
            kind, payload = self._receive()
            if kind == b"A":
                yield _audio(payload)
                continue
            self._is_busy = False
            if kind == b"E":
                raise EngineCrashed(payload.decode())
            yield Done(*wire.DONE.unpack(payload))
            return

    def rest(self) -> None:
        """End the request under way, if any, so that the child can take another."""
        if not self._is_busy or not self.sample_rate:
            return
        watchdog = threading.Timer(CANCEL_S, self._process.kill)
        watchdog.start()
        try:
            self._send(b"C", b"")
            while self._receive()[0] == b"A":
                continue
            self._is_busy = False
        except EngineCrashed:
            self._process.kill()
        finally:
            watchdog.cancel()

    def close(self) -> None:
        """End the process; it has nothing to save."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                continue

    def _send(self, kind: bytes, payload: bytes) -> None:
        try:
            self._process.stdin.write(wire.HEADER.pack(kind, len(payload)) + payload)
            self._process.stdin.flush()
        except OSError as error:
            raise EngineCrashed(CRASHED) from error

    def _receive(self) -> tuple[bytes, bytes]:
        kind, length = wire.HEADER.unpack(self._read(wire.HEADER.size))
        return kind, self._read(length)

    def _read(self, size: int) -> bytes:
        read = self._process.stdout.read(size)
        if len(read) < size:
            raise EngineCrashed(CRASHED)
        return read


@dataclass
class Pool:
    """At most `limit` children, started by `start`; one idle child stays, others end in time."""

    start: Callable[[], Child]
    limit: int = 4
    idle_s: float = 60.0
    _idle: list[tuple[Child, float]] = field(default_factory=list)
    _alive: int = 0
    _change: threading.Condition = field(default_factory=threading.Condition)
    _trimmer: threading.Timer | None = None
    _is_closed: bool = False

    @property
    def alive(self) -> int:
        """How many children there are, idle and busy."""
        with self._change:
            return self._alive

    def warm(self) -> None:
        """Start the first child, without waiting until it is ready."""
        with self._change:
            if self._alive:
                return
            self._alive += 1
        self._put_back(self._started())

    @contextmanager
    def borrow(self) -> Iterator[Child]:
        """A ready child for one request; waits while all are busy."""
        child = self._take()
        try:
            child.get_ready()
            yield child
        finally:
            child.rest()
            self._put_back(child)

    def close(self) -> None:
        """End the idle children; a busy one ends when its request does."""
        with self._change:
            self._is_closed = True
            ended, self._idle = self._idle, []
            self._alive -= len(ended)
            if self._trimmer:
                self._trimmer.cancel()
            self._trimmer = None
            self._change.notify_all()
        for child, _ in ended:
            child.close()

    def _take(self) -> Child:
        with self._change:
            self._change.wait_for(lambda: self._idle or self._alive < self.limit)
            while self._idle:
                child, _ = self._idle.pop()
                if child.is_alive:
                    return child
                self._alive -= 1
                child.close()
            self._alive += 1
        return self._started()

    def _started(self) -> Child:
        try:
            return self.start()
        except BaseException:
            with self._change:
                self._alive -= 1
                self._change.notify()
            raise

    def _put_back(self, child: Child) -> None:
        with self._change:
            if child.is_alive and not self._is_closed:
                self._idle.append((child, time.monotonic()))
                self._plan_trim()
            else:
                self._alive -= 1
                child.close()
            self._change.notify()

    def _plan_trim(self) -> None:
        if len(self._idle) > 1 and self._trimmer is None:
            self._trimmer = threading.Timer(self.idle_s, self._trim)
            self._trimmer.daemon = True
            self._trimmer.start()

    def _trim(self) -> None:
        with self._change:
            self._trimmer = None
            now = time.monotonic()
            # The last of the list is the last used, hence the warmest: it stays.
            old = [pair for pair in self._idle[:-1] if now - pair[1] >= self.idle_s]
            self._idle = [pair for pair in self._idle if pair not in old]
            self._alive -= len(old)
            self._plan_trim()
        for child, _ in old:
            child.close()


def _audio(payload: bytes) -> tuple[bytes, list[WordMark]]:
    (count,) = wire.NUMBER.unpack_from(payload)
    sound = wire.NUMBER.size + count * wire.MARK.size
    marks = struct.iter_unpack(wire.MARK.format, payload[wire.NUMBER.size : sound])
    return payload[sound:], [WordMark(*numbers) for numbers in marks]
