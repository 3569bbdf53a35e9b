"""The sentences of a long piece over a socket: in pages, only what is new, small on their way."""

import gzip
import json
import sqlite3
from contextlib import closing

import pytest

from tests.support.serving import App, Client

SENTENCES = 1_200
CHARACTERS = 80


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with App(tmp_path_factory.mktemp("following")) as app:
        yield app


@pytest.fixture(scope="module")
def owner(app):
    return Client(app).set_up()


@pytest.fixture
def piece(app, owner):
    """A finished piece of 96,000 characters, as far as its segments are concerned."""
    filename = owner.generate("It was late.")["filename"]
    owner.until_ready(filename)
    change(app, filename, "DELETE FROM segments WHERE file_id = ?")
    speak(app, filename, *range(SENTENCES))
    return filename


def change(app, filename, statement, rows=((),)):
    """Run a statement for each row of values; the number of the piece comes before them."""
    with closing(sqlite3.connect(app.data / "voiceverse.db")) as db, db:
        piece = db.execute("SELECT id FROM audio_files WHERE filename = ?", (filename,)).fetchone()
        db.executemany(statement, [(*piece, *row) for row in rows])


def speak(app, filename, *numbers, ms=5000):
    rows = [
        (number, CHARACTERS * number, CHARACTERS * (number + 1), 5000 * number, 5000 * number + ms)
        for number in numbers
    ]
    change(
        app,
        filename,
        """INSERT INTO segments (file_id, position, text_start, text_end, start_ms, end_ms,
               byte_end, frame_end) VALUES (?, ?, ?, ?, ?, ?, 1, 1)""",
        rows,
    )


def ask(owner, filename, query=""):
    return owner.json(f"/files/{filename}/segments{query}")


def all_of(owner, filename, span=""):
    """Every page of the segments, as the page's script fetches them."""
    pages = [ask(owner, filename, f"?{span}")]
    while pages[-1]["more"]:
        pages.append(ask(owner, filename, f"?{span}&after={pages[-1]['next']}"))
    return pages


def starts(pages):
    return [segment[0] for page in pages for segment in page["segments"]]


def test_a_long_piece_tells_its_sentences_in_pages_each_once(owner, piece):
    pages = all_of(owner, piece)
    assert [len(page["segments"]) for page in pages] == [500, 500, 200]
    assert starts(pages) == [number * CHARACTERS for number in range(SENTENCES)]
    assert [page["is_anew"] for page in pages] == [True, False, False]


def test_a_page_gets_the_sentences_of_its_own_part_of_the_text(owner, piece):
    (page,) = all_of(owner, piece, "from=8040&until=16001")
    assert (page["first"], starts([page])) == (100, list(range(8000, 16001, CHARACTERS)))


def test_only_what_is_new_is_sent_and_nothing_where_nothing_is(app, owner, piece):
    known = all_of(owner, piece)[-1]["next"]
    status, _, body = owner.request("GET", f"/files/{piece}/segments?after={known}")
    assert (status, json.loads(body)["segments"]) == (200, [])
    assert len(body) < 200
    speak(app, piece, SENTENCES)
    page = ask(owner, piece, f"?after={known}")
    assert (starts([page]), page["is_anew"]) == ([SENTENCES * CHARACTERS], False)


def test_what_was_spoken_again_after_a_crash_is_told_anew(app, owner, piece):
    known = all_of(owner, piece)[-1]["next"]
    lost = "DELETE FROM segments WHERE file_id = ? AND position = ?"
    change(app, piece, lost, [(SENTENCES - 1,)])
    assert ask(owner, piece, f"?after={known}")["is_anew"]
    speak(app, piece, SENTENCES - 1, ms=4990)
    assert ask(owner, piece, f"?after={known}")["is_anew"]


@pytest.mark.parametrize("known", ["x", "1.2", "0.0.0", "99999.1.0", "1.1.1.1", "9" * 30])
def test_who_knows_something_else_begins_at_the_beginning(owner, piece, known):
    page = ask(owner, piece, f"?after={known}")
    assert (page["is_anew"], starts([page])[0], len(page["segments"])) == (True, 0, 500)


def test_sentences_come_compressed(owner, piece):
    path = f"/files/{piece}/segments"
    _, headers, small = owner.request("GET", path, Accept_Encoding="gzip")
    _, _, plain = owner.request("GET", path)
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small) == plain
    assert len(small) < len(plain) / 2
