import socket
import threading
import time

import pytest

from speech.engines.openai_speech import OpenAISpeech
from speech.errors import (
    BrokenAudio,
    KeyMissing,
    ProviderBusy,
    ProviderQuota,
    ProviderRefused,
    ProviderUnreachable,
    SpeechError,
)
from speech.types import SpeechRequest
from tests.support.standin_openai import ANSWERS, StandIn, tone

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
    engine = OpenAISpeech(KEY, server.base_url, timeout_s=10.0, sleep=waits.append)
    yield engine
    engine.close()


def spoken(engine, text=TEXT, speed=1.0):
    chunks = engine.speak(SpeechRequest(text, "nova", speed))
    return b"".join(chunk.pcm for chunk in chunks)


def test_the_sound_arrives_byte_for_byte(engine, server):
    assert spoken(engine) == tone(len(TEXT) / 15)
    (call,) = server.calls
    assert (call.text, call.voice, call.model) == (TEXT, "nova", "tts-1")
    assert (call.response_format, call.speed, call.key) == ("pcm", 1.0, KEY)


def test_pieces_of_odd_length_are_joined_to_whole_samples(engine, server):
    server.fault = "odd"
    assert spoken(engine) == tone(len(TEXT) / 15)


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("unauthorized", ProviderRefused, "did not accept the key"),
        ("forbidden", ProviderRefused, "not supported"),
        ("bad_request", ProviderRefused, "too long"),
        ("no_model", ProviderRefused, "does not exist"),
        ("quota", ProviderQuota, "no credit"),
    ],
)
def test_what_will_not_change_is_asked_once(engine, server, waits, fault, error, words):
    server.fault = fault
    with pytest.raises(error, match=words):
        spoken(engine)
    assert (len(server.calls), waits) == (1, [])


@pytest.mark.parametrize(
    ("fault", "error"),
    [("busy", ProviderBusy), ("error_500", ProviderBusy), ("error_503", ProviderBusy)]
    + [("empty", BrokenAudio)]
    + [(answer, BrokenAudio) for answer in ANSWERS],
)
def test_what_may_pass_is_asked_three_times_with_growing_waits(engine, server, waits, fault, error):
    server.fault = fault
    with pytest.raises(error):
        spoken(engine)
    assert len(server.calls) == 3
    assert 0 < waits[0] < waits[1]


@pytest.mark.parametrize("fault", ["busy", "error_500", "error_503", "empty", "json", "html"])
def test_a_fault_that_passes_is_not_noticed(engine, server, fault):
    server.fault, server.fault_times = fault, 2
    assert spoken(engine) == tone(len(TEXT) / 15)


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("0.25", 0.25), ("900", 30.0)])
def test_the_wait_that_the_provider_asks_for_is_kept_up_to_a_limit(
    engine, server, waits, asked, waited
):
    server.fault, server.fault_times, server.retry_after = "busy", 1, asked
    spoken(engine)
    assert waits == [waited]


def test_a_date_as_retry_after_falls_back_to_our_own_wait(engine, server, waits):
    server.fault, server.fault_times = "busy", 1
    server.retry_after = "Wed, 21 Oct 2026 07:28:00 GMT"
    spoken(engine)
    assert 0 < waits[0] < 1


@pytest.mark.parametrize("fault", ["cut", "incomplete"])
def test_sound_that_breaks_off_is_an_error_to_ask_again_after(engine, server, fault):
    server.fault = fault
    sound = engine.speak(SpeechRequest(TEXT, "nova"))
    assert next(sound).pcm
    with pytest.raises(BrokenAudio, match="cut off") as caught:
        list(sound)
    assert caught.value.retryable
    assert len(server.calls) == 1


def test_sound_that_stalls_is_given_up(server):
    server.fault = "stall"
    engine = OpenAISpeech(KEY, server.base_url, timeout_s=1.0)
    with pytest.raises(BrokenAudio, match="stopped arriving"):
        spoken(engine)
    engine.close()


def test_a_first_byte_that_never_comes_is_given_up(server, waits):
    server.delay_s = 60
    engine = OpenAISpeech(KEY, server.base_url, timeout_s=0.2, sleep=waits.append)
    with pytest.raises(ProviderUnreachable, match="in time"):
        spoken(engine)
    assert len(waits) == 2
    engine.close()


def test_too_little_sound_for_the_text_is_refused(engine, server):
    server.fault = "short"
    with pytest.raises(BrokenAudio, match="sent"):
        spoken(engine)


