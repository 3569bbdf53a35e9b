"""Pictures of every page at both widths and in both themes: `make screenshots`."""

import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.driving import ARGUMENTS, CHROMIUM, WIDTHS, address, sign_in
from tests.support.making import prose
from tests.support.sending import CONTENT_TYPE, multipart
from tests.support.serving import App, Client

TEXTS = {
    "The old lighthouse": "The old lighthouse stood at the end of the pier. " + prose(900, 3),
    "Notes for Tuesday's class": prose(2400, 4),
    "A letter to Vera": prose(1300, 5),
    "Chapter one": prose(9000, 6),
}


def fill(owner: Client) -> str:
    """A library to look at; the filename of the piece that is shown."""
    for number, (name, text) in enumerate(TEXTS.items()):
        group = ("Reading", "School", "", "Reading")[number]
        filename = owner.generate(text, name=name, category=group)["filename"]
        owner.until_ready(filename)
        owner.post(f"/playback/{filename}")
    return filename


def take_in(owner: Client, name: str) -> str:
    """Import a book of a few chapters; the address of its review."""
    chapters = ("Arrival", "The keeper", "A letter from the north", "Ice", "Leaving")
    text = "".join(f"## {title}\n\n{prose(6000, n)}\n\n" for n, title in enumerate(chapters))
    book = f"# The lamp and the harbour\n\n{text}\n\n| tide | hour |\n|---|---|\n| high | 4 |\n"
    body = multipart([(name, book.encode())], csrf_token=owner.token())
    sent = {"Content_Type": CONTENT_TYPE, "Accept": "application/json"}
    _status, _headers, answer = owner.request("POST", "/documents", body, **sent)
    return json.loads(answer)["documents"][0]["url"]


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, App(Path(home)) as app, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        setup = f"/setup?token={app.setup_token()}"
        shoot(browser, app, folder, Client(app), {"setup": setup, "login": "/login"})
        owner = Client(app).set_up("vera")
        filename = fill(owner)
        pages = {"studio": "/", "file": f"/files/{filename}", "missing": "/files/none.mp3"}
        names = ("library", "history", "usage", "account", "security", "admin")
        pages |= {name: f"/{name}" for name in (*names, "pronunciations")}
        spoken = take_in(owner, "lamp.md")
        owner.post(f"{spoken}/speak", **{"as": "each"})
        pages |= {"documents": "/documents", "book": spoken, "review": take_in(owner, "new.md")}
        shoot(browser, app, folder, owner, pages)
        browser.close()


def shoot(browser, app: App, folder: Path, client: Client, pages: dict[str, str]) -> None:
    for device, (width, height) in WIDTHS.items():
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme
            )
            sign_in(context, app, client)
            page = context.new_page()
            for name, path in pages.items():
                page.goto(address(app, path))
                page.screenshot(path=folder / f"{name}-{device}-{theme}.png")
            context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
