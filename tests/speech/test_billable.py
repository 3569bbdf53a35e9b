from speech.text.billable import STRETCH, STRETCHES, count_spoken
from speech.text.directives import Cast
from speech.text.pronunciation import Dictionary, Entry
from tests.support.making import prose

GIF = Dictionary([Entry("GIF", "moving picture")])


def test_a_plain_text_is_spoken_whole():
    assert count_spoken("The bell rang.\n\nNobody came.") == (28, 0)


def test_marks_are_not_spoken_and_their_silence_is_counted():
    text = "One. [pause 1.5s] Two. [pause 500ms]"
    assert count_spoken(text) == (len("One. Two. "), 2000)


def test_names_of_speakers_are_spoken_unless_they_have_a_voice():
    text = "Anna: Hello.\nTom: Hello."
    assert count_spoken(text).characters == len(text)
    cast = Cast({"Anna": "gmw/de"})
    assert count_spoken(text, cast=cast).characters == len("Hello.\nTom: Hello.")


def test_words_of_the_dictionary_count_as_they_are_said():
    assert count_spoken("A GIF.", dictionary=GIF).characters == len("A moving picture.")


def test_entries_of_other_languages_and_phonemes_count_where_they_hold():
    german = Dictionary([Entry("GIF", "moving picture", language="de")])
    assert count_spoken("A GIF.", "en-GB", dictionary=german).characters == 6
    assert count_spoken("A GIF.", "de", dictionary=german).characters == 17
    phonemes = Dictionary([Entry("GIF", "dZ'If", phonemes=True)])
    assert count_spoken("A GIF.", dictionary=phonemes).characters == 6
    assert count_spoken("A GIF.", dictionary=phonemes, phonemes=True).characters == 8


def test_a_book_is_counted_by_stretches_as_well_as_whole():
    text = prose(4 * STRETCHES * STRETCH, 7)
    dictionary = Dictionary([Entry("lighthouse", "light"), Entry("window", "w")])
    exact = len(text) - 5 * text.count("lighthouse") - 5 * text.count("window")
    exact -= 5 * (text.count("Lighthouse") + text.count("Window"))
    found = count_spoken(text, dictionary=dictionary).characters
    assert found != len(text)
    assert abs(found - exact) < 0.002 * exact
