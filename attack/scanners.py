"""What other people's tools find: sqlmap on each parameter and part of a path, wapiti on all pages.

Both are run where they are installed, against a program of five people in which every request is
undone when it is answered, so that each finds what the one before it found.
"""

import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from attack.matrix import FIXED, IDS, PLAIN, Matrix, Route
from attack.scene import HTML, Person, Scene
from attack.tally import Tally

AT_ONCE = 2
LEVEL = "3"
ONE_S = 1200.0
REMEDY = "not installed: apt-get install {tool}"
INJECTABLE = re.compile(r"^Parameter: .*$", re.M)
TESTED = "all tested parameters do not appear to be injectable"
# Statuses with which the program refuses what is tried; none of them ends a trial.
REFUSALS = "400,401,403,404,405,409,413,415,429,503,507"
# Files are no texts; the token, which stays the same while the session does, lets the others in.
UNTRIED = {"csrf_token", "file", "table", "cover"}
# All but what tries long lists of names, or fetches such lists from elsewhere.
MODULES = "all,-buster,-nikto,-wapp,-brute_login_form,-drupal_enum"


@dataclass(frozen=True, slots=True)
class Target:
    """A request as somebody sends it, and which of its parameters are tried; "" for its path."""

    route: Route
    person: Person
    path: str
    form: dict[str, str]
    names: tuple[str, ...]

    def written(self, address: str) -> str:
        """The request as it goes over the wire, for a file."""
        lines = [
            f"{self.route.method} {self.path} HTTP/1.1", f"Host: {address}", f"Accept: {HTML}",
            f"Cookie: {self.person.cookie}",
        ]  # fmt: skip
        if self.route.method == "POST":
            lines.append("Content-Type: application/x-www-form-urlencoded")
        return "\r\n".join((*lines, "", urlencode(self.form) if self.form else ""))


def sqlmap(folder: Path, seconds: float = 3600.0, most: int | None = None) -> Tally:
    """Level 3 on each parameter of each route, as whom the route is for; none may be injectable.

    What was not reached in `seconds` is a failure; `most` targets are tried where fewer will do.
    """
    tally = Tally()
    if not _is_there("sqlmap", tally):
        return tally
    with _served(folder) as (scene, address):
        targets, end = list(_targets(scene))[:most], time.monotonic() + seconds
        with ThreadPoolExecutor(AT_ONCE) as pool:
            tries = [
                pool.submit(_try, target, address, folder / f"sqlmap{number}", end)
                for number, target in enumerate(targets)
            ]
            for target, trial in zip(targets, tries, strict=True):
                failure = trial.result()
                for name in target.names:
                    tally.count("parameter" if name else "part of a path")
                tally.expect(not failure, f"{target.route} {', '.join(target.names)}: {failure}")
    return tally


def wapiti(folder: Path, seconds: float = 600.0) -> Tally:
    """All modules that need nothing from elsewhere, as the owner and as an admin."""
    tally = Tally()
    if not _is_there("wapiti", tally):
        return tally
    with _served(folder) as (scene, address):
        for who in ("owner", "admin"):
            report = folder / f"{who}.json"
            command = [
                *("wapiti", "-u", f"http://{address}/", "--scope", "domain", "-m", MODULES),
                *("-H", f"Cookie: {scene.people[who].cookie}", "--flush-session", "-v", "0"),
                *("--store-session", str(folder / who), "-f", "json", "-o", str(report)),
                *("--max-scan-time", str(seconds / 6), "--max-attack-time", str(seconds / 30)),
                *(argument for start in STARTS for argument in ("-s", f"http://{address}{start}")),
            ]
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, check=False, timeout=seconds / 2,
                    stdin=subprocess.DEVNULL,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                tally.failures.append(f"wapiti as {who} was not done after {seconds / 2:.0f} s")
                continue
            _read_report(report, done, tally, who)
    return tally


STARTS = (
    "/library",
    "/history",
    "/documents",
    "/account",
    "/security",
    "/admin",
    "/pronunciations",
)


