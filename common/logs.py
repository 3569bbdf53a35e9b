"""Logging on standard error: a line for each event.

For programs it is a line of JSON, in UTC; for who sits before a terminal, a short one in local
time. Both escape line breaks and control characters, so that nothing that people send can look like
a line of its own, or move the cursor.
"""

import json
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty, Queue
from typing import TextIO

REQUESTS = "voiceverse.requests"
MOST_AT_ONCE, MOST_WAITING = 1000, 10_000  # lines; where nobody takes them, requests wait
# At their most talkative they write the headers of requests and answers, and keys are among them.
CARRIERS = ("httpcore2", "httpx2", "openai", "websockets")


class JsonLines(logging.Formatter):
    """JSON formatter: time, level, logger, request id where there is one, message or fields."""

    def __init__(self, request_id: Callable[[], str]):
        super().__init__()
        self._request_id = request_id

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line, in ASCII."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": time.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
        }
        if request_id := getattr(record, "request_id", "") or self._request_id():
            line["request_id"] = request_id
        line["message"] = record.getMessage()
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


class TerminalLines(logging.Formatter):
    """A record for people: local time, level unless it is INFO, message or fields, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line; those of a traceback stand below it."""
        fields = getattr(record, "fields", {})
        words = [datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")]
        if record.levelno != logging.INFO:
            words.append(record.levelname)
        words += [str(value) for value in fields.values() if value is not None]
        if not fields:
            words.append(record.getMessage())
        trace = self.formatException(record.exc_info).splitlines() if record.exc_info else []
        return "\n".join(map(_harmless, (" ".join(words), *trace)))


class LaterHandler(logging.Handler):
    """A handler that leaves the writing to a thread of its own, many lines at once.

    Who answers a request waits for neither the disk nor other threads' lines. Records must carry
    all that their lines tell. `close` writes what is left.
    """

    def __init__(self, target: "logging.StreamHandler[TextIO]") -> None:
        super().__init__()
        self._target = target
        self._records: Queue[logging.LogRecord | None] = Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a record."""
        self._records.put(record)

    def close(self) -> None:
        """Write what is left, and end the thread."""
        self._records.put(None)
        self._thread.join()
        super().close()

    def _run(self) -> None:
        while True:
            records = [self._records.get()]
            with suppress(Empty):
                while len(records) < MOST_AT_ONCE:
                    records.append(self._records.get_nowait())
            self._write([record for record in records if record])
            if None in records:
                return

    def _write(self, records: list[logging.LogRecord]) -> None:
        lines = []
        for record in records:
            try:
                lines.append(self._target.format(record) + "\n")
            except Exception:  # noqa: BLE001 (it keeps back no other line)
                self.handleError(record)
        with suppress(OSError, ValueError):  # nobody reads them any more
            self._target.stream.write("".join(lines))
            self._target.flush()


def write_requests_later() -> None:
    """Let a thread of this process write the lines about requests."""
    (handler,) = logging.getLogger().handlers
    if isinstance(handler, logging.StreamHandler):
        logger = logging.getLogger(REQUESTS)
        logger.addHandler(LaterHandler(handler))
        logger.propagate = False


def _harmless(line: str) -> str:
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)


def is_terminal() -> bool:
    """Whether standard error is a terminal, with somebody before it."""
    return sys.stderr.isatty()


def configure(level: str, request_id: Callable[[], str] = lambda: "") -> None:
    """Set up logging from that level on; `request_id` tells which request is at work.

    Of what goes over the network never the headers.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(TerminalLines() if is_terminal() else JsonLines(request_id))
    logging.basicConfig(level=level, handlers=[handler])
    for name in CARRIERS:
        logging.getLogger(name).setLevel(logging.INFO)
