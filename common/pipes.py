"""The pipes of a child process, which it was started with."""

from subprocess import Popen
from typing import IO

NO_PIPES = "the process was started without pipes"


def pipes(process: "Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output of a process; raises ValueError without pipes."""
    if process.stdout is None:
        raise ValueError(NO_PIPES)
    return stdin_of(process), process.stdout


def stdin_of(process: "Popen[bytes]") -> IO[bytes]:
    """Standard input of a process; raises ValueError without a pipe."""
    if process.stdin is None:
        raise ValueError(NO_PIPES)
    return process.stdin
