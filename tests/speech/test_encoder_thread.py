import threading

import pytest

from speech.audio.encoder_thread import AHEAD, BATCH_BYTES, EncoderThread
from tests.support.serving import wait_until


class Encoder:
    """Notes what it is given; it can be held up, or fail at a piece."""

    def __init__(self, fails_at: bytes = b"never"):
        self.fed: list[bytes] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.has_begun = threading.Event()
        self.fails_at = fails_at

    def __call__(self, samples: bytes) -> None:
        self.has_begun.set()
        assert self.may_go_on.wait(30)
        if samples.startswith(self.fails_at):
            raise OSError("the disk is full")
        self.fed.append(samples)


def test_samples_and_steps_keep_their_order():
    encoder = Encoder()
    with EncoderThread(encoder) as thread:
        for number in range(200):
            thread.put(bytes([number]))
            thread.put(lambda number=number: encoder.fed.append(b"after %d" % number))
        thread.settle()
        expected = [part for n in range(200) for part in (bytes([n]), b"after %d" % n)]
        assert encoder.fed == expected


def test_samples_that_wait_are_fed_at_once_up_to_a_size():
    encoder = Encoder()
    with EncoderThread(encoder) as thread:
        encoder.may_go_on.clear()
        thread.put(b"first")
        assert encoder.has_begun.wait(30)
        half = bytes(BATCH_BYTES // 2)
        for piece in (b"a", b"b", half, half, b"c"):
            thread.put(piece)
        encoder.may_go_on.set()
        thread.settle()
    assert encoder.fed == [b"first", b"ab" + half + half, b"c"]


def test_whoever_brings_samples_waits_while_too_many_lie_there():
    encoder = Encoder()
    with EncoderThread(encoder) as thread:
        encoder.may_go_on.clear()
        bringing = threading.Thread(
            target=lambda: [thread.put(lambda: None) for _ in range(2 * AHEAD)]
        )
        thread.put(b"first")
        bringing.start()
        assert encoder.has_begun.wait(30)
        wait_until(thread._waiting.full, "a full queue")
        bringing.join(0.1)
        assert bringing.is_alive()
        encoder.may_go_on.set()
        bringing.join(30)
        assert not bringing.is_alive()


def test_the_end_of_the_block_waits_for_all():
    encoder = Encoder()
    with EncoderThread(encoder) as thread:
        for _ in range(100):
            thread.put(b"x")
    assert b"".join(encoder.fed) == b"x" * 100
    assert not [each for each in threading.enumerate() if each.name == "encoder"]


@pytest.mark.parametrize("where", ["put", "settle", "after the block"])
def test_a_failure_is_raised_and_nothing_more_is_encoded(where):
    encoder = Encoder(fails_at=b"bad")
    with EncoderThread(encoder) as thread:
        thread.put(b"good")
        thread._waiting.join()
        thread.put(b"bad")
        thread._waiting.join()
        if where != "after the block":
            with pytest.raises(OSError, match="disk is full"):
                thread.put(b"late") if where == "put" else thread.settle()
    with pytest.raises(OSError, match="disk is full"):
        thread.put(b"later still")
    assert encoder.fed == [b"good"]


@pytest.mark.parametrize("error", [MemoryError, SystemExit])
def test_no_failure_whatever_makes_anybody_wait_for_ever(error):
    def fail(samples):
        raise error

    with EncoderThread(fail) as thread:
        with pytest.raises(error):
            for _ in range(3 * AHEAD):
                thread.put(b"x")
                thread.put(lambda: None)
            thread.settle()
        with pytest.raises(error):
            thread.settle()


def test_without_a_block_all_is_done_at_once():
    encoder = Encoder(fails_at=b"bad")
    thread = EncoderThread(encoder)
    thread.put(b"good")
    assert encoder.fed == [b"good"]
    thread.settle()
    for _ in range(2):
        with pytest.raises(OSError, match="disk is full"):
            thread.put(b"bad")
