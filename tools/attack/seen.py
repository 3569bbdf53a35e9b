"""What somebody saw of an answer, so that two answers can be compared."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from werkzeug.test import TestResponse

VARYING = re.compile(rb"""nonce[-=]\W?[\w-]+|csrf[-_]token"\W+(?:content|value)="\w+""")


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw, without what is different every time."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, answer: TestResponse, as_json: TestResponse | None, path: str) -> Self:
        """An answer as page and as JSON, whatever repeats the path taken out."""
        kept = [
            (name, VARYING.sub(b"", value.encode()).decode())
            for name, value in answer.headers
            if name not in ("X-Request-Id", "Date", "Set-Cookie", "Content-Length")
        ]
        body = VARYING.sub(b"", answer.data) + (as_json.data if as_json else b"")
        seen = cls(answer.status_code, tuple(sorted(kept)), body)
        return seen.without(path, quote(path, safe=""), quote(path))

    def without(self, *texts: str) -> Self:
        """The same with each of some texts replaced."""
        headers, body = self.headers, self.body
        for text in texts:
            headers = tuple((name, value.replace(text, "…")) for name, value in headers)
            body = body.replace(text.encode(), b"...")
        return type(self)(self.status, headers, body)
