"""Each request in the log and in the counts: what was asked, how it ended, how long it took.

Neither query strings nor bodies are told: they hold texts, passwords and links that work once.
"""

import logging
import threading
import time
from collections import Counter

from flask import Flask, Response, current_app, g, has_request_context, request

from access import services
from logs import REQUESTS

LONGEST_PATH = 300
TRAFFIC = "voiceverse_traffic"

log = logging.getLogger(REQUESTS)


class Traffic:
    """How many requests were answered since the start, by class of status such as "2xx"."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.started_at = time.time()

    def count(self, status: int) -> None:
        with self._lock:
            self._counts[f"{status // 100}xx"] += 1

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)


def prepare(app: Flask) -> None:
    """Follow every request of the app; to be called before anything else is hooked in."""
    app.extensions[TRAFFIC] = Traffic()
    app.before_request(_begin)
    app.after_request(_end)


def traffic() -> Traffic:
    """The counts of the running app."""
    return current_app.extensions[TRAFFIC]


def request_id() -> str:
    """The id of the request at work; empty outside of one."""
    return g.get("request_id", "") if has_request_context() else ""


def _begin() -> None:
    g.began_at = time.monotonic()


def _end(response: Response) -> Response:
    traffic().count(response.status_code)
    # A page comes with a dozen files of the program's own, which tell nothing.
    level = logging.DEBUG if request.endpoint == "static" else logging.INFO
    if services().config.request_log == "on" and log.isEnabledFor(level):
        log.log(level, "request", extra={"fields": _fields(response)})
    return response


def _fields(response: Response) -> dict[str, str | int | float | None]:
    user = g.get("user") or {}
    return {
        "method": request.method[:LONGEST_PATH],
        "path": request.path[:LONGEST_PATH],
        "status": response.status_code,
        "ms": round((time.monotonic() - g.began_at) * 1000, 1),  # until the answer began
        "user": user.get("user_id"),
    }
