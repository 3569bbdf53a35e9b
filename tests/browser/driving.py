"""How the tests drive a real browser: its widths, addresses, waiting, signing in."""

import shutil
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Error, Page

from tests.support.serving import PASSWORD, App, Client, wait_until

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
WIDTHS = {"desk": (1280, 800), "phone": (390, 844)}
THEMES = ("light", "dark")
# One width in every run, each width with each theme in the slow one.
everywhere = pytest.mark.parametrize(
    ("width", "theme"),
    [
        ("phone", "dark"),
        pytest.param("desk", "light", marks=pytest.mark.slow),
        pytest.param("desk", "dark", marks=pytest.mark.slow),
        pytest.param("phone", "light", marks=pytest.mark.slow),
    ],
)
PLAYER = "document.querySelector('player-dock')?.player"
STATE = "fetch(location.href, {headers: {Accept: 'application/json'}}).then(r => r.json())"


@dataclass
class House:
    """A running app with its owner signed in; pages of a module's tests share it."""

    app: App
    owner: Client


# What stands in the studio, however long it is.
WRITTEN = """(() => {
  const long = document.querySelector("[data-long]");
  return long.hidden ? document.querySelector("textarea").value : long.textContent;
})()"""


def address(app: App, path: str = "/") -> str:
    return f"http://127.0.0.1:{app.port}{path}"


def until(page: Page, script: str, deadline_s: float = 30.0):
    """Wait for a script to be true; asked from outside, for the pages forbid `eval`."""

    def asked():
        try:
            return page.evaluate(script)
        except Error as error:
            # The page was left while it was asked; the next one will know.
            if "context was destroyed" in str(error):
                return False
            raise

    return wait_until(asked, script, deadline_s)


def player(page: Page, what: str):
    """Something of the page's player, such as `file?.filename`."""
    return page.evaluate(f"{PLAYER}?.{what}")


def open_empty_studio(page: Page, house) -> None:
    """Open the owner's studio with nothing in it: a page just closed may still send its draft."""

    def is_empty() -> bool:
        house.owner.post("/draft", text="", name="")
        page.goto(address(house.app))
        until(page, "customElements.get('studio-desk') !== undefined")
        return not page.evaluate(WRITTEN)

    wait_until(is_empty, "an empty studio")


def until_noted(page: Page, condition, what: str):
    """Wait until the listeners of `page.on` have noted something; the condition looks at that."""
    # Each look at the page lets its news come through.
    return wait_until(lambda: page.evaluate("true") and condition(), what)


def is_advancing(page: Page) -> None:
    """Wait until sound has come on by a third of a second, somewhere after its start."""
    until(page, f"{PLAYER}?.sound.time > 0.3")
    before = player(page, "sound.time")
    until(page, f"{PLAYER}?.sound.time > {before + 0.3}")


def log_out(page: Page) -> None:
    """Log out through the menu of the person."""
    for _ in range(5):
        if not page.locator("#you").is_visible():
            page.locator("[popovertarget=you]").click()
        try:
            page.locator("#you").get_by_role("button", name="Log out").click(timeout=5_000)
            break
        except Error:
            continue  # the page was drawn anew meanwhile, which closes the menu
    page.wait_for_url("**/login*")


def set_up(page: Page, app: App) -> None:
    """Make the first account through the set-up link, in any language; leads to the studio."""
    page.goto(address(app, f"/setup?token={app.setup_token()}"))
    page.locator("[name=username]").fill("owner")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").locator("button.lamp").click()
    page.wait_for_url(address(app, "/"))


def sign_in(context: BrowserContext, app: App, client: Client) -> None:
    """Give a browser the cookies of a client that is logged in."""
    cookies = client.cookies.items()
    context.add_cookies(
        [{"name": name, "value": value, "url": address(app)} for name, value in cookies]
    )


def notice_problems(page: Page) -> Page:
    """Collect what the page's scripts throw and the console calls an error, in `page.problems`."""
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console",
        lambda message: page.problems.append(message.text) if message.type == "error" else None,
    )
    return page
