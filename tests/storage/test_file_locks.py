import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage import file_locks
from storage.errors import DatabaseBusy, DatabaseError
from storage.file_locks import FileLock, LockSlots, WriteLock
from tests.support.processes import in_forked_child
from tests.support.serving import wait_until

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
ROUNDS = 20


@pytest.fixture
def lock(tmp_path):
    lock = WriteLock(tmp_path / "db")
    yield lock
    lock.close()


@contextlib.contextmanager
def forked(target, *arguments):
    """A fork of this process at work, killed when it is was cancelled."""
    child = multiprocessing.get_context("fork").Process(target=target, args=arguments)
    child.start()
    try:
        yield child
    finally:
        child.kill()
        child.join()


def until_a_process_waits(lock):
    """Return when another process is the first of those that wait for a lock."""
    wait_until(lambda: is_held(lock.path.with_name("db-queue-lock")), "the other's waiting")


def until_threads_wait(lock, count):
    """Return when so many threads of this process hold a lock or wait for it."""
    wait_until(lambda: len(lock._threads._places) == count, f"the waiting of {count} threads")


def is_held(path):
    with contextlib.closing(FileLock(path)) as probe:
        return not probe.acquire()


def holding_slot(slots, taken):
    with slots.hold():
        taken.set()
        signal.pause()


def holding(lock, taken):
    lock.acquire()
    taken.set()
    signal.pause()


# Files


def test_a_file_lock_is_held_by_one_at_a_time(tmp_path):
    one, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert one.acquire()
    assert not one.acquire()
    assert not other.acquire(0.01)
    one.release()
    assert other.acquire()
    other.close()
    assert one.acquire()
    one.close()
    one.close()
    assert one.path.stat().st_mode & 0o777 == 0o600


def test_a_lock_that_cannot_be_made_is_named(tmp_path):
    lock = FileLock(tmp_path / "missing" / "lock")
    for _ in range(2):
        with pytest.raises(DatabaseError, match="cannot be used: No such file"):
            lock.acquire()


# Processes


def take_turns(lock, log, name, *, is_last_alone):
    """Write a letter each time that the lock is had; let go once the other waits for it."""
    for number in range(ROUNDS):
        lock.acquire()
        os.write(log, name)
        if not (is_last_alone and number == ROUNDS - 1):
            until_a_process_waits(lock)
        lock.release()


def test_of_two_processes_that_write_all_the_time_each_comes_after_the_other(
    lock, tmp_path, monkeypatch
):
    monkeypatch.setattr(file_locks, "TURN_S", 0.0)
    log = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    lock.acquire()
    with forked(lambda: take_turns(lock, log, b"b", is_last_alone=False)) as other:
        until_a_process_waits(lock)
        lock.release()
        take_turns(lock, log, b"a", is_last_alone=True)
        other.join()
    os.close(log)
    assert (tmp_path / "log").read_text() == "ba" * ROUNDS


def test_a_process_writes_again_at_once_while_its_turn_lasts(lock, monkeypatch):
    monkeypatch.setattr(file_locks, "TURN_S", 60.0)
    lock.acquire()
    lock.release()
    with contextlib.closing(FileLock(lock.path.with_name("db-queue-lock"))) as waiting:
        assert waiting.acquire()
        assert lock.acquire()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_dies_leaves_the_lock_to_others(lock, end):
    taken = multiprocessing.get_context("fork").Event()
    with forked(holding, lock, taken) as other:
        taken.wait()
        with pytest.raises(DatabaseBusy):
            lock.acquire(0.01)
        os.kill(other.pid, end)
        other.join()
        assert lock.acquire(0.0)


def test_a_process_that_dies_while_it_waits_holds_nobody_up(lock, tmp_path):
    lock.acquire()
    with forked(WriteLock(tmp_path / "db").acquire, 60.0):
        until_a_process_waits(lock)
    assert not is_held(lock.path.with_name("db-queue-lock"))
    lock.release()
    assert WriteLock(tmp_path / "db").acquire(0.0)


def test_a_process_that_is_stopped_while_it_waits_keeps_nobody_out(lock, tmp_path):
    lock.acquire()
    with forked(WriteLock(tmp_path / "db").acquire, 60.0) as other:
        until_a_process_waits(lock)
        os.kill(other.pid, signal.SIGSTOP)
        lock.release()
        assert WriteLock(tmp_path / "db").acquire(0.01)


