"""Programs that run before a terminal, as people see them."""

import os
import pty
import re
import select
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.support.serving import DEADLINE_S

MOVES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """A program whose input, output and errors are a terminal; `screen` is what it wrote."""

    def __init__(self, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
        self.screen = ""
        self.pid, self._side = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(command[0], list(command), dict(environ))  # noqa: S606

    @property
    def lines(self) -> list[str]:
        """Lines that stand on the screen; of one that was written over, the last state."""
        rows = self.screen.replace("\r\n", "\n").split("\n")
        shown = (MOVES.sub("", row.rpartition("\r")[2]) for row in rows)
        return [row for row in shown if row.strip()]

    def read_until(self, condition: Callable[[], object], what: str) -> None:
        """Take in what is written until the condition holds; fails when it does not in time."""
        end = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < end, f"{what} did not happen: {self.screen}"
            self._read(0.1)

    def press(self, key: bytes) -> None:
        """Press a key, such as Ctrl+C."""
        os.write(self._side, key)

    def hang_up(self) -> int:
        """Close the window; the exit code of the program."""
        os.close(self._side)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def wait(self) -> int:
        """Read to the end; the exit code."""
        end = time.monotonic() + 3 * DEADLINE_S
        while self._read(0.1):
            assert time.monotonic() < end, self.screen
        _, status = os.waitpid(self.pid, 0)
        os.close(self._side)
        return os.waitstatus_to_exitcode(status)

    def _read(self, wait_s: float) -> bool:
        """Take in what there is; false at the end."""
        if not select.select([self._side], [], [], wait_s)[0]:
            return True
        try:
            data = os.read(self._side, 65536)
        except OSError:  # how Linux tells that nobody writes any more
            return False
        self.screen += data.decode(errors="replace")
        return bool(data)
