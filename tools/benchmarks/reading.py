"""What it costs to find segments and say numbers, beside engine and encoder."""

import time
from collections.abc import Callable
from pathlib import Path

from speech.text.pronunciation import MOST, Dictionary, Entry
from speech.text.script import Script
from speech.text.segments import split
from tools.benchmarks.first_sound import encode_alone_s, speak_alone_s
from tools.benchmarks.load import side_by_side
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import VOCABULARY, text

PROSE = 500_000
FLOOR = 30_000
ROUNDS = 3
FIGURES = (
    "On Jan. 5th, 2026, Dr. Smith paid $3.50 for 5kg at 7:30 p.m., i.e. 12% more than in 1984. "
)
EVERY = 8  # a sentence of figures for so many of prose


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Processor time for a thousand characters, and its share of the floor."""
    prose = text(PROSE)
    mixed = _mixed(prose)
    floor_us = _floor_us(scratch)
    entries = [Entry(f"{word} {VOCABULARY[0]}", "so") for word in VOCABULARY]
    names = [Entry(f"name{number}", "so") for number in range(MOST - len(entries))]
    dictionary = Dictionary(entries + names)
    cast = {"Anna": "gmw/en-US", "Ben": "gmw/en-GB-scotland"}
    readings: list[tuple[str, Callable[[], None]]] = [
        ("segments alone", lambda: _exhaust(split(prose))),
        ("as it stands", lambda: _read(Script(prose))),
        ("normalised", lambda: _read(Script(prose, normalise=True))),
        ("a sentence of figures in eight", lambda: _read(Script(mixed, normalise=True))),
        (
            "2,000 pronunciations, two speakers",
            lambda: _read(Script(prose, normalise=True, dictionary=dictionary, cast=cast)),
        ),
    ]
    rows = []
    for name, reading in readings:
        cost_us = min(_cpu_s(reading) for _ in range(ROUNDS)) * 1e6 / PROSE * 1000
        rows.append((name, f"{cost_us:.0f}", f"{cost_us / floor_us:.2%}"))
        if name == "normalised":
            report.at_most("normalising 1,000,000 characters", cost_us / 1000, 1, "s")
            report.at_most("share of engine and encoder", 100 * cost_us / floor_us, 5, "%")
    rows.append(("engine and encoder", f"{floor_us:,.0f}", "100%"))
    heads = ("reading", "µs per 1,000 characters", "of engine and encoder")
    table("Processor time from text to what is said (best of rounds)", heads, rows)


def _mixed(prose: str) -> str:
    sentences = prose.split(". ")
    for number in range(0, len(sentences), EVERY):
        sentences[number] = FIGURES + sentences[number]
    return ". ".join(sentences)[:PROSE]


def _read(script: Script) -> None:
    _exhaust(script.utterance(segment) for segment in script.segments())


def _exhaust(items) -> None:
    for _ in items:
        continue


def _cpu_s(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _floor_us(scratch: Path) -> float:
    """Microseconds that espeak-ng and LAME take for 1,000 characters, one after the other."""
    sound = scratch / "reading.pcm"
    words = text(FLOOR)
    (engine_s,) = side_by_side([(speak_alone_s, words, str(sound))])
    (encoder_s,) = side_by_side([(encode_alone_s, str(sound))])
    sound.unlink()
    return (engine_s + encoder_s) * 1e6 / FLOOR * 1000
