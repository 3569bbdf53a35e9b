"""What the program says while it runs: a line of JSON for each event, in UTC, on standard error.

JSON escapes line breaks, so that nothing that people send can look like a line of its own.
"""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

REQUESTS = "voiceverse.requests"
# At their most talkative they write the headers of requests and answers, and keys are among them.
CARRIERS = ("httpcore2", "httpx2", "openai", "websockets")


class JsonLines(logging.Formatter):
    """A record as JSON: time, level, logger, request id where there is one, message or fields."""

    def __init__(self, request_id: Callable[[], str]):
        super().__init__()
        self._request_id = request_id

    def format(self, record: logging.LogRecord) -> str:
        """One line, in ASCII."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": time.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
        }
        if request_id := self._request_id():
            line["request_id"] = request_id
        line["message"] = record.getMessage()
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure(level: str, request_id: Callable[[], str] = lambda: "") -> None:
    """Let everything from that level on be said; `request_id` tells whose request is at work.

    Of what goes over the network never the headers.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(request_id))
    logging.basicConfig(level=level, handlers=[handler])
    for name in CARRIERS:
        logging.getLogger(name).setLevel(logging.INFO)
