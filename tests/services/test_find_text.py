"""Words found in texts: folded, counted, bounded."""

import time

import pytest

from services.find_text import LOOK_S, MOST_COUNTED, find


def places(text, query):
    return [match.start for match in find(text, query).matches]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a café", "CAFE"), ("a cafe\u0301 b", "café"), ("Die STRASSE", "straße"),
        ("die Straße", "strasse"), ("Έλλη ΕΛΛΗ", "ελλη"), ("ЁЛКА", "елка"), ("naïve", "naive"),
        ("two\n\n  words", "Two Words"), ("Łódź", "łodz"), ("a.b*c", ".B*"), ("C++ [x]", "c++ [X]"),
        ("हिन्दी", "हिन्दी"), ("한국어", "한국어"), ("😀 here", "😀"),
    ],
)  # fmt: skip
def test_letters_that_are_alike_are_found(text, query):
    assert find(text, query).total > 0


@pytest.mark.parametrize(
    ("text", "query"), [("cafe", "cafés"), ("axb", "a.b"), ("", "a"), ("a", "  ")]
)
def test_what_is_not_there_is_not_found(text, query):
    assert find(text, query).total == 0


def test_places_count_code_points():
    assert places("😀😀 ferry", "ferry") == [3]


def test_a_match_over_the_border_of_two_windows_is_found_once():
    text = "x" * 99_998 + "ferry" + "x" * 99_999 + "ferry"
    assert places(text, "ferry") == [99_998, 200_002]


def test_pages_follow_each_other_to_the_end():
    text, first, seen = "ab " * 25, 0, []
    while first is not None:
        page = find(text, "ab", first=first, limit=10)
        seen += [match.start for match in page.matches]
        first = page.next
    assert seen == [*range(0, 75, 3)]


def test_more_than_can_be_counted_is_said():
    page = find("a" * (MOST_COUNTED + 500_000), "a")
    assert (page.total, page.is_more) == (MOST_COUNTED, True)


def test_the_longest_text_and_the_worst_words_end_in_time(monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock) * LOOK_S)
    page = find("a" * 5_000_000, "a" * 199 + "b")
    assert page.is_more
    assert next(clock) < 5
