"""Numbers for a Prometheus server, in its text format."""

import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from backups import status
from config import Config
from database import Database
from server.health import WORKER

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATES = ("queued", "speaking", "paused", "ready", "failed", "cancelled")
ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


@dataclass(frozen=True, slots=True)
class Metric:
    """A name, what it means, and values by their labels; a counter's name ends in _total."""

    name: str
    meaning: str
    values: dict[tuple[tuple[str, str], ...], float]

    @property
    def kind(self) -> str:
        """Type of the metric for Prometheus: counter or gauge."""
        return "counter" if self.name.endswith("_total") else "gauge"


def gather(
    config: Config, db: Database, requests: dict[str, int], receiving: int = 0
) -> list[Metric]:
    """Everything there is to tell; `requests` are those answered, by class of status or
    problem, and `receiving` the bytes of large requests on their way."""
    numbers, now = db.get_numbers(), time.time()
    files = {status: numbers["files"].get(status, 0) for status in STATES}
    since = numbers["waiting_since"]
    use = {row["engine"]: row for row in numbers["use"]}
    return [
        _by("files", "Files by state, but for those in the bin.", "state", files),
        _one("queue_files", "Files that wait to be spoken.", files["queued"]),
        _one("queue_oldest_seconds", "How long the oldest of them waits.",
             max(0.0, now - since) if since else 0),
        _by("failed_files", "Files that failed and were not taken up again.", "engine",
            numbers["failures"]),
        _by("characters_total", "Characters spoken.", "engine",
            {engine: row["characters"] for engine, row in use.items()}),
        _by("cost_usd_total", "What was spent on speech, where a price is known.", "engine",
            {engine: row["cost"] for engine, row in use.items() if row["cost"] is not None}),
        _one("users", "Accounts that may log in.", numbers["users"]),
        _by("requests_total", "Answers since the start: by status, or aborted or broken half way.",
            "status", requests),
        _one("receiving_bytes", "Bytes of large requests that are on their way or being answered.",
             receiving),
        *_machine(config, db, now),
    ]  # fmt: skip


def render(metrics: Iterable[Metric]) -> str:
    """The text that a Prometheus server reads."""
    lines = []
    for metric in metrics:
        name = f"voiceverse_{metric.name}"
        lines += [f"# HELP {name} {metric.meaning}", f"# TYPE {name} {metric.kind}"]
        for labels, value in metric.values.items():
            shown = ",".join(f'{label}="{text.translate(ESCAPES)}"' for label, text in labels)
            lines.append(f"{name}{{{shown}}} {value:.15g}" if shown else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def _machine(config: Config, db: Database, now: float) -> list[Metric]:
    record = status.read(config)
    return [
        _one("disk_free_bytes", "Room on the disk of the data folder.",
             shutil.disk_usage(config.data_dir).free),
        _one("database_bytes", "Size of the database.", config.database_path.stat().st_size),
        _one("worker_seen_seconds", "Since the last sign of life of the worker.",
             now - (db.get_heartbeat(WORKER) or 0)),
        _one("backup_made_timestamp_seconds", "When the last backup was made; 0 for never.",
             _epoch(record.made_at)),
        _one("backup_proven_timestamp_seconds", "When one was last restored and compared.",
             _epoch(record.proven_at)),
        _one("backup_failing", "Whether the last backup failed.", bool(record.failed_at)),
    ]  # fmt: skip


def _one(name: str, meaning: str, value: float) -> Metric:
    return Metric(name, meaning, {(): value})


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(name, meaning, {((label, key),): value for key, value in values.items()})


def _epoch(text: str) -> float:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() if text else 0
    except ValueError:  # in a record that was damaged
        return 0
