"""The studio page while documents that mean harm are imported, two at a time without a rest."""

import itertools
import time
from pathlib import Path

from tests.documents import hostile_texts
from tests.documents.hostile import CASES
from tools.benchmarks import load
from tools.benchmarks.browser import Address, Browser
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table

PEOPLE = ["ada", "bob", "eve"]
SECONDS = 20.0
IMPORTERS = 2


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """The page at rest, then while the whole hostile corpus goes round."""
    folder = fresh(scratch / "hostile")
    with prepared(folder, PEOPLE):
        pass
    documents = [make() for make in (CASES | hostile_texts.CASES).values()]
    with Program(folder) as program:
        page = [load.request("/", program.browser("ada").cookie)]
        idle = load.drive(program.address, page, seconds=3, pause_s=0.01)
        jobs = [
            (_import_all, program.address, name, documents[number::IMPORTERS])
            for number, name in enumerate(PEOPLE[1:])
        ]
        *taken, busy = load.side_by_side([*jobs, (_look, program.address, page)])
    rows = [
        (name, f"{one.p50_ms:.1f}", f"{one.p95_ms:.1f}", f"{one.p99_ms:.1f}")
        for name, one in (("idle", idle), ("while hostile documents are read", busy))
    ]
    table("Studio page beside the hostile corpus", ("", "p50 ms", "p95 ms", "p99 ms"), rows)
    report.at_most("studio page p95 beside hostile documents", busy.p95_ms, 300, "ms")
    slowest = max(itertools.chain(*taken))
    report.at_most("answer to a hostile document, slowest", slowest, 25, "s")


def _look(address: Address, page: list[bytes]) -> load.Load:
    return load.drive(address, page, seconds=SECONDS, pause_s=0.01)


def _import_all(address: Address, name: str, documents: list[tuple[str, bytes]]) -> list[float]:
    """Import for as long as the page is looked at; the seconds that each answer took."""
    browser, taken = Browser(address).sign_in(name), []
    until = time.monotonic() + SECONDS
    for filename, content in itertools.cycle(documents):
        if time.monotonic() > until:
            return taken
        started = time.monotonic()
        browser.upload("/documents", filename, content, may_refuse=True)
        taken.append(time.monotonic() - started)
    return taken
