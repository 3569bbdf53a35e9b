"""Times of all processes together: what took how long, in which five minutes."""

import os

import pytest

from common.shared_counts import ProcessLock
from common.shared_times import BOUNDS_MS, ENDLESS_MS, PERIOD_S, PERIODS, Period, SharedTimes

NOON = 1_790_000_100.0  # the beginning of five minutes


class Clock:
    """A clock that a test sets."""

    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def times(clock):
    return SharedTimes(ProcessLock(), ("page", "sound"), clock)


def test_nothing_is_told_before_anything_was_done(times):
    assert times.last_day("page") == []


def test_a_time_counts_within_the_next_bound(times):
    for taken_ms in (0, 10, 10.1, 99, 100, 10_001, 1e9):
        times.note("page", taken_ms)
    (period,) = times.last_day("page")
    assert period.began_at == NOON
    assert period.counts == (2, 1, 0, 2, 0, 0, 0, 0, 0, 0, 2)


def test_kinds_are_counted_apart(times):
    times.note("page", 1)
    assert times.last_day("sound") == []
    times.note("sound", 1)
    assert [period.total for period in times.last_day("page")] == [1]


def test_each_five_minutes_are_told_by_themselves(times, clock):
    times.note("page", 1)
    clock.now += PERIOD_S - 1
    times.note("page", 1)
    clock.now += 1
    times.note("page", 1)
    assert sorted((p.began_at - NOON, p.total) for p in times.last_day("page")) == [
        (0, 2),
        (PERIOD_S, 1),
    ]


def test_what_is_older_than_a_day_is_dropped_and_its_place_is_used_anew(times, clock):
    times.note("page", 7000)
    clock.now += PERIODS * PERIOD_S
    assert times.last_day("page") == []
    times.note("page", 1)
    assert [period.counts for period in times.last_day("page")] == [(1,) + (0,) * 10]


def test_what_a_clock_that_was_ahead_noted_is_not_told(times, clock):
    clock.now += 3600
    times.note("page", 1)
    clock.now -= 3600
    assert times.last_day("page") == []


@pytest.mark.parametrize(
    ("counts", "share", "bound"),
    [
        ((95, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0), 0.95, 10),
        ((94, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0), 0.95, 100),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0.5, ENDLESS_MS),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0), 1.0, BOUNDS_MS[-1]),
    ],
)
def test_a_share_is_done_within_the_bound_that_holds_it(counts, share, bound):
    assert Period(0, counts).within_ms(share) == bound


# Python 3.12 and later warn of a fork beside threads; what is forked only counts.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_forked_processes_count_together_and_a_count_survives_its_process():
    lock = ProcessLock()
    lock.share()
    times = SharedTimes(lock, ("page",))
    children = []
    for _ in range(4):
        if not (pid := os.fork()):
            for _ in range(500):
                times.note("page", 5)
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    assert sum(period.total for period in times.last_day("page")) == 2000
