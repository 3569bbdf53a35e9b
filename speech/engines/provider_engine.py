"""Engines of providers that are added and changed while the program runs."""

import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any

from speech.engine import Engine
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import OpenAISpeech
from speech.types import AudioChunk, SpeechRequest


class Provided(Engine):
    """Engine of a provider: asks `budget_check` before it buys, closes once retired and idle."""

    def __init__(
        self, *, budget_check: Callable[[], None], is_own: bool = False, **settings: Any
    ) -> None:
        super().__init__(**settings)
        self._check_budget, self.is_own = budget_check, is_own
        self._guard = threading.Lock()
        self._under_way = 0
        self._is_retired = False

    def check_budget(self) -> None:
        """Raise SpeechError where its provider is gone, changed, or has cost enough."""
        self._check_budget()

    def speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        """Check the request now, then yield its sound; closing the generator stops the work."""
        return self._counted(super().speak(request))

    def retire(self) -> None:
        """Close its connections as soon as nobody speaks through it."""
        with self._guard:
            self._is_retired = True
            is_idle = not self._under_way
        if is_idle:
            self.close()

    def _counted(self, chunks: Generator[AudioChunk]) -> Generator[AudioChunk]:
        with self._guard:
            self._under_way += 1
        try:
            with closing(chunks):
                yield from chunks
        finally:
            with self._guard:
                self._under_way -= 1
                is_over = self._is_retired and not self._under_way
            if is_over:
                self.close()


class ProvidedSpeech(Provided, OpenAISpeech):
    """A server that answers POST /audio/speech."""


class ProvidedRealtime(Provided, OpenAIRealtime):
    """A server that speaks the Realtime protocol."""


PROTOCOLS: dict[str, type[Provided]] = {
    kind.protocol: kind for kind in (ProvidedSpeech, ProvidedRealtime)
}
