"""Granian against waitress on this very app: why it is served the way it is."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import crowd, pages, size
from benchmarks.program import NEUTRAL, ROOT, Program, free_address, fresh, prepared
from benchmarks.report import Report, table

THREADS = 64
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
        *("/ p95 ms in a crowd", "listeners", "slow clients"),
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
    return (
        name,
        f"{numbers.ranges.per_second:,.0f}",
        f"{numbers.many.p50_ms:.2f}",
        f"{numbers.plain['/']:,.0f}",
        f"{memory:.0f}",
        f"{seen.busy.p95_ms:.0f}",
        f"{seen.listeners}",
        f"{seen.slow}",
    )


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
        [sys.executable, "jobs.py"],
        cwd=ROOT,
        env={**NEUTRAL, "VOICEVERSE_DATA_DIR": str(folder)},
        stdin=subprocess.PIPE,
    )
    try:
        yield
    finally:
        process.stdin.close()
        process.wait()
