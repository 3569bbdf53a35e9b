"""How fast the natural voice is on this machine: measured when its process starts, and kept."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from speech.engines.natural_voices import FOLDER

FILE = "speed.json"
LONGEST_MS = 700  # for twelve words; above it the sound would not come before one waits


@dataclass(frozen=True, slots=True)
class Speed:
    """The time in ms for twelve words, or the reason why the voice cannot be used here."""

    ms: int = 0
    reason: str = ""

    @property
    def is_enough(self) -> bool:
        """Whether the voice may be the one that people hear when they choose none."""
        return not self.reason and self.ms <= LONGEST_MS


def speed_path(folder: Path) -> Path:
    """Path of the file that holds the speed, below the folder of voices."""
    return folder / FOLDER / FILE


def read_speed(folder: Path) -> Speed | None:
    """The speed as it was measured last; None where it never was."""
    try:
        return Speed(**json.loads(speed_path(folder).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def write_speed(folder: Path, speed: Speed) -> None:
    """Keep a speed; where that cannot be, it is measured again at the next start."""
    path = speed_path(folder)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(speed), file)
        Path(part).replace(path)
    except OSError:
        return
