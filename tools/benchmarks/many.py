"""Many at once: eight clients beside one, and beside an empty view in the same seconds."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tools.benchmarks import load, pages
from tools.benchmarks.browser import JSON
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.size import SETTLE_S, STARTS

CLIENTS, PIECES = 8, 1001
LISTENERS = [f"listener{number}" for number in range(CLIENTS)]
ROUNDS, SECONDS = 3, 1.5
SMALL, HUGE = (f"library page, {count:,}" for count in (pages.FEW, pages.MANY))
HEADS = (
    *("", "one client", "eight clients", "server's processor, ms"),
    *("eight ÷ one", "eight ÷ empty view", "target", ""),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What one client and eight got, and what eight of the empty view got meanwhile."""

    one: load.Load
    eight: load.Load
    empty: load.Load
    spent_ms: float  # processor time of the server for each request of eight clients

    @property
    def gain(self) -> float:
        """How many times what one client gets eight get together."""
        return self.eight.per_second / self.one.per_second

    @property
    def of_empty(self) -> float:
        """What eight clients get of what the empty view gives eight."""
        return self.eight.per_second / self.empty.per_second


class Target(NamedTuple):
    """What a number of a row has to reach, or may not exceed."""

    number: Callable[[Row], float]
    limit: float
    unit: str
    is_most: bool = False

    @property
    def words(self) -> str:
        """The target as a table tells it."""
        return f"{'≤' if self.is_most else '≥'} {self.limit:,g} {self.unit}"

    def is_met(self, row: Row) -> bool:
        """Whether the row's number is as wanted."""
        value = self.number(row)
        return value <= self.limit if self.is_most else value >= self.limit

    def tell(self, report: Report, name: str, row: Row) -> None:
        """Put the row's number into the report."""
        compare = report.at_most if self.is_most else report.at_least
        compare(name, self.number(row), self.limit, self.unit)


class Case(NamedTuple):
    """The requests of each of eight clients, and what is wanted of the answers."""

    name: str
    of_clients: Sequence[Sequence[bytes]]
    targets: Sequence[Target] = ()


GAIN = Target(lambda row: row.gain, 1.7, "x one client")
RANGES = Target(lambda row: row.eight.per_second, 1500, "/s for eight")
STUDIO = Target(lambda row: row.of_empty, 0.25, "x empty view")
LIBRARY = Target(lambda row: row.of_empty, 0.22, "x empty view")
LIST = Target(lambda row: row.one.p50_ms, 3, "ms for one", is_most=True)
UNCHANGED = Target(lambda row: row.one.p50_ms, 1, "ms for one", is_most=True)
WRITES = (
    Target(lambda row: row.one.per_second, 400, "/s for one"),
    Target(lambda row: row.eight.per_second, 600, "/s for eight"),
)


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """One table: everything that people do at once, the start, and the memory."""
    folder = fresh(scratch / "many")
    filename = fill(folder)
    starts = []
    for _ in range(STARTS - 1):
        with Program(folder) as program:
            starts.append(program.first_answer_s)
    with Program(folder) as program, pages.empty_view(scratch) as empty:
        starts.append(program.first_answer_s)
        time.sleep(SETTLE_S)
        idle = program.memory_mb()
        rows = list(_measured(report, program, empty, filename))
        loaded = program.memory_mb()
    rows += _start_and_memory(report, median(starts), idle, loaded)
    table("Many at once", HEADS, rows)


def fill(folder: Path) -> str:
    """Those of `pages`, a library of 1,001 pieces, and eight people with one piece each."""
    filename = pages.fill(folder)
    with prepared(folder, ["reader", *LISTENERS]) as (db, (reader, *listeners)):
        with db.transaction():
            for number in range(PIECES):
                pages.add_piece(db, reader["id"], number)
            for listener in listeners:
                pages.add_piece(db, listener["id"], 0)
    return filename


def _measured(
    report: Report, program: Program, empty: Program, filename: str
) -> Iterator[tuple[str, ...]]:
    plain = _each("empty view", load.request("/login"))
    seen = {plain.name: measure(empty, empty, plain)}
    yield _cells(plain.name, seen[plain.name])
    for case in cases(program, filename):
        row = seen[case.name] = measure(program, empty, case)
        for target in case.targets:
            target.tell(report, case.name, row)
        met = [target.is_met(row) for target in case.targets]
        words = ", ".join(target.words for target in case.targets)
        yield _cells(case.name, row, words, _verdict(met))
    ratio = seen[HUGE].one.p50_ms / seen[SMALL].one.p50_ms
    name = f"{HUGE} ÷ {pages.FEW}, p50"
    report.at_most(name, ratio, 1.2, "x")
    yield _figure(name, f"{ratio:.2f}", "≤ 1.2 x", _verdict([ratio <= 1.2]))


