"""Neural voices beside the bare library: first sound, throughput, two files at once."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from speech.engines.piper import PiperEngine
from speech.engines.piper_models import MODEL
from speech.text.script import Script
from speech.types import SpeechRequest
from tests.support import tiny_voice
from tests.support.making import prose
from tools.benchmarks.report import Report, table

VOICE = "en_US-tiny-low"
LAYERS = 6  # about half the work a second of sound of a voice of medium quality
CHARACTERS = 500
TRIES = 3
BARE = """
import json, sys, time
import onnxruntime
from piper.config import PiperConfig
from piper.voice import PiperVoice
model, sentences = sys.argv[1], json.load(sys.stdin)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
voice = PiperVoice(session, PiperConfig.from_dict(json.load(open(model + ".json"))))
list(voice.synthesize("One."))
times = []
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    sound = sum(len(c.audio_int16_bytes) for text in sentences for c in voice.synthesize(text))
    times.append(time.perf_counter() - started)
started = time.perf_counter()
next(iter(voice.synthesize(sentences[0])))
print(json.dumps([sorted(times)[len(times) // 2], time.perf_counter() - started]))
"""


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Speak a text with a generated voice of random weights, in the engine and in bare Piper."""
    made = tiny_voice.install(scratch / "voices", VOICE, layers=LAYERS)
    text = prose(CHARACTERS * (4 if full else 1))
    sentences = [said.text for _, said in Script(text, normalise=True).lines()]
    engine = PiperEngine(scratch / "voices", processes=2)
    try:
        bare_s, bare_first_s = _bare(made / MODEL, sentences)
        first_s = _warm_first(engine, sentences[0])
        one_s = median(_timed(lambda: _speak(engine, sentences)) for _ in range(TRIES))
        two_s = median(_timed(lambda: _twice(engine, sentences)) for _ in range(TRIES))
    finally:
        engine.close()
    heads = ("", "seconds", "× bare Piper")
    rows = [
        ("bare Piper, one thread", f"{bare_s:.2f}", "1.00"),
        ("the engine", f"{one_s:.2f}", f"{bare_s / one_s:.2f}"),
        ("two files at once, both", f"{two_s:.2f}", f"{2 * bare_s / two_s:.2f}"),
        ("first sound, warm", f"{first_s:.3f}", f"{bare_first_s:.3f} s for its sentence"),
    ]
    table(f"Neural voice, {len(text):,} characters, {len(sentences)} sentences", heads, rows)
    report.at_most("neural: first sound beyond a sentence", first_s - bare_first_s, 0.3, "s")
    report.at_least("neural: throughput of bare Piper's", bare_s / one_s, 0.9, "×")
    report.at_least("neural: two files at once", 2 * one_s / two_s, 1.7, "×")


def _bare(model: Path, sentences: list[str]) -> tuple[float, float]:
    """Seconds for the whole text, and for its first sentence, in a process without the engine."""
    answer = subprocess.run(
        [sys.executable, "-c", BARE, str(model), str(TRIES)],
        input=json.dumps(sentences), capture_output=True, text=True, check=True,
    )  # fmt: skip
    whole_s, first_s = json.loads(answer.stdout)
    return whole_s, first_s


def _warm_first(engine: PiperEngine, sentence: str) -> float:
    _twice(engine, ["One."])  # both processes hold the model now

    def first() -> float:
        started = time.perf_counter()
        sound = engine.speak(SpeechRequest(sentence, VOICE))
        next(sound)
        took_s = time.perf_counter() - started
        sound.close()
        return took_s

    return median(first() for _ in range(TRIES))


def _speak(engine: PiperEngine, sentences: list[str]) -> None:
    for sentence in sentences:
        for _ in engine.speak(SpeechRequest(sentence, VOICE)):
            continue


def _twice(engine: PiperEngine, sentences: list[str]) -> None:
    threads = [threading.Thread(target=_speak, args=(engine, sentences)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