def _read_report(report: Path, done: subprocess.CompletedProcess, tally: Tally, who: str) -> None:
    if not report.exists():
        tally.failures.append(f"wapiti as {who} ended without a report: {done.stderr[-300:]}")
        return
    told = json.loads(report.read_text("utf-8"))
    for kind in ("vulnerabilities", "anomalies"):
        for name, found in told[kind].items():
            tally.count(who)
            for each in found:
                tally.failures.append(
                    f"{who}: {name}: {each['method']} {each['path']} {each['info']}"
                )
    tally.notes.append(f"wapiti as {who}: {told['infos'].get('crawled_pages_nbr', '?')} pages")


def _is_there(tool: str, tally: Tally) -> bool:
    if shutil.which(tool) is None:
        tally.unrun = REMEDY.format(tool=tool)
    return not tally.unrun


# What sqlmap tries


def _targets(scene: Scene) -> Iterator[Target]:
    matrix = Matrix(scene)
    for route in matrix.routes():
        if route.method == "HEAD":
            continue
        who = {"public": "anonymous", "user": "owner", "admin": "admin"}[route.audience]
        person = scene.people[who]
        mine = scene.admins if who == "admin" else scene.owned
        names = tuple(sorted(matrix._asked_of(route) - UNTRIED))
        values = {name: _value(matrix, route, name, mine) for name in names}
        path, form = route.path(mine), {}
        if route.method == "POST":
            form = {**values, "csrf_token": person.csrf}
        elif values:
            path += "?" + urlencode(values)
        if names:
            yield Target(route, person, path, form, names)
        if marked := _marked(route, mine):
            yield Target(route, person, marked, {"csrf_token": person.csrf} if form else {}, ("",))


def _value(matrix: Matrix, route: Route, name: str, mine: dict) -> str:
    """Something that makes sense, and is not empty: an empty parameter is passed over."""
    what = matrix._meaning(route, name) if name in IDS else None
    return str(mine[what] if what else PLAIN.get(name, "")) or "1"


def _marked(route: Route, mine: dict) -> str:
    """The path with a mark behind each part that can be filled in; "" where there is none.

    A part that must be a number is no route with anything else behind it.
    """
    parts = [name for name in route.arguments if name not in FIXED]
    texts = [name for name in parts if f"<{name}>" in route.rule.rule]
    marked = route.path(mine)
    for name in texts:
        marked = marked.replace(str(mine[name]), f"{mine[name]}*", 1)
    return marked if texts else ""


def _try(target: Target, address: str, folder: Path, end: float) -> str:
    """Why a target does not pass; "" when all was tried and nothing found."""
    left = min(ONE_S, end - time.monotonic())
    if left <= 0:
        return "not reached in time"
    folder.mkdir()
    request = folder / "request"
    request.write_text(target.written(address))
    command = [
        *(
            "sqlmap",
            "-r",
            str(request),
            "--batch",
            "--ignore-stdin",
            "--level",
            LEVEL,
            "--disable-coloring",
        ),
        *("--ignore-code", REFUSALS, "--skip-waf", "--output-dir", str(folder), "-v", "1"),
    ]
    if "" not in target.names:
        command += ["-p", ",".join(target.names)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=left, cwd=folder
        )
    except subprocess.TimeoutExpired:
        return f"not done after {left:.0f} s"
    if found := INJECTABLE.findall(done.stdout):
        return "; ".join(found)
    return "" if TESTED in done.stdout else f"not tried: {done.stdout.strip()[-300:]}"


# The program that is tried


@contextmanager
def _served(folder: Path) -> Iterator[tuple[Scene, str]]:
    """A program that forgets each request, and where it listens."""
    scene = Scene(folder / "data")
    server = make_server("127.0.0.1", 0, _forgetful(scene), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield scene, f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        scene.close()


def _forgetful(scene: Scene):
    """The app, one request at a time, each undone."""
    alone = threading.Lock()

    def app(environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
        with alone, scene.nothing_kept():
            pieces, status, headers = run_wsgi_app(scene.app, environ, buffered=True)
            body = b"".join(pieces)
        start_response(status, list(headers))
        return [body]

    return app


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        return
