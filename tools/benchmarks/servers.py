"""Servers for WSGI on this very app, two processes each: why it is served the way it is."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from config import Config
from tools.benchmarks import crowd, load, pages, size
from tools.benchmarks.browser import Browser
from tools.benchmarks.program import NEUTRAL, ROOT, STOP_S, Program, free_address, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

CORES = os.cpu_count() or 1
THREADS = Config().threads // CORES
LET_GO_S = 9  # what a server that can be told is told to give its answers at the end
PATIENCE_S = 10.0
SECONDS = 2.0
HEADS = (
    *("", "ranges/s", "processor ms", "library p50 ms", "/ a second", "processor ms"),
    *("log-in page, 8 ÷ 1", "PSS MB"),
    *("/ p95 ms in a crowd", "listeners", "slow clients", "places free s", "ends in s"),
)


class Server(NamedTuple):
    """A server by its command, where `{bin}`, `{port}` are filled in; its own has its worker."""

    name: str
    command: Sequence[str] = (sys.executable, "app.py")
    has_worker: bool = False
    processes: int = 0  # of its own; 0: one for each core

    def on(self, folder: Path, environment: Path) -> Program:
        """The program on this server, over a data folder."""
        if not any("{port}" in part for part in self.command):
            return Program(folder, self.command, web_processes=self.processes)
        address = free_address()
        places = {"bin": environment / "bin", "port": address.port}
        return Program(folder, [part.format(**places) for part in self.command], address)


FACTORY = "app:create_app()"
SERVERS = (
    Server(f"VoiceVerse, {CORES} processes on a core each", has_worker=True),
    Server("VoiceVerse, one process", has_worker=True, processes=1),
    Server(
        f"granian {CORES} x {THREADS}",
        (
            *("{bin}/granian", "--interface", "wsgi", "--factory", "--log-level", "error"),
            *("--port", "{port}", "--workers", f"{CORES}", "--blocking-threads", f"{THREADS}"),
            *("--workers-kill-timeout", f"{LET_GO_S}", "app:create_app"),
        ),
    ),
    Server(
        f"gunicorn gthread {CORES} x {THREADS}",
        (
            *("{bin}/gunicorn", "--worker-class", "gthread", "--workers", f"{CORES}"),
            *("--threads", f"{THREADS}", "--bind", "127.0.0.1:{port}", "--keep-alive", "30"),
            *("--graceful-timeout", f"{LET_GO_S}", "--log-level", "error", FACTORY),
        ),
    ),
    Server(
        f"hypercorn, {CORES} processes",
        (
            *("{bin}/hypercorn", "--workers", f"{CORES}", "--bind", "127.0.0.1:{port}"),
            *("--graceful-timeout", f"{LET_GO_S}", "--keep-alive", "30"),
            *("--log-level", "error", f"wsgi:{FACTORY}"),
        ),
    ),
)


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Ranges, pages, a crowd and the end, on each server in turn."""
    environment = size.environment(scratch)
    size.install(environment, "granian", "gunicorn", "hypercorn")
    folder = fresh(scratch / "servers")
    filename = pages.fill(folder)
    rows = []
    for server in SERVERS:
        quiet = _quiet(server.on(folder, environment), filename)
        other = fresh(scratch / "servers_crowd")
        with prepared(other, crowd.PEOPLE):
            pass
        with _worker(other, is_needed=not server.has_worker):
            rows.append((server.name, *quiet, *_busy(server.on(other, environment))))
        print(*rows[-1], file=sys.stderr)
    table("Servers", HEADS, rows)


def _quiet(served: Program, filename: str) -> tuple[str, ...]:
    with served as program:
        pages.measure(program, filename, seconds=SECONDS / 4)  # each process makes its templates
        numbers = pages.measure(program, filename, seconds=SECONDS)
        one, eight = (
            load.drive(
                program.address, [load.request("/login")], clients=clients, seconds=SECONDS
            ).per_second
            for clients in (1, pages.CLIENTS)
        )
        memory = program.memory_mb()[0]
    return (
        f"{numbers.ranges.per_second:,.0f}",
        f"{numbers.range_ms:.2f}",
        f"{numbers.many.p50_ms:.2f}",
        f"{numbers.plain['/'][0]:,.0f}",
        f"{numbers.plain['/'][1]:.2f}",
        f"{eight / one:.2f}",
        f"{memory:.0f}",
    )


def _busy(served: Program) -> tuple[str, ...]:
    with served as program:
        crowded = _or_nothing(_in_a_crowd, program) or ("no answer", "", "")
        (free,) = _or_nothing(_until_places_are_free, program) or ("no answer",)
        return *crowded, free, _end_while_listening(program)


def _or_nothing(measure: Callable[[Program], tuple[str, ...]], program: Program) -> tuple[str, ...]:
    """What is measured; nothing where the server gave no answer, which is an answer, too."""
    try:
        return measure(program)
    except (OSError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return ()


def _in_a_crowd(program: Program) -> tuple[str, ...]:
    seen = crowd.measure(program)
    return f"{seen.busy.p95_ms:.0f}", f"{seen.listeners}", f"{seen.slow}"


def _until_places_are_free(program: Program) -> tuple[str, ...]:
    """Seconds until the places of all live listeners that hang up are free for others."""
    browsers = _browsers(program, Config().live_listeners)
    row = browsers[0].generate(text(crowd.TEXT, seed=77))
    if not _listen(browsers, row["audio_url"]):
        return ("no places",)
    for browser in browsers:
        browser.close()
    started, waiting = time.monotonic(), list(browsers)
    while waiting and time.monotonic() - started < PATIENCE_S:
        if _listen(waiting[-1:], row["audio_url"]):
            waiting.pop()
        else:
            waiting[-1].close()
            time.sleep(0.05)
    taken = time.monotonic() - started
    for browser in browsers:
        browser.close()
    browsers[0].stop_listening(row["filename"])
    return (f"{taken:.1f}" if not waiting else f"{len(waiting)} not in {PATIENCE_S:.0f}",)


def _end_while_listening(program: Program) -> str:
    """Seconds until it ends while people listen to what is being spoken."""
    browsers: list[Browser] = []
    with suppress(OSError, RuntimeError):  # who gets no answer at all cannot listen
        browsers = _browsers(program, len(crowd.PEOPLE) * crowd.LISTENERS_EACH)
        _listen(browsers, browsers[0].generate(text(crowd.TEXT, seed=78))["audio_url"])
    taken = program.stop()
    for browser in browsers:
        browser.close()
    return f"{taken:.1f}" if taken < STOP_S else f"not in {STOP_S:.0f}"


def _browsers(program: Program, count: int) -> list[Browser]:
    """Devices of one person, who do not wait long, and connect when they listen."""
    browsers = [Browser(program.address, timeout_s=PATIENCE_S) for _ in range(count)]
    for browser in browsers:
        browser.sign_in(crowd.PEOPLE[0]).close()
    return browsers


def _listen(browsers: Sequence[Browser], url: str) -> bool:
    """Whether all of them hear the beginning; they go on listening."""
    try:
        for browser in browsers:
            browser.stream(url).read1(1)
    except (OSError, RuntimeError):
        return False
    return True


@contextmanager
def _worker(folder: Path, *, is_needed: bool) -> Iterator[None]:
    """The worker that only the program's own server starts by itself."""
    if not is_needed:
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "server.worker"],
        cwd=ROOT,
        env={**NEUTRAL, "VOICEVERSE_DATA_DIR": str(folder)},
        stdin=subprocess.PIPE,
    )
    try:
        yield
    finally:
        process.stdin.close()
        process.wait()