def test_a_forked_process_does_not_share_a_file_lock(tmp_path):
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire()
    assert in_forked_child(lock.acquire) is False
    assert FileLock(lock.path).acquire() is False
    lock.release()
    assert in_forked_child(lock.acquire) is True
    lock.close()


def test_a_lock_that_a_forked_process_took_keeps_its_parent_out(tmp_path):
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire()
    lock.release()
    context = multiprocessing.get_context("fork")
    taken, over = context.SimpleQueue(), context.SimpleQueue()
    child = context.Process(target=lambda: (taken.put(lock.acquire()), over.get()))
    child.start()
    child_took, parent_took = taken.get(), lock.acquire()
    over.put(None)
    child.join()
    assert (child_took, parent_took) == (True, False)
    assert lock.acquire()
    lock.close()


def test_a_fork_beside_threads_that_wait_asks_for_itself(lock):
    lock.acquire()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lock.acquire)
        until_threads_wait(lock, 2)
        assert "busy" in in_forked_child(lambda: lock.acquire(0.01))
        lock.release()
        assert waiting.result()
        lock.release()
        assert in_forked_child(lambda: lock.acquire(0.0)) is True


# Threads


def test_threads_get_the_lock_in_the_order_in_which_they_asked(lock):
    order = []

    def ask(number):
        lock.acquire()
        order.append(number)
        lock.release()

    lock.acquire()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        until_threads_wait(lock, number + 2)
    lock.release()
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_many_threads_of_several_processes_lose_nothing(lock, tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")

    def count():
        for _ in range(ROUNDS):
            lock.acquire()
            counter.write_text(str(int(counter.read_text()) + 1))
            lock.release()

    def count_in_threads():
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(count) for _ in range(8)]:
                done.result()

    with forked(count_in_threads) as one, forked(count_in_threads) as other:
        count_in_threads()
        one.join()
        other.join()
    assert counter.read_text() == str(3 * 8 * ROUNDS)


def test_a_thread_that_gives_up_leaves_the_queue(lock):
    lock.acquire()
    with ThreadPoolExecutor(2) as pool:
        with pytest.raises(DatabaseBusy):
            pool.submit(lock.acquire, 0.01).result()
        patient = pool.submit(lock.acquire, 60.0)
        until_threads_wait(lock, 2)
        with pytest.raises(DatabaseBusy):
            pool.submit(lock.acquire, 0.01).result()
        lock.release()
        assert patient.result()


def test_a_wait_that_is_interrupted_leaves_the_queue(lock):
    taken, over = threading.Event(), threading.Event()

    def hold():
        lock.acquire()
        taken.set()
        until_threads_wait(lock, 2)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        over.wait()
        lock.release()

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait()
    with pytest.raises(KeyboardInterrupt):
        lock.acquire(60.0)
    until_threads_wait(lock, 1)
    over.set()
    holder.join()
    assert lock.acquire(0.0)


@pytest.mark.parametrize("held", [["db-lock"], ["db-lock", "db-queue-lock"]])
def test_a_wait_ends_when_its_time_is_over(lock, tmp_path, held):
    others = [FileLock(tmp_path / name) for name in held]
    assert all(other.acquire() for other in others)
    with pytest.raises(DatabaseBusy):
        lock.acquire(0.01)
    for other in others:
        other.close()
    assert lock.acquire(0.0)


# Slots


def test_threads_and_processes_share_slots_and_a_killed_one_leaves_its_own(tmp_path):
    slots, taken = LockSlots(tmp_path, "reader", 2), multiprocessing.get_context("fork").Event()
    with slots.hold() as is_first, forked(holding_slot, slots, taken) as child:
        assert is_first
        taken.wait()
        with slots.hold() as is_third, ThreadPoolExecutor(1) as pool:
            assert not is_third
            waiting = pool.submit(is_slot_free, slots, 60.0)
            child.kill()
            assert waiting.result()
    assert is_slot_free(slots, 0.0)


def is_slot_free(slots, timeout_s):
    with slots.hold(timeout_s) as is_free:
        return is_free
