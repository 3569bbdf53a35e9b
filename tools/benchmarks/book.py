"""A book from its upload to its first sound: read, reviewed, spoken at once."""

import json
import time
from pathlib import Path
from statistics import median

from documents.read import read
from tests.documents.making import epub
from tools.benchmarks.browser import JSON, Browser
from tools.benchmarks.load import side_by_side
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

CHARACTERS = 1_000_000
CHAPTERS = 20
TRIES = 5


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """From the end of the upload to the first byte of sound, by steps; memory meanwhile."""
    folder = fresh(scratch / "book")
    with prepared(folder, ["ada"]):
        pass
    path = scratch / "book.epub"
    path.write_bytes(made_book())
    (alone,) = side_by_side([(_read, str(path))])
    with Program(folder) as program:
        browser = program.browser("ada")
        browser.wait_until_ready(browser.generate(text(300))["filename"])
        tries = [first_sound(browser, path.read_bytes()) for _ in range(TRIES)]
        review = [_review(browser) for _ in range(TRIES)]
    read_s, spoken_s, whole_s = (median(times) for times in zip(*tries, strict=True))
    rows = [
        ("upload and reading", f"{1000 * read_s:.0f}", f"{read_s / alone:.2f}"),
        ("speak, to the first byte of sound", f"{1000 * spoken_s:.0f}", ""),
        ("in all", f"{1000 * whole_s:.0f}", f"{whole_s / alone:.2f}"),
        ("the page of the review", f"{1000 * median(review):.0f}", ""),
    ]
    heads = (f"{CHARACTERS:,} characters as EPUB", "median ms", "ratio to the reader alone")
    table("From the upload of a book to its first sound", heads, rows)
    report.at_most("book of 1,000,000 characters, upload to first sound", whole_s, 1.0, "s")


def made_book() -> bytes:
    """An EPUB of 20 chapters with a million characters."""
    pages = {}
    for number in range(CHAPTERS):
        paragraphs = text(CHARACTERS // CHAPTERS, number).split("\n\n")
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        pages[f"c{number}.xhtml"] = f"<h1>Chapter {number + 1}</h1>{body}"
    return epub(pages, [(f"Chapter {number + 1}", name) for number, name in enumerate(pages)])


def first_sound(browser: Browser, book: bytes) -> tuple[float, float, float]:
    """Seconds of upload and reading, of speaking until the first byte, and of both."""
    started = time.perf_counter()
    (document,) = browser.upload("/documents", "book.epub", book)["documents"]
    taken_in = time.perf_counter()
    answer = browser.post(f"{document['url']}/speak", {"as": "one"}, JSON)[1]
    (file,) = json.loads(answer)["files"]
    browser.stream(file["audio_url"]).read1(1)
    ended = time.perf_counter()
    browser.stop_listening(file["filename"])
    return taken_in - started, ended - taken_in, ended - started


def _review(browser: Browser) -> float:
    (document, *_) = browser.get_json("/documents")["documents"]
    started = time.perf_counter()
    browser.get(document["url"], {"Accept": "text/html"})
    return time.perf_counter() - started


def _read(path: str) -> float:
    """Seconds that reading takes in its child process, without the program around it."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        document = read(Path(path), "book.epub")
        times.append(time.perf_counter() - started)
        assert len(document.chapters) == CHAPTERS
    return min(times)
