"""Processor time of a piece of work, for tests that tell steady growth from runaway growth.

Speeds as such are measured in `tools/benchmarks/`. Here a limit lies far above what the work takes,
and one quiet try out of several is enough, so that a busy machine fails nothing.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

TRIES = 6


def cpu_s(work: Callable[[], Any]) -> float:
    """Seconds of processor time that this thread spends in the work, without collecting garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        started = time.thread_time()
        work()
        return time.thread_time() - started
    finally:
        if was_enabled:
            gc.enable()


def takes_below(limit_s: float, work: Callable[[], Any]) -> bool:
    """Whether one of a few tries of the work ends below the limit."""
    return any(cpu_s(work) < limit_s for _ in range(TRIES))


def grows_below(factor: float, small: Callable[[], Any], large: Callable[[], Any]) -> bool:
    """Whether in one of a few tries the large work takes less than `factor` times the small one."""
    return any(cpu_s(large) < factor * cpu_s(small) + 0.02 for _ in range(TRIES))
