from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.text.scripts import runs, script_of, scripts, share_outside_latin
from tests.support.pacing import takes_below

TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("aäß Жя日かア한ع️é\u0301\u200d😀5.,\ud800\0"))
)


@pytest.mark.parametrize(
    ("character", "script"),
    [
        ("a", "LATIN"), ("ß", "LATIN"), ("Ａ", "LATIN"), ("ⁿ", "LATIN"), ("ﬁ", "LATIN"),
        ("ж", "CYRILLIC"), ("ω", "GREEK"), ("中", "CJK"), ("々", "CJK"), ("か", "HIRAGANA"),
        ("ｱ", "KATAKANA"), ("ー", "KATAKANA"), ("한", "HANGUL"), ("ع", "ARABIC"),
        ("5", ""), (".", ""), ("😀", ""), ("\u0301", ""), ("µ", ""), ("𝐀", ""), ("\ud800", ""),
        ("\0", ""), ("𗀀", "UNNAMED"),
    ],
)  # fmt: skip
def test_a_letter_has_a_script_and_all_else_has_none(character, script):
    assert script_of(character) == script


def test_letters_are_counted_by_script():
    assert scripts("Ab, 12 жж!") == {"LATIN": 2, "CYRILLIC": 2}
    assert scripts("12 !") == scripts("😀") == {}


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0), ("12 😀", 0), ("Hello", 0), ("Привет", 1), ("日本", 1), ("Hi Да", 0.5),
        ("café naïve", 0), ("5 µm", 0), ("\ud800", 0),
    ],
)  # fmt: skip
def test_the_share_outside_latin_is_of_letters_alone(text, share):
    assert share_outside_latin(text) == share


def test_a_text_is_cut_where_its_letters_change():
    assert [*runs("Say “Привет, мир” 5 times: 日本!")] == [
        ("Say “", True), ("Привет, мир” 5 ", False), ("times: ", True), ("日本!", False),
    ]  # fmt: skip


def test_what_is_no_letter_goes_with_the_first_run():
    assert [*runs(" 1. Да, yes")] == [(" 1. Да, ", False), ("yes", True)]


@pytest.mark.parametrize("text", ["12 😀", "\ud800\0", "…"])
def test_a_text_without_letters_is_one_run_that_any_engine_may_read(text):
    assert [*runs(text)] == [(text, True)]
    assert [*runs("")] == []


@given(TEXTS)
def test_runs_join_to_the_text(text):
    assert "".join(run.text for run in runs(text)) == text


@given(TEXTS)
def test_no_run_holds_letters_of_both_kinds_and_kinds_alternate(text):
    found = [*runs(text)]
    for run in found:
        assert share_outside_latin(run.text) == (0 if run.is_latin else 1)
    assert all(one.is_latin != after.is_latin for one, after in pairwise(found))


@given(TEXTS)
def test_a_share_lies_between_none_and_all(text):
    assert 0 <= share_outside_latin(text) <= 1


def test_a_long_text_is_cut_in_steady_time():
    text = "Hi Привет " * 100_000
    assert takes_below(3, lambda: [*runs(text)])
    assert takes_below(3, lambda: share_outside_latin(text))
