import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.text.clauses import FEWEST, FEWEST_SIGNS, MOST, clause_end

texts = st.lists(
    st.sampled_from(["word ", "and ", "the ", "long, ", "night; ", "(so) ", "12 ", "Mr. ", "— "])
    | st.sampled_from(["日本語", "、", "。", "ข้อความ", "  ", "\n", "x" * 50]),
    max_size=40,
).map("".join) | st.text(max_size=200)


def clause(text, language="en", unbroken=()):
    return text[: clause_end(text, language, unbroken)]


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        (
            "en",
            "It was late, and the man who lived there no more said he was home.",
            "late,",
        ),
        ("en", "The bell of the old church rang and all of the people came out to see.", "rang"),
        ("en", "He saw: the boat; the tide – and nobody who was there on board at all.", "tide –"),
        ("en", "A boat (it was hers) came in with the tide when the rain had stopped.", "hers)"),
        ("de", "Als der Regen vorbei war kam ein Boot herein weil die Flut es trug.", "herein"),
        ("de", "Sie sagte gestern Abend dass niemand an Bord gewesen ist als es kam.", "Abend"),
        ("fr", "Quand la pluie eut cessé, un bateau entra avec la marée dans le port.", "cessé,"),
    ],
)
def test_a_clause_ends_with_a_sign_or_before_a_conjunction(language, text, first):
    assert clause(text, language).rstrip().endswith(first)


def test_without_either_it_ends_between_words_but_not_behind_an_article_or_a_figure():
    text = "Early frost covered nearly every garden around our village of about 12 small houses."
    assert clause(text) == "Early frost covered nearly every garden around our village "
    text = "Early frost covered nearly every single garden all around except the 12 houses there."
    assert clause(text) == "Early frost covered nearly every single garden all around "


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nobody came.",
        "It was a dark and stormy night, and nobody was at home.",
        "日本語の文。",
        "x" * 500,
        "ข้อความ" * 30,
    ],
)
def test_a_short_sentence_and_one_without_any_border_stay_whole(text):
    assert clause(text) == ""


def test_scripts_without_spaces_are_cut_at_signs_by_their_characters():
    text = "昨日の夜は雨が降りました、それでも船は港に来ました、けれど誰も乗っていません。"
    assert clause(text, "ja") == "昨日の夜は雨が降りました、それでも船は港に来ました、"


def test_nothing_that_is_said_as_one_is_parted():
    text = "They went to the harbour at the end of the bay, and sat down there for hours."
    comma = text.index(", and")
    assert clause(text).endswith("bay, ")
    assert clause(text, unbroken=[(comma - 3, comma + 4)]) != clause(text)


@given(text=texts, language=st.sampled_from(["en", "de", "fr", "ja"]))
@settings(deadline=None)
def test_a_clause_has_its_size_and_leaves_enough_to_say(text, language):
    first = clause(text, language)
    rest = text[len(first) :]
    assert first == "" or FEWEST <= len(first.split()) <= MOST or len(first.strip()) <= 30
    assert first == "" or (len(rest) >= FEWEST_SIGNS and not rest[0].isspace())
