"""The natural voice beside its bare library and the bare encoder, and two files at once."""

import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import numpy

from speech.engines.natural import SAMPLE_RATE, NaturalEngine
from speech.text.script import Script
from tools.benchmarks.browser import Browser
from tools.benchmarks.first_sound import encode_alone_s
from tools.benchmarks.load import side_by_side
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

PERSON = "ada"
LONG, SHORT = 100_000, 10_000
ROUNDS = 2
VOICE = {"engine": "natural", "voice": "heart"}
BARE = """
import json, sys, time
import hibari, numpy
segments = json.load(sys.stdin)
voice = hibari.Hibari(threads=1)
voice("Ready.")
started = time.perf_counter()
for segment in segments:
    (voice(segment) * 32767).astype(numpy.int16).tobytes()
print(time.perf_counter() - started)
"""


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """The whole time of a long text against the slower floor; two short ones at once."""
    folder = fresh(scratch / "natural")
    with prepared(folder, [PERSON]):
        pass
    words = text(LONG, seed=99)
    with Program(folder, default_voice="") as program:
        _both_s(_people(program), SHORT // 10)  # both processes hold the model now
        rounds = [_round(program, words, scratch / "natural.pcm") for _ in range(ROUNDS)]
        engine, encoder, taken = (min(times) for times in zip(*rounds, strict=True))
        people = _people(program)
        one = min(_generate_s(people[0], text(SHORT, seed)) for seed in range(2))
        both = min(_both_s(people, SHORT, seed) for seed in range(2))
    floor = max(engine, encoder)
    rows = [
        (f"engine alone, {LONG:,} characters", f"{engine:.1f}"),
        ("encoder alone, beside it", f"{encoder:.1f}"),
        ("the program, to the finished MP3", f"{taken:.1f}"),
        (f"one file of {SHORT:,} characters", f"{one:.2f}"),
        ("two at once, both", f"{both:.2f}"),
        ("of one, the most that two cores allow, x", f"{2 * engine / (engine + encoder):.2f}"),
    ]
    table("Natural voice (best of rounds)", ("", "seconds"), rows)
    report.at_most(f"natural: whole time, {LONG:,} characters", taken / floor, 1.15, "x the floor")
    report.at_least("natural: two files at once", 2 * one / both, 1.7, "x one")


def _people(program: Program) -> list[Browser]:
    return [program.browser(PERSON) for _ in range(2)]


def _round(program: Program, words: str, sound: Path) -> tuple[float, float, float]:
    """Seconds of engine and encoder, side by side, and of the program before them."""
    browser = program.browser(PERSON)
    started = time.perf_counter()
    filename = browser.generate(words, **VOICE)["filename"]
    browser.wait_until_ready(filename)
    taken = time.perf_counter() - started
    with av.open(io.BytesIO(browser.get(f"/download/{filename}"))) as file, sound.open("wb") as pcm:
        for frame in file.decode(audio=0):
            pcm.write((frame.to_ndarray()[0] * 32767).astype(numpy.int16).tobytes())
    engine, encoder = side_by_side(
        [(_speak_alone_s, words), (encode_alone_s, str(sound), SAMPLE_RATE)]
    )
    sound.unlink()
    return engine, encoder, taken


def _speak_alone_s(words: str) -> float:
    """Seconds that the bare library takes for the segments, phonemes included, on one thread."""
    script = Script(words, normalise=True, limit_bytes=NaturalEngine.segment_bytes)
    segments = [said.text for _, said in script.lines() if said.is_speakable]
    answer = subprocess.run(
        [sys.executable, "-c", BARE],
        input=json.dumps(segments), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(answer.stdout)


def _generate_s(browser: Browser, words: str) -> float:
    started = time.perf_counter()
    browser.wait_until_ready(browser.generate(words, **VOICE)["filename"])
    return time.perf_counter() - started


def _both_s(people: list[Browser], size: int, seed: int = 0) -> float:
    """Seconds until two people's texts are finished, sent at the same time."""
    started = time.perf_counter()
    threads = [
        threading.Thread(target=_generate_s, args=(browser, text(size, 10 * seed + 7 + number)))
        for number, browser in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started
