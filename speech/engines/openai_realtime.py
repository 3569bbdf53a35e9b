"""Speech over the OpenAI Realtime protocol: models made for talks, asked to read word for word."""

import difflib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any, ClassVar

from speech import endings, prices
from speech.breaker import Breaker
from speech.engine import Engine
from speech.engines import openai_faults as faults
from speech.engines.openai_models import (
    OPENAI_URL,
    VoiceRow,
    is_openai,
    listed_voices,
    shutdown_notices,
)
from speech.engines.realtime_line import SAMPLE_RATE, Line, LineGone, Said
from speech.errors import BrokenAudio, KeyMissing, SpeechError
from speech.types import AudioChunk, Delivery, ModelNotice, SpeechRequest, Voice
from speech.verbatim import is_verbatim

MODEL = "gpt-realtime-2.1-mini"
VOICES = (
    "marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse",
)  # fmt: skip
TRIES = 3
IDLE_S = 60.0
PIECE_BYTES = 32 * 1024

log = logging.getLogger("voiceverse.realtime")


class OpenAIRealtime(Engine):
    """Speaks a sentence at a time, and passes it on when its transcript has been compared."""

    name: str = "openai-realtime"
    label: str = "OpenAI Realtime"
    protocol: ClassVar[str] = "realtime"
    speed_range: ClassVar[tuple[float, float]] = (0.25, 1.5)
    reads_numbers: ClassVar[bool] = True
    sample_rate = SAMPLE_RATE
    keeps_segments = True
    segment_characters = 1  # a segment is a sentence
    first_segment_characters = 1
    segment_bytes = 2000

    def __init__(
        self,
        api_key: str = "",
        base_url: str = "",
        model: str = MODEL,
        voices: Sequence[str | VoiceRow] = (),
        usd_per_million_characters: float | None = None,
        parallel: int = 8,
        timeout_s: float = 60.0,
        longest_text: int | None = None,
        name: str = "",
        label: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not (api_key or base_url):
            raise KeyMissing
        self.name, self.label = name or self.name, label or self.label
        if longest_text:
            self.segment_bytes = min(self.segment_bytes, longest_text)
        self.settings = {
            "api_key": api_key, "base_url": base_url, "model": model, "voices": list(voices),
            "usd_per_million_characters": usd_per_million_characters, "parallel": parallel,
            "timeout_s": timeout_s, "name": self.name, "label": self.label,
            "protocol": self.protocol,
        }  # fmt: skip
        self.address = (base_url or OPENAI_URL).rstrip("/")
        self.is_openai = is_openai(self.address)
        self.model = model
        self.parallel = parallel
        self._key, self._timeout_s, self._sleep = api_key, timeout_s, sleep
        self.breaker = Breaker(self.label)
        self._lock = threading.Lock()
        self._client: Any = None
        self._lines = _Lines(self._open, parallel)
        listed = listed_voices(voices or VOICES, self.name)
        self._voices = {voice.identifier: voice for voice in listed}
        self.default_voice = next(iter(self._voices))
        self._prices = prices.realtime_prices(model, is_openai=self.is_openai)
        self._price = prices.realtime_price(self._prices, configured=usd_per_million_characters)
        if usd_per_million_characters is not None:
            self._prices = None  # what is configured holds, whatever the provider counts

    def voices(self) -> Sequence[Voice]:
        """The configured voices, else the protocol's ten, the two that are recommended first."""
        return tuple(self._voices.values())

    def voice(self, identifier: str) -> Voice:
        """The voice of that name; raises UnknownVoice."""
        return self._voices.get(identifier) or super().voice(identifier)

    def price(self) -> prices.Price:
        """An estimate from the model's prices by the token, unless another is configured."""
        return self._price

    def notices(self) -> Sequence[ModelNotice]:
        """The end of the model in use, from its server or from the table of known ends."""
        try:
            with faults.translated(self._key, self.address):
                models = getattr(self._connected().models.list(), "data", ())
        except SpeechError:
            models = ()  # many servers list no models: that is no failure to speak
        return shutdown_notices(models, self.model, is_openai=self.is_openai)

    def ends_on(self) -> date | None:
        """The day on which OpenAI ends the model; models of other servers have none."""
        return endings.end_of(self.model) if self.is_openai else None

    def warm(self) -> None:
        """Load the SDK, which takes half a second, ahead of the first request."""
        self._connected()

    def close(self) -> None:
        """Close the idle connections."""
        self._lines.close()
        with self._lock:
            client, self._client = self._client, None
        if client:
            client.close()

    def _speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        # Held until it is compared: sound that is out could not be asked for again.
        said, delivery = self._compared(request)
        last = max(0, len(said.pcm) - 1) // PIECE_BYTES * PIECE_BYTES
        for start in range(0, last, PIECE_BYTES):
            yield AudioChunk(said.pcm[start : start + PIECE_BYTES], SAMPLE_RATE)
        yield AudioChunk(said.pcm[last:], SAMPLE_RATE, delivery=delivery)

    def _compared(self, request: SpeechRequest) -> tuple[Said, Delivery]:
        """The sound nearest to the text, asked for a second time if it is not what is written."""
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
                    raise BrokenAudio(error.sentence) from error
                continue  # a session that was left idle had ended meanwhile
            faults.check_length(request, len(said.pcm) / 2 / SAMPLE_RATE)
            return said

    def _cost(self, takes: Sequence[Said]) -> float | None:
        if self._prices is None or any(take.usage is None for take in takes):
            return None
        return self._prices.cost(sum((take.usage for take in takes), prices.Usage()))

    def _open(self, voice: str, speed: float) -> Line:
        return Line(self._connected(), self.model, voice, speed, self._key, self._timeout_s)

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                # Imported at the first request: the package takes more than half a second to load.
                import openai

                self._client = openai.OpenAI(
                    api_key=self._key or "none",
                    base_url=self.address,
                    max_retries=0,
                    timeout=self._timeout_s,
                    http_client=openai.DefaultHttpxClient(follow_redirects=False),
                )
            return self._client


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
    """How much of the words is the same, from 0 to 1."""
    return difflib.SequenceMatcher(None, text.lower().split(), said.lower().split()).ratio()
