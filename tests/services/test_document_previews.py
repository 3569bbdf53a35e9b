"""Chapters heard before a document is spoken: free on local voices, bought once on others."""

from dataclasses import replace

import pytest

from services.document_errors import NothingChosen
from services.document_previews import cost_of, hear, opening
from services.documents import Documents
from tests.services.test_documents import take
from tests.support.listening import hear as listen
from tests.support.making import prose


@pytest.fixture
def shelf(home):
    home.documents = Documents(home.db, home.studio, home.config)
    return home


@pytest.fixture
def bookshop(paying):
    """The same with voices that cost something."""
    paying.documents = Documents(paying.db, paying.studio, paying.config)
    return paying


def book(home):
    """A document's row and choices; its second chapter has nothing to say."""
    row = take(home, f"# One\n\n{prose(900, 1)}\n\n# Two\n\n{prose(900, 2)}\n")
    choices = home.documents.choices(row)
    return row, choices.with_text(1, "[pause 1s]")


def test_a_chapter_begins_as_it_will_be_spoken(shelf):
    row, choices = book(shelf)
    heard = listen(hear(shelf.documents, row, choices, 0))
    assert 3 < heard.duration_s < 30
    assert heard.loudness() > 0.03
    assert cost_of(shelf.documents, row, choices, 0) == 0


def test_a_chapter_with_nothing_to_say_is_refused(shelf):
    row, choices = book(shelf)
    with pytest.raises(NothingChosen):
        hear(shelf.documents, row, choices, 1)
    assert cost_of(shelf.documents, row, choices, 1) == 0


def test_a_chapter_is_bought_once_and_its_price_was_told(bookshop, provider):
    row, choices = book(bookshop)
    choices = replace(choices, voice="openai:nova")
    told = cost_of(bookshop.documents, row, choices, 0)
    assert told > 0
    for _turn in range(2):
        hear(bookshop.documents, row, choices, 0)
    assert sum(provider.bought().values()) == 1
    assert bookshop.db.get_all_time_usage(bookshop.user_id)["cost"] == pytest.approx(told)
    assert cost_of(bookshop.documents, row, choices, 0) == 0


def test_a_preview_holds_whole_sentences_and_a_heading_ends():
    text = "Arrival\n\nIt was late. " + "The lamp was lit and burned all night. " * 20
    said = opening(text, "en")
    assert said.startswith("Arrival. It was late. The lamp")
    assert said.endswith("all night.")
    assert len(said) <= 300


def test_a_sentence_without_an_end_is_cut_between_words():
    assert opening("word " * 200, "en").endswith("word")
    assert opening("[pause 1s]\n\n", "en") == ""
