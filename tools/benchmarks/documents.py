"""Importing: what of the corpus comes out as expected, and how fast long documents are read."""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median

from documents.read import read
from documents.types import compose
from tests.documents import corpus, making, real
from tests.documents.scoring import Score, alike, score
from tools.benchmarks.program import ROOT
from tools.benchmarks.readers import READERS
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

RUNS = 5
BOOK = 1_000_000
PDF = 540_000
MEMORY = """
import resource, sys
from pathlib import Path
from documents.read import read
path = Path(sys.argv[1])
read(path, path.name)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
FLOORS = {
    "pdf": """
import sys, pypdfium2
for page in pypdfium2.PdfDocument(sys.argv[1]):
    page.get_textpage().get_text_range()
""",
    "epub": """
import sys, zipfile
from selectolax.lexbor import LexborHTMLParser
book = zipfile.ZipFile(sys.argv[1])
for name in book.namelist():
    if name.endswith(".xhtml"):
        LexborHTMLParser(book.read(name).decode()).body.text()
""",
}


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Read the corpus, the real books that are installed, and two long documents."""
    folder = scratch / "documents"
    folder.mkdir()
    rows = [_row(name, *_made(name, folder)) for name in corpus.CASES]
    rows += [
        _row(f"{pair.other.name}, against its EPUB", real.compared(pair, folder), "real")
        for pair in real.PAIRS
        if pair.is_here
    ]
    table("Corpus", ("document", "format", "chapters", "characters as expected", "of"), rows)
    report.at_least("documents in the corpus", len(rows), 30, "")
    worst = min(float(row[3].rstrip(" %")) for row in rows)
    report.at_least("characters as expected, the worst document", worst, 95, "%")
    _beside_others(report, rows)
    speeds = [
        _speed(report, "epub", folder / "long.epub", _long_book(), 1.0),
        _speed(report, "pdf", folder / "long.pdf", _long_pdf(), 2.0),
    ]
    heads = ("", "characters", "read s", "bare s", "ratio", "reader MB")
    table("Long documents, the start of the process included", heads, speeds)


def _made(name: str, folder: Path) -> tuple[Score, str]:
    filename, content, truth = corpus.CASES[name]()
    document = read(making.write(folder, filename, content), filename)
    return score(document, truth), document.source


def _beside_others(report: Report, rows: Sequence[Sequence[str]]) -> None:
    """What other readers make of the same documents: the characters that are spoken here."""
    ours: dict[str, list[float]] = defaultdict(list)
    theirs: dict[tuple[str, str], list[float]] = defaultdict(list)
    for name, make in corpus.CASES.items():
        filename, content, truth = make()
        source = Path(filename).suffix[1:]
        for reader, read_all in READERS.get(source, {}).items():
            expected = "\n\n".join(chapter.spoken for chapter in truth)
            data = content if isinstance(content, bytes) else content.encode()
            theirs[source, reader].append(alike(read_all(data), expected))
        if source in READERS:
            shown = next(row[3] for row in rows if row[0] == name.replace("_", " "))
            ours[source].append(float(shown.rstrip(" %")) / 100)
    found = [
        (source, reader, f"{mean(shares):.1%}", f"{mean(ours[source]):.1%}")
        for (source, reader), shares in sorted(theirs.items())
    ]
    table("Beside other readers", ("format", "reader", "as expected", "VoiceVerse"), found)
    best = max(mean(shares) for shares in theirs.values())
    worst = min(map(mean, ours.values()))
    report.at_least("characters as expected ÷ the best other reader", worst / best, 1.0, "x")


def _row(name: str, found: Score, source: str) -> tuple[str, ...]:
    return (
        name.replace("_", " "),
        source,
        f"{found.chapters:.0%}",
        f"{100 * found.characters:.1f} %",
        f"{found.expected:,}",
    )


def _speed(
    report: Report, source: str, path: Path, content: bytes, limit_s: float
) -> tuple[str, ...]:
    path.write_bytes(content)
    times, floors = [], []
    for _ in range(RUNS):
        started = time.perf_counter()
        document = read(path, path.name)
        times.append(time.perf_counter() - started)
        started = time.perf_counter()
        command = [sys.executable, "-c", FLOORS[source], str(path)]
        subprocess.run(command, check=True, cwd=ROOT)
        floors.append(time.perf_counter() - started)
    size = sum(len(compose(chapter)) for chapter in document.chapters)
    memory = _memory_mb(path)
    taken, bare = median(times), median(floors)
    report.at_most(f"{size:,} characters of {source.upper()}", taken, limit_s, "s")
    report.at_most(f"memory of the process that reads {source.upper()}", memory, 300, "MB")
    numbers = (f"{taken:.2f}", f"{bare:.2f}", f"{taken / bare:.1f}", f"{memory:.0f}")
    return (source.upper(), f"{size:,}", *numbers)


def _memory_mb(path: Path) -> float:
    """The most that a reader takes; asked by a small process, as its size would count, too."""
    command = [sys.executable, "-c", MEMORY, str(path)]
    asked = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    return int(asked.stdout) / 1000


def _long_pdf() -> bytes:
    made = making.Pdf(head="THE LANTERN", foot="{page}")
    for number, block in enumerate(_blocks(PDF)):
        if number % 100 == 0:
            made.page()
            made.heading(f"Chapter {number // 100 + 1}", 18, 0)
        made.paragraph(block)
    return made.bytes()


def _long_book() -> bytes:
    blocks = _blocks(BOOK)
    pages, toc = {}, []
    for number in range(0, len(blocks), 100):
        name, title = f"c{number}.xhtml", f"Chapter {number // 100 + 1}"
        pages[name] = f"<h1>{title}</h1>{corpus.html(blocks[number : number + 100])}"
        toc.append((title, name))
    return making.epub(pages, toc)


def _blocks(characters: int) -> list[str]:
    return [block for block in text(characters, seed=9).split("\n\n") if block.strip()]
