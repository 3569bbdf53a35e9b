"""What a file is called and what it is: which names hold, and which are refused with both named."""

import docx
import pytest

from documents.detect_format import kind_of
from documents.errors import (
    FalselyNamed,
    ForPrograms,
    Mailbox,
    Misnamed,
    NotAsNamed,
    NotSupported,
    OtherBook,
    OtherMarkup,
    OtherOfficeFile,
    OtherPages,
    OtherProgram,
    Picture,
    PlainArchive,
    Recording,
    WithoutText,
)
from documents.foreign_formats import BY_NAME
from documents.read import read
from tests.documents import making
from tests.documents.corpus import BOOK, BOOK_TOC
from tests.documents.making import epub, zipped

PAGE = "<!DOCTYPE html><title>x</title><p>It was late."
PNG = making.PNG
MOBI = b"Book" + bytes(56) + b"BOOKMOBI" + bytes(200)
FB2 = '<?xml version="1.0"?><FictionBook><body><section><p>x</p></section></body></FictionBook>'


@pytest.mark.parametrize(
    ("content", "filename", "kind"),
    [
        (FB2, "book.fb2", "fb2"),
        (FB2, "book.xml", "fb2"),
        (FB2, "book.txt", "fb2"),
        ("From: a\nSubject: b\n\nText", "a.eml", "eml"),
        ("From: a@b.c\nMIME-Version: 1.0\n\nText", "mail", "eml"),
        ("From: me\nTo: you\n\nA letter that is no mail.", "a.txt", "txt"),
        ("Title\n=====\n", "a.rst", "rst"),
        ("Text", "a.tex", "latex"),
        ("% x\n\\documentclass{article}\n", "paper", "latex"),
        ('{"cells": [], "nbformat": 4}', "a.ipynb", "notebook"),
        ('{"cells": [], "nbformat": 4}', "a", "notebook"),
        ("a,b\n1,2", "a.csv", "csv"),
        ("a\tb", "a.tsv", "tsv"),
        ("[Script Info]\nTitle: x\n", "a.ssa", "ass"),
        (PAGE, "page.md", "html"),
        (PAGE, "letter.doc", "html"),
        ("Hello", "letter.doc", "txt"),
        ("# A\n\nThe **text** `x`.\n", "a.html", "markdown"),
        ('{"a": 1}', "a.txt", "txt"),
        ('<?xml version="1.0"?><rss/>', "feed.txt", "txt"),
        ("MZ was late. BMW, too.", "a", "txt"),
        ("GIF89a is a format.", "a.txt", "txt"),
        ("Chapter one", "book.1", "txt"),
        ("[1] A. Smith, 2004\n[2] B", "sources", "txt"),
    ],
)
def test_a_text_is_read_by_its_content_then_by_its_name(content, filename, kind):
    assert kind_of(content.encode(), filename) == kind


@pytest.mark.parametrize(
    ("content", "filename", "error", "named"),
    [
        (PAGE.encode(), "report.pdf", Misnamed, ("“report.pdf”", "PDF", "HTML", ".html")),
        (b"Hello", "a.epub", Misnamed, ("EPUB", "TXT", ".txt")),
        (b"%PDF-1.7", "a.docx", Misnamed, ("DOCX", "PDF", ".pdf")),
        (b"%PDF-1.7", "a.txt", Misnamed, ("TXT", "PDF")),
        (b"%PDF-1.7", "a.jpg", Misnamed, ("JPEG", "PDF")),
        (b"Hello", "a.mobi", Misnamed, ("MOBI", "TXT")),
        (FB2.encode(), "a.epub", Misnamed, ("EPUB", "FB2")),
        (PNG, "a.pdf", FalselyNamed, ("PDF", "PNG")),
        (MOBI, "a.epub", FalselyNamed, ("EPUB", "MOBI")),
        (bytes(range(1, 32)) * 9, "a.docx", NotAsNamed, ("DOCX",)),
        (bytes(range(32)) * 9, "a.pdf", NotAsNamed, ("PDF",)),
    ],
)
def test_a_false_name_is_refused_with_both_named(content, filename, error, named):
    with pytest.raises(NotSupported) as caught:
        kind_of(content, filename)
    assert type(caught.value) is error
    assert all(name in caught.value.message for name in named)


