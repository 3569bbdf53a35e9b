"""Segments that cost money or time: bought by each person once, cached, and counted once."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from weakref import WeakValueDictionary

from common import transient_causes
from database import Database
from services.cache_adoption import CacheAdoption
from services.purchase_client import PurchaseClient
from services.segment_cache import SegmentCache, SegmentKey
from services.segment_job import SegmentJob
from speech.engine import Engine
from speech.types import AudioChunk, Delivery, ModelNotice, Receipt, SpeechRequest
from storage.errors import DatabaseError

SWEEP_EVERY = 50  # purchases between looks at how much is cached

log = logging.getLogger("voiceverse.segment_purchases")


class Purchases:
    """Speaks through paying engines. One object serves all threads of a process.

    With a `client`, what a provider is asked for is received and cached though this process dies.
    """

    def __init__(
        self,
        db: Database,
        cache: SegmentCache,
        adoption: CacheAdoption,
        limit_bytes: int,
        client: PurchaseClient | None = None,
    ):
        self.db, self.cache, self.store, self.limit_bytes = db, cache, cache.store, limit_bytes
        self._adoption, self._client = adoption, client
        self._guard = threading.Lock()
        self._busy: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._bought = 0

    def speak(
        self, engine: Engine, request: SpeechRequest, job: SegmentJob
    ) -> Generator[AudioChunk]:
        """Yield the sound of a request: cached from earlier, or bought now and then cached."""
        key = self._key(engine, request, None if job.is_sample else job.owner_id, job.take)
        with self._exclusive(key):
            while (cached := self._use(engine, request, job, key)) is None:
                engine.check_budget()
                has_sound = False
                with closing(self._buy(engine, request, job, key)) as chunks:
                    for chunk in chunks:
                        has_sound = True
                        yield chunk
                if has_sound:
                    self._use(engine, request, job, key)
                    return
            delivery, content_hash = cached
            for piece in self.store.read(content_hash):
                yield AudioChunk(piece, engine.sample_rate)
            yield AudioChunk(b"", engine.sample_rate, delivery=delivery)

    def notices(self, engine: Engine) -> Sequence[ModelNotice]:
        """Ask what the engine's provider says about the model in use; raises SpeechError."""
        if self._client and self._client.can_buy(engine):
            return self._client.notices(engine)
        return engine.notices()

    def warm(self, engine: Engine) -> None:
        """Get ready ahead of the first request."""
        if self._client and self._client.can_buy(engine):
            self._client.warm()
        else:
            engine.warm()

    def rest(self) -> None:
        """End the process that buys once it has not been needed for a while."""
        if self._client:
            self._client.rest()

    def close(self) -> None:
        """Buy nothing more; what another process is buying is finished and cached there."""
        if self._client:
            self._client.close()

    def has(self, engine: Engine, request: SpeechRequest, owner_id: int | None) -> bool:
        """Whether the sound of a request is cached for a person, so that it costs nothing more."""
        return self.cache.has(self._key(engine, request, owner_id))

    @property
    def under_way(self) -> int:
        """The number of purchases that have begun and not ended."""
        return len(self._busy)

    def _key(
        self, engine: Engine, request: SpeechRequest, owner_id: int | None, take: str = ""
    ) -> SegmentKey:
        if owner_id is not None:
            self._adoption.adopt(owner_id, engine.name)
        return self.cache.key(engine, request, owner_id, take)

    def _buy(
        self, engine: Engine, request: SpeechRequest, job: SegmentJob, key: SegmentKey
    ) -> Generator[AudioChunk]:
        """Buy the sound, to be yielded as it arrives; at its end it is cached.

        Nothing is yielded where another process has cached it meanwhile.
        """
        if engine.breaker and not engine.is_own:
            engine.breaker.tell = partial(self._note_state, engine.name)
        begun = partial(
            self.db.begin_purchase,
            job.as_order(),
            key.content_hash,
            key.owner_id,
            key.fingerprint,
        )
        if self._client and self._client.can_buy(engine):
            # What is made for a file waits and is tried again; a preview has this one chance.
            asks = transient_causes.PAID_TRIES if job.file_id is None else 1
            chunks = self._client.buy(engine, request, key.content_hash, begun, asks=asks)
            return engine.breaker.watch(chunks) if engine.breaker else chunks
        return self._buy_here(engine, request, key.content_hash, begun)

    def _note_state(self, engine: str, rest_s: float, error: str) -> None:
        """Let everybody know whether a provider is left alone, and why."""
        try:
            if rest_s:
                self.db.save_resting(engine, now=time.time(), rest_s=rest_s, error=error)
            else:
                self.db.forget_resting(engine)
        except DatabaseError as failure:
            log.error("the state of %s cannot be written: %s", engine, failure.message)

    def _buy_here(
        self,
        engine: Engine,
        request: SpeechRequest,
        content_hash: str,
        begun: Callable[[], object],
    ) -> Generator[AudioChunk]:
        receipt, most = Receipt(), request.most_bytes(engine.sample_rate)
        with self.store.exclusive_writer(content_hash, receipt.note, paid_bytes=most) as write:
            if self.store.has(content_hash):
                return
            begun()
            pieces = []
            for chunk in receipt.hear(engine.speak(request)):
                pieces.append(chunk.pcm)
                yield chunk
            write(pieces)

    def _use(
        self, engine: Engine, request: SpeechRequest, job: SegmentJob, key: SegmentKey
    ) -> tuple[Delivery, str] | None:
        """Count a delivery for the job, whose file has it from now on; returns it and its hash.

        None where it is not cached. In one transaction, as sound that nobody wants leaves in one.
        """
        with self.db.transaction():
            if not (content_hash := self.cache.fetch(key)):
                return None
            delivery = Delivery.from_json(self.store.note(content_hash))
            is_new = self._count(engine, request, job, content_hash, key, delivery)
        if is_new:
            self._bought += 1
            self.cache.drop_unwanted()
            if self._bought % SWEEP_EVERY == 0:
                self._make_room()
        return delivery, content_hash

    def _count(
        self,
        engine: Engine,
        request: SpeechRequest,
        job: SegmentJob,
        content_hash: str,
        key: SegmentKey,
        delivery: Delivery,
    ) -> bool:
        """Enter the purchase in the ledger; False where it stands there from an earlier time.

        What the provider counted goes before what the price list says.
        """
        size, cost = self.store.size(content_hash), delivery.cost_usd
        if cost is None:
            duration_s = size / 2 / engine.sample_rate
            cost = engine.price().quote(len(request.text), duration_s)
        return self.db.record_purchase(
            job.as_order(),
            content_hash,
            cost=cost,
            size=size,
            now=time.time(),
            fingerprint=key.fingerprint,
        )

    def _make_room(self) -> None:
        """Drop the least recently used until what is cached fits the limit."""
        rows = self.db.list_cached_segments()
        excess = sum(row["size"] for row in rows) - self.limit_bytes
        for row in rows:
            if excess <= 0:
                return
            if not self._is_busy(row["content_hash"]):
                with self.db.transaction():  # nobody takes it over meanwhile
                    self.store.drop(row["content_hash"])
                    self.db.forget_cached_segment(row["content_hash"])
                excess -= row["size"]

    def _is_busy(self, content_hash: str) -> bool:
        """Whether a cached sound is being used; it may have another name than its owner's usual."""
        row = self.db.get_cached_segment(content_hash)
        return row is not None and (
            row["fingerprint"] in self._busy
            or _name_of(row["owner_id"], row["fingerprint"]) in self._busy
        )

    @contextmanager
    def _exclusive(self, key: SegmentKey) -> Iterator[None]:
        """One thread at a time per sound: the second finds what the first has bought.

        Nobody waits for another person, unless their sound is shared.
        """
        is_shared, fingerprint = self.cache.is_shared, key.fingerprint
        name = fingerprint if is_shared else _name_of(key.owner_id, fingerprint)
        with self._guard:
            lock = self._busy.get(name) or threading.Lock()
            self._busy[name] = lock
        with lock:
            yield


def _name_of(owner_id: int | None, fingerprint: str) -> str:
    return f"{owner_id} {fingerprint}"
