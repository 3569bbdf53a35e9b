import threading

import pytest

from speech.circuit_breaker import LONGEST_REST_S, CircuitBreaker
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import OpenAISpeech
from speech.errors import (
    ProviderBusy,
    ProviderQuota,
    ProviderResting,
    ProviderUnreachable,
    SpeechError,
)
from speech.types import AudioChunk, SpeechRequest
from tests.support import standin_openai, standin_realtime

SOUND = AudioChunk(b"\0\0", 24_000)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return CircuitBreaker("OpenAI speech", failures=3, rest_s=30.0, clock=clock)


def sound():
    yield SOUND
    yield SOUND


def failure(error):
    raise error
    yield


def fail(breaker, error=None):
    error = error or ProviderUnreachable("It could not be reached.")
    with pytest.raises(type(error)):
        list(breaker.watch(failure(error)))


def open_it(breaker):
    for _ in range(3):
        fail(breaker)
    assert breaker.state == "open"


def test_what_works_passes_unchanged(breaker):
    assert list(breaker.watch(sound())) == [SOUND, SOUND]
    assert breaker.state == "closed"


def test_failures_in_a_row_open_it_and_the_provider_is_left_alone(breaker):
    open_it(breaker)
    asked = []

    def asking():
        asked.append(1)
        yield SOUND

    with pytest.raises(ProviderResting, match=r"OpenAI speech.*30 s"):
        list(breaker.watch(asking()))
    assert asked == []


def test_a_success_between_failures_keeps_it_closed(breaker):
    for _ in range(4):
        fail(breaker)
        fail(breaker, ProviderBusy("Busy."))
        list(breaker.watch(sound()))
    assert breaker.state == "closed"


def test_a_refusal_is_an_answer(breaker):
    for _ in range(9):
        fail(breaker, ProviderQuota("No credit."))
    assert breaker.state == "closed"


def test_after_its_rest_one_request_finds_out_while_the_others_wait(breaker, clock):
    open_it(breaker)
    clock.now = 30.0
    assert breaker.state == "half-open"
    asked, answer, heard = threading.Event(), threading.Event(), []

    def slow():
        asked.set()
        answer.wait(30)
        yield SOUND

    def hear(chunks):
        heard.append(list(breaker.watch(chunks)))

    threads = [threading.Thread(target=hear, args=(slow(),))]
    threads[0].start()
    assert asked.wait(30)
    assert breaker.state == "open"
    threads += [threading.Thread(target=hear, args=(sound(),)) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
    assert heard == []
    answer.set()
    for thread in threads:
        thread.join()
    assert sorted(map(len, heard)) == [1, 2, 2, 2]
    assert breaker.state == "closed"


def test_those_who_wait_are_refused_when_it_is_still_down(breaker, clock):
    open_it(breaker)
    clock.now = 30.0
    asked, answer, errors = threading.Event(), threading.Event(), []

    def down():
        asked.set()
        answer.wait(30)
        raise ProviderUnreachable("It could not be reached.")
        yield

    def ask(chunks):
        try:
            list(breaker.watch(chunks))
        except SpeechError as error:
            errors.append(type(error))

    threads = [threading.Thread(target=ask, args=(down(),))]
    threads[0].start()
    assert asked.wait(30)
    threads.append(threading.Thread(target=ask, args=(sound(),)))
    threads[1].start()
    answer.set()
    for thread in threads:
        thread.join()
    assert set(errors) == {ProviderUnreachable, ProviderResting}


def test_a_request_that_finds_it_still_down_doubles_the_rest_up_to_a_limit(breaker, clock):
    open_it(breaker)
    for rest_s in (30.0, 60.0, 120.0, 240.0, LONGEST_REST_S, LONGEST_REST_S):
        clock.now += rest_s - 1
        assert breaker.state == "open"
        clock.now += 1
        fail(breaker)
        assert breaker.state == "open"


def test_the_first_sound_is_answer_enough(breaker, clock):
    open_it(breaker)
    clock.now = 30.0
    probe = breaker.watch(sound())
    next(probe)
    assert breaker.state == "closed"
    probe.close()
    assert breaker.state == "closed"


def test_what_it_does_is_told(breaker, clock):
    told = []
    breaker.tell = lambda rest_s, reason: told.append((rest_s, reason))
    open_it(breaker)
    clock.now = 30.0
    fail(breaker)
    clock.now = 90.0
    list(breaker.watch(sound()))
    list(breaker.watch(sound()))
    assert [rest_s for rest_s, _ in told] == [30.0, 60.0, 0.0]
    assert told[0][1].endswith(".")


def test_failures_that_began_before_it_opened_do_not_prolong_the_rest(breaker, clock):
    late = breaker.watch(failure_after_sound())
    next(late)
    open_it(breaker)
    clock.now = 20.0
    with pytest.raises(ProviderUnreachable):
        list(late)
    clock.now = 30.0
    assert breaker.state == "half-open"


def failure_after_sound():
    yield SOUND
    raise ProviderUnreachable("It could not be reached.")


@pytest.mark.parametrize(
    ("standin", "engine", "fault", "asked"),
    [
        (standin_openai, OpenAISpeech, "error_503", lambda server: len(server.calls)),
        (standin_realtime, OpenAIRealtime, "failed", lambda server: len(server.calls)),
    ],
    ids=["openai", "openai-realtime"],
)
def test_a_provider_that_is_down_is_asked_no_more_until_it_is_back(
    standin, engine, fault, asked, clock
):
    with standin.StandIn(fault=fault) as server:
        speaker = engine("sk-test", server.base_url, sleep=lambda _: None)
        speaker.breaker = CircuitBreaker(speaker.label, failures=2, clock=clock)
        request = SpeechRequest("It was late.", speaker.default_voice)
        for error in (ProviderBusy, ProviderBusy, ProviderResting, ProviderResting):
            with pytest.raises(error):
                list(speaker.speak(request))
        assert asked(server) == 6
        clock.now, server.fault = 30.0, ""
        assert list(speaker.speak(request))
        assert speaker.breaker.state == "closed"
        speaker.close()
