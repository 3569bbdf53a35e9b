import pytest

from speech.prices import (
    FREE,
    UNKNOWN,
    Usage,
    expected_duration_s,
    openai_price,
    realtime_prices,
)


@pytest.mark.parametrize(
    ("model", "characters", "usd"),
    [
        ("tts-1", 1_000_000, 15.0),
        ("tts-1-hd", 1, 0.00003),
        ("tts-1", 3, 0.000045),
        ("tts-1", 0, 0.0),
    ],
)
def test_prices_by_the_character_are_exact(model, characters, usd):
    assert openai_price(model, is_openai=True).quote(characters, 1.0) == usd


def test_prices_by_the_token_follow_text_and_duration_and_say_that_they_are_estimates():
    price = openai_price("gpt-4o-mini-tts", is_openai=True)
    # 4,000,000 characters are a million text tokens; 60 s are 1,250 audio tokens.
    assert price.quote(4_000_000, 0) == 0.6
    assert price.quote(0, 60) == 0.015
    assert price.is_estimate


def test_each_price_of_the_table_names_its_date_and_source():
    price = openai_price("tts-1", is_openai=True)
    assert price.as_of == "2026-11"
    assert price.source.startswith("https://")
    assert not price.is_estimate


@pytest.mark.parametrize("price", [UNKNOWN, openai_price("new-model", is_openai=True)])
def test_what_is_not_known_is_not_quoted(price):
    assert not price.is_known
    assert price.quote(1000, 60.0) is None


def test_another_server_has_no_openai_price_but_may_have_its_own():
    assert openai_price("tts-1", is_openai=False).quote(100, 1.0) is None
    assert openai_price("tts-1", is_openai=False, configured=0.0).quote(100, 1.0) == 0.0
    assert openai_price("tts-1", is_openai=True, configured=20.0).quote(1_000_000, 1.0) == 20.0


def test_the_embedded_voice_is_free_and_known_to_be():
    assert FREE.is_known
    assert FREE.quote(5_000_000, 1e6) == 0.0


def test_the_expected_duration_shrinks_with_the_speed():
    slow = expected_duration_s(1340, 1.0, "espeak")
    assert slow == pytest.approx(100.0)
    assert expected_duration_s(1340, 2.0, "espeak") == pytest.approx(50.0)


def test_tokens_that_a_provider_counted_are_priced_kind_by_kind():
    prices = realtime_prices("gpt-realtime-2.1-mini", is_openai=True)
    million = 1_000_000
    assert prices.cost(Usage(text_in=million)) == 0.6
    assert prices.cost(Usage(text_cached=million)) == 0.06
    assert prices.cost(Usage(audio_out=million)) == 20.0
    assert prices.cost(Usage(text_in=57, text_out=30, audio_out=140)) == 0.0029062
    assert prices.cost(Usage(text_in=1) + Usage(text_in=2, audio_out=1)) == 0.0000218


def test_a_realtime_quote_is_an_estimate_of_text_twice_and_of_sound():
    price = realtime_prices("gpt-realtime-2.1-mini", is_openai=True).estimate()
    assert price.is_estimate
    assert price.quote(4_000_000, 0) == 3.0
    assert price.quote(0, 60) == 0.024


@pytest.mark.parametrize(
    ("model", "is_openai"), [("gpt-realtime-9", True), ("gpt-realtime-2.1", False)]
)
def test_realtime_prices_that_are_not_known_are_not_made_up(model, is_openai):
    assert realtime_prices(model, is_openai=is_openai) is None
