"""Scripts planted wherever text is kept, then looked at in a real browser: none may run."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from database import Database
from documents.types import Chapter, Document, TextRun
from tests.browser.driving import ARGUMENTS, CHROMIUM, address, sign_in
from tests.support.serving import App, Client
from tools.attack.tally import Tally

CALLS = ("alert(1)", "confirm`1`", "prompt(1)", "window.__ran=1")
# One a line, {} standing for the call; some lines hold signs at which Python ends lines, too.
PATTERNS = Path(__file__).with_suffix(".txt").read_text("utf-8").removesuffix("\n").split("\n")
# Collects what the policy stopped, before any script of the page runs.
WATCH = """
window.__stopped = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.__stopped.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
SEEN = "({ran: window.__ran ?? 0, stopped: window.__stopped ?? []})"


def corpus(cases: int) -> list[str]:
    """So many scripts: each pattern with each way to call."""
    found = [pattern.format(call) for call in CALLS for pattern in PATTERNS]
    return found[:cases]


def run(folder: Path, cases: int = 200) -> Tally:
    """Plant each in every kind of text, and look at every page that shows one."""
    tally = Tally()
    with App(folder, VOICEVERSE_REQUESTS_PER_MINUTE="0") as app, sync_playwright() as playwright:
        client = Client(app).set_up()
        planted = _plant(app, corpus(cases))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context()
        context.add_init_script(WATCH)
        sign_in(context, app, client)
        for path in _pages(planted):
            _look(context, app, path, tally)
        browser.close()
    tally.cases = cases
    tally.notes.append(f"{len(list(_pages(planted)))} pages looked at")
    return tally


def _plant(app: App, scripts: list[str]) -> dict[str, Any]:
    """Put each script into names, groups, texts, documents, the dictionary, history and log."""
    db = Database(app.data / "voiceverse.db")
    user = db.list_users()[0]
    planted: dict[str, Any] = {"files": [], "documents": []}
    for number, script in enumerate(scripts):
        name, group = script[:200], script[:90] + str(number % 20)
        row = db.create_audio_file(
            user["id"], f"20260101-{number:016x}.mp3", name, voice="gmw/en", text=script * 2,
            category=group, engine="espeak", model="", speed=1.0, status="failed",
        )  # fmt: skip
        db.write("UPDATE audio_files SET error = ? WHERE id = ?", script, row["id"])
        planted["files"].append(row["filename"])
        planted["documents"].append(_document(db, user["id"], script))
        db.record_playback(user["id"], row["id"], script)
        db.log_security_event(
            "login_failed", user_id=user["id"], username=name[:150], ip_address=script[:50],
            details=script, success=False,
        )  # fmt: skip
        db.create_session(
            f"hash {number}", user["id"], device=name[:100], ip_address=script[:50], now=1e10
        )
        _mark(db, user["id"], script)
    db.save_draft(
        user["id"], scripts[0] * 3, name=scripts[1], voice=scripts[2], speed=1.0,
        category=scripts[3][:100], reading=json.dumps({"cast": {scripts[4][:50]: scripts[5]}}),
    )  # fmt: skip
    db.close()
    return planted


def _document(db: Database, user_id: int, script: str) -> int:
    chapters = (Chapter(script, 1, (TextRun(script), TextRun(script, "link", " "))),)
    fields = {"title": script[:200], "author": script[:200], "language": "en"}
    document = Document(chapters=chapters, source="plain", **fields)
    content = json.dumps(document.to_dict())
    row = db.create_document(
        user_id, **fields, source="plain", origin=script, characters=len(script), content=content
    )
    return row["id"]


def _mark(db: Database, user_id: int, script: str) -> None:
    db.write(
        "INSERT INTO pronunciations (user_id, pattern, replacement) VALUES (?, ?, ?)",
        user_id, script[:100], script[:200],
    )  # fmt: skip


def _pages(planted: dict[str, Any]) -> Iterator[str]:
    """Every page that shows what was planted; of single pieces and books each."""
    yield from ("/", "/library", "/library?sort=name", "/library?sort=oldest", "/history", "/usage")
    yield from ("/account", "/security", "/admin", "/admin/jobs", "/pronunciations", "/documents")
    yield from ("/library?q=script", "/offline", "/login?next=javascript:alert(1)")
    for start in ("/library?q=", "/library?group=", "/history?q=", "/?voice=", "/?again="):
        yield f"{start}%3Cscript%3Ealert(1)%3C/script%3E"
        yield f"{start}%22onfocus=alert(1)%20autofocus=%22"
    for filename, document in itertools.zip_longest(planted["files"], planted["documents"]):
        yield f"/files/{filename}"
        yield f"/documents/{document}"
        yield f"/?again={filename}"


def _look(context: BrowserContext, app: App, path: str, tally: Tally) -> None:
    page: Page = context.new_page()
    dialogs: list[str] = []

    def dismiss(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    answer = page.goto(address(app, path), wait_until="load")
    seen = page.evaluate(SEEN)
    if path.startswith("/files/"):
        tally.expect(page.locator("h1").inner_text() != "", f"{path}: shows nothing")
    tally.count("page")
    tally.expect(answer is not None and answer.status < 500, f"{path}: {answer and answer.status}")
    tally.expect(not dialogs, f"{path}: a dialog opened")
    tally.expect(not seen["ran"], f"{path}: a script ran")
    tally.expect(not seen["stopped"], f"{path}: the policy had to stop {seen['stopped'][:1]}")
    page.close()
