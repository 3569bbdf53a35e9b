"""Time to the first sound and to the finished MP3, against engine and encoder alone."""

import os
import re
import time
from pathlib import Path
from statistics import median

from speech.audio.encoding import Mp3Stream
from speech.engines import espeak_process
from speech.engines.espeak import SAMPLE_RATE, WORDS_PER_MINUTE, EspeakEngine, find_library
from speech.engines.espeak_text import SpokenText
from speech.text.segments import split
from tools.benchmarks.browser import Browser
from tools.benchmarks.load import side_by_side
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

SIZES = (100, 5_000, 100_000, 1_000_000)
TRIES = 5
ROUNDS = 2
PIECE = 32 * 1024
VOICE = "gmw/en"
AUDIO = re.compile(rb'(?:src|data-src|data-audio-url)="(/audio/[^"]+)"')


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """First byte for every size; whole time for those that fit a short run."""
    folder = fresh(scratch / "first_sound")
    with prepared(folder, ["ada"]):
        pass
    with Program(folder) as program:
        browser = program.browser("ada")
        browser.wait_until_ready(browser.generate(text(300))["filename"])
        _first_bytes(report, browser)
        _whole(report, browser, scratch, SIZES if full else SIZES[:3])


def _first_bytes(report: Report, browser: Browser) -> None:
    rows = []
    for size in SIZES:
        program = [as_program(browser, text(size, seed)) for seed in range(TRIES)]
        page = [_as_page(browser, text(size, seed)) for seed in range(TRIES)]
        rows.append((f"{size:,}", *map(_ms, (median(program), max(program), median(page)))))
        report.at_most(f"first sound, {size:,} characters", median(program), 150, "ms")
    heads = ("characters", "median ms", "worst ms", "by way of the file's page, median ms")
    table("From POST /generate to the first byte of sound at the listener", heads, rows)


def as_program(browser: Browser, words: str) -> float:
    """Milliseconds from sending the text to the first byte of its sound."""
    started = time.perf_counter()
    row = browser.generate(words)
    return _first_byte(browser, row["audio_url"], started)


def _as_page(browser: Browser, words: str) -> float:
    """The same through the answer that browsers get: a redirect, a page, its player."""
    started = time.perf_counter()
    location, _ = browser.post("/generate", {"text": words}, expect=303)
    sound = AUDIO.search(browser.get(location))
    return _first_byte(browser, sound.group(1).decode(), started)


def _first_byte(browser: Browser, url: str, started: float) -> float:
    answer = browser.stream(url)
    answer.read1(1)
    taken = 1000 * (time.perf_counter() - started)
    browser.stop_listening(url.rpartition("/")[2])
    return taken


def _whole(report: Report, browser: Browser, scratch: Path, sizes: tuple[int, ...]) -> None:
    rows = []
    for size in sizes:
        words = text(size, seed=99)
        rounds = [_round(browser, words, scratch) for _ in range(ROUNDS if size < 10**6 else 1)]
        engine, encoder, taken = (min(times) for times in zip(*rounds, strict=True))
        floor = max(engine, encoder)
        rows.append((f"{size:,}", *(f"{s:.2f}" for s in (taken, engine, encoder, taken / floor))))
        if size == 100_000:
            report.at_most(f"whole time, {size:,} characters", taken / floor, 1.15, "x the floor")
    heads = ("characters", "program s", "engine alone s", "encoder alone s", "ratio to the slower")
    table("From POST /generate to the finished MP3 (best of rounds)", heads, rows)


def _round(browser: Browser, words: str, scratch: Path) -> tuple[float, float, float]:
    """Seconds of engine and encoder, side by side in a process each, and of the program."""
    sound = scratch / "sound.pcm"
    (_,) = side_by_side([(speak_alone_s, words, str(sound))])
    engine, encoder = side_by_side(
        [(speak_alone_s, words, os.devnull), (encode_alone_s, str(sound))]
    )
    sound.unlink()
    started = time.perf_counter()
    row = browser.generate(words)
    browser.wait_until_ready(row["filename"])
    return engine, encoder, time.perf_counter() - started


def speak_alone_s(words: str, output: str) -> float:
    """Seconds that espeak-ng takes for the same sentences; its samples go to `output`."""
    library = find_library()
    os.chdir(library.data.parent)
    with Path(output).open("wb") as file:
        speaker = espeak_process.EspeakWorker(library.path, library.data.name, _Samples(file))
        started = time.perf_counter()
        for segment in split(words, limit_bytes=EspeakEngine.segment_bytes):
            speaker.speak(VOICE, WORDS_PER_MINUTE, SpokenText(segment.text, "en").text)
        return time.perf_counter() - started


class _Samples:
    """Keeps the samples of each audio frame and drops the rest."""

    def __init__(self, file) -> None:
        self._file = file
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> None:
        self._parts.append(part)

    def flush(self) -> None:
        header, *parts = self._parts
        if header[:1] == b"A":
            self._file.write(parts[-1])
        self._parts = []


def encode_alone_s(sound: str) -> float:
    """Seconds that the encoder takes for the same samples."""
    stream = Mp3Stream(SAMPLE_RATE)
    with Path(sound).open("rb") as file:
        started = time.perf_counter()
        while piece := file.read(PIECE):
            stream.feed(piece)
        stream.finish()
        return time.perf_counter() - started


def _ms(value: float) -> str:
    return f"{value:.1f}"
