"""Log and counts of requests: what was asked, what was sent, how long it took.

Neither query strings nor bodies are told: they hold texts, passwords and links that work once.
"""

import logging
import time
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request

from common.logs import REQUESTS, is_terminal
from common.shared_counts import ProcessLock, SharedCounts
from config import Config
from web.response_kinds import REFUSED, kind_of_answer
from web.server_interface import ABORTED, BROKEN, NOTE, Outcome, Report
from web.services import services

LONGEST_PATH = 300
TRAFFIC = "voiceverse_traffic"
CLASSES = tuple(f"{hundreds}xx" for hundreds in range(10))
KINDS = 64  # more than there are

log = logging.getLogger(REQUESTS)


class Traffic:
    """Counts of requests answered since the start, by class of status such as "2xx".

    Answers that went wrong on their way count as what went wrong, whatever their status was. What
    a process has counted stays when it ends.
    """

    def __init__(self, lock: ProcessLock) -> None:
        self._counts = SharedCounts(lock, records=KINDS)

    def count(self, status: int | None, problem: str = "") -> None:
        """Count an answer, by what went wrong where something did."""
        self._counts.add(problem or CLASSES[(status or 0) // 100], 1)

    def counts(self) -> dict[str, int]:
        """The counts so far, in all processes together."""
        found = {kind: self._counts.total(kind) for kind in (*CLASSES, ABORTED, BROKEN)}
        return {kind: count for kind, count in found.items() if count}


def prepare(app: Flask) -> None:
    """Follow every request of the app; to be called before anything else is hooked in."""
    app.extensions[TRAFFIC] = Traffic(app.extensions["voiceverse"].lock)
    app.before_request(_begin)
    app.after_request(_end)


def reporter(app: Flask, config: Config) -> Report:
    """A function that a server calls when an answer has ended, to count it and write its line."""
    traffic, is_on = app.extensions.get(TRAFFIC) or Traffic(ProcessLock()), _is_on(config)

    def report(outcome: Outcome) -> None:
        note = outcome.note
        traffic.count(outcome.status, outcome.problem)
        if is_on:
            fields: dict[str, Any] = {"method": _cut(outcome.method), "path": _cut(outcome.path)}
            fields |= {"status": outcome.status, "ms": outcome.ms, "user": None}
            fields |= note.get("fields", {}) | {"status": outcome.status}
            if outcome.problem:
                fields["problem"] = outcome.problem
            _write(note.get("level", logging.INFO), fields, note.get("request_id", ""))

    return report


def traffic() -> Traffic:
    """The counts of the running app."""
    return current_app.extensions[TRAFFIC]


def request_id() -> str:
    """The id of the request at work; empty outside of one."""
    return g.get("request_id", "") if has_request_context() else ""


def _is_on(config: Config) -> bool:
    return config.request_log == "on" or (config.request_log == "auto" and not is_terminal())


def _begin() -> None:
    g.began_at = time.monotonic()


def _end(response: Response) -> Response:
    # A page comes with a dozen files of the program's own, which tell nothing.
    level = logging.DEBUG if request.endpoint == "static" else logging.INFO
    note = request.environ.get(NOTE)
    kind = kind_of_answer(request, response)
    # A page takes long when a process first shows it; a refusal counts, however it is shown.
    if kind and (kind == REFUSED or not g.get("has_compiled")):
        came_at = (note or {}).get("came_at") or g.began_at
        services().times.note(kind, 1000 * (time.monotonic() - came_at))
    if note is not None:  # the server knows better how this ends
        note |= {"level": level, "fields": _fields(response), "request_id": request_id()}
        return response
    traffic().count(response.status_code)
    if _is_on(services().config):
        _write(level, _fields(response), request_id())
    return response


def _write(level: int, fields: dict[str, Any], request_id: str) -> None:
    log.log(level, "request", extra={"fields": fields, "request_id": request_id})


def _fields(response: Response) -> dict[str, str | int | float | None]:
    user = g.get("user") or {}
    return {
        "method": _cut(request.method),
        "path": _cut(request.path),
        "status": response.status_code,
        "ms": round((time.monotonic() - g.began_at) * 1000, 1),  # until the answer began
        "user": user.get("user_id"),
    }


def _cut(text: str | None) -> str | None:
    return text and text[:LONGEST_PATH]
