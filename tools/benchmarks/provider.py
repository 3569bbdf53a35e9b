"""A provider far away: how soon its sound is passed on, how well requests overlap."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from config import Config
from speech.engines.openai_speech import OpenAISpeech
from speech.text.script import Script
from tools.benchmarks import load
from tools.benchmarks.browser import Browser
from tools.benchmarks.program import ROOT, Program, free_address, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

STAND_IN = ROOT / "tests" / "support" / "standin_openai.py"
TRIES = 5
LONG = 100_000
BRIEF, REAL = 1 / 60, 1 / 15  # seconds of sound for each character
PARALLEL = Config().openai_parallel
PEOPLE = [f"person{number}" for number in range(8)]


@contextmanager
def stand_in(*options: object) -> Iterator[str]:
    """A local provider in a process of its own; its base URL.

    A real one is another machine: this one takes no processor time that the program wants.
    """
    port = free_address().port
    process = subprocess.Popen(
        [
            "nice",
            "-n",
            "10",
            sys.executable,
            str(STAND_IN),
            "--port",
            str(port),
            *map(str, options),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """First byte, overlap, and the home page meanwhile."""
    _first_byte(report, scratch)
    rows = [_long_text(scratch, seconds) for seconds in (BRIEF, REAL)]
    heads = ("seconds of sound a character", "requests", "sound s", "whole s", "times real time")
    table("100,000 characters through a provider that takes 500 ms", heads, rows)
    report.at_most("100,000 characters, 500 ms a request", float(rows[0][3]), 8, "s")
    _overlap(report, scratch)
    _home_page(report, scratch)


def _overlap(report: Report, scratch: Path) -> None:
    """How near the whole comes to its floor: all requests at a second each, so many at once."""
    requests = _requests(text(LONG, seed=5))
    floor = requests / PARALLEL
    taken = float(_long_text(scratch, BRIEF, delay_s=1.0)[3])
    rows = [
        ("the floor: requests ÷ parallelism", f"{floor:.2f}", "1.00"),
        ("through the program", f"{taken:.2f}", f"{taken / floor:.2f}"),
    ]
    heads = (f"{requests} requests of 1 s, {PARALLEL} at once", "seconds", "× the floor")
    table("100,000 characters through a provider that takes 1 s", heads, rows)
    report.at_most("provider: 1 s a request, of requests ÷ parallelism", taken / floor, 1.2, "×")


def _requests(words: str) -> int:
    """How many requests a text is cut into."""
    script = Script(
        words,
        first=OpenAISpeech.first_segment_characters,
        target=OpenAISpeech.segment_characters,
        limit_bytes=OpenAISpeech.segment_bytes,
    )
    return sum(said.is_speakable for _, said in script.lines())


def _first_byte(report: Report, scratch: Path) -> None:
    with stand_in("--delay", 0.3, "--pace", 20) as url, _program(scratch, url) as program:
        browser = program.browser(PEOPLE[0])
        browser.wait_until_ready(browser.generate(text(60))["filename"])
        direct, through = [], []
        for seed in range(1, TRIES + 1):
            words = text(4_000, seed)
            # Not for the sake of the program: the same text twice would be found, not bought.
            direct.append(_ask(url, words, whole=False))
            through.append(_listen(browser, f"Number {seed}. {words}"))
        whole = _ask(url, words, whole=True)
    rows = [
        ("the provider itself", f"{median(direct):.0f}", f"{max(direct):.0f}"),
        ("through the program", f"{median(through):.0f}", f"{max(through):.0f}"),
        ("a proxy that waits for the whole", f"{whole:.0f}", ""),
    ]
    table("First byte of a provider's sound", ("", "median ms", "worst ms"), rows)
    report.at_most("provider: first byte after its own", median(through) - median(direct), 50, "ms")


def _ask(url: str, words: str, *, whole: bool) -> float:
    """Milliseconds to the provider's first byte, or to its last."""
    connection = http.client.HTTPConnection(url.split("/")[2], timeout=60)
    body = {"model": "tts-1", "input": words, "voice": "alloy", "response_format": "pcm"}
    started = time.perf_counter()
    connection.request("POST", "/v1/audio/speech", json.dumps(body))
    answer = connection.getresponse()
    answer.read() if whole else answer.read1(1)
    taken = 1000 * (time.perf_counter() - started)
    connection.close()
    return taken


def _listen(browser: Browser, words: str) -> float:
    """Milliseconds from sending the text to the first byte of its sound."""
    started = time.perf_counter()
    row = browser.generate(words)
    browser.stream(row["audio_url"]).read1(1)
    taken = 1000 * (time.perf_counter() - started)
    browser.stop_listening(row["filename"])
    return taken


def _long_text(
    scratch: Path, seconds_per_character: float, delay_s: float = 0.5
) -> tuple[str, ...]:
    options = ("--delay", delay_s, "--seconds-per-character", seconds_per_character)
    with stand_in(*options) as url, _program(scratch, url) as program:
        browser = program.browser(PEOPLE[0])
        browser.wait_until_ready(browser.generate(text(60))["filename"])
        started = time.perf_counter()
        row = browser.generate(text(LONG, seed=5))
        row = browser.wait_until_ready(row["filename"])
        taken = time.perf_counter() - started
        requests = browser.get(f"/captions/{row['filename']}.vtt").count(b" --> ")
    sound = row["duration"]
    return (
        f"1/{1 / seconds_per_character:.0f}",
        f"{requests}",
        f"{sound:.0f}",
        f"{taken:.2f}",
        f"{sound / taken:.0f}",
    )


def _home_page(report: Report, scratch: Path) -> None:
    with stand_in("--delay", 2) as url, _program(scratch, url) as program:
        people = [program.browser(name) for name in PEOPLE]
        page = [load.request("/", people[0].cookie)]
        people[0].wait_until_ready(people[0].generate(text(60))["filename"])
        idle = load.drive(program.address, page, seconds=4, pause_s=0.01)
        rows = [person.generate(text(LONG, i)) for i, person in enumerate(people)]
        time.sleep(2.5)
        busy = load.drive(program.address, page, seconds=8, pause_s=0.01)
        left = [
            p.get_json(f"/files/{row['filename']}") for p, row in zip(people, rows, strict=True)
        ]
        speaking = sum(row["status"] == "speaking" for row in left)
    ratio = busy.p50_ms / idle.p50_ms
    cells = [
        (name, f"{seen.p50_ms:.2f}", f"{seen.p95_ms:.2f}")
        for name, seen in (("idle", idle), (f"{speaking} of 8 still speaking at the end", busy))
    ]
    table("Home page while eight people generate, provider of 2 s", ("", "p50 ms", "p95 ms"), cells)
    report.at_most("home page p50 while eight generate", ratio, 2, "x idle")


@contextmanager
def _program(scratch: Path, url: str) -> Iterator[Program]:
    folder = fresh(scratch / "provider")
    with prepared(folder, PEOPLE):
        pass
    with Program(folder, openai_base_url=url) as program:
        yield program
