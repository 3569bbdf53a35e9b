"""Watch over answers that take long to send: they end with the session that asked for them."""

import logging
import threading
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from storage.errors import DatabaseError

LOOK_S = 0.5

log = logging.getLogger("voiceverse.session_watch")


class Sending(NamedTuple):
    """An answer on its way: to whom, how to break it off, whether it has been sent.

    The session is named by the hash of its token.
    """

    session: str
    hang_up: Callable[[], object]
    is_sent: Callable[[], bool]


class SessionWatch:
    """Looks twice a second, for all of them at once, whose sessions still hold.

    `find_open` tells which of some sessions do; the looking ends when `stopping` is set.
    """

    def __init__(
        self, find_open: Callable[[set[str]], set[str]], stopping: threading.Event
    ) -> None:
        self._find_open, self._stopping = find_open, stopping
        self._lock = threading.Lock()
        self._numbers = count()
        self._sendings: dict[int, Sending] = {}
        self._is_looking = False

    def add(self, sending: Sending) -> Callable[[], None]:
        """Watch over an answer; what it returns is called when that was sent otherwise.

        Without a thread to look, it is watched from when the next one is added.
        """
        with self._lock:
            number = next(self._numbers)
            self._sendings[number] = sending
            if not self._is_looking:
                self._start_looking()
        return lambda: self._drop(number)

    def _start_looking(self) -> None:
        try:
            threading.Thread(target=self._run, name="session-watch", daemon=True).start()
        except RuntimeError:  # the system gives no thread just now
            log.exception("nobody looks whether the sessions of answers on their way still hold")
        else:
            self._is_looking = True

    def _drop(self, number: int) -> None:
        with self._lock:
            self._sendings.pop(number, None)

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            with self._lock:
                if not self._sendings:
                    self._is_looking = False
                    return
                sendings = dict(self._sendings)
            try:
                self._look(sendings)
            except DatabaseError:
                continue  # nobody is kept from listening by a database that is busy
            except Exception:  # all answers are watched here; they are looked at anew
                log.exception("the sessions of answers on their way could not be looked at")

    def _look(self, sendings: dict[int, Sending]) -> None:
        """Forget what has been sent, and end what is sent to sessions that have ended."""
        for number in [n for n, each in sendings.items() if each.is_sent()]:
            del sendings[number]
            self._drop(number)
        if not sendings:
            return
        still_open = self._find_open({each.session for each in sendings.values()})
        for number, each in sendings.items():
            if each.session not in still_open:
                self._drop(number)  # one that cannot be ended keeps no other from its end
                if not each.is_sent():
                    each.hang_up()