def test_the_end_of_an_address_is_not_held_against_a_page():
    assert kind_of(b"%PDF-1.7", "paper.html", "application/pdf") == "pdf"
    assert kind_of(PAGE.encode(), "book.pdf", "text/html") == "html"
    assert kind_of(b"Hello", "index.php", "text/plain") == "txt"
    with pytest.raises(Picture):
        kind_of(PNG, "page.html", "image/png")


@pytest.mark.parametrize(
    ("filename", "error"),
    [
        ("book.pdf", Misnamed),
        ("book.txt", Misnamed),
        ("book.docx", Misnamed),
        ("book.mobi", Misnamed),
    ],
)
def test_an_archive_is_known_by_what_is_in_it(filename, error, tmp_path):
    path = making.write(tmp_path, filename, epub(BOOK, BOOK_TOC))
    with pytest.raises(error, match=r"EPUB.*\.epub"):
        read(path, filename)


def test_word_files_that_are_called_as_old_ones_are_read(tmp_path):
    made = docx.Document()
    made.add_paragraph("It was late.")
    path = making.write(tmp_path, "a.doc", making.saved(made))
    assert read(path, "a.doc").source == "docx"


@pytest.mark.parametrize(
    ("content", "filename", "error", "named"),
    [
        (MOBI, "a", OtherBook, "MOBI"),
        (MOBI, "a.azw3", OtherBook, "AZW3"),
        (b"AT&TFORM\x00\x01", "a.djvu", OtherPages, "DjVu"),
        (b"ITSF\x03\0\0\0", "a.chm", OtherBook, "CHM"),
        (b"%!PS-Adobe-3.0\n", "a.ps", OtherPages, "PostScript"),
        (zipped({"Index/Document.iwa": "x"}), "a", OtherProgram, "Pages"),
        (zipped({"Index/Document.iwa": "x"}), "a.numbers", OtherProgram, "Numbers"),
        (zipped({"FixedDocSeq.fdseq": "x"}), "a.xps", OtherPages, "XPS"),
        (zipped({"a.txt": "x"}), "a.zip", PlainArchive, ""),
        (zipped({"xl/workbook.xml": "x"}), "a.xlsx", OtherOfficeFile, ""),
        (PNG, "a.png", Picture, "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "scan", Picture, "JPEG"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a", Picture, "WebP"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg", Picture, "SVG"),
        (b"\0\0\0\x18ftypisom\0\0", "a.mp4", Recording, "MP4"),
        (b"\0\0\0\x18ftypM4B \0\0", "a.m4b", Recording, "M4A"),
        (b"\0\0\0\x18ftypheic\0\0", "a.heic", Picture, "HEIC"),
        (b"ID3\x04\0", "a.mp3", Recording, "MP3"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "a", Recording, "WAV"),
        (b"\0\x01\0\0\0\x10", "a.ttf", WithoutText, "TTF"),
        (b"SQLite format 3\0\x10", "a.db", WithoutText, "SQLite"),
        (b"\x7fELF\x02\x01\x01\0", "a", WithoutText, "ELF"),
        (b'{"a": [1, 2]}', "a", ForPrograms, "JSON"),
        (b'[{"a": 1}]', "a.json", ForPrograms, "JSON"),
        (b"a: 1\nb: 2\n", "a.yaml", ForPrograms, "YAML"),
        (b"import os\n", "a.py", ForPrograms, "Python"),
        (b"#!/bin/sh\necho\n", "run", ForPrograms, "Shell"),
        (b"SELECT 1;", "a.sql", ForPrograms, "SQL"),
        (b'<?xml version="1.0"?><a/>', "a.xml", ForPrograms, "XML"),
        (b"* Heading", "a.org", OtherMarkup, "Org"),
        (b"From a@b.c Mon Jan  1 10:00:00 2024\nFrom: x\n", "a", Mailbox, "mbox"),
    ],
)
def test_what_is_not_read_is_refused_by_its_own_name(content, filename, error, named, tmp_path):
    path = making.write(tmp_path, filename, content)
    with pytest.raises(NotSupported) as caught:
        read(path, filename)
    assert type(caught.value) is error
    assert named in caught.value.message


def test_every_refusal_is_a_sentence_with_its_remedy():
    for error, values in BY_NAME.values():
        sentence = str(error(**values).message)
        assert sentence[0].isalpha()
        assert sentence.endswith(".")
        assert "{" not in sentence


def test_a_page_of_comments_is_looked_at_once():
    with pytest.raises(NotSupported):
        kind_of(b'<?xml version="1.0"?>' + b"<!--a-->" * 8000 + b"<x>", "a.bin")
