"""A VoiceVerse inside this process with six people, one of whom owns one of everything."""

import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from accounts.types import Visitor
from app import create_app
from config import Config
from server.worker import Worker

VOICE = "espeak:gmw/en"  # starts at once
SECRET = "quillfeather"  # stands in everything that the owner owns
LOGGED = f"{SECRET[:5]}log"  # stands in the security log and in devices, which admins may read
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
BOOK = f"# {SECRET} book\n\n## One\n\nA {SECRET} lamp.\n\n## Two\n\nA {SECRET} harbour.\n".encode()
PEOPLE = ("anonymous", "disabled", "other", "listener", "admin", "owner")
MISSING_FILE = "20200101-0123456789abcdef.mp3"
MISSING_NUMBER = "987654321"
HTML, JSON = "text/html", "application/json"


class Asked(ImmutableMultiDict):
    """What came with a request; remembers which names the program asked for."""

    names: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> list[Any]:
        self.names.add(key)
        return super().getlist(key, *args, **kwargs)


class Person:
    """Somebody with a session that stays as it was, whatever was asked before."""

    def __init__(self, app: Flask, user: dict[str, Any] | None) -> None:
        self.app, self.user = app, user
        self.client = app.test_client()
        if user:
            accounts = app.extensions["voiceverse"].accounts
            with self.client.session_transaction() as session:
                session["login"] = accounts.open_session(user, Visitor("127.0.0.1")).token
        page = self.client.get("/account" if user else "/login").text
        self.csrf = re.search(r'name="csrf-token" content="(\w+)"', page).group(1)
        self.cookie = f"voiceverse={self.client.get_cookie('voiceverse').value}"
        self.client = app.test_client(use_cookies=False)

    def send(
        self, method: str, path: str, form: dict[str, Any] | None = None, **headers: str
    ) -> TestResponse:
        """The answer to a request; forms carry the session's token unless they name one."""
        sent = {"Cookie": self.cookie, "Accept": HTML} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        if method == "POST":
            form = {"csrf_token": self.csrf, **(form or {})}
            form = {name: _sendable(value) for name, value in form.items()}
        return self.client.open(path, method=method, data=form, headers=sent, buffered=True)


