"""What a person's dictionary does to what is heard, priced and found."""

import json

import pytest

from services.generation import GenerationError
from services.pronunciations import EntryTaken, Pronunciations, Trial
from speech.errors import SpeechError
from speech.text.directives import BadCast
from speech.text.pronunciation import BadPronunciation, Entry
from tests.support.listening import hear
from tests.support.making import prose
from tests.support.pacing import takes_below


def test_phonemes_of_the_dictionary_are_spoken_as_phonemes(home):
    text = "Say it now, Ghoti."
    home.db.create_pronunciation(home.user_id, "Ghoti", "f'IS@n@l@n@f'IS", phonemes=True)
    phonemes = home.speak(text)
    home.db.delete_pronunciation(home.user_id, home.db.list_pronunciations(home.user_id)[0]["id"])
    home.db.create_pronunciation(home.user_id, "Ghoti", "f'IS@n@l@n@f'IS")
    spelled = home.speak(text)
    assert spelled["duration"] > phonemes["duration"] + 0.5  # its letters and signs by name


# Prices


def test_a_quote_is_what_is_paid_with_dictionary_and_marks(paying):
    text = "Anna: A GIF came. [pause 1s] It was late.\nTom: No GIF."
    cast = {"cast": {"Anna": "alloy", "Tom": "echo"}}
    paying.db.create_pronunciation(paying.user_id, "GIF", "moving picture")
    quote = paying.studio.generation.quote(text, owner_id=paying.user_id, reading=cast)
    plain = paying.studio.generation.quote(text)
    assert quote.characters == plain.characters == len(text)
    assert quote.cost_usd != plain.cost_usd
    row = paying.speak(text, reading=cast)
    assert row["status"] == "ready"
    assert row["cost"] == pytest.approx(quote.cost_usd, rel=1e-9)


def test_a_quote_of_a_free_voice_looks_into_no_dictionary(home):
    home.db.create_pronunciation(home.user_id, "GIF", "moving picture")
    text = "A GIF. [pause 2s] Another."
    quote = home.studio.generation.quote(text, owner_id=home.user_id)
    assert quote.cost_usd == 0
    assert quote.duration_s == pytest.approx(2 + len("A GIF. Another.") / 13.4)


def test_a_million_characters_are_priced_quickly(paying):
    for number in range(2000):
        paying.db.create_pronunciation(paying.user_id, f"Lighthouse{number}", "light")
    text = prose(1_000_000)
    # 0.1 s on a quiet machine; entry by entry it would be minutes.
    assert takes_below(1.0, lambda: paying.studio.generation.quote(text, owner_id=paying.user_id))


# How a text is read


def test_a_cast_is_kept_by_the_identifiers_of_its_voices(home):
    row = home.submit("Anna: Hi.", reading={"cast": {"Anna": "espeak:gmw/de", "Tom": "gmw/en"}})
    assert json.loads(row["reading"]) == {"cast": {"Anna": "gmw/de", "Tom": "gmw/en"}}


def test_a_usual_pause_is_not_kept(home):
    assert home.submit("Hi.", reading={"paragraph_pause_ms": 500})["reading"] == "{}"
    kept = home.submit("Hi.", reading={"paragraph_pause_ms": 0})["reading"]
    assert json.loads(kept) == {"paragraph_pause_ms": 0}


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ({"cast": {"Anna": "klingon"}}, "klingon"),
        ({"cast": {"An:na": "gmw/de"}}, "without colons"),
        ({"cast": {f"Name{number}": "gmw/de" for number in range(51)}}, "50 are possible"),
        ({"paragraph_pause_ms": 3001}, "between 0 and 3 seconds"),
        ({"paragraph_pause_ms": -1}, "between 0 and 3 seconds"),
    ],
)
def test_a_reading_that_cannot_be_is_refused_with_its_reason(home, reading, words):
    for refuse in (home.submit, home.studio.generation.quote):
        with pytest.raises((SpeechError, GenerationError)) as refused:
            refuse("Anna: Hi.", reading=reading)
        assert words in refused.value.message


