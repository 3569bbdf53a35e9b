"The chapters of a piece as the player learns them, those that are not generated yet among them."

from server.worker import Worker
from tests.test_app_documents import TITLES, take


def chapters(browser, filename):
    return browser.get(f"/playback/{filename}", json=True).json["chapters"]


def test_the_player_learns_where_each_chapter_starts(owner):
    book = take(owner)
    filename = owner.post(f"{book['url']}/speak", json=True).json["files"][0]["filename"]
    assert [each["title"] for each in chapters(owner, filename)] == TITLES
    assert {each["start_s"] for each in chapters(owner, filename)} == {None}
    Worker(owner.services.studio).run_pending()
    starts = [each["start_s"] for each in chapters(owner, filename)]
    assert starts[0] == 0
    assert starts == sorted(set(starts))


def test_a_chapter_without_a_title_goes_by_its_number(owner):
    row = owner.services.db.get_audio_file(owner.speak(), owner.user["id"])
    owner.services.db.add_chapters(row["id"], [("", 0), ("Ice", 13)])
    found = chapters(owner, row["filename"])
    assert [each["title"] for each in found] == ["Chapter 1", "Ice"]


def test_a_piece_that_is_no_book_has_none(owner):
    assert chapters(owner, owner.speak()) == []
