"""The migration of 100,000 files and 1,000,000 playbacks against json.load plus executemany.

Run as `python tools/benchmarks/bench_migration.py [FILES PLAYBACKS]`. Both sides run in processes
of their own, in the same minute, on the same files; there is no sound to copy.
"""

import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TIME_LIMIT, MEMORY_LIMIT = 2.0, 3.0


def make_folder(folder: Path, files: int, playbacks: int) -> int:
    """Write the four legacy files; returns their bytes together."""
    dice = random.Random(1)
    start = datetime(2024, 1, 1)  # noqa: DTZ001 (the older app's times are local and naive)
    users = {f"user{n}": {"password": "scrypt:1:1:1$a$00", "created": str(start)} for n in range(9)}
    metadata, months = {}, {}
    for number in range(files):
        moment = start + timedelta(minutes=7 * number)
        characters = dice.randrange(20, 4000)
        metadata[f"Chapter_{number:06d}_{moment:%Y%m%d_%H%M%S}.mp3"] = {
            "name": f"Chapter {number} of a book", "group": f"Book {number // 40}",
            "created": f"{moment:%Y%m%d_%H%M%S}", "voice": "nova", "characters": characters,
            "cost": characters * 15e-6, "owner": f"user{number % 9}",
        }  # fmt: skip
        month = months.setdefault(f"{moment:%Y-%m}", {"cost": 0.0, "files": 0, "characters": 0})
        month["cost"] += characters * 15e-6
        month["files"] += 1
        month["characters"] += characters
    totals = {
        "total_characters": sum(month["characters"] for month in months.values()),
        "total_cost": sum(month["cost"] for month in months.values()),
        "files_generated": files,
        "monthly": months,
    }
    names, plays = list(metadata), []
    for number in range(playbacks):
        moment = start + timedelta(days=800) - timedelta(seconds=47 * number)
        name = names[dice.randrange(files)]
        plays.append(
            {"filename": name, "name": metadata[name]["name"], "timestamp": f"{moment}",
             "datetime_sort": f"{moment:%Y%m%d%H%M%S}"}
        )  # fmt: skip
    contents = {"users.json": users, "metadata.json": metadata, "usage_stats.json": totals,
                "playback_history.json": plays}  # fmt: skip
    for name, content in contents.items():
        (folder / name).write_text(json.dumps(content, indent=2))
    return sum((folder / name).stat().st_size for name in contents)


def baseline(folder: Path) -> None:
    """Load everything with json.load and write the same rows with one executemany a table."""
    sys.path.insert(0, str(ROOT))
    from queries.legacy_import import INSERTS
    from storage.opening import prepare
    from storage.sqlite_file import connect

    started = time.perf_counter()
    loaded = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    load_s = time.perf_counter() - started
    tables = _baseline_rows(loaded)
    started = time.perf_counter()
    prepare(folder / "baseline.db")
    connection = connect(folder / "baseline.db")
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in tables.items():
        connection.executemany(INSERTS[table], rows)
    connection.execute("COMMIT")
    connection.close()
    _say(load_s + time.perf_counter() - started)


def _baseline_rows(loaded: dict) -> dict[str, list[tuple]]:
    users = {name: number for number, name in enumerate(loaded["users.json"], 1)}
    files = {name: number for number, name in enumerate(loaded["metadata.json"], 1)}
    tables = {"users": [(n, name, "x", "2024-01-01 00:00:00", 0) for name, n in users.items()]}
    tables["audio_files"], tables["usage_stats"] = [], []
    for name, entry in loaded["metadata.json"].items():
        number, owner, created = files[name], users[entry["owner"]], entry["created"]
        tables["audio_files"].append(
            (number, name, entry["name"], owner, entry["voice"], entry["group"],
             entry["characters"], 0, entry["cost"], created, created, 0.0, 0, None, "failed", "")
        )  # fmt: skip
        tables["usage_stats"].append(
            (number, owner, number, entry["characters"], entry["cost"], created,
             int(created[:4]), int(created[4:6]))
        )  # fmt: skip
    owners = {name: users[entry["owner"]] for name, entry in loaded["metadata.json"].items()}
    tables["playback_history"] = [
        (number, owners[play["filename"]], files[play["filename"]], play["name"], play["timestamp"])
        for number, play in enumerate(reversed(loaded["playback_history.json"]), 1)
    ]
    return tables


