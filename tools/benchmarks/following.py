"""What a page costs that follows a piece of 2,000,000 characters, beside the list of all it has."""

import gzip
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from speech.text.segments import split
from tests.support.making import prose
from tests.support.serving import App, Client
from tools.benchmarks.report import Report, table

CHARACTERS = 2_000_000
SHOWN_CHARACTERS = 100_000  # on a page
LOOKS = 20


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Bytes and time of the first look, of all segments, and of a look at nothing new."""
    folder = scratch / "following"
    folder.mkdir()
    with App(folder, VOICEVERSE_REQUESTS_PER_MINUTE="0") as app:
        owner = Client(app).set_up()
        filename = _make(app, owner)
        shown = f"from=0&until={SHOWN_CHARACTERS}"
        owner.request("GET", "/library")  # what every page needs is in memory by then
        before_mb = _peak_mb(app)
        rows, known = [], ""
        for name, query in (("a page's part", shown), ("all of it", "")):
            count, sent, took_ms, known = _read(owner, filename, query)
            rows.append((name, count, f"{sent / 1000:.1f}", f"{took_ms:.0f}"))
        times = [_read(owner, filename, f"after={known}") for _ in range(LOOKS)]
        look, look_ms = times[0][1], min(each[2] for each in times)
        rows.append(("nothing new", 0, f"{look / 1000:.1f}", f"{look_ms:.0f}"))
        grown_mb = _peak_mb(app) - before_mb
    heads = ("look", "segments", "KB sent", "ms")
    table(f"Following {CHARACTERS:,} characters", heads, rows)
    share = 100 * look / float(rows[1][2]) / 1000
    report.at_most("a look at nothing new, of the whole list", share, 1, "%")
    report.at_most("memory that the looks take", grown_mb, 20, "MB")


def _make(app: App, owner: Client) -> str:
    """A finished piece with as many segments as a text of that length has."""
    filename = owner.generate("It was late.")["filename"]
    owner.until_ready(filename)
    with closing(sqlite3.connect(app.data / "voiceverse.db")) as db, db:
        select = "SELECT id FROM audio_files WHERE filename = ?"
        file_id = db.execute(select, (filename,)).fetchone()[0]
        db.execute("DELETE FROM segments WHERE file_id = ?", (file_id,))
        db.executemany(
            """INSERT INTO segments (file_id, position, text_start, text_end, start_ms, end_ms,
                   byte_end, frame_end) VALUES (?, ?, ?, ?, ?, ?, 1, 1)""",
            [
                (file_id, number, part.start, part.end, 60 * part.start, 60 * part.end)
                for number, part in enumerate(split(prose(CHARACTERS)))
            ],
        )
    return filename


def _read(owner: Client, filename: str, query: str) -> tuple[int, int, float, str]:
    """All pages of an answer: segments, bytes, milliseconds, and where the next look begins."""
    count, sent, after, started = 0, 0, "", time.perf_counter()
    while True:
        path = f"/files/{filename}/segments?{query}{after}"
        _status, _headers, body = owner.request("GET", path, Accept_Encoding="gzip")
        sent += len(body)
        told = json.loads(_inflated(body))
        count += len(told["segments"])
        after = f"&after={told['next']}"
        if not told["more"]:
            return count, sent, 1000 * (time.perf_counter() - started), told["next"]


def _inflated(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _peak_mb(app: App) -> float:
    status = Path(f"/proc/{app.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
