"""Whose bought sound is: everybody's own, under names that nobody else's requests come to.

Where the admins let it be shared, what one has bought is copied to whoever needs the same.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.errors import Told
from database import Database
from speech.engine import Engine
from speech.types import SpeechRequest
from storage.segment_store import SegmentStore

RULE, SHARED, APART = "bought_sound", "shared", "apart"
RULES = (APART, SHARED)
AT_ONCE = 20  # pieces of sound in one transaction: removing and copying files takes a while

log = logging.getLogger("voiceverse.kept_sound")


class BadRule(Told):
    """Not a way in which sound can be kept."""

    status = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sound that somebody needs; `owner_id` is None for what is the same for everybody.

    `content_hash` is its name on disk once it is bought, `earlier` what it was called before.
    """

    owner_id: int | None
    fingerprint: str
    content_hash: str
    earlier: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """All fingerprints that stand for it."""
        return [self.fingerprint, *self.earlier]


class KeptSound:
    """What is kept, and for whom. One object serves all threads of a process."""

    def __init__(self, db: Database, store: SegmentStore):
        self.db, self.store = db, store
        self._salts: dict[int, str] = {}
        self._stuck: set[str] = set()

    @property
    def is_shared(self) -> bool:
        """Whether what one person bought is there for all."""
        return self.db.get_rule(RULE, APART) == SHARED

    def set_rule(self, rule: str) -> None:
        """Decide whether it is; raises BadRule. What somebody has by then stays theirs."""
        if rule not in RULES:
            raise BadRule("Choose each person alone or everybody.")
        self.db.set_rule(RULE, rule)

    def wanted(self, engine: Engine, request: SpeechRequest, owner_id: int | None) -> Wanted:
        """The sound of a request, for one person."""
        fingerprint = engine.fingerprint(request)
        return Wanted(
            owner_id,
            fingerprint,
            self._own_name(owner_id, fingerprint),
            tuple(engine.earlier_fingerprints(request)),
        )

    def find(self, sound: Wanted) -> str | None:
        """The content hash of a person's own sound that is on the disk."""
        owned = sound.owner_id and self.db.find_kept_segment(sound.owner_id, sound.fingerprint)
        return next(filter(self.store.has, filter(None, (owned, sound.content_hash))), None)

    def has(self, sound: Wanted) -> bool:
        """Whether a sound costs its owner nothing more."""
        return bool(self.find(sound) or self._lendable(sound))

    def fetch(self, sound: Wanted) -> str | None:
        """The same as `find`, after taking over what may be taken over."""
        if found := self.find(sound):
            return found
        lendable = self._lendable(sound)
        return lendable and self.take_over(lendable, sound)

    def take_over(self, source: str, sound: Wanted, file_id: int | None = None) -> str | None:
        """Let a person have a sound that is kept, for a file; returns its content hash.

        What was nobody's becomes theirs, of what is another's they get a copy.
        """
        with self.db.transaction():
            row, own = self.db.get_kept_segment(source), self.find(sound)
            is_nobodys = row is not None and row["owner_id"] is None and row["is_earlier"]
            if own is None and row and self.store.has(source):
                own = source if is_nobodys else sound.content_hash
                if is_nobodys:
                    self.db.give_segment(source, sound.owner_id, sound.fingerprint)
                else:
                    self.store.copy(source, own)
                    self.db.copy_segment(source, own, sound.owner_id, sound.fingerprint)
            elif own != source and is_nobodys:
                self.db.unwant_segment(source)  # the same was bought twice once
            if own:
                self.db.note_segment_use(own, file_id)
            return own

    def take_over_all(self, found: Sequence[tuple[str, Wanted]], file_id: int) -> None:
        """The same for many: pairs of a content hash and a sound, a few in each transaction."""
        for start in range(0, len(found), AT_ONCE):
            with self.db.transaction():
                for source, sound in found[start : start + AT_ONCE]:
                    self.take_over(source, sound, file_id)

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
                        self.db.forget_kept_segment(name)
            last = names[-1] if names else last

    def _drop(self, name: str) -> bool:
        """Remove a sound from the disk; False where that cannot be now. Each is logged once."""
        try:
            if self.store.is_being_kept(name):
                return False
            self.store.drop(name)
        except OSError as error:
            if name not in self._stuck:
                log.error("a sound that nothing needs any more cannot be removed: %s", error)
            self._stuck.add(name)
            return False
        return True

    def _lendable(self, sound: Wanted) -> str | None:
        if sound.owner_id is None:
            return None
        found = self.db.list_lendable_segments(sound.names, is_shared=self.is_shared)
        return next(filter(self.store.has, found), None)

    def _own_name(self, owner_id: int | None, fingerprint: str) -> str:
        """A name that differs for each account, another one that gets the same number included:
        after a restore, numbers are given again."""
        if owner_id is None:
            return fingerprint
        if owner_id not in self._salts:
            user = self.db.get_user_by_id(owner_id)
            self._salts[owner_id] = user["created_at"] if user else ""
        own = f"{owner_id} {self._salts[owner_id]} {fingerprint}"
        return hashlib.sha256(own.encode()).hexdigest()
