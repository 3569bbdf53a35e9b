import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from speech.lookahead import LookAhead
from speech.types import AudioChunk, Segment

SEGMENTS = [Segment(i, i + 1, chr(97 + i)) for i in range(20)]


def chunk(segment: Segment) -> AudioChunk:
    return AudioChunk(segment.text.encode() * 2, 22050)


def say(segment):
    yield chunk(segment)
    yield chunk(segment)


def ahead(speak=say, *, parallel=4, window=8, tick=lambda: None, **options):
    return LookAhead(
        SEGMENTS, speak, parallel=parallel, window=window, tick=tick, tick_s=0.01, **options
    )


@pytest.mark.parametrize(("parallel", "window"), [(1, 1), (1, 24), (4, 4), (8, 16), (3, 100)])
def test_segments_come_in_order_with_all_their_chunks(parallel, window):
    with ahead(parallel=parallel, window=window) as spoken:
        heard = [(segment, list(chunks)) for segment, chunks in spoken]
    assert heard == [(segment, [chunk(segment)] * 2) for segment in SEGMENTS]


def test_as_many_are_spoken_at_once_as_allowed_and_no_more():
    barrier, most, now, guard = threading.Barrier(4), 0, 0, threading.Lock()

    def speak(segment):
        nonlocal most, now
        with guard:
            now += 1
            most = max(most, now)
        barrier.wait(30)
        yield chunk(segment)
        with guard:
            now -= 1

    with ahead(speak) as spoken:
        assert sum(len(list(chunks)) for _, chunks in spoken) == 20
    assert most == 4


def test_the_next_line_is_prepared_while_one_is_spoken():
    prepared = threading.Event()

    def lines():
        yield SEGMENTS[0]
        prepared.set()
        yield SEGMENTS[1]

    def speak(segment):
        assert prepared.wait(30)
        yield chunk(segment)

    with LookAhead(lines(), speak, parallel=1, window=2, tick=lambda: None) as spoken:
        assert [segment for segment, chunks in spoken if list(chunks)] == SEGMENTS[:2]


def test_after_an_error_a_line_that_was_prepared_is_not_spoken():
    spoken_of = []

    def speak(segment):
        spoken_of.append(segment)
        raise OSError("no voice")
        yield

    with pytest.raises(OSError, match="no voice"), ahead(speak, parallel=1) as spoken:
        for _, chunks in spoken:
            list(chunks)
    assert spoken_of == SEGMENTS[:1]


def test_nothing_is_spoken_further_ahead_than_the_window():
    started = []

    def speak(segment):
        started.append(segment)
        yield chunk(segment)

    with ahead(speak, window=5) as spoken:
        for number, (_, chunks) in enumerate(spoken):
            list(chunks)
            assert len(started) <= number + 5


def test_the_first_chunk_is_handed_over_while_the_rest_is_still_spoken():
    heard = threading.Event()

    def speak(segment):
        yield chunk(segment)
        assert heard.wait(30)
        yield chunk(segment)

    with ahead(speak, parallel=1) as spoken:
        for _, chunks in spoken:
            assert next(chunks)
            heard.set()
            assert len(list(chunks)) == 1


def test_an_error_arrives_after_all_that_was_spoken_before_it():
    def speak(segment):
        if segment.start == 7:
            raise OSError("no voice")
        yield chunk(segment)

    heard = []
    with pytest.raises(OSError, match="no voice"), ahead(speak) as spoken:
        for segment, chunks in spoken:
            list(chunks)
            heard.append(segment)
    assert heard == SEGMENTS[:7]


@pytest.mark.parametrize("parallel", [1, 4])
def test_an_error_of_the_text_ends_it_after_all_that_came_before(parallel):
    def lines():
        yield from SEGMENTS[:3]
        raise MemoryError

    heard = []
    options = {"window": 8, "tick": lambda: None, "tick_s": 0.01}
    with (
        pytest.raises(MemoryError),
        LookAhead(lines(), say, parallel=parallel, **options) as spoken,
    ):
        for segment, chunks in spoken:
            list(chunks)
            heard.append(segment)
    assert heard == SEGMENTS[:3]


def test_waiting_ticks_and_a_tick_may_end_it():
    class Stop(Exception):
        pass

    release, closed = threading.Event(), []

    def speak(segment):
        try:
            release.wait(30)
            yield chunk(segment)
        finally:
            closed.append(segment)

    def tick():
        release.set()
        raise Stop

    with pytest.raises(Stop), ahead(speak, tick=tick) as spoken:
        for _, chunks in spoken:
            list(chunks)
    assert len(closed) <= 8  # nothing new was taken up


def test_what_is_under_way_ends_in_the_background_when_asked_to():
    release, ended = threading.Event(), threading.Barrier(5)

    def speak(segment):
        yield chunk(segment)
        release.wait(30)
        yield chunk(segment)
        ended.wait(30)

    with ahead(speak, finish_started=True) as spoken:
        next(next(iter(spoken))[1])
    release.set()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(ended.wait, 30).result()
    assert not ended.broken
