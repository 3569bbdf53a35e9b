"""Child processes that speak, lent out one request at a time; their frames are all alike.

A frame is one type byte, a little-endian 32-bit length and a payload: A is sound, M the marks of
the words in the sound that follows, C asks the child to end the request under way, whatever else
comes from it ends a request.
"""

import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from common import transient_causes
from common.cores import free_from_core
from common.errors import Message
from common.pipes import pipes
from speech.errors import EngineCrashed, EngineHeldUp, EngineMissing, SpeechError

HEADER = struct.Struct("<cI")
SOUND = (b"A", b"M")
END_WAIT_S = 5.0
DAMAGED = (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL)  # what a damaged library ends in
NO_MEMORY = 12  # the code with which a child ends that got none
PIPE_BYTES = 256 * 1024  # some seconds of sound, so that the child works while the parent encodes


class PipedChild:
    """A process behind pipes; `crashed` is the sentence for when it ends without being asked.

    `remedy` is what helps where its library or data is missing or damaged, and nowhere else.
    """

    crashed: ClassVar[str]
    remedy: ClassVar[str]
    cancel_s: ClassVar[float] = 2.0

    def __init__(self, arguments: Sequence[str], folder: Path | None) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                # Text of strangers is read in there: no secret of the parent's belongs beside it.
                env={} if os.name == "posix" else None,
                pipesize=PIPE_BYTES,
            )
        except OSError as error:
            raise self._not_started(error) from error
        free_from_core(self._process.pid)
        self._input, self._output = pipes(self._process)
        self._is_busy = self._is_ready = False

    @property
    def is_alive(self) -> bool:
        """Whether the process runs and waits for a request."""
        return self._process.poll() is None and not self._is_busy

    def get_ready(self) -> None:
        """Wait for the child's first frame; raises EngineMissing where it can never start, and
        EngineCrashed.
        """
        if self._is_ready:
            return
        self._is_busy = True
        kind, payload = self._receive()
        if kind == b"E":
            raise self._missing(payload.decode())
        self._greet(payload)
        self._is_busy, self._is_ready = False, True

    def _greet(self, payload: bytes) -> None:
        """Take in what the child says when it is ready."""

    def rest(self) -> None:
        """End the request under way, if any, so that the child can take another."""
        if not self._is_busy or not self._is_ready:
            return
        watchdog = threading.Timer(self.cancel_s, self._process.kill)
        try:
            watchdog.start()
        except RuntimeError:  # the system gives no thread: nobody could end a wait in vain
            self._process.kill()
            return
        try:
            self._send(b"C", b"")
            while self._receive()[0] in SOUND:
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
        for pipe in (self._input, self._output):
            try:
                pipe.close()
            except BrokenPipeError:
                continue

    def _send(self, kind: bytes, payload: bytes) -> None:
        try:
            self._input.write(HEADER.pack(kind, len(payload)) + payload)
            self._input.flush()
        except OSError as error:
            raise self._ended() from error

    def _receive(self) -> tuple[bytes, bytes]:
        """The next frame; raises EngineHeldUp where the child names a cause that passes."""
        kind, length = HEADER.unpack(self._read(HEADER.size))
        payload = self._read(length)
        if kind == b"W":
            self._is_busy = not self._is_ready
            raise EngineHeldUp(transient_causes.BY_CODE[payload.decode()])
        return kind, payload

    def _read(self, size: int) -> bytes:
        read = self._output.read(size)
        if len(read) < size:
            raise self._ended()
        return read

    def _ended(self) -> SpeechError:
        """Why the child is gone, as far as its end tells."""
        try:
            code = self._process.wait(END_WAIT_S)
        except subprocess.TimeoutExpired:
            return EngineCrashed(self.crashed)
        if code == NO_MEMORY:
            return EngineHeldUp(transient_causes.MEMORY)
        if code in transient_causes.FROM_OUTSIDE:
            return EngineHeldUp(transient_causes.KILLED)
        if code in DAMAGED and not self._is_ready:
            return self._missing(self.crashed)
        return EngineCrashed(self.crashed)

    def _missing(self, reason: str) -> EngineMissing:
        """An error with the remedy for what is missing or damaged."""
        shown = reason if "{" in reason else Message(reason)
        return EngineMissing(
            Message("{reason} {remedy}", reason=shown, remedy=Message(self.remedy))
        )

    def _not_started(self, error: OSError) -> SpeechError:
        if cause := transient_causes.of_start(error):
            return EngineHeldUp(cause)
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return self._missing(self.crashed)
        return EngineCrashed(self.crashed)


