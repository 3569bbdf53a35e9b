"""A real VoiceVerse for the tests: its processes, its address, and a browser-like client."""

import contextlib
import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.support.making import with_embedded

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLINE_S = 60.0
PASSWORD = "a quiet reading room"


def wait_until(condition, what: str = "it", deadline_s: float = DEADLINE_S):
    """The condition's first true value; fails when the deadline passes."""
    end = time.monotonic() + deadline_s
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not happen within {deadline_s} s"
        time.sleep(0.01)
    return value


class App:
    """`python app.py` over a data folder; may be killed and started again."""

    def __init__(self, folder: Path, **settings: str):
        self.data = folder / "data"
        self.log_path = folder / "app.log"
        self.environ = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("VOICEVERSE_", "OPENAI_"))
        }
        self.environ |= {
            "VOICEVERSE_DATA_DIR": str(self.data),
            "VOICEVERSE_PORT": "0",
            "VOICEVERSE_MIN_FREE_MB": "0",
            "VOICEVERSE_BACKUP_HOUR": "off",
            **with_embedded(settings, "VOICEVERSE_DEFAULT_VOICE"),
        }
        self.process: subprocess.Popen | None = None
        self.port = 0

    def start(self) -> "App":
        offset = self.log_path.stat().st_size if self.log_path.exists() else 0
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

        def address():
            assert self.process.poll() is None, self.log_path.read_text()[offset:]
            return re.search(r"is at http://127\.0\.0\.1:(\d+)", self.log_path.read_text()[offset:])

        self.port = int(wait_until(address, "the start").group(1))
        return self

    def kill(self) -> None:
        """`kill -9` on the app, its worker and their children, all at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_alone(self) -> None:
        """`kill -9` on the app's own process; its worker notices and stops by itself."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM to the app; its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(DEADLINE_S)
        finally:
            self.kill()

    def worker_pid(self) -> int | None:
        """The process number of the worker that the app runs now."""
        return worker_of(self.process.pid)

    def setup_token(self) -> str:
        return (self.data / "setup_link").read_text().partition("token=")[2]

    def flask(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )

    def __enter__(self) -> "App":
        return self.start()

    def __exit__(self, *details) -> None:
        self.stop()


def worker_of(pid: int) -> int | None:
    """The process number of the worker that an app runs now, named by its own."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            command = stat.with_name("cmdline").read_bytes()
            if int(fields[1]) == pid and b"server.worker" in command:
                return int(stat.parent.name)
    return None


def web_processes(app: App) -> list[int]:
    """The processes that serve: children of the app that are not its worker."""
    children = Path(f"/proc/{app.process.pid}/task/{app.process.pid}/children").read_text().split()
    return [int(pid) for pid in children if int(pid) != app.worker_pid()]


class Client:
    """One browser: cookies, forms with their token, JSON; `headers` come with each request."""

    def __init__(self, app: App, **headers: str):
        self.app, self.headers = app, headers
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, body: bytes | None = None, **headers):
        """Status, headers and body; the connection is the request's own."""
        connection, answer = self.open(method, path, body, **headers)
        with contextlib.closing(connection):
            return answer.status, answer.headers, answer.read()

    def open(self, method: str, path: str, body: bytes | None = None, **headers):
        """The connection and an answer whose body is still to be read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.app.port, timeout=DEADLINE_S)
        headers = self.headers | headers
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            key, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[key] = value
        return connection, answer

    def token(self, path: str = "/account") -> str:
        """The CSRF token that a page carries."""
        status, _, body = self.request("GET", path)
        found = re.search(r'name="csrf-token" content="([^"]+)"', body.decode())
        assert found, f"{path} answered {status}: {body[:500]!r}"
        return found.group(1)

    def post(self, path: str, *, form: str = "/account", accept: str = "text/html", **fields):
        """Send a form with the token of the page `form`; status, headers, body."""
        fields["csrf_token"] = self.token(form)
        return self.request(
            "POST",
            path,
            urlencode(fields).encode(),
            Content_Type="application/x-www-form-urlencoded",
            Accept=accept,
        )

    def set_up(self, name: str = "owner") -> "Client":
        page = f"/setup?token={self.app.setup_token()}"
        status, _, body = self.post(
            "/setup", form=page, token=self.app.setup_token(), username=name, password=PASSWORD
        )
        assert status == 303, body
        return self

    def log_in(self, name: str) -> "Client":
        status, _, body = self.post("/login", form="/login", username=name, password=PASSWORD)
        assert status == 303, body
        return self

    def generate(self, text: str, *, token: str | None = None, **fields) -> dict:
        """Submit a text; the JSON that answers it."""
        status, _, body = self.send_text(text, token or self.token("/"), **fields)
        assert status == 202, body
        return json.loads(body)

    def send_text(self, text: str, token: str, **fields):
        boundary = secrets.token_hex(8)
        parts = fields | {"text": text, "csrf_token": token}
        body = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        return self.request(
            "POST",
            "/generate",
            f"{body}--{boundary}--\r\n".encode(),
            Content_Type=f"multipart/form-data; boundary={boundary}",
            Accept="application/json",
        )

    def state(self, filename: str) -> dict:
        return self.json(f"/files/{filename}")

    def json(self, path: str) -> dict:
        status, _, body = self.request("GET", path, Accept="application/json")
        assert status == 200, body
        return json.loads(body)

    def until_ready(self, filename: str, deadline_s: float = DEADLINE_S) -> dict:
        def ended():
            state = self.state(filename)
            return state if state["status"] not in ("queued", "speaking") else None

        state = wait_until(ended, f"the end of {filename}", deadline_s)
        assert state["status"] == "ready", state
        return state
