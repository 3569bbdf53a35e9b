import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.text.segments import cluster_start, split
from tests.support.pacing import takes_below

SENTENCES = {"first": 1, "target": 1, "limit_bytes": 2400}
GROWING = {"first": 1, "target": 1000, "limit_bytes": 2000}
SIZES = pytest.mark.parametrize("sizes", [SENTENCES, GROWING], ids=["sentences", "growing"])
STORY = "it was a dark and stormy night, while Dr. Smith sat by the old fire and waited"

texts = st.lists(
    st.sampled_from(
        [
            *("Hello. ", "word ", "日本語。", "“Go!” she said. ", "3.5 ", "(a) ", "?! ", "—"),
            *("\n", "\n\n", "\r\n", "   ", "\0", "\ud800", "e\u0301", "👨\u200d👩\u200d👧"),
            *("x" * 300, "語" * 400, "a, " * 150, "\u0300" * 50),
        ]
    ),
    max_size=40,
).map("".join) | st.text(max_size=200)


def prose(characters, paragraph=700):
    pick, known = random.Random(7), STORY.split()
    pieces, length, since = [], 0, 0
    while length < characters:
        words = [pick.choice(known) for _ in range(pick.randint(4, 30))]
        piece = " ".join(words).capitalize() + ". "
        since += len(piece)
        if since > paragraph:
            piece, since = piece.rstrip() + "\n\n", 0
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces)[:characters]


def pieces(text, **sizes):
    return [segment.text for segment in split(text, **sizes)]


@SIZES
@given(text=texts)
@settings(deadline=None)
def test_segments_are_the_text_to_the_letter_and_keep_to_their_limits(sizes, text):
    segments = list(split(text, **sizes))
    assert "".join(segment.text for segment in segments) == text
    place = 0
    for segment in segments:
        assert segment.start == place
        assert segment.text == text[segment.start : segment.end]
        assert len(segment.text) <= max(600, sizes["target"])
        assert len(segment.text.encode("utf-8", "surrogatepass")) <= sizes["limit_bytes"]
        place = segment.end


@SIZES
@given(text=texts)
@settings(deadline=None, max_examples=50)
def test_resuming_at_any_segment_gives_the_same_segments_again(sizes, text):
    segments = list(split(text, **sizes))
    for index, segment in enumerate(segments):
        assert list(split(text, start=segment.end, **sizes)) == segments[index + 1 :]


def test_each_sentence_is_a_segment_with_the_space_after_it():
    text = "  The first one stands here.  The second one stands here!\n\nThe third is a paragraph."
    assert pieces(text) == [
        "  The first one stands here.  ",
        "The second one stands here!\n\n",
        "The third is a paragraph.",
    ]


def test_abbreviations_do_not_end_a_sentence():
    text = "Dr. Smith met Mrs. Jones at 5 p.m. on Jan. 5th. They spoke about the weather."
    assert pieces(text)[-1] == "They spoke about the weather."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "On y voit des chats, des chiens, etc. et tout cela plaît beaucoup."),
        ("fr", "Il habite ici, c.-à-d. là où nous sommes tous allés hier soir."),
        ("pl", "Było tam kilka osób, tj. mało jak na tak wielkie święto."),
        ("pl", "W 1999 r. było w tym mieście bardzo dużo nowych domów."),
        ("nl", "Hij komt morgen terug, d.w.z. hij is er dan weer voor ons allen."),
        ("ru", "Там были кошки, собаки и т.д. и всем это очень нравилось."),
        ("el", "Εκεί ήταν γάτες, σκύλοι κ.λπ. και σε όλους άρεσε πολύ αυτό."),
        ("de", "„Halt, bleiben Sie doch stehen!“ rief er über die ganze Straße."),
        ("en", "“Where have you been all this time?” asked the old man at the door."),
        ("en", "It belongs to Yahoo! and the others, who have paid a lot of money."),
        ("sv", "Där fanns katter, hundar m.m. och alla tyckte mycket om dem."),
    ],
)
def test_nothing_ends_before_a_small_letter(language, text):
    assert pieces(text, language=language) == [text]


