"""Buying in a process of its own: sound, failures, and what deaths on either side leave."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from unittest.mock import Mock

import pytest

from common import transient_causes
from config import provider_environment
from services import purchase_client as module
from services import purchase_process
from services.purchase_client import PurchaseClient, unpacked
from speech.engines.openai_speech import OpenAISpeech
from speech.errors import (
    BadSpeed,
    EngineCrashed,
    EngineHeldUp,
    ProviderBusy,
    ProviderRefused,
    SpeechError,
    UnknownVoice,
)
from speech.types import SpeechRequest
from storage.audio_errors import NoSpace
from storage.segment_store import SegmentStore
from tests.support.disks import small
from tests.support.making import SENTENCES, Home, prose
from tests.support.serving import ROOT, wait_until
from tests.support.standin_openai import StandIn, tone

REQUEST = SpeechRequest(SENTENCES, "alloy")
KEY = "sk-test-of-the-buyer"
SLOW = 4.0  # times real time: the sound of SENTENCES takes about a second
DYING_WORKER = """
import sys
from pathlib import Path
from services.purchase_client import PurchaseClient
from speech.engines.openai_speech import OpenAISpeech
from speech.types import SpeechRequest
engine = OpenAISpeech("sk-test", sys.argv[2])
request = SpeechRequest(sys.argv[3], "alloy")
buyer = PurchaseClient(Path(sys.argv[1]), [engine], {})
for chunk in buyer.buy(engine, request, engine.fingerprint(request), lambda: None):
    print("sound", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def provider():
    with StandIn() as server:
        yield server


@pytest.fixture
def engine(provider):
    with closing(OpenAISpeech(KEY, provider.base_url, timeout_s=5.0)) as engine:
        yield engine


@pytest.fixture
def kept(tmp_path):
    return SegmentStore(tmp_path)


@pytest.fixture
def buyer(kept, engine):
    with closing(PurchaseClient(kept.folder, [engine], provider_environment())) as buyer:
        yield buyer


def nothing() -> None:
    """What is called when a purchase begins."""


def buy(
    buyer: PurchaseClient, engine: OpenAISpeech, request: SpeechRequest = REQUEST, begun=nothing
):
    return buyer.buy(engine, request, engine.fingerprint(request), begun)


def sound(chunks) -> bytes:
    return b"".join(chunk.pcm for chunk in chunks)


def processes(parent: int) -> list[int]:
    """The buying processes that another process has started."""
    found = []
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(OSError):  # a thread or a process that has just ended
            for child in children.read_text().split():
                if b"services.purchase_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
    return found


def is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def own_process() -> Iterator:
    """Finds the buying process that a test has started."""
    before = set(processes(os.getpid()))

    def find() -> int:
        (pid,) = wait_until(lambda: set(processes(os.getpid())) - before, "its start")
        return pid

    return find


# What arrives


def test_sound_arrives_while_the_provider_still_sends_and_is_kept_when_it_ends(
    provider, engine, kept, buyer
):
    provider.times_real_time = SLOW
    content_hash, begun = engine.fingerprint(REQUEST), []
    chunks = buy(buyer, engine, begun=lambda: begun.append(kept.has(content_hash)))
    first = next(chunks).pcm
    assert not kept.has(content_hash)
    whole = first + sound(chunks)
    assert whole == tone(len(SENTENCES) / 15) == b"".join(kept.read(content_hash))
    assert begun == [False]


def test_what_is_kept_meanwhile_is_not_bought(provider, engine, kept, buyer):
    kept.write(engine.fingerprint(REQUEST), [b"kept"])
    assert list(buy(buyer, engine)) == []
    assert provider.calls == []


def test_purchases_overlap(provider, engine, kept, buyer):
    provider.times_real_time = SLOW
    requests = [SpeechRequest(prose(60, seed), "alloy") for seed in range(3)]
    streams = [buy(buyer, engine, request) for request in requests]
    firsts = [next(stream).pcm for stream in streams]
    assert not any(kept.has(engine.fingerprint(request)) for request in requests)
    for first, stream in zip(firsts, streams, strict=True):
        assert first + sound(stream) == tone(60 / 15)


def test_two_buyers_of_the_same_ask_once(provider, engine, kept, buyer):
    provider.times_real_time = SLOW
    with closing(PurchaseClient(kept.folder, [engine], {})) as other:
        chunks, found = buy(buyer, engine), []
        next(chunks)
        second = threading.Thread(target=lambda: found.append(list(buy(other, engine))))
        second.start()
        list(chunks)
        second.join()
    assert found == [[]]
    assert len(provider.calls) == 1


def test_a_failure_is_the_one_of_the_engine(provider, engine, kept, buyer):
    provider.fault = "unauthorized"
    with pytest.raises(ProviderRefused) as here:
        list(engine.speak(REQUEST))
    with pytest.raises(ProviderRefused) as there:
        list(buy(buyer, engine))
    assert there.value.message == here.value.message
    for name in ("template", "values"):  # for whoever reads another language
        assert getattr(there.value.message, name, None) == getattr(here.value.message, name, None)
    assert there.value.status == here.value.status
    assert KEY not in there.value.message
    assert list(kept.folder.glob("*/*")) == []
    provider.fault = ""
    assert sound(buy(buyer, engine)) == tone(len(SENTENCES) / 15)


def test_a_busy_provider_is_asked_as_often_as_the_engine_does(provider, engine, buyer):
    provider.fault, provider.retry_after = "busy", "0"
    with pytest.raises(ProviderBusy) as raised:
        list(buy(buyer, engine))
    assert raised.value.status == 429
    assert len(provider.calls) == 3


@pytest.mark.parametrize(
    "error",
    [
        NoSpace("The disk is full."),
        UnknownVoice("ol", "OpenAI speech"),
        BadSpeed(9.0, (0.25, 4.0)),
        ProviderBusy("Too {many} requests.", 429),
    ],
)
def test_every_failure_crosses_with_its_class_sentence_and_status(error):
    told = unpacked(purchase_process.packed(error))
    assert type(told) is type(error)
    assert str(told) == told.message == error.message
    assert told.status == error.status
    assert getattr(told.message, "values", None) == getattr(error.message, "values", None)


def test_what_the_provider_says_about_its_models_crosses(provider, engine, buyer):
    provider.shutdown_dates = {"tts-1": "2027-01-06"}
    (notice,) = buyer.notices(engine)
    assert (notice.model, notice.shutdown) == ("tts-1", date(2027, 1, 6))
    provider.shutdown_dates = {}
    assert buyer.notices(engine) == []


# Deaths


def test_what_a_killed_worker_was_buying_is_kept_and_nothing_stays_behind(
    provider, engine, kept, buyer
):
    provider.times_real_time = SLOW
    content_hash = OpenAISpeech("sk-test", provider.base_url).fingerprint(REQUEST)
    worker = subprocess.Popen(
        [sys.executable, "-c", DYING_WORKER, kept.folder, provider.base_url, SENTENCES],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with worker:
        assert worker.stdout.readline() == b"sound\n"
        (pid,) = wait_until(lambda: processes(worker.pid), "the process that buys")
        os.killpg(worker.pid, signal.SIGKILL)
    assert not kept.has(content_hash)
    assert list(buy(buyer, engine)) == []  # waits for what is under way
    assert b"".join(kept.read(content_hash)) == tone(len(SENTENCES) / 15)
    wait_until(lambda: not is_running(pid), "the end of the process that bought")
    assert len(provider.calls) == 1
    assert [path.suffix for path in kept.folder.glob("*/*")] == [".pcm"]


def test_a_process_killed_before_the_sound_came_is_replaced_and_the_log_says_so(
    provider, engine, kept, buyer, own_process, caplog
):
    provider.delay_s = 1.0
    begun = []

    def kill_once():
        begun.append(own_process())
        if len(begun) == 1:
            wait_until(lambda: provider.calls, "the request")
            os.kill(begun[0], signal.SIGKILL)
            provider.delay_s = 0.0

    assert sound(buy(buyer, engine, begun=kill_once)) == tone(len(SENTENCES) / 15)
    assert len(set(begun)) == len(provider.calls) == 2
    assert "ended with code -9; what it was buying is bought again" in caplog.text
    assert [path.suffix for path in kept.folder.glob("*/*")] == [".pcm"]


def test_sound_that_breaks_off_with_the_process_is_a_failure_to_try_again(
    provider, engine, buyer, own_process
):
    provider.times_real_time = SLOW
    chunks = buy(buyer, engine)
    next(chunks)
    os.kill(own_process(), signal.SIGKILL)
    with pytest.raises(EngineCrashed) as raised:
        list(chunks)
    assert raised.value.retryable
    provider.times_real_time = None
    assert sound(buy(buyer, engine)) == tone(len(SENTENCES) / 15)


def test_a_provider_is_asked_twice_at_most_where_the_process_is_always_killed(
    provider, engine, buyer, own_process
):
    provider.delay_s = 1.0
    killed = []

    def kill():
        wait_until(lambda: len(provider.calls) > len(killed), "the request")
        killed.append(buyer._line._process.pid)
        os.kill(killed[-1], signal.SIGKILL)

    with pytest.raises(EngineCrashed) as raised:
        list(buy(buyer, engine, begun=kill))
    assert (len(killed), raised.value.tries) == (2, transient_causes.PAID_TRIES)


def test_no_provider_is_asked_for_what_the_disk_has_no_room_for(provider, engine, tmp_path):
    with small(tmp_path / "disk", "40k") as disk:
        if disk is None:
            pytest.skip("nothing can be mounted here")
        with closing(PurchaseClient(disk, [engine], provider_environment())) as buyer:
            with pytest.raises(NoSpace) as full:
                list(buy(buyer, engine))
            assert (full.value.waits_for, full.value.tries) == ("disk", None)
    assert provider.calls == []


def test_what_was_paid_for_and_cannot_be_kept_says_so_to_whoever_waits(kept):
    def delivered():
        yield b"sound"
        raise OSError(28, "No space left on device")

    with pytest.raises(NoSpace) as full, kept.exclusive_writer("ab" * 32, paid_bytes=10) as keep:
        keep(delivered())
    there = unpacked(purchase_process.packed(full.value))
    assert (there.waits_for, there.tries) == ("disk", transient_causes.PAID_TRIES)


def test_a_process_that_cannot_live_ends_as_a_sentence(engine, buyer, monkeypatch):
    monkeypatch.setattr(module.wire, "__name__", "services.not_there")
    with pytest.raises(SpeechError) as raised:
        list(buy(buyer, engine))
    assert raised.value.message == module.STOPPED


def test_it_keeps_on_buying_when_services_are_told_to_stop(provider, engine, buyer, own_process):
    provider.times_real_time = SLOW
    chunks = buy(buyer, engine)
    first = next(chunks).pcm
    assert os.getsid(own_process()) == own_process()
    os.kill(own_process(), signal.SIGTERM)
    assert first + sound(chunks) == tone(len(SENTENCES) / 15)


def test_it_knows_no_secret_from_its_command_or_environment(
    engine, buyer, own_process, monkeypatch
):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    buyer.warm()
    for name in ("cmdline", "environ"):
        assert KEY.encode() not in Path(f"/proc/{own_process()}/{name}").read_bytes()


def test_it_ends_when_it_has_been_idle_and_starts_again(
    provider, engine, buyer, own_process, monkeypatch
):
    provider.times_real_time = SLOW
    chunks = buy(buyer, engine)
    next(chunks)
    first = own_process()
    monkeypatch.setattr(module, "IDLE_S", 0.0)
    buyer.rest()
    assert sound(chunks)  # a busy one does not rest
    buyer.rest()
    wait_until(lambda: not is_running(first), "the end of the idle process")
    assert sound(buy(buyer, engine, SpeechRequest("Again.", "alloy")))
    monkeypatch.setattr(module, "IDLE_S", 60.0)
    second = own_process()
    buyer.rest()
    assert is_running(second)


# A worker with a buyer


@pytest.fixture
def paying(tmp_path, provider):
    settings = {
        "openai_base_url": provider.base_url, "openai_api_key": KEY, "openai_price": 15.0,
    }  # fmt: skip
    with closing(Home(tmp_path, environ=provider_environment(), **settings)) as home:
        yield home
        home.studio.purchases.close()


def test_a_text_bought_through_the_process_is_counted_once_to_the_cent(paying, provider):
    row = paying.speak(prose(5000))
    again = paying.speak(prose(5000))
    assert (row["status"], again["status"]) == ("ready", "ready")
    assert row["duration"] == again["duration"]
    assert row["cost"] == pytest.approx(5000 * 15e-6, abs=1e-9)
    assert again["cost"] == 0.0
    assert set(provider.bought().values()) == {1}
    assert paying.db.get_all_time_usage(paying.user_id)["cost"] == row["cost"]


def is_ready(home, filename):
    return home.row(filename)["status"] == "ready"


@pytest.mark.parametrize("sounds", [False, True])
def test_a_sentence_is_asked_for_three_times_at_most_where_each_purchase_is_killed(
    paying, provider, own_process, monkeypatch, sounds
):
    monkeypatch.setattr("services.backoff.is_memory_short", lambda: False)
    provider.delay_s, provider.times_real_time = (0.0, SLOW) if sounds else (60.0, None)
    filename = paying.submit("The rain had stopped, and the lamp was lit.")["filename"]
    asks = 0
    while paying.row(filename)["status"] == "queued":
        paying.db.release_jobs(paying.worker.host)  # as if the time had passed
        speaking = threading.Thread(target=paying.worker.run_pending)
        speaking.start()
        while speaking.is_alive():
            if len(provider.calls) > asks and (not sounds or paying.store.part_size(filename)):
                asks = len(provider.calls)
                os.kill(own_process(), signal.SIGKILL)
            speaking.join(0.01)
    assert paying.row(filename)["status"] == "failed"
    assert asks == len(provider.calls) == transient_causes.PAID_TRIES + 1
    assert "3 times" in paying.row(filename)["error"]


@pytest.mark.parametrize(
    ("error", "code"),
    [(OSError(24, "Too many open files"), "open_files"), (MemoryError(), "memory")],
)
def test_what_the_buying_process_lacks_is_waited_for(error, code):
    def serve(number, order):
        raise error

    sent = io.BytesIO()
    purchase_process.PurchaseProcess(".", {}, sent)._settle(1, serve, {})
    kind, _, payload = purchase_process.read_frame(io.BytesIO(sent.getvalue()))
    assert (kind, unpacked(payload).waits_for) == (b"E", code)


def test_without_a_thread_an_order_is_answered_and_the_process_goes_on(monkeypatch):
    monkeypatch.setattr(
        threading.Thread, "start", Mock(side_effect=RuntimeError("can't start new thread"))
    )
    sent = io.BytesIO()
    purchase_process.PurchaseProcess(".", {}, sent).start(b"B", 1, {})
    kind, _, payload = purchase_process.read_frame(io.BytesIO(sent.getvalue()))
    assert (kind, unpacked(payload).waits_for) == (b"E", "processes")


def test_what_breaks_off_after_the_provider_was_asked_is_tried_few_times(
    engine, buyer, monkeypatch
):
    def answers(kind, order):
        yield b"G", b""
        raise EngineHeldUp(transient_causes.MEMORY)

    monkeypatch.setattr(buyer, "_answers", answers)
    with pytest.raises(EngineHeldUp) as raised:
        list(buy(buyer, engine))
    assert raised.value.tries == transient_causes.PAID_TRIES


def test_a_file_goes_on_when_the_buying_process_dies(paying, provider, own_process, caplog):
    provider.times_real_time = 40.0
    filename = paying.submit(prose(3000))["filename"]
    speaking = threading.Thread(target=paying.worker.run_pending)
    speaking.start()
    wait_until(lambda: paying.store.part_size(filename) > 0, "the first sound")
    os.kill(own_process(), signal.SIGKILL)
    provider.times_real_time = None
    speaking.join()
    wait_until(lambda: paying.worker.run_pending() or is_ready(paying, filename), "its next try")
    row = paying.row(filename)
    assert row["status"] == "ready", row["error"]
    assert row["cost"] == pytest.approx(3000 * 15e-6, abs=1e-9)
    assert paying.heard(filename).duration_s == row["duration"]
    assert "ended with code -9" in caplog.text


def test_the_worker_notes_when_a_model_ends(paying, provider):
    provider.shutdown_dates = {"tts-1": "2027-01-06"}
    paying.worker.housekeeping.save_notices()
    (noted,) = paying.db.list_model_notices()
    assert (noted["model"], noted["shutdown_date"]) == ("tts-1", "2027-01-06")