def test_a_fast_voice_is_not_taken_for_a_short_answer(engine):
    assert spoken(engine, TEXT * 4, 4.0) == tone(len(TEXT) / 15)


def test_a_brief_text_may_be_brief(engine, server):
    server.seconds_per_character = 0.001
    assert spoken(engine, "Well?")


def test_sound_that_starts_with_the_byte_of_a_brace_is_sound(engine, server):
    with pytest.raises(BrokenAudio):
        check(b'{"error": "no"}   ')
    check(b"{\x00\x12\xff" * 8)


def check(start):
    from speech.engines.openai_errors import check_start

    check_start(start)


def test_nobody_listening_is_named_without_the_path():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = OpenAISpeech(KEY, f"http://127.0.0.1:{port}/v1", sleep=lambda _: None)
    with pytest.raises(ProviderUnreachable, match=f"127.0.0.1:{port} could not be reached"):
        spoken(engine)
    engine.close()


@pytest.mark.parametrize("address", ["nonsense", "http://", "http://[", "ftp://localhost/v1"])
def test_an_address_that_is_none_is_a_speech_error(address):
    engine = OpenAISpeech(KEY, address, sleep=lambda _: None)
    with pytest.raises(SpeechError):
        spoken(engine)
    engine.close()


def test_a_key_with_letters_no_header_can_hold_is_a_speech_error(server):
    engine = OpenAISpeech("sk-…", server.base_url, sleep=lambda _: None)
    with pytest.raises(SpeechError):
        spoken(engine)
    engine.close()


def test_the_key_never_shows_in_a_sentence_or_a_fingerprint(engine, server):
    server.fault = "unauthorized"
    with pytest.raises(ProviderRefused) as caught:
        spoken(engine)
    assert "did not accept the key" in caught.value.message
    assert "secret" not in caught.value.message
    other = OpenAISpeech("sk-other", server.base_url)
    request = SpeechRequest(TEXT, "nova")
    assert engine.fingerprint(request) == other.fingerprint(request)


def test_neither_key_nor_address_names_both_remedies():
    with pytest.raises(KeyMissing, match=r"OPENAI_API_KEY.*VOICEVERSE_OPENAI_BASE_URL"):
        OpenAISpeech()


def test_a_server_of_our_own_needs_no_key(server):
    engine = OpenAISpeech("", server.base_url)
    assert spoken(engine)
    engine.close()


def test_sound_is_passed_on_while_the_rest_is_still_being_made(server, engine):
    server.fault = "stall"  # half of it, and then nothing more
    sound = engine.speak(SpeechRequest(TEXT, "nova"))
    assert next(sound).pcm
    sound.close()


def test_closing_early_hangs_up_on_the_provider(server, engine):
    server.times_real_time = 1.0
    sound = engine.speak(SpeechRequest(TEXT * 40, "nova"))
    next(sound)
    before = threading.active_count()
    sound.close()
    deadline = time.monotonic() + 30
    while threading.active_count() >= before:
        assert time.monotonic() < deadline, "the provider is still sending"
        time.sleep(0.01)


def test_the_end_of_a_model_is_reported_and_its_absence_is_no_failure(engine, server):
    assert engine.notices() == ()
    server.shutdown_dates = {"tts-1": "2027-01-06"}
    (notice,) = engine.notices()
    assert notice.shutdown.isoformat() == "2027-01-06"
    assert "tts-1" in notice.sentence
    server.has_models = False
    assert engine.notices() == ()


def test_each_model_has_its_own_voices_and_a_server_its_configured_ones():
    def names(engine):
        return {voice.identifier for voice in engine.voices()}

    assert "verse" not in names(OpenAISpeech(KEY, model="tts-1-hd"))
    assert {"verse", "cedar", "nova"} <= names(OpenAISpeech(KEY, model="gpt-4o-mini-tts"))
    own = OpenAISpeech(base_url="http://localhost/v1", voices=("af_heart", "bm_lewis"))
    assert names(own) == {"af_heart", "bm_lewis"}
    assert own.default_voice == "af_heart"


def test_the_price_is_known_for_openai_alone_unless_configured():
    assert OpenAISpeech(KEY).price().quote(1_000_000, 0) == 15
    assert OpenAISpeech(base_url="http://localhost/v1").price().quote(10, 1) is None
    own = OpenAISpeech(base_url="http://localhost/v1", usd_per_million_characters=0.0)
    assert own.price().quote(10, 1) == 0.0
