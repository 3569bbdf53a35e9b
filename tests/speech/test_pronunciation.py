import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.text.edit_map import Edit, Edited
from speech.text.pronunciation import BadPronunciation, Dictionary, Entry
from tests.support.pacing import takes_below


def read(text, *entries, **options):
    return Edited(text, Dictionary(entries).edits(text, **options)).text


@pytest.mark.parametrize(
    ("entry", "text", "said"),
    [
        (Entry("SQL", "sequel"), "SQL and sql, not MySQL", "sequel and sequel, not MySQL"),
        (Entry("SQL", "sequel", case=True), "SQL and sql", "sequel and sql"),
        (Entry("SQL", "sequel", whole_word=False), "MySQL", "Mysequel"),
        (Entry("New York", "Noo York"), "in New\nYork,\tNew  York", "in Noo York,\tNoo York"),
        (Entry("C++", "see plus plus"), "C++, C+++ and C", "see plus plus, see plus plus+ and C"),
        (Entry("naïve", "nah eve"), "NAÏVE naïvely", "nah eve naïvely"),
        (Entry("東京", "Tokyo", whole_word=False), "東京都", "Tokyo都"),
        (Entry("Straße", "street"), "STRAßE", "street"),
        (Entry("cafe", "kaffay"), "cafe\u0301 cafe", "cafe\u0301 kaffay"),
        (Entry("um", ""), "So um yes", "So  yes"),
        (Entry("İzmir", "Ismir"), "İzmir", "Ismir"),
        (Entry("Οδυσσέας", "x"), "ΟΔΥΣΣΈΑΣ οδυσσέας", "x x"),
        (Entry("ΣΑΣ", "x", case=True), "ΣΑΣ σας", "x σας"),
        (Entry("a.b", "x"), "a.b acb", "x acb"),
    ],
)
def test_an_entry_holds_where_its_pattern_stands(entry, text, said):
    assert read(text, entry) == said


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("O'Brien", ["O’Brien", "OʼBrien", "O`Brien", "O‘BRIEN", "O＇Brien"]),
        ("O’Brien", ["O'Brien", "oʼbrien", "O′Brien", "OʻBrien"]),
        ("Anna", ["A\u200enna", "An\u2067na", "Ann\u202ca"]),
        ("fish", ["ﬁsh"]),
        ("oﬃce", ["office"]),
        ("co-op", ["co\u2011op", "CO\u2010OP"]),
        ("café", ["cafe\u0301", "CAFÉ", "CAFE\u0301"]),
        ("cafe\u0301", ["café", "cafe\u0301"]),
        ("Việt", ["Vi\u1ec7t", "Vie\u0323\u0302t", "Vi\u1eb9\u0302t", "Vie\u0302\u0323t"]),
        ("Wertpapier", ["Wert\u00adpapier", "W\u200be\u2060rt\u200dpapier"]),
        ("Wert\u00adpapier", ["Wertpapier"]),
        (
            "New York",
            ["New  York", "New\u00a0York", "New \n York", "New\r\nYork", "NEW\u200b YORK"],
        ),
        ("SQL", ["ＳＱＬ", "ｓｑｌ", "𝐒𝐐𝐋"]),
        ("ＳＱＬ", ["SQL"]),
        ("ガギ", ["ｶﾞｷﾞ", "カ\u3099ギ"]),
        ("Straße", ["STRAßE", "straße"]),
    ],
)
def test_what_is_written_in_several_ways_is_one_word_and_replaced_where_it_stands(pattern, texts):
    entry = Entry(pattern, "X")
    for text in texts:
        around = f"So \u00ad’{text}, e\u0301."
        start = around.index(text)
        ((first, last, found),) = Dictionary([entry]).matches(around)
        assert (around[first:last], first, found) == (text, start, entry)