def migrate(folder: Path) -> None:
    """The migration itself, with its backup, its verification and its report."""
    sys.path.insert(0, str(ROOT))
    from legacy.job import Options
    from legacy.migrate import migrate as run

    started, stages = time.perf_counter(), []

    def note(stage: str, done: int = 0, total: int = 0) -> None:
        if not stages or stages[-1][0] != stage:
            stages.append((stage, time.perf_counter(), time.process_time()))

    made = run(Options(folder, folder / "data" / "voiceverse.db"), note)
    ended = time.perf_counter()
    assert made["result"] == "done"
    following = [*stages[1:], ("", ended, time.process_time())]
    for (stage, begun, cpu), (_, until, cpu_until) in zip(stages, following, strict=True):
        print(f"    {stage:<24}{until - begun:8.2f} s {cpu_until - cpu:8.2f} CPU", file=sys.stderr)
    _say(ended - started)


def _say(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = used.ru_utime + used.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "peak_bytes": used.ru_maxrss * 1024}))


def _measure(what: str, folder: Path, *counts: int):
    command = [sys.executable, __file__, what, str(folder), *map(str, counts)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main(files: int, playbacks: int) -> int:
    """Print the table; exit code 1 when a limit is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: a child starts with the peak memory of its parent.
        json_bytes = _measure("make", folder, files, playbacks)
        floor = _measure("baseline", folder)
        ours = _measure("migrate", folder)
        size = (folder / "data" / "voiceverse.db").stat().st_size
        with sqlite3.connect(folder / "data" / "voiceverse.db") as connection:
            assert connection.execute("SELECT count(*) FROM playback_history").fetchone() == (
                playbacks,
            )
    times, memory = ours["seconds"] / floor["seconds"], ours["peak_bytes"] / json_bytes
    cpu = ours["cpu_s"] / floor["cpu_s"]
    print(f"{files:,} files, {playbacks:,} playbacks, {json_bytes / 1e6:,.1f} MB of JSON")
    print(f"| {'':<28} | seconds | ratio | CPU seconds | ratio | peak memory, MB | of the JSON |")
    print("|---|---|---|---|---|---|---|")
    for what, of, ratio, cpu_ratio in (
        ("json.load plus executemany", floor, 1.0, 1.0),
        ("the whole migration", ours, times, cpu),
    ):
        print(
            f"| {what:<28} | {of['seconds']:7.2f} | {ratio:5.2f} | "
            f"{of['cpu_s']:11.2f} | {cpu_ratio:5.2f} | "
            f"{of['peak_bytes'] / 1e6:15.0f} | {of['peak_bytes'] / json_bytes:11.2f} |"
        )
    print(f"The database has {size / 1e6:.0f} MB.")
    print(f"limits: {TIME_LIMIT} times the time, {MEMORY_LIMIT} times the JSON's size")
    return int(times > TIME_LIMIT or memory > MEMORY_LIMIT)


if __name__ == "__main__":
    command, *rest = sys.argv[1:] or ["all"]
    if command == "make":
        print(make_folder(Path(rest[0]), int(rest[1]), int(rest[2])))
    elif command in ("baseline", "migrate"):
        {"baseline": baseline, "migrate": migrate}[command](Path(rest[0]))
    else:
        sys.exit(main(*(map(int, sys.argv[1:3]) if len(sys.argv) == 3 else (100_000, 1_000_000))))
