"""Limits of connections: how many are open, of one address and in all, and how long they may idle.

Whoever is slow, or sends what nobody asked for, must cost others nothing.
"""

import time
from collections.abc import Callable
from typing import Any

from common.ip_address import Network, address
from common.shared_counts import SharedCounts
from server.body_admission import Admissions
from server.request_queue import RequestQueue
from web.rate_limits import neighbourhood
from web.server_interface import Report, RuleOf
from web.trusted_proxies import client_behind, is_secure_behind

IDLE_S = 120.0
CROWDED_SHARE = 0.8
CROWDED_IDLE_S = 5.0
DRAINING_IDLE_S = 2.0


class ConnectionLimits:
    """Connections that are open, counted by address, and the limits that hold for each.

    `connections` is the number that this process takes; `of_one` address all processes together.
    Without `admissions` and a `queue` nobody is asked and nobody waits.
    """

    def __init__(
        self,
        rule_of: RuleOf,
        *,
        connections: int,
        of_one: int,
        counts: SharedCounts,
        exempt: tuple[Network, ...] = (),
        admissions: Admissions | None = None,
        queue: RequestQueue[Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
        report: Report = lambda outcome: None,
    ) -> None:
        self.rule_of, self.clock, self.report = rule_of, clock, report
        self.admissions, self.queue = admissions, queue
        self._crowded = int(connections * CROWDED_SHARE)
        self._of_one, self._exempt = of_one, exempt
        self._counts, self._inside = counts, 0
        self.is_draining = False  # whether each connection ends with the answer to come

    def client(self, peer: str, forwarded: str) -> str:
        """Key that a sender is counted under: the peer, or the client a trusted proxy names."""
        found = address(peer)
        if found is None or not forwarded or not self._is_exempt(peer):
            return neighbourhood(peer)
        return neighbourhood(str(client_behind(found, forwarded, self._exempt)[0]))

    def is_secure(self, peer: str, forwarded: str, schemes: str) -> bool:
        """Whether a request came over https, as trusted proxies say and the app believes."""
        found = address(peer)
        return found is not None and is_secure_behind(found, forwarded, schemes, self._exempt)

    def enter(self, where: str) -> bool:
        """Count a connection; returns whether there is room for one more from that address."""
        self._inside += 1
        here = self._counts.add(("connections", where), 1)
        return here <= self._of_one or self._is_exempt(where)

    def leave(self, where: str) -> None:
        """Uncount a connection that has ended."""
        self._inside -= 1
        self._counts.add(("connections", where), -1)

    @property
    def idle_s(self) -> float:
        """Seconds that a connection may be idle; far fewer when places become scarce."""
        if self.is_draining:
            return DRAINING_IDLE_S
        return CROWDED_IDLE_S if self._inside > self._crowded else IDLE_S

    def _is_exempt(self, where: str) -> bool:
        found = address(where)
        return found is not None and any(found in network for network in self._exempt)
