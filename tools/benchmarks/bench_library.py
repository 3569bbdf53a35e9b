"""The library of one person with 100,000 files: every filter, order and search that pages offer.

Run as `python -m tools.benchmarks.bench_library [FILES]`. Reads are told in processor time, so that
a busy machine does not change them, writes in time that passes. Each combination is asked for its
first page and for one further on. Another person has as many files with the same words.
"""

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from database import Database
from queries.library_walk import SORTS
from queries.rows import AudioFile
from tools.benchmarks.report import Report, percentile, table
from tools.benchmarks.texts import Prose

FILES = 100_000
VOICES, GROUPS = 12, 30
SIZE = 1000  # bytes of the sound of each
START = datetime(2024, 1, 1, tzinfo=UTC)
MONTH = (2024, 6)
TRIES = 3  # of which the quickest counts
FILTERS = {
    "none": {},
    "group": {"category": "Group 3"},
    "voice": {"voice": "v5", "engine": "espeak"},
    "state": {"status": "failed"},
    "dates": {"since": "2025-03-01 00:00:00", "until": "2025-04-01 00:00:00"},
    "group, voice, state, dates": {
        "category": "Group 3", "voice": "v5", "status": "ready", "since": "2025-01-01 00:00:00",
    },
    "in progress": {"stage": "begun"},
    "not started": {"stage": "new"},
}  # fmt: skip
HEARD = (0.5, 1.0, 1.0, 1.0, *[0.0] * 6)  # of every ten, one is begun and three are finished
SEARCHES = {
    "nothing": None,
    "a common word": "the ",
    "two common words": "the lighthouse ",
    "a phrase": '"the lighthouse"',
    "a rare word": "zebrafish ",
    "no hit": "nowherefound ",
    "2 letters": "th",
    "3 letters": "lig",
    "5 letters": "light",
    "a word, then 4 letters": "keeper ligh",
}


