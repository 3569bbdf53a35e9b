"""Retention of backups: the last of each of some days and of each of four weeks stays."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backups import files

NAME = re.compile(r"(?P<stamp>\d{8}T\d{6}Z)-(?P<why>nightly|asked|upgrade)(-\d+)?")
STAMP = "%Y%m%dT%H%M%SZ"
WEEKS = 4
LONG_AGO = timedelta(weeks=WEEKS + 1)


def new_name(root: Path, now: datetime, why: str) -> str:
    """Make a free name for a backup from the time (UTC) and the reason."""
    name = first = f"{now.strftime(STAMP)}-{why}"
    number = 1
    while (root / name).exists():
        number += 1
        name = f"{first}-{number}"
    return name


def list_backups(root: Path, now: datetime | None = None) -> list[str]:
    """List the names of all backups in a folder, the latest first.

    Last come those of a time still to come (UTC): a clock that was ahead made them.
    """
    found = [path.name for path in root.glob("*") if path.is_dir() and _time(path.name)]
    found.sort(key=age, reverse=True)
    soon = (now or datetime.now(UTC)).replace(tzinfo=None) + timedelta(days=1)
    return sorted(found, key=lambda name: _made(name) > soon)


def describe(name: str) -> dict[str, str]:
    """Parse the name of a backup into `name`, `made_at` (UTC text) and `why`."""
    made_at = _made(name).strftime("%Y-%m-%d %H:%M:%S")
    return {"name": name, "made_at": made_at, "why": _named(name)["why"]}


def rotate(root: Path, keep: str, days: int) -> list[str]:
    """Remove what is neither the last of one of so many days, nor of a week, nor `keep`.

    Returns the names of what went.

    Nothing goes when `keep` is the first for five weeks: the clock may have jumped. What a clock
    that was ahead made takes no other's place, and waits until its time comes.
    """
    made = _made(keep)
    soon = made + timedelta(days=1)
    names = [name for name in list_backups(root, made) if _made(name) <= soon]
    if not any(made - LONG_AGO < _made(name) for name in names if name != keep):
        return []
    wanted = {keep, *_last_of(names, "%Y-%m-%d", days), *_last_of(names, "%G-%V", WEEKS)}
    wanted |= set([name for name in names if _named(name)["why"] == "upgrade"][:1])
    gone = [name for name in names if name not in wanted]
    for name in gone:
        files.remove(root / name)
    return gone


def _last_of(names: Iterable[str], period: str, count: int) -> list[str]:
    latest: dict[str, str] = {}
    for name in names:
        latest.setdefault(_made(name).strftime(period), name)
    return list(latest.values())[:count]


def age(name: str) -> tuple[str, int, str]:
    """Sort key of backups by time: the later one's is greater."""
    return (_named(name)["stamp"], len(name), name)


def _named(name: str) -> re.Match[str]:
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is not the name of a backup")
    return found


def _made(name: str) -> datetime:
    return datetime.strptime(_named(name)["stamp"], STAMP)  # noqa: DTZ007


def _time(name: str) -> datetime | None:
    try:
        return _made(name)
    except ValueError:
        return None
