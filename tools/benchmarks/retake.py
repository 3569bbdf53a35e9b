"""One sentence of a long piece spoken anew, beside copying its sound from file to file."""

import time
from pathlib import Path
from statistics import median

from config import Config
from server.worker import Worker, build_studio
from services.studio import Studio
from tests.support.making import prose
from tools.benchmarks.report import Report, table

CHARACTERS_AN_HOUR = 69_000
HOURS, FEW_HOURS = 10, 1
TRIES = 5


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Speak some hours (ten with `full`), then change sentences at the start, middle and end."""
    hours = HOURS if full else FEW_HOURS
    studio = build_studio(Config(data_dir=scratch / "retake", min_free_mb=0))
    try:
        _measure(report, studio, hours)
    finally:
        studio.registry.close()
        studio.db.close()


def _measure(report: Report, studio: Studio, hours: int) -> None:
    user_id, worker = studio.db.create_user("anna", "!")["id"], Worker(studio)
    filename = studio.generation.submit(user_id, prose(hours * CHARACTERS_AN_HOUR))["filename"]
    worker.run_pending()
    row = studio.db.get_audio_file(filename, user_id)
    floor_s = median(_copy_s(studio, filename) for _ in range(TRIES))
    rows, slowest = [], 0.0
    for share in (0.0, 0.25, 0.5, 0.75, 0.999):
        row = studio.db.get_audio_file(filename, user_id)
        segments = studio.db.get_segments(row["id"])
        segment = segments[int(share * len(segments))]
        started = time.perf_counter()
        studio.retakes.ask(
            row, segment["text_start"], segment["text_end"], f"At {share} it was changed."
        )
        worker.run_pending()
        took_s = time.perf_counter() - started
        assert studio.db.get_retake(row["id"]) is None
        slowest = max(slowest, took_s)
        rows.append((f"{share:.1%}", f"{took_s:.2f}", f"{took_s / floor_s:.2f}"))
    heads = ("place", "seconds", "× copying the sound")
    title = f"One sentence of {row['duration'] / 3600:.1f} hours ({row['size'] >> 20} MB) anew"
    table(f"{title}; copying and hashing takes {floor_s:.2f} s", heads, rows)
    report.at_most(f"one sentence of {hours} h anew", slowest, 3, "s")


def _copy_s(studio: Studio, filename: str) -> float:
    """Seconds that writing the same bytes once takes, on the disk and hashed."""
    started = time.perf_counter()
    size = studio.store.size(filename)
    studio.store.splice(filename, size, size, b"", head=b"")
    took_s = time.perf_counter() - started
    (studio.config.audio_dir / f"{filename}.part").unlink()
    return took_s
