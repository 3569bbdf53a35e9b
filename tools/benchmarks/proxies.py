"""Ranges of stored sound: straight from the program, through nginx, and sent by nginx itself."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from storage.audio_store import AudioStore, make_filename
from tests.support import proxies
from tools.benchmarks import load, pages
from tools.benchmarks.browser import Address
from tools.benchmarks.program import Program, prepared
from tools.benchmarks.report import Report, table

SECONDS, ROUNDS = 2.0, 3
SETTINGS = {"trusted_proxies": "127.0.0.1", "requests_per_minute": 0}


class Seen(NamedTuple):
    """Answers a second of one way, and the program's own processor time for each, ms."""

    per_second: float
    spent_ms: float


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Each way in turn, several times, as the machine may be busy; the median of each."""
    if not shutil.which("nginx"):
        print("nginx is not installed: no proxy is measured.")
        return
    ways: dict[str, list[Seen]] = {"straight": [], "through nginx": [], "sent by nginx": []}
    with proxies.reachable_folder() as folder:
        filename = _fill(folder / "data")
        for _ in range(ROUNDS):
            with _served(folder, "off") as (program, proxy):
                ways["straight"].append(_ask(program, program.address, filename))
                ways["through nginx"].append(_ask(program, proxy, filename, "__Host-"))
            with _served(folder, "on") as (program, proxy):
                ways["sent by nginx"].append(_ask(program, proxy, filename, "__Host-"))
    middle = {way: Seen(*map(_median, zip(*seen, strict=True))) for way, seen in ways.items()}
    rows = [
        (way, f"{seen.per_second:,.0f}", f"{seen.spent_ms:.2f}") for way, seen in middle.items()
    ]
    heads = ("", "ranges/s", "program's processor time, ms")
    table("Ranges of 64 KiB, eight clients", heads, rows)
    ratio = middle["sent by nginx"].per_second / middle["through nginx"].per_second
    report.at_least("ranges of 64 KiB that nginx sends", ratio, 1, "x those through it")


def _ask(program: Program, address: Address, filename: str, prefix: str = "") -> Seen:
    cookie = prefix + program.browser("few").cookie
    before = program.cpu_s()
    seen = pages.ranges(program, cookie, filename, SECONDS, address)
    asked = seen.per_second * SECONDS + pages.CLIENTS * load.WARM_UP
    return Seen(seen.per_second, 1000 * (program.cpu_s() - before) / asked)


@contextmanager
def _served(folder: Path, is_left: str) -> Iterator[tuple[Program, Address]]:
    settings = SETTINGS | {"x_accel_redirect": is_left}
    with (
        Program(folder / "data", **settings) as program,
        proxies.nginx(program.address.port, folder / "data", folder) as proxy,
    ):
        yield program, Address("127.0.0.1", proxy.port)


def _fill(folder: Path) -> str:
    filename = make_filename()
    with prepared(folder, ["few"]) as (db, (person,)):
        sound = folder / "sound"
        sound.write_bytes(random.Random(2).randbytes(pages.SOUND_BYTES))
        size, sha256 = AudioStore(folder / "audio").adopt(sound, filename)
        sound.unlink()
        db.create_audio_file(
            person["id"], filename, "Harbour", voice="gmw/en", size=size, sha256=sha256
        )
    return filename


def _median(values: tuple[float, ...]) -> float:
    return sorted(values)[len(values) // 2]
