"""Cores that the program may use, and a process that keeps to one of them."""

import os

import pytest

from common import cores

# Python 3.12 and later warn of a fork beside threads; what is forked only counts.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def in_a_process(check):
    """Whether a check holds in a process of its own, as what it does to that cannot be undone."""
    if not (pid := os.fork()):
        os._exit(0 if check() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def several():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@pytest.mark.skipif(several() < 2, reason="there is one core")
def test_a_process_that_keeps_to_a_core_counts_all_that_the_program_may_use():
    before, count = cores.usable_cores(), several()

    def counts_all():
        cores.keep_to_core(1, count)
        return len(os.sched_getaffinity(0)) == 1 and cores.usable_cores() == before

    assert in_a_process(counts_all)


@pytest.mark.parametrize(
    ("limit", "most"), [("50000 100000", 1), ("max 100000", 99), ("unreadable", 99)]
)
def test_a_container_may_give_less_than_the_machine_has(tmp_path, monkeypatch, limit, most):
    monkeypatch.setattr(cores, "CONTAINER_LIMIT", tmp_path / "cpu.max")
    (tmp_path / "cpu.max").write_text(limit)
    assert 1 <= cores.usable_cores() <= most