@pytest.mark.parametrize(
    ("pattern", "text", "said"),
    [
        ("東京", "私は東京都にいる。", "私はX都にいる。"),
        ("SQL", "我用SQL数据库", "我用X数据库"),
        ("ไทย", "ภาษาไทยง่าย", "ภาษาXง่าย"),
        ("ก", "กิ ก", "กิ X"),
        ("SQL", "MySQL SQLé SQL", "MySQL SQLé X"),
        ("New York", "New\n\nYork", "New\n\nYork"),
        ("papier", "Wert\u00adpapier", "Wert\u00adpapier"),
        ("İzmir", "I\u0307zmir İzmir", "X X"),
        ("strasse", "Straße", "Straße"),
    ],
)
def test_words_end_as_their_script_parts_them(pattern, text, said):
    assert read(text, Entry(pattern, "X")) == said


def test_capitals_count_in_whatever_way_a_word_is_written():
    entry = Entry("O'Brien", "X", case=True)
    assert read("O’Brien O’BRIEN Ｏ’Ｂｒｉｅｎ", entry) == "X O’BRIEN X"


def test_a_pattern_of_invisible_signs_holds_nowhere():
    assert read("a\u00adb", Entry("\u00ad", "x"), Entry("b", "y", whole_word=False)) == "a\u00ady"


def test_growth_is_that_of_the_shortest_way_to_write_a_word():
    assert Dictionary([Entry("a" + 49 * "\u00ad", "x" * 50)]).most_growth == 50
    assert Dictionary([Entry("ab", "x")]).most_growth == 1


def test_the_longest_match_is_taken_and_nothing_is_replaced_twice():
    entries = [Entry("New", "Old"), Entry("New York", "New Jersey"), Entry("Jersey", "shirt")]
    assert read("New New York Jersey", *entries) == "Old New Jersey shirt"


def test_a_shorter_match_is_taken_where_the_longer_one_is_no_whole_word():
    assert read("New Yorkers", Entry("New York", "x"), Entry("New", "Old")) == "Old Yorkers"


def test_the_more_particular_entry_goes_first():
    entries = [Entry("us", "uss"), Entry("US", "United States", case=True)]
    assert read("US us", *entries) == "United States uss"
    entries = [Entry("SQL", "sequel"), Entry("SQL", "Eskuell", language="de")]
    assert read("SQL", *entries, language="de-AT") == "Eskuell"
    assert read("SQL", *entries, language="en") == "sequel"


def test_an_entry_holds_for_its_language_and_its_varieties():
    entry = Entry("chat", "shah", language="fr")
    assert read("chat", entry, language="fr-CA") == "shah"
    assert read("chat", entry, language="fr") == "shah"
    assert read("chat", entry, language="frr") == "chat"
    assert read("chat", entry) == "chat"


def test_phonemes_are_used_only_where_they_are_taken():
    entries = [Entry("tomato", "t@m'A:toU", phonemes=True), Entry("tomato", "tomahto")]
    assert read("tomato", *entries, phonemes=True) == "t@m'A:toU"
    assert read("tomato", *entries) == "tomahto"


