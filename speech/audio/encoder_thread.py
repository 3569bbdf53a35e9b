"""A thread that encodes while the sound that comes next is being prepared."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Self

AHEAD = 8  # pieces that may wait
BATCH_BYTES = 128 * 1024  # of waiting samples that are enough for one call: each has its price

Step = Callable[[], object]


class EncoderThread:
    """Feeds samples to `encode` and takes steps between them, in the order in which they come.

    In a thread of its own inside a `with` block, else at once. After a failure nothing more is
    done. The end of the block waits for all.
    """

    def __init__(self, encode: Callable[[bytes], object]) -> None:
        self._encode = encode
        self._waiting: queue.Queue[bytes | Step] = queue.Queue(AHEAD)
        self._thread: threading.Thread | None = None
        self._failure: Future[None] = Future()

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._run, name="encoder", daemon=True)
        thread.start()
        self._thread = thread
        return self

    def __exit__(self, *details: object) -> None:
        if self._thread:
            self._waiting.put(_end)
            self._thread.join()
            self._thread = None

    def put(self, work: bytes | Step) -> None:
        """Add samples to encode or a step to take; raises what an earlier one raised."""
        self._raise()
        if self._thread:
            self._waiting.put(work)
        else:
            self._do(partial(self._encode, work) if isinstance(work, bytes) else work)
            self._raise()

    def settle(self) -> None:
        """Wait until all is done; raises what anything raised."""
        self._waiting.join()
        self._raise()

    def _run(self) -> None:
        work = self._waiting.get()
        while work is not _end:
            step, following = self._batch(work) if isinstance(work, bytes) else (work, None)
            self._do(step)
            self._waiting.task_done()
            work = following or self._waiting.get()
        self._waiting.task_done()

    def _batch(self, samples: bytes) -> tuple[Step, Step | None]:
        """The step that encodes samples with those behind them; the one after it, if it waits."""
        pieces, size = [samples], len(samples)
        encode = partial(self._encode_all, pieces)
        while size < BATCH_BYTES:
            try:
                work = self._waiting.get_nowait()
            except queue.Empty:
                break
            if not isinstance(work, bytes):
                return encode, work
            self._waiting.task_done()  # that of the first piece stands for all
            pieces.append(work)
            size += len(work)
        return encode, None

    def _encode_all(self, pieces: list[bytes]) -> None:
        self._encode(b"".join(pieces))

    def _do(self, step: Step) -> None:
        if self._failure.done():
            return
        try:
            step()
        except BaseException as error:  # noqa: BLE001 (raised for whoever comes next)
            self._failure.set_exception(error)

    def _raise(self) -> None:
        if self._failure.done():
            self._failure.result()


def _end() -> None:
    """End the thread; the last step."""
