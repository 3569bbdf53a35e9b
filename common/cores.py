"""Processor cores that this program may use."""

import os
from contextlib import suppress
from pathlib import Path

CONTAINER_LIMIT = Path("/sys/fs/cgroup/cpu.max")  # microseconds of processor time, and within which


class _Kept:
    """Whether this process keeps to one core, and the cores that it could run on before."""

    cores: set[int] | None = None


def usable_cores() -> int:
    """Number of cores that the program may run on, within what its container is given.

    A process that keeps to one of them counts all.
    """
    cores = _Kept.cores or (os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ())
    count = len(cores) or os.cpu_count()
    with suppress(OSError, ValueError):
        given_us, within_us = map(int, CONTAINER_LIMIT.read_text().split())  # "max": any
        count = min(count or 1, given_us // within_us)
    return max(1, count or 1)


def keep_to_core(number: int, count: int) -> None:
    """Keep this process to the `number`th core, from 1 on, where each of `count` has its own.

    Threads of one interpreter that run on several cores hand its lock back and forth between them,
    which costs more than the second core gives.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = os.sched_getaffinity(0)
    if len(cores) == count > 1:
        with suppress(OSError):  # the system forbids it
            os.sched_setaffinity(0, {sorted(cores)[number - 1]})
            _Kept.cores = cores


def free_from_core(pid: int) -> None:
    """Let a process that this one started run on all cores again."""
    if _Kept.cores is not None:
        with suppress(OSError):  # it has ended
            os.sched_setaffinity(pid, _Kept.cores)
