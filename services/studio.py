"""The studio: all services of speech over one data folder, built once for app and worker."""

import logging
from functools import partial

from accounts.house_rules import HouseRules
from config import Config
from database import Database
from services.bin import Bin
from services.cache_adoption import CacheAdoption
from services.exports import Exports
from services.file_scripts import FileScripts
from services.generation import Generation
from services.previews import Previews
from services.purchase_client import PurchaseClient
from services.quotas import Quotas
from services.retakes import Retakes
from services.segment_cache import SegmentCache
from services.segment_purchases import Purchases
from services.synthesis import Synthesis
from services.voice_fallback import VoiceFallback
from services.voice_memory import VoiceMemory
from speech.registry import Registry
from storage.audio_store import AudioStore
from storage.segment_store import PreviewStore, SegmentStore, TakeStore

log = logging.getLogger("voiceverse.studio")


class Studio:
    """The services that pages, API, commands and worker use for speech.

    With a `client`, what a provider is asked for is received and cached though this process dies.
    """

    def __init__(
        self,
        config: Config,
        db: Database,
        store: AudioStore,
        registry: Registry,
        client: PurchaseClient | None = None,
    ):
        self.config, self.db, self.store, self.registry = config, db, store, registry
        takes = TakeStore(config.data_dir / "takes")
        previews = PreviewStore(config.data_dir / "previews")
        self.segment_cache = SegmentCache(db, SegmentStore(config.segments_dir))
        self.voice_fallback = VoiceFallback(db, registry)
        self.voice_fallback.learn()
        self.voice_memory = VoiceMemory(db, registry)
        self.scripts = FileScripts(db)
        self.cache_adoption = CacheAdoption(
            db, self.segment_cache, self.voice_fallback, self.scripts
        )
        self.purchases = Purchases(
            db,
            self.segment_cache,
            self.cache_adoption,
            config.kept_segments_mb * 1024 * 1024,
            client,
        )
        self.synthesis = Synthesis(db, store, self.voice_fallback, self.scripts, self.purchases)
        self.quotas = Quotas(config, db)
        self.rules = HouseRules(config, db)
        self.generation = Generation(
            config,
            db,
            store,
            registry,
            self.voice_fallback,
            self.voice_memory,
            self.scripts,
            self.quotas,
        )
        self.previews = Previews(config, registry, self.voice_fallback, self.purchases, previews)
        self.retakes = Retakes(self.synthesis, takes, self.quotas)
        self.bin = Bin(db, store, takes, self.segment_cache, self.cache_adoption, self.rules)
        self.exports = Exports(config, db, store, registry)

    def reconcile(self) -> list[str]:
        """Put right what a kill left on disk; returns sound files that no row knows (kept)."""
        for tidy in (
            self.segment_cache.store.sweep,
            partial(self.segment_cache.drop_unwanted, is_start=True),
            self.previews.store.sweep,
            partial(self.retakes.takes.sweep, self.db.is_take_wanted),
        ):
            try:
                tidy()
            except OSError as error:  # what lies there too long keeps nobody from speaking
                log.error("what a stop left on the disk cannot be removed: %s", error)
        return self.store.reconcile(self.db.find_audio_file)
