"""Speech over the OpenAI request POST /audio/speech, from OpenAI or any server that answers it."""

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from speech import endings, prices
from speech.breaker import Breaker
from speech.engine import Engine, carry_odd
from speech.engines import openai_faults as faults
from speech.engines.openai_models import (
    OPENAI_URL,
    VoiceRow,
    is_openai,
    listed_voices,
    shutdown_notices,
)
from speech.errors import BrokenAudio, KeyMissing, SpeechError
from speech.types import AudioChunk, ModelNotice, SpeechRequest, Voice

SAMPLE_RATE = 24_000
TRIES = 3
CONNECT_S = 10.0

EVERY_MODEL = ("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer")
NEWER_MODELS = ("ballad", "cedar", "marin", "verse")


class OpenAISpeech(Engine):
    """Speaks through a provider; each piece of text costs money or time, and is kept."""

    name: str = "openai"
    label: str = "OpenAI speech"
    protocol: ClassVar[str] = "speech"
    speed_range: ClassVar[tuple[float, float]] = (0.25, 4.0)
    reads_numbers: ClassVar[bool] = True
    sample_rate = SAMPLE_RATE
    keeps_segments = True
    segment_characters = 1000
    first_segment_characters = 1
    segment_bytes = 2000

    def __init__(
        self,
        api_key: str = "",
        base_url: str = "",
        model: str = "tts-1",
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
        self.settings = {
            "api_key": api_key, "base_url": base_url, "model": model, "voices": list(voices),
            "parallel": parallel, "timeout_s": timeout_s, "name": self.name, "label": self.label,
            "protocol": self.protocol,
        }  # fmt: skip
        if longest_text:
            self.segment_characters = min(self.segment_characters, longest_text)
            self.segment_bytes = min(self.segment_bytes, longest_text)
        self.address = (base_url or OPENAI_URL).rstrip("/")
        self.is_openai = is_openai(self.address)
        self.model = model
        self.parallel = parallel
        self._key = api_key
        self._timeout_s = timeout_s
        self._sleep = sleep
        self.breaker = Breaker(self.label)
        self._lock = threading.Lock()
        self._client: Any = None
        listed = listed_voices(voices or self._usual_voices(), self.name)
        self._voices = {voice.identifier: voice for voice in listed}
        self.default_voice = next(iter(self._voices))
        self._price = prices.openai_price(
            model, is_openai=self.is_openai, configured=usd_per_million_characters
        )

    def voices(self) -> Sequence[Voice]:
        """The configured voices, else those that the model is known to have."""
        return tuple(self._voices.values())

    def voice(self, identifier: str) -> Voice:
        """The voice of that name; raises UnknownVoice."""
        return self._voices.get(identifier) or super().voice(identifier)

    def price(self) -> prices.Price:
        """The model's price, not known for other servers unless it is configured."""
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
        with self._lock:
            client, self._client = self._client, None
        if client:
            client.close()

    def _speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        for attempt in range(1, TRIES + 1):
            has_sound = False
            try:
                with contextlib.closing(self._once(request)) as pieces:
                    for pcm in pieces:
                        has_sound = True
                        yield AudioChunk(pcm, SAMPLE_RATE)
                return
            except SpeechError as error:
                # Sound that is out cannot be called back: whoever asked drops it and asks again.
                if has_sound or not error.retryable or attempt == TRIES:
                    raise
                self._sleep(faults.pause_s(error, attempt))

    def _once(self, request: SpeechRequest) -> Generator[bytes]:
        size = 0
        with faults.translated(self._key, self.address), contextlib.ExitStack() as stack:
            create = self._connected().audio.speech.with_streaming_response.create
            response = stack.enter_context(
                create(
                    model=self.model,
                    input=request.text.encode("utf-8", "replace").decode(),
                    voice=request.voice,
                    response_format="pcm",
                    speed=request.speed,
                )
            )
            content_type = response.headers.get("content-type", "")
            faults.check_content_type(content_type)
            for piece in carry_odd(_checked_start(response.iter_bytes(), content_type)):
                size += len(piece)
                yield piece
        faults.check_length(request, size / 2 / SAMPLE_RATE)

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Any:
        # Imported at the first request: the package takes more than half a second to load.
        import httpx2
        import openai

        http_client = openai.DefaultHttpxClient(
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=64),
            # Texts and keys are for the server that they were given for, and for no other.
            follow_redirects=False,
        )
        return openai.OpenAI(
            api_key=self._key or "none",
            base_url=self.address,
            max_retries=0,
            timeout=httpx2.Timeout(self._timeout_s, connect=min(CONNECT_S, self._timeout_s)),
            http_client=http_client,
        )

    def _usual_voices(self) -> tuple[str, ...]:
        if self.is_openai and not self.model.startswith("tts-1"):
            return tuple(sorted(EVERY_MODEL + NEWER_MODELS))
        return EVERY_MODEL


def _checked_start(pieces: Iterator[bytes], content_type: str) -> Iterator[bytes]:
    """The same pieces, held back until the first bytes are seen to be sound."""
    start = b""
    for piece in pieces:
        if len(start) < faults.TELLING_BYTES:
            start += piece
            if len(start) < faults.TELLING_BYTES:
                continue
            faults.check_start(start, content_type)
            piece = start
        yield piece
    if not start:
        raise BrokenAudio("The provider answered with no sound.")
    if len(start) < faults.TELLING_BYTES:
        faults.check_start(start, content_type)
        yield start
