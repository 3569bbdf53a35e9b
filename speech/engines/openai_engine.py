"""Base of the engines that speak through OpenAI's SDK, to OpenAI or to any server like it."""

import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

from speech import model_shutdowns
from speech.circuit_breaker import CircuitBreaker
from speech.engine import Engine
from speech.engines import openai_errors as faults
from speech.engines import pinned_http
from speech.engines.openai_models import (
    OPENAI_URL,
    VoiceRow,
    is_openai,
    listed_voices,
    shutdown_notices,
)
from speech.errors import KeyMissing, SpeechError
from speech.prices import Price
from speech.types import ModelNotice, Voice


class OpenAIEngine(Engine):
    """A model of one provider behind a base URL; what it speaks costs money or time, and is kept.

    Without `voices` it has those that the model is known to have; without `name` and `label` the
    protocol's own. `longest_text` is in characters, `timeout_s` in seconds.
    """

    protocol: ClassVar[str]
    usual_model: ClassVar[str]
    reads_numbers: ClassVar[bool] = True
    caches_segments = True
    is_natural = True

    def __init__(
        self,
        api_key: str = "",
        base_url: str = "",
        model: str = "",
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
        self.model, self.parallel = model or self.usual_model, parallel
        self.settings = {
            "api_key": api_key, "base_url": base_url, "model": self.model, "voices": list(voices),
            "usd_per_million_characters": usd_per_million_characters, "parallel": parallel,
            "timeout_s": timeout_s, "name": self.name, "label": self.label,
            "protocol": self.protocol,
        }  # fmt: skip
        if longest_text:
            self.segment_characters = min(self.segment_characters, longest_text)
            self.segment_bytes = min(self.segment_bytes, longest_text)
        self.address = (base_url or OPENAI_URL).rstrip("/")
        self.is_openai = is_openai(self.address)
        self.breaker = CircuitBreaker(self.label)
        self._key, self._timeout_s, self._sleep = api_key, timeout_s, sleep
        self._lock = threading.Lock()
        self._client: Any = None
        listed = listed_voices(voices or self._usual_voices(), self.name)
        self._voices = {voice.identifier: voice for voice in listed}
        self.default_voice = next(iter(self._voices))
        self._price = self._priced(usd_per_million_characters)

    @abstractmethod
    def _usual_voices(self) -> Sequence[str]:
        """The voices that the model is known to have, the default one first."""

    @abstractmethod
    def _priced(self, configured: float | None) -> Price:
        """Price of the model, given the configured one (USD per million characters)."""

    @abstractmethod
    def _connect(self) -> Any:
        """A new client of the SDK."""

    def _client_of(self, timeout: Any, **options: Any) -> Any:
        """A client of the SDK; `options` are those of its connections."""
        # Imported at the first request: the package takes more than half a second to load.
        import openai

        # Texts and keys are for the server that they were given for, and for no other.
        http_client = openai.DefaultHttpxClient(follow_redirects=False, **options)
        pinned_http.pin(http_client)
        return openai.OpenAI(
            api_key=self._key or "none",
            base_url=self.address,
            max_retries=0,
            timeout=timeout,
            http_client=http_client,
        )

    def voices(self) -> Sequence[Voice]:
        """The configured voices, else those that the model is known to have."""
        return tuple(self._voices.values())

    def voice(self, identifier: str) -> Voice:
        """The voice of that name; raises UnknownVoice."""
        return self._voices.get(identifier) or super().voice(identifier)

    def price(self) -> Price:
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
        return model_shutdowns.end_of(self.model) if self.is_openai else None

    def warm(self) -> None:
        """Load the SDK, which takes half a second, ahead of the first request."""
        self._connected()

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            client, self._client = self._client, None
        if client:
            client.close()

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client
