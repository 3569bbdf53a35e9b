"""Processes that the tests start: programs below tests/, given what they import from; forks."""

import json
import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common.errors import AppError
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


def in_forked_child(target: Callable[[], Any]) -> Any:
    """What a function gives in a fork of this process, or the sentence of our error."""
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=_put_result, args=(target, queue))
    child.start()
    child.join()
    return queue.get()


def _put_result(target: Callable[[], Any], queue: Any) -> None:
    try:
        queue.put(target())
    except AppError as error:
        queue.put(error.message)
