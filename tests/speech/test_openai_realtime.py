import socket
import threading
import time
import typing
from types import SimpleNamespace

import pytest

from speech.engines import openai_realtime, realtime_session
from speech.engines.openai_realtime import OpenAIRealtime
from speech.errors import (
    BrokenAudio,
    KeyMissing,
    ProviderBusy,
    ProviderQuota,
    ProviderRefused,
    ProviderUnreachable,
    SpeechError,
)
from speech.prices import realtime_prices
from speech.types import SpeechRequest
from tests.conftest import Browser
from tests.support.standin_openai import tone
from tests.support.standin_realtime import StandIn

TEXT = "The provider reads this sentence to its very end."
KEY = "sk-very-secret-1234567890"


@pytest.fixture
def server():
    with StandIn() as server:
        yield server


@pytest.fixture
def waits():
    return []


@pytest.fixture
def engine(server, waits):
    engine = OpenAIRealtime(KEY, server.base_url, timeout_s=10.0, sleep=waits.append)
    yield engine
    engine.close()


def chunks(engine, text=TEXT, speed=1.0, voice="marin"):
    return list(engine.speak(SpeechRequest(text, voice, speed)))


def spoken(engine, text=TEXT, speed=1.0, voice="marin"):
    return b"".join(chunk.pcm for chunk in chunks(engine, text, speed, voice))


def delivery(engine, text=TEXT):
    *before, last = chunks(engine, text)
    assert not any(chunk.delivery for chunk in before)
    return last.delivery


def test_the_sound_arrives_byte_for_byte(engine, server):
    assert spoken(engine) == tone(len(TEXT) / 15)
    (call,) = server.calls
    assert (call.text, call.voice, call.speed, call.key) == (TEXT, "marin", 1.0, KEY)
    assert call.model == "gpt-realtime-2.1-mini"


def test_what_is_asked_for_is_a_reading_outside_any_conversation(engine, server):
    spoken(engine, speed=1.25, voice="cedar")
    (call,) = server.calls
    assert call.response["conversation"] == "none"
    assert call.session["output_modalities"] == ["audio"]
    assert "word for word" in call.session["instructions"]
    assert call.session["audio"]["input"]["turn_detection"] is None
    assert call.session["audio"]["output"] == {
        "voice": "cedar",
        "speed": 1.25,
        "format": {"type": "audio/pcm", "rate": 24_000},
    }
    assert 0 < call.response["max_output_tokens"] <= 4096


def test_what_is_sent_and_read_has_the_names_of_the_providers_own_package():
    from openai.types import realtime

    def kind(event):
        return typing.get_args(event.model_fields["type"].annotation)[0]

    source = open_source("speech/engines/realtime_session.py") + open_source(
        "tests/support/standin_realtime.py"
    )
    for event in (
        realtime.SessionCreatedEvent,
        realtime.SessionUpdateEvent,
        realtime.SessionUpdatedEvent,
        realtime.ResponseCreateEvent,
        realtime.ResponseCreatedEvent,
        realtime.ResponseAudioDeltaEvent,
        realtime.ResponseAudioDoneEvent,
        realtime.ResponseAudioTranscriptDeltaEvent,
        realtime.ResponseAudioTranscriptDoneEvent,
        realtime.ResponseDoneEvent,
        realtime.RealtimeErrorEvent,
    ):
        assert f'"{kind(event)}"' in source or event is realtime.SessionUpdateEvent


def open_source(path):
    from tests.support.serving import ROOT

    return (ROOT / path).read_text()


def test_a_connection_is_used_again_for_the_same_voice_and_speed(engine, server):
    for _ in range(3):
        spoken(engine)
    assert server.connections == 1
    spoken(engine, voice="cedar")
    spoken(engine, speed=1.5)
    assert server.connections == 3


def test_a_session_that_ended_while_idle_is_opened_anew_at_once(engine, server, waits):
    spoken(engine)
    server.hang_up()
    assert spoken(engine) == tone(len(TEXT) / 15)
    assert (server.connections, waits) == (2, [])


def test_a_session_that_has_lasted_too_long_is_opened_anew_at_once(engine, server, waits):
    spoken(engine)
    server.fault, server.fault_times = "expired", 1
    assert spoken(engine) == tone(len(TEXT) / 15)
    assert (server.connections, waits) == (2, [])


def test_no_text_begins_in_a_session_near_its_longest_time(engine, server, monkeypatch):
    spoken(engine)
    monkeypatch.setattr("speech.engines.realtime_session.LONGEST_OPEN_S", -1.0)
    spoken(engine)
    assert server.connections == 2


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("handshake_unauthorized", ProviderRefused, "did not accept the key"),
        ("handshake_forbidden", ProviderRefused, "not supported"),
        ("handshake_no_model", ProviderRefused, "does not exist"),
        ("handshake_quota", ProviderQuota, "no credit"),
        ("unauthorized", ProviderRefused, "did not accept the key"),
        ("ended_model", ProviderRefused, "does not exist"),
        ("bad_request", ProviderRefused, "too long"),
        ("quota", ProviderQuota, "no credit"),
        ("filtered", ProviderRefused, "filter"),
    ],
)
def test_what_will_not_change_is_asked_once(engine, server, waits, fault, error, words):
    server.fault = fault
    with pytest.raises(error, match=words):
        spoken(engine)
    assert (len(server.calls) <= 1, waits) == (True, [])


