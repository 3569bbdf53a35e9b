"""Damaged files of every format: each ends in text or in one sentence, soon and in bounds."""

import json
import random
import subprocess
import sys
from pathlib import Path

from tests.documents.damage import Sample, mutated, samples
from tools.benchmarks.program import ROOT
from tools.benchmarks.report import Report, table

FILES, FILES_FULL = 100, 300
READ = """
import json, logging, resource, sys
from pathlib import Path
from documents.errors import DocumentError
from documents.read import read

class Crashes(logging.Handler):
    def emit(self, record):
        crashes.append(f"{path.name}: {record.getMessage()}")

def children():
    return resource.getrusage(resource.RUSAGE_CHILDREN)

def processor_s():
    return children().ru_utime + children().ru_stime

crashes, texts, slowest, worst = [], 0, 0, ""
logging.getLogger("voiceverse.documents.read").addHandler(Crashes())
for path in sorted(Path(sys.argv[1]).iterdir()):
    before = processor_s()
    try:
        read(path, path.name.partition("-")[2])
        texts += 1
    except DocumentError as error:
        if not str(error.message).endswith("."):
            crashes.append(f"{path.name}: no sentence: {error.message}")
    if processor_s() - before > slowest:
        slowest, worst = processor_s() - before, path.name
memory = children().ru_maxrss / 1000
print(json.dumps([texts, slowest, worst, memory, crashes]))
"""


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Read so many damaged files of each format; the same ones each time."""
    count = FILES_FULL if full else FILES
    rows, slowest, most, crashes = [], 0.0, 0.0, 0
    for name, files in samples().items():
        folder = scratch / "mutations" / name
        _spoil(files, folder, count)
        texts, taken, worst, memory, crashed = _read(folder)
        rows.append((name, count, texts, count - texts, f"{taken:.2f}", worst, f"{memory:.0f}"))
        slowest, most, crashes = max(slowest, taken), max(most, memory), crashes + len(crashed)
        print(*crashed, sep="\n", end="\n" if crashed else "", flush=True)
    heads = ("format", "files", "read", "refused", "slowest s", "which", "memory MB")
    table("Damaged files, processor time and memory of the process that reads", heads, rows)
    report.at_most("damaged file, slowest, processor", slowest, 10, "s")
    report.at_most("memory of the process that reads a damaged file", most, 500, "MB")
    report.at_most("damaged files that end in a traceback", crashes, 0, "")


def _spoil(files: list[Sample], folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    for seed in range(count):
        filename, content = files[seed % len(files)]
        (folder / f"{seed:03}-{filename}").write_bytes(mutated(content, random.Random(seed)))


def _read(folder: Path) -> tuple[int, float, str, float, list[str]]:
    """Read all files; asked by a small process, as the size of this one would count, too."""
    command = [sys.executable, "-c", READ, str(folder)]
    asked = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    texts, taken, worst, memory, crashed = json.loads(asked.stdout)
    return texts, taken, worst, memory, crashed
