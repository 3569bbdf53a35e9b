"""Circuit breaker: a provider that fails again and again rests, and is tried once in a while."""

import math
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing

from speech.errors import ProviderBusy, ProviderResting, ProviderUnreachable, SpeechError
from speech.types import AudioChunk

FAILURES = 5
REST_S = 30.0
PROBE_S = 15.0  # the longest that requests wait for the one that finds out
LONGEST_REST_S = 300.0
DOWN = (ProviderBusy, ProviderUnreachable)


class CircuitBreaker:
    """Circuit of a provider: "closed" lets all through, "open" nothing, "half-open" one request.

    It opens after `failures` in a row that mean the provider is down, for `rest_s` seconds, and
    twice as long each time that the one request fails. A refusal is an answer, and no failure.
    """

    def __init__(
        self,
        label: str,
        *,
        failures: int = FAILURES,
        rest_s: float = REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label, self._limit, self._shortest_s, self._clock = label, failures, rest_s, clock
        self._lock = threading.Condition()
        self._failed = 0
        self._rest_s = rest_s
        self._open_until: float | None = None
        self._is_probing = False
        # Called with the seconds of rest and the reason when it opens, with 0 when it closes.
        self.tell: Callable[[float, str], object] = lambda rest_s, reason: None

    @property
    def state(self) -> str:
        """State that the next request meets: "closed", "open" or "half-open"."""
        with self._lock:
            if self._open_until is None:
                return "closed"
            is_resting = self._is_probing or self._clock() < self._open_until
            return "open" if is_resting else "half-open"

    def watch(self, chunks: Generator[AudioChunk]) -> Generator[AudioChunk]:
        """Pass chunks on and note how the request went; raises ProviderResting when open."""
        with closing(chunks):
            is_probe = self._admit()
            try:
                for chunk in chunks:
                    if is_probe:
                        self._close()
                    yield chunk
            except DOWN as error:
                self._count_failure(is_probe, error.message)
                raise
            except SpeechError:
                self._close()
                raise
            else:
                self._close()
            finally:
                if is_probe:
                    self._end_probe()

    def _admit(self) -> bool:
        """Let a request through; whether it is the one that finds out, which others wait for."""
        with self._lock:
            self._lock.wait_for(lambda: not self._is_probing, PROBE_S)
            if self._open_until is None:
                return False
            left_s = self._open_until - self._clock()
            if left_s > 0 or self._is_probing:
                raise ProviderResting(self._label, max(1, math.ceil(left_s)))
            self._is_probing = True
            return True

    def _end_probe(self) -> None:
        with self._lock:
            self._is_probing = False
            self._lock.notify_all()

    def _count_failure(self, is_probe: bool, reason: str) -> None:
        with self._lock:
            self._failed += 1
            if is_probe:
                self._rest_s = min(2 * self._rest_s, LONGEST_REST_S)
            elif self._open_until is not None or self._failed < self._limit:
                return
            self._open_until = self._clock() + self._rest_s
            rest_s = self._rest_s
        self.tell(rest_s, reason)

    def _close(self) -> None:
        with self._lock:
            was_open = self._open_until is not None
            self._failed, self._open_until, self._rest_s = 0, None, self._shortest_s
            self._is_probing = False
            self._lock.notify_all()
        if was_open:
            self.tell(0.0, "")