PASSING = [
    ("handshake_busy", ProviderBusy),
    ("handshake_error_500", ProviderBusy),
    ("handshake_error_503", ProviderBusy),
    ("busy", ProviderBusy),
    ("error_500", ProviderBusy),
    ("failed", ProviderBusy),
    ("out_of_tokens", BrokenAudio),
    ("cut", BrokenAudio),
    ("goodbye", BrokenAudio),
    ("empty", BrokenAudio),
    ("short", BrokenAudio),
    ("garbage", BrokenAudio),
    ("not_base64", BrokenAudio),
]


@pytest.mark.parametrize(("fault", "error"), PASSING)
def test_what_may_pass_is_asked_three_times_with_growing_waits(engine, server, waits, fault, error):
    server.fault = fault
    with pytest.raises(error):
        spoken(engine)
    assert len(waits) == 2
    assert 0 < waits[0] < waits[1]


@pytest.mark.parametrize("fault", [fault for fault, _ in PASSING])
def test_a_fault_that_passes_is_not_noticed(engine, server, fault):
    server.fault, server.fault_times = fault, 2
    assert spoken(engine) == tone(len(TEXT) / 15)


@pytest.mark.parametrize("fault", ["slow", "odd"])
def test_slow_and_oddly_cut_sound_is_whole(engine, server, fault):
    server.fault = fault
    assert spoken(engine) == tone(len(TEXT) / 15)


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("0.25", 0.25), ("900", 30.0)])
def test_the_wait_that_the_provider_asks_for_is_kept_up_to_a_limit(
    engine, server, waits, asked, waited
):
    server.fault, server.fault_times, server.retry_after = "handshake_busy", 1, asked
    spoken(engine)
    assert waits == [waited]


@pytest.mark.parametrize("fault", ["stall", "silent"])
def test_a_provider_that_falls_silent_is_given_up(server, waits, fault):
    server.fault = fault
    engine = OpenAIRealtime(KEY, server.base_url, timeout_s=0.2, sleep=waits.append)
    with pytest.raises(ProviderUnreachable, match="in time"):
        spoken(engine)
    assert len(waits) == 2
    engine.close()


def test_another_transcript_is_asked_for_once_more(engine, server):
    server.fault, server.fault_times = "wrong", 1
    assert delivery(engine).said_otherwise == ""
    assert len(server.calls) == 2


def test_what_is_said_otherwise_twice_is_marked_and_never_silent(engine, server, caplog):
    server.transcripts[TEXT] = "The provider's reading this sentence to its end."
    assert delivery(engine).said_otherwise == server.transcripts[TEXT]
    assert len(server.calls) == 2
    (note,) = (line for line in caplog.messages if "otherwise" in line)
    assert "provider's" not in note  # logs hold nobody's texts


def test_of_two_takes_the_one_nearer_to_the_text_is_kept(engine, server, monkeypatch):
    said = iter(["Sure, here is what you asked me to read.", "The provider reads this to its end."])
    monkeypatch.setattr(server, "transcripts", Saying(said))
    assert delivery(engine).said_otherwise == "The provider reads this to its end."


class Saying:
    """Another transcript each time."""

    def __init__(self, said):
        self.said = said

    def get(self, *_):
        return next(self.said)


def test_a_second_take_that_fails_leaves_the_first_with_its_mark(engine, server, monkeypatch):
    server.transcripts[TEXT] = "Something else."
    asked = []

    def failing(request, original=engine._asked):
        asked.append(request)
        if len(asked) > 1:
            raise ProviderQuota("The provider's account has no credit left.")
        return original(request)

    monkeypatch.setattr(engine, "_asked", failing)
    assert delivery(engine).said_otherwise == "Something else."


def test_a_transcript_that_never_came_is_a_difference(engine, server):
    server.transcripts[TEXT] = ""
    assert delivery(engine).said_otherwise == "…"


def test_numbers_may_be_said_as_words(engine, server):
    text = "It costs $3.50 for 12 of them."
    server.transcripts[text] = "It costs three dollars and fifty cents for twelve of them."
    assert delivery(engine, text).said_otherwise == ""
    assert len(server.calls) == 1


