"""nginx and Caddy with the files of deploy/, for real: what they send in the app's place."""

import contextlib
import os
import shutil
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import proxies
from tests.support.making import prose
from tests.support.serving import App, Client, wait_until

PROXIES = {"nginx": proxies.nginx, "caddy": proxies.caddy}
# What each connection, answer and proxy has of its own. The proxies alone speak TLS here.
OWN = {"server", "date", "connection", "x-request-id", "strict-transport-security"}
ODD_NAME = "Käse 100%25 & #1?.mp3"


@dataclass
class Site:
    """A proxy in front of the app; the same person comes through it and, beside it, directly."""

    app: App
    proxy: proxies.Proxy
    through: Client
    sound: str
    export: str

    def beside(self, **headers: str) -> Client:
        """The person at the app's own port, with headers of their own."""
        client = Client(self.app, **headers)
        names = {name: name.removeprefix("__Host-") for name in self.through.cookies}
        client.cookies = {names[name]: value for name, value in self.through.cookies.items()}
        return client


@pytest.fixture(scope="module", params=PROXIES)
def site(request):
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(proxies.reachable_folder())
        settings = {"VOICEVERSE_X_ACCEL_REDIRECT": "on", "VOICEVERSE_TRUSTED_PROXIES": "127.0.0.1"}
        app = stack.enter_context(App(folder, **settings))
        proxy = stack.enter_context(PROXIES[request.param](app.port, app.data, folder))
        Client(app).set_up()
        through = Client(proxy).log_in("owner")
        name = through.generate("It was late. The lamp was lit.")["filename"]
        through.until_ready(name)
        yield Site(app, proxy, through, f"/audio/{name}", export(through, name))


def export(client, name):
    """The address of a piece as an e-book, when it is made."""
    where = f"/files/{name}/exports"
    _, headers, _ = client.post(where, accept="application/json", format="epub")
    wait_until(lambda: client.json(headers["Location"])["status"] == "ready", "the export")
    return client.json(headers["Location"])["file_url"]


def told(answer):
    """What an answer says, whoever sent it."""
    status, headers, body = answer
    kept = {key.lower(): value for key, value in headers.items() if key.lower() not in OWN}
    if status == 206:
        kept.pop("accept-ranges", None)  # which nginx leaves out where it has just done so
    return status, kept, body


REQUESTS = [
    ("GET", {}),
    ("GET", {"Range": "bytes=100-299"}),
    ("GET", {"Range": "bytes=100-"}),
    ("GET", {"Range": "bytes=-50"}),
    ("GET", {"Range": "bytes=100-99999999"}),
    ("GET", {"Range": "Bytes= ,100-299"}),
    ("GET", {"Range": "bytes=0-9,20-29"}),
    ("GET", {"Range": "bytes=20-10"}),
    ("GET", {"Range": "lines=1-2"}),
    ("GET", {"Range": "bytes=99999999-"}),
    ("GET", {"Range": "bytes=-0"}),
    ("GET", {"If_None_Match": "ETAG"}),
    ("GET", {"If_None_Match": '"other"'}),
    ("GET", {"If_None_Match": "*"}),
    ("GET", {"If_None_Match": "ETAG", "Range": "bytes=0-9"}),
    ("GET", {"If_Range": "ETAG", "Range": "bytes=0-9"}),
    ("GET", {"If_Range": '"other"', "Range": "bytes=0-9"}),
    ("GET", {"If_Range": "Mon, 30 Nov 2099 10:00:00 GMT", "Range": "bytes=0-9"}),
    ("GET", {"If_Match": "ETAG", "Range": "bytes=0-9"}),
    ("GET", {"If_Modified_Since": "Mon, 30 Nov 2099 10:00:00 GMT"}),
    ("GET", {"If_Unmodified_Since": "Mon, 30 Nov 1999 10:00:00 GMT"}),
    ("HEAD", {}),
    ("HEAD", {"Range": "bytes=0-9"}),
]


@pytest.mark.parametrize("kind", ["sound", "export"])
@pytest.mark.parametrize(("method", "headers"), REQUESTS)
def test_the_proxy_answers_as_the_app_would(site, kind, method, headers):
    path = getattr(site, kind)
    etag = site.beside().request("GET", path)[1]["ETag"]
    headers = {key: value.replace("ETAG", etag) for key, value in headers.items()}
    through = site.through.request(method, path, **headers)
    assert told(through) == told(site.beside().request(method, path, **headers))
    assert not [name for name in through[1] if name.lower().startswith("x-accel")]