def cases(program: Program, filename: str) -> list[Case]:
    """Everything that is asked of the program."""
    many, few, reader = (program.browser(name) for name in ("many", "few", "reader"))
    ranges = pages.range_requests(f"/audio/{filename}", few.cookie)
    listed = load.request("/library", reader.cookie, **JSON)
    etag = reader.etag("/library")
    unchanged = load.request("/library", reader.cookie, **JSON, If_None_Match=etag)
    how = "304" if etag else "no ETag, so sent again"
    return [
        _each("health", load.request("/health")),
        _each("log-in page", load.request("/login"), targets=[GAIN]),
        _each("ranges of 64 KiB", *ranges, targets=[RANGES]),
        _each("studio page, /", load.request("/", few.cookie), targets=[STUDIO]),
        _each(SMALL, load.request("/library", few.cookie), targets=[LIBRARY]),
        _each(HUGE, load.request("/library", many.cookie)),
        _each(f"list of 50 of {PIECES:,}, JSON", listed, targets=[LIST]),
        _each(f"the same, unchanged ({how})", unchanged, targets=[UNCHANGED]),
        Case("position of a listener", positions(program, LISTENERS), WRITES),
    ]


def _each(name: str, *requests: bytes, targets: Sequence[Target] = ()) -> Case:
    """The same for all eight clients."""
    return Case(name, [requests] * CLIENTS, targets)


def positions(program: Program, people: Sequence[str]) -> list[list[bytes]]:
    """For each person, requests that tell how far they came in their newest piece."""
    return [list(_positions(program, name)) for name in people]


def _positions(program: Program, name: str) -> Iterator[bytes]:
    browser = program.browser(name)
    path = f"/playback/{browser.get_json('/library')['files'][0]['filename']}"
    number = json.loads(browser.post(path, {}, JSON, expect=201)[1])["id"]
    for second in range(28):
        yield load.form(
            path, browser.cookie, id=number, position_s=second, csrf_token=browser.csrf_token
        )


def measure(program: Program, empty: Program, case: Case) -> Row:
    """One client, eight, and eight of the empty view, again and again; the middle of each."""
    peer, spent_s, rounds = [[load.request("/login")]] * CLIENTS, 0.0, []
    for _ in range(ROUNDS):
        one = load.drive_each(program.address, case.of_clients[:1], seconds=SECONDS)
        before_s = program.cpu_s()
        eight = load.drive_each(program.address, case.of_clients, seconds=SECONDS)
        spent_s += program.cpu_s() - before_s
        empty_view = load.drive_each(empty.address, peer, seconds=SECONDS)
        rounds.append((one, eight, empty_view))
    one, eight, empty_view = (_middle(each) for each in zip(*rounds, strict=True))
    spent_ms = 1000 * spent_s / sum(eight.count for _, eight, _ in rounds)
    return Row(one, eight, empty_view, spent_ms)


def _middle(loads: Sequence[load.Load]) -> load.Load:
    return sorted(loads, key=lambda seen: seen.per_second)[len(loads) // 2]


def _cells(name: str, row: Row, target: str = "", verdict: str = "") -> tuple[str, ...]:
    seen = (f"{each.per_second:,.0f}/s, {each.p50_ms:.1f} ms" for each in (row.one, row.eight))
    ratios = (f"{number:.2f}" for number in (row.spent_ms, row.gain, row.of_empty))
    return name, *seen, *ratios, target, verdict


def _verdict(met: Sequence[bool]) -> str:
    return ("met" if all(met) else "MISSED") if met else ""


def _figure(name: str, measured: str, target: str = "", verdict: str = "") -> tuple[str, ...]:
    return name, measured, "", "", "", "", target, verdict


def _start_and_memory(report: Report, start_s: float, idle, loaded) -> list[tuple[str, ...]]:
    report.at_most("start to first answer", start_s, 1.2, "s")
    report.at_most("idle memory of all processes, PSS", idle[0], 200, "MB")
    (idle_mb, _, idlers), (loaded_mb, _, loaded_ones) = idle, loaded
    memory = _verdict([idle_mb <= 200])
    return [
        _figure("start to first answer", f"{start_s:.2f} s", "≤ 1.2 s", _verdict([start_s <= 1.2])),
        _figure(f"PSS of {idlers} processes, idle", f"{idle_mb:.0f} MB", "≤ 200 MB", memory),
        _figure(f"PSS of {loaded_ones} processes, after this", f"{loaded_mb:.0f} MB"),
    ]
