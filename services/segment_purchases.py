"""Segments that cost money or time: bought by each person once, kept, and counted once."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from weakref import WeakValueDictionary

from common import transient_causes
from database import Database
from services.purchase_client import Buyer
from services.segment_cache import KeptSound, Wanted
from speech.engine import Engine
from speech.types import AudioChunk, Delivery, ModelNotice, Receipt, SpeechRequest
from storage.errors import DatabaseError
from storage.segment_store import SegmentStore

SWEEP_EVERY = 50  # purchases between looks at how much is kept

log = logging.getLogger("voiceverse.purchases")


class Purchases:
    """Speaks through paying engines. One object serves all threads of a process.

    With a `buyer`, what a provider is asked for is received and kept though this process dies.
    """

    buyer: Buyer | None = None

    def __init__(self, db: Database, kept: SegmentStore, limit_bytes: int):
        self.db, self.kept, self.limit_bytes = db, kept, limit_bytes
        self.sound = KeptSound(db, kept)
        # Called first, with a person's id and an engine's name.
        self.settle: Callable[[int, str], object] = lambda owner_id, engine: None
        self._guard = threading.Lock()
        self._busy: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._bought = 0

    def speak(self, engine: Engine, request: SpeechRequest, job: dict) -> Generator[AudioChunk]:
        """The sound of a request: kept from earlier, or bought now and then kept."""
        sound = self._wanted(engine, request, None if job.get("is_sample") else job["owner_id"])
        with self._alone_with(sound):
            while (kept := self._use(engine, request, job, sound)) is None:
                engine.admit()
                has_sound = False
                with closing(self._buy(engine, request, job, sound)) as chunks:
                    for chunk in chunks:
                        has_sound = True
                        yield chunk
                if has_sound:
                    self._use(engine, request, job, sound)
                    return
            delivery, content_hash = kept
            for piece in self.kept.read(content_hash):
                yield AudioChunk(piece, engine.sample_rate)
            yield AudioChunk(b"", engine.sample_rate, delivery=delivery)

    def notices(self, engine: Engine) -> Sequence[ModelNotice]:
        """What the engine's provider says about the model in use; raises SpeechError."""
        if self.buyer and self.buyer.can_buy(engine):
            return self.buyer.notices(engine)
        return engine.notices()

    def warm(self, engine: Engine) -> None:
        """Get ready ahead of the first request."""
        if self.buyer and self.buyer.can_buy(engine):
            self.buyer.warm()
        else:
            engine.warm()

    def rest(self) -> None:
        """Let go of what has not been needed for a while."""
        if self.buyer:
            self.buyer.rest()

    def close(self) -> None:
        """Buy nothing more; what is being bought in another process is finished and kept there."""
        if self.buyer:
            self.buyer.close()

    def has(self, engine: Engine, request: SpeechRequest, owner_id: int | None) -> bool:
        """Whether the sound of a request is kept for a person, so that it costs nothing more."""
        return self.sound.has(self._wanted(engine, request, owner_id))

    @property
    def under_way(self) -> int:
        """How many purchases have begun and not ended."""
        return len(self._busy)

    def _wanted(self, engine: Engine, request: SpeechRequest, owner_id: int | None) -> Wanted:
        if owner_id is not None:
            self.settle(owner_id, engine.name)
        return self.sound.wanted(engine, request, owner_id)

    def _buy(
        self, engine: Engine, request: SpeechRequest, job: dict, sound: Wanted
    ) -> Generator[AudioChunk]:
        """The sound as it arrives; at its end it is kept. Nothing where somebody else, in another
        process, has kept it meanwhile.
        """
        if engine.breaker and not engine.is_own:
            engine.breaker.tell = partial(self._note_state, engine.name)
        begun = partial(
            self.db.begin_purchase, job, sound.content_hash, sound.owner_id, sound.fingerprint
        )
        if self.buyer and self.buyer.can_buy(engine):
            # What is made for a file waits and is tried again; a preview has this one chance.
            asks = transient_causes.PAID_TRIES if job["id"] is None else 1
            chunks = self.buyer.buy(engine, request, sound.content_hash, begun, asks=asks)
            return engine.breaker.watch(chunks) if engine.breaker else chunks
        return self._buy_here(engine, request, sound.content_hash, begun)

    def _note_state(self, engine: str, rest_s: float, error: str) -> None:
        """Let everybody know whether a provider is left alone, and why."""
        try:
            if rest_s:
                self.db.save_resting(engine, now=time.time(), rest_s=rest_s, error=error)
            else:
                self.db.forget_resting(engine)
        except DatabaseError as failure:
            log.error("the state of %s cannot be written: %s", engine, failure.sentence)

    def _buy_here(
        self,
        engine: Engine,
        request: SpeechRequest,
        content_hash: str,
        begun: Callable[[], object],
    ) -> Generator[AudioChunk]:
        receipt, most = Receipt(), request.most_bytes(engine.sample_rate)
        with self.kept.exclusive_writer(content_hash, receipt.note, paid_bytes=most) as keep:
            if self.kept.has(content_hash):
                return
            begun()
            pieces = []
            for chunk in receipt.hear(engine.speak(request)):
                pieces.append(chunk.pcm)
                yield chunk
            keep(pieces)

    def _use(
        self, engine: Engine, request: SpeechRequest, job: dict, sound: Wanted
    ) -> tuple[Delivery, str] | None:
        """What was delivered, and its content hash: counted, and the job's file has it from now on.

        None where it is not kept. In one transaction, as sound that nobody wants leaves in one.
        """
        with self.db.transaction():
            if not (content_hash := self.sound.fetch(sound)):
                return None
            delivery = Delivery.from_json(self.kept.note(content_hash))
            is_new = self._count(engine, request, job, content_hash, sound, delivery)
        if is_new:
            self._bought += 1
            self.sound.drop_unwanted()
            if self._bought % SWEEP_EVERY == 0:
                self._make_room()
        return delivery, content_hash

    def _count(
        self,
        engine: Engine,
        request: SpeechRequest,
        job: dict,
        content_hash: str,
        sound: Wanted,
        delivery: Delivery,
    ) -> bool:
        """Enter the purchase in the ledger; False where it stands there from an earlier time.

        What the provider counted goes before what the price list says.
        """
        size, cost = self.kept.size(content_hash), delivery.cost_usd
        if cost is None:
            duration_s = size / 2 / engine.sample_rate
            cost = engine.price().quote(len(request.text), duration_s)
        return self.db.record_purchase(
            job, content_hash, cost=cost, size=size, now=time.time(), fingerprint=sound.fingerprint
        )

    def _make_room(self) -> None:
        """Drop the least recently used until what is kept fits the limit."""
        rows = self.db.list_kept_segments()
        excess = sum(row["size"] for row in rows) - self.limit_bytes
        for row in rows:
            if excess <= 0:
                return
            if not self._is_busy(row["content_hash"]):
                with self.db.transaction():  # nobody takes it over meanwhile
                    self.kept.drop(row["content_hash"])
                    self.db.forget_kept_segment(row["content_hash"])
                excess -= row["size"]

    def _is_busy(self, content_hash: str) -> bool:
        """Whether a kept sound is being used; it may have another name than its owner's usual."""
        row = self.db.get_kept_segment(content_hash)
        return row is not None and (
            row["fingerprint"] in self._busy
            or _key_of_owner(row["owner_id"], row["fingerprint"]) in self._busy
        )

    @contextmanager
    def _alone_with(self, sound: Wanted) -> Iterator[None]:
        """One thread at a time per sound: the second finds what the first has bought.

        Nobody waits for another person, unless their sound is shared.
        """
        is_shared, fingerprint = self.sound.is_shared, sound.fingerprint
        key = fingerprint if is_shared else _key_of_owner(sound.owner_id, fingerprint)
        with self._guard:
            lock = self._busy.get(key) or threading.Lock()
            self._busy[key] = lock
        with lock:
            yield


def _key_of_owner(owner_id: int | None, fingerprint: str) -> str:
    return f"{owner_id} {fingerprint}"
