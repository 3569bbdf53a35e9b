import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.engines.espeak import EspeakEngine
from speech.text.lines import LINE_END, Lines
from speech.text.script import Script
from speech.types import SpeechRequest
from tests.support.pacing import takes_below

ENGLISH = """
    It is a truth universally acknowledged, that a single man in possession of a good fortune, must
    be in want of a wife. However little known the feelings or views of such a man may be on his
    first entering a neighbourhood, this truth is so well fixed in the minds of the surrounding
    families, that he is considered as the rightful property of some one or other of their
    daughters. Mr. Bennet made no answer. Lady Lucas was impatient to tell Mrs. Long of London.
"""
GERMAN = """
    Als Gregor Samsa eines Morgens aus unruhigen Träumen erwachte, fand er sich in seinem Bett zu
    einem ungeheueren Ungeziefer verwandelt. Er lag auf seinem panzerartig harten Rücken und sah,
    wenn er den Kopf ein wenig hob, seinen gewölbten, braunen, von bogenförmigen Versteifungen
    geteilten Bauch, auf dessen Höhe sich die Bettdecke, zum gänzlichen Niedergleiten bereit, kaum
    noch erhalten konnte. Seine vielen, im Vergleich zu seinem sonstigen Umfang kläglich dünnen
    Beine flimmerten ihm hilflos vor den Augen.
"""
SONNET = """Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date;
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;"""
ERLKING = """Wer reitet so spät durch Nacht und Wind?
Es ist der Vater mit seinem Kind;
Er hat den Knaben wohl in dem Arm,
Er faßt ihn sicher, er hält ihn warm."""


def ended(text):
    """For each line end of a text, whether the writer meant it."""
    lines = Lines(text)
    return [lines.is_ended(found.start()) for found in LINE_END.finditer(text)]


@pytest.mark.parametrize("width", range(60, 81))
@pytest.mark.parametrize("prose", [ENGLISH, GERMAN], ids=["en", "de"])
def test_wrapped_prose_has_no_line_that_a_writer_ended(prose, width):
    assert not any(ended(textwrap.fill(" ".join(prose.split()), width)))


@pytest.mark.parametrize("width", [45, 50, 55])
def test_narrow_columns_are_wrapped_prose_too(width):
    assert not any(ended(textwrap.fill(" ".join(ENGLISH.split()), width)))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "  \n  "])
@pytest.mark.parametrize(
    "verse",
    [
        SONNET,
        ERLKING,
        "all in one line each\nno stops at all here\njust words that go on\nuntil it ends",
        "so much depends\nupon\na red wheel\nbarrow",
        SONNET.translate(str.maketrans("", "", ".,:;?'")),
        "so much depends upon\na red wheel barrow glazed with rain water\nby the white chickens",
        "milk\neggs and some bread from the baker\nbutter",
        "古池や\n蛙飛び込む\n水の音",
    ],
    ids=["sonnet", "erlking", "unsigned", "short", "bare sonnet", "uneven", "list", "haiku"],
)
def test_each_line_of_verse_was_ended(verse, line_end):
    assert all(ended(verse.replace("\n", line_end))) is True


@pytest.mark.parametrize(
    "text",
    [
        "- milk\n- a loaf of bread\n- eggs from the farm down the road, if they have any",
        "1. Wash your hands\n2. cut the bread that was baked by the neighbours\n3. eat",
        "12 Main Street\nSpringfield, IL 62701\nUSA",
        "“Are you there?” she asked.\n“I am,” he said.\n“Good. Then let us go at once.”",
        "— Yes, he said.\n— No, said she, and went out of the room.",
        "Chapter 1\nIt was a dark and stormy night, and all the people in the house slept well.",
        "Best wishes,\nAnna",
    ],
)
def test_items_addresses_speeches_and_titles_were_ended(text):
    assert all(ended(text))


def test_an_item_that_is_wrapped_goes_on_in_its_next_line():
    text = (
        "- eggs from the farm down the road, if they still have\n"
        "  any of them\n"
        "- milk and a loaf of the bread that was baked this day"
    )
    assert ended(text) == [False, True]


def test_what_was_left_over_when_lines_were_wrapped_again_was_not_ended():
    text = (
        "as discussed in the meeting last week we would like to move the release\n"
        "to\n"
        "Monday, so that everybody has the time to look at the remaining issues and\n"
        "mend them."
    )
    assert not any(ended(text))


def test_a_line_before_a_blank_one_is_left_to_the_paragraph():
    assert ended("one line\n\nanother line\n") == [False, False, False]


@pytest.mark.parametrize(
    ("text", "is_heading"),
    [
        ("CHAPTER I", True),
        ("The end.\n\nWhat came after", True),
        ("3.", True),
        ("XIV.", True),
        ("“The Raven”", True),
        ("The end.", False),
        ("Who was it?", False),
        ("- milk", False),
        ("two lines\nof one paragraph", False),
        ("word " * 40, False),
    ],
)
def test_a_heading_is_a_short_line_of_its_own_without_a_stop(text, is_heading):
    assert Lines(text + "\n\nMore.").is_heading(len(text.rstrip())) is is_heading


pieces = st.lists(
    st.sampled_from(["word ", "Word", "a", "日本", "- ", "1. ", ",", ".", "\n", "\r\n", "\r", " "])
    | st.sampled_from(["\u2028", "x" * 500, "\n\n"]),
    max_size=60,
).map("".join)


@given(text=pieces)
@settings(deadline=None)
def test_a_line_end_is_judged_alike_from_wherever_one_reads(text):
    places = [found.start() for found in LINE_END.finditer(text)]
    together = Lines(text)
    assert [together.is_ended(place) for place in places] == [
        Lines(text).is_ended(place) for place in places
    ]


@pytest.mark.parametrize("line", ["a b\n", "x" * 5000 + "\n", "\n", "word" * 30])
def test_odd_texts_are_judged_in_time(line):
    text = line * (100_000 // len(line))
    assert takes_below(1.0, lambda: ended(text))


def test_a_verse_takes_longer_than_its_words_in_one_line():
    verse = "so much depends upon\na red wheel barrow\nglazed with rain water\nby the white hens"
    engine = EspeakEngine()

    def duration_s(text):
        total = 0.0
        for segment, said in Script(text, normalise=True, ends_lines=True).lines():
            sound = engine.speak(SpeechRequest(said.text, "gmw/en", 1.0))
            total += sum(len(chunk.pcm) for chunk in sound) / 2 / engine.sample_rate
            total += segment.pause_ms / 1000
        return total

    assert duration_s(verse) > duration_s(verse.replace("\n", " ")) + 0.5
    engine.close()
