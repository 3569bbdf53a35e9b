"""An hour of a school, shortened: listeners, the bell, and a full queue, all at once."""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from config import Config
from server.capacity import MOST_MS, MOST_WAIT_S
from tools.benchmarks import load
from tools.benchmarks.arrivals import Answer, send_when_due
from tools.benchmarks.browser import Browser
from tools.benchmarks.program import Program, fresh
from tools.benchmarks.report import Report, percentile, table
from tools.benchmarks.school_crowd import PAGES, Crowd, Person, fill, listening, visits
from tools.benchmarks.texts import text

PEOPLE = 1000
JOB_CHARACTERS = 20_000
SECONDS, FULL_SECONDS = 60.0, 300.0
LEAD_S = 3.0  # in which clients get ready
WINDOW_S = 5.0
WARM_UPS = 16
LIMITS = ("requests_per_minute", "changes_per_minute", "strangers_per_minute")


class Sample(NamedTuple):
    """What the program had used by a moment."""

    at_s: float
    web_cpu_s: float
    cpu_s: float
    memory_mb: float


class Lesson(NamedTuple):
    """What became of the hour: answers, and for each text the seconds until its sound began."""

    answers: list[Answer]
    waited: list[float | str]  # or why it was refused
    samples: list[Sample]
    grown_bytes: int

    def times_ms(self, kind: str) -> list[float]:
        """How long after they were due the answers came whose kind begins so."""
        return [answer.taken_ms for answer in self.answers if answer.kind.startswith(kind)]

    @property
    def begun_s(self) -> list[float]:
        """How long each text waited for its first sound, the longest last."""
        return sorted(each for each in self.waited if isinstance(each, float))

    @property
    def refusals(self) -> Counter[int]:
        """Number of requests that were refused, by their status."""
        return Counter(answer.status for answer in self.answers if answer.is_refused)

    @property
    def most_mb(self) -> float:
        """The most memory that all processes together had, PSS."""
        return max(sample.memory_mb for sample in self.samples)


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """The hour: each kind of request, the jobs, what the machine gave, and what gave out first."""
    folder, crowd = fresh(scratch / "school"), Crowd.of(PEOPLE)
    lesson = teach(folder, crowd, fill(folder, crowd), FULL_SECONDS if full else SECONDS)
    _print_answers(report, lesson)
    _print_jobs(report, lesson)
    _print_machine(lesson)
    print(f"What gave out first: {first_to_give_out(lesson.answers)}.", flush=True)


def teach(
    folder: Path,
    crowd: Crowd,
    people: Sequence[Person],
    seconds: float,
    command: Sequence[str] = (sys.executable, "app.py"),
) -> Lesson:
    """Let the crowd do for a while what it does, with the voice that people get."""
    before_bytes = _bytes_of(folder)
    settings = {name: getattr(Config(), name) for name in LIMITS}
    with Program(folder, command, default_voice="", **settings) as program:
        browsers = [program.browser(f"person{number}") for number in range(crowd.jobs)]
        for path in (
            PAGES * WARM_UPS
        ):  # in each process: it has run for a while when a lesson begins
            browsers[0].get(path)
            browsers[0].close()
        for browser in browsers:
            browser.close()  # until they order, which is longer than a server keeps idle lines
        started_at = time.monotonic() + LEAD_S
        heard = list(listening(people, crowd, seconds))
        seen = list(visits(people, crowd, seconds))
        listened, visited, waited, samples = load.side_by_side(
            [
                (send_when_due, program.address, heard, started_at),
                (send_when_due, program.address, seen, started_at),
                (_order, browsers, started_at + seconds / 3),
                (_watch, program, seconds, started_at),
            ]
        )
    return Lesson(listened + visited, waited, samples, _bytes_of(folder) - before_bytes)


def _order(browsers: Sequence[Browser], at: float) -> list[float | str]:
    """Sixteen texts at the bell: for each the seconds until its sound begins, or the refusal."""
    with ThreadPoolExecutor(len(browsers)) as threads:
        return list(threads.map(partial(_wait_for_sound, at), browsers, range(len(browsers))))


