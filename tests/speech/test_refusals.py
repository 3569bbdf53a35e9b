"""What is said of a provider's refusals: one clear sentence, and nothing of the key."""

from contextlib import closing

import pytest

from speech.engines.openai_errors import cleaned, message_of, refusal
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import OpenAISpeech
from speech.errors import (
    KeyRefused,
    ModelEnded,
    ProviderBusy,
    ProviderQuota,
    ProviderRefused,
    SpeechError,
)
from speech.types import SpeechRequest
from tests.support import standin_openai, standin_realtime

KEY = "sk-very-secret-1234567890"
WRONG = "The provider did not accept the key. Check it, or get a new one from the provider."
SAID = "The provider refused the request (status {}). It says: {}"
OPENAI = f"Incorrect API key provided: {KEY[:8]}{'*' * 20}7890. You can find your API key at \
https://platform.openai.com/account/api-keys."


def refused(engine, voice):
    """The error with which an engine refuses to speak."""
    with closing(engine), pytest.raises(KeyRefused) as caught:
        list(engine.speak(SpeechRequest("It was late.", voice, 1.0)))
    return caught.value


@pytest.mark.parametrize("fault", ["unauthorized", "masked"])
def test_a_wrong_key_is_one_clear_sentence_whatever_the_provider_says(fault):
    with standin_openai.StandIn(fault=fault) as server:
        caught = refused(OpenAISpeech(KEY, server.base_url), "nova")
    assert caught.message == WRONG


@pytest.mark.parametrize("fault", ["handshake_unauthorized", "unauthorized"])
def test_a_wrong_key_is_the_same_sentence_in_a_conversation(fault):
    with standin_realtime.StandIn() as server:
        server.fault = fault
        caught = refused(OpenAIRealtime(KEY, server.base_url), "marin")
    assert caught.message == WRONG


@pytest.mark.parametrize(
    ("status", "code", "message", "error", "sentence"),
    [
        (401, "invalid_api_key", OPENAI, KeyRefused, WRONG),
        (401, "", "", KeyRefused, WRONG),
        (403, "", "Your country is not supported.", KeyRefused,
         SAID.format(403, "Your country is not supported.")),
        (403, "", f"Key {KEY} lacks api.audio.", KeyRefused,
         SAID.format(403, "Key … lacks api.audio.")),
        (403, "", "", KeyRefused, "The provider refused the request (status 403)."),
        (404, "model_not_found", "The model `tts-9` does not exist.", ModelEnded,
         "The provider does not have this model. It says: The model `tts-9` does not exist."),
        (404, "", "Not Found", ProviderRefused,
         "The server has nothing at this address (status 404). Check the base URL, which "
             "usually ends with /v1."),
        (404, "", "Voice ann is unknown.", ProviderRefused,
         SAID.format(404, "Voice ann is unknown.")),
        (400, "", OPENAI, ProviderRefused,
         SAID.format(400, "Incorrect API key provided: …. You can find your API key at "
                          "https://platform.openai.com/account/api-keys.")),
        (402, "", "Insufficient credits", ProviderQuota,
         "The provider's account has no credit left."),
        (429, "billing_hard_limit_reached", "Limit", ProviderQuota,
         "The provider's account has no credit left."),
        (429, "", OPENAI, ProviderBusy,
         "The provider is busy: too many requests. Try again later."),
        (502, "", "Bad gateway", ProviderBusy,
         "The provider has a fault (status 502). Try again later."),
    ],
)  # fmt: skip
def test_each_refusal_says_what_it_means(status, code, message, error, sentence):
    found = refusal(status, code, message, KEY)
    assert isinstance(found, error)
    assert found.message == sentence


@pytest.mark.parametrize(
    "message",
    [
        f"Incorrect API key: {KEY}.",
        f"({KEY}) is no key",
        f"Bearer {KEY} was refused",
        f"Unknown key {KEY[:12]}",
        f"Unknown key {KEY[:7]}…{KEY[-4:]}",
        f"Unknown key {KEY[:5]}...{KEY[-4:]}, it seems",
        f"Unknown key ****{KEY[-4:]}",
        f"api_key={KEY}&voice=ann",
        f'{{"key": "{KEY}"}}',
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_no_part_of_a_key_is_repeated(message, status):
    said = refusal(status, "", message, KEY).message
    for place in range(len(KEY) - 3):
        assert KEY[place : place + 4] not in said


@pytest.mark.parametrize("key", ["", "x", "key", "none", "local-server"])
def test_words_stay_as_they_are_where_the_key_is_a_word_or_none(key):
    said = "The API key provided has no local voices; the server knows nobody… Ask again."
    assert cleaned(said, key) == (said if key != "key" else said.replace(" key ", " … "))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "No."}, "No."),
        ({"error": {"message": "No.", "code": None}}, "No."),
        ({"error": "No."}, "No."),
        ({"detail": "No."}, "No."),
        ({"detail": [{"loc": ["body"], "msg": "No."}]}, "No."),
        ({"detail": {"error": "validation_error", "message": "No."}}, "No."),
        ("No.", "No."),
        ("<!doctype html><title>Sign in</title>", ""),
        ({"error": {"message": " <html>"}}, ""),
        ({}, ""),
        ([], ""),
        (None, ""),
        (7, ""),
        ({"error": {"error": {"error": {"error": {"error": "deep"}}}}}, ""),
    ],
)
def test_the_words_of_an_error_are_found_in_every_servers_shape(body, message):
    assert message_of(body) == message


def test_a_page_instead_of_an_answer_is_not_quoted():
    page = "<!doctype html><html><body>Sign in to the network</body></html>"
    assert isinstance(refusal(511, "", message_of(page), KEY), SpeechError)
    assert "Sign in" not in refusal(403, "", message_of(page), KEY).message
