"""Quotas: how much one person may keep, and have spoken in a day, where an admin sets limits."""

from collections import Counter
from collections.abc import Callable
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
        if self._config.daily_characters_per_user:
            self._check_day(owner_id, characters)
        self.check_storage(owner_id, size)

    def check_storage(self, owner_id: int, size: int) -> None:
        """Raise StorageUsedUp when so many bytes more are too much; asked as `check` is."""
        if self._config.storage_mb_per_user:
            self._check_storage(owner_id, size)

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

    def _check_day(self, owner_id: int, characters: int) -> None:
        limit, now = self._config.daily_characters_per_user, self._clock()
        used = self._db.get_characters_of_day(owner_id, now.year, now.month, now.day)
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

    def _check_storage(self, owner_id: int, size: int) -> None:
        limit = self._config.storage_mb_per_user * MEGABYTE
        used = self.kept_bytes(owner_id)
        if used + size <= limit:
            return
        raise StorageUsedUp(
            Message(
                "Your storage is full: you use {kept} MB of {limit} MB. Delete something "
                "for good, in the bin too, then try again.",
                kept=used // MEGABYTE,
                limit=self._config.storage_mb_per_user,
            )
        )
