"""The bin: files put away, taken out again, and removed for good with all that is theirs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from accounts.house_rules import HouseRules
from database import Database
from queries.groups import NO_FILE
from queries.rows import AudioFile
from services.cache_adoption import CacheAdoption
from services.segment_cache import SegmentCache
from storage.audio_store import AudioStore
from storage.errors import NotFound
from storage.segment_store import TakeStore

LONGEST_DROP_S = 0.5
TIME = "%Y-%m-%d %H:%M:%S"


class Bin:
    """The bins of all people."""

    def __init__(
        self,
        db: Database,
        store: AudioStore,
        takes: TakeStore,
        cache: SegmentCache,
        adoption: CacheAdoption,
        rules: HouseRules,
    ):
        self.db, self.store, self.takes = db, store, takes
        self._cache, self._adoption, self._rules = cache, adoption, rules

    def delete(self, filename: str, owner_id: int) -> None:
        """Put a file into the bin, cancelled if it is in work. Raises NotFound."""
        if not self.db.bin_audio_files(owner_id, [filename]):
            raise NotFound(NO_FILE)

    def restore(self, filename: str, owner_id: int) -> AudioFile:
        """Take a file out of the bin again; returns its row. Raises NotFound."""
        if not self.db.restore_audio_files(owner_id, [filename]):
            raise NotFound("There is no such piece in your bin.")
        row = self.db.get_audio_file(filename, owner_id)
        if row is None:  # it was removed for good meanwhile
            raise NotFound(NO_FILE)
        return row

    def delete_for_good(self, filename: str, owner_id: int) -> None:
        """Remove a file, in the bin or not: its row, its words and its sound. Raises NotFound.

        Usage and history stay.
        """
        if self.db.get_audio_file(filename, owner_id, include_binned=True) is None:
            raise NotFound(NO_FILE)
        with self.leaving(owner_id, filename):
            self.store.delete(filename, lambda: self.db.delete_audio_file(filename, owner_id))

    @contextmanager
    def leaving(self, owner_id: int, filename: str | None = None) -> Iterator[None]:
        """Let what was bought for a file, or for all of its owner's, go with the rows that are
        removed within: cached sound that nothing else needs, earlier takes."""
        self._adoption.adopt_all(owner_id)
        takes = self.db.list_take_hashes(owner_id, filename)
        yield
        deadline = time.monotonic() + LONGEST_DROP_S  # the worker does the rest
        self._cache.drop_unwanted(until=lambda: time.monotonic() > deadline)
        for content_hash in takes:
            if not self.db.is_take_wanted(content_hash):
                self.takes.drop(content_hash)

    def empty(self, now: float) -> int:
        """Remove what has been in anybody's bin for so long; returns how many files.

        `now` in seconds since 1970. The days of what a clock that was ahead put there begin now.
        """
        today = datetime.fromtimestamp(now, UTC)
        before, latest = today - timedelta(days=self._rules.bin_days), today + timedelta(days=1)
        self.db.bin_anew(f"{today:{TIME}}", f"{latest:{TIME}}")
        count = 0
        while rows := self.db.list_expired(f"{before:{TIME}}"):
            for row in rows:
                with suppress(NotFound):  # its owner was quicker
                    self.delete_for_good(row["filename"], row["owner_id"])
                    count += 1
        return count
