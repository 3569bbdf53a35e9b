"""What the program weighs: start, idle memory, installed environment."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from speech.engines import natural
from tools.benchmarks.browser import UNFINISHED
from tools.benchmarks.program import ROOT, Program, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text
from tools.supply.locks import LOCKS

STARTS = 3
SETTLE_S = 3.0
PAUSE_S = 0.2
SPOKEN = 30_000  # characters
LET_GO_S = natural.IDLE_S + 60.0


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Start three times, look at the memory of all processes, install into a new environment."""
    folder = fresh(scratch / "size")
    with prepared(folder, ["ada"]):
        pass
    starts = []
    for _ in range(STARTS):
        with Program(folder, default_voice="") as program:
            starts.append(program.first_answer_s)
            if len(starts) == STARTS:
                time.sleep(SETTLE_S)
                ready = program.memory_mb()
                speaking = _while_speaking(program)
                idle = _when_idle(program)
    installed = installed_mb(environment(scratch))
    rows = [
        ("start to first answer, s", f"{median(starts):.2f}"),
        ("slowest start, s", f"{max(starts):.2f}"),
        ("installed environment, MB", f"{installed:.0f}"),
        *_memory_rows("with the natural voice ready", ready),
        *_memory_rows("while it speaks, the most", speaking),
        *_memory_rows(f"idle for {natural.IDLE_S / 60:g} minutes", idle),
    ]
    table("Size", ("", "measured"), rows)
    report.at_most("start to first answer", median(starts), 1.5, "s")
    report.at_most("memory of all processes while speaking naturally, PSS", speaking[0], 450, "MB")
    report.at_most("idle memory of all processes, PSS", idle[0], 200, "MB")
    report.at_most("installed environment", installed, 500, "MB")


def _memory_rows(when: str, memory: tuple[float, float, int]) -> list[tuple[str, str]]:
    pss, rss, processes = memory
    return [
        (f"memory of {processes} processes {when}, PSS, MB", f"{pss:.0f}"),
        ("the same as a sum of RSS, MB", f"{rss:.0f}"),
    ]


def _while_speaking(program: Program) -> tuple[float, float, int]:
    """The most memory of all looks at it while a text is spoken with the natural voice."""
    browser = program.browser("ada")
    row = browser.generate(text(SPOKEN), engine="natural", voice="heart")
    seen = [program.memory_mb()]
    while browser.get_json(f"/files/{row['filename']}")["status"] in UNFINISHED:
        seen.append(program.memory_mb())
        time.sleep(PAUSE_S)
    browser.wait_until_ready(row["filename"])
    browser.close()
    return max(seen)


def _when_idle(program: Program) -> tuple[float, float, int]:
    """The memory once the process of the natural voice has ended for want of work."""
    before = program.memory_mb()
    waited_until = time.monotonic() + LET_GO_S
    while time.monotonic() < waited_until:
        time.sleep(SETTLE_S)
        if (now := program.memory_mb())[2] < before[2]:
            return now
    return program.memory_mb()


def environment(scratch: Path) -> Path:
    """A new environment with what the program requires; made once a run."""
    folder = scratch / "environment"
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install(
            folder, "--no-deps", "--no-compile", *(f"--requirement={ROOT / lock}" for lock in LOCKS)
        )
    return folder


def install(folder: Path, *what: str) -> None:
    """pip install into that environment."""
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *what]
    subprocess.run([*command, "--disable-pip-version-check"], check=True)


def installed_mb(folder: Path) -> float:
    """What the files of an environment occupy on the disk, before anything in it has run."""
    files = (path.lstat() for path in folder.rglob("*") if path.is_file())
    return sum(stat.st_blocks * 512 for stat in files) / 1_000_000
