"""Run the attacks and print what each tried and what got through."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from tools.attack import (
    audit,
    brute,
    byte_ranges,
    csrf,
    faults,
    flips,
    hot_backups,
    kills,
    scanners,
    scripts,
    slow,
    ssrf,
    traversal,
    writers,
)
from tools.attack.matrix import Matrix
from tools.attack.scene import Scene
from tools.attack.tally import Tally
from tools.benchmarks.report import table


@contextmanager
def scene(folder: Path):
    """The app with its five people."""
    made = Scene(folder)
    try:
        yield made
    finally:
        made.close()


def _matrix(folder: Path) -> Tally:
    with scene(folder) as made:
        return Matrix(made).run()


def _csrf(folder: Path) -> Tally:
    with scene(folder) as made:
        return csrf.run(made)


def _ranges(folder: Path) -> Tally:
    with scene(folder) as made:
        return byte_ranges.run(made)


def _ssrf(folder: Path) -> Tally:
    with scene(folder) as made:
        return ssrf.run(made)


def _brute(folder: Path) -> Tally:
    tally = brute.run(folder)
    tally.expect(tally.slowest_s <= brute.MOST_S, f"the owner waited {tally.slowest_s:.1f} s")
    tally.notes.append(f"the owner was in within {tally.slowest_s:.1f} s")
    return tally


def _slow(folder: Path) -> Tally:
    tally = slow.run(folder)
    tally.expect(tally.measured_ms <= slow.MOST_P95_MS, f"studio p95 {tally.measured_ms:.0f} ms")
    return tally


ATTACKS: dict[str, tuple[str, Callable[[Path], Tally]]] = {
    "matrix": ("access: every route, method and person", _matrix),
    "csrf": ("forms from elsewhere: every unsafe route", _csrf),
    "ranges": ("byte ranges against RFC 9110", _ranges),
    "ssrf": ("web import and providers at addresses of this machine", _ssrf),
    "traversal": ("paths that lead out", traversal.run),
    "scripts": ("stored scripts in a real browser", scripts.run),
    "brute": ("guesses at passwords, three profiles", _brute),
    "writers": ("eight processes that write the same rows", writers.run),
    "kills": ("kill -9 at random instants under load", kills.run),
    "faults": ("input/output errors and a full disk at each write", faults.run),
    "backups": ("hot backups under load, restored and compared", hot_backups.run),
    "flips": ("single bits in database, backup and sound", flips.run),
    "sqlmap": ("sqlmap level 3 on each parameter", scanners.sqlmap),
    "wapiti": ("wapiti, all modules that stay here", scanners.wapiti),
    "audit": ("Ruff's security rules, Bandit, secrets", audit.run),
    "slow": ("slow clients, live listeners, studio p95", _slow),
}


def main() -> int:
    """Attack; 0 when nothing got through. What could not be run is told, and never passed."""
    parser = argparse.ArgumentParser(prog="python -m tools.attack", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(ATTACKS)} (default: all)")
    names = parser.parse_args().names or list(ATTACKS)
    if unknown := set(names) - set(ATTACKS):
        parser.error(f"no such attack: {', '.join(sorted(unknown))}")
    scratch = Path(tempfile.mkdtemp(prefix="voiceverse-attack-"))
    rows, has_failed = [], False
    try:
        for name in names:
            what, attack = ATTACKS[name]
            (scratch / name).mkdir()
            begun = time.monotonic()
            tally = attack(scratch / name)
            has_failed |= bool(tally.failures)
            _tell(name, tally)
            seconds = f"{time.monotonic() - begun:.0f}"
            rows.append((what, f"{tally.cases:,}", tally.verdict, seconds))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    table("Attacks", ("what", "cases", "pass", "seconds"), rows)
    return 1 if has_failed else 0


def _tell(name: str, tally: Tally) -> None:
    if tally.unrun:
        print(f"{name}: {tally.unrun}", flush=True)
    for note in tally.notes:
        print(f"{name}: {note}", flush=True)
    for failure in tally.failures[:50]:
        print(f"{name}: {failure}", file=sys.stderr, flush=True)
