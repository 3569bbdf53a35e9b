"""The times of words and sentences against the sound, for the embedded and the natural voice."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from tests.support.making import EMBEDDED, Home, prose
from tests.support.word_times import after_pauses_ms, differences_ms, listed, phrased
from tools.benchmarks.report import Report, percentile, table

TEN_MINUTES = 11_000  # characters
NATURAL = {"engine": "natural", "voice": "heart"}


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Speak ten minutes of prose, of lists and of phrases, and look where the sound begins.

    The natural voice speaks on at most commas of a list, so that its words are looked at after the
    pauses between phrases.
    """
    prose_text, lists = prose(TEN_MINUTES), listed(TEN_MINUTES)
    engine, _, voice = EMBEDDED.partition(":")
    embedded = {"engine": engine, "voice": voice}
    with closing(Home(scratch / "timing")) as home:
        kinds = {
            "espeak, sentences": differences_ms(home, prose_text, first_only=True, **embedded),
            "espeak, words": differences_ms(home, lists, first_only=False, **embedded),
            "natural, sentences": differences_ms(home, prose_text, first_only=True, **NATURAL),
        }
        kinds["natural, words"], unheard = after_pauses_ms(home, phrased(TEN_MINUTES), **NATURAL)
    rows = [_row(kind, found) for kind, found in kinds.items()]
    for kind, found in kinds.items():
        report.at_most(f"{kind}, largest difference", max(map(abs, found)), 60, "ms")
    heads = ("", "looked at", "median ms", "p95 ms", "largest ms")
    table("Times of captions and reading along against the sound", heads, rows)
    print(f"Of the natural voice, {unheard} words after a comma have no pause before them.\n")


def _row(kind: str, found: Sequence[float]) -> tuple[object, ...]:
    off = [abs(ms) for ms in found]
    numbers = (median(off), percentile(off, 0.95), max(off))
    return (kind, len(off), *(f"{ms:.0f}" for ms in numbers))
