"""Rate limits: a bucket for each who asks, which fills again while time goes by."""

import ipaddress
import mmap
import struct
import time
from collections.abc import Callable, Hashable
from math import ceil, inf

from common.errors import AppError, Message
from common.ip_address import address
from common.shared_counts import HASH_BITS, ProcessLock

ROWS, ROWS_OF_KEY = 32_768, 8
ROW = struct.Struct("=qdd")  # of a bucket: whose it is, what is left in it, since when (s)
TINY = 1e-9  # what adding up fractions loses
NOTED_EVERY_S = 600
Bucket = tuple[int, float, float]
HOME_NETWORK = 64  # bits: what one home gets of IPv6


class TooManyRequests(AppError):
    """Wait `retry_after_s` seconds before the next request; `limit` names what was too much."""

    status = 429

    def __init__(self, retry_after_s: int, limit: str = "requests") -> None:
        self.limit = limit
        if retry_after_s == 1:
            super().__init__("Too many requests at once. Wait one second and try again.")
        else:
            super().__init__(
                Message(
                    "Too many requests at once. Wait {seconds} seconds and try again.",
                    seconds=retry_after_s,
                )
            )
        self.retry_after_s = retry_after_s


class Rates:
    """Counts requests by person and address, for all processes that are forked from here together.

    A key is anything with a hash. Each has one of a few places in the table; where all of them are
    taken, the one that has not asked for longest is forgotten.
    """

    def __init__(self, lock: ProcessLock, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._clock = lock, clock
        self._table = mmap.mmap(-1, ROWS * ROW.size)

    def take(self, who: Hashable, per_minute: int, limit: str = "requests") -> None:
        """Count one request; raises TooManyRequests beyond `per_minute` of them, 0 for any number.

        As many may come at once as in a minute; then one for each that has been waited for.
        """
        if not per_minute:
            return
        left = self._take(("rate", who), per_minute, per_minute / 60)
        if left < 1:
            raise TooManyRequests(max(1, ceil((1 - left) * 60 / per_minute)), limit)

    def is_first_refusal(self, who: Hashable, limit: str) -> bool:
        """Whether somebody ran into this limit for the first time in ten minutes; counts it."""
        return self._take(("noted", who, limit), 1, 1 / NOTED_EVERY_S) >= 1

    def _take(self, key: Hashable, most: int, per_second: float) -> float:
        """Take one from a bucket if it holds one; returns what it held before."""
        number, now = hash(key) & HASH_BITS or 1, self._clock()
        first = number % (ROWS // ROWS_OF_KEY) * ROWS_OF_KEY
        with self._lock:
            buckets = [
                ROW.unpack_from(self._table, row * ROW.size)
                for row in range(first, first + ROWS_OF_KEY)
            ]
            row, bucket = _place(buckets, number)
            left, since = bucket[1:] if bucket[0] == number else (float(most), now)
            left = min(most, left + (now - since) * per_second + TINY)
            bucket = (number, left - 1 if left >= 1 else left, now)
            ROW.pack_into(self._table, (first + row) * ROW.size, *bucket)
        return left


def _place(buckets: list[Bucket], number: int) -> tuple[int, Bucket]:
    """Row and content of a key's bucket, or else of the one that was not asked for longest."""
    for row, bucket in enumerate(buckets):
        if bucket[0] == number:
            return row, bucket
    row = min(range(len(buckets)), key=lambda row: buckets[row][2] if buckets[row][0] else -inf)
    return row, buckets[row]


def neighbourhood(text: str) -> str:
    """The key for everybody at an address: itself, or the home network of an IPv6 one."""
    found = address(text)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(found), HOME_NETWORK), strict=False))
    return str(found or text)
