"""What servers say of themselves, in every shape and with every fault, and who is never contacted."""

import ipaddress
import json

import pytest

from speech.engines import pinned_http
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import OpenAISpeech
from speech.engines.pinned_http import BadAddress, checked_address, is_forbidden, origin
from speech.engines.voice_discovery import NoList, read_models, read_voices, voices_in
from speech.errors import (
    ProviderBusy,
    ProviderQuota,
    ProviderRefused,
    ProviderUnreachable,
    SpeechError,
)
from speech.types import SpeechRequest
from tests.support.standin_lists import listening

KEY = "sk-planted-in-the-lists-0123456789"


@pytest.fixture
def server():
    with listening() as listener:
        yield listener


@pytest.fixture
def elsewhere():
    with listening() as listener:
        yield listener


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        ({"voices": ["af_heart"]}, [("af_heart", "", "en-US")]),
        ({"voices": ["bm_lewis"]}, [("bm_lewis", "", "en-GB")]),
        ({"voices": [{"id": "zf_xia", "name": "zf_xia"}]}, [("zf_xia", "", "cmn")]),
        ({"object": "list", "data": [{"id": "nova", "object": "voice"}]}, [("nova", "", "")]),
        ({"data": [{"id": "a", "name": "Ann", "languages": ["de_DE"]}]}, [("a", "Ann", "de-DE")]),
        ([{"voice_id": "kerstin", "model_id": "m"}], [("kerstin", "", "")]),
        ({"voices": [{"name": "Ivy", "locale": "en-AU"}]}, [("Ivy", "", "en-AU")]),
        ({"voices": {"a": {"language": "en"}, "b": {}}}, [("a", "", "en"), ("b", "", "")]),
        (["de-DE-KatjaNeural"], [("de-DE-KatjaNeural", "", "de-DE")]),
        (["de_DE-thorsten-medium"], [("de_DE-thorsten-medium", "", "de-DE")]),
        ({"voices": [{"id": "x", "language": "<b>"}]}, [("x", "", "")]),
        ({"voices": ["one", "one", " two  words "]}, [("one", "", ""), ("two words", "", "")]),
    ],
)  # fmt: skip
def test_voices_are_found_in_every_known_shape(answer, rows):
    assert voices_in(answer) == rows


@pytest.mark.parametrize(
    "answer",
    [None, 7, "voices", [], {}, {"voices": None}, {"voices": 3}, {"voices": [None, 3, [], {}]},
     {"voices": ["a\nb", "a|b", "x" * 101, "", "\u2028"]}, {"voices": [{"id": {"a": 1}}]}],
)  # fmt: skip
def test_what_is_no_voice_is_left_out(answer):
    assert voices_in(answer) == []


def test_of_several_models_those_of_the_own_one_are_taken():
    answer = [{"voice_id": "a", "model_id": "one"}, {"voice_id": "b", "model_id": "two"}]
    assert voices_in(answer, "two") == [("b", "", "")]
    assert [row[0] for row in voices_in(answer, "three")] == ["a", "b"]


def test_voices_are_asked_for_with_the_key_where_servers_have_them(server):
    server.answers["/v1/audio/speech/voices"] = {"voices": ["nova"]}
    assert read_voices(server.url, KEY, "m", 5.0) == [("nova", "", "")]
    assert [asked.path for asked in server.asked] == ["/v1/audio/voices", "/v1/audio/speech/voices"]
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {KEY}"}
    read_voices(server.url, "", "m", 5.0)
    assert "authorization" not in server.asked[-1].headers


def test_voices_that_stand_with_their_model_are_found_there(server):
    server.answers["/v1/models"] = {"data": [{"id": "m", "voices": [{"name": "ann"}]}, {"id": "n"}]}
    assert read_voices(server.url, "", "m", 5.0) == [("ann", "", "")]
    with pytest.raises(NoList, match="Enter their names in the form"):
        read_voices(server.url, "", "n", 5.0)


def test_models_are_read_and_told_apart(server):
    server.answers["/v1/models"] = {"data": [{"id": "m"}, {"id": "m"}, {"id": "n"}, {"no": 1}, 3]}
    assert read_models(server.url, KEY, 5.0) == ["m", "n"]
    server.answers["/v1/models"] = {"data": []}
    with pytest.raises(NoList):
        read_models(server.url, KEY, 5.0)


def refusal(status, code=None, **headers):
    error = {"error": {"message": f"Incorrect key: {KEY}.", "code": code}}
    return status, {"Content-Type": "application/json", **headers}, json.dumps(error).encode()


HTML = b"<!doctype html><title>Sign in to the network</title>"
MANY = json.dumps({"voices": ["v" * 90 + str(n) for n in range(110_000)]}).encode()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(401), ProviderRefused),
        (refusal(403), ProviderRefused),
        (refusal(400), ProviderRefused),
        (refusal(429, **{"Retry-After": "3600"}), ProviderBusy),
        (refusal(429, "insufficient_quota"), ProviderQuota),
        (refusal(500), ProviderBusy),
        ((503, {}, HTML), ProviderBusy),
        ((200, {"Content-Type": "text/html"}, HTML), NoList),
        ((200, {}, b"{" * 100_000), NoList),
        ((200, {}, b""), NoList),
        ((200, {}, b"\xff\xfe"), NoList),
        ((200, {}, MANY), NoList),
        ((200, {}, [MANY[place : place + 65536] for place in range(0, len(MANY), 65536)]), NoList),
    ],
)  # fmt: skip
def test_each_fault_has_a_sentence_without_the_key(server, answer, error):
    assert len(MANY) > 10_000_000
    for path in ("/v1/audio/voices", "/v1/models"):
        server.answers[path] = answer
    for ask in (
        lambda: read_voices(server.url, KEY, "m", 5.0),
        lambda: read_models(server.url, KEY, 5.0),
    ):
        with pytest.raises(error) as caught:
            ask()
        assert KEY not in caught.value.message
        assert "<" not in caught.value.message


