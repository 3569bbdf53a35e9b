"""Keys of providers stand nowhere in clear: not in files, logs, exports, pages or processes."""

import base64
import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from database import Database
from tests.support import standin_realtime
from tests.support.serving import App, Client, wait_until
from tests.support.standin_lists import listening
from tests.support.standin_openai import StandIn

HOUSE = "sk-planted+of/the=house~0123456789wxyz"
LIVE = "sk-planted+of/the=live~9876543210vwxy"
OWN = "sk-planted+of/a=person~1357924680abcd"
PAGES = (
    *("/", "/library", "/documents", "/history", "/usage", "/account", "/security", "/voices"),
    *("/admin", "/admin/jobs", "/admin/storage", "/admin/engines", "/admin/providers"),
    *("/admin/providers/1", "/admin/providers/2", "/admin/providers/1?models=1", "/security.csv"),
)


def traces(key: str) -> Iterator[bytes]:
    """The key as it could be found: in clear, escaped, in hexadecimal, in base64 at each offset."""
    plain = key.encode()
    yield plain
    yield quote(key, safe="").encode()
    yield plain.hex().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\x00" * offset + plain)[4 if offset else 0 : -4]
        yield encoded
        yield encoded.translate(bytes.maketrans(b"+/", b"-_"))


TRACES = [trace for key in (HOUSE, LIVE, OWN) for trace in traces(key)]


def found(content: bytes) -> list[bytes]:
    return [trace for trace in TRACES if trace in content]


@pytest.mark.parametrize("key", [HOUSE, LIVE, OWN])
def test_the_search_itself_finds_a_key_in_each_disguise(key):
    for disguise in (
        f"x{key}y".encode(),
        quote(f"key={key}", safe="").encode(),
        key.encode().hex().encode(),
        *(base64.b64encode(b"k" * n + key.encode() + b"tail") for n in range(6)),
        base64.urlsafe_b64encode(f"Bearer {key}".encode()),
    ):
        assert found(disguise)


@pytest.fixture(scope="module")
def used(tmp_path_factory) -> Iterator[tuple[App, list[bytes]]]:
    """An app in which planted keys were used in every way, and all that it answered."""
    folder = tmp_path_factory.mktemp("planted")
    with (
        StandIn() as speech,
        standin_realtime.StandIn() as live,
        listening() as lists,
        App(folder, VOICEVERSE_LOG_LEVEL="DEBUG") as app,
    ):
        speech.seconds_per_character = live.seconds_per_character = 0.02
        owner = Recorder(app)
        owner.set_up()
        add(owner, "house", speech.base_url, HOUSE, "speech")
        add(owner, "live", live.base_url, LIVE, "realtime")
        add(owner, "lists", lists.url, HOUSE, "speech")
        speak(owner, "house:alloy", "It was late.")
        speak(owner, "live:marin", "It was early.")
        owner.post("/account/keys/1", own_key=OWN)
        speak(owner, "house:alloy", "It was noon.")
        assert {call.key for call in speech.calls} == {HOUSE, OWN}
        assert {call.key for call in live.calls} == {LIVE}
        fail(owner, speech, live, lists)
        for path in PAGES:
            owner.request("GET", path)
        exported = owner.request("GET", "/account/export")[2]
        owner.answers += zipped(exported)
        yield app, owner.answers


class Recorder(Client):
    """A browser that remembers every answer, with its headers."""

    def __init__(self, app: App):
        super().__init__(app)
        self.answers: list[bytes] = []

    def request(self, method: str, path: str, body: bytes | None = None, **headers):
        status, names, content = super().request(method, path, body, **headers)
        self.answers += [str(names).encode(), content]
        return status, names, content


def add(owner: Recorder, name: str, base_url: str, key: str, protocol: str) -> None:
    fields = {"label": name, "base_url": base_url, "model": "m", "price": "1", "timeout_s": "5"}
    flags = {"protocol": protocol, "allows_own_keys": "1"}
    status, _, _body = owner.post("/admin/providers", name=name, key=key, **fields, **flags)
    assert status == 303, owner.app.log_path.read_text()[-3000:]


def speak(owner: Recorder, voice: str, text: str) -> None:
    owner.until_ready(owner.generate(text, voice=voice)["filename"])


def fail(owner: Recorder, speech: StandIn, live: standin_realtime.StandIn, lists) -> None:
    """Have every kind of request refused by an answer that echoes the key."""
    echo = f'{{"error": {{"message": "Incorrect key: {HOUSE}.", "code": "invalid_api_key"}}}}'
    for path in ("audio/voices", "models", "audio/speech"):
        lists.answers[f"/v1/{path}"] = (401, {"X-Key": HOUSE}, echo.encode())
    speech.fault, live.fault = "unauthorized", "unauthorized"
    for voice in ("house:alloy", "live:marin", "lists:alloy"):
        filename = owner.generate(f"Refused by {voice}.", voice=voice)["filename"]
        wait_until(lambda filename=filename: owner.state(filename)["status"] == "failed")
    live.fault = "handshake_unauthorized"
    for number in (1, 2, 3):
        for action in ("test", "voices"):
            status, *_ = owner.post(f"/admin/providers/{number}/action", action=action)
            assert status >= 400
    owner.request("GET", "/admin/providers/3?models=1")
    assert lists.asked


def zipped(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_no_file_of_the_data_folder_holds_a_key(used):
    app, _ = used
    files = [path for path in app.data.rglob("*") if path.is_file()]
    assert {"voiceverse.db", "voiceverse.db-wal", "provider_key"} <= {path.name for path in files}
    assert [path.name for path in files if found(path.read_bytes())] == []


def test_no_backup_holds_a_key(used, tmp_path):
    app, _ = used
    with closing(Database(app.data / "voiceverse.db")) as db:
        assert db.get_provider(1)["sealed_key"]
        copy = db.backup(tmp_path / "backup.db")
    assert b"sealed_key" in copy.read_bytes()
    assert found(copy.read_bytes()) == []
    assert found((app.data / "provider_key").read_bytes()) == []


def test_no_log_holds_a_key_however_much_is_logged(used):
    app, _ = used
    logged = app.log_path.read_bytes()
    assert b'"httpx2"' in logged
    assert found(logged) == []


def test_no_page_export_or_answer_holds_a_key(used):
    _, answers = used
    assert len(answers) > 60
    assert [answer[:200] for answer in answers if found(answer)] == []


def test_no_process_is_started_with_a_key(used):
    app, _ = used
    assert app.worker_pid()
    for name in ("cmdline", "environ"):
        for path in Path("/proc").glob(f"[0-9]*/{name}"):
            try:
                content = path.read_bytes()
            except OSError:
                continue
            assert found(content) == []


def test_what_was_refused_is_told_without_the_key(used):
    app, _ = used
    with closing(Database(app.data / "voiceverse.db")) as db:
        errors = [row["error"] for row in db.list_failed()]
    assert len(errors) == 3
    assert all("did not accept the key" in error for error in errors)