def test_it_tells_what_it_would_change_and_leaves_out_what_stays():
    dictionary = Dictionary([Entry("SQL", "sequel"), Entry("and", "and")])
    assert dictionary.would_change("SQL and SQL") == [(0, 3, "sequel"), (8, 11, "sequel")]
    assert Dictionary([]).would_change("SQL") == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"pattern": ""}, "Enter the word"),
        ({"pattern": " \u00a0"}, "Enter the word"),
        ({"pattern": "x" * 101}, "up to 100 characters long; this one has 101"),
        ({"replacement": "x" * 101}, "up to 100"),
        ({"pattern": "a\nb"}, "control characters"),
        ({"replacement": "a\0"}, "control characters"),
        ({"replacement": "\ud800"}, "control characters"),
        ({"pattern": " a"}, "cannot begin or end with a space"),
        ({"replacement": "a b", "phonemes": True}, "without spaces"),
        ({"replacement": "]]x", "phonemes": True}, "brackets"),
        ({"replacement": "[[x", "phonemes": True}, "brackets"),
        ({"replacement": "", "phonemes": True}, "phonemes"),
        ({"replacement": "é", "phonemes": True}, "phonemes"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_with_the_reason(fields, reason):
    with pytest.raises(BadPronunciation, match=reason):
        Entry(**{"pattern": "a", "replacement": "b"} | fields)


def test_two_thousand_entries_are_possible_and_no_more():
    entries = [Entry(f"word{number}", "x") for number in range(2001)]
    assert read("word1999 word200", *entries[:2000]) == "x x"
    with pytest.raises(BadPronunciation, match=r"2,001 entries; at most 2,000"):
        Dictionary(entries)


def test_patterns_that_hold_each_other_make_no_trouble():
    entries = [Entry("a" * length, f"{length} ") for length in range(1, 101)]
    assert read("a" * 100 + " aa", *entries) == "100  2 "


NESTED = {
    "words": [Entry("a" * n, "x") for n in range(1, 101)] + [Entry("b", "y", whole_word=False)],
    "parts that end otherwise": [
        Entry("a" * n + "b", "x", whole_word=False) for n in range(1, 100)
    ],
    "other capitals": [Entry("A" * n, "x", whole_word=False, case=True) for n in range(1, 101)],
    "phrases": [Entry("a " * n + "b", "x") for n in range(1, 50)],
    "another language": [
        Entry("a" * n, "x", whole_word=False, language="de") for n in range(1, 101)
    ],
}


@pytest.mark.parametrize("entries", NESTED)
@pytest.mark.parametrize("text", ["a", "a ", "ab", "a" * 99 + "c", "a. ", "aA"])
def test_patterns_that_hold_each_other_cost_what_a_text_costs(entries, text):
    dictionary, text = Dictionary(NESTED[entries]), text * (20_000 // len(text))
    list(dictionary.edits("warm", "en"))
    assert takes_below(1.0, lambda: list(dictionary.edits(text, "en")))


patterns = st.text(string.ascii_letters + " .ßİéſ+", min_size=1, max_size=4).filter(
    lambda pattern: pattern == pattern.strip()
)
entries_of = st.lists(
    st.builds(Entry, patterns, st.just("~"), whole_word=st.booleans(), case=st.booleans()),
    max_size=8,
)


@given(entries=entries_of, text=st.text(string.ascii_letters + " .ßİéſ+\n", max_size=40))
@settings(deadline=None)
def test_matches_rise_and_each_is_the_longest_entry_that_fits(entries, text):
    place = 0
    for start, end, entry in Dictionary(entries).matches(text):
        assert place <= start < end
        assert entry.fits(text, start, end)
        assert text[start:end].lower().replace("\n", " ") == entry.pattern.lower()
        longer = [each for each in entries if len(each.pattern) > end - start]
        for each in longer:
            reached = text[start : start + len(each.pattern)]
            is_same = reached.lower().replace("\n", " ") == each.pattern.lower()
            assert not (is_same and each.fits(text, start, start + len(each.pattern)))
        place = end


def test_a_long_text_costs_little_however_many_entries_there_are():
    dictionary = Dictionary(
        [Entry(f"{first}{second}{number} word", "x", whole_word=False)
         for first in string.ascii_lowercase for second in "aeiou" for number in range(15)]
    )  # fmt: skip
    text = "the quick brown fox jumps over the lazy dog and on it goes " * 2_000
    list(dictionary.edits("warm"))
    assert list(dictionary.edits(text)) == []
    assert takes_below(len(text) * 32e-6, lambda: list(dictionary.edits(text)))


def test_places_lead_both_ways_through_edits():
    edited = Edited("a SQL b", [Edit(2, 5, "sequel"), Edit(6, 7, "")])
    assert edited.text == "a sequel "
    assert [edited.original(index) for index in range(10)] == [0, 1, 2, 2, 2, 2, 2, 2, 5, 7]
    assert [edited.original_end(index) for index in range(10)] == [0, 1, 2, 5, 5, 5, 5, 5, 5, 6]
    assert [edited.place(index) for index in (0, 1, 2, 5, 6)] == [0, 1, 2, 8, 9]
