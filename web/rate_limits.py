"""Rate limits: a bucket for each who asks, which fills again while time goes by."""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import ceil, inf

from common.errors import AppError, Message
from common.ip_address import address

MOST_BUCKETS = 20_000
NOTED_EVERY_S = 600
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
    """Counts requests by person and address; forgets those who have not asked for longest."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._noted: OrderedDict[Hashable, float] = OrderedDict()

    def take(self, who: Hashable, per_minute: int, limit: str = "requests") -> None:
        """Count one request; raises TooManyRequests beyond `per_minute` of them, 0 for any number.

        As many may come at once as in a minute; then one for each that has been waited for.
        """
        if not per_minute:
            return
        now = self._clock()
        with self._lock:
            left, since = self._buckets.pop(who, (float(per_minute), now))
            left = min(per_minute, left + (now - since) * per_minute / 60)
            self._buckets[who] = (left - 1 if left >= 1 else left, now)
            while len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        if left < 1:
            raise TooManyRequests(max(1, ceil((1 - left) * 60 / per_minute)), limit)

    def is_first_refusal(self, who: Hashable, limit: str) -> bool:
        """Whether somebody ran into this limit for the first time in ten minutes; counts it."""
        now, key = self._clock(), (who, limit)
        with self._lock:
            if now - self._noted.get(key, -inf) < NOTED_EVERY_S:
                return False
            self._noted[key] = now
            self._noted.move_to_end(key)
            while len(self._noted) > MOST_BUCKETS:
                self._noted.popitem(last=False)
        return True


def neighbourhood(text: str) -> str:
    """The key for everybody at an address: itself, or the home network of an IPv6 one."""
    found = address(text)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(found), HOME_NETWORK), strict=False))
    return str(found or text)
