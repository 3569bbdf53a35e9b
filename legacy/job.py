"""Job of a migration: its options, its plan, and what is known of one target."""

from dataclasses import dataclass, field
from pathlib import Path

from legacy.audio import Listing, Sound
from legacy.existing import Changes, Existing
from legacy.records import Plan
from legacy.verify import Proof
from storage.audio_store import AudioStore


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a migration; `link` imports sound by hard links where the disk allows it."""

    source: Path
    database: Path
    owner: str | None = None
    is_dry: bool = False
    link: bool = False


@dataclass(slots=True)
class Job:
    """Job of carrying a plan out in one target."""

    options: Options
    plan: Plan
    existing: Existing
    changes: Changes
    listing: Listing
    sounds: dict[str, Sound]
    proof: Proof
    old_digests: dict[str, str] = field(default_factory=dict)
    backup: Path | None = None
    new_key: Path | None = None

    @property
    def store(self) -> AudioStore:
        """Audio files beside the target database."""
        return AudioStore(self.options.database.parent / "audio")
