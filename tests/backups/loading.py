"""Processes that work on a data folder, and what they have said so far."""

import threading
from pathlib import Path

from tests.support import processes
from tests.support.serving import wait_until

LOAD = Path(__file__).with_name("load.py")


class Load:
    """So many processes that add, change and delete files until they are killed."""

    def __init__(self, folder: Path, number: int, program: Path = LOAD, name: str = "writer"):
        self.lines: list[str] = []
        self._processes = [
            processes.start(program, folder, f"{name}{each or ''}") for each in range(number)
        ]
        self._heard = [0] * number  # lines of each
        self._readers = [
            threading.Thread(target=self._read, args=each) for each in enumerate(self._processes)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, number: int, process) -> None:
        for line in process.stdout:
            if line.endswith("\n"):  # a kill may cut what was being said
                self.lines.append(line.strip())
                self._heard[number] += 1

    def said(self, deed: str) -> set[str]:
        """What a deed was said to be done to."""
        return {line.split()[1] for line in list(self.lines) if line.startswith(deed)}

    def wait_for_more(self, lines: int = 1) -> None:
        """Return when so much more has been said; fails when everybody has ended."""
        before = len(self.lines)
        wait_until(lambda: len(self.lines) >= before + lines or self.is_over(), "more work")
        assert not self.is_over(), "the load ended by itself"

    def catch_up(self) -> None:
        """Return when something newer was heard of each: all that was said before is known then."""
        before = list(self._heard)
        wait_until(
            lambda: self.is_over() or all(map(int.__gt__, self._heard, before)), "news of each"
        )
        assert not self.is_over(), "the load ended by itself"

    def kill(self) -> None:
        """`kill -9` on all, and read to the end what they said."""
        for process in self._processes:
            process.kill()
        for process, reader in zip(self._processes, self._readers, strict=True):
            process.wait()
            reader.join()
            process.stdout.close()
            process.stdin.close()

    def is_over(self) -> bool:
        """Whether somebody has ended who was not killed."""
        return any(process.poll() is not None for process in self._processes)

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_) -> None:
        self.kill()
