"""Counts that forked processes share."""

import os
import signal
import threading

import pytest

from common.shared_counts import PROBED, ProcessLock, SharedCounts


@pytest.fixture
def lock():
    return ProcessLock()


@pytest.fixture
def counts(lock):
    return SharedCounts(lock, records=64)


def in_process(lock, number, work):
    """Do some work in a forked process with a number of its own; returns how it ended."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            lock.process = number
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_numbers_of_a_key_add_up_and_can_be_taken_back(counts):
    assert counts.add("anna", 3) == 3
    assert counts.add(("anna", 1), 5) == 5
    assert counts.add("anna", -1) == 2
    assert (counts.total("anna"), counts.total("bert")) == (2, 0)


def test_more_than_the_most_is_not_taken(counts):
    assert counts.take("places", 2, at_most=3)
    assert not counts.take("places", 2, at_most=3)
    assert counts.take("places", 1, at_most=3)
    assert counts.total("places") == 3


def test_forked_processes_count_together(lock, counts):
    lock.share()
    counts.add("anna", 1)
    assert in_process(lock, 1, lambda: counts.add("anna", 2)) == 0
    assert in_process(lock, 2, lambda: counts.add("anna", 4)) == 0
    assert counts.total("anna") == 7


def test_what_a_process_counted_is_forgotten_with_it(lock, counts):
    lock.share()
    counts.add("anna", 1)
    in_process(lock, 1, lambda: counts.add("anna", 2))
    in_process(lock, 2, lambda: counts.add("anna", 4))
    counts.forget(1)
    assert counts.total("anna") == 5


def test_no_number_is_lost_between_threads_and_processes(lock, counts):
    lock.share()

    def work():
        threads = [
            threading.Thread(target=lambda: [counts.add("all", 1) for _ in range(500)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    pids = []
    for number in (1, 2):
        pid = os.fork()
        if not pid:
            lock.process = number
            work()
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    assert counts.total("all") == 4000


def test_places_are_never_taken_twice_by_processes_that_ask_at_once(lock, counts):
    lock.share()
    begun, begin = os.pipe()
    pids = []
    for number in range(1, 9):
        pid = os.fork()
        if not pid:
            lock.process = number
            os.read(begun, 1)
            os._exit(sum(counts.take("places", 1, at_most=20) for _ in range(10)))
        pids.append(pid)
    os.write(begin, b"." * 8)
    taken = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    os.close(begun)
    os.close(begin)
    assert sum(taken) == counts.total("places") == 20


def test_a_process_that_is_killed_with_the_lock_keeps_nobody_out(lock, counts):
    lock.share()

    def die():
        with counts.locked():
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_process(lock, 1, die) == -signal.SIGKILL
    assert counts.add("anna", 1) == 1


def test_records_of_keys_that_are_not_counted_any_more_are_used_again(counts):
    for number in range(10_000):
        assert counts.add(number, 1) == 1
        assert counts.add(number, -1) == 0


def test_keys_beyond_the_room_count_as_nothing_and_take_nothing_from_others(lock):
    counts = SharedCounts(lock, records=PROBED)
    for number in range(1, PROBED + 1):
        assert counts.add(number, 1) == 1
    assert counts.add("one more", 1) == 0
    counts.add(1, -1)
    assert counts.add("one more", -1) == 0  # it found no room when it was added
    assert counts.total("one more") == 0
    assert counts.total(2) == 1
