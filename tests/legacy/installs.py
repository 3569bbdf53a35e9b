"""Folders as the older app left them, made for tests."""

import functools
import json
from datetime import datetime, timedelta
from pathlib import Path

from werkzeug.security import generate_password_hash

from speech.audio.encoding import Mp3Stream

PASSWORD = "the horse ate the battery"
RATE = 22050
DAY = datetime(2025, 10, 3, 9, 0, 0)  # noqa: DTZ001 (the older app's times are local and naive)


@functools.cache
def mp3(tenths: int) -> bytes:
    """A whole MP3 of that many tenths of a second, different for each length."""
    stream = Mp3Stream(RATE)
    pcm = bytes((i * 7 + tenths) % 251 for i in range(RATE // 10 * 2)) * tenths
    return stream.feed(pcm) + stream.finish()


@functools.cache
def older_hash(method: str = "pbkdf2:sha256:1000") -> str:
    return generate_password_hash(PASSWORD, method=method)


def write_json(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content, indent=2), "utf-8")


def playback(filename: str, name: str, moment: datetime) -> dict:
    return {
        "filename": filename,
        "name": name,
        "timestamp": moment.strftime("%Y-%m-%d %H:%M:%S"),
        "datetime_sort": moment.strftime("%Y%m%d%H%M%S"),
    }


def make_typical_install(folder: Path) -> None:
    """One account, 26 files of an owner without one, 28 requests in the month, 41 playbacks."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(
        folder, "users.json",
        {"AliGym19": {"password": older_hash(), "created": "2025-10-01 08:30:00"}},
    )  # fmt: skip
    counts = [327] * 25 + [8505 - 25 * 327]
    metadata = {}
    for number, characters in enumerate(counts):
        filename = f"Speech_{number:02d}_20251003.mp3"
        metadata[filename] = {
            "name": f"Speech {number}",
            "group": "Uncategorized" if number % 3 else "Books",
            "created": (DAY + timedelta(hours=number)).strftime("%Y%m%d_%H%M%S"),
            "voice": "nova",
            "characters": characters,
            "cost": characters * 15 / 1_000_000,
            "owner": "ali.admin",
        }
        (folder / filename).write_bytes(mp3(1 + number % 4))
    write_json(folder, "metadata.json", metadata)
    write_json(
        folder, "usage_stats.json",
        {
            "total_characters": 8505,
            "total_cost": 0.127575,
            "files_generated": 24,
            "monthly": {
                "2025-10": {"cost": 0.12805500000000003, "files": 28, "characters": 8537}
            },
        },
    )  # fmt: skip
    names = list(metadata)
    plays = [
        playback(names[n * 7 % 26], f"Speech {n * 7 % 26}", DAY + timedelta(days=2, minutes=-n))
        for n in range(39)
    ]
    plays.insert(5, plays[4])
    plays.append(playback("gone.mp3", "Gone", DAY))
    write_json(folder, "playback_history.json", plays)


def make_small_install(folder: Path) -> None:
    """Two files, two months, three playbacks: little enough to be moved a thousand times."""
    folder.mkdir(parents=True)
    users = {"ann": {"password": older_hash(), "created": "2025-01-02 08:30:00"}}
    metadata = {
        name: {
            "name": name, "group": "", "created": created, "voice": "nova", "characters": 100,
            "cost": 0.0015, "owner": owner,
        }
        for name, created, owner in (
            ("one.mp3", "20250102_120000", "ann"), ("two.mp3", "20250203_120000", "bob"),
        )
    }  # fmt: skip
    for number, name in enumerate(metadata):
        (folder / name).write_bytes(mp3(number + 1))
    months = {
        "2025-01": {"cost": 0.0015, "files": 1, "characters": 100},
        "2025-02": {"cost": 0.0045, "files": 3, "characters": 300},
    }
    usage = {"total_characters": 400, "total_cost": 0.006, "files_generated": 4, "monthly": months}
    plays = [playback(name, name, DAY) for name in ("one.mp3", "two.mp3", "gone.mp3")]
    for name, content in (
        ("users.json", users), ("metadata.json", metadata), ("usage_stats.json", usage),
        ("playback_history.json", plays),
    ):  # fmt: skip
        write_json(folder, name, content)
        (folder / name).chmod(0o640)
