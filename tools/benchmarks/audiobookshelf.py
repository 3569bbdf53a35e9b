"""An audiobookshelf server as a peer: started on this machine, and filled through its API."""

import http.client
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

from tools.benchmarks.browser import BOUNDARY, PASSWORD, Address
from tools.benchmarks.program import Program, free_address

SCAN_S, LOOK_EACH_S = 900.0, 2.0


class Item(NamedTuple):
    """A book of one file, by the ids that addresses hold."""

    id: str
    file_id: str


class Audiobookshelf:
    """Its API, as its first user sees it; everything raises RuntimeError when refused."""

    def __init__(self, address: Address) -> None:
        self._address, self._token = address, ""
        root = {"username": "root", "password": PASSWORD}
        self.ask("POST", "/init", {"newRoot": root})
        self._token = self.token_of("root")

    def token_of(self, name: str) -> str:
        """What a user sends as a bearer to be known."""
        answer = self.ask("POST", "/login", {"username": name, "password": PASSWORD})
        return answer["user"]["accessToken"]

    def add_users(self, names: Sequence[str]) -> list[str]:
        """Add users; returns their tokens."""
        for name in names:
            user = {"username": name, "password": PASSWORD, "type": "user", "isActive": True}
            self.ask("POST", "/api/users", user)
        return [self.token_of(name) for name in names]

    def add_library(self, folder: Path, books: Mapping[str, bytes]) -> str:
        """Upload MP3 files as books by their titles, and have them scanned; the library's id."""
        library = self.ask(
            "POST",
            "/api/libraries",
            {
                "name": "Library",
                "folders": [{"fullPath": str(folder)}],
                "settings": {"disableWatcher": True},
            },
        )
        folder_id = library["folders"][0]["id"]
        for title, sound in books.items():
            fields = {"title": title, "library": library["id"], "folder": folder_id}
            self._upload(fields, sound)
        self.ask("POST", f"/api/libraries/{library['id']}/scan")
        self._wait_for(library["id"], len(books))
        return library["id"]

    def items(self, library: str, **query: object) -> list[dict[str, Any]]:
        """List items of a library."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        return self.ask("GET", f"/api/libraries/{library}/items?{words}")["results"]

    def item(self, library: str, title: str) -> Item:
        """Find an item by its title."""
        (found,) = (
            item
            for item in self.items(library, limit=0)
            if item["media"]["metadata"]["title"] == title
        )
        files = self.ask("GET", f"/api/items/{found['id']}")["libraryFiles"]
        return Item(found["id"], files[0]["ino"])

    def etag(self, path: str) -> str:
        """The ETag of the answer at a path; empty where it has none."""
        return self._send("GET", path)[0].get("ETag", "")

    def ask(self, method: str, path: str, sent: Mapping[str, object] | None = None) -> Any:
        """One request; the JSON that answers it, None where there is none."""
        body = json.dumps(sent or {}).encode() if method != "GET" else None
        content = self._send(method, path, "application/json", body)[1]
        return json.loads(content) if content[:1] in (b"{", b"[") else None

    def _upload(self, fields: Mapping[str, str], sound: bytes) -> None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
        parts = "".join(f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
        file = f'{head}0"; filename="{fields["title"]}.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n'
        body = f"{parts}{file}".encode() + sound + f"\r\n--{BOUNDARY}--\r\n".encode()
        self._send("POST", "/api/upload", f"multipart/form-data; boundary={BOUNDARY}", body)

    def _send(
        self, method: str, path: str, kind: str = "", body: bytes | None = None
    ) -> tuple[Message, bytes]:
        headers = {"Content-Type": kind, "Authorization": f"Bearer {self._token}"}
        connection = http.client.HTTPConnection(*self._address, timeout=120)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return answer.headers, content

    def _wait_for(self, library: str, count: int) -> None:
        """Wait for the scan without asking for lists, which it would keep."""
        deadline = time.monotonic() + SCAN_S
        time.sleep(LOOK_EACH_S)
        while self.ask("GET", "/api/tasks")["tasks"]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the scan takes longer than {SCAN_S:.0f} s")
            time.sleep(LOOK_EACH_S)
        if (found := len(self.items(library, limit=0))) < count:
            raise RuntimeError(f"{found} of {count} books were found")


@contextmanager
def serving(program: Path, data: Path) -> Iterator[tuple[Program, Audiobookshelf]]:
    """The server that is installed in a folder, at work on this machine alone."""
    address = free_address()
    data.mkdir()
    command = (
        *("node", str(program / "index.js"), "--source", "docker"),
        *("--host", address.host, "--port", f"{address.port}"),
        *("--config", str(data / "config"), "--metadata", str(data / "metadata")),
    )
    print(f"audiobookshelf of {program}", file=sys.stderr)
    with Program(data, command, address, first_path="/status") as running:
        yield running, Audiobookshelf(address)
