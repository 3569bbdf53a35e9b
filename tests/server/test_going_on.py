"""What everybody depends on goes on when a thread, a process or a disk fails it once."""

import errno
import threading
import time

import pytest

from common.shared_counts import ProcessLock, SharedCounts
from server import worker as worker_module
from server.body_admission import Admission, Admissions, Undecided
from tests.server.test_request_queue import Held
from tests.support.serving import wait_until
from web.body_quota import BodyQuota
from web.session_watch import Sending, SessionWatch

BIG = 1 << 30


def nothing(*_):
    """Neither returns nor does anything."""


def broken(*_):
    raise OSError(errno.EIO, "Input/output error")


@pytest.fixture
def failing_starts(monkeypatch):
    """How many starts of threads of a name are still to fail, as when the system has no more."""
    real, left = threading.Thread.start, {}

    def start(thread):
        if left.get(thread.name, 0):
            left[thread.name] -= 1
            raise RuntimeError("can't start new thread")
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    return left


# Admissions


def admissions_with(check_space=nothing, person_of=lambda _: 1):
    quota = BodyQuota(
        SharedCounts(ProcessLock()),
        of_person=BIG,
        of_address=BIG,
        in_all=BIG,
        check_space=check_space,
    )
    return Admissions(quota, person_of)


def asked(admissions):
    admission = Admission("token", "127.0.0.1", 1 << 20, 1, nothing)
    admissions.ask(admission)
    wait_until(lambda: not admission.is_waiting, "it is decided about")
    return admission


def test_a_disk_that_cannot_be_asked_refuses_one_body_and_no_others():
    checks = iter([broken])
    admissions = admissions_with(lambda needed: next(checks, nothing)(needed))
    first, second = asked(admissions), asked(admissions)
    admissions.close()
    assert isinstance(first.error, Undecided)
    assert first.error.status == 503
    assert second.error is None
    assert admissions.quota.receiving() == 1 << 20


def test_a_session_that_cannot_be_asked_is_answered_and_others_too():
    answers, persons = [], iter([broken])
    admissions = admissions_with(person_of=lambda token: next(persons, lambda _: 1)(token))
    for count in (1, 2):
        admissions.ask_person("token", answers.append)
        wait_until(lambda count=count: len(answers) == count, "the answer")
    admissions.close()
    assert isinstance(answers[0], Undecided)
    assert answers[1] == 1


def test_an_answer_that_fails_keeps_nobody_else_from_theirs():
    admissions, answers = admissions_with(), []
    admissions.ask_person("token", broken)
    admissions.ask_person("token", answers.append)
    wait_until(lambda: answers == [1], "the answer")
    admissions.close()


def test_without_a_thread_to_ask_a_body_is_refused_and_the_next_is_taken(failing_starts):
    admissions, answers = admissions_with(), []
    failing_starts["admissions"] = 2
    assert isinstance(asked(admissions).error, Undecided)
    admissions.ask_person("token", answers.append)
    assert isinstance(answers[0], Undecided)
    assert asked(admissions).error is None
    admissions.close()


# Sessions


@pytest.fixture
def stopping():
    event = threading.Event()
    yield event
    event.set()


def test_answers_are_watched_though_no_thread_was_to_be_had_once(failing_starts, stopping):
    ended = threading.Event()
    watch, sending = SessionWatch(lambda _: set(), stopping), Sending("s", ended.set, lambda: False)
    failing_starts["session-watch"] = 1
    watch.add(sending)
    assert not ended.is_set()
    watch.add(Sending("another", nothing, lambda: False))
    assert ended.wait(30)


def test_an_answer_that_cannot_be_ended_keeps_no_other_from_its_end(stopping):
    ended, looks = threading.Event(), iter([broken])
    watch = SessionWatch(lambda _: next(looks, lambda _: set())(_), stopping)
    watch.add(Sending("one", broken, lambda: False))
    watch.add(Sending("two", ended.set, lambda: False))
    assert ended.wait(30)


# Places for live listening


@pytest.fixture
def served(make_app, password_hash):
    """The server in this process, with one place for live listening, and a piece to hear live."""
    app = make_app(threads=5, live_listeners=1)
    app.testing = False
    held = Held(app, app.extensions["voiceverse"].db.create_user("vera", password_hash))
    held.app, held.piece = app, held.client.generate("It was late. The lamp was lit.")["filename"]
    worker_module.Worker(held.services.studio).run_pending()
    yield held
    held.stop()


