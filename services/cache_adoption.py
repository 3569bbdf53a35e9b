"""Adoption of sound that was bought before it had owners: found in people's files, then theirs."""

import logging
import threading
from collections.abc import Callable, Iterator

from database import Database
from queries.rows import AudioFile
from services.file_scripts import FileScripts
from services.segment_cache import SegmentCache, SegmentKey
from services.voice_fallback import VoiceFallback
from speech.engine import Engine
from speech.errors import SpeechError, UnknownEngine
from speech.types import SpeechRequest

log = logging.getLogger("voiceverse.cache_adoption")


class CacheAdoption:
    """Looks through each person's files once for each engine. Serves all threads of a process."""

    def __init__(
        self, db: Database, cache: SegmentCache, voices: VoiceFallback, scripts: FileScripts
    ):
        self.db, self.cache, self.voices, self.scripts = db, cache, voices, scripts
        self.registry = voices.registry
        self._looking: dict[tuple[int, str], threading.Lock] = {}
        self._settled: set[tuple[int, str]] = set()

    def adopt(self, owner_id: int, engine: str, until: Callable[[], bool] = lambda: False) -> None:
        """Give a person what their files hold of an engine's sound. Raises SpeechError.

        Told to stop, it leaves the rest for the next time.
        """
        if (owner_id, engine) in self._settled:
            return
        with self._looking.setdefault((owner_id, engine), threading.Lock()):
            for row in self.db.list_unsettled(owner_id):
                if row["engine"] == engine:
                    self._look_through(owner_id, engine, row["last_file_id"], until)
                    if until():
                        return
                    self.db.settle_segments(owner_id, engine)
        self._settled.add((owner_id, engine))

    def adopt_all(
        self, owner_id: int | None = None, until: Callable[[], bool] = lambda: False
    ) -> None:
        """Give one person or everybody what their files hold of any engine's sound.

        What an engine spoke that does not exist any more is looked for no longer.
        """
        for row in self.db.list_unsettled(owner_id):
            if until():
                return
            try:
                self.adopt(row["owner_id"], row["engine"], until)
            except UnknownEngine as error:
                if self.db.get_provider_by_name(row["engine"]) is None:
                    log.warning("sound of %s is nobody's now: %s", row["engine"], error.message)
                    self.db.settle_segments(row["owner_id"], row["engine"])
            except SpeechError as error:  # it is looked for when that engine is there again
                log.warning("sound of %s was not looked for: %s", row["engine"], error.message)

    def _look_through(
        self, owner_id: int, name: str, last_file_id: int, until: Callable[[], bool]
    ) -> None:
        earlier = set(self.db.list_earlier_segments(name))
        engine = self.registry.get(name, owner_id)
        for row in self.db.list_files_spoken_by(owner_id, name, last_file_id):
            if until():
                return
            found: list[tuple[str, SegmentKey]] = []
            try:
                for request in self._requests(row, engine):
                    key = self.cache.key(engine, request, owner_id)
                    found += [(known, key) for known in earlier.intersection(key.names)]
            except SpeechError as error:  # a voice that is no longer there asks for nothing, either
                log.warning("file %s was not looked through: %s", row["id"], error.message)
            self.cache.adopt_all(found, row["id"])

    def _requests(self, row: AudioFile, engine: Engine) -> Iterator[SpeechRequest]:
        """Requests to an engine for a file, spoken or still to be."""
        spoken: dict[str, dict[int, int]] = {row["stand_in"]: {}}
        for segment in self.db.get_segments(row["id"]):
            by = spoken.setdefault(segment["spoken_by"], {})
            by[segment["text_start"]] = segment["text_end"]
        text, own = self.db.get_text(row["id"]), f"{row['engine']}:"
        for voice, spans in {"": {}, **spoken}.items():
            if (voice or own).startswith(f"{engine.name}:"):
                yield from self._requests_of(row, voice, text, spans)

    def _requests_of(
        self, row: AudioFile, fallback: str, text: str, spans: dict[int, int]
    ) -> Iterator[SpeechRequest]:
        """Requests to one voice, from where it began to the end, by the recorded segments."""
        voices = self.voices.voices_for(row, fallback)
        start = min(spans, default=row["spoken_characters"]) if fallback else 0
        borders: dict[int, int] = {}
        while start < len(text):
            for segment, said in self.scripts.script(voices, text, borders or None).lines(start):
                start, recorded_end = segment.start, spans.get(segment.start, segment.end)
                if recorded_end != segment.end and not borders:  # it was spoken anew
                    borders = {recorded_end: 0}
                    break
                yield voices.choose(segment).request(said)
                start = segment.end
                if borders:
                    borders = {}
                    break
