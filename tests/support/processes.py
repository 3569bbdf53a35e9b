"""Processes that the tests start: programs below tests/, given what they import from."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.serving import ROOT


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


def told(program: str | Path, *arguments: object) -> Any:
    """Run a program of ours to its end; what it says as JSON. Fails with what it complains of."""
    command = [sys.executable, str(program), *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
