"""Runner of exports, each in a process of its own: watched, and ended when not wanted any more."""

import importlib.util
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import IO

from common import transient_causes
from common.pipes import NO_PIPES, pipes
from exports import encoder_process
from exports.errors import ExportError, HeldUp, NotInstalled
from exports.types import FORMATS, ExportTask

ROOT = Path(__file__).resolve().parent.parent
TICK_S = 0.5
END_WAIT_S = 10.0
CRASHED = "This download could not be created. The piece is safe; try again."
TOO_LARGE = "This download needs more memory than allowed. The piece is safe."
MISSING = (
    "This format needs a library that is not installed. Whoever runs this server can add "
    "it with: pip install -r requirements/formats.txt."
)

Words = queue.SimpleQueue[str | None]  # what the child says; None at its end

log = logging.getLogger("voiceverse.exports.runner")


@lru_cache(maxsize=1)
def has_av() -> bool:
    """Whether PyAV is installed; it is not loaded here."""
    return importlib.util.find_spec("av") is not None


def check(key: str, lufs: float | None) -> None:
    """Raise NotInstalled for a format that cannot be made here."""
    if (FORMATS[key].is_for_av or lufs is not None) and not has_av():
        raise NotInstalled(MISSING)


def make(task: ExportTask, tell: Callable[[float], None]) -> int:
    """Make the task's file; returns its size in bytes. Raises ExportError, and what `tell` raises.

    `tell` hears the share that is done (0 to 1) at least twice a second; raising there ends it.
    """
    check(task.format, task.lufs)
    target = Path(task.target)
    try:
        _run(task, tell)
        return target.stat().st_size
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _run(task: ExportTask, tell: Callable[[float], None]) -> None:
    child = _started()
    into, out, err = _pipes(child)
    words: Words = queue.SimpleQueue()
    threads = [
        threading.Thread(target=_forward, args=(out, words), daemon=True),
        threading.Thread(target=_hand_over, args=(into, task.to_json()), daemon=True),
    ]
    complaints: list[bytes] = []
    threads.append(threading.Thread(target=lambda: complaints.extend(err), daemon=True))
    started = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
        last = _follow(words, tell)
        code = _exit_code(child)
    finally:
        child.kill()
        child.wait()
        for thread in started:
            thread.join()
        for pipe in (into, out, err):
            pipe.close()
    if last in transient_causes.BY_CODE:
        raise HeldUp(transient_causes.BY_CODE[last])
    if last == "too large":
        raise ExportError(TOO_LARGE)
    if last != "done" and code in transient_causes.FROM_OUTSIDE:
        raise HeldUp(transient_causes.KILLED)
    if last != "done":
        log.error("a download broke off: %s", b"".join(complaints[-20:]).decode(errors="replace"))
        raise ExportError(CRASHED)


def _pipes(child: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    if child.stderr is None:
        raise ValueError(NO_PIPES)
    return (*pipes(child), child.stderr)


def _exit_code(child: subprocess.Popen[bytes]) -> int | None:
    """Exit code of a child that has closed its output; None where it still has not ended."""
    try:
        return child.wait(END_WAIT_S)
    except subprocess.TimeoutExpired:
        return None


def _started() -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            [sys.executable, "-m", encoder_process.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={} if os.name == "posix" else None,  # no secret of the parent's
        )
    except OSError as error:
        if cause := transient_causes.of_start(error):
            raise HeldUp(cause) from error
        raise


def _follow(words: Words, tell: Callable[[float], None]) -> str:
    """Pass on the child's progress until it ends; returns its last word."""
    share, last = 0.0, ""
    while True:
        try:
            word = words.get(timeout=TICK_S)
        except queue.Empty:
            tell(share)
            continue
        if word is None:
            return last
        last = word
        if word[0].isdigit():
            share = float(word)
            tell(share)


def _forward(pipe: IO[bytes], words: Words) -> None:
    for line in pipe:
        words.put(line.decode().strip())
    words.put(None)


def _hand_over(pipe: IO[bytes], data: bytes) -> None:
    try:
        pipe.write(encoder_process.LENGTH.pack(len(data)) + data)
        pipe.flush()
    except (BrokenPipeError, OSError):
        return  # the child has gone; its end is noticed elsewhere