def test_speakers_have_voices_of_the_same_engine(paying):
    with pytest.raises(BadCast) as refused:
        paying.submit(
            "Anna: Hi.", voice="openai:alloy", reading={"cast": {"Anna": "espeak:gmw/de"}}
        )
    assert "Anna has a voice of another engine" in refused.value.message


def test_the_pause_between_paragraphs_is_heard(home):
    text = "The bell rang.\n\nNobody came.\n\nIt was late."
    short = home.speak(text, reading={"paragraph_pause_ms": 0})
    long = home.speak(text, reading={"paragraph_pause_ms": 3000})
    of_sentences_s = 2 * 0.3  # which are there in any case
    assert long["duration"] == pytest.approx(short["duration"] + 6 - of_sentences_s, abs=0.1)


# Entries and tables


@pytest.fixture
def words(home):
    return Pronunciations(home.studio)


def kept(words, home):
    return [
        (row["pattern"], row["replacement"]) for row in words.db.list_pronunciations(home.user_id)
    ]


def test_the_same_word_is_there_once_for_each_language_and_kind_of_capitals(words, home):
    words.add(home.user_id, Entry("GIF", "jif"))
    with pytest.raises(EntryTaken):
        words.add(home.user_id, Entry("gif", "other"))
    words.add(home.user_id, Entry("GIF", "schif", language="de"))
    row = words.add(home.user_id, Entry("GIF", "G I F", case=True))
    with pytest.raises(EntryTaken):
        words.change(home.user_id, row["id"], Entry("Gif", "jif"))
    assert words.change(home.user_id, row["id"], Entry("GIFs", "jifs"))["pattern"] == "GIFs"


def test_a_dictionary_is_full_at_two_thousand(words, home):
    with home.db.transaction():
        for number in range(2000):
            home.db.create_pronunciation(home.user_id, f"w{number}", "x")
    with pytest.raises(BadPronunciation, match="2,000 are possible"):
        words.add(home.user_id, Entry("one", "more"))
    with pytest.raises(BadPronunciation, match="2,000 are possible"):
        words.import_table(home.user_id, b"one,more")
    assert words.import_table(home.user_id, b"w1,another") == 1
    assert len(kept(words, home)) == 2000


TABLES = [
    b"GIF,jif\nNguyen,win\n",
    b"pattern,replacement\r\nGIF,jif\r\nNguyen,win\r\n",
    b"\xef\xbb\xbfGIF;jif\nNguyen;win",
    "GIF\tjif\nNguyen\twin\n".encode("utf-16"),
    b"replacement,pattern,note\njif,GIF,x\nwin,Nguyen,y\n\n",
    b'"GIF",jif,1,0,,0\n\n"Nguyen","win",yes,no,,',
]


@pytest.mark.parametrize("table", TABLES)
def test_tables_of_many_programs_are_taken_in(words, home, table):
    assert words.import_table(home.user_id, table) == 2
    assert kept(words, home) == [("GIF", "jif"), ("Nguyen", "win")]


BAD_TABLES = [
    (b"GIF,jif\n,win", "line 2"),
    (b"GIF,jif,maybe", "1 or 0"),
    (b"GIF,a b,1,0,,1", "Write phonemes"),
    (b"GIF,jif,1,0,en_US!!", "en or de-AT"),
    (b"GIF," + b"x" * 101, "up to 100 characters"),
    (b"G\xffF,jif", "UTF-8"),
    (b"\xff\xfeG", "UTF-8"),
    (b"G\x00F,jif", "line 1"),
    (b"x" * 1_000_001, "1 MB"),
    (b'"' + b"x" * 200_000, "line 1"),
]


@pytest.mark.parametrize(("table", "words_of_it"), BAD_TABLES)
def test_a_table_that_cannot_be_used_leaves_all_as_it_was(words, home, table, words_of_it):
    words.add(home.user_id, Entry("kept", "cept"))
    with pytest.raises(BadPronunciation) as refused:
        words.import_table(home.user_id, table)
    assert words_of_it in refused.value.message
    assert kept(words, home) == [("kept", "cept")]


# What would change


def found(words, home, *entry, **options):
    return words.affected(home.user_id, Entry(*entry, **options))


