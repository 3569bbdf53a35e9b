"""The page of a piece over HTTP: its menu, its chapters, its parts, what is wrong at a field."""

import re

import pytest

from server.worker import Worker
from tests.support.making import prose

FIRST, SECOND = "The storm\n\nIt came at night.\n\n", "A lamp burned. Nobody slept."


@pytest.fixture
def book(owner):
    """A piece of two chapters; the text of the first begins with its title."""
    row = owner.services.studio.generation.submit(
        owner.user["id"], FIRST + SECOND, chapters=[("The Storm", 0), ("The lamp", len(FIRST))]
    )
    Worker(owner.services.studio).run_pending()
    return row["filename"]


def entries(page):
    """The keys of the entries of a page's menu, in their order."""
    labels = {
        "Download": "download", "Rename": "rename", "Move to a group…": "move", "Share": "share",
        "Mark as finished": "finish", "Mark as not listened": "unheard",
        "Generate again": "again", "Try again": "retry", "Stop": "cancel", "Delete": "delete",
    }  # fmt: skip
    found = re.findall(r'class="act(?: bad)?"[^>]*>([^<]+)<', page)
    return [labels[words.strip()] for words in found]


def test_the_menu_of_a_piece_has_the_entries_of_its_row_in_their_order(owner):
    filename = owner.speak()
    of_row = re.findall(r'role="menuitem"[^>]*data-act="(\w+)"', owner.get("/library").text)
    of_page = entries(owner.get(f"/files/{filename}").text)
    assert of_page == ["download", "rename", "move", "share", "finish", "again", "delete"]
    assert [key for key in of_row if key in of_page] == of_page
    assert of_row[:3] == ["play", "enqueue", "open"]


def test_the_menu_offers_what_fits_the_state(owner):
    filename = owner.post("/generate", {"text": "A tide."}, json=True).json["filename"]
    assert "cancel" in entries(owner.get(f"/files/{filename}").text)
    owner.post(f"/files/{filename}/cancel")
    found = entries(owner.get(f"/files/{filename}").text)
    assert "retry" in found
    assert "cancel" not in found
    assert "download" not in found


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("rename", {"name": " "}, "name"),
        ("rename", {"name": "x" * 201}, "name"),
        ("rename", {"name": "Mine", "name_was": "Another"}, "name"),
        ("move", {"category": "x" * 101}, "category"),
    ],
)
def test_a_mistake_is_told_at_its_field_with_what_was_typed(owner, action, fields, field):
    filename = owner.speak(name="Evening")
    answer = owner.post(f"/files/{filename}/{action}", fields)
    assert answer.status_code in (400, 409)
    assert f'aria-describedby="error-{field}"' in answer.text
    assert f'id="error-{field}" role="alert"' in answer.text
    assert f'name="{field}" value="{fields[field]}"' in answer.text
    assert owner.get(f"/files/{filename}", json=True).json["name"] == "Evening"


def test_chapters_are_headings_wrapped_around_the_text_or_added_to_it(owner, book):
    page = owner.get(f"/files/{book}").text
    assert '<h2 id="chapter-1">The storm</h2>' in page
    assert '<h2 id="chapter-2" data-added>The lamp</h2>' in page
    assert f'href="/files/{book}?part=2#chapter-2" data-chapter="{len(FIRST)}"' in page


def test_the_parts_of_a_text_are_the_text(owner, guest, book):
    told = [owner.get(f"/files/{book}/parts/{n}", json=True).json for n in (1, 2)]
    assert "".join(part["text"] for part in told) == FIRST + SECOND
    assert [part["start"] for part in told] == [0, len(FIRST)]
    assert 'data-part="2"' in owner.get(f"/files/{book}/parts/2").text
    for number in (0, 3):
        assert owner.get(f"/files/{book}/parts/{number}").status_code == 404
    assert guest.get(f"/files/{book}/parts/1").status_code == 404


def test_a_part_beyond_the_last_is_the_last(owner):
    text = prose(30_000, 2)
    filename = owner.post("/generate", {"text": text}, json=True).json["filename"]
    page = owner.get(f"/files/{filename}?part=99").text
    assert text[-100:].strip() in page
    assert owner.get(f"/files/{filename}?part=x").status_code == 400


def test_downloads_are_grouped_by_what_they_are_for(owner):
    page = owner.get(f"/files/{owner.speak()}").text
    places = [
        page.index(words)
        for words in ("As recorded", ">Listen<", "MP3", "M4B audiobook", "Opus (smaller)",
                      ">Edit<", "WAV", "FLAC", ">Read<", "EPUB with audio", "Plain text", "WebVTT")
    ]  # fmt: skip
    assert places == sorted(places)
    assert page.count(">MP3<") == 1
