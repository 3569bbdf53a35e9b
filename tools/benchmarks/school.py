"""An hour of a school, shortened: listeners, the bell, and a full queue, all at once."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from flask import Flask, session

from accounts.types import Visitor
from app import create_app
from config import Config
from queries.rows import User
from storage.audio_store import AudioStore
from tools.benchmarks import load, pages
from tools.benchmarks.arrivals import Answer, Arrival, send_when_due
from tools.benchmarks.browser import PASSWORD, Browser
from tools.benchmarks.program import Program, fresh
from tools.benchmarks.report import Report, percentile, table
from tools.benchmarks.texts import text
from web.cookies import SESSION_COOKIE
from web.csrf import csrf_token

ACCOUNTS, PIECES = 1000, 100_000
LISTENERS, RANGE_EACH_S, POSITION_EACH_S = 200, 10.0, 15.0
VISITORS, PAGES_AT_BELL, PAGES_ELSE = 300, 50, 5  # a second
JOBS, JOB_CHARACTERS = 16, 20_000
SECONDS, FULL_SECONDS = 60.0, 300.0
LEAD_S = 3.0  # in which clients get ready
WINDOW_S, MOST_MS = 5.0, 100
PAGES = ("/", "/library", "/history")
LIMITS = ("requests_per_minute", "changes_per_minute", "strangers_per_minute")


class Person(NamedTuple):
    """Somebody who is signed in, and a piece of theirs that they began to listen to."""

    cookie: str
    csrf_token: str
    filename: str
    playback: int


class Sample(NamedTuple):
    """What the program had used by a moment."""

    at_s: float
    web_cpu_s: float
    cpu_s: float
    memory_mb: float


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """The hour: each kind of request, the jobs, what the machine gave, and what gave out first."""
    seconds = FULL_SECONDS if full else SECONDS
    folder = fresh(scratch / "school")
    people = fill(folder)
    before_bytes = _bytes_of(folder)
    settings = {name: getattr(Config(), name) for name in LIMITS}
    with Program(folder, **settings) as program:
        browsers = [program.browser(f"person{number}") for number in range(JOBS)]
        for browser in browsers:
            browser.close()  # until they order, which is longer than a server keeps idle lines
        started_at = time.monotonic() + LEAD_S
        listened, visited, waited, samples = load.side_by_side(
            [
                (send_when_due, program.address, list(listening(people, seconds)), started_at),
                (send_when_due, program.address, list(visits(people, seconds)), started_at),
                (_order, browsers, started_at + seconds / 3),
                (_watch, program, seconds, started_at),
            ]
        )
    answers = listened + visited
    _print_answers(report, answers)
    _print_jobs(waited)
    _print_machine(samples, _bytes_of(folder) - before_bytes)
    print(f"What gave out first: {first_to_give_out(answers)}.", flush=True)


def fill(folder: Path) -> list[Person]:
    """1,000 accounts with 100 pieces each; those who listen have sound."""
    app = create_app(Config(data_dir=folder))
    services = app.extensions["voiceverse"]
    db, sound = services.db, folder.parent / "sound"
    sound.write_bytes(random.Random(2).randbytes(pages.SOUND_BYTES))
    people = []
    try:
        first = services.accounts.add_user("person0", PASSWORD)
        for number in range(ACCOUNTS):
            name, password_hash = f"person{number}", first["password_hash"]
            with db.transaction():
                user = db.create_user(name, password_hash) if number else first
                rows = [pages.add_piece(db, user["id"], n) for n in range(PIECES // ACCOUNTS)]
                if number < LISTENERS + VISITORS:
                    playback = db.record_playback(user["id"], rows[0]["id"], "Benchmark")
                    people.append(_signed_in(app, user, rows[0]["filename"], playback))
            if number < LISTENERS:
                AudioStore(folder / "audio").adopt(sound, rows[0]["filename"], link=True)
    finally:
        db.close()
    return people


def _signed_in(app: Flask, user: User, filename: str, playback: int) -> Person:
    """What a browser gets by a login, without the second that a password takes."""
    accounts = app.extensions["voiceverse"].accounts
    with app.test_request_context():
        session["login"] = accounts.open_session(user, Visitor("127.0.0.1", "Benchmark")).token
        token = csrf_token()
        signed = app.session_interface.get_signing_serializer(app).dumps(dict(session))
    return Person(f"{SESSION_COOKIE}={signed}", token, filename, playback)


def listening(people: Sequence[Person], seconds: float) -> Iterator[Arrival]:
    """A range each ten seconds and a position each fifteen, of 200 people who began by chance."""
    chance = random.Random(3)
    for person in people[:LISTENERS]:
        ranges = pages.range_requests(f"/audio/{person.filename}", person.cookie)
        for number, due_s in enumerate(_each(RANGE_EACH_S, chance, seconds)):
            yield Arrival(due_s, "range", ranges[number % len(ranges)])
        for due_s in _each(POSITION_EACH_S, chance, seconds):
            sent = load.form(
                f"/playback/{person.filename}",
                person.cookie,
                id=person.playback,
                position_s=f"{due_s:.1f}",
                csrf_token=person.csrf_token,
            )
            yield Arrival(due_s, "position", sent)


def visits(people: Sequence[Person], seconds: float) -> Iterator[Arrival]:
    """Pages: a few a second, and fifty in the third of the time in the middle, when it rings."""
    chance = random.Random(4)
    due_s = 0.0
    while due_s < seconds:
        page, visitor = chance.choice(PAGES), chance.choice(people[LISTENERS:])
        yield Arrival(due_s, f"page {page}", load.request(page, visitor.cookie))
        rings = seconds / 3 <= due_s < 2 * seconds / 3
        due_s += chance.expovariate(PAGES_AT_BELL if rings else PAGES_ELSE)


def _each(period_s: float, chance: random.Random, seconds: float) -> Iterator[float]:
    due_s = chance.uniform(0, period_s)
    while due_s < seconds:
        yield due_s
        due_s += period_s


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


def _print_answers(report: Report, answers: Sequence[Answer]) -> None:
    rows = []
    for kind in sorted({answer.kind for answer in answers}):
        times = [answer.taken_ms for answer in answers if answer.kind == kind]
        refused = sum(answer.is_refused for answer in answers if answer.kind == kind)
        shares = (f"{percentile(times, share):.1f}" for share in (0.5, 0.95, 0.99))
        rows.append((kind, f"{len(times):,}", *shares, f"{refused}"))
    table("A school", ("", "requests", "p50 ms", "p95 ms", "p99 ms", "refused"), rows)
    shown = [answer.taken_ms for answer in answers if answer.kind.startswith("page")]
    report.at_most("school: pages, p95", percentile(shown, 0.95), MOST_MS, "ms")
    refusals = Counter(answer.status for answer in answers if answer.is_refused)
    report.at_most(
        f"school: refused {dict(refusals) or ''}".strip(), refusals.total(), 0, "requests"
    )


def _print_jobs(waited: Sequence[float | str]) -> None:
    begun = sorted(each for each in waited if isinstance(each, float))
    rows = [("begun", f"{len(begun)}"), ("refused", f"{len(waited) - len(begun)}")]
    if begun:
        rows.append(("wait for the first sound, p50, s", f"{percentile(begun, 0.5):.1f}"))
        rows.append(("the longest, s", f"{begun[-1]:.1f}"))
    table(f"{JOBS} texts of {JOB_CHARACTERS:,} characters at the bell", ("", ""), rows)


def _print_machine(samples: Sequence[Sample], grown_bytes: int) -> None:
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
    most = max(sample.memory_mb for sample in samples)
    used = [("memory, PSS, at most", f"{most:.0f}"), ("disk, more", f"{grown_bytes / 1e6:.0f}")]
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
