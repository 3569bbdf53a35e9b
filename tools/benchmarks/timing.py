"""The times of words and sentences against the sound, for the embedded voice."""

from contextlib import closing
from pathlib import Path
from statistics import median

from tests.support.making import Home, prose
from tests.support.word_times import differences_ms, listed
from tools.benchmarks.report import Report, percentile, table

TEN_MINUTES = 11_000  # characters


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Speak ten minutes of prose and of lists, and look where the sound begins."""
    kinds = {"sentences": (prose(TEN_MINUTES), True), "words": (listed(TEN_MINUTES), False)}
    rows = []
    with closing(Home(scratch / "timing")) as home:
        for kind, (text, first_only) in kinds.items():
            off = [abs(ms) for ms in differences_ms(home, text, first_only=first_only)]
            rows.append(
                (kind, len(off), *(f"{ms:.0f}" for ms in (median(off), percentile(off, 0.95))),
                 f"{max(off):.0f}")
            )  # fmt: skip
            report.at_most(f"{kind}, largest difference", max(off), 60, "ms")
    heads = ("", "looked at", "median ms", "p95 ms", "largest ms")
    table("Times of captions and reading along against the sound", heads, rows)
