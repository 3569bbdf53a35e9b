"""A client that signs in and keeps one connection and one cookie jar, as a browser does."""

import http.client
import json
import time
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

PASSWORD = "correct harbour lantern staple"
JSON = {"Accept": "application/json"}
BOUNDARY = "voiceverse-benchmark"
READY_S = 900.0
UNFINISHED = ("queued", "speaking")


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


class Browser:
    """One keep-alive connection; every answer is read whole unless it is asked to be streamed."""

    def __init__(self, address: Address, timeout_s: float = 120.0) -> None:
        self.address = address
        self._connection = http.client.HTTPConnection(*address, timeout=timeout_s)
        self._cookies: dict[str, str] = {}
        self._csrf = ""

    @property
    def cookie(self) -> str:
        """The value of the Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    @property
    def csrf_token(self) -> str:
        """What each form carries, once signed in."""
        return self._csrf

    def sign_in(self, name: str) -> "Browser":
        """Log in with the password that all benchmark accounts have."""
        self._csrf = self.get_json("/login")["csrf_token"]
        self.post("/login", {"username": name, "password": PASSWORD}, expect=303)
        self._csrf = self.get_json("/login")["csrf_token"]
        return self

    def stream(self, path: str) -> http.client.HTTPResponse:
        """The open answer to a GET; raises RuntimeError for anything but 200."""
        response = self._send("GET", path, {})
        if response.status != 200:
            raise RuntimeError(f"GET {path}: {response.status} {response.read()[:300]!r}")
        return response

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> bytes:
        response = self._send("GET", path, headers or {})
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"GET {path}: {response.status} {body[:300]!r}")
        return body

    def etag(self, path: str) -> str:
        """The ETag of the JSON at a path; empty where it has none."""
        response = self._send("GET", path, JSON)
        response.read()
        return response.headers.get("ETag", "")

    def get_json(self, path: str) -> Any:
        return json.loads(self.get(path, JSON))

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        *,
        expect: int = 202,
    ) -> tuple[str, bytes]:
        """Send a form as the pages do; returns the Location header and the body."""
        body = _multipart({**fields, "csrf_token": self._csrf})
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        response = self._send("POST", path, {**kind, **(headers or {})}, body)
        content = response.read()
        if response.status != expect:
            raise RuntimeError(f"POST {path}: {response.status} {content[:300]!r}")
        return response.headers.get("Location", ""), content

    def upload(self, path: str, name: str, content: bytes, *, may_refuse: bool = False) -> Any:
        """Send a file as the pages do; the JSON that answers it, be it a refusal if that may be."""
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        part = f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        body = part + _multipart({"csrf_token": self._csrf})
        response = self._send("POST", path, {**kind, **JSON}, body)
        answer = response.read()
        if response.status != 201 and not (may_refuse and 400 <= response.status < 500):
            raise RuntimeError(f"POST {path}: {response.status} {answer[:300]!r}")
        return json.loads(answer)

    def generate(self, text: str, **fields: str) -> dict[str, Any]:
        """Submit a text; the JSON of its row."""
        return json.loads(self.post("/generate", {"text": text, **fields}, JSON)[1])

    def wait_until_ready(self, filename: str) -> dict[str, Any]:
        """Ask for a file's state until it is ready, ever more rarely; raises RuntimeError."""
        started = time.monotonic()
        while True:
            row = self.get_json(f"/files/{filename}")
            if row["status"] == "ready":
                return row
            waited_s = time.monotonic() - started
            if row["status"] not in ("queued", "speaking") or waited_s > READY_S:
                raise RuntimeError(f"{filename} is {row['status']}: {row['error']}")
            time.sleep(min(max(waited_s / 100, 0.002), 0.25))

    def stop_listening(self, filename: str) -> None:
        """Hang up in the middle of a stream and have the file gone, the worker idle again."""
        self._connection.close()
        if self.get_json(f"/files/{filename}")["status"] in UNFINISHED:
            self.post(f"/files/{filename}/cancel", {}, JSON, expect=200)
        while self.get_json(f"/files/{filename}")["status"] in UNFINISHED:
            time.sleep(0.02)
        self.post(f"/files/{filename}/delete", {}, JSON, expect=200)

    def close(self) -> None:
        self._connection.close()

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> http.client.HTTPResponse:
        sent = {**headers, "Cookie": self.cookie} if self._cookies else dict(headers)
        self._connection.request(method, path, body, sent)
        response = self._connection.getresponse()
        for line in response.headers.get_all("Set-Cookie", ()):
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return response


def _multipart(fields: Mapping[str, str]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join((*parts, f"--{BOUNDARY}--\r\n")).encode()
