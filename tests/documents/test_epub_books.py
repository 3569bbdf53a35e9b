"""Books as careful publishers of free books make them: all of the body is spoken, no imprint."""

import re

import pytest

from documents.read import read
from documents.types import compose
from speech.text.speakers import find_speakers
from tests.documents import epub_books, making

WORD = re.compile(r"\w+")
TAG = re.compile(r"<[^>]+>")
NOT_READ = re.compile(r"<a [^>]*noteref.*?</a>|<figcaption>.*?</figcaption>")
FRONT = ("volunteers", "digital scans", "hard work", "not evil", "transcriptions", "Half Title")


def words(markup):
    return WORD.findall(TAG.sub(" ", NOT_READ.sub(" ", markup)))


def read_book(folder, content):
    path = making.write(folder, "book.epub", content)
    return read(path, "book.epub")


@pytest.mark.parametrize(
    ("book", "body"),
    [
        (epub_books.play, (epub_books.PERSONS, epub_books.ACT)),
        (epub_books.novel, (epub_books.DEDICATION, epub_books.PREFACE, epub_books.CHAPTER)),
    ],
    ids=["play", "novel"],
)
def test_all_words_of_the_body_are_spoken_and_none_of_the_imprint(book, body, tmp_path):
    document = read_book(tmp_path, book())
    spoken = "\n\n".join(compose(chapter) for chapter in document.chapters)
    wanted = [word for part in body for word in words(part)]
    said = WORD.findall(spoken)
    assert sum(1 for word in wanted if word in said) >= 0.99 * len(wanted)
    assert not [piece for piece in FRONT if piece in spoken]
    shown = {part.kind for chapter in document.chapters for part in chapter.parts}
    assert "front_matter" in shown


def test_the_speakers_of_a_play_are_found_and_each_speech_is_one_paragraph(tmp_path):
    document = read_book(tmp_path, epub_books.play())
    act = next(compose(each) for each in document.chapters if each.title == "Act I")
    assert act == (
        "Act I\n\nA room in Half-Moon Street.\n\nBert is arranging tea.\n\n"
        "Anna: Did you hear what I was playing, Mr. Bert?\n\n"
        "Bert: I didn’t think it polite to listen. Bows.\n\n"
        "Anna: I’m sorry for that.\nAnyone can play accurately.\n\n"
        "Both: The sea is wide,\nthe boat is small."
    )
    assert find_speakers(act) == ["Anna", "Bert", "Both"]


def test_the_chapters_of_a_novel_have_their_titles_and_notes_are_left_out(tmp_path):
    document = read_book(tmp_path, epub_books.novel())
    texts = {chapter.title: compose(chapter) for chapter in document.chapters}
    assert texts["Dedication"] == "To the keeper of the light."
    assert texts["I: The Door"] == (
        "Chapter I\n\nThe Door\n\nAll is lamp.\n\nAn old book\n\nIt was late. King George II had "
        "gone.\n\nDear Ada,\n\nBert"
    )
    silent = {"Titlepage", "Imprint", "List of Illustrations", "Endnotes", "Colophon"}
    assert {title for title, text in texts.items() if not text} >= silent
    captions = [p.text for c in document.chapters for p in c.parts if p.kind == "caption"]
    assert captions == ["A lighthouse.", "A light."]
