"""Processes that the tests start: programs below tests/, given what they import from."""

import subprocess
import sys
from pathlib import Path

from tests.serving import ROOT


def start(program: str | Path, *arguments: object, stderr: int | None = None) -> subprocess.Popen:
    """Start a program of ours with arguments; its input and output are pipes of text."""
    return subprocess.Popen(
        [sys.executable, str(program), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
    )
