"""The process that buys speech: orders on standard input, sound on standard output.

Run as `python -m services.purchase_process` by the purchase client. What has been asked of a
provider is paid for, so it is received and cached whatever becomes of the process that wanted it:
when standard input ends, what has begun is finished, then this process ends, too.

A frame is one type byte, the number of the order, a little-endian 32-bit length and a payload:

in   S settings  JSON: ProcessSettings; once
     B buy       JSON: PurchaseOrder
     N notices   JSON: EngineOrder
out  G begun     empty; the sound is not cached, and the provider is being asked
     A audio     16-bit samples
     D done      JSON: a Delivery, or empty; the sound is cached: now (after audio) or earlier
     N notices   JSON: a list of model, sentence, shutdown date
     E error     JSON: error, template, values, status, waits_for, tries
"""

import json
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, NotRequired, TypedDict

from common import transient_causes
from common.errors import AppError
from speech.engine import Engine
from speech.engines.openai_engines import engine_from_settings
from speech.errors import EngineHeldUp, SpeechError
from speech.types import AudioChunk, EngineSettings, Receipt, SpeechRequest
from storage.segment_store import SegmentStore

HEADER = struct.Struct("<cII")
MOST_LATER = 32  # engines that stay ready
LONGEST_END_S = 900.0  # after the input ended; time-outs of the engine are shorter than this
UNEXPECTED = "Something unexpected went wrong. See the log."

Answer = tuple[bytes, bytes]


class ProcessSettings(TypedDict):
    """The folder to keep sound in, and the settings of each engine by its name."""

    folder: str
    engines: dict[str, EngineSettings]


class EngineOrder(TypedDict):
    """An order to an engine; its settings come along where they are others than those of S."""

    engine: str
    settings: NotRequired[EngineSettings]


class OrderedSpeech(TypedDict):
    """The fields of the SpeechRequest that is bought."""

    text: str
    voice: str
    speed: float


class PurchaseOrder(EngineOrder):
    """An order for speech, to be kept under its `content_hash`."""

    content_hash: str
    request: OrderedSpeech


class PurchaseProcess:
    """The engines and the store of this process; each order has a thread of its own."""

    def __init__(self, folder: str, engines: dict[str, EngineSettings], output: BinaryIO):
        self.store = SegmentStore(Path(folder))
        self.engines = {name: engine_from_settings(settings) for name, settings in engines.items()}
        self._later: dict[str, Engine] = {}  # by their settings, the latest used last
        self._making = threading.Lock()
        self.is_alone = threading.Event()  # nobody listens any more
        self._output = output
        self._sending = threading.Lock()

    def start(self, kind: bytes, number: int, order: EngineOrder) -> None:
        """Carry out an order in a thread."""
        serve = {b"B": self._buy, b"N": self._notices}[kind]
        try:
            threading.Thread(target=self._settle, args=(number, serve, order)).start()
        except RuntimeError:  # the system gives no further threads
            self.send(b"E", number, packed(EngineHeldUp(transient_causes.PROCESSES)))

    def send(self, kind: bytes, number: int, payload: bytes = b"") -> None:
        """Write one frame, unless the reader is gone."""
        if self.is_alone.is_set():
            return
        try:
            with self._sending:
                self._output.write(HEADER.pack(kind, number, len(payload)))
                self._output.write(payload)
                self._output.flush()
        except OSError:
            self.is_alone.set()

    def _settle(self, number: int, serve: Callable[..., Answer], order: EngineOrder) -> None:
        kind, payload = b"E", packed(SpeechError(UNEXPECTED))
        try:
            kind, payload = serve(number, order)
        except Exception as error:
            cause = transient_causes.of(error)
            if isinstance(error, AppError) and (error.waits_for or not cause):
                payload = packed(error)
            elif cause:
                payload = packed(EngineHeldUp(cause))
            else:
                raise
        finally:
            self.send(kind, number, payload)

    def _buy(self, number: int, order: PurchaseOrder) -> Answer:
        content_hash, receipt = order["content_hash"], Receipt()
        engine, request = self._engine(order), SpeechRequest(**order["request"])
        most = request.most_bytes(engine.sample_rate)
        with self.store.exclusive_writer(content_hash, receipt.note, paid_bytes=most) as write:
            if self.store.has(content_hash) or self.is_alone.is_set():
                return b"D", b""
            self.send(b"G", number)
            write(self._passed_on(number, receipt.hear(engine.speak(request))))
        return b"D", receipt.note()

    def _engine(self, order: EngineOrder) -> Engine:
        """The engine of an order; made now where it came or changed after this process began."""
        settings = order.get("settings")
        if settings is None:
            return self.engines[order["engine"]]
        mark = json.dumps(settings, sort_keys=True)
        with self._making:
            engine = self._later.pop(mark, None) or engine_from_settings(settings)
            self._later[mark] = engine
            if len(self._later) > MOST_LATER:
                # Who speaks through it still has it; nobody else finds it again.
                del self._later[next(iter(self._later))]
        return engine

    def _passed_on(self, number: int, chunks: Iterable[AudioChunk]) -> Iterator[bytes]:
        """The samples of each chunk, which a listener has first."""
        for chunk in chunks:
            self.send(b"A", number, chunk.pcm)
            yield chunk.pcm

    def _notices(self, number: int, order: EngineOrder) -> Answer:
        notices = [
            (note.model, note.sentence, note.shutdown and note.shutdown.isoformat())
            for note in self._engine(order).notices()
        ]
        return b"N", json.dumps(notices).encode()


def packed(error: AppError) -> bytes:
    """An error as the payload of its frame; its message can still be translated."""
    message = error.message
    return json.dumps(
        {
            "error": type(error).__name__,
            "template": getattr(message, "template", message),
            "values": getattr(message, "values", None),
            "status": error.status,
            "waits_for": error.waits_for,
            "tries": error.tries,
        }
    ).encode()


def read_frame(source: IO[bytes]) -> tuple[bytes, int, bytes] | None:
    """Type, number and payload of the next frame; None where the stream ends."""
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, number, length = HEADER.unpack(header)
    payload = source.read(length)
    return (kind, number, payload) if len(payload) == length else None


def main() -> None:
    """Serve until the input ends, then finish what has begun."""
    # Whoever stops this machine's services gives them time: the end of input is our signal.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source = sys.stdin.buffer
    if (frame := read_frame(source)) is None:
        return
    process = PurchaseProcess(**json.loads(frame[2]), output=sys.stdout.buffer)
    for engine in process.engines.values():
        engine.warm()
    while frame := read_frame(source):
        kind, number, payload = frame
        process.start(kind, number, json.loads(payload))
    process.is_alone.set()
    limit = threading.Timer(LONGEST_END_S, os._exit, (1,))
    limit.daemon = True
    limit.start()


if __name__ == "__main__":
    main()
