from datetime import UTC, date, datetime, timedelta

import pytest

from tests.support.lengths import LENGTHS
from web import formatting


@pytest.fixture
def speaking(app):
    """A function that makes what follows be read in a language."""
    pushed = []

    def speak(code):
        while pushed:
            pushed.pop().pop()
        pushed.append(app.test_request_context(headers={"Accept-Language": code}))
        pushed[-1].push()

    yield speak
    pushed.pop().pop()


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (None, "price unknown"),
        (0, "free"),
        (0.00001, "under $0.0001"),
        (0.0153, "$0.0153"),
        (0.1, "$0.10"),
        (1.239, "$1.24"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money_shows_as_many_digits_as_matter(usd, text):
    assert formatting.money(usd) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 KB"), (1, "1 KB"), (640_000, "640 KB"), (12_340_000, "12.3 MB"), (2.5e9, "2.5 GB")],
)
def test_sizes_come_in_the_unit_that_fits(number, text):
    assert formatting.size(number) == text


@pytest.mark.parametrize(("seconds", "clock", "words"), LENGTHS)
def test_a_length_is_rounded_alike_as_a_clock_and_in_words(seconds, clock, words):
    assert (formatting.running_time(seconds), formatting.spoken_length(seconds)) == (clock, words)


def test_a_place_before_the_first_half_second_is_the_beginning():
    assert [formatting.clock(seconds) for seconds in (0, 0.4, 0.5)] == ["0:00", "0:00", "0:01"]


def test_days_are_named_by_their_distance():
    today = datetime.now().astimezone().date()
    assert formatting.day(today) == "Today"
    assert formatting.day(today - timedelta(days=1)) == "Yesterday"
    week_ago = today - timedelta(days=7)
    assert formatting.day(week_ago) == f"{week_ago:%A} {week_ago.day} {week_ago:%B}"
    assert formatting.day(date(2020, 11, 2)) == "2 November 2020"


def test_numbers_days_and_money_follow_the_language(speaking):
    speaking("de")
    assert formatting.count(1_234_567) == "1.234.567"
    assert formatting.money(0.0153) == "0,0153\xa0$"
    assert formatting.size(12_340_000) == "12,3 MB"
    assert formatting.day(date(2020, 3, 2)) == "2. März 2020"
    assert formatting.month({"year": 2026, "month": 3}) == "März 2026"
    week_ago = datetime.now().astimezone().date() - timedelta(days=7)
    assert f", {week_ago.day}. " in formatting.day(week_ago)
    speaking("en")
    assert formatting.month({"year": 2026, "month": 3}) == "March 2026"


def test_a_moment_is_told_in_the_time_of_this_machine():
    now = datetime.now(UTC)
    text = f"{now:%Y-%m-%d %H:%M:%S}"
    assert formatting.moment(text) == f"Today {now.astimezone():%H:%M}"
    assert formatting.moment(now.timestamp()) == formatting.moment(text)
    assert formatting.moment("") == formatting.moment(None) == "never"


def test_a_day_that_is_none_is_shown_as_it_is():
    assert formatting.iso_day("2027-01-06") == "6 January 2027"
    assert formatting.iso_day("soon") == "soon"


def test_an_unknown_event_is_readable():
    assert formatting.event_name("login") == "Logged in"
    assert formatting.event_name("lamp_lit") == "Lamp lit"
