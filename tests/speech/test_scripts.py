import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.text.scripts import script_of, scripts
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


@given(TEXTS)
def test_no_more_letters_are_counted_than_there_are(text):
    assert 0 <= scripts(text).total() <= sum(map(str.isalpha, text))


def test_a_long_text_is_counted_in_steady_time():
    text = "Hi Привет " * 100_000
    assert takes_below(3, lambda: scripts(text))
