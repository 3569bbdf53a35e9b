"""Paths that lead out of where files may be had, on every route that names a file."""

import http.client
import itertools
from pathlib import Path

from tests.support.sending import CONTENT_TYPE, multipart
from tests.support.serving import App, Client
from tools.attack.tally import Tally

PREFIXES = (
    *("/audio/", "/download/", "/files/", "/captions/", "/static/", "/static/joined/"),
    *("/playback/", "/kept/", "/"),
)
TARGETS = (
    "secret_key",
    "voiceverse.db",
    "app.py",
    "etc/passwd",
    "setup_link",
    "app.log",
    "config.py",
)
UPS = (
    "../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "%2e%2e%5c", "..%252f", "%252e%252e/",
    "....//", "..;/", "..%00/", "%c0%ae%c0%ae/", "..%c0%af", "%uff0e%uff0e/", ".%2e/", "/../",
    "..%2f%2f", "\\..\\", "%2e%2e%2e/",
)  # fmt: skip
DEPTHS = (1, 2, 3, 4, 8)
ENDINGS = ("", "", "", "", "%00.mp3", ".mp3", "?v=1", ".vtt", "/.", "%20", "::$DATA")
ABSOLUTE = (
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "%2fetc%2fpasswd",
    "/proc/self/environ",
)
NAMES = (
    "../../escaped.txt", "..\\..\\escaped.txt", "/tmp/escaped.txt", "C:\\escaped.txt",
    "../escaped\0.txt", "....//escaped.txt", "%2e%2e%2fescaped.txt",
    "escaped.txt/../../escaped.txt",
)  # fmt: skip


def corpus(cases: int) -> list[str]:
    """So many paths, each prefix, way up, depth, target and ending in turn."""
    turns = zip(
        itertools.cycle(PREFIXES), itertools.cycle(UPS), itertools.cycle(DEPTHS),
        itertools.cycle(TARGETS), itertools.cycle(ENDINGS),
        strict=False,
    )  # fmt: skip
    found = [prefix + way for prefix in PREFIXES for way in ABSOLUTE]
    found += [
        prefix + up * depth + target + ending
        for prefix, up, depth, target, ending in itertools.islice(turns, cases)
    ]
    return found[:cases]


def run(folder: Path, cases: int = 300) -> Tally:
    """Ask a real server for each, signed in; nothing of what lies outside may come."""
    tally = Tally()
    with App(folder) as app:
        client = Client(app).set_up()
        secrets = _secrets(app)
        before = _listed(folder)
        for path in corpus(cases - len(NAMES)):
            status, body = _ask(app, client, path)
            tally.count("path")
            tally.expect(status < 500, f"{path}: {status}")
            tally.expect(not any(word in body for word in secrets), f"{path}: shows what is hidden")
        for name in NAMES:
            tally.count("name of an upload")
            sent = multipart([(name, b"A lamp was lit.")], csrf_token=client.token())
            status = client.request("POST", "/documents", sent, Content_Type=CONTENT_TYPE)[0]
            tally.expect(status < 500, f"upload of {name!r}: {status}")
        made = {path for path in _listed(folder) - before if "escaped" in path}
        tally.expect(not made, f"made outside: {made}")
        tally.expect(not list(Path("/tmp").glob("escaped*")), "made in /tmp")
    return tally


def _secrets(app: App) -> list[bytes]:
    return [
        (app.data / "secret_key").read_bytes(),
        *(b"SQLite format 3", b"root:x:0:0", b"def create_app(", b"VOICEVERSE_DATA_DIR="),
    ]


def _ask(app: App, client: Client, path: str) -> tuple[int, bytes]:
    """Status and body for a path that is sent exactly as it is written."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    lines = (f"GET {path} HTTP/1.1", "Host: localhost", f"Cookie: {cookies}", "Connection: close")
    connection.connect()
    connection.sock.sendall("\r\n".join((*lines, "", "")).encode("latin-1"))
    answer = http.client.HTTPResponse(connection.sock, method="GET")
    answer.begin()
    body = answer.read()
    answer.close()
    connection.close()
    return answer.status, body


def _listed(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}
