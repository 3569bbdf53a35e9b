"""Local wall-clock texts of the older app, to and from UTC."""

import functools
from datetime import UTC, date, datetime, timedelta

DAY_S = 86400
EARLIEST, LATEST = 1970, 9998


@functools.cache
def _second_texts() -> list[str]:
    return [
        f" {hour:02d}:{minute:02d}:{second:02d}"
        for hour in range(24)
        for minute in range(60)
        for second in range(60)
    ]


@functools.cache
def _seconds_of() -> dict[str, int]:
    return {text: second for second, text in enumerate(_second_texts())}


class LocalClock:
    """Converts naive local times by the machine's zone; fast where a day has one offset.

    `days` has the start (s since 1970) of each such day seen so far, `seconds` that of each
    ' HH:MM:SS' within a day: their sum is the time.
    """

    def __init__(self) -> None:
        self.days: dict[str, int | None] = {}
        self._names: dict[int, str] = {}
        self.seconds = _seconds_of()
        self._texts = _second_texts()

    def to_epoch(self, text: str) -> int:
        """Convert a local 'YYYY-MM-DD HH:MM:SS' to seconds since 1970; raises ValueError.

        A time that the clocks skipped, or showed twice, is taken as its first meaning.
        """
        day, second = text[:10], self.seconds.get(text[10:])
        if second is None:
            raise ValueError(text)
        try:
            start = self.days[day]
        except KeyError:
            start = self.days[day] = _start_of_even_day(day)
        if start is not None:
            return start + second
        return _epoch(datetime.fromisoformat(text))

    def to_utc(self, epoch: int) -> str:
        """Convert seconds since 1970 to the UTC text 'YYYY-MM-DD HH:MM:SS'."""
        day, second = divmod(epoch, DAY_S)
        try:
            name = self._names[day]
        except KeyError:
            name = self._names[day] = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
        return name + self._texts[second]

    def to_local(self, epoch: int) -> str:
        """Convert seconds since 1970 to the local text."""
        return datetime.fromtimestamp(epoch, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _start_of_even_day(day: str) -> int | None:
    """Start of a local day, or None when the clocks change in it. Raises ValueError."""
    if len(day) != 10 or day[4] != "-" or day[7] != "-" or not day.isascii():
        raise ValueError(day)
    midnight = datetime.fromisoformat(day)
    if not EARLIEST <= midnight.year <= LATEST:
        raise ValueError(day)
    start = _epoch(midnight)
    is_even = _epoch(midnight + timedelta(days=1)) - start == DAY_S
    return start if is_even and start >= 0 else None


def _epoch(local: datetime) -> int:
    epoch = int(local.timestamp())
    if epoch < 0:
        raise ValueError(local)
    return epoch
