"""Houses of 1, 10, 100 and 1,000 people on one core and on two, as `docs/deploy.md` tells them."""

import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from server.capacity import LEAST, MOST_MS, MOST_WAIT_S
from tools.benchmarks.program import fresh
from tools.benchmarks.report import Report, percentile, table
from tools.benchmarks.school import FULL_SECONDS, SECONDS, Lesson, teach
from tools.benchmarks.school_crowd import Crowd, Person, fill

PEOPLE, CORES = (1, 10, 100, 1000), (1, 2)
KINDS = ("page", "position", "range")
HEADS = (
    *("people", "cores", *(f"{kind}s, p95 ms" for kind in KINDS), "first sound, p50 s"),
    *("the longest, s", "texts", "refused", "memory, MB", "enough"),
)


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """One table; a machine is enough where nothing gets beyond the limits of `school`."""
    rows = []
    for people in PEOPLE:
        crowd, folder = Crowd.of(people), fresh(scratch / f"house{people}")
        awake = fill(folder, crowd)
        for cores in CORES:
            if cores <= (os.cpu_count() or 1):
                lesson = _hold(folder, crowd, awake, cores, FULL_SECONDS if full else SECONDS)
                rows.append((f"{people:,}", f"{cores}", *_cells(lesson)))
    table("Houses of several sizes", HEADS, rows)


def _hold(
    folder: Path, crowd: Crowd, awake: Sequence[Person], cores: int, seconds: float
) -> Lesson:
    command = ("taskset", "--cpu-list", f"0-{cores - 1}", sys.executable, "app.py")
    return teach(folder, crowd, awake, seconds, command)


def _cells(lesson: Lesson) -> tuple[str, ...]:
    """What became of it; few answers tell how slow one was, not whether a machine is enough."""
    times = [lesson.times_ms(kind) for kind in KINDS]
    p95_ms = [percentile(each, 0.95) if each else 0 for each in times]
    judged = [ms for ms, each in zip(p95_ms, times, strict=True) if len(each) >= LEAST]
    waits_s = lesson.begun_s or [math.inf]
    refused = lesson.refusals.total() + len(lesson.waited) - len(lesson.begun_s)
    is_enough = max(judged, default=0) <= MOST_MS and waits_s[-1] <= MOST_WAIT_S and not refused
    return (
        *(f"{ms:.0f}" for ms in p95_ms),
        *(f"{percentile(waits_s, 0.5):.1f}", f"{waits_s[-1]:.1f}", f"{len(lesson.waited)}"),
        *(f"{refused}", f"{lesson.most_mb:.0f}", "yes" if is_enough else "no"),
    )
