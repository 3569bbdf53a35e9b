"""Quotas: how much one person may keep, and have spoken in a day, where an admin sets limits."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.errors import AppError, Message
from config import Config
from database import Database
from queries.admin import PersonStorage
from storage.import_store import ImportStore

MEGABYTE = 1_000_000


class StorageUsedUp(AppError):
    """The person keeps as much as one may."""

    status = 507
    limit = "storage"


class DayUsedUp(AppError):
    """The person had as much spoken today as one may."""

    status = 429
    limit = "characters of a day"

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of something one person may have; amounts of 0 mean any.

    `amount` holds; `own` was set for this person, None where it was not; `most` is what the
    environment allows everybody.
    """

    amount: int
    own: int | None
    most: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one person."""

    daily_characters: Limit
    storage_mb: Limit


def now_here() -> datetime:
    """The present moment on this machine's clock."""
    return datetime.now().astimezone()


class Quotas:
    """Refuses new work beyond the limits; what is there stays, and can be heard and deleted."""

    def __init__(
        self, config: Config, db: Database, clock: Callable[[], datetime] = now_here
    ) -> None:
        self._config, self._db, self._clock = config, db, clock
        self._imports = ImportStore(config.imports_dir)

    def check(self, owner_id: int, characters: int, size: int) -> None:
        """Raise StorageUsedUp or DayUsedUp when so much more is too much; `size` in bytes.

        Asked inside the transaction that adds it, so that two at once are not both let through.
        """
        limits = self.limits(owner_id)
        if limits.daily_characters.amount:
            self._check_day(owner_id, characters, limits.daily_characters.amount)
        self._check_storage(owner_id, size, limits.storage_mb.amount)

    def check_storage(self, owner_id: int, size: int) -> None:
        """Raise StorageUsedUp when so many bytes more are too much; asked as `check` is."""
        self._check_storage(owner_id, size, self.limits(owner_id).storage_mb.amount)

    def limits(self, owner_id: int) -> Limits:
        """What holds for a person, and where it comes from."""
        own = self._db.get_person_limits(owner_id)
        return Limits(
            _limit(own["daily_characters"], self._config.daily_characters_per_user),
            _limit(own["storage_mb"], self._config.storage_mb_per_user),
        )

    def characters_today(self, owner_id: int) -> int:
        """Characters that a person had spoken today, and those that wait."""
        now = self._clock()
        return self._db.get_characters_of_day(owner_id, now.year, now.month, now.day)

    def kept_bytes(self, owner_id: int) -> int:
        """Bytes that a person keeps or has on the way in, in the database and on the disk."""
        uploads = self._db.list_uploads(owner_id)
        waiting = sum(self._imports.size(each["upload"]) for each in uploads)
        return self._db.get_stored_bytes(owner_id) + waiting

    def storage_by_person(self) -> list[PersonStorage]:
        """List the storage of each person, with what of their documents waits to be read."""
        rows = self._db.get_storage_by_person()
        waiting: Counter[str] = Counter()
        for each in self._db.list_uploads():
            waiting[each["username"]] += self._imports.size(each["upload"])
        for row in rows:
            row["documents_size"] += waiting[row["username"]]
        return rows

    def _check_day(self, owner_id: int, characters: int, limit: int) -> None:
        now, used = self._clock(), self.characters_today(owner_id)
        if used + characters <= limit:
            return
        tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        raise DayUsedUp(
            Message(
                "You can generate {limit} characters a day and have {left} left today. "
                "Your text is still here; shorten it, or try again tomorrow.",
                limit=limit,
                left=max(0, limit - used),
            ),
            max(1, round((tomorrow - now).total_seconds())),
        )

    def _check_storage(self, owner_id: int, size: int, limit_mb: int) -> None:
        if not limit_mb:
            return
        used = self.kept_bytes(owner_id)
        if used + size <= limit_mb * MEGABYTE:
            return
        raise StorageUsedUp(
            Message(
                "Your storage is full: you use {kept} MB of {limit} MB. Delete something "
                "for good, in the bin too, then try again.",
                kept=used // MEGABYTE,
                limit=limit_mb,
            )
        )


def _limit(own: int | None, most: int) -> Limit:
    """The lower of both; a ceiling that was lowered since holds, too."""
    return Limit(min(own or most, most or own or 0), own, most)