def names_of(affected):
    return [file["display_name"] for file in affected.files]


def test_pieces_that_hold_a_word_are_found_with_their_first_place(words, home):
    home.speak(
        "It was late, and nobody had come. The GIF moved, and GIFs stood. A gif!", name="One"
    )
    home.speak("Nothing here.", name="Two")
    (file,) = found(words, home, "gif", "jif").files
    assert (file["display_name"], file["places"]) == ("One", 2)
    start = file["match_start"]
    assert file["phrase"][start : start + file["match_length"]] == "GIF"
    assert file["start_ms"] > 0


def test_entries_that_change_nothing_find_nothing(words, home):
    home.speak("The GIF moved.", name="One", voice="gmw/en")
    assert names_of(found(words, home, "GIF", "jif")) == ["One"]
    assert names_of(found(words, home, "GIF", "GIF")) == []
    assert names_of(found(words, home, "gif", "jif", case=True)) == []
    assert names_of(found(words, home, "GIF", "jif", language="de")) == []
    assert names_of(found(words, home, "IF", "iff")) == []


def test_parts_of_words_and_other_letters_are_found_too(words, home):
    home.speak("100 % Donaudampfschiff, sagte ÉLODIE_X -> so.", name="One")
    for pattern in ("dampf", "élodie_x", "% D", "->", "schiff, sagte"):
        assert names_of(found(words, home, pattern, "other", whole_word=False)) == ["One"], pattern
    for pattern in ("d_mpf", "%", "\\"):
        expected = ["One"] if pattern == "%" else []
        assert names_of(found(words, home, pattern, "x", whole_word=False)) == expected


def test_many_pieces_are_looked_through_page_by_page(words, home):
    for number in range(23):
        home.speak("A GIF.", name=f"{number:02}")
    home.studio.bin.delete(
        home.db.get_audio_files_by_owner(home.user_id)[0]["filename"], home.user_id
    )
    first = found(words, home, "GIF", "jif")
    assert names_of(first) == [f"{number:02}" for number in range(21, 1, -1)]
    rest = words.affected(home.user_id, Entry("GIF", "jif"), first.after)
    assert (names_of(rest), rest.after) == (["01", "00"], None)


def test_pieces_of_others_are_not_found(words, home):
    other = home.db.create_user("bob", "!")["id"]
    home.studio.generation.submit(other, "A GIF.")
    home.worker.run_pending()
    assert found(words, home, "GIF", "jif").files == []
    assert found(words, home, "GI", "jif", whole_word=False).files == []


# Trying


def test_a_sentence_is_heard_with_and_without(words, home):
    entry = Entry("Nguyen", "a very much longer name than that")
    with_it = words.hear(home.user_id, "Nguyen came.", "", entry, is_with=True)
    without = words.hear(home.user_id, "Nguyen came.", "", entry, is_with=False)
    assert hear(with_it).duration_s > hear(without).duration_s + 0.8


def test_what_is_tried_costs_once_and_is_priced_before(paying, provider):
    words, sentence = Pronunciations(paying.studio), "A GIF came."
    entry = Entry("GIF", "moving picture")
    trial = words.try_out(paying.user_id, sentence, "", entry, is_with=True)
    assert trial == Trial("A moving picture came.", pytest.approx(22 * 15 / 1e6))
    assert provider.calls == []
    for _again in range(2):
        words.hear(paying.user_id, sentence, "", entry, is_with=True)
    assert [call.text for call in provider.calls] == ["A moving picture came."]
    assert words.try_out(paying.user_id, sentence, "", entry, is_with=True).cost_usd == 0
    assert words.try_out(paying.user_id, sentence, "", entry, is_with=False).cost_usd > 0


def test_an_entry_that_is_tried_stands_in_for_the_kept_one(words, home):
    words.add(home.user_id, Entry("GIF", "jif"))
    tried = words.try_out(home.user_id, "a gif", "", Entry("gif", "ghif"), is_with=True)
    assert tried.said == "a ghif"
    assert words.try_out(home.user_id, "a gif", "", None, is_with=True).said == "a jif"
    assert words.try_out(home.user_id, "a gif", "", None, is_with=False).said == "a gif"
