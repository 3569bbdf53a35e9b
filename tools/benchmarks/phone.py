"""A slow phone: the studio and a book of a million characters, when each can be used and scrolled,
what it loads, whether anything jumps."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.support.making import prose
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PROCESSOR_SLOWDOWN = 4
BYTES_A_SECOND = 1.6e6 / 8
LATENCY_MS = 40
ROUNDS = 5
BOOK = "book.mp3"
BOOK_CHARACTERS, BOOK_CHAPTERS = 1_000_000, 40
FLINGS, FLING_PX, FLING_MS = 60, 900, 120
WATCH = """
new PerformanceObserver(list => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.layoutShift = (window.layoutShift ?? 0) + entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    window.lastTask = entry.startTime + entry.duration;
    window.longestTask = Math.max(window.longestTask ?? 0, entry.duration);
  }
}).observe({type: "longtask", buffered: true});
"""
# All has come, its scripts have run and been drawn.
LOADED = """() => new Promise(resolve => {
  const ready = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
  if (document.readyState === "complete") ready(); else addEventListener("load", ready);
})"""
QUOTED = """() => new Promise(resolve => {
  const [area, quote] = ["textarea", "[data-quote]"].map(part => document.querySelector(part));
  const begun = performance.now();
  const look = () => /\\d.*·.*·/.test(quote.textContent) ? resolve(performance.now() - begun)
    : setTimeout(look, 5);
  area.value = "Good evening, and welcome.";
  area.dispatchEvent(new InputEvent("input", {bubbles: true}));
  look();
})"""


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """First visits of a person who is signed in, nothing kept from before."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed: the phone was left out.")
        return
    folder = fresh(scratch / "phone")
    with prepared(folder, ["anna"]):
        pass
    _add_book(folder)
    with Program(folder) as program, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        rounds = [_visit(browser, program) for _ in range(ROUNDS + 1)][1:]
        books = [_read(browser, program) for _ in range(ROUNDS + 1)][1:]
        browser.close()
    _report_studio(report, rounds)
    _report_book(report, books)


def _report_studio(report: Report, rounds: list[tuple[float, float, float, float]]) -> None:
    usable, kilobytes, shift, quoted = (
        sorted(column)[ROUNDS // 2] for column in zip(*rounds, strict=True)
    )
    heads = ("usable after, ms", "sent over the line, KB", "layout shift", "quote after typing, ms")
    table(
        f"The studio on a phone: processor {PROCESSOR_SLOWDOWN} times slower, 1.6 Mbit/s, "
        f"{LATENCY_MS} ms, first visit (median of {ROUNDS})",
        heads,
        [(f"{usable:,.0f}", f"{kilobytes:,.0f}", f"{shift:.3f}", f"{quoted:,.0f}")],
    )
    report.at_most("studio usable on a slow phone", usable, 1000, "ms")
    report.at_most("first load of the studio", kilobytes, 150, "KB")
    report.at_most("layout shift", shift, 0, "")


def _report_book(report: Report, rounds: list[tuple[float, float, float]]) -> None:
    usable, task, shift = (sorted(column)[ROUNDS // 2] for column in zip(*rounds, strict=True))
    heads = ("usable after, ms", "longest task while scrolled, ms", "layout shift")
    table(
        f"A piece of {BOOK_CHARACTERS:,} characters on the same phone, first visit, scrolled by "
        f"{FLINGS * FLING_PX:,} px (median of {ROUNDS})",
        heads,
        [(f"{usable:,.0f}", f"{task:,.0f}", f"{shift:.3f}")],
    )
    report.at_most("book usable on a slow phone", usable, 1000, "ms")
    report.at_most("longest task while a book is scrolled", task, 50, "ms")
    report.at_most("layout shift of a book", shift, 0, "")


def _add_book(folder: Path) -> None:
    """Give anna a finished piece as long as a book, in chapters; nobody plays it."""
    text = prose(BOOK_CHARACTERS, 1)
    step = BOOK_CHARACTERS // BOOK_CHAPTERS
    starts = [0, *(text.index("\n\n", n * step) + 2 for n in range(1, BOOK_CHAPTERS))]
    with closing(sqlite3.connect(next(folder.rglob("voiceverse.db")))) as db, db:
        (book,) = db.execute(
            """INSERT INTO audio_files (filename, display_name, owner_id, voice, engine, text,
                   character_count, spoken_characters, duration)
               VALUES (?, 'A long book', (SELECT id FROM users WHERE username = 'anna'),
                   'gmw/en', 'espeak', ?, ?, ?, 60000) RETURNING id""",
            (BOOK, text, len(text), len(text)),
        ).fetchone()
        db.executemany(
            "INSERT INTO chapters (file_id, position, title, text_start) VALUES (?, ?, ?, ?)",
            [(book, n, f"Chapter {n + 1}", start) for n, start in enumerate(starts)],
        )


def _read(browser, program: Program) -> tuple[float, float, float]:
    """One first visit of the book: milliseconds until usable, the longest task while it is scrolled
    (0 where none is over 50 ms) and layout shift of it all.
    """
    context, page, _ = _open(browser, program, f"files/{BOOK}")
    loaded = page.evaluate(LOADED)
    page.wait_for_load_state("networkidle")
    usable = max(loaded, page.evaluate("window.lastTask ?? 0"))
    page.evaluate("window.longestTask = 0")
    for _ in range(FLINGS):
        page.mouse.wheel(0, FLING_PX)
        page.wait_for_timeout(FLING_MS)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("scrollY") > FLINGS * FLING_PX / 2
    found = page.evaluate("[window.longestTask, window.layoutShift ?? 0]")
    context.close()
    return usable, found[0], found[1]


def _visit(browser, program: Program) -> tuple[float, float, float, float]:
    """One first visit: milliseconds until usable, kilobytes received, layout shift, and the
    milliseconds from a text to its quote.

    Usable is the later of two: all has come and run, and the last task over 50 ms has ended.
    """
    context, page, received = _open(browser, program)
    loaded = page.evaluate(LOADED)
    page.wait_for_load_state("networkidle")
    usable = max(loaded, page.evaluate("window.lastTask ?? 0"))
    shift, kilobytes = page.evaluate("window.layoutShift ?? 0"), sum(received) / 1000
    quoted = page.evaluate(QUOTED)
    context.close()
    return usable, kilobytes, shift, quoted


def _open(browser, program: Program, path: str = "") -> tuple[BrowserContext, Page, list[float]]:
    """A page of anna's on its way, throttled; the sizes of what arrives fill the list."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=3, has_touch=True
    )
    address = f"http://{program.address.host}:{program.address.port}/"
    pairs = (part.partition("=") for part in program.browser("anna").cookie.split("; "))
    context.add_cookies([{"name": n, "value": v, "url": address} for n, _, v in pairs])
    page = context.new_page()
    received = _slow_down(page)
    page.add_init_script(WATCH)
    page.goto(address + path, wait_until="commit")
    return context, page, received


def _slow_down(page: Page) -> list[float]:
    """Throttle processor and line; the list fills with the sizes of what arrives, in bytes."""
    tools = page.context.new_cdp_session(page)
    received: list[float] = []
    tools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    tools.send("Network.enable")
    tools.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR_SLOWDOWN})
    tools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    return received