def test_the_app_leaves_sound_to_who_hands_requests_on_and_sends_it_to_everybody_else(site):
    through = site.through.request("GET", site.sound)[2]
    status, headers, body = site.beside(X_Forwarded_For="192.0.2.1").request("GET", site.sound)
    assert (status, body) == (200, b"")
    assert headers["X-Accel-Redirect"] == f"/protected{site.sound}"
    status, headers, body = site.beside(X_Accel_Redirect="/protected/").request("GET", site.sound)
    assert (status, body) == (200, through)
    assert "X-Accel-Redirect" not in headers


@pytest.mark.parametrize("start", ["/protected", "//protected", "/%70rotected", "/x/../protected"])
@pytest.mark.parametrize("rest", ["SOUND", "/voiceverse.db", "/"])
def test_nobody_reaches_the_files_without_the_app(site, start, rest):
    path = start + rest.replace("SOUND", site.sound)
    answer = site.through.request("GET", path, X_Accel_Redirect="/protected/voiceverse.db")
    assert answer[0] == 404


def test_the_files_of_others_stay_theirs(site):
    site.app.flask("user", "add", "guest", stdin="a quiet reading room\n" * 2)
    guest = Client(site.proxy).log_in("guest")
    assert guest.request("GET", site.sound)[0] == 404
    assert guest.request("GET", site.export)[0] == 404
    stranger = Client(site.proxy).request("GET", site.sound, Accept="application/json")
    assert stranger[0] == 401


def test_the_group_may_read_what_was_asked_for_and_nothing_else(site):
    for path in (site.sound, site.export):
        site.through.request("GET", path)
    data = site.app.data
    assert {path for path in data.rglob("*") if path.stat().st_mode & stat.S_IRWXG} == {
        data / "audio",
        data / "exports",
        data / site.sound[1:],
        *(data / "exports").iterdir(),
    }
    assert stat.S_IMODE(data.stat().st_mode) == 0o710


def test_a_name_of_any_letters_is_found(site):
    plain, database = site.app.data / site.sound[1:], site.app.data / "voiceverse.db"
    odd = plain.with_name(ODD_NAME)
    os.link(plain, odd)
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        rename = "UPDATE audio_files SET filename = ? WHERE filename = ?"
        db.execute(rename, (odd.name, plain.name))
        answer = site.through.request("GET", "/audio/K%C3%A4se%20100%2525%20&%20%231%3F.mp3")
        db.execute(rename, (plain.name, odd.name))
    odd.unlink()
    assert answer[0] == 200
    assert answer[2] == plain.read_bytes()


@pytest.mark.parametrize("end", ["replaced", "deleted"])
def test_what_is_being_sent_is_sent_as_it_was(site, end):
    path, large = site.app.data / site.sound[1:], bytes(40 << 20)
    before = path.read_bytes()
    replace(path, large)
    connection, answer = site.through.open("GET", site.sound)
    with contextlib.closing(connection):
        first = answer.read(1000)
        path.unlink() if end == "deleted" else replace(path, b"new")
        assert first + answer.read() == large
    replace(path, before)


def replace(path: Path, content: bytes) -> None:
    """Give a file another content by a rename, as a retake does."""
    new = path.with_name("new")
    new.write_bytes(content)
    new.replace(path)


def test_sound_in_the_making_is_heard_at_once(site):
    name = site.through.generate(prose(200_000))["filename"]
    connection, answer = site.through.open("GET", f"/audio/{name}")
    with contextlib.closing(connection):
        assert answer.read(1000)
        assert site.through.state(name)["status"] == "speaking"
    site.through.post(f"/files/{name}/cancel")


def test_links_that_work_once_stand_in_no_log(site):
    site.through.request("GET", "/register?invite=a-link-that-works-once")
    site.through.request("GET", f"{site.sound}?from=0&secret=a-link-that-works-once")
    written = lambda: "/register" in site.proxy.log_path.read_text()  # noqa: E731
    wait_until(written, "the line in the log")
    for path in site.proxy.log_path.parent.glob("*.log"):
        assert "works-once" not in path.read_text()