def test_the_tokens_that_were_counted_are_the_cost_of_both_takes(engine, server):
    # The stand-in is no OpenAI, so its price is none; this is the table's.
    assert delivery(engine).cost_usd is None
    engine._prices = realtime_prices(engine.model, is_openai=True)
    once = delivery(engine).cost_usd
    # 72 text tokens came in, 40 of them cached; 12 of text and 65 of sound went out.
    assert once == round((32 * 0.6 + 40 * 0.06 + 12 * 2.4 + 65 * 20) / 1e6, 12)
    server.transcripts[TEXT] = "Something else."
    assert delivery(engine).cost_usd == pytest.approx(2 * once)
    server.fault = "no_usage"
    assert delivery(engine).cost_usd is None


def test_eight_segments_at_once_have_a_connection_each_and_no_more(server):
    engine = OpenAIRealtime(KEY, server.base_url, parallel=4, timeout_s=10.0)
    server.delay_s = 0.02
    threads = [threading.Thread(target=spoken, args=(engine,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(server.calls) == 12
    assert server.connections == 4
    engine.close()


def test_closing_hangs_up(engine, server):
    spoken(engine)
    engine.close()
    deadline = time.monotonic() + 30
    while server.open:
        assert time.monotonic() < deadline, "the connection is still open"
        time.sleep(0.01)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "error": "no"},
        {"type": "error"},
        {"type": "response.done", "response": "no"},
        {"type": "response.done", "response": {"status": "failed", "status_details": "no"}},
        {"type": "response.done", "response": {"status": "completed", "usage": "no"}},
    ],
)
def test_events_of_another_shape_are_a_speech_error(event):
    answer = realtime_session._Answer("")
    with pytest.raises(SpeechError):
        answer.take(event)
        answer.said()


def test_a_piece_is_spoken_sentence_by_sentence_and_in_order(server, make_app, password_hash):
    app = make_app(openai_base_url=server.base_url, openai_model="gpt-realtime-2.1-mini")
    services = app.extensions["voiceverse"]
    owner = Browser(app, services.db.create_user("vera", password_hash, is_admin=True))
    sentences = [f"This is sentence number {number} of the piece." for number in ("one", "two")]
    server.fault, server.fault_times = "cut", 1
    filename = owner.speak(" ".join(sentences))
    row = owner.get(f"/files/{filename}", json=True).json
    assert row["status"] == "ready"
    assert row["duration"] == pytest.approx(len(" ".join(sentences)) / 15, abs=0.8)
    assert {call.text.strip() for call in server.calls} == set(sentences)


def test_nobody_listening_is_named_without_the_path():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = OpenAIRealtime(KEY, f"http://127.0.0.1:{port}/v1", sleep=lambda _: None)
    with pytest.raises(ProviderUnreachable, match=f"127.0.0.1:{port} could not be reached"):
        spoken(engine)
    engine.close()


@pytest.mark.parametrize("address", ["nonsense", "http://", "http://[", "ftp://localhost/v1"])
def test_an_address_that_is_none_is_a_speech_error(address):
    engine = OpenAIRealtime(KEY, address, sleep=lambda _: None)
    with pytest.raises(SpeechError):
        spoken(engine)
    engine.close()


def test_a_server_of_web_pages_is_a_speech_error(server):
    engine = OpenAIRealtime(KEY, server.base_url + "/elsewhere", sleep=lambda _: None)
    with pytest.raises(ProviderRefused, match="404"):
        spoken(engine)
    engine.close()


@pytest.mark.parametrize("fault", ["handshake_unauthorized", "unauthorized"])
def test_the_key_never_shows_in_a_sentence_or_a_fingerprint(engine, server, fault):
    server.fault = fault
    with pytest.raises(ProviderRefused) as caught:
        spoken(engine)
    assert "did not accept the key" in caught.value.message
    assert "secret" not in caught.value.message
    other = OpenAIRealtime("sk-other", server.base_url)
    request = SpeechRequest(TEXT, "marin")
    assert engine.fingerprint(request) == other.fingerprint(request)


def test_neither_key_nor_address_names_both_remedies():
    with pytest.raises(KeyMissing, match=r"OPENAI_API_KEY.*VOICEVERSE_OPENAI_BASE_URL"):
        OpenAIRealtime()


def test_ten_voices_and_a_price_that_says_it_is_an_estimate():
    engine = OpenAIRealtime(KEY)
    assert len(engine.voices()) == 10
    assert {"fable", "nova", "onyx"}.isdisjoint(openai_realtime.VOICES)
    assert engine.price().is_estimate
    assert OpenAIRealtime(KEY, model="gpt-realtime-9").price().quote(10, 1) is None


def test_the_end_of_a_model_is_known_without_its_server_saying_so(monkeypatch):
    engine = OpenAIRealtime(KEY, model="gpt-realtime")
    silent = SimpleNamespace(models=SimpleNamespace(list=lambda: None))
    monkeypatch.setattr(engine, "_connected", lambda: silent)
    (notice,) = engine.notices()
    assert notice.shutdown.isoformat() == "2027-01-20"
