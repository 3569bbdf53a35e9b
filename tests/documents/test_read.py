"""What kind a file is, how its text is decoded, what is refused, and what a reader may do."""

import inspect
import sys

import docx
import pytest
from fpdf import FPDF

from documents import reader_process
from documents.detect_format import kind_of
from documents.errors import (
    Broken,
    EmptyDocument,
    Encrypted,
    ForPrograms,
    NotSupported,
    OldWordFile,
    OtherOfficeFile,
    Picture,
    PlainArchive,
    Recording,
    Scanned,
    WithoutText,
)
from documents.limits import Limits
from documents.read import read, title_of
from documents.types import compose
from tests.documents import making
from tests.documents.corpus import BOOK, BOOK_TOC
from tests.documents.making import epub, zipped


def read_made(folder, filename, content, **options):
    return read(making.write(folder, filename, content), filename, **options)


def text_of(document):
    return "\n\n".join(compose(chapter) for chapter in document.chapters)


SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello.\n"


@pytest.mark.parametrize(
    ("content", "filename", "kind"),
    [
        ("%PDF-1.7\n", "book", "pdf"),
        ("junk before\n%PDF-1.4\n", "book", "pdf"),
        ("PK\x03\x04", "book.pdf", "zip"),
        ("<!DOCTYPE html><p>Hello", "page.txt", "html"),
        ('<?xml version="1.0"?>\n<!-- x --><html>', "page.bin", "html"),
        ("<p>Hello</p>", "page.htm", "html"),
        ("Hello you", "page.html", "txt"),
        ("WEBVTT\n\n", "film.txt", "vtt"),
        (SRT, "film.txt", "srt"),
        ("\ufeff" + SRT, "film", "srt"),
        ("# One\n\nText and\nmore\n\nText\nagain\n\n# Two\n\nText", "a.txt", "markdown"),
        ("Hello", "a.md", "markdown"),
        ("# a\nb=1\n# c\nd=2\n", "settings.txt", "txt"),
        ("Hello", "", "txt"),
    ],
)
def test_the_kind_is_told_by_content_and_by_name_among_texts(content, filename, kind):
    assert kind_of(content.encode(), filename) == kind


def test_a_servers_word_tells_pages_from_texts():
    assert kind_of(b"<p>Hello</p>", "page", "text/html; charset=utf-8") == "html"
    assert kind_of(b"Hello", "page", "text/markdown") == "markdown"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyDocument),
        (b" \n\t ", EmptyDocument),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Picture),
        (b"MZ\x90\x00\x03\x00\x00\x00", WithoutText),
        (b"ID3\x04\x00\x00\x00\x00", Recording),
        (b"\x01\x02\x03\x04" * 50, NotSupported),
        (b'<?xml version="1.0"?><rss></rss>', ForPrograms),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OldWordFile),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            Encrypted,
        ),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), PlainArchive),
        (zipped({"a.txt": "Hello"}), PlainArchive),
        (zipped({"xl/workbook.xml": "<a/>"}), OtherOfficeFile),
        (
            zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "mimetype"),
            OtherOfficeFile,
        ),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}, "mimetype"), Broken),
        (epub({"a.xhtml": "<p> </p>"}), EmptyDocument),
        (b"<!doctype html><script>var a = 1</script>", EmptyDocument),
        (b"----\n\n****\n", EmptyDocument),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(content, error, tmp_path):
    with pytest.raises(error) as caught:
        read_made(tmp_path, "file.bin", content)
    assert type(caught.value) is error
    assert caught.value.message.endswith(".")


