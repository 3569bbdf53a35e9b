"""A segment job: what segments are spoken for, in which voice, and how it is entered as use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from queries.rows import AudioFile
from queries.segment_cache import Order
from speech.text.directives import reading_options
from speech.text.markup import AUTO
from speech.text.script import PARAGRAPH_PAUSE_MS


@dataclass(frozen=True, slots=True)
class SegmentJob:
    """A file, a change of one, or a preview, with the voice that speaks it.

    `file_id` is None for a preview. `cast` holds the voices of speakers by their names;
    `skips_markup` where the signs of Markdown and the like are not said. A retake and a preview are
    rows of their own in the ledger, with so many `characters`; what `is_sample` belongs to nobody.
    A `take` makes the sound another one than what is cached of the same words.
    """

    owner_id: int
    engine: str
    voice: str
    speed: float = 1.0
    file_id: int | None = None
    cast: Mapping[str, str] = field(default_factory=dict)
    paragraph_pause_ms: int = PARAGRAPH_PAUSE_MS
    skips_markup: bool = False
    characters: int = 0
    is_retake: bool = False
    is_sample: bool = False
    take: str = ""

    @classmethod
    def of_file(cls, row: AudioFile, *, is_retake: bool = False) -> Self:
        """The job of a file's row, in the file's own voice; `is_retake` for a change of it."""
        reading = reading_options(row["reading"])
        return cls(
            owner_id=row["owner_id"],
            engine=row["engine"],
            voice=row["voice"],
            speed=row["speed"],
            file_id=row["id"],
            cast=reading.get("cast") or {},
            paragraph_pause_ms=reading.get("paragraph_pause_ms", PARAGRAPH_PAUSE_MS),
            skips_markup=reading.get("markup") == AUTO,
            is_retake=is_retake,
        )

    def as_order(self) -> Order:
        """The order that the ledger of purchases is written from."""
        return {
            "id": self.file_id,
            "owner_id": self.owner_id,
            "engine": self.engine,
            "voice": self.voice,
            "characters": self.characters,
            "is_retake": self.is_retake,
            "is_sample": self.is_sample,
        }
