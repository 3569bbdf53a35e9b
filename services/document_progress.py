"""Progress of what is made of a document, and how long the rest may take."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from speech.prices import total_cost

UNFINISHED = ("queued", "speaking")


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a document's files; `left_s` is None where nothing can be said yet."""

    files: list[dict]
    characters: int
    spoken: int
    cost_usd: float | None
    left_s: float | None

    @classmethod
    def of_files(cls, files: list[dict]) -> Self:
        """The progress of these rows of files."""
        return cls(
            files=files,
            characters=sum(file["character_count"] for file in files),
            spoken=sum(file["spoken_characters"] for file in files),
            cost_usd=total_cost(file["cost"] for file in files),
            left_s=_left_s(files),
        )

    @property
    def share(self) -> float:
        """The share that is spoken, 0 to 1."""
        return self.spoken / max(1, self.characters)

    def count(self, *statuses: str) -> int:
        """Count the files in one of these states."""
        return sum(file["status"] in statuses for file in self.files)


def _left_s(files: list[dict]) -> float | None:
    """Seconds until the rest is spoken, at the pace since the first of them was sent."""
    left = sum(
        file["character_count"] - file["spoken_characters"]
        for file in files
        if file["status"] in UNFINISHED
    )
    at_work = [file for file in files if file["status"] == "speaking"]
    spoken = sum(file["spoken_characters"] for file in at_work)
    if not left or not spoken:
        return None
    try:
        began = min(datetime.fromisoformat(file["created_at"]) for file in at_work)
    except ValueError:  # a damaged row
        return None
    taken_s = (datetime.now(UTC).replace(tzinfo=None) - began).total_seconds()
    return left * max(1.0, taken_s) / spoken