def test_a_server_that_says_nothing_or_drips_is_left(server):
    def drip():
        while not server.hurry.wait(0.02):
            yield b" "

    for content in (iter(lambda: server.hurry.wait(60) and b"", b""), drip()):
        server.answers["/v1/models"] = (200, {}, content)
        with pytest.raises(ProviderUnreachable, match="did not answer in time"):
            read_models(server.url, KEY, 0.3)


def test_a_server_that_is_not_there_is_named_by_its_host():
    with pytest.raises(ProviderUnreachable, match=r"127\.0\.0\.1:9 could not be reached"):
        read_models("http://127.0.0.1:9/v1", KEY, 5.0)


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_brings_neither_key_nor_text_to_another_server(server, elsewhere, status):
    away = (status, {"Location": f"{elsewhere.url}/audio/speech"}, b"")
    for path in ("audio/speech", "audio/voices", "models", "realtime?model=m"):
        server.answers[f"/v1/{path}"] = away
    speech = OpenAISpeech(KEY, server.url, timeout_s=5.0, sleep=lambda _: None)
    realtime = OpenAIRealtime(KEY, server.url, "m", timeout_s=5.0, sleep=lambda _: None)
    asked = (
        lambda: list(speech.speak(SpeechRequest("Secret text.", "nova"))),
        lambda: list(realtime.speak(SpeechRequest("Secret text.", "marin"))),
        lambda: read_voices(server.url, KEY, "m", 5.0),
        lambda: read_models(server.url, KEY, 5.0),
    )
    for ask in asked:
        with pytest.raises(SpeechError, match="another address"):
            ask()
    speech.notices()
    realtime.notices()
    speech.close()
    realtime.close()
    assert len(server.asked) == 6
    assert {each.headers["authorization"] for each in server.asked} == {f"Bearer {KEY}"}
    assert elsewhere.asked == []


# Addresses


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://localhost:8880/v1/", "http://localhost:8880/v1"),
        (" https://api.example.org/v1 ", "https://api.example.org/v1"),
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("http://[fd12:3456::1]:80/v1", "http://[fd12:3456::1]:80/v1"),
    ],
)
def test_servers_of_the_house_and_of_the_world_can_be_used(url, kept):
    assert checked_address(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "", "localhost:8880", "ftp://host/v1", "http://", "http:///v1", "http://host:0/v1",
        "http://host:99999/v1", "http://[::1", "https://user:pass@host/v1", "https://host/v1?key=1",
        "https://host/v1#x", "https://host/v1?", "https://host/v1#", "https://host/v 1",
        "https://host\\@evil/v1", "https://hö.example/v1",
        f"https://host/{'v' * 600}",
    ],
)  # fmt: skip
def test_what_is_no_base_url_is_refused(url):
    with pytest.raises(BadAddress, match="base URL"):
        checked_address(url)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254", "169.254.0.1:8880", "0.0.0.0:8880", "0.1.2.3", "[fe80::1]",
        "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[::]", "[2002:a9fe:a9fe::1]",
        "100.100.100.200", "[fd00:ec2::254]", "2852039166", "0xa9fea9fe", "0",
    ],
)  # fmt: skip
def test_addresses_that_hand_out_secrets_are_never_asked(host):
    with pytest.raises(BadAddress, match="never contacted"):
        checked_address(f"http://{host}/v1")


def test_a_name_is_looked_up_each_time_it_is_asked(server, monkeypatch):
    """A name that led to a server may lead elsewhere tomorrow."""
    found = [(2, 1, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(pinned_http.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(BadAddress):
        read_models(server.url, KEY, 5.0)
    assert server.asked == []


def test_a_name_that_nobody_knows_now_can_be_kept(monkeypatch):
    def unknown(*_, **__):
        raise OSError

    monkeypatch.setattr(pinned_http.socket, "getaddrinfo", unknown)
    assert checked_address("http://kokoro:8880/v1") == "http://kokoro:8880/v1"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "172.16.0.1", "fd00::1"])
def test_the_house_is_no_forbidden_place(address):
    assert not is_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("http://host/v1", "http://HOST:80/other", True),
        ("https://host/v1", "https://host:443/v1", True),
        ("http://host/v1", "https://host/v1", False),
        ("http://host:8880/v1", "http://host:8881/v1", False),
        ("http://host/v1", "http://host.example/v1", False),
        ("http://[::1]:80/v1", "http://[::1]/v1", True),
    ],
)
def test_an_origin_is_scheme_host_and_port(one, other, is_same):
    assert (origin(one) == origin(other)) is is_same
