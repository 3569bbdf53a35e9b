"""Base class of engines: voices, checks, prices and a stream of sound."""

import hashlib
import json
import math
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Generator, Hashable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from typing import ClassVar, Self

from speech.circuit_breaker import CircuitBreaker
from speech.errors import BadSpeed, UnknownVoice
from speech.prices import Price
from speech.types import AudioChunk, EngineSettings, ModelNotice, SpeechRequest, Voice


class Engine(ABC):
    """Turns text into mono 16-bit sound; one object serves many threads at once."""

    name: str
    label: str
    protocol: ClassVar[str] = ""  # names the class in `settings`
    speed_range: ClassVar[tuple[float, float]]
    reads_numbers: ClassVar[bool] = False  # else they are written out for it
    takes_phonemes: ClassVar[bool] = False
    sample_rate: int
    model: str = ""
    address: str = ""
    parallel: int = 1
    caches_segments: bool = False
    starts_with_clause: bool = False  # a first sentence comes sooner in two parts
    is_own: bool = False  # on the key of one person: how it fares says nothing to others
    segment_characters: int
    segment_bytes: int
    first_segment_characters: int
    default_voice: str
    breaker: CircuitBreaker | None = None  # of a provider that may be down
    # What `from_settings` needs, in another process; None where only this one can speak.
    settings: EngineSettings | None = None

    @classmethod
    def from_settings(cls, settings: EngineSettings) -> Self:
        """Make an engine from its `settings`, in a process that knows no configuration.

        Whoever has the engine made watches over its provider: this one has no breaker.
        """
        engine = cls(**{name: value for name, value in settings.items() if name != "protocol"})
        engine.breaker = None
        return engine

    @property
    def state(self) -> Hashable:
        """Token that compares equal for as long as the voices are the same."""
        return None

    @property
    def is_fit(self) -> bool:
        """Whether it may be the default: there, and quick enough on this machine."""
        return True

    @abstractmethod
    def voices(self) -> Sequence[Voice]:
        """List the voices in the order to show them; starts no process and no connection."""

    @abstractmethod
    def price(self) -> Price:
        """Price of the model in use."""

    @abstractmethod
    def _speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        """Yield the sound of a checked request; raises SpeechError and nothing else."""

    def voice(self, identifier: str) -> Voice:
        """Find a voice by its identifier; raises UnknownVoice."""
        for voice in self.voices():
            if voice.identifier == identifier:
                return voice
        raise UnknownVoice(identifier, self.label)

    def check(self, request: SpeechRequest) -> None:
        """Raise UnknownVoice or BadSpeed for a request that cannot be spoken."""
        self.voice(request.voice)
        low, high = self.speed_range
        if not (math.isfinite(request.speed) and low <= request.speed <= high):
            raise BadSpeed(request.speed, self.speed_range)

    def speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        """Check the request now, then yield its sound; closing the generator stops the work."""
        self.check(request)
        chunks = self._speak(request)
        if self.breaker:
            chunks = self.breaker.watch(chunks)
        return _whole_samples(chunks, self.sample_rate)

    def fingerprint(self, request: SpeechRequest) -> str:
        """Hash all that shapes the sound: SHA-256 in hex, the same for equal requests.

        White space around a text is not heard, nor whether an accent is a sign of its own.
        """
        text = request.text
        if not request.phonemes:
            text = unicodedata.normalize("NFC", text.strip())
        return self._fingerprint(request, request.speed, text)

    def earlier_fingerprints(self, request: SpeechRequest) -> list[str]:
        """Fingerprints of the same sound from before each value had one form.

        Speed was 1 or 1.0, as SQLite gave it, and the text as it was written.
        """
        speeds = [request.speed]
        if request.speed.is_integer():
            speeds.append(int(request.speed))
        found = [self._fingerprint(request, speed, request.text) for speed in speeds]
        return [earlier for earlier in found if earlier != self.fingerprint(request)]

    def _fingerprint(self, request: SpeechRequest, speed: float, text: str) -> str:
        parts: list[object] = [self.name, self.address, self.model, request.voice, speed, text]
        if request.phonemes:
            parts.append(request.phonemes)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def check_budget(self) -> None:
        """Raise SpeechError where nothing may be bought now; asked before each purchase."""
        return

    def warm(self) -> None:
        """Get ready ahead of the first request."""
        return

    def notices(self) -> Sequence[ModelNotice]:
        """Ask the provider for notices about the model in use; may use the network."""
        return ()

    def ends_on(self) -> date | None:
        """Day on which the model in use ends, as far as is known without asking anybody."""
        return None

    def close(self) -> None:
        """Close processes and connections; a later request opens new ones."""
        return


def _whole_samples(chunks: Generator[AudioChunk], sample_rate: int) -> Generator[AudioChunk]:
    with closing(chunks):
        for chunk in chunks:
            if chunk.sample_rate != sample_rate:
                raise ValueError(f"{chunk.sample_rate} Hz in a stream of {sample_rate} Hz")
            if chunk.pcm or chunk.marks or chunk.delivery:
                yield chunk


def carry_odd(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Regroup pieces of bytes so that each holds whole 16-bit samples; a last odd byte drops."""
    rest = b""
    for piece in pieces:
        joined = rest + piece if rest else piece
        even = len(joined) & ~1
        rest = joined[even:]
        if even:
            yield joined[:even]
