"""The pipes of a child process."""

from subprocess import Popen
from typing import IO


def pipes(process: "Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    """What a process reads from and what it writes to, which it was started with."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("The process was started without pipes.")
    return process.stdin, process.stdout
