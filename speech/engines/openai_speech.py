"""Speech over the OpenAI request POST /audio/speech, from OpenAI or any server that answers it."""

import contextlib
from collections.abc import Generator, Iterator
from typing import Any, ClassVar

from speech import prices
from speech.engine import carry_odd
from speech.engines import openai_errors as faults
from speech.engines.openai_engine import OpenAIEngine
from speech.errors import BrokenAudio, SpeechError
from speech.types import AudioChunk, SpeechRequest

SAMPLE_RATE = 24_000
TRIES = 3
CONNECT_S = 10.0

EVERY_MODEL = ("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer")
NEWER_MODELS = ("ballad", "cedar", "marin", "verse")


class OpenAISpeech(OpenAIEngine):
    """Speaks through a provider, passing its sound on as it comes."""

    name: str = "openai"
    label: str = "OpenAI speech"
    protocol: ClassVar[str] = "speech"
    usual_model: ClassVar[str] = "tts-1"
    speed_range: ClassVar[tuple[float, float]] = (0.25, 4.0)
    sample_rate = SAMPLE_RATE
    segment_characters = 1000
    first_segment_characters = 1
    segment_bytes = 2000

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

    def _connect(self) -> Any:
        # Imported at the first request: the package takes more than half a second to load.
        import httpx2

        return self._client_of(
            httpx2.Timeout(self._timeout_s, connect=min(CONNECT_S, self._timeout_s)),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=64),
        )

    def _priced(self, configured: float | None) -> prices.Price:
        return prices.openai_price(self.model, is_openai=self.is_openai, configured=configured)

    def _usual_voices(self) -> tuple[str, ...]:
        if self.is_openai and not self.model.startswith("tts-1"):
            return tuple(sorted(EVERY_MODEL + NEWER_MODELS))
        return EVERY_MODEL


def _checked_start(pieces: Iterator[bytes], content_type: str) -> Iterator[bytes]:
    """Pass pieces on, held back until the first bytes are seen to be sound."""
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
        raise BrokenAudio("The provider sent no audio.")
    if len(start) < faults.TELLING_BYTES:
        faults.check_start(start, content_type)
        yield start
