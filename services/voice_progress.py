"""Progress of a voice that is being installed, written down for any process to read."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import Message

STATE_S = 0.5
RUNNING, FAILED, STOPPED = "running", "failed", "stopped"


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of installing a voice, in bytes; `sentence` and its values say why it failed."""

    identifier: str
    done: int
    total: int
    status: str = RUNNING
    sentence: str = ""
    values: dict[str, str | int] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Why it failed, to be translated; empty while nothing did."""
        return Message(self.sentence, **self.values) if self.values else self.sentence

    @property
    def percent(self) -> int:
        """Percent of the bytes that are here."""
        return 100 * self.done // self.total if self.total else 0


class Report:
    """Writes down how far a download is, a few times a second."""

    def __init__(
        self,
        write: Callable[[Progress], None],
        tell: Callable[[Progress], None] | None,
        identifier: str,
    ) -> None:
        self._write, self._also, self._identifier = write, tell, identifier
        self._done, self._told_at = 0, 0.0
        self.total = 0

    def at(self, done: int, *, is_whole: bool = False) -> None:
        """Write down how many bytes there are, if the last time was a while ago."""
        self._done = done
        now = time.monotonic()
        if is_whole or now - self._told_at >= STATE_S:
            self._told_at = now
            self._say(Progress(self._identifier, done, self.total))

    def end(self, status: str, sentence: str) -> None:
        """Write down how it ended."""
        template, values = sentence, {}
        if isinstance(sentence, Message):
            template, values = sentence.template, dict(sentence.values)
        self._say(Progress(self._identifier, self._done, self.total, status, template, values))

    def _say(self, progress: Progress) -> None:
        self._write(progress)
        if self._also:
            self._also(progress)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