def test_a_book_with_copy_protection_is_called_encrypted(tmp_path):
    lock = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod '
        'Algorithm="{}"/></EncryptedData></encryption>'
    )

    def locked(algorithm):
        extra = {"META-INF/encryption.xml": lock.format(algorithm)}
        return epub(BOOK, BOOK_TOC, extra=extra)

    with pytest.raises(Encrypted):
        read_made(tmp_path, "a.epub", locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    fonts = read_made(tmp_path, "b.epub", locked("http://www.idpf.org/2008/embedding"))
    assert len(fonts.chapters) == 3


def test_a_pdf_with_a_password_is_called_encrypted(tmp_path):
    made = FPDF()
    made.add_page()
    made.set_font("Times", size=12)
    made.text(20, 20, "It was late.")
    made.set_encryption(owner_password="moth", user_password="lamp")
    with pytest.raises(Encrypted):
        read_made(tmp_path, "locked.pdf", bytes(made.output()))


def picture_pages(count):
    made = FPDF()
    made.set_font("Times", size=12)
    for _ in range(count):
        made.add_page()
        made.image(making.PNG, 10, 10, 100, 100)
    return made


def test_a_scanned_pdf_is_told_from_an_empty_one(tmp_path):
    with pytest.raises(Scanned, match="scanned pages without text"):
        read_made(tmp_path, "scan.pdf", bytes(picture_pages(3).output()))
    empty = FPDF()
    empty.add_page()
    with pytest.raises(EmptyDocument):
        read_made(tmp_path, "empty.pdf", bytes(empty.output()))


def test_pages_without_text_are_counted_in_a_note(tmp_path):
    made = picture_pages(2)
    made.add_page()
    made.text(20, 20, "It was late.")
    document = read_made(tmp_path, "mixed.pdf", bytes(made.output()))
    assert text_of(document) == "It was late."
    assert document.notes == ("Pages without text: 2 of 3.",)
    assert document.notes[0].values == {"count": 2, "pages": 3}


BODY = "Žluťoučký kůň úpěl ďábelské ódy. " * 3


@pytest.mark.parametrize(
    "content",
    [
        BODY.encode(),
        b"\xef\xbb\xbf" + BODY.encode(),
        f"\ufeff{BODY}".encode("utf-16-le"),
        f"\ufeff{BODY}".encode("utf-16-be"),
        f"\ufeff{BODY}".encode("utf-32-le"),
    ],
    ids=["utf-8", "bom", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_every_encoding_gives_the_same_text(content, tmp_path):
    assert text_of(read_made(tmp_path, "a.txt", content)) == BODY.strip()


def test_what_is_not_utf8_is_windows_1252_or_what_the_server_says(tmp_path):
    body = "“Über”"
    assert text_of(read_made(tmp_path, "a.txt", body.encode("cp1252"))) == body
    polish = "Zażółć gęślą jaźń".encode("iso-8859-2")
    said = "text/plain; charset=ISO-8859-2"
    assert text_of(read_made(tmp_path, "b.txt", polish, content_type=said)) == "Zażółć gęślą jaźń"


def test_one_bad_byte_does_not_turn_utf8_into_something_else(tmp_path):
    damaged = BODY.encode().replace(b"ov", b"\xffv", 1) + b"\xff"
    assert "Žluťoučký kůň" in text_of(read_made(tmp_path, "a.txt", damaged))


def test_metadata_and_cover_of_a_book_are_kept(tmp_path):
    made = epub(BOOK, BOOK_TOC, extra={"OPS/cover.png": making.PNG})
    document = read_made(tmp_path, "b.epub", made)
    assert (document.title, document.author, document.language, document.source) == (
        "The Lantern",
        "Ada Holm",
        "en-GB",
        "epub",
    )
    assert (document.cover, document.cover_type) == (making.PNG, "image/png")


def test_metadata_of_word_pages_and_markdown_are_kept(tmp_path):
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = "The Lantern", "Ada Holm"
    made.add_paragraph("It was late.")
    word = read_made(tmp_path, "a.docx", making.saved(made))
    assert (word.title, word.author, word.source) == ("The Lantern", "Ada Holm", "docx")
    page = read_made(
        tmp_path,
        "a.html",
        '<html lang="de_at"><title>Laterne</title><meta name="author" content="Ada"><p>Hallo.',
    )
    assert (page.title, page.author, page.language) == ("Laterne", "Ada", "de-AT")
    text = read_made(tmp_path, "a.md", "---\ntitle: 'Lamp'\nlang: fr\n---\nBonjour.")
    assert (text.title, text.language) == ("Lamp", "fr")


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("My_book.final.pdf", "My book.final"),
        ("C:\\Users\\ada\\Lamp.docx", "Lamp"),
        ("../../etc/passwd", "passwd"),
        ("a\nb\x00.txt", "a b"),
        ("", "Untitled"),
    ],
)
def test_a_document_without_a_title_is_called_by_its_file(filename, title):
    assert title_of(filename) == title


def test_left_out_parts_keep_their_words_and_their_reason(tmp_path):
    page = "<h1>One</h1><p>Run it.</p><pre>make run</pre><table><tr><th>a<td>b</table>"
    document = read_made(tmp_path, "a.html", f"<!doctype html>{page}")
    left = {part.kind: part.text for part in document.chapters[0].parts}
    assert (left["code"], left["table"]) == ("make run", "a, b")
    with_all = compose(document.chapters[0], frozenset())
    assert with_all == "One\n\nRun it.\n\nmake run\n\na, b"


@pytest.mark.parametrize(
    "reader",
    [each for each in reader_process.READERS.values() if isinstance(each, reader_process.Reader)],
    ids=lambda reader: reader.function,
)
def test_the_table_of_readers_names_functions_that_take_what_they_are_given(reader):
    given = ("content", "title", "format")[: 2 + reader.is_told_format]
    inspect.signature(reader.load()).bind(*given)


def test_a_readers_process_has_no_way_out(tmp_path):
    """Ends in the child's own refusal, whatever a parser might be talked into."""
    import subprocess

    program = f"""
import os, socket, subprocess, sys
sys.path.insert(0, {str(making.Path(reader_process.__file__).parent.parent)!r})
from documents import reader_process
from documents.limits import Limits
reader_process.limit(Limits())
reader_process.close_the_door()
for way in (
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.socket(),
    lambda: subprocess.run(["true"]),
    lambda: os.system("true"),
    lambda: open("made", "w"),
    lambda: os.mkdir("made"),
):
    try:
        way()
    except PermissionError:
        continue
    sys.exit("there is a way out")
"""
    subprocess.run([sys.executable, "-I", "-c", program], cwd=tmp_path, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_the_parents_secrets_do_not_reach_the_reader(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    seen = []
    import subprocess

    start = subprocess.Popen

    def look(*arguments, **options):
        seen.append(options["env"])
        return start(*arguments, **options)

    monkeypatch.setattr("documents.read.subprocess.Popen", look)
    read_made(tmp_path, "a.txt", "It was late.")
    assert seen == [{}]


def test_limits_reach_the_reader(tmp_path):
    assert text_of(read_made(tmp_path, "a.txt", "Late.", limits=Limits(memory_mb=400))) == "Late."
