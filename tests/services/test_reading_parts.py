"""The parts of a text for reading: together they are the text, cut where a reader would."""

import pytest

from services.reading_parts import PART_CHARACTERS, cut, heading_span, part_at
from tests.support.making import prose

LONG = prose(40_000, 4)


@pytest.mark.parametrize(
    "text",
    ["", "A tide.", LONG, "x" * 20_000, "one two " * 3_000, "line\n" * 4_000, "😀" * 13_001],
    ids=["empty", "short", "paragraphs", "one word", "words", "lines", "signs outside of Unicode"],
)
def test_the_parts_are_the_text(text):
    parts = cut(text)
    assert "".join(text[part.start : part.end] for part in parts) == text
    assert all(part.end - part.start <= PART_CHARACTERS for part in parts)
    assert all(part.end > part.start for part in parts) or text == ""


def test_a_text_is_cut_after_paragraphs_and_never_within_a_word():
    ends = [LONG[: part.end][-2:] for part in cut(LONG)[:-1]]
    assert ends == ["\n\n"] * len(ends)
    words = "one two " * 3_000
    assert all(words[part.start - 1 : part.start] in ("", " ") for part in cut(words))


def test_a_part_begins_where_a_chapter_does():
    starts = [0, 100, 101, 20_000, 39_999]
    begun = [part.start for part in cut(LONG, [*starts, 40_000, 50_000])]
    assert set(starts) <= set(begun)
    assert begun == sorted(set(begun))


def test_the_part_of_a_place_holds_it():
    parts = cut(LONG)
    for place in (0, 5_999, 6_000, 39_999):
        part = parts[part_at(parts, place)]
        assert part.start <= place < part.end
    assert part_at(parts, 10**9) == len(parts) - 1


@pytest.mark.parametrize(
    ("text", "title", "heading"),
    [
        ("The storm\n\nIt came.", "The storm", "The storm"),
        ("\n\nTHE STORM.\n\nIt came.", "The storm", "THE STORM."),
        ("CHAPTER 1\n\nLoomings\n\nCall me.", "Chapter 1. Loomings", "CHAPTER 1\n\nLoomings"),
        ("The storm", "The storm", "The storm"),
        ("The storm came at night.", "The storm", None),
        ("It came.", "The storm", None),
        ("The stor", "The storm", None),
        ("", "The storm", None),
        ("* * *\n\nIt came.", "", None),
        ("* * *\n\nIt came.", "***", None),
    ],
)
def test_a_heading_is_found_where_the_text_begins_with_its_title(text, title, heading):
    span = heading_span(text, 0, title)
    assert (span and text[span.start : span.end]) == heading