def _wait_for_sound(at: float, browser: Browser, number: int) -> float | str:
    time.sleep(max(0.0, at - time.monotonic()))
    try:
        row = browser.generate(text(JOB_CHARACTERS, number))
        with browser.stream(row["audio_url"]) as sound:
            sound.read1(1)
            waited_s = time.monotonic() - at
            sound.read()
    except (OSError, RuntimeError) as error:
        return f"{error}"
    return waited_s


def _watch(program: Program, seconds: float, started_at: float) -> list[Sample]:
    """What the program has used, each second."""
    samples = []
    for second in range(int(seconds) + 1):
        time.sleep(max(0.0, started_at + second - time.monotonic()))
        used = program.cpu_s(), program.cpu_s(with_worker=True), program.memory_mb()[0]
        samples.append(Sample(time.monotonic() - started_at, *used))
    return samples


def _print_answers(report: Report, lesson: Lesson) -> None:
    rows = []
    for kind in sorted({answer.kind for answer in lesson.answers}):
        times = lesson.times_ms(kind)
        refused = sum(answer.is_refused for answer in lesson.answers if answer.kind == kind)
        shares = (f"{percentile(times, share):.1f}" for share in (0.5, 0.95, 0.99))
        rows.append((kind, f"{len(times):,}", *shares, f"{refused}"))
    table("A school", ("", "requests", "p50 ms", "p95 ms", "p99 ms", "refused"), rows)
    for kind in ("page", "position", "range"):
        p95_ms = percentile(lesson.times_ms(kind), 0.95)
        report.at_most(f"school: {kind}s, p95", p95_ms, MOST_MS, "ms")
    name = f"school: refused {dict(lesson.refusals) or ''}".strip()
    report.at_most(name, lesson.refusals.total(), 0, "requests")


def _print_jobs(report: Report, lesson: Lesson) -> None:
    waited, begun = lesson.waited, lesson.begun_s
    rows = [("begun", f"{len(begun)}"), ("refused", f"{len(waited) - len(begun)}")]
    if begun:
        rows.append(("wait for the first sound, p50, s", f"{percentile(begun, 0.5):.1f}"))
        rows.append(("the longest, s", f"{begun[-1]:.1f}"))
        report.at_most("school: longest wait for a first sound", begun[-1], MOST_WAIT_S, "s")
    table(f"{len(waited)} texts of {JOB_CHARACTERS:,} characters at the bell", ("", ""), rows)


def _print_machine(lesson: Lesson) -> None:
    samples = lesson.samples
    third = len(samples) // 3
    rows = [
        (name, *_cores(samples[first : last + 1]))
        for name, first, last in (
            ("before the bell", 0, third),
            ("the bell", third, 2 * third),
            ("afterwards", 2 * third, len(samples) - 1),
        )
    ]
    table("Cores at work", ("", "web", "with the worker"), rows)
    disk_mb = lesson.grown_bytes / 1e6
    used = [("memory, PSS, at most", f"{lesson.most_mb:.0f}"), ("disk, more", f"{disk_mb:.0f}")]
    table("MB", ("", ""), used)


def _cores(samples: Sequence[Sample]) -> tuple[str, str]:
    first, last = samples[0], samples[-1]
    seconds = last.at_s - first.at_s
    web, both = (last.web_cpu_s - first.web_cpu_s), (last.cpu_s - first.cpu_s)
    return f"{web / seconds:.2f}", f"{both / seconds:.2f}"


def first_to_give_out(answers: Sequence[Answer]) -> str:
    """The first refusal, or the first five seconds in which a kind of request took too long."""
    troubles = [
        (answer.due_s, f"{answer.kind} refused with {answer.status}")
        for answer in answers
        if answer.is_refused
    ]
    windows: dict[tuple[float, str], list[float]] = {}
    for answer in answers:
        place = answer.due_s // WINDOW_S * WINDOW_S, answer.kind
        windows.setdefault(place, []).append(answer.taken_ms)
    for (due_s, kind), times in windows.items():
        if (p95_ms := percentile(times, 0.95)) > MOST_MS:
            troubles.append((due_s, f"{kind}, p95 {p95_ms:,.0f} ms"))
    due_s, trouble = min(troubles, default=(0.0, "nothing"))
    return f"{trouble}, {due_s:.0f} s after the start" if troubles else trouble


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