def test_a_list_and_a_text_without_capitals_keep_their_borders():
    assert len(pieces("here is the first of all sentences. here is the second one of them.")) == 2
    assert len(pieces("It is the first line of all.\n\nand this is another paragraph.")) == 2
    assert len(pieces("All of these things are here:\n\n- one thing.\n\n- another thing.")) > 1


def test_fragments_join_the_sentence_after_them_but_never_the_next_paragraph():
    assert pieces("Yes. No. He could not say which one it was.") == [
        "Yes. No. He could not say which one it was."
    ]
    assert pieces("TITLE\n\nThe text begins here and goes on.") == [
        "TITLE\n\n",
        "The text begins here and goes on.",
    ]


def test_wrapped_lines_stay_one_sentence():
    text = "It was a dark and stormy night, and all the people\nin the house were fast asleep."
    assert pieces(text) == [text]


def test_a_sentence_that_is_too_long_is_cut_after_a_clause():
    clause = "and then the wind turned around the house again, "
    found = pieces(clause * 40)
    assert len(found) > 2
    assert all(piece.endswith(", ") for piece in found)


def test_without_clauses_it_is_cut_between_words_and_at_last_between_characters():
    assert all(piece.endswith("word ") for piece in pieces("word " * 500))
    family = "👨‍👩‍👧"
    assert all(len(piece) % len(family) == 0 for piece in pieces(family * 400)[:-1])


def test_growing_segments_start_with_one_sentence_and_reach_the_target():
    lengths = [len(piece) for piece in pieces(prose(20_000), **GROWING)]
    assert lengths[0] < 250
    assert lengths[1] <= 250
    assert lengths[2] <= 500
    assert sum(lengths[5:-1]) / len(lengths[5:-1]) > 850


def test_short_lines_of_a_dialogue_are_grouped():
    dialogue = "“Are you there?” she asked.\n\n“I am,” he said.\n\n" * 100
    lengths = [len(piece) for piece in pieces(dialogue, **GROWING)]
    assert len(lengths) < 12


@pytest.mark.parametrize("paragraph", [120, 450, 700, 1100, 100_000])
def test_a_hundred_thousand_characters_need_few_requests(paragraph):
    assert len(pieces(prose(100_000, paragraph), **GROWING)) <= 120


@pytest.mark.parametrize(
    ("text", "is_speakable"),
    [
        ("Hello", True),
        ("42", True),
        ("日本", True),
        ("&", True),
        ("€", True),
        ("😀", True),
        ("...", False),
        (" \n\t", False),
        ("* * *", False),
        ("----------", False),
        ("==========", False),
        ("─────", False),
        ("“”", False),
    ],
)
def test_a_segment_knows_whether_a_voice_has_anything_to_say(text, is_speakable):
    (segment,) = split(text)
    assert segment.is_speakable is is_speakable


def test_the_first_segment_of_five_million_characters_is_there_at_once_and_small():
    text = prose(1_000_000) * 5
    assert takes_below(0.02, lambda: next(split(text)))
    tracemalloc.start()
    for _, _segment in zip(range(2000), split(text), strict=False):
        continue
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000


def test_a_cluster_longer_than_the_room_is_cut_anyway():
    assert cluster_start("a" + "\u0301" * 10, 5, 0) == 5
    assert cluster_start("ab\u0301c", 2, 0) == 1
    assert cluster_start("abc", 2, 0) == 2


@pytest.mark.parametrize("space", ["\u00a0", "\u2028", "\u3000", "\x85", " \u2029", "\r\u2028"])
@pytest.mark.parametrize("language", ["en", "de", "fr", "ja"])
def test_a_wide_space_between_an_initial_and_its_stop_ends_nothing(space, language):
    text = f"It was B{space}. And then."
    assert "".join(segment.text for segment in split(text, language=language)) == text