def _sendable(value: Any) -> Any:
    """A field as it is sent; a file, given by content and name, as one to be read."""
    return (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value


class Scene:
    """The app, its people, and the numbers and names of what they own."""

    def __init__(self, folder: Path) -> None:
        settings = {"changes_per_minute": 0, "requests_per_minute": 0, "strangers_per_minute": 0}
        self.app = create_app(
            Config(data_dir=folder, min_free_mb=0, default_voice=VOICE, **settings)
        )
        self.app.testing = True
        self.app.request_class = type(
            "Request", (self.app.request_class,), {"parameter_storage_class": Asked}
        )
        self.services = self.app.extensions["voiceverse"]
        self.db = self.services.db
        users = {name: self._user(name) for name in PEOPLE[1:]}
        self.people = {name: Person(self.app, users.get(name)) for name in PEOPLE}
        self.db.set_user_active(users["disabled"]["id"], False)
        self.listener_id = users["listener"]["id"]
        self.owned = self._belongings(users["owner"], SECRET)
        self.others = self._belongings(users["other"], "plain")
        self.admins = self._belongings(users["admin"], "plain")

    def close(self) -> None:
        self.services.registry.close()
        self.db.close()

    @contextmanager
    def nothing_kept(self) -> Iterator[None]:
        """Undo what happens inside, in the database and among the sounds."""
        sounds = {path: path.read_bytes() for path in self.services.store.folder.iterdir()}
        try:
            with self.db.transaction():
                yield
                raise _Undo
        except _Undo:
            pass
        for path, content in sounds.items():
            if not path.exists():
                path.write_bytes(content)

    def state(self) -> list[tuple]:
        """Every row that is the owner's, and every sound; nobody else may change one of them."""
        user_id, files = self.people["owner"].user["id"], self.owned["file_ids"]
        with self.db.transaction():
            return [*self._rows(user_id, files), *self._sounds()]

    def _rows(self, user_id: int, files: list[int]) -> Iterator[tuple]:
        mine = {"owner_id": [user_id], "user_id": [user_id], "file_id": files}
        for (table,) in map(dict.values, self.db.rows(EVERY_TABLE)):
            columns = [row["name"] for row in self.db.rows(f"PRAGMA table_info({table})")]
            by = "id" if table == "users" else next((name for name in mine if name in columns), "")
            wanted = mine.get(by, [user_id])
            if not by:
                continue
            marks = ", ".join("?" * len(wanted))
            for row in self.db.rows(f"SELECT * FROM {table} WHERE {by} IN ({marks})", *wanted):
                yield table, *(row[name] for name in columns if name not in UNTOLD)

    def _sounds(self) -> Iterator[tuple]:
        for name in (self.owned["filename"], self.owned["binned"]):
            yield name, self.services.store.size(name)

    def _user(self, name: str) -> dict[str, Any]:
        return self.db.create_user(name, "!", is_admin=name == "admin")

    def _belongings(self, user: dict[str, Any], word: str) -> dict[str, Any]:
        """One of everything for a person, each holding the word."""
        user_id, studio, db = user["id"], self.services.studio, self.db
        text = f"The {word} was quiet in the morning. Nobody had seen the {word} arrive."
        ready, binned = (
            studio.generation.submit(user_id, text, name=f"{word} {name}", category=f"{word} group")
            for name in ("ready", "binned")
        )
        Worker(studio).run_pending()
        first = db.get_segments(ready["id"])[0]
        studio.retakes.ask(
            db.get_audio_file(ready["filename"], user_id),
            first["text_start"], first["text_end"], f"Another {word} came.",
        )  # fmt: skip
        Worker(studio).run_pending()
        studio.bin.delete(binned["filename"], user_id)
        queued = studio.generation.submit(user_id, text, name=f"{word} queued")
        row = db.get_audio_file(ready["filename"], user_id)
        export = studio.exports.order(row, "wav", None)
        Worker(studio).exporting.run_pending()
        db.save_draft(user_id, text, name=word, voice="", speed=1.0, category=word, reading="{}")
        playback = db.record_playback(user_id, row["id"], "a device")
        return {
            "filename": ready["filename"],
            "binned": binned["filename"],
            "queued": queued["filename"],
            "file_ids": [ready["id"], binned["id"], queued["id"]],
            "file_id": queued["id"],
            "export_id": export["id"],
            "number": 1,
            "bookmark_id": db.create_bookmark(user_id, row["id"], 0, f"{word} note")["id"],
            "user_id": user_id,
            "playback": playback,
            "group": f"{word} group",
            **self._shares(user_id, row["id"]),
            "word": word,
            **self._book(user_id, word),
            **self._marks(user, word),
        }

    def _shares(self, user_id: int, file_id: int) -> dict[str, int]:
        """A file that the listener may hear, and that has a link."""
        self.db.create_share(user_id, file_id=file_id, listener_id=self.listener_id)
        link = self.db.create_share_link(user_id, file_id, f"hash of {user_id}", None)
        return {"share_id": self.db.list_shares(user_id)[0]["id"], "link_id": link}

    def _book(self, user_id: int, word: str) -> dict[str, Any]:
        path = self.services.config.imports_dir / f"{word}.md"
        path.write_bytes(BOOK.replace(SECRET.encode(), word.encode()))
        document = self.services.documents.imports.import_file(user_id, path, f"{word}.md").document
        assert document is not None
        self.services.documents.save_cover(document, PNG)
        path.unlink()
        waiting = self.services.db.create_import(
            user_id,
            name=f"{word}.md",
            origin=f"{word}.md",
            content_type="",
            upload=f"import-{user_id}-{word}",
            is_long=False,
            now=time.time(),
        )
        return {"document_id": document["id"], "import_id": waiting["id"]}

    def _marks(self, user: dict[str, Any], word: str) -> dict[str, Any]:
        """A pronunciation, an event of the log, a further session."""
        table = f"pattern,replacement\n{word},lamp\n".encode()
        self.services.pronunciations.import_table(user["id"], table)
        event = self.db.log_security_event(
            "data_exported", user_id=user["id"], username=user["username"], details=f"{word[:5]}log"
        )
        self.services.accounts.open_session(user, Visitor("192.0.2.1", f"{word[:5]}log device"))
        sessions = self.db.list_sessions(user["id"])
        entry, *_ = self.db.list_pronunciations(user["id"])
        passkey_id = self.db.add_passkey(
            user_id=user["id"], credential_id=f"{word} of {user['id']}", user_handle=word,
            rp_id="localhost", public_key=b"key", sign_count=0, transports="[]", name=word,
        )  # fmt: skip
        return {
            "entry_id": entry["id"],
            "event": event,
            "session": sessions[-1]["id"],
            "passkey_id": passkey_id,
            "alert": self._alert(user["id"], word),
        }

    def _alert(self, user_id: int, word: str) -> int:
        return self.db.write(
            "INSERT INTO login_alerts (user_id, device, latest_epoch) VALUES (?, ?, 1e9)",
            user_id, f"{word} browser",
        ).lastrowid  # fmt: skip


class _Undo(Exception):
    """Nothing of this is kept."""


EVERY_TABLE = """SELECT name FROM sqlite_schema WHERE type = 'table'
                 AND name NOT LIKE 'audio_search%' AND name NOT LIKE 'sqlite%'"""
# What changes by being looked at, or by the owner's own requests.
UNTOLD = ("last_seen_epoch", "last_used_epoch", "last_login")
