"""Voices in a short sentence: made once, paid once."""

import os
from datetime import datetime

import pytest

from services.generation import TextEmpty, TextTooLong
from services.synthesis import NothingSpoken
from speech.errors import SpeechError, UnknownVoice
from speech.text.pronunciation import Dictionary, Entry
from storage.segment_store import PreviewStore
from tests.support.listening import hear

SENTENCE = "It was late, and the lamp was already lit."


def previews(home) -> list[str]:
    folder = home.config.data_dir / "previews"
    return sorted(path.name for path in folder.glob("*/*"))


def test_a_preview_is_a_short_mp3(home):
    heard = hear(home.studio.previews.speak(home.user_id, "", SENTENCE))
    assert 1 < heard.duration_s < 6
    assert heard.loudness() > 0.03


def test_a_preview_is_made_once_and_told_apart_by_voice_and_sentence(home):
    first = home.studio.previews.speak(home.user_id, "gmw/en", SENTENCE)
    assert home.studio.previews.speak(home.user_id, "gmw/en", f" {SENTENCE}\n") == first
    assert len(previews(home)) == 1
    home.studio.previews.speak(home.user_id, "gmw/de", SENTENCE)
    home.studio.previews.speak(home.user_id, "gmw/en", "Es war spät, und die Lampe brannte schon.")
    assert len(previews(home)) == 3


def test_a_sentence_of_ones_own_is_left_nowhere_by_a_preview(home):
    other = home.db.create_user("bert", "!")["id"]
    for user_id in (home.user_id, home.user_id, other):
        assert hear(home.studio.previews.speak(user_id, "gmw/en", "Anna owes Bert a lamp."))
    assert previews(home) == []


def test_each_pays_for_a_sentence_of_their_own(paying, provider):
    own, other = "Anna owes Bert a lamp.", paying.db.create_user("bert", "!")["id"]
    fresh = paying.studio.previews.cost(other, "nova", own)
    paying.studio.previews.speak(paying.user_id, "nova", own)
    assert paying.studio.previews.cost(paying.user_id, "nova", own) == 0
    assert paying.studio.previews.cost(other, "nova", own) == fresh > 0
    paying.studio.previews.speak(other, "nova", own)
    paying.studio.previews.speak(paying.user_id, "nova", own)
    assert provider.bought() == {own: 2}
    assert paying.db.get_all_time_usage(other)["cost"] == pytest.approx(fresh)


def test_a_dictionary_of_ones_own_makes_a_sample_ones_own(paying, provider):
    other = paying.db.create_user("bert", "!")["id"]
    dictionary = Dictionary([Entry("lamp", "lantern")])
    for user_id in (paying.user_id, other, paying.user_id):
        paying.studio.previews.speak(user_id, "nova", SENTENCE, dictionary=dictionary)
    assert len(provider.calls) == 2
    assert previews(paying) == []


def test_previews_from_before_they_were_held_apart_are_removed_at_a_start(home):
    home.studio.previews.speak(home.user_id, "", SENTENCE)
    (kept,) = previews(home)
    folder = home.config.data_dir / "previews" / "ab"
    folder.mkdir()
    (folder / f"{'ab' * 32}.mp3").write_bytes(b"somebody's sentence")
    home.studio.reconcile()
    assert previews(home) == [kept]


def test_a_free_preview_is_no_use(home):
    home.studio.previews.speak(home.user_id, "", SENTENCE)
    assert home.db.get_all_time_usage(home.user_id)["requests"] == 0


def test_the_price_of_a_sample_is_paid_and_counted_once_whoever_listens(paying, provider):
    other = paying.db.create_user("bert", "!")["id"]
    first = paying.studio.previews.speak(paying.user_id, "nova", SENTENCE)
    assert paying.studio.previews.speak(other, "nova", SENTENCE) == first
    assert len(provider.calls) == 1
    (row,) = paying.db.iterate_usage(paying.user_id)
    assert row["cost"] == pytest.approx(15e-6 * len(SENTENCE))
    assert (row["characters_used"], row["voice"], row["file_id"]) == (len(SENTENCE), "nova", None)
    now = datetime.now().astimezone()
    assert (row["year"], row["month"], row["day"]) == (now.year, now.month, now.day)
    assert paying.db.get_all_time_usage(other)["requests"] == 0


def test_a_preview_that_left_the_disk_is_not_bought_again(paying, provider):
    first = paying.studio.previews.speak(paying.user_id, "nova", SENTENCE)
    for path in (paying.config.data_dir / "previews").glob("*/*"):
        path.unlink()
    assert paying.studio.previews.speak(paying.user_id, "nova", SENTENCE) == first
    assert len(provider.calls) == 1
    assert paying.db.get_all_time_usage(paying.user_id)["requests"] == 1


def test_a_provider_that_fails_keeps_and_costs_nothing(paying, provider):
    provider.fault = "quota"
    with pytest.raises(SpeechError):
        paying.studio.previews.speak(paying.user_id, "nova", SENTENCE)
    assert previews(paying) == []
    assert paying.db.get_all_time_usage(paying.user_id)["requests"] == 0


@pytest.mark.parametrize(
    ("voice", "sentence", "error"),
    [
        ("", "", TextEmpty),
        ("", " \n", TextEmpty),
        ("", "w" * 301, TextTooLong),
        ("", "* * * *", NothingSpoken),
        ("nobody", SENTENCE, UnknownVoice),
    ],
)
def test_what_cannot_be_spoken_is_refused(home, voice, sentence, error):
    with pytest.raises(error):
        home.studio.previews.speak(home.user_id, voice, sentence)
    assert previews(home) == []


def test_the_oldest_previews_make_room(tmp_path):
    store = PreviewStore(tmp_path / "previews", limit_bytes=250)
    for number, letter in enumerate("abcd"):
        store.write(letter * 64, [bytes(100)])
        path = next(store.folder.glob(f"{letter}*/*"))
        os.utime(path, (number, number))
    store.write("e" * 64, [bytes(100)])
    kept = [letter for letter in "abcde" if store.has(letter * 64)]
    assert kept == ["d", "e"]
    assert store.read_whole("a" * 64) is None
    assert store.read_whole("e" * 64) == bytes(100)
