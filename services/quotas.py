"""Quotas: how much one person may keep, and have spoken in a day, where an admin sets limits."""

from collections.abc import Callable
from datetime import datetime, timedelta

from common.errors import AppError, Message
from config import Config
from database import Database

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

    def check(self, owner_id: int, characters: int, size: int) -> None:
        """Raise StorageUsedUp or DayUsedUp when so much more is too much; `size` in bytes.

        Asked inside the transaction that adds it, so that two at once are not both let through.
        """
        if self._config.daily_characters_per_user:
            self._check_day(owner_id, characters)
        if self._config.storage_mb_per_user:
            self._check_storage(owner_id, size)

    def _check_day(self, owner_id: int, characters: int) -> None:
        limit, now = self._config.daily_characters_per_user, self._clock()
        used = self._db.get_characters_of_day(owner_id, now.year, now.month, now.day)
        if used + characters <= limit:
            return
        tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        raise DayUsedUp(
            Message(
                "You may have {limit} characters spoken in a day, of which {left} are left today. "
                "Nothing was lost; send less, or try again tomorrow.",
                limit=limit,
                left=max(0, limit - used),
            ),
            max(1, round((tomorrow - now).total_seconds())),
        )

    def _check_storage(self, owner_id: int, size: int) -> None:
        limit = self._config.storage_mb_per_user * MEGABYTE
        used = self._db.get_stored_bytes(owner_id)
        if used + size <= limit:
            return
        raise StorageUsedUp(
            Message(
                "You keep {kept} MB of the {limit} MB that you may, and this does not fit. "
                "Delete something for good, in the bin too, then try again.",
                kept=used // MEGABYTE,
                limit=self._config.storage_mb_per_user,
            )
        )
