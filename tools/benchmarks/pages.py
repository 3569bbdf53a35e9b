"""Pages and byte ranges: of small and huge libraries, beside an empty view of the same server."""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from database import Database
from storage.audio_store import AudioStore, make_filename
from tools.benchmarks import load
from tools.benchmarks.browser import Address
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

MANY, FEW = 100_000, 26
PLAIN = ("/", "/library", "/history", "/usage", "/account")
CLIENTS = 8
RANGE = 64 * 1024
SOUND_BYTES = 5_000_000
NAMES = ("Walk along the harbour", "Chapter", "Letter to the council", "Notes on tides", "Recipe")


class Numbers(NamedTuple):
    """What one server does with this app."""

    plain: dict[str, tuple[float, float]]  # by page: requests per second, ms of processor each
    ranges: load.Load
    range_ms: float  # of processor each
    many: load.Load
    few: load.Load


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Libraries, plain pages, ranges."""
    folder = fresh(scratch / "pages")
    filename = fill(folder)
    with Program(folder) as program:
        numbers = measure(program, filename)
    with empty_view(scratch) as program:
        empty, spent = plain_page(program, load.request("/login"), 3.0)
    _print_libraries(report, numbers)
    rows = [("empty view", f"{empty:,.0f}", "", f"{spent:.2f}")]
    for page, (rate, spent) in numbers.plain.items():
        rows.append((page, f"{rate:,.0f}", f"{rate / empty:.2f}", f"{spent:.2f}"))
        report.at_least(f"requests per second of {page}", rate / empty, 0.5, "x empty")
    heads = ("", "requests/s", "ratio", "server's processor time, ms")
    table("Pages of a person with 26 files, eight clients", heads, rows)
    seen = numbers.ranges
    rows = [(f"{seen.per_second:,.0f}", f"{seen.p50_ms:.2f}", f"{seen.p95_ms:.2f}")]
    table("Ranges of 64 KiB, eight clients", ("requests/s", "p50 ms", "p95 ms"), rows)
    report.at_least("ranges of 64 KiB", seen.per_second, 2000, "requests/s")


def _print_libraries(report: Report, numbers: Numbers) -> None:
    rows = [
        (name, f"{seen.p50_ms:.2f}", f"{seen.p95_ms:.2f}", f"{seen.body_bytes / 1000:.0f}")
        for name, seen in ((f"{MANY:,} files", numbers.many), (f"{FEW} files", numbers.few))
    ]
    table("Library page, one client", ("", "p50 ms", "p95 ms", "page KB"), rows)
    report.at_most("library page, 100,000 files, p50", numbers.many.p50_ms, 5, "ms")
    ratio = numbers.many.p50_ms / numbers.few.p50_ms
    report.at_most("library page, 100,000 files", ratio, 1.5, "x 26 files")


def measure(program: Program, filename: str, seconds: float = 3.0) -> Numbers:
    """Ask a server for everything that this module compares."""
    many, few = (program.browser(name).cookie for name in ("many", "few"))
    libraries = [
        load.drive(program.address, [load.request("/library", cookie)], seconds=seconds)
        for cookie in (many, few)
    ]
    plain = {page: plain_page(program, load.request(page, few), seconds) for page in PLAIN}
    before_s = program.cpu_s()
    seen = ranges(program, few, filename, seconds)
    spent_ms = 1000 * (program.cpu_s() - before_s) / seen.count
    return Numbers(plain, seen, spent_ms, *libraries)


def plain_page(program: Program, request: bytes, seconds: float) -> tuple[float, float]:
    """Requests per second of eight clients, and the server's processor time for each, ms."""
    before = program.cpu_s()
    seen = load.drive(program.address, [request], clients=CLIENTS, seconds=seconds)
    return seen.per_second, 1000 * (program.cpu_s() - before) / seen.count


def ranges(
    program: Program,
    cookie: str,
    filename: str,
    seconds: float,
    address: Address | None = None,
) -> load.Load:
    """Eight clients that jump about in one file, 64 KiB at a time; `address` is a proxy's."""
    requests = range_requests(f"/audio/{filename}", cookie)
    return load.drive(address or program.address, requests, clients=CLIENTS, seconds=seconds)


def range_requests(path: str, cookie: str = "", **headers: str) -> list[bytes]:
    """Jumps about in one file, 64 KiB at a time."""
    chance = random.Random(1)
    starts = [chance.randrange(SOUND_BYTES - RANGE) for _ in range(32)]
    return [
        load.request(path, cookie, Range=f"bytes={start}-{start + RANGE - 1}", **headers)
        for start in starts
    ]


def fill(folder: Path) -> str:
    """A data folder with a huge and a small library; returns the name of a file with sound."""
    with prepared(folder, ["many", "few"]) as (db, (many, few)):
        with db.transaction():
            for number in range(MANY):
                add_piece(db, many["id"], number)
        with db.transaction():
            rows = [add_piece(db, few["id"], number) for number in range(FEW)]
            for row in rows:
                db.record_usage(few["id"], row["character_count"], 0.0, file_id=row["id"])
                db.record_playback(few["id"], row["id"], "Firefox on Linux")
    give_sound(folder, rows[0]["filename"], random.Random(2).randbytes(SOUND_BYTES))
    return rows[0]["filename"]


def give_sound(folder: Path, filename: str, content: bytes) -> None:
    """Put down what a piece is to sound like."""
    sound = folder.parent / "sound"
    sound.write_bytes(content)
    AudioStore(folder / "audio").adopt(sound, filename)
    sound.unlink()


def add_piece(db: Database, owner_id: int, number: int) -> dict:
    """A piece that was spoken long ago, without its sound."""
    minute, day = number % 60, 1 + number // 1000 % 28
    return db.create_audio_file(
        owner_id,
        make_filename(),
        f"{NAMES[number % len(NAMES)]} {number}",
        voice="gmw/en",
        text=text(400, number % 50),
        engine="espeak",
        duration=28.0,
        size=224_000,
        created_at=f"2026-{1 + number // 28_000 % 11:02}-{day:02} {number % 24:02}:{minute:02}:00",
    )


@contextmanager
def empty_view(scratch: Path) -> Iterator[Program]:
    """The peer of every page, at work."""
    command = (sys.executable, "-m", "tools.benchmarks.empty_view")
    with Program(scratch / "empty", command) as program:
        yield program
