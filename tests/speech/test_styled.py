"""Styled letters and rows of emoji, as engines get them."""

import pytest

from speech.text.script import Script
from speech.text.styled import styled
from speech.types import WordTiming
from tests.support.pacing import takes_below

PLAIN = [
    ("ｈｅｌｌｏ ｗｏｒｌｄ", "hello world"),
    ("ＡＢＣ１２、（ＯＫ）！", "ABC12、（OK）！"),
    ("𝐇𝐞𝐥𝐥𝐨 𝓈𝒸𝓇𝒾𝓅𝓉 ℌ𝔢𝔩𝔩𝔬 𝟏𝟐", "Hello script Hello 12"),
    ("Ⓗⓔⓛⓛⓞ 🄷🄴🄻🄻🄾 🅷🅴🅻🅻🅾", "Hello HELLO HELLO"),
    ("ᴴᵉˡˡᵒ, 1ˢᵗ, Mˡˡᵉ", "Hello, 1st, Mlle"),
    ("ʜᴇʟʟᴏ ᴛᴏ ʏᴏᴜ", "hello ᴛᴏ you"),
    ("ｶﾞｷﾞｸﾞ ﾊﾟﾝ", "ガギグ パン"),
    ("😂😂😂😂 ok", "😂 ok"),
    ("👍🏽👍🏽", "👍🏽"),
    ("❤️❤️❤️", "❤️"),
    ("👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧"),
    ("🇩🇪🇩🇪🇫🇷", "🇩🇪🇫🇷"),
    ("😂 😂 😂", "😂"),
]
STAY = [
    "x² and ½, ™, №", "ﬁn", "ʰ tʰ", "[ɪŋɡlɪʃ]", "Ⓜ️ 🅰️", "٣ ﷺ", "hahaha ooooooh", "!!!!!! ......",
    "★★★★☆", "👍👍🏽", "👨👨‍👩‍👧", "2ⁿ, 5ª, 1º", "！？，", "😂😭😂", "①②",
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), PLAIN)
def test_letters_are_plain_and_rows_of_emoji_said_once(text, said):
    assert styled(text).text == said


@pytest.mark.parametrize("text", STAY)
def test_what_is_no_styled_word_stays(text):
    assert styled(text).text == text


def test_a_styled_word_is_spoken_by_engines_that_need_it_and_points_at_itself():
    text = "So: 𝐇𝐞𝐥𝐥𝐨 there."
    ((_, said),) = Script(text, normalise=True).lines()
    assert said.text == "So: Hello there."
    (word,) = said.words([WordTiming(4, 5, 0)])
    assert text[word.start : word.start + word.length] == "𝐇𝐞𝐥𝐥𝐨"
    ((_, said),) = Script(text).lines()
    assert said.text == text


@pytest.mark.parametrize("unit", ["😂", "🇩", "👨‍", "ᴴ", "ʜs", "ｶ", "❤️", "😂 "])
def test_no_text_takes_long(unit):
    assert takes_below(3.0, lambda: styled(unit * 100_000))
