"""Plans of documents: how long the chosen chapters would be, and what they would cost."""

from dataclasses import dataclass

from documents.types import Document
from services.document_selection import ONE, DocumentSelection
from speech.engine import Engine
from speech.prices import Price, expected_duration_s
from speech.text.billable import Spoken, count_spoken
from speech.text.directives import Cast
from speech.text.pronunciation import Dictionary
from speech.types import Voice, is_speakable

BETWEEN = "\n\n"  # chapters of one audiobook


@dataclass(frozen=True, slots=True)
class PlannedChapter:
    """A chapter as it would be spoken: `seconds` and `cost_usd` are what it would take.

    One without anything to say is never chosen. `cost_usd` is None where no price is known.
    """

    number: int
    title: str
    level: int
    characters: int
    is_empty: bool
    is_chosen: bool
    is_edited: bool
    seconds: float
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of the chosen chapters: time and money, in all and chapter by chapter.

    `obstacle` is the sentence that says why they cannot be spoken now, as far as is known.
    """

    chapters: tuple[PlannedChapter, ...]
    characters: int
    seconds: float
    cost_usd: float | None
    price: Price
    engine: Engine
    voice: Voice
    speed: float
    obstacle: str = ""

    @property
    def chosen(self) -> list[PlannedChapter]:
        """The chapters that would be spoken."""
        return [chapter for chapter in self.chapters if chapter.is_chosen]


@dataclass(frozen=True, slots=True)
class Measure:
    """Measures texts with a voice: all that is spoken of them, without their marks."""

    engine: Engine
    voice: Voice
    speed: float
    price: Price
    dictionary: Dictionary | None
    cast: Cast

    def count(self, text: str) -> Spoken:
        """Count what is spoken of a text."""
        return count_spoken(
            text,
            self.voice.language,
            dictionary=self.dictionary,
            cast=self.cast,
            phonemes=self.engine.takes_phonemes,
        )

    def estimate(self, spoken: Spoken) -> tuple[float, float | None]:
        """Estimate seconds and USD; None where no price is known."""
        seconds = expected_duration_s(spoken.characters, self.speed, self.engine.name)
        cost = self.price.quote(spoken.characters, seconds)
        return seconds + spoken.pause_ms / 1000, cost


def plan_chapter(
    document: Document, choices: DocumentSelection, number: int, measure: Measure
) -> PlannedChapter:
    """Count, time and price one chapter of a document."""
    return _planned(document, choices, number, measure)[0]


def _planned(
    document: Document, choices: DocumentSelection, number: int, measure: Measure
) -> tuple[PlannedChapter, Spoken]:
    text = choices.text(document, number)
    spoken = measure.count(text)
    seconds, cost = measure.estimate(spoken)
    is_empty = not is_speakable(text)
    chapter = PlannedChapter(
        number=number,
        title=choices.title(document, number),
        level=document.chapters[number].level,
        characters=len(text),
        is_empty=is_empty,
        is_chosen=not is_empty and number not in choices.skipped,
        is_edited=number in choices.texts,
        seconds=seconds,
        cost_usd=cost,
    )
    return chapter, spoken


def plan(document: Document, choices: DocumentSelection, measure: Measure) -> Plan:
    """Count, time and price the chapters of a document."""
    planned = [
        _planned(document, choices, number, measure) for number in range(len(document.chapters))
    ]
    chosen = [(chapter, spoken) for chapter, spoken in planned if chapter.is_chosen]
    characters = sum(chapter.characters for chapter, _ in chosen)
    between = len(BETWEEN) * (len(chosen) - 1) if choices.shape == ONE and chosen else 0
    spoken = Spoken(
        sum(spoken.characters for _, spoken in chosen) + between,
        sum(spoken.pause_ms for _, spoken in chosen),
    )
    seconds, cost = measure.estimate(spoken)
    return Plan(
        chapters=tuple(chapter for chapter, _ in planned),
        characters=characters + between,
        seconds=seconds,
        cost_usd=cost,
        price=measure.price,
        engine=measure.engine,
        voice=measure.voice,
        speed=choices.speed,
    )
