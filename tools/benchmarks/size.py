"""What the program weighs: start, idle memory, installed environment."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tools.benchmarks.program import ROOT, Program, fresh, prepared
from tools.benchmarks.report import Report, table

STARTS = 3
SETTLE_S = 3.0


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Start three times, look at the memory of all processes, install into a new environment."""
    folder = fresh(scratch / "size")
    with prepared(folder, ["ada"]):
        pass
    starts = []
    for _ in range(STARTS):
        with Program(folder) as program:
            starts.append(program.first_answer_s)
            if len(starts) == STARTS:
                time.sleep(SETTLE_S)
                pss, rss, processes = program.memory_mb()
    installed = installed_mb(environment(scratch))
    rows = [
        ("start to first answer, s", f"{median(starts):.2f}"),
        ("slowest start, s", f"{max(starts):.2f}"),
        (f"idle memory of {processes} processes, PSS, MB", f"{pss:.0f}"),
        ("the same as a sum of RSS, MB", f"{rss:.0f}"),
        ("installed environment, MB", f"{installed:.0f}"),
    ]
    table("Size", ("", "measured"), rows)
    report.at_most("start to first answer", median(starts), 1.5, "s")
    report.at_most("idle memory of all processes, PSS", pss, 150, "MB")
    report.at_most("idle memory of all processes, RSS", rss, 150, "MB")
    report.at_most("installed environment", installed, 250, "MB")


def environment(scratch: Path) -> Path:
    """A new environment with what the program requires; made once a run."""
    folder = scratch / "environment"
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install(folder, "-r", str(ROOT / "requirements.txt"))
    return folder


def install(folder: Path, *what: str) -> None:
    """pip install into that environment."""
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *what]
    subprocess.run([*command, "--disable-pip-version-check"], check=True)


def installed_mb(folder: Path) -> float:
    """What the files of an environment occupy on the disk, compiled modules included."""
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "compileall", "-q", str(folder / "lib")], check=False)
    files = (path.lstat() for path in folder.rglob("*") if path.is_file())
    return sum(stat.st_blocks * 512 for stat in files) / 1_000_000
