"""Housekeeping beside the worker: notices of providers, the bin, the security log, bought sound."""

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from database import Database
from services.studio import Studio
from services.trusted_clock import TrustedClock
from speech.errors import SpeechError
from storage.audio_errors import AudioError
from storage.errors import DatabaseError

DAY_S = 24 * 3600.0
SOUND_PAUSE_S = 5.0  # between two looks at bought sound
TIME = "%Y-%m-%d %H:%M:%S"

log = logging.getLogger("voiceverse.housekeeping")


class Housekeeping:
    """Starts daily tasks in threads of their own; a loop tidies bought sound until `stop`."""

    def __init__(self, studio: Studio, clock: TrustedClock, stop: threading.Event):
        self._studio, self._db, self._config = studio, studio.db, studio.config
        self._clock, self._stop = clock, stop
        self._noticed_at: float | None = None
        self._emptied_at: float | None = None
        self._emptying: threading.Thread | None = None

    def look(self) -> None:
        """Start what is due; raises RuntimeError where the system gives no thread for it."""
        self._ask_for_notices()
        self._empty_bin()

    def join(self, deadline: float) -> None:
        """Wait until the bin is emptied, at most until that time of the monotonic clock."""
        if self._emptying:
            self._emptying.join(max(0.0, deadline - time.monotonic()))

    def _ask_for_notices(self) -> None:
        now = time.monotonic()
        if self._noticed_at is None or now - self._noticed_at >= DAY_S:
            threading.Thread(target=self.save_notices, name="notices", daemon=True).start()
            self._noticed_at = now

    def save_notices(self) -> None:
        """Ask each provider what it says about its models, such as the day one ends."""
        for engine in self._studio.registry.engines:
            try:
                notices = self._studio.purchases.notices(engine)
                found = {note.model: note.shutdown.isoformat() for note in notices if note.shutdown}
                if found or engine.caches_segments:
                    self._db.save_model_notices(engine.name, found)
                    self._studio.voice_fallback.learn()
            except (SpeechError, DatabaseError) as error:
                log.warning("%s says nothing about its models: %s", engine.label, error.message)

    def _empty_bin(self) -> None:
        """Remove what is past its time, once a day, as long as the clock can be believed."""
        now = time.monotonic()
        if self._emptied_at is not None and now - self._emptied_at < DAY_S:
            return
        if (believed := self._clock.believed()) is not None:
            emptying = threading.Thread(
                target=self._empty_bin_now, args=(believed,), name="bin", daemon=True
            )
            emptying.start()
            self._emptying, self._emptied_at = emptying, now

    def _empty_bin_now(self, now: float) -> None:
        try:
            if count := self._studio.bin.empty(now):
                log.info("%s files left the bin after their time there", count)
            if count := prune_security_log(self._db, self._studio.rules.security_log_days, now):
                log.info("%s events left the security log after their time there", count)
        except (AudioError, DatabaseError) as error:
            log.error("what is past its time cannot be removed: %s", error.message)
        except OSError as error:
            log.error("what is past its time cannot be removed: %s", error)

    def look_after_sound(self) -> None:
        """Remove bought sound that nothing needs any more, until `stop` is set.

        After an upgrade, first find the owners of sound that was bought before it had any.
        """
        work = [partial(self._studio.cache_adoption.adopt_all, until=self._stop.is_set)]
        while not self._stop.is_set():
            try:
                for each in work:
                    each()
                work = [partial(self._studio.segment_cache.drop_unwanted, until=self._stop.is_set)]
            except (AudioError, DatabaseError) as error:
                log.error("bought sound cannot be looked after: %s", error.message)
            except Exception:  # the top of a thread; it looks again
                log.exception("bought sound cannot be looked after")
            self._stop.wait(SOUND_PAUSE_S)


def prune_security_log(db: Database, days: int, now: float) -> int:
    """Remove the events older than that; returns how many. 0 days keep them for ever."""
    if not days:
        return 0
    today = datetime.fromtimestamp(now, UTC)
    before, until = today - timedelta(days=days), today + timedelta(days=1)
    return db.prune_security_logs(f"{before:{TIME}}", f"{until:{TIME}}")
