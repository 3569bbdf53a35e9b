"""Articles of web pages: what is spoken of each, against what people marked as its text."""

import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median

import readability
import trafilatura
from lxml import html

from documents.errors import DocumentError
from documents.html_page import read_page
from documents.types import Chapter, compose
from tools.benchmarks.report import Report, percentile, table

NEEDS = (
    "articles: name the folder of the article-extraction-benchmark, or one laid out like it: "
    "ground-truth.json and html/ID.html.gz.\n"
)
TOKEN = re.compile(r"\w+")
GRAM = 4  # words
Reader = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Result:
    """Shares from 0 to 1, the means over all pages, and the processor time of each page in s."""

    precision: float
    recall: float
    times_s: list[float]

    @property
    def f1(self) -> float:
        """The harmonic mean of both, as the public benchmark has it."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def run(report: Report, scratch: Path, *, full: bool, folder: Path | None = None) -> None:
    """Read the pages of `folder` with this program and with two libraries, in the same run."""
    if folder is None:
        print(NEEDS)
        return
    truth = json.loads((folder / "ground-truth.json").read_bytes())
    pages = {
        name: gzip.decompress((folder / f"html/{name}.html.gz").read_bytes()) for name in truth
    }
    bodies = {name: entry["articleBody"] for name, entry in truth.items()}
    readers: dict[str, Reader] = {
        "VoiceVerse": _ours,
        "VoiceVerse, title apart": _untitled,
        "trafilatura": _trafilatura,
        "readability-lxml": _readability,
    }
    results = {name: measure(reader, pages, bodies) for name, reader in readers.items()}
    rows = [_row(name, result) for name, result in results.items()]
    heads = ("", "precision", "recall", "F1", "median ms", "p95 ms")
    table(f"Articles of {len(pages)} web pages", heads, rows)
    ours = results["VoiceVerse"]
    report.at_least("articles: F1 of 4-grams", ours.f1, 0.955, "")
    report.at_most("articles: a page, median", median(ours.times_s) * 1000, 60, "ms")


def measure(reader: Reader, pages: dict[str, bytes], bodies: dict[str, str]) -> Result:
    """Hold what a reader takes for each page's text against its body."""
    reader(next(iter(pages.values())))  # what is loaded at the first page is no part of a page
    precisions, recalls, times_s = [], [], []
    for name, page in pages.items():
        started = time.process_time()
        said = reader(page)
        times_s.append(time.process_time() - started)
        found, wanted = _grams(said), _grams(bodies[name])
        same = (found & wanted).total()
        if found:
            precisions.append(same / found.total())
        if wanted:
            recalls.append(same / wanted.total())
    return Result(mean(precisions), mean(recalls), times_s)


def _grams(text: str) -> Counter[tuple[str, ...]]:
    words = TOKEN.findall(text)
    starts = range(max(1, len(words) - GRAM + 1)) if words else range(0)
    return Counter(tuple(words[start : start + GRAM]) for start in starts)


def _ours(page: bytes) -> str:
    return "\n\n".join(compose(chapter) for chapter in _chapters(page))


def _untitled(page: bytes) -> str:
    """What is spoken without the title: the marked bodies do not hold it."""
    chapters = _chapters(page, without_title=True)
    return "\n\n".join(compose(chapter) for chapter in chapters)


def _chapters(page: bytes, *, without_title: bool = False) -> Sequence[Chapter]:
    try:
        document = read_page(page, "")
    except DocumentError:
        return ()
    if not without_title:
        return document.chapters
    return [_without(document.title, chapter) for chapter in document.chapters]


def _without(title: str, chapter: Chapter) -> Chapter:
    parts = (part for part in chapter.parts if part.kind != "heading" or part.text != title)
    return replace(chapter, parts=tuple(parts))


def _trafilatura(page: bytes) -> str:
    return trafilatura.extract(page, include_comments=False) or ""


def _readability(page: bytes) -> str:
    summary = readability.Document(page.decode("utf-8", "replace")).summary()
    return html.fromstring(summary).text_content() if summary else ""


def _row(name: str, result: Result) -> tuple[str, ...]:
    shares = (f"{share:.3f}" for share in (result.precision, result.recall, result.f1))
    times = (median(result.times_s), percentile(result.times_s, 0.95))
    return (name, *shares, *(f"{1000 * seconds:.0f}" for seconds in times))