def listens(held):
    """The status of live listening, once its place is free again."""
    status, places = held.client.request("GET", f"/audio/{held.piece}?from=0.1")[0], held.services
    wait_until(lambda: places.live_listeners.acquire(), "a free place")
    places.live_listeners.release()
    return status


def test_live_listening_goes_on_though_no_thread_is_to_be_had_to_watch_it(served, failing_starts):
    failing_starts["session-watch"] = 2
    assert [listens(served) for _ in range(3)] == [200] * 3
    assert failing_starts["session-watch"] == 0


def test_an_answer_that_cannot_be_finished_gives_its_place_back(served):
    def fail(answer):
        if answer.is_streamed:
            raise OSError(errno.EIO, "Input/output error")
        return answer

    served.app.after_request_funcs[None].append(fail)
    assert [listens(served) for _ in range(2)] == [500] * 2
    served.app.after_request_funcs[None].remove(fail)
    assert listens(served) == 200


# The worker


@pytest.fixture
def running(home):
    """Start the worker of a home in a thread; it is stopped at the end."""
    thread = threading.Thread(target=home.worker.run)
    yield thread.start
    home.worker.stop.set()
    home.worker.wake.set()
    thread.join()


def test_a_file_is_spoken_though_no_thread_was_to_be_had_at_first(home, running, failing_starts):
    failing_starts.update({"speak": 1, "notices": 1})
    files = [home.submit(f"{text} lamp.")["filename"] for text in ("A", "The")]
    running()
    wait_until(lambda: all(home.row(name)["status"] == "ready" for name in files), "the files")
    assert not any(failing_starts.values())
    wait_until(lambda: home.worker._running == 0, "nothing runs")


def test_a_backup_that_cannot_be_started_keeps_nothing_from_being_spoken(
    home, running, monkeypatch
):
    looks = iter([broken])
    monkeypatch.setattr(home.worker.nightly, "look", lambda: next(looks, nothing)())
    name = home.submit("A lamp.")["filename"]
    running()
    wait_until(lambda: home.row(name)["status"] == "ready", "the file")


def test_bought_sound_is_looked_after_again_when_the_disk_failed_once(home, running, monkeypatch):
    settles, is_dropped = iter([broken]), threading.Event()
    monkeypatch.setattr("server.housekeeping.SOUND_PAUSE_S", 0.05)
    monkeypatch.setattr(
        home.studio.cache_adoption, "adopt_all", lambda until: next(settles, nothing)()
    )
    monkeypatch.setattr(home.studio.segment_cache, "drop_unwanted", lambda until: is_dropped.set())
    running()
    assert is_dropped.wait(30)


def test_all_that_a_stop_waits_for_shares_its_time(home, monkeypatch):
    is_looking, may_end, deadlines = threading.Event(), threading.Event(), []

    def look(until):
        is_looking.set()
        may_end.wait(60)

    monkeypatch.setattr(worker_module, "GRACE_S", 0.3)
    monkeypatch.setattr(home.studio.cache_adoption, "adopt_all", look)
    monkeypatch.setattr(home.worker, "_wait_for_purchases", deadlines.append)
    thread = threading.Thread(target=home.worker.run)
    thread.start()
    assert is_looking.wait(30)
    home.worker.stop.set()
    home.worker.wake.set()
    thread.join()
    assert deadlines[0] <= time.monotonic()  # the sound had all of it
    may_end.set()


def test_the_bin_is_waited_for_though_purchases_had_all_the_time(home, monkeypatch):
    may_end, has_ended = threading.Event(), threading.Event()

    def empty(_now):
        may_end.wait(60)
        has_ended.set()
        return 0

    def wait_for_purchases(_deadline):
        may_end.set()

    home.db.note_clock(time.time(), 0.0)
    home.db.note_clock(time.time(), 86400.0)  # it has run for a day before
    monkeypatch.setattr(worker_module, "GRACE_S", 0.0)
    monkeypatch.setattr(worker_module, "LAST_S", 60.0)
    monkeypatch.setattr(home.studio.bin, "empty", empty)
    monkeypatch.setattr(home.worker, "_wait_for_purchases", wait_for_purchases)
    home.worker._start_due_work()
    home.worker.stop.set()
    home.worker.run()
    assert has_ended.is_set()
