"""Cache of bought segments: each belongs to one person, under a name made for that person.

Where the admins let it be shared, what one has bought is copied to whoever needs the same.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.errors import AppError
from database import Database
from speech.engine import Engine
from speech.types import SpeechRequest
from storage.segment_store import SegmentStore

RULE, SHARED, APART = "bought_sound", "shared", "apart"
RULES = (APART, SHARED)
AT_ONCE = 20  # pieces of sound in one transaction: removing and copying files takes a while

log = logging.getLogger("voiceverse.segment_cache")


class BadRule(AppError):
    """A rule of sharing that does not exist."""

    status = 400


@dataclass(frozen=True, slots=True)
class SegmentKey:
    """The key of a sound that somebody needs; an `owner_id` of None stands for everybody.

    `content_hash` is its name on disk once it is bought, `earlier` what it was called before.
    """

    owner_id: int | None
    fingerprint: str
    content_hash: str
    earlier: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """All fingerprints that stand for the sound."""
        return [self.fingerprint, *self.earlier]


class SegmentCache:
    """Bought segments and whose they are. One object serves all threads of a process."""

    def __init__(self, db: Database, store: SegmentStore):
        self.db, self.store = db, store
        self._salts: dict[int, str] = {}
        self._stuck: set[str] = set()

    @property
    def is_shared(self) -> bool:
        """Whether what one person bought is there for all."""
        return self.db.get_rule(RULE, APART) == SHARED

    def set_rule(self, rule: str) -> None:
        """Decide whether to share; raises BadRule. What somebody has by then stays theirs."""
        if rule not in RULES:
            raise BadRule("Choose “Each person” or “Everybody”.")
        self.db.set_rule(RULE, rule)

    def key(
        self, engine: Engine, request: SpeechRequest, owner_id: int | None, take: str = ""
    ) -> SegmentKey:
        """The key of a request's sound, for one person; that of another take has its own."""
        fingerprint = engine.fingerprint(request)
        if take:
            fingerprint = hashlib.sha256(f"{fingerprint} {take}".encode()).hexdigest()
            return SegmentKey(owner_id, fingerprint, self._own_name(owner_id, fingerprint))
        return SegmentKey(
            owner_id,
            fingerprint,
            self._own_name(owner_id, fingerprint),
            tuple(engine.earlier_fingerprints(request)),
        )

    def find(self, key: SegmentKey) -> str | None:
        """Find a person's own sound on the disk; returns its content hash."""
        owned = key.owner_id and self.db.find_cached_segment(key.owner_id, key.fingerprint)
        names = [owned, key.content_hash] if owned else [key.content_hash]
        return next(filter(self.store.has, names), None)

    def has(self, key: SegmentKey) -> bool:
        """Whether a sound costs its owner nothing more."""
        return bool(self.find(key) or self._lendable(key))

    def fetch(self, key: SegmentKey) -> str | None:
        """Find a sound, after taking over what may be taken over; returns its content hash."""
        if found := self.find(key):
            return found
        lendable = self._lendable(key)
        return lendable and self.adopt(lendable, key)

    def adopt(self, source: str, key: SegmentKey, file_id: int | None = None) -> str | None:
        """Let a person have a cached sound, for a file; returns its content hash.

        What was nobody's becomes theirs, of what is another's they get a copy.
        """
        with self.db.transaction():
            row, own = self.db.get_cached_segment(source), self.find(key)
            is_nobodys = row is not None and row["owner_id"] is None and row["is_earlier"]
            if own is None and row and self.store.has(source):
                own = source if is_nobodys else key.content_hash
                if key.owner_id is None:
                    raise ValueError("sound is taken over for somebody")
                if is_nobodys:
                    self.db.give_segment(source, key.owner_id, key.fingerprint)
                else:
                    self.store.copy(source, own)
                    self.db.copy_segment(source, own, key.owner_id, key.fingerprint)
            elif own != source and is_nobodys:
                self.db.unwant_segment(source)  # the same was bought twice once
            if own:
                self.db.note_segment_use(own, file_id)
            return own

    def adopt_all(self, found: Sequence[tuple[str, SegmentKey]], file_id: int) -> None:
        """Take over many: pairs of a content hash and a key, a few in each transaction."""
        for start in range(0, len(found), AT_ONCE):
            with self.db.transaction():
                for source, key in found[start : start + AT_ONCE]:
                    self.adopt(source, key, file_id)

    def drop_unwanted(
        self, *, is_start: bool = False, until: Callable[[], bool] = lambda: False
    ) -> None:
        """Remove from the disk what belonged to files or people that are gone for good.

        What was bought for them meanwhile is counted first; at a start nobody counts it any more.
        """
        last = ""
        while not until() and self.db.list_unwanted_segments(last, is_start=is_start, limit=1):
            with self.db.transaction():  # whoever comes to need one waits, then buys it
                names = self.db.list_unwanted_segments(last, is_start=is_start, limit=AT_ONCE)
                for name in names:
                    if self._drop(name):
                        self.db.forget_cached_segment(name)
            last = names[-1] if names else last

    def _drop(self, name: str) -> bool:
        """Remove a sound from the disk; False where that cannot be now. Each is logged once."""
        try:
            if self.store.is_being_written(name):
                return False
            self.store.drop(name)
        except OSError as error:
            if name not in self._stuck:
                log.error("a sound that nothing needs any more cannot be removed: %s", error)
            self._stuck.add(name)
            return False
        return True

    def _lendable(self, key: SegmentKey) -> str | None:
        if key.owner_id is None:
            return None
        found = self.db.list_lendable_segments(key.names, is_shared=self.is_shared)
        return next(filter(self.store.has, found), None)

    def _own_name(self, owner_id: int | None, fingerprint: str) -> str:
        """A name on the disk that no other account's sound has, though it gets the same number:
        after a restore, numbers are given again."""
        if owner_id is None:
            return fingerprint
        if owner_id not in self._salts:
            user = self.db.get_user_by_id(owner_id)
            self._salts[owner_id] = user["created_at"] if user else ""
        own = f"{owner_id} {self._salts[owner_id]} {fingerprint}"
        return hashlib.sha256(own.encode()).hexdigest()
