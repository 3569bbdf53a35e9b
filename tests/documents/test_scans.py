"""Pages without text are recognised where Tesseract is there; without it one sentence says so."""

import pytest

from documents.errors import NeedsRecognition, Scanned
from documents.read import Recognition, read
from documents.recognition import Picture, find_program, languages_of
from documents.types import compose
from tests.documents.making import paragraphs, write
from tests.documents.scans import TESSERACT, chapters, lines, needs_tesseract, scanned
from tests.documents.scoring import alike


def recognised(folder, content, **options):
    recognition = Recognition(TESSERACT, **options)
    return read(write(folder, "scan.pdf", content), "scan.pdf", recognition=recognition)


def marks(document):
    return [
        part.text for each in document.chapters for part in each.parts if part.kind == "scan_mark"
    ]


@needs_tesseract
def test_a_scanned_book_is_read_with_its_chapters_and_a_mark_for_each_page(tmp_path):
    pages = []
    document = recognised(tmp_path, scanned(chapters()), at_page=lambda *seen: pages.append(seen))
    assert [chapter.title for chapter in document.chapters] == ["Chapter 1", "Chapter 2"]
    for number, chapter in enumerate(document.chapters, 1):
        expected = "\n\n".join((chapter.title, *paragraphs(2, number)))
        assert alike(compose(chapter), expected) > 0.97
        assert "LANTERN" not in compose(chapter)
    assert pages == [(1, 2), (2, 2)]
    assert [mark.partition(":")[0] for mark in marks(document)] == ["1", "2"]
    assert "Text recognised on: 2 of 2" in document.notes[0]


@needs_tesseract
@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_turned_first(turned, tmp_path):
    document = recognised(tmp_path, scanned(chapters(), turned))
    expected = "\n\n".join(("Chapter 2", *paragraphs(2, 2)))
    assert alike(compose(document.chapters[-1]), expected) > 0.95


@needs_tesseract
def test_pages_with_text_stay_and_the_others_are_recognised(tmp_path):
    document = recognised(tmp_path, scanned(chapters(3), only=frozenset({1})))
    said = "\n".join(compose(chapter) for chapter in document.chapters)
    assert said.count("This page is text.") == 2
    assert paragraphs(2, 2)[0].partition(".")[0] in " ".join(said.split())
    assert [mark.partition(":")[0] for mark in marks(document)] == ["2"]


@needs_tesseract
@pytest.mark.skipif("deu" not in languages_of(TESSERACT), reason="its German is not installed")
def test_the_language_of_the_page_is_the_one_that_it_is_read_in(tmp_path):
    page = scanned(
        lines(
            "Über den Dächern der großen Stadt wurde es langsam dunkel,",
            "und die Möwen flogen zurück zum Hafen. Fünf Schiffe lagen",
            "dort, weil der Sturm sie für Tage an der Küste hielt.",
        )
    )
    said = compose(recognised(tmp_path, page).chapters[0])
    assert "Über den Dächern der großen Stadt" in said
    assert "Fünf Schiffe" in said


@needs_tesseract
def test_what_takes_long_is_done_only_where_there_is_time(tmp_path):
    with pytest.raises(NeedsRecognition):
        recognised(tmp_path, scanned(chapters(1)), is_now=False)


@needs_tesseract
def test_a_picture_without_text_stays_a_scan_that_cannot_be_read(tmp_path):
    with pytest.raises(Scanned):
        recognised(tmp_path, scanned(lines()))


def test_a_program_that_fails_leaves_the_sentence_of_machines_without_one(tmp_path):
    recognition = Recognition("/bin/false")
    path = write(tmp_path, "scan.pdf", scanned(chapters(1)))
    with pytest.raises(Scanned):
        read(path, path.name, recognition=recognition)


def test_the_program_is_looked_for_named_or_off(tmp_path):
    program = write(tmp_path, "tesseract", "#!/bin/sh\n")
    program.chmod(0o700)
    assert find_program(str(program)) == str(program)
    assert find_program("off") == ""
    assert find_program(str(tmp_path / "nowhere")) == ""
    assert find_program("auto") == TESSERACT


def test_pictures_turn_clockwise():
    picture = Picture(3, 2, b"abcdef")
    assert picture.turned(90) == Picture(2, 3, b"daebfc")
    assert picture.turned(180) == Picture(3, 2, b"fedcba")
    assert picture.turned(270) == Picture(2, 3, b"cfbead")
    assert picture.turned(0) is picture