def main() -> int:
    report = Report()
    with tempfile.TemporaryDirectory(prefix="voiceverse-bench-") as folder:
        run(report, Path(folder), files=int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
    return 0 if report.summary() else 1


def run(report: Report, scratch: Path, *, files: int = FILES, full: bool = False) -> None:
    """Look through the library, write into it, and add up what was used."""
    db = Database(scratch / "library.db")
    mine, theirs = (db.create_user(name, "!")["id"] for name in ("mine", "theirs"))
    started = time.perf_counter()
    for owner_id, seed in ((mine, 1), (theirs, 2)):
        fill(db, owner_id, files, seed)
    print(f"{2 * files:,} files in {time.perf_counter() - started:.0f} s, "
          f"{db.path.stat().st_size / 1e6:.0f} MB", file=sys.stderr)  # fmt: skip
    pages(report, db, mine)
    lists(report, db, mine)
    writes(report, db, mine)
    db.close()


def fill(db: Database, owner_id: int, files: int, seed: int) -> None:
    """Files of some 120 words each, their use, and as many listenings."""
    prose = Prose(seed)
    with db.transaction():
        for number in range(files):
            add_piece(db, owner_id, number, prose)


def add_piece(db: Database, owner_id: int, number: int, prose: Prose, **columns: str) -> AudioFile:
    """One of many pieces, spoken eight minutes after the one before, its use and a listening."""
    text = prose.words(40, 200)
    if number % 5000 == 7:
        text += " zebrafish"
    moment = f"{START + timedelta(minutes=8 * number):%Y-%m-%d %H:%M:%S}"
    voice, group = f"v{number % VOICES}", number * 11 % (GROUPS + 5)
    row = db.create_audio_file(
        owner_id, columns.pop("filename", f"{owner_id}-{number}.mp3"), prose.words(5, 5),
        voice=voice, engine="espeak", text=text, duration=prose.dice.uniform(1, 900),
        category=f"Group {group}" if group < GROUPS else "", created_at=moment,
        status="failed" if number % 97 == 0 else "ready", size=SIZE, **columns,
    )  # fmt: skip
    if number % 97 == 0:
        db.index_text(row["id"])
    db.record_usage(
        owner_id, len(text), 0.0, file_id=row["id"], engine="espeak", voice=voice,
        category=row["category"], timestamp=moment,
    )  # fmt: skip
    db.record_playback(owner_id, row["id"], "phone", played_at=moment)
    if share := HEARD[number * 7 % 10]:
        heard_at = 1e9 + number * 13 % 100_003
        db.save_position(owner_id, row["id"], "phone", 60.0, share=share, now=heard_at)
    return row


def took_ms(
    use: Callable[[], object],
    tries: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Milliseconds of the quickest try."""
    spent = []
    for _ in range(tries):
        started = clock()
        use()
        spent.append(clock() - started)
    return 1000 * min(spent)


def read_ms(use: Callable[[], object]) -> float:
    """Milliseconds of processor time of the quickest try."""
    return took_ms(use, TRIES, time.thread_time)


def pages(report: Report, db: Database, owner_id: int) -> None:
    """Each combination twice: its first page, and the page after the twentieth row."""
    times: dict[str, list[float]] = {name: [] for name in SEARCHES}
    slowest = []
    for (said, search), (narrowed, filters), sort, descending in itertools.product(
        SEARCHES.items(), FILTERS.items(), SORTS, (True, False)
    ):
        options = {"search": search, "sort": sort, "descending": descending, **filters}

        def look(after=None, limit=50, options=options):
            return db.get_library(owner_id, after=after, limit=limit, **options)

        rows = look(limit=20)
        after = (rows[-1][SORTS[sort][2]], rows[-1]["id"]) if rows else None
        for place in (None, after):
            spent = read_ms(lambda look=look, place=place: look(place))
            times[said].append(spent)
            slowest.append((spent, f"{said}; {narrowed}; {sort} {'↓' if descending else '↑'}"))
    rows = [
        (said, len(spent), *(f"{percentile(spent, share):.2f}" for share in (0.5, 0.95, 1)))
        for said, spent in times.items()
    ]
    heads = ("looked for", "pages", "p50 ms", "p95 ms", "slowest ms")
    table("A page of 50, every filter and order", heads, rows)
    table("The slowest", ("", "ms"), [(name, f"{ms:.1f}") for ms, name in sorted(slowest)[-5:]])
    every = [spent for list_of in times.values() for spent in list_of]
    report.at_most("a page of the library, p95", percentile(every, 0.95), 50, "ms")
    report.at_most("a page without a search, p95", percentile(times["nothing"], 0.95), 50, "ms")


def lists(report: Report, db: Database, owner_id: int) -> None:
    """What pages show beside the files, and sums over 100,000 rows of use."""
    uses = {
        "groups with counts": (lambda: db.list_groups(owner_id), 10),
        "all and ungrouped": (lambda: db.count_files(owner_id), 10),
        "voices used": (lambda: db.list_voices_used(owner_id), 10),
        "use by month": (lambda: db.get_usage_by_month(owner_id, ["espeak"]), 20),
        "a month by day": (lambda: db.get_usage_by(owner_id, "day", MONTH, MONTH), 5),
        "a month by voice": (lambda: db.get_usage_by(owner_id, "voice", MONTH, MONTH), 5),
        "a month by group": (lambda: db.get_usage_by(owner_id, "category", MONTH, MONTH), 5),
        "continue listening": (lambda: db.list_begun(owner_id, limit=3), 1),
        "a page of history": (lambda: db.get_playback_history(owner_id), 10),
        "history, no name like it": (
            lambda: db.get_playback_history(owner_id, search="nowherefound"), 50,
        ),
    }  # fmt: skip
    rows = []
    for name, (use, limit) in uses.items():
        spent = read_ms(use)
        rows.append((name, f"{spent:.2f}"))
        report.at_most(name, spent, limit, "ms")
    table("Beside the files", ("", "ms"), rows)


def writes(report: Report, db: Database, owner_id: int) -> None:
    """A text of a million characters, and many files at once."""
    dice = random.Random(3)
    words = ["".join(dice.choices("abcdefghijklm", k=5)) for _ in range(20_000)]
    text = " ".join(dice.choices(words, k=166_667))[:1_000_000]
    submitted: list[dict] = []

    def submit():
        name = f"long{len(submitted)}.mp3"
        submitted.append(
            db.create_audio_file(owner_id, name, name, voice="v", text=text, status="queued")
        )

    submitted_ms = took_ms(submit, TRIES)
    short = percentile(
        [took_ms(lambda n=n: db.create_audio_file(owner_id, f"s{n}", "n", voice="v", text="t",
                                                  status="queued")) for n in range(50)], 0.5,
    )  # fmt: skip
    many = [f"{owner_id}-{number}.mp3" for number in range(1000)]
    rows = [
        ("submit a short text", short),
        ("submit 1,000,000 characters", submitted_ms),
        ("make them searchable", took_ms(lambda: db.index_text(submitted[0]["id"]))),
        ("rename that file",
         took_ms(lambda: db.update_audio_file("long0.mp3", owner_id, display_name="other"))),
        ("find a word in it", took_ms(lambda: db.get_library(owner_id, search=words[7]))),
        ("bin 1,000 files", took_ms(lambda: db.bin_audio_files(owner_id, many))),
        ("restore 1,000 files", took_ms(lambda: db.restore_audio_files(owner_id, many))),
        ("move 1,000 files", took_ms(lambda: db.move_files(owner_id, many, "Elsewhere"))),
        ("rename a group of a 35th of all",
         took_ms(lambda: db.rename_group(owner_id, "Group 4", "Four"))),
    ]  # fmt: skip
    table("Writing", ("", "ms"), [(name, f"{spent:.1f}") for name, spent in rows])
    report.at_most("submit 1,000,000 characters", submitted_ms, 30, "ms")


if __name__ == "__main__":
    sys.exit(main())
