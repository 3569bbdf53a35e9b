"""Services of the running app, each with its type."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from flask import current_app

from accounts.accounts import Accounts
from accounts.encryption import SecretBox
from accounts.new_devices import NewDeviceAlerts
from accounts.passkeys import Passkeys
from accounts.two_factor import TwoFactorRules
from common.shared_counts import ProcessLock, SharedCounts
from common.shared_times import SharedTimes
from config import Config
from database import Database
from services.backoff import Notice
from services.bookmarks import Bookmarks
from services.documents import Documents
from services.library import Library
from services.people import People
from services.pronunciations import Pronunciations
from services.providers import Providers
from services.sentences import Sentences
from services.sharing import Sharing
from services.studio import Studio
from speech.registry import Registry, build_registry
from storage.audio_store import AudioStore
from storage.disk_reserve import Reserve
from web.body_quota import BodyQuota
from web.live_listeners import LiveListeners
from web.rate_limits import Rates
from web.response_kinds import KINDS
from web.session_watch import SessionWatch
from web.trusted_hosts import Hosts


@dataclass(slots=True)
class Services:
    """The services that views call, kept in app.extensions["voiceverse"] by create_app."""

    config: Config
    db: Database
    store: AudioStore
    registry: Registry
    providers: Providers
    studio: Studio
    library: Library
    sharing: Sharing
    people: People
    documents: Documents
    pronunciations: Pronunciations
    sentences: Sentences
    bookmarks: Bookmarks
    accounts: Accounts
    hosts: Hosts
    rates: Rates
    notice: Notice
    reserve: Reserve
    two_factor: TwoFactorRules
    passkeys: Passkeys
    devices: NewDeviceAlerts
    session_watch: SessionWatch
    lock: ProcessLock
    counts: SharedCounts  # of all processes that serve this app
    times: SharedTimes  # of answers, likewise
    live_listeners: LiveListeners
    wake_worker: Callable[[], None]
    warm_voice: Callable[[], None]  # before somebody asks for speech
    restart: Callable[[], None] | None = None  # the program, where it can do that by itself
    stopping: Event = field(default_factory=Event)
    body_quota: BodyQuota | None = None  # of the server that runs the app


def services() -> Services:
    """The services of the running app."""
    return current_app.extensions["voiceverse"]


def make_services(config: Config, key: bytes, registry: Registry | None = None) -> Services:
    """The services of an app with these settings, whose secrets are sealed with `key`."""
    db = Database(config.database_path)
    store = AudioStore(config.audio_dir, min_free_mb=config.min_free_mb)
    providers = Providers(config, db)
    registry = registry or build_registry(config, providers)
    studio = Studio(config, db, store, registry)
    keeper = Accounts(db, config, key)
    stopping, lock, library = Event(), ProcessLock(), Library(studio)
    counts = SharedCounts(lock)
    return Services(
        config=config,
        db=db,
        store=store,
        registry=registry,
        providers=providers,
        studio=studio,
        library=library,
        sharing=Sharing(db, keeper),
        people=People(studio, library, keeper),
        documents=Documents(db, studio, config),
        pronunciations=Pronunciations(studio),
        sentences=Sentences(studio),
        bookmarks=Bookmarks(db),
        accounts=keeper,
        two_factor=TwoFactorRules(db, keeper, SecretBox(key)),
        passkeys=Passkeys(db, keeper),
        devices=NewDeviceAlerts(db, keeper),
        hosts=Hosts(config.trusted_hosts, config.host),
        rates=Rates(lock),
        notice=Notice(config.data_dir),
        reserve=Reserve(config.data_dir / "reserve", config.min_free_mb),
        session_watch=SessionWatch(keeper.find_open_sessions, stopping),
        lock=lock,
        counts=counts,
        times=SharedTimes(lock, KINDS),
        live_listeners=LiveListeners(counts, max(1, config.live_listeners)),
        wake_worker=lambda: None,
        warm_voice=lambda: None,
        stopping=stopping,
    )
