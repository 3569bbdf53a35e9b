"""Encodings: what is declared, what is guessed and how sure that is."""

import unicodedata

import pytest

from documents.encoding_labels import LABELS, codec_of, name_of
from documents.encodings import declared_in, decode, decode_as, decode_markup, is_binary
from documents.read import read
from documents.types import Document, compose
from tests.support.languages import LONG

OLD = {
    "de": "cp1252 cp850", "fr": "cp1252 iso8859-15 mac-roman", "es": "cp1252 cp437", "pt": "cp1252",
    "it": "cp1252", "sv": "cp1252", "da": "cp1252", "fi": "cp1252", "pl": "cp1250 iso8859-2",
    "cs": "cp1250 iso8859-2", "sk": "cp1250", "hu": "cp1250", "tr": "cp1254", "el": "cp1253",
    "ru": "cp1251 koi8-r cp866 iso8859-5", "uk": "cp1251 koi8-u", "bg": "cp1251", "ar": "cp1256",
    "he": "cp1255", "th": "cp874", "zh": "gb18030", "ja": "cp932 euc-jp", "ko": "cp949",
}  # fmt: skip
PAIRS = [(language, codec) for language, codecs in OLD.items() for codec in codecs.split()]


@pytest.mark.parametrize(("language", "codec"), PAIRS)
def test_a_few_sentences_in_an_old_encoding_are_read_right(language, codec):
    text = LONG[language] * 3
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize(("language", "codec"), PAIRS)
def test_one_sentence_is_never_surely_taken_for_another(language, codec):
    data = LONG[language].encode(codec)
    for end in (20, 40, 80, len(data)):
        found = decode(data[:end])
        right = data[:end].decode(codec, "ignore")
        assert not found.is_sure or found.text.rstrip("\ufffd") == right


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("ISO-8859-1", "windows-1252"), ("us-ascii", "windows-1252"), (" latin1 ", "windows-1252"),
        ("gb2312", "gb18030"), ("GBK", "gb18030"), ("x-sjis", "cp932"), ("ks_c_5601-1987", "cp949"),
        ("iso-8859-9", "windows-1254"), ("tis-620", "cp874"), ("utf-16", "utf-16-le"),
        ("unicode-1-1-utf-8", "utf-8"), ("iso_8859-2:1987", "iso-8859-2"),
        ("cp1251", "windows-1251"),
        ("x-user-defined", "windows-1252"), ("ISO_8859_5", "iso-8859-5"),
    ],
)  # fmt: skip
def test_labels_mean_what_browsers_take_them_for(label, codec):
    assert codec_of(name_of(label)) == codec


def test_every_encoding_can_be_read_and_nothing_else_has_a_name():
    for name in LABELS:
        assert name_of(name) == name
        b"a".decode(codec_of(name), "replace")
    assert name_of("punycode") == name_of("klingon") == name_of("") == ""


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (b"<meta charset=koi8-r>", "koi8-r"),
        (b"<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=Big5'>", "Big5"),
        (b"<?xml version='1.0' encoding=\"windows-1250\"?>", "windows-1250"),
        (b"<head>" + b" " * 60_000 + b"<meta charset = 'euc-kr'>", "euc-kr"),
        (b"<meta name=a><p>charset=nothing", ""),
    ],
)
def test_a_declaration_is_found_wherever_it_stands(head, label):
    assert declared_in(head) == label


def test_the_server_stands_above_the_page():
    data = "<meta charset='iso-8859-2'><p>Мороз и солнце, день чудесный".encode("cp1251", "ignore")
    assert "Мороз и солнце" in decode_markup(data, "windows-1251").text


def test_a_wrong_declaration_is_noticed_and_told():
    text = LONG["ru"] * 3
    found = decode(text.encode("cp1251"), "iso-8859-1")
    assert (found.text, found.encoding, found.is_sure) == (text, "windows-1251", False)
    assert decode(text.encode(), "iso-8859-1").text == text


def test_a_declaration_that_can_be_right_is_kept():
    polish = "Zażółć gęślą jaźń"
    assert decode(polish.encode("iso8859-2"), "latin2").text == polish
    assert decode(b"caf\xe9", "windows-1252").is_sure


def test_damage_is_counted_and_does_not_change_the_encoding():
    found = decode(LONG["ru"].encode("gb18030") + b"\xff\xff", "gbk")
    assert found.text.startswith(LONG["ru"])
    assert found.lost
    assert decode(LONG["cs"].encode()[:-2] + b"\xff" + b" a").lost == 1


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", ["de", "ru", "ko", "th"])
def test_utf16_without_a_mark_is_read(language, codec):
    text = f"{LONG[language]}\n{LONG[language]}\n"
    assert decode(text.encode(codec)).text == text
    assert not is_binary(text.encode(codec))


def test_zeros_that_no_encoding_explains_are_no_text():
    for data in (b"\0\1\2\3" * 99, b"PNG\0\0\0\rIHDR", b"a\0" * 3 + b"\0" * 90, b"text\0text"):
        assert is_binary(data)


def test_tones_of_vietnamese_become_one_with_their_vowels():
    text = "Thuyền trưởng và những người bạn của ông được ra khơi trong một ngày không có gió."
    written = ""
    for sign in text:
        marks = unicodedata.normalize("NFD", sign)
        tone = "".join(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = "".join(mark for mark in marks if mark not in tone)
        written += unicodedata.normalize("NFC", base) + tone
    assert decode(written.encode("cp1258")).text == text


def test_another_encoding_can_be_chosen(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("Это ещё одна ночь.".encode("koi8-r"))
    document = read(path, "a.txt", encoding="windows-1251")
    assert document.encoding == "windows-1251"
    assert compose(document.chapters[0]) == "Это ещё одна ночь.".encode("koi8-r").decode("cp1251")
    assert decode_as(b"\xef\xbb\xbfa", "utf-8").text.strip("\ufeff") == "a"


def test_a_doubtful_encoding_is_told_with_the_document(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc \xe9\xb6")
    document = read(path, "a.txt")
    assert document.encoding
    assert Document.from_dict(document.to_dict()) == document
    path.write_bytes(("Утром выпал снег, и дети вышли во двор. " * 9).encode("cp1251"))
    assert read(path, "a.txt").encoding == ""


def test_documents_of_earlier_releases_have_no_doubtful_encoding():
    fields = Document("T", (), "txt").to_dict()
    del fields["encoding"]
    assert Document.from_dict(fields).encoding == ""


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 4000, b"\xe9" * 3_000_000, b"\xe9\n" * 1_000_000,
        b"<meta " * 20_000 + b"\xff",
        b"<meta charset" * 5000 + b"\xff", bytes(range(0x80, 0x100)) * 9000,
        b"\x1b$B" + b"!" * 999_999,
    ],
    ids=["all", "one line", "short lines", "metas", "charsets", "high", "escape"],
)  # fmt: skip
def test_hostile_bytes_come_to_an_end(data):
    decode_markup(data)
