"""Speech over the OpenAI Realtime protocol: models made for talks, asked to read word for word."""

import difflib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from speech import prices
from speech.engines import openai_errors as faults
from speech.engines.openai_engine import OpenAIEngine
from speech.engines.realtime_session import SAMPLE_RATE, Line, LineGone, Said
from speech.errors import BrokenAudio, SpeechError
from speech.text.transcript_check import is_verbatim
from speech.types import AudioChunk, Delivery, SpeechRequest

MODEL = "gpt-realtime-2.1-mini"
VOICES = (
    "marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse",
)  # fmt: skip
TRIES = 3
IDLE_S = 60.0
PIECE_BYTES = 32 * 1024

log = logging.getLogger("voiceverse.openai_realtime")


class OpenAIRealtime(OpenAIEngine):
    """Speaks a sentence at a time, and passes it on when its transcript has been compared."""

    name: str = "openai-realtime"
    label: str = "OpenAI Realtime"
    protocol: ClassVar[str] = "realtime"
    usual_model: ClassVar[str] = MODEL
    speed_range: ClassVar[tuple[float, float]] = (0.25, 1.5)
    sample_rate = SAMPLE_RATE
    segment_characters = 1  # a segment is a sentence
    first_segment_characters = 1
    segment_bytes = 2000

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._lines = _Lines(self._open, self.parallel)

    def close(self) -> None:
        """Close the idle connections."""
        self._lines.close()
        super().close()

    def _speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        # Held until it is compared: sound that is out could not be asked for again.
        said, delivery = self._compared(request)
        last = max(0, len(said.pcm) - 1) // PIECE_BYTES * PIECE_BYTES
        for start in range(0, last, PIECE_BYTES):
            yield AudioChunk(said.pcm[start : start + PIECE_BYTES], SAMPLE_RATE)
        yield AudioChunk(said.pcm[last:], SAMPLE_RATE, delivery=delivery)

    def _compared(self, request: SpeechRequest) -> tuple[Said, Delivery]:
        """Get the sound nearest to the text, asking a second time if it is not what is written."""
        takes = [self._asked(request)]
        if not is_verbatim(request.text, takes[0].transcript):
            # Where this fails, the first take is there and paid for, and carries its mark.
            with suppress(SpeechError):
                takes.append(self._asked(request))
        cost = self._cost(takes)
        for said in takes:
            if is_verbatim(request.text, said.transcript):
                return said, Delivery(cost_usd=cost)
        log.warning("%s said %s characters otherwise than written", self.model, len(request.text))
        said = max(takes, key=lambda take: _likeness(request.text, take.transcript))
        return said, Delivery(said.transcript.strip() or "…", cost)

    def _asked(self, request: SpeechRequest) -> Said:
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(request)
            except SpeechError as error:
                if not error.retryable or attempt == TRIES:
                    raise
                self._sleep(faults.pause_s(error, attempt))
        raise AssertionError("the last try returns or raises")

    def _once(self, request: SpeechRequest) -> Said:
        text = request.text.encode("utf-8", "replace").decode()
        while True:
            was_new = True
            try:
                with self._lines.borrow(request.voice, request.speed) as line:
                    was_new = line.is_new
                    said = line.say(text)
            except LineGone as error:
                if was_new:
                    raise BrokenAudio(error.message) from error
                continue  # a session that was left idle had ended meanwhile
            faults.check_length(request, len(said.pcm) / 2 / SAMPLE_RATE)
            return said

    def _cost(self, takes: Sequence[Said]) -> float | None:
        used = [take.usage for take in takes if take.usage is not None]
        if self._prices is None or len(used) < len(takes):
            return None
        return self._prices.cost(sum(used, prices.Usage()))

    def _open(self, voice: str, speed: float) -> Line:
        return Line(self._connected(), self.model, voice, speed, self._key, self._timeout_s)

    def _usual_voices(self) -> Sequence[str]:
        return VOICES  # the protocol's ten, the two that are recommended first

    def _priced(self, configured: float | None) -> prices.Price:
        # What is configured holds, whatever the provider counts.
        self._prices = (
            prices.realtime_prices(self.model, is_openai=self.is_openai)
            if configured is None
            else None
        )
        return prices.realtime_price(self._prices, configured=configured)

    def _connect(self) -> Any:
        return self._client_of(self._timeout_s)


class _Lines:
    """Connections that are lent to one thread at a time, at most `limit` of them at once."""

    def __init__(self, open_line: Callable[[str, float], Line], limit: int) -> None:
        self._open = open_line
        self._limit = limit
        self._room = threading.Semaphore(limit)
        self._lock = threading.Lock()
        self._idle: deque[tuple[tuple[str, float], float, Line]] = deque()

    @contextmanager
    def borrow(self, voice: str, speed: float) -> Iterator[Line]:
        """An idle connection for that voice and speed, or a new one; a failed one is closed."""
        with self._room:
            key = (voice, speed)
            line = self._take(key) or self._open(voice, speed)
            try:
                yield line
            except BaseException:
                line.close()
                raise
            self._give_back(key, line)

    def close(self) -> None:
        """Close the idle ones."""
        with self._lock:
            idle, self._idle = list(self._idle), deque()
        for _, _, line in idle:
            line.close()

    def _take(self, wanted: tuple[str, float]) -> Line | None:
        self._drop_tired()
        with self._lock:
            for place, (key, _, line) in enumerate(self._idle):
                if key == wanted:
                    del self._idle[place]
                    return line
        return None

    def _give_back(self, key: tuple[str, float], line: Line) -> None:
        with self._lock:
            self._idle.append((key, time.monotonic(), line))
        self._drop_tired()

    def _drop_tired(self) -> None:
        """Close those that are old or long idle, and the longest idle of too many."""
        now, tired = time.monotonic(), []
        with self._lock:
            for _ in range(len(self._idle)):
                key, since, line = self._idle.popleft()
                if line.is_old or now - since > IDLE_S or len(self._idle) >= self._limit:
                    tired.append(line)
                else:
                    self._idle.append((key, since, line))
        for line in tired:
            line.close()


def _likeness(text: str, said: str) -> float:
    """Share of the words that are the same, from 0 to 1."""
    return difflib.SequenceMatcher(None, text.lower().split(), said.lower().split()).ratio()
