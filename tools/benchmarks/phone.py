"""The studio on a slow phone: what it loads, when it can be used, whether anything jumps."""

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PROCESSOR_SLOWDOWN = 4
BYTES_A_SECOND = 1.6e6 / 8
LATENCY_MS = 40
ROUNDS = 5
WATCH = """
new PerformanceObserver(list => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.layoutShift = (window.layoutShift ?? 0) + entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.lastTask = entry.startTime + entry.duration;
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
    with Program(folder) as program, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        rounds = [_visit(browser, program) for _ in range(ROUNDS + 1)][1:]
        browser.close()
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


def _visit(browser, program: Program) -> tuple[float, float, float, float]:
    """One first visit: milliseconds until usable, kilobytes received, layout shift, and the
    milliseconds from a text to its quote.

    Usable is the later of two: all has come and run, and the last task over 50 ms has ended.
    """
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=3, has_touch=True
    )
    address = f"http://{program.address.host}:{program.address.port}/"
    pairs = (part.partition("=") for part in program.browser("anna").cookie.split("; "))
    context.add_cookies([{"name": n, "value": v, "url": address} for n, _, v in pairs])
    page = context.new_page()
    received = _slow_down(page)
    page.add_init_script(WATCH)
    page.goto(address, wait_until="commit")
    loaded = page.evaluate(LOADED)
    page.wait_for_load_state("networkidle")
    usable = max(loaded, page.evaluate("window.lastTask ?? 0"))
    shift, kilobytes = page.evaluate("window.layoutShift ?? 0"), sum(received) / 1000
    quoted = page.evaluate(QUOTED)
    context.close()
    return usable, kilobytes, shift, quoted


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
