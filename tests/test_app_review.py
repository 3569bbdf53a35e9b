"""The review of a document: settings in a line, the same book twice, chapters heard and walked."""

import pytest

from tests.conftest import Browser
from tests.support.listening import hear
from tests.support.sending import MARKDOWN
from tests.test_app_documents import take

LIMITS = {
    "max_characters": "one audiobook can have up to 100",
    "daily_characters_per_user": "You can generate 100 characters a day",
}


@pytest.fixture
def book(owner):
    return take(owner)


def test_what_is_set_stands_in_one_line_before_the_chapters(owner, book):
    owner.post(book["url"], {"speed": "1.25", "category": "Sea", "as": "each"})
    page = owner.get(book["url"]).text
    line = page.index("1.25× · one file per chapter · Sea · 2 things left out")
    assert line < page.index('name="chapter"')
    assert '<details class="settings" data-settings>' in page


def test_a_setting_that_is_refused_lies_open(owner, book):
    page = owner.post(book["url"], {"speed": "fast"})
    assert page.status_code == 400
    assert "data-settings open" in page.text


def test_the_same_book_twice_is_said_and_refused_nothing(owner, book):
    twin = take(owner)
    assert "You already have this" not in owner.get(book["url"]).text
    page = owner.get(twin["url"]).text
    assert "You already have this" in page
    assert f'href="{book["url"]}"' in page
    assert owner.get(twin["url"], json=True).json["twin"]["document_id"] == book["id"]
    owner.post(f"{twin['url']}/delete")
    assert owner.get(twin["url"]).status_code == 404
    assert owner.get(book["url"]).status_code == 200


def test_a_book_that_was_renamed_is_known_by_what_is_in_it(owner, book):
    owner.post(book["url"], {"title": "Mine", "author": "Me"})
    found = owner.get(take(owner)["url"], json=True).json["twin"]
    assert (found["name"], found["url"]) == ("Mine", book["url"])


def test_a_newer_edition_is_known_by_its_title_and_length(owner, book):
    later = take(owner, MARKDOWN.replace("Winter", "Summer"))
    assert owner.get(later["url"], json=True).json["twin"]["document_id"] == book["id"]
    longer = take(owner, MARKDOWN + "It went on and on. " * 20)
    assert owner.get(longer["url"], json=True).json["twin"] is None


def test_a_piece_that_was_made_of_a_book_that_is_gone_is_found_as_well(owner, book):
    made = owner.post(f"{book['url']}/speak", json=True).json["files"][0]
    owner.post(f"{book['url']}/delete")
    found = owner.get(take(owner)["url"], json=True).json["twin"]
    assert found["url"].endswith(made["filename"])


def test_nobody_is_told_of_the_books_of_others(guest, book):
    assert guest.get(take(guest)["url"], json=True).json["twin"] is None


def test_a_chapter_can_be_heard_before_anything_is_made(owner, book):
    answer = owner.post(f"{book['url']}/chapters/2/preview")
    assert answer.content_type == "audio/mpeg"
    assert hear(answer.data).duration_s > 1
    refused = owner.post(f"{book['url']}/chapters/2/preview", {"voice": "nobody"}, json=True)
    assert refused.status_code == 400
    assert owner.post(f"{book['url']}/chapters/9/preview").status_code == 404


def test_the_page_of_a_chapter_says_what_it_takes_and_leads_to_its_neighbours(owner, book):
    page = owner.get(f"{book['url']}/chapters/1").text
    assert "characters · " in page
    for number in (0, 2):
        assert f'href="{book["url"]}/chapters/{number}"' in page
    assert "data-chapter-step" in page


def test_an_edit_is_saved_on_the_way_to_the_next_chapter(owner, book):
    place = f"{book['url']}/chapters/2"
    answer = owner.post(place, {"text": "Short.", "go": "3"})
    assert answer.headers["Location"] == f"{book['url']}/chapters/3"
    assert "Short." in owner.get(place).text


def test_what_is_beyond_a_limit_is_told_before_it_is_sent(make_app, password_hash):
    for setting, told in LIMITS.items():
        app = make_app(**{setting: 100})
        person = app.extensions["voiceverse"].db.create_user(setting, password_hash)
        owner = Browser(app, person)
        book = take(owner)
        assert told in owner.get(book["url"]).text
        assert told in owner.get(book["url"], json=True).json["plan"]["obstacle"]
        chosen = {"has_chapters": "1", "chapter": "2"}
        fewer = owner.post(book["url"], chosen, json=True).json["plan"]
        assert fewer["obstacle"] is None


def test_programs_learn_what_a_chapter_takes(owner, book):
    told = owner.get(f"{book['url']}/chapters/2", json=True).json
    assert (told["characters"], told["cost_usd"], told["preview_cost_usd"]) == (44, 0, 0)
    assert told["seconds"] > 1
