"""The dearest searches of a library: 100,000 pieces, and ten of 2,000,000 characters.

Told in processor time, beside what the bare question to the index takes in the same run.
"""

import random
from pathlib import Path

from database import Database
from queries import search_query
from tools.benchmarks.bench_library import fill, read_ms
from tools.benchmarks.report import Report, table

FILES, LONG, CHARACTERS = 100_000, 10, 2_000_000
MOST_MS = 300
SEARCHES = (
    "the ", "th", "lightho", "zebrafish ", '"the and light"', "é", "harbour ", "title ",
    "the and light lighthouse lighter keeper of to ", "a b c d e f g h i j k l m n o p q r s",
    '"the the the the the the"', '"a b c d e f g h i j k l m n o p"', "keeper ligh",
)  # fmt: skip
LETTERS = "abcdefghijklmnoprstuäé"
BARE = "SELECT count(*) FROM audio_search WHERE audio_search MATCH ?"


def run(report: Report, scratch: Path, *, full: bool = False, files: int = FILES) -> None:
    """Search both libraries in each order; the dearest of each search counts."""
    many, long = (Database(scratch / f"search-{name}.db") for name in ("many", "long"))
    owner_id = many.create_user("mine", "!")["id"]
    fill(many, owner_id, files, 1)
    _search(report, many, owner_id, f"{files:,} pieces")
    owner_id = long.create_user("mine", "!")["id"]
    for number, text in enumerate(_long_texts()):
        long.create_audio_file(owner_id, f"{number}", f"title {number}", voice="v", text=text)
    _search(report, long, owner_id, f"{LONG} × {CHARACTERS:,} characters")
    for db in (many, long):
        db.close()


def _search(report: Report, db: Database, owner_id: int, name: str) -> None:
    rows, worst = [], 0.0
    for search in SEARCHES:
        match = search_query.match_expression({owner_id}, search_query.parse(search))
        bare = read_ms(lambda match=match: db.value(BARE, match))
        spent = max(
            read_ms(lambda search=search, sort=sort: db.get_library(
                owner_id, search=search, sort=sort, limit=51))
            for sort in ("created", "name", "duration")
        )  # fmt: skip
        rows.append((search, f"{spent:.1f}", f"{bare:.1f}"))
        worst = max(worst, spent)
    table(f"Searches of {name}, the dearest order", ("", "ms", "bare index ms"), rows)
    report.at_most(f"dearest search of {name}, processor", worst, MOST_MS, "ms")


def _long_texts() -> list[str]:
    """Prose with accents whose last word is wanted, letters again and again, one long word."""
    dice = random.Random(5)
    words = ["".join(dice.choices(LETTERS, k=dice.randint(2, 10))) for _ in range(30_000)]
    spaced = "a b c d e f g h i j k l m n o p "
    again = [each * (CHARACTERS // len(each)) for each in (spaced, "a ", "a", "the light ")]
    prose = (
        " ".join(dice.choices(words, k=CHARACTERS // 7))[: CHARACTERS - 8]
        for _ in range(LONG - len(again))
    )
    return [*again, *(f"{text} harbour" for text in prose)]
