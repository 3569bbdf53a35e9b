"""Damaged files of a book are named, names of entries are found, and books are told by content."""

import zipfile
from io import BytesIO

import pytest

from documents.errors import Broken
from documents.read import read
from documents.safe_zip import Archive
from documents.types import compose
from tests.documents import making
from tests.documents.making import epub, zipped

TWO = {"c1.xhtml": "<h1>One</h1><p>Text one.</p>", "c2.xhtml": "<h1>Two</h1><p>Text two.</p>"}


def stored(book):
    """The book without compression, so that its letters can be damaged."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return made.getvalue()


def test_a_damaged_page_is_named_and_the_others_are_read(tmp_path):
    damaged = stored(epub(TWO)).replace(b"Text two.", b"Text 2wo.")
    document = read(making.write(tmp_path, "b.epub", damaged), "b.epub")
    assert [compose(chapter) for chapter in document.chapters] == ["One\n\nText one."]
    assert document.notes == ("Damaged files of the book were left out: c2.xhtml.",)


def test_a_book_of_damaged_pages_only_is_read_as_far_as_it_unpacks(tmp_path):
    damaged = stored(epub(TWO)).replace(b"Text ", b"Next ")
    document = read(making.write(tmp_path, "b.epub", damaged), "b.epub")
    assert [compose(chapter) for chapter in document.chapters] == [
        "One\n\nNext one.",
        "Two\n\nNext two.",
    ]
    assert "does not follow its format" in document.notes[0]


def test_a_book_of_which_nothing_unpacks_is_damaged(tmp_path):
    damaged = epub(TWO)[:60]
    with pytest.raises(Broken):
        read(making.write(tmp_path, "b.epub", damaged), "b.epub")


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("OPS/c1.xhtml", "ops/C1.XHTML"),
        ("OPS\\c1.xhtml", "OPS/c1.xhtml"),
        ("a%20b.xhtml", "a b.xhtml"),
        ("u\u0308.xhtml", "ü.xhtml"),
        ("ü.xhtml".encode().decode("cp437"), "ü.xhtml"),
    ],
)
def test_an_entry_is_found_however_its_name_is_spelt(entry, name, tmp_path):
    path = making.write(tmp_path, "a.zip", zipped({entry: "late"}))
    with Archive(str(path), 100) as archive:
        assert name in archive
        assert archive.read(name) == b"late"
        assert archive.head(name, 2) == b"la"
        assert not archive.find("nothing")


def test_reading_an_entry_again_counts_once(tmp_path):
    path = making.write(tmp_path, "a.zip", zipped({"a": "x" * 60}))
    with Archive(str(path), 100) as archive:
        assert archive.read("a") == archive.read("a")


def test_the_language_of_a_page_stands_in_for_that_of_the_book(tmp_path):
    page = making.xhtml("<p>Bonjour.</p>").replace("<html ", '<html xml:lang="fr" ')
    book = epub({"c1.xhtml": page})
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"<dc:language>en-gb</dc:language>", b"")
            new.writestr(name, content)
    document = read(making.write(tmp_path, "b.epub", made.getvalue()), "b.epub")
    assert document.language == "fr"


def test_instructions_for_programs_in_a_heading_are_passed_over(tmp_path):
    pages = {"c1.xhtml": "<p><?x y?>CHAPTER I</p><p>It was late.</p>", "c2.xhtml": "<p>Then.</p>"}
    document = read(making.write(tmp_path, "b.epub", epub(pages)), "b.epub")
    spoken = "\n\n".join(compose(chapter) for chapter in document.chapters)
    assert spoken == "CHAPTER I\n\nIt was late.\n\nThen."
