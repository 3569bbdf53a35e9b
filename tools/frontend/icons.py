"""Draws the app's icons as PNG from static/icon.svg: `python -m tools.frontend.icons`."""

import re
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.driving import ARGUMENTS, CHROMIUM

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
PAPER = "#faf7f0"
# Each icon's size in pixels, and how much of its side the drawing takes.
ICONS = {
    "icon-192": (192, 0.68),
    "icon-512": (512, 0.68),
    "maskable-512": (512, 0.5),
    "apple-180": (180, 0.6),
}


def main() -> None:
    drawing = re.sub(r"@media[^{]*\{.*?\}\}", "", (STATIC / "icon.svg").read_text())
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        for name, (size, share) in ICONS.items():
            page.set_viewport_size({"width": size, "height": size})
            inner = round(size * share)
            page.set_content(
                f"<style>body{{margin:0;height:100vh;display:grid;place-content:center;"
                f"background:{PAPER}}}svg{{width:{inner}px;height:{inner}px}}</style>{drawing}"
            )
            page.screenshot(path=STATIC / "icons" / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
