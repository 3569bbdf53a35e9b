"""Small writes from two processes at once, beside bare SQLite with the same settings.

Latency counts from when a write is due, so that one which is late makes those after it late too.
The log has grown before, as it has in a program that runs: a log that grows costs the disk more.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from database import Database
from storage.sqlite_file import connect
from tools.benchmarks.load import FORKING, side_by_side
from tools.benchmarks.report import Report, percentile, table

PROCESSES, THREADS, SECONDS = 2, 8, 8.0
FILES, WARM_UP = 2_000, 500
PACES = (("100 a second", 100.0, 250), ("all they can", None, 400))  # with the most p99 in ms
WRITE = "UPDATE positions SET position = ?, saved_epoch = ? WHERE file_id = ? AND device = 'here'"
Write = Callable[[float, float, int], object]
Times = list[float | None]  # in ms; None for a write that was refused


def run(report: Report, scratch: Path, *, full: bool = False) -> None:
    """Write at either pace, through `Database` and through SQLite alone."""
    path = scratch / "writes.db"
    with closing(Database(path)) as db, db.transaction():
        _fill(db)
    rows = []
    for pace, per_second, most_ms in PACES:
        for way, work in (("Database", _through_database), ("bare SQLite", _through_sqlite)):
            times = _measure(work, path, per_second)
            done = [taken for each in times for taken in each if taken is not None]
            p50, p95, p99 = (percentile(done, share) for share in (0.5, 0.95, 0.99))
            shares = [f"{len(each) / sum(map(len, times)):.0%}" for each in times]
            refused = sum(map(len, times)) - len(done)
            rows.append(
                (f"{way}, {pace}", f"{len(done) / SECONDS:.0f}", f"{p50:.1f}", f"{p95:.1f}",
                 f"{p99:.1f}", f"{max(done):.0f}", " ".join(shares), refused)
            )  # fmt: skip
            if way == "Database":
                report.at_most(f"writes of two processes, {pace}, p99", p99, most_ms, "ms")
    title = f"Small writes from {PROCESSES} processes of {THREADS} threads"
    heads = ("", "writes/s", "p50 ms", "p95 ms", "p99 ms", "longest", "shares", "refused")
    table(title, heads, rows)


def _fill(db: Database) -> None:
    user_id = db.create_user("mine", "!")["id"]
    for number in range(FILES):
        row = db.create_audio_file(user_id, f"{number}", "title", voice="v", text="text")
        db.save_position(user_id, row["id"], "here", 0.0)


def _measure(work: Callable, path: Path, per_second: float | None) -> list[Times]:
    """The time of each write, by process."""
    start = FORKING.Barrier(PROCESSES)
    return side_by_side([(work, path, per_second, number, start) for number in range(PROCESSES)])


def _through_database(path: Path, per_second: float | None, number: int, start) -> Times:
    with closing(Database(path)) as db:
        return _in_threads([partial(db.write, WRITE)] * THREADS, per_second, number, start)


def _through_sqlite(path: Path, per_second: float | None, number: int, start) -> Times:
    connections = [connect(path) for _ in range(THREADS)]
    for connection in connections:
        connection.execute("PRAGMA wal_autocheckpoint=1000").fetchall()
    times = _in_threads([_transaction(each) for each in connections], per_second, number, start)
    for connection in connections:
        connection.close()
    return times


def _transaction(connection: sqlite3.Connection) -> Write:
    def write(*values: float) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(WRITE, values)
        connection.execute("COMMIT")

    return write


def _in_threads(
    writes: Sequence[Write], per_second: float | None, number: int, start: threading.Barrier
) -> Times:
    times: Times = []
    pace = per_second and per_second / PROCESSES / THREADS
    threads = [
        threading.Thread(
            target=_write_on, args=(write, pace, random.Random(10 * number + i), times)
        )
        for i, write in enumerate(writes)
    ]
    for count in range(WARM_UP):
        writes[0](0.0, 0.0, count + 1)
    start.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _write_on(write: Write, pace: float | None, dice: random.Random, times: Times) -> None:
    due = time.perf_counter()
    end = due + SECONDS
    while True:
        due = due + dice.expovariate(pace) if pace else time.perf_counter()
        if due > end:
            return
        if (early_s := due - time.perf_counter()) > 0:
            time.sleep(early_s)
            due = time.perf_counter()  # how late the system wakes is not the database's doing
        try:
            write(dice.random(), time.time(), dice.randint(1, FILES))
        except sqlite3.OperationalError:  # bare SQLite gives up after its busy time-out
            times.append(None)
        else:
            times.append((time.perf_counter() - due) * 1000)
