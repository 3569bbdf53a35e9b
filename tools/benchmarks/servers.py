"""Granian against waitress on this very app: why it is served the way it is."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import Config
from tools.benchmarks import crowd, pages, size
from tools.benchmarks.program import NEUTRAL, ROOT, Program, free_address, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

THREADS = Config().threads
PATIENCE_S = 10.0
SHAPES = ((1, THREADS), (2, THREADS // 2))


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Ranges, library, studio and a crowd on each server."""
    environment = size.environment(scratch)
    size.install(environment, "granian")
    folder = fresh(scratch / "servers")
    filename = pages.fill(folder)
    rows = [_row("waitress, 64 threads", Program, folder, filename, scratch)]
    for workers, threads in SHAPES:

        def serve(data: Path, workers=workers, threads=threads) -> Program:
            return _granian(environment, data, workers, threads)

        rows.append(_row(f"granian {workers} x {threads}", serve, folder, filename, scratch))
    heads = (
        *("", "ranges/s", "library p50 ms", "/ a second", "PSS MB"),
        *("/ p95 ms in a crowd", "listeners", "slow clients", "places free s"),
    )
    table("Servers", heads, rows)


def _row(name: str, serve, folder: Path, filename: str, scratch: Path) -> tuple[str, ...]:
    with serve(folder) as program:
        numbers = pages.measure(program, filename, seconds=2)
        memory = program.memory_mb()[0]
    other = fresh(scratch / "servers_crowd")
    with prepared(other, crowd.PEOPLE):
        pass
    with serve(other) as program, _worker(other, is_needed=serve is not Program):
        seen = crowd.measure(program)
        freed = _listeners_come_and_go(program)
    return (
        name,
        f"{numbers.ranges.per_second:,.0f}",
        f"{numbers.many.p50_ms:.2f}",
        f"{numbers.plain['/'][0]:,.0f}",
        f"{memory:.0f}",
        f"{seen.busy.p95_ms:.0f}",
        f"{seen.listeners}",
        f"{seen.slow}",
        freed,
    )


def _listeners_come_and_go(program: Program) -> str:
    """Seconds until the places of all live listeners that hang up are free for others."""
    browsers = [program.browser(crowd.PEOPLE[0]) for _ in range(Config().live_listeners)]
    row = browsers[0].generate(text(crowd.TEXT, seed=77))
    url = row["audio_url"]
    for browser in browsers:
        browser.stream(url).read1(1)
    for browser in browsers:
        browser.close()
    started, waiting = time.monotonic(), list(browsers)
    while waiting and time.monotonic() - started < PATIENCE_S:
        try:
            waiting[-1].stream(url).read1(1)
            waiting.pop()
        except (OSError, RuntimeError):
            waiting[-1].close()
            time.sleep(0.05)
    taken = time.monotonic() - started
    for browser in browsers:
        browser.close()
    browsers[0].stop_listening(row["filename"])
    return f"{taken:.1f}" if not waiting else f"{len(waiting)} not in {PATIENCE_S:.0f}"


def _granian(environment: Path, folder: Path, workers: int, threads: int) -> Program:
    address = free_address()
    command = (
        *(str(environment / "bin" / "granian"), "--interface", "wsgi", "--factory"),
        *("--port", str(address.port), "--workers", str(workers), "--log-level", "error"),
        *("--blocking-threads", str(threads), "app:create_app"),
    )
    return Program(folder, command, address)


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
