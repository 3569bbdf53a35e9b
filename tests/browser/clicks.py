"""Counts the presses that a task takes, as the browser sees them."""

from playwright.sync_api import BrowserContext

# Pressed by hand: a click, a tap or a key that presses what has the focus all end in one click.
_COUNT = """(() => {
  addEventListener("click", (event) => {
    if (event.isTrusted) {
      const pressed = Number(sessionStorage.getItem("pressed") ?? 0);
      sessionStorage.setItem("pressed", pressed + 1);
    }
  }, true);
})()"""


class Clicks:
    """The trusted clicks of a context's pages since `start`."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(_COUNT)
        self._context = context

    @property
    def count(self) -> int:
        """The clicks of the page that was opened last."""
        page = self._context.pages[-1]
        return int(page.evaluate("sessionStorage.getItem('pressed') ?? 0"))

    def start(self) -> None:
        """Count from nought."""
        self._context.pages[-1].evaluate("sessionStorage.removeItem('pressed')")
