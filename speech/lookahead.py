"""Speaking ahead: several segments at once or in advance, handed over in their order."""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from speech.types import AudioChunk

Line = TypeVar("Line")
Item = TypeVar("Item")


@dataclass(slots=True)
class _Slot:
    """A line on its way: chunks, then None, or the error that ended it."""

    line: Any
    chunks: queue.SimpleQueue[AudioChunk | BaseException | None] = field(
        default_factory=queue.SimpleQueue
    )


class LookAhead(Generic[Line]):
    """Runs `speak` on up to `parallel` lines at once, such as segments, `window` ahead at most.

    One thread more prepares the next line meanwhile, so that no engine waits for its text.

    Iterating yields (line, chunks); the chunks of the first unfinished line arrive while it
    is still being spoken. Whether it waits or not, it calls `tick` at least every `tick_s` seconds
    while chunks are taken, which may raise.
    Leaving the `with` block takes up no further line. Those under way are stopped, or, with
    `finish_started`, go on in the background: what is being bought should not be bought again.
    """

    def __init__(
        self,
        lines: Iterable[Line],
        speak: Callable[[Line], Generator[AudioChunk]],
        *,
        parallel: int,
        window: int,
        tick: Callable[[], None],
        tick_s: float = 0.25,
        finish_started: bool = False,
    ):
        self._lines = iter(lines)
        self._speak = speak
        self._tick, self._tick_s = tick, tick_s
        self._order: queue.SimpleQueue[_Slot | BaseException | None] = queue.SimpleQueue()
        self._prepared: queue.SimpleQueue[_Slot | None] = queue.SimpleQueue()
        self._wanted = threading.Semaphore(parallel + 1)
        self._room = threading.Semaphore(window)
        self._no_more = threading.Event()
        self._closing = threading.Event()
        self._finish_started = finish_started
        self._ticked_at = time.monotonic()
        self._threads = [
            threading.Thread(target=self._prepare, name="prepare-ahead", daemon=True),
            *(
                threading.Thread(target=self._run, name=f"speak-ahead-{number}", daemon=True)
                for number in range(parallel)
            ),
        ]

    def __enter__(self) -> "LookAhead[Line]":
        started = []
        try:
            for thread in self._threads:
                thread.start()
                started.append(thread)
        except RuntimeError:  # the system gives no further threads
            self._threads = started
            self.__exit__()
            raise
        return self

    def __exit__(self, *details: object) -> None:
        self._no_more.set()
        self._wanted.release()
        self._room.release()
        if self._finish_started:
            return
        self._closing.set()
        for thread in self._threads:
            thread.join()

    def __iter__(self) -> Iterator[tuple[Line, Iterator[AudioChunk]]]:
        while (slot := self._wait(self._order)) is not None:
            yield slot.line, self._chunks(slot)
            self._room.release()

    def _chunks(self, slot: _Slot) -> Iterator[AudioChunk]:
        while (chunk := self._wait(slot.chunks)) is not None:
            yield chunk

    def _wait(self, source: "queue.SimpleQueue[Item | BaseException | None]") -> Item | None:
        while True:
            if time.monotonic() - self._ticked_at >= self._tick_s:
                self._tick()
                self._ticked_at = time.monotonic()
            try:
                item = source.get(timeout=self._tick_s)
            except queue.Empty:
                continue
            if isinstance(item, BaseException):
                raise item
            return item

    def _prepare(self) -> None:
        """Put one line after the other into the order, and before whoever speaks next."""
        while (slot := self._next_slot()) is not None:
            self._order.put(slot)
            self._prepared.put(slot)
        for _ in self._threads:
            self._prepared.put(None)

    def _next_slot(self) -> _Slot | None:
        """The next line once it is wanted; None at the end, or when stopping."""
        self._wanted.acquire()
        self._room.acquire()
        if self._no_more.is_set():
            return None
        try:
            line = next(self._lines, None)
        except Exception as error:  # noqa: BLE001 (handed to the thread that asked)
            self._order.put(error)
            return None
        if line is None:
            self._order.put(None)
            return None
        return _Slot(line)

    def _run(self) -> None:
        while (slot := self._prepared.get()) is not None and not self._no_more.is_set():
            self._wanted.release()
            self._fill(slot)

    def _fill(self, slot: _Slot) -> None:
        try:
            with closing(self._speak(slot.line)) as stream:
                for chunk in stream:
                    slot.chunks.put(chunk)
                    if self._closing.is_set():
                        return
            slot.chunks.put(None)
        except Exception as error:  # noqa: BLE001 (handed to the thread that asked)
            slot.chunks.put(error)
            self._no_more.set()  # nothing more is bought for a text that cannot be finished
