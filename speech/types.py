"""Types that pass between engines and their callers."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypedDict

SPOKEN_SIGNS = frozenset("&@%#§†‰")
# More time than any voice takes: for a text, and for each of its characters.
MOST_S, MOST_S_A_CHARACTER = 2.0, 0.25
DRAWING = range(0x2500, 0x2600)  # box drawing, blocks, geometric shapes: ornament in a text


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of an engine; `language` is a BCP 47 tag such as "en-GB"."""

    identifier: str
    name: str
    language: str
    engine: str
    gender: str | None = None

    def __post_init__(self) -> None:
        for field in ("identifier", "name", "language", "engine"):
            if not getattr(self, field):
                raise ValueError(f"A voice needs a {field}.")

    @property
    def key(self) -> str:
        """Name of this voice among all engines: "engine:identifier"."""
        return f"{self.engine}:{self.identifier}"


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """A text to be spoken by one voice; speed 1.0 is the voice's own pace.

    `phonemes` are places in the text, start and end, that hold the engine's own phoneme names.
    """

    text: str
    voice: str
    speed: float = 1.0
    phonemes: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        # SQLite's RETURNING gives 1 where SELECT gives 1.0, and 0.1 + 0.2 is not quite 0.3.
        object.__setattr__(self, "speed", round(float(self.speed), 6))

    def most_bytes(self, sample_rate: int) -> int:
        """Upper bound of the sound in bytes, as 16-bit samples: space to be reserved for it."""
        return 2 * int(sample_rate * (MOST_S + len(self.text) * MOST_S_A_CHARACTER / self.speed))


@dataclass(frozen=True, slots=True)
class WordTiming:
    """A spoken word: code points into the request's text, samples from the start of its sound."""

    start: int
    length: int
    sample: int

    def __post_init__(self) -> None:
        if self.start < 0 or self.length < 0 or self.sample < 0:
            raise ValueError("A word mark has no negative numbers.")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Report on a request, once all of its sound is there.

    `said_otherwise` is what the voice said where it did not keep to the text, else ""; `cost_usd`
    is what the provider counted, None where it counted nothing or the price is not known.
    """

    said_otherwise: str = ""
    cost_usd: float | None = None

    def to_json(self) -> bytes:
        """Encode as JSON, to be stored and sent; empty where there is nothing to tell."""
        return json.dumps(asdict(self)).encode() if self != Delivery() else b""

    @classmethod
    def from_json(cls, kept: bytes) -> "Delivery":
        """Decode what `to_json` gave."""
        return cls(**json.loads(kept)) if kept else cls()


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Chunk of sound: mono signed 16-bit little-endian samples at `sample_rate` Hz.

    `delivery` comes with the last chunk of a request, from engines that have anything to tell.
    """

    pcm: bytes
    sample_rate: int
    marks: tuple[WordTiming, ...] = ()
    delivery: Delivery | None = None

    def __post_init__(self) -> None:
        if len(self.pcm) % 2:
            raise ValueError("16-bit sound has an even number of bytes.")
        if self.sample_rate <= 0:
            raise ValueError("A sample rate is above zero.")

    @property
    def duration_s(self) -> float:
        """Seconds of sound in this chunk."""
        return len(self.pcm) / 2 / self.sample_rate


class Receipt:
    """Notes in passing what the last chunk of a request tells."""

    def __init__(self) -> None:
        self.delivery = Delivery()

    def hear(self, chunks: Iterable[AudioChunk]) -> Iterator[AudioChunk]:
        """Pass chunks on and note what they report."""
        for chunk in chunks:
            self.delivery = chunk.delivery or self.delivery
            yield chunk

    def note(self) -> bytes:
        """Return the report as JSON, to be stored."""
        return self.delivery.to_json()


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text, in code points of the original: `original[start:end] == text`.

    `voice` is the identifier of another voice than the text's, if a speaker is named; `pause_ms`
    is the silence after it; a mark, such as a speaker's name, is not spoken; what `is_open` ends
    within a sentence, and is said so.
    """

    start: int
    end: int
    text: str
    voice: str = ""
    pause_ms: int = 0
    is_mark: bool = False
    is_open: bool = False

    def __post_init__(self) -> None:
        if self.start < 0 or self.end - self.start != len(self.text) or not self.text:
            raise ValueError("A segment holds exactly the text between its start and its end.")

    @property
    def is_speakable(self) -> bool:
        """Whether a voice has anything to say here: a letter, a digit or a sign with a name."""
        return not self.is_mark and is_speakable(self.text)


class EngineSettings(TypedDict):
    """Settings that an engine is made again from in another process; `protocol` names its class.

    `voices` are identifiers, or rows of identifier, name and language.
    """

    protocol: str
    name: str
    label: str
    api_key: str
    base_url: str
    model: str
    voices: list[str | Sequence[str]]
    usd_per_million_characters: float | None
    parallel: int
    timeout_s: float


class SpokenSpan(TypedDict):
    """Where something spoken stands in its text (code points) and in the sound."""

    text_start: int
    text_end: int
    start_ms: int
    end_ms: int


class TimedSegment(SpokenSpan):
    """A spoken segment with the times of its words: JSON, or empty where they are not known."""

    words: str


@dataclass(frozen=True, slots=True)
class ModelNotice:
    """Notice of a provider about a model in use, as the sentence to show."""

    model: str
    sentence: str
    shutdown: date | None = None


def is_speakable(text: str) -> bool:
    """Whether a text holds a letter, a digit or a sign that voices say; rulers hold none."""
    if any(map(str.isalnum, text)):
        return True
    signs = [sign for sign in text if _has_name(sign)]
    return bool(signs) and not (len(signs) > 2 and len(set(signs)) == 1)


def _has_name(sign: str) -> bool:
    if sign in SPOKEN_SIGNS:
        return True
    return unicodedata.category(sign) in ("Sc", "Sm", "So") and ord(sign) not in DRAWING