Lent = TypeVar("Lent", bound=PipedChild)


@dataclass
class Pool(Generic[Lent]):
    """Pool of at most `limit` children, started by `start`; `stay` idle ones stay, others end."""

    start: Callable[[], Lent]
    limit: int = 4
    idle_s: float = 60.0
    stay: int = 1
    _idle: list[tuple[Lent, float]] = field(default_factory=list)
    _alive: int = 0
    _change: threading.Condition = field(default_factory=threading.Condition)
    _trimmer: threading.Timer | None = None
    _is_closed: bool = False
    _is_loading: bool = False

    @property
    def alive(self) -> int:
        """Number of children, idle and busy."""
        with self._change:
            return self._alive

    def warm(self) -> None:
        """Start the first child, without waiting until it is ready."""
        with self._change:
            if self._alive:
                return
            self._alive += 1
        self._put_back(self._started())

    def load(self) -> None:
        """Start the first child and wait until it is ready; who asks meanwhile waits for it, too.

        Raises what its start raises.
        """
        with self._change:
            self._drop_dead()
            if self._alive:
                return
            self._alive += 1
            self._is_loading = True
        try:
            child = self._started()
            try:
                child.get_ready()
            finally:
                self._put_back(child)
        finally:
            with self._change:
                self._is_loading = False
                self._change.notify_all()

    @contextmanager
    def borrow(self, suits: Callable[[Lent], bool] | None = None) -> Iterator[Lent]:
        """A ready child for one request, one that suits if it is idle; waits while all are busy."""
        child = self._take(suits)
        try:
            child.get_ready()
            yield child
        finally:
            try:
                child.rest()
            finally:
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

    def _take(self, suits: Callable[[Lent], bool] | None) -> Lent:
        with self._change:
            self._change.wait_for(self._has_child)
            if suits:
                self._idle.sort(key=lambda pair: suits(pair[0]))  # the last one is taken
            while self._idle:
                child, _ = self._idle.pop()
                if child.is_alive:
                    return child
                self._alive -= 1
                child.close()
            self._alive += 1
        return self._started()

    def _has_child(self) -> bool:
        return bool(self._idle) or (self._alive < self.limit and not self._is_loading)

    def _drop_dead(self) -> None:
        dead = [pair for pair in self._idle if not pair[0].is_alive]
        self._idle = [pair for pair in self._idle if pair not in dead]
        self._alive -= len(dead)
        for child, _ in dead:
            child.close()

    def _started(self) -> Lent:
        try:
            return self.start()
        except BaseException:
            with self._change:
                self._alive -= 1
                self._change.notify()
            raise

    def _put_back(self, child: Lent) -> None:
        with self._change:
            if child.is_alive and not self._is_closed:
                self._idle.append((child, time.monotonic()))
                self._plan_trim()
            else:
                self._alive -= 1
                child.close()
            self._change.notify()

    def _spare(self) -> list[tuple[Lent, float]]:
        """The idle children that need not stay: the last of the list was used last, and is warm."""
        return self._idle[: max(0, len(self._idle) - self.stay)]

    def _plan_trim(self) -> None:
        spare = self._spare()
        if spare and self._trimmer is None:
            first = min(since for _, since in spare)
            wait_s = max(0.0, first + self.idle_s - time.monotonic())
            trimmer = threading.Timer(wait_s, self._trim)
            trimmer.daemon = True
            with suppress(RuntimeError):  # the system gives no thread; the next return plans it
                trimmer.start()
                self._trimmer = trimmer

    def _trim(self) -> None:
        with self._change:
            self._trimmer = None
            now = time.monotonic()
            old = [pair for pair in self._spare() if now - pair[1] >= self.idle_s]
            self._idle = [pair for pair in self._idle if pair not in old]
            self._alive -= len(old)
            self._plan_trim()
        for child, _ in old:
            child.close()
