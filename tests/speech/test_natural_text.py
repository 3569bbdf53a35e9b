"""What the natural voices are given to read, and what is left to others."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.engines.natural_phonemes import from_espeak
from speech.engines.natural_text import LONGEST_RUN, _cut, runs
from speech.types import is_speakable
from tests.support.pacing import takes_below


def read(text, phonemes=()):
    return [(run.language, run.said.text.strip()) for run in runs(text, phonemes)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there.", [("en", "Hello there.")]),
        ("你好世界。", [("cmn", "你好世界。")]),
        ("Привет, мир!", [("ru", "Привет, мир!")]),
        ("مرحبا بالعالم", [("ar", "مرحبا بالعالم")]),
        ("日本語を話す", [("ja", "日本語を話す")]),
        ("안녕하세요", [("ko", "안녕하세요")]),
        (
            "The word 你好 means hello.",
            [("en", "The word"), ("cmn", "你好"), ("en", "means hello.")],
        ),
        ("In Москва, 1999.", [("en", "In"), ("ru", "Москва, 1999.")]),
        ("1999 was dry.", [("en", "1999 was dry.")]),
        ("😀", [("en", "grinning face")]),
        ("Yes 👍!", [("en", "Yes  thumbs up sign !")]),
        ("naïve café", [("en", "naïve café")]),
        ("Łódź, Zażółć", [("en", "Lódz, Zazólc")]),
        ("ｈｅｌｌｏ 𝐰𝐨𝐫𝐥𝐝", [("en", "hello world")]),
        ("[see](/etc/passwd)", [("en", "(see)(/etc/passwd)")]),
        ("a\0b\x07c\ud800d", [("en", "a b c d")]),
        ("── ***", []),
        ("", []),
    ],
)
def test_each_script_goes_to_a_voice_that_reads_it_and_signs_get_names(text, expected):
    assert read(text) == expected


def test_an_overlong_word_is_parted_so_that_its_end_is_said_too():
    ((_, said),) = read("x" * 100)
    assert max(map(len, said.split())) <= LONGEST_RUN
    assert said.replace(" ", "") == "x" * 100


def test_places_lead_back_to_the_whole_text():
    text = "Go 你好, so 😀 north."
    found = list(runs(text))
    said = found[2].said.text
    start = said.index("north")
    assert text[found[2].place(start) : found[2].place_end(start + 5)] == "north"
    start = said.index("grinning")
    assert text[found[2].place(start) : found[2].place_end(start + len("grinning face"))] == "😀"


def test_phonemes_are_english_whatever_their_signs_are():
    text = "Say h@l'oU now."
    ((language, said),) = read(text, [(4, 10)])
    assert (language, said) == ("en", text)


@given(st.text(max_size=80))
def test_whatever_can_be_said_is_in_a_run_in_its_place(text):
    found = list(runs(text))
    assert [run.start for run in found] == sorted(run.start for run in found)
    for run in found:
        assert is_speakable(run.said.text)
        for place, letter in enumerate(run.said.source):
            written = text[run.start + place]
            assert letter == written or not (written.isascii() and written.isalnum())
    said = "".join(run.said.source for run in found)
    assert all(letter in said for letter in text if letter.isascii() and letter.isalnum())


@given(st.text(alphabet="abcdefgh@'NSTZ:3Iae,%", max_size=40))
def test_names_of_phonemes_become_the_voices_own_and_nothing_else(names):
    assert not set(from_espeak(names)) & set("@:3STZN%',")


@pytest.mark.parametrize(
    ("names", "is_british", "phonemes"),
    [
        ("h@l'oU", False, "həlˈO"),
        ("h@l'oU", True, "həlˈQ"),
        ("t@m'A:toU", False, "təmˈɑtO"),
        ("t@m'A:t@U", True, "təmˈɑːtQ"),
        ("tS'i:z", False, "ʧˈiz"),
        ("dZ'VdZ", False, "ʤˈʌʤ"),
        ("l'i@", False, "lˈɪə"),
    ],
)
def test_pronunciations_are_written_once_for_all_voices(names, is_british, phonemes):
    assert from_espeak(names, is_british=is_british) == phonemes


def test_a_text_is_cut_where_its_letters_change():
    assert read("Say “Привет, мир” 5 times: 日本!") == [
        ("en", "Say “"), ("ru", "Привет, мир” 5"), ("en", "times:"), ("cmn", "日本!"),
    ]  # fmt: skip
    assert read(" 1. Да, yes") == [("ru", "1. Да,"), ("en", "yes")]


@given(st.text(alphabet="aé жд 日あ,1", max_size=60))
def test_neighbouring_runs_are_in_other_languages(text):
    cut = list(_cut(text, ()))
    assert "".join(text[start:end] for start, end, _ in cut) == text
    assert all(one[2] != after[2] for one, after in pairwise(cut))


def test_a_long_text_is_cut_in_steady_time():
    assert takes_below(3, lambda: [*_cut("Hi Привет " * 10_000, ())])
