"""The work of installing voices, on disk: downloads under way, locks, wishes to stop.

Nothing of it is in memory, so any process may ask and any may be killed.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from common.errors import Message
from services.voice_downloads import VoiceError
from services.voice_progress import RUNNING, STOPPED, Progress, write_whole
from storage.file_locks import FileLock

LIST = "voices.json"  # the server's list of voices, as it was fetched last


class Busy(VoiceError):
    """Somebody installs, removes or fetches the same thing at this moment."""

    status = 409


class WorkFolder:
    """The folder of what is being installed; each voice has a room, a state and a lock there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Make the folder, which this account alone may read."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def room(self, identifier: str) -> Path:
        """The folder where a voice's files come together."""
        return self.path / identifier

    def tell(self, progress: Progress) -> None:
        """Write down how far a voice is."""
        self.make()
        content = json.dumps(asdict(progress)).encode()
        write_whole(self.path / f"{progress.identifier}.json", content)

    def under_way(self) -> list[Progress]:
        """The downloads that run, failed or were stopped; one that was killed counts as stopped."""
        found = []
        for path in sorted(self.path.glob("*.json")) if self.path.is_dir() else ():
            if path.name == LIST or not path.is_file():
                continue
            try:
                progress = Progress(**json.loads(path.read_bytes()))
            except (OSError, ValueError, TypeError):
                continue
            if progress.status == RUNNING and not self.is_held(progress.identifier):
                progress = Progress(progress.identifier, progress.done, progress.total, STOPPED)
            found.append(progress)
        return found

    def clear(self, identifier: str) -> None:
        """Drop what there is of a voice."""
        shutil.rmtree(self.room(identifier), ignore_errors=True)
        (self.path / f"{identifier}.json").unlink(missing_ok=True)
        self.stop_path(identifier).unlink(missing_ok=True)

    def stop_path(self, identifier: str) -> Path:
        """The file that is there while a download should stop."""
        return self.path / f"{identifier}.stop"

    def lock(self, identifier: str, timeout_s: float = 0.5) -> FileLock:
        """The lock of a voice, taken; raises Busy."""
        self.make()
        lock = FileLock(self.path / f"{identifier}.lock")
        if not lock.acquire(timeout_s):
            lock.close()
            raise Busy(
                Message("{name} is being installed right now. Wait a moment.", name=identifier)
            )
        return lock

    @contextmanager
    def held(self, lock: FileLock) -> Iterator[None]:
        """Keep a taken lock for a while."""
        try:
            yield
        finally:
            lock.close()

    def is_held(self, identifier: str) -> bool:
        """Whether somebody has the lock of a voice."""
        try:
            self.lock(identifier, 0.0).close()
        except Busy:
            return True
        return False
