"""The client of the process that buys speech and outlives the worker; see purchase_process.py."""

import itertools
import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from common import transient_causes
from common.errors import AppError, Message
from common.pipes import pipes
from services import purchase_process as wire
from speech.engine import Engine
from speech.errors import EngineCrashed, EngineHeldUp, SpeechError
from speech.types import AudioChunk, Delivery, ModelNotice, SpeechRequest
from storage.audio_errors import AudioError

ROOT = Path(__file__).resolve().parent.parent
PIPE_BYTES = 256 * 1024
IDLE_S = 300.0  # the SDK takes memory that nobody needs for longer
TRIES = 3
STOPPED = "The process that buys audio stopped unexpectedly. What it bought is kept; try again."
LAST = (b"D", b"E", b"N")


def _kinds(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


ERRORS = {kind.__name__: kind for family in (SpeechError, AudioError) for kind in _kinds(family)}

Answers = queue.SimpleQueue[tuple[bytes, bytes]]  # the kind of each, and its content

log = logging.getLogger("voiceverse.purchase_client")


class Gone(Exception):
    """The process ended before it had answered; `code` is that of its end."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code

    def told(self, *, is_paid: bool = False) -> EngineCrashed:
        """The error to raise instead; `is_paid` where a provider had been asked."""
        is_outside = self.code in transient_causes.FROM_OUTSIDE
        error = EngineHeldUp(transient_causes.KILLED) if is_outside else EngineCrashed(STOPPED)
        error.tries = transient_causes.PAID_TRIES if is_paid else None
        return error


class PurchaseClient:
    """Buys through a process that starts with the first order; one object serves all threads."""

    def __init__(self, folder: Path, engines: Iterable[Engine], environ: Mapping[str, str]):
        self._settings: wire.ProcessSettings = {
            "folder": str(folder.absolute()),
            "engines": {engine.name: engine.settings for engine in engines if engine.settings},
        }
        self._environ = dict(environ)
        self._guard = threading.Lock()
        self._line: Line | None = None
        self._used_at = 0.0

    def can_buy(self, engine: Engine) -> bool:
        """Whether that engine's speech can be bought in another process."""
        return bool(engine.settings)

    def buy(
        self,
        engine: Engine,
        request: SpeechRequest,
        content_hash: str,
        begun: Callable[[], object],
        *,
        asks: int = transient_causes.PAID_TRIES,
    ) -> Generator[AudioChunk]:
        """Yield the sound as it arrives; at its end it is cached. Yields nothing if it was before.

        `begun` is called when the provider is asked, and again if the process dies and has to be
        replaced: `asks` times at most. Raises SpeechError, AudioError.
        """
        order: wire.PurchaseOrder = {
            **self._named(engine),
            "content_hash": content_hash,
            "request": {"text": request.text, "voice": request.voice, "speed": request.speed},
        }
        asked = 0
        for attempt in range(1, TRIES + 1):
            has_sound = False
            try:
                for kind, payload in self._answers(b"B", order):
                    if kind == b"G":
                        asked += 1
                        begun()
                    elif kind == b"A":
                        has_sound = True
                        yield AudioChunk(payload, engine.sample_rate)
                    elif has_sound and payload:
                        yield AudioChunk(
                            b"", engine.sample_rate, delivery=Delivery.from_json(payload)
                        )
                return
            except AppError as error:
                if asked and error.waits_for and error.tries is None:
                    error.tries = transient_causes.PAID_TRIES
                raise
            except Gone as error:
                # Sound that is out cannot be called back: whoever asked drops it and asks again.
                if has_sound or attempt == TRIES or asked >= asks:
                    raise error.told(is_paid=asked > 0) from error

    def warm(self) -> None:
        """Start the process ahead of the first order."""
        with self._guard:
            self._open()

    def notices(self, engine: Engine) -> Sequence[ModelNotice]:
        """Ask what the provider says about the model in use; raises SpeechError."""
        try:
            *_, (_, payload) = self._answers(b"N", self._named(engine))
        except Gone as error:
            raise error.told() from error
        return [
            ModelNotice(model, sentence, shutdown and date.fromisoformat(shutdown))
            for model, sentence, shutdown in json.loads(payload)
        ]

    def rest(self) -> None:
        """End the process once nothing has been ordered for a while."""
        with self._guard:
            line = self._line
            if not line or line.is_busy or time.monotonic() - self._used_at < IDLE_S:
                return
            self._line = None
        line.close()

    def close(self) -> None:
        """Order nothing more; the process ends when it has finished what it has begun."""
        with self._guard:
            line, self._line = self._line, None
        if line:
            line.close()

    def _named(self, engine: Engine) -> wire.EngineOrder:
        """The name of an engine in an order; with its settings where the process has others."""
        settings = engine.settings
        if settings is None or settings == self._settings["engines"].get(engine.name):
            return {"engine": engine.name}
        return {"engine": engine.name, "settings": settings}

    def _answers(self, kind: bytes, order: wire.EngineOrder) -> Iterator[tuple[bytes, bytes]]:
        with self._guard:
            answers = self._open().order(kind, order)
        while True:
            kind, payload = answers.get()
            if kind == b"":
                raise Gone(int(payload or b"0"))
            if kind == b"E":
                raise unpacked(payload)
            yield kind, payload
            if kind in LAST:
                return

    def _open(self) -> "Line":
        if self._line is None or not self._line.is_open:
            try:
                self._line = Line(self._settings, self._environ)
            except OSError as error:
                if cause := transient_causes.of_start(error):
                    raise EngineHeldUp(cause) from error
                raise
        self._used_at = time.monotonic()
        return self._line


class Line:
    """One process with its pipes, and the orders that it has not answered to the end."""

    def __init__(self, settings: wire.ProcessSettings, environ: Mapping[str, str]):
        self._process = subprocess.Popen(
            [sys.executable, "-m", wire.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=dict(environ),
            pipesize=PIPE_BYTES,
            start_new_session=True,  # what is meant for the app's processes does not reach it
        )
        self._input, self._output = pipes(self._process)
        self.is_open, self._code = True, 0
        self._guard = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Answers] = {}
        self._send(b"S", 0, settings)
        threading.Thread(target=self._receive, name="purchases", daemon=True).start()

    @property
    def is_busy(self) -> bool:
        """Whether an order has not been answered to its end."""
        return bool(self._waiting)

    def order(self, kind: bytes, order: wire.EngineOrder) -> Answers:
        """Send an order; its answers arrive in the queue, an empty type when there will be none."""
        answers: Answers = queue.SimpleQueue()
        with self._guard:
            if self.is_open:
                number = next(self._numbers)
                self._waiting[number] = answers
                self._send(kind, number, order)
            else:
                answers.put((b"", str(self._code).encode()))
        return answers

    def close(self) -> None:
        """Order nothing more."""
        with self._guard, suppress(BrokenPipeError):
            self._input.close()

    def _send(self, kind: bytes, number: int, values: Mapping[str, object]) -> None:
        payload = json.dumps(values).encode()
        with suppress(BrokenPipeError):  # whoever reads its answers finds out
            self._input.write(wire.HEADER.pack(kind, number, len(payload)) + payload)
            self._input.flush()

    def _receive(self) -> None:
        """Hand out the answers until the process ends."""
        with self._output as source:
            while frame := wire.read_frame(source):
                kind, number, payload = frame
                self._waiting[number].put((kind, payload))
                if kind in LAST:
                    del self._waiting[number]
        code = self._process.wait()
        with self._guard:
            self.is_open, self._code = False, code
            with suppress(BrokenPipeError):
                self._input.close()
            waiting, self._waiting = self._waiting, {}
        if waiting:
            log.warning(
                "the process that buys speech ended with code %s; "
                "what it was buying is bought again (%s orders)",
                code,
                len(waiting),
            )
        for answers in waiting.values():
            answers.put((b"", str(code).encode()))


def unpacked(payload: bytes) -> AppError:
    """The error of a frame, of its own class, with a message that can be translated."""
    told = json.loads(payload)
    kind = ERRORS.get(told["error"], SpeechError)
    is_plain = told["values"] is None
    message = told["template"] if is_plain else Message(told["template"], **told["values"])
    error = kind.__new__(kind, message)  # each class makes its message of other values
    error.message, error.status, error.waits_for = message, told["status"], told["waits_for"]
    error.tries = told["tries"]
    return error
