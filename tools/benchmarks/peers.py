"""Beside audiobookshelf, on the same books in the same minutes, one client and eight.

The environment's AUDIOBOOKSHELF names the folder of an installed one; without it nothing is asked.
"""

import itertools
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.benchmarks import audiobookshelf, load, many, pages
from tools.benchmarks.audiobookshelf import Audiobookshelf, Item
from tools.benchmarks.browser import JSON
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

HEADS = (
    *("", "one client", "eight", "processor, ms", "theirs: one", "eight", "processor, ms"),
    *("ours ÷ theirs: one", "eight"),
)
TITLES = [f"{pages.NAMES[number % len(pages.NAMES)]} {number}" for number in range(many.PIECES)]
LONG = TITLES[0]
NEW_LIST, SAME_LIST = "list of 50 of 1,001, a new address each time", "the same address again"
UNCHANGED, ITEM, RANGES = "the same, unchanged", "an item", "ranges of 64 KiB"
POSITION = "position of a listener"
MOST_LISTS = 2000
Requests = Callable[[], Sequence[Sequence[bytes]]]


class Server(NamedTuple):
    """A program at work, and for each question the requests of eight clients, made anew."""

    program: Program
    questions: dict[str, Requests]


class Seen(NamedTuple):
    """What one client and eight got, and the processor time of each answer, ms."""

    one: load.Load
    eight: load.Load
    spent_ms: float


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Lists, an item, ranges and positions of both, in turn."""
    place = os.environ.get("AUDIOBOOKSHELF")
    if not place:
        print("\npeers: AUDIOBOOKSHELF names no folder of an installed audiobookshelf", flush=True)
        return
    short = _spoken(fresh(scratch / "spoken"))
    long = short * (1 + pages.SOUND_BYTES // len(short))
    books = dict.fromkeys(TITLES, short) | {LONG: long}
    folder = fresh(scratch / "peers")
    filename = _fill(folder, long)
    with (
        Program(folder) as program,
        audiobookshelf.serving(Path(place), fresh(scratch / "peer")) as (peer, shelf),
    ):
        library = shelf.add_library(fresh(scratch / "books"), books)
        ours = Server(program, _our_questions(program, filename))
        theirs = Server(peer, _their_questions(shelf, library))
        rows = [_row(name, ours, theirs) for name in ours.questions]
        memory = [
            ("VoiceVerse", f"{program.memory_mb()[0]:.0f}"),
            ("audiobookshelf", f"{peer.memory_mb()[0]:.0f}"),
        ]
    table("Beside audiobookshelf", HEADS, rows)
    table("Memory of all processes, PSS", ("", "MB"), memory)


def _spoken(folder: Path) -> bytes:
    """Half a minute of speech."""
    with prepared(folder, ["reader"]):
        pass
    with Program(folder) as program:
        reader = program.browser("reader")
        row = reader.generate(text(400))
        reader.wait_until_ready(row["filename"])
        return reader.get(row["audio_url"])


def _fill(folder: Path, sound: bytes) -> str:
    """The same books as pieces, and a piece for each listener; the name of the long one."""
    with prepared(folder, ["reader", *many.LISTENERS]) as (db, (reader, *listeners)):
        with db.transaction():
            rows = [pages.add_piece(db, reader["id"], number) for number in range(len(TITLES))]
            for listener in listeners:
                pages.add_piece(db, listener["id"], 0)
    pages.give_sound(folder, rows[0]["filename"], sound)
    return rows[0]["filename"]


def _our_questions(program: Program, filename: str) -> dict[str, Requests]:
    reader = program.browser("reader")
    etag = reader.etag("/library")
    positions = many.positions(program, many.LISTENERS)
    return {
        NEW_LIST: _same(load.request("/library", reader.cookie, **JSON)),
        SAME_LIST: _same(load.request("/library", reader.cookie, **JSON)),
        UNCHANGED: _same(load.request("/library", reader.cookie, **JSON, If_None_Match=etag)),
        ITEM: _same(load.request(f"/files/{filename}", reader.cookie, **JSON)),
        RANGES: _same(*pages.range_requests(f"/audio/{filename}", reader.cookie)),
        POSITION: lambda: positions,
    }


def _their_questions(shelf: Audiobookshelf, library: str) -> dict[str, Requests]:
    bearer = {"Authorization": f"Bearer {shelf.token_of('root')}", **JSON}
    path = f"/api/libraries/{library}/items?limit=50&page=0&sort=addedAt&desc=1"
    book, numbers = shelf.item(library, LONG), itertools.count()
    positions = [_their_positions(book, token) for token in shelf.add_users(many.LISTENERS)]

    def new_lists() -> list[list[bytes]]:
        """An address for each request that was never asked for: it keeps answers by address."""
        return [
            [load.request(f"{path}&new={next(numbers)}", **bearer) for _ in range(MOST_LISTS)]
            for _ in range(many.CLIENTS)
        ]

    etag = shelf.etag(path)
    return {
        NEW_LIST: new_lists,
        SAME_LIST: _same(load.request(path, **bearer)),
        UNCHANGED: _same(load.request(path, **bearer, If_None_Match=etag)),
        ITEM: _same(load.request(f"/api/items/{book.id}", **bearer)),
        RANGES: _same(*pages.range_requests(f"/api/items/{book.id}/file/{book.file_id}", **bearer)),
        POSITION: lambda: positions,
    }


def _their_positions(book: Item, token: str) -> list[bytes]:
    headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
    return [
        load.request(
            f"/api/me/progress/{book.id}",
            method="PATCH",
            body=json.dumps({"currentTime": second, "duration": 28}).encode(),
            **headers,
        )
        for second in range(28)
    ]


def _same(*requests: bytes) -> Requests:
    """The same requests for each of the clients."""
    return lambda: [requests] * many.CLIENTS


def _row(name: str, ours: Server, theirs: Server) -> tuple[str, ...]:
    rounds = [(_ask(ours, name), _ask(theirs, name)) for _ in range(many.ROUNDS)]
    here, there = (
        sorted(seen, key=lambda one: one.eight.per_second)[len(seen) // 2]
        for seen in zip(*rounds, strict=True)
    )
    ratios = (
        here.one.per_second / there.one.per_second,
        here.eight.per_second / there.eight.per_second,
    )
    return name, *_cells(here), *_cells(there), *(f"{ratio:.1f}" for ratio in ratios)


def _ask(server: Server, name: str) -> Seen:
    ask, program = server.questions[name], server.program
    one = load.drive_each(program.address, ask()[:1], seconds=many.SECONDS)
    requests, before_s = ask(), program.cpu_s()
    eight = load.drive_each(program.address, requests, seconds=many.SECONDS)
    return Seen(one, eight, 1000 * (program.cpu_s() - before_s) / eight.count)


def _cells(seen: Seen) -> tuple[str, ...]:
    one, eight = (f"{each.per_second:,.0f}/s" for each in (seen.one, seen.eight))
    return one, eight, f"{seen.spent_ms:.2f}"
