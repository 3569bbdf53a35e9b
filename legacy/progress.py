"""Progress on standard error: a bar on a terminal, a line a stage elsewhere."""

import sys
import time
from typing import TextIO

WIDTH = 30
EVERY_S = 0.1


class Progress:
    """Progress display; called with a stage's name, how much is done and of how much (any unit)."""

    def __init__(self, stream: TextIO = sys.stderr):
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._stage = ""
        self._drawn_at = 0.0

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        if stage != self._stage:
            self.end()
            self._stage = stage
            if not self._is_terminal:
                print(f"{stage} …", file=self._stream, flush=True)
        now = time.monotonic()
        if self._is_terminal and (now - self._drawn_at > EVERY_S or (total and done >= total)):
            self._drawn_at = now
            self._draw(done, total)

    def end(self) -> None:
        """Finish the bar's line."""
        if self._is_terminal and self._stage:
            print(file=self._stream, flush=True)
        self._stage = ""

    def _draw(self, done: int, total: int) -> None:
        share = min(1.0, done / total) if total else 0.0
        bar = ("#" * round(share * WIDTH)).ljust(WIDTH, ".") if total else ""
        words = f"\r{self._stage:<20} {bar} {share:4.0%}" if total else f"\r{self._stage} …"
        self._stream.write(words)
        self._stream.flush()
