"""A house with a million pieces, 200,000 of them of one person: pages, searches, upkeep, start.

Without `--full` it is a tenth of that.
"""

import hashlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from blueprints.library import PAGE_ROWS
from database import Database
from queries.jobs import SEGMENT, UNMARKED
from queries.rows import AudioFile
from tools.benchmarks import bench_library, load
from tools.benchmarks.browser import Browser
from tools.benchmarks.program import NEUTRAL, ROOT, Program, fresh, prepared
from tools.benchmarks.report import Report, percentile, table
from tools.benchmarks.texts import Prose

PIECES, OF_ONE, OF_OTHERS = 1_000_000, 200_000, 1000
SEGMENT_CHARACTERS = 300
LINKS = 10_000  # names that one file may have; backups add as many each
TRIES, MOST_MS = 20, 50
PAGE = 1000
SORTS = ("newest", "name", "longest")
PAGES = ("/", "/library", "/history", "/usage", "/usage?month=2025-03", "/account")
ADMIN = ("/admin/health", "/admin/storage", "/metrics")


class House(NamedTuple):
    """How many pieces there are, and how many of them are of one person."""

    pieces: int
    of_one: int


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Fill a house, use it, look after it."""
    house = House(PIECES, OF_ONE) if full else House(PIECES // 10, OF_ONE // 10)
    folder = fresh(scratch / "million")
    begun = time.perf_counter()
    fill(folder, house)
    size_mb = (folder / "voiceverse.db").stat().st_size / 1e6
    rows = [("filled in, s", f"{time.perf_counter() - begun:.0f}"), ("MB", f"{size_mb:,.0f}")]
    with Program(folder) as program:
        rows.append(("start to first answer, s", f"{program.first_answer_s:.2f}"))
        use(report, program, house)
        rows.append(("all processes after that, PSS, MB", f"{program.memory_mb()[0]:.0f}"))
    for command in ("doctor", "backup"):
        spent_s, most_mb = upkeep(folder, command)
        rows += [(f"flask {command}, s", f"{spent_s:.0f}"), ("its memory, MB", f"{most_mb:.0f}")]
    table(f"A house of {house.pieces:,} pieces, {house.of_one:,} of one person", ("", ""), rows)


def fill(folder: Path, house: House) -> None:
    """An admin with many pieces and people with a thousand each, with sound on the disk."""
    others = [f"person{number}" for number in range((house.pieces - house.of_one) // OF_OTHERS)]
    prose, names = Prose(1), _Names(folder)
    with prepared(folder, ["mine", "person0"]) as (db, (mine, person)):
        db.set_user_admin(mine["id"], True)
        password_hash = person["password_hash"]
        ids = [person["id"]]
        ids += [db.create_user(name, password_hash)["id"] for name in others[1:]]
        _add(db, mine["id"], house.of_one, prose, names)
        for owner_id in ids:
            _add(db, owner_id, OF_OTHERS, prose, names)


def _add(db: Database, owner_id: int, pieces: int, prose: Prose, names: "_Names") -> None:
    with db.transaction():
        for number in range(pieces):
            name = f"{owner_id}-{number}.mp3"
            row = bench_library.add_piece(
                db, owner_id, number, prose, filename=name, sha256=names.add(name)
            )
            if row["status"] == "ready":
                db.write_many(f"INSERT {SEGMENT}", segments(row))


def segments(row: AudioFile) -> Iterator[dict[str, object]]:
    """What is known of a piece's sound: a segment for each few hundred characters."""
    size, length = row["character_count"], row["duration"] * 1000
    starts = range(0, size, SEGMENT_CHARACTERS)
    for position, start in enumerate(starts):
        end = min(size, start + SEGMENT_CHARACTERS)
        yield {
            **UNMARKED,
            **{"file_id": row["id"], "position": position, "text_start": start, "text_end": end},
            **{"start_ms": int(length * start / size), "end_ms": int(length * end / size)},
            **{"byte_end": row["size"] * end // size, "frame_end": position + 1, "words": "[]"},
        }


def use(report: Report, program: Program, house: House) -> None:
    """What the person with the most pieces, an admin, sees in so large a house."""
    browser = program.browser("mine")
    client = load.Client(program.address)
    rows = []
    for title, groups in (
        ("pages", _pages(browser, house)),
        ("searches", _searches(browser)),
        ("", _of_admins(browser)),
    ):
        seen: list[float] = []
        for name, requests in groups:
            for request in requests:
                client.exchange(request)  # each process makes a page once before it counts
            times = [_taken_ms(client, each) for _ in range(TRIES) for each in requests]
            rows.append((name, *(f"{percentile(times, share):.1f}" for share in (0.5, 0.95, 1))))
            seen += times
        if title:
            p95_ms = percentile(seen, 0.95)
            report.at_most(f"{house.pieces:,} pieces: {title}, p95", p95_ms, MOST_MS, "ms")
    table("As the person with the most pieces", ("", "p50 ms", "p95 ms", "longest ms"), rows)


def _pages(browser: Browser, house: House) -> Iterator[tuple[str, list[bytes]]]:
    for path in PAGES:
        yield path, [load.request(path, browser.cookie)]
    number = min(PAGE, house.of_one // PAGE_ROWS)
    far = [f"/library?{_far(browser, sort, number)}" for sort in SORTS]
    yield f"page {number:,} of each order", [load.request(path, browser.cookie) for path in far]


def _searches(browser: Browser) -> Iterator[tuple[str, list[bytes]]]:
    for name, search in bench_library.SEARCHES.items():
        if search:
            paths = [f"/library?{urlencode({'q': search, 'sort': sort})}" for sort in SORTS]
            yield f"search: {name}", [load.request(path, browser.cookie) for path in paths]


def _of_admins(browser: Browser) -> Iterator[tuple[str, list[bytes]]]:
    for path in ADMIN:
        yield path, [load.request(path, browser.cookie)]


def _far(browser: Browser, sort: str, number: int) -> str:
    """The address of a page far down, found as people find it: from page to page."""
    place = None
    for _ in range(1, number):
        address = urlencode({"sort": sort} | ({"after": place} if place else {}))
        place = browser.get_json(f"/library?{address}")["next"]
    return urlencode({"sort": sort, "after": place})


def _taken_ms(client: load.Client, request: bytes) -> float:
    begun = time.perf_counter()
    client.exchange(request)
    return 1000 * (time.perf_counter() - begun)


def upkeep(folder: Path, command: str) -> tuple[float, float]:
    """Seconds that a command takes, and the most memory that one of its processes had, MB."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", command],
        cwd=ROOT,
        env={**NEUTRAL, "VOICEVERSE_DATA_DIR": str(folder)},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"flask {command} ended with {process.returncode}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


class _Names:
    """Sound for many pieces, of which a disk holds one of many thousand."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder / "audio", 0
        self._source, self._sha256 = folder, ""

    def add(self, name: str) -> str:
        """Put down a name; the SHA-256 of its sound."""
        if self._count % LINKS == 0:
            content = random.Random(self._count).randbytes(bench_library.SIZE)
            self._source, self._sha256 = self._folder / name, hashlib.sha256(content).hexdigest()
            self._source.write_bytes(content)
        else:
            os.link(self._source, self._folder / name)
        self._count += 1
        return self._sha256
