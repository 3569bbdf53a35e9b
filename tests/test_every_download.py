"""Every file that the app gives, under names of many scripts, from the server that ships."""

import inspect
import json
import re
import zipfile
from io import BytesIO
from urllib.parse import quote, unquote, urlencode

import pytest

from exports.types import FORMATS
from tests.support.sending import CONTENT_TYPE, MARKDOWN, multipart
from tests.support.serving import PASSWORD, App, Client, wait_until
from web.content_disposition import ascii_name, content_disposition

# What a piece is called, what its files are called, and what they are for programs of old.
NAMES = [
    ("Rain & tide", "Rain & tide", "Rain & tide"),
    ("It’s a nice day.", "It’s a nice day", "It's a nice day"),
    ("“Quoted” — twice…", "“Quoted” — twice…", "'Quoted' - twice"),
    ("Zażółć gęślą jaźń w Łodzi", "Zażółć gęślą jaźń w Łodzi", "Zazolc gesla jazn w Lodzi"),
    ("Příliš žluťoučký kůň", "Příliš žluťoučký kůň", "Prilis zlutoucky kun"),
    ("İstanbul’da ışık, ßtraße", "İstanbul’da ışık, ßtraße", "Istanbul'da isik, sstrasse"),
    ("Глава 5. Москва", "Глава 5. Москва", "5"),
    ("Ελληνικά και ἄνθρωπος", "Ελληνικά και ἄνθρωπος", "VoiceVerse"),
    ("שָׁלוֹם עולם", "שָׁלוֹם עולם", "VoiceVerse"),
    ("مرحبا بالعالم، می‌خواهم", "مرحبا بالعالم، می‌خواهم", "VoiceVerse"),
    ("नमस्ते दुनिया क्‍ष", "नमस्ते दुनिया क्‍ष", "VoiceVerse"),
    ("สวัสดีชาวโลก", "สวัสดีชาวโลก", "VoiceVerse"),
    ("第一章：雨停了", "第一章：雨停了", "VoiceVerse"),
    ("雨がやんだ 2026", "雨がやんだ 2026", "2026"),
    ("비가 그쳤다", "비가 그쳤다", "VoiceVerse"),
    ("ሰላም · გამარჯობა · Բարեւ", "ሰላም · გამარჯობა · Բարեւ", "VoiceVerse"),
    ("👩‍🚀 launch 🇵🇱", "👩‍🚀 launch 🇵🇱", "launch"),
    ("cafe\u0301 Z\u0351\u036b\u0343algo", "café Z\u0351\u036b\u0313algo", "cafe Zalgo"),
    ("bill\u202egnp.exe\u2066", "billgnp.exe", "billgnp.exe"),
    ('a"b\\c;d%41/..\\e', "a-b-c;d%41-..-e", "a-b-c_d_41-..-e"),
    ("line\r\nSet-Cookie: a=b\r\n\r\n<p>", "line Set-Cookie- a=b -p", "line Set-Cookie- a=b -p"),
    ("長" * 200, "長" * 73, "VoiceVerse"),
]
START = {
    ".mp3": b"ID3",
    ".m4b": b"\0\0\0",
    ".opus": b"OggS",
    ".flac": b"fLaC",
    ".wav": b"RIFF",
    ".zip": b"PK\3\4",
    ".epub": b"PK\3\4",
    ".vtt": b"WEBVTT",
    ".srt": b"1\n00:00:",
    ".txt": b"The lamp",
    ".csv": b"",
}
TABLES = {
    "/usage.csv": "voiceverse-usage",
    "/usage.csv?month=2026-11": "voiceverse-usage-2026-11",
    "/security.csv": "voiceverse-security",
    "/pronunciations.csv": "voiceverse-pronunciations",
}
# By which of these views each kind is given; another one that gives files must join the table.
VIEWS = {
    *("files.download", "files.text", "files.captions", "files.subtitles", "downloads.fetch"),
    *("library.download_zip", "account.export", "account.security_csv", "usage.usage_csv"),
    "pronunciations.table",
}


class Reader(Client):
    """The owner of the app, with one token for all forms."""

    csrf = ""

    def send(self, path: str, **fields: str):
        form = urlencode({"csrf_token": self.csrf, **fields}).encode()
        kind = "application/x-www-form-urlencoded"
        return self.request("POST", path, form, Content_Type=kind, Accept="application/json")

    def audiobook(self) -> str:
        """The filename of a piece with chapters, ready."""
        body = multipart([("lamp.md", MARKDOWN.encode())], csrf_token=self.csrf)
        kinds = {"Content_Type": CONTENT_TYPE, "Accept": "application/json"}
        status, _, answer = self.request("POST", "/documents", body, **kinds)
        assert status == 201, answer
        status, _, answer = self.send(f"{json.loads(answer)['documents'][0]['url']}/speak")
        assert status == 202, answer
        filename = json.loads(answer)["files"][0]["filename"]
        self.until_ready(filename)
        return filename

    def exports(self, filename: str) -> dict[str, str]:
        """The address of each export of a piece, and how its name ends."""
        ordered = {}
        for key, kind in FORMATS.items():
            status, _, answer = self.send(f"/files/{filename}/exports", format=key)
            assert status == 202, answer
            ordered[json.loads(answer)["url"]] = kind.suffix
        for url in ordered:
            wait_until(lambda url=url: self.json(url)["status"] == "ready", url)
        return {self.json(url)["file_url"]: ending for url, ending in ordered.items()}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    settings = {"VOICEVERSE_REGISTRATION": "open"}
    with App(tmp_path_factory.mktemp("shelf"), **settings) as app:
        yield app


@pytest.fixture(scope="module")
def reader(app):
    reader = Reader(app).set_up()
    reader.csrf = reader.token()
    return reader


def told(headers) -> tuple[str, str]:
    """The name of a file for today's programs, and that for those of old."""
    for name, value in headers.items():
        assert value.isascii(), (name, value)
    disposition = headers["Content-Disposition"]
    plain = re.search(r'filename=("(?:[^"\\]|\\.)*"|[^;]+)', disposition)[1].strip('"')
    full = re.search(r"filename\*=UTF-8''([^;\s]+)$", disposition)
    return (unquote(full[1], errors="strict") if full else plain), plain


def check_files(reader, filename, files, full, plain):
    """Each file is there, is of its kind and is called as it should be."""
    for path, ending in files.items():
        status, headers, body = reader.request("GET", path)
        assert status == 200, (full, path)
        assert told(headers) == (full + ending, plain + ending), path
        assert body.startswith(START[ending]), (full, path)
    sent = {"Range": "bytes=0-2", "Accept_Encoding": "gzip"}
    status, headers, body = reader.request("GET", f"/download/{filename}", **sent)
    assert (status, told(headers)[0], body) == (206, f"{full}.mp3", b"ID3")
    status, headers, body = reader.send("/library/zip", filename=filename)
    assert (status, told(headers)[0]) == (200, "VoiceVerse.zip")
    (entry,) = zipfile.ZipFile(BytesIO(body)).namelist()
    assert full.startswith(entry.removesuffix(".mp3"))  # which is shorter for the sake of folders


def test_every_kind_of_file_comes_under_every_name(app, reader):
    filename = reader.audiobook()
    files = {
        f"/download/{filename}": ".mp3",
        f"/captions/{filename}.vtt": ".vtt",
        f"/captions/{filename}.srt": ".srt",
        f"/files/{filename}/text": ".txt",
        **reader.exports(filename),
    }
    for given, full, plain in NAMES:
        status, _, answer = reader.send(f"/files/{filename}/rename", name=given)
        assert status == 200, answer
        check_files(reader, filename, files, full, plain)
    log = app.log_path.read_text()
    assert "not printable ASCII" not in log
    assert "Exception while serving" not in log


def test_tables_are_files_with_a_name_too(reader):
    for path, name in TABLES.items():
        status, headers, body = reader.request("GET", path)
        assert (status, told(headers)[0]) == (200, f"{name}.csv")
        assert b"," in body.splitlines()[0]


@pytest.mark.parametrize("name", ["Жанна", "Łucja", "Ἀριάδνη", "山田太郎", "محمد"])
def test_an_account_of_any_script_takes_everything_along(app, reader, name):
    client = Client(app)
    status, _, answer = client.post("/register", form="/register", username=name, password=PASSWORD)
    assert status == 303, answer
    status, headers, body = client.request("GET", "/account/export")
    assert status == 200
    full, plain = told(headers)
    assert full.startswith(f"VoiceVerse {name} 20")
    assert plain.startswith("VoiceVerse ")
    assert "account.json" in zipfile.ZipFile(BytesIO(body)).namelist()


@pytest.mark.parametrize("place", ["/library?category=Größe+Кот", "/?q=“雨”", "/library?%ff"])
def test_a_redirect_leads_back_in_ascii_wherever_that_is(app, reader, place):
    for browser, path in ((reader, "/login?" + urlencode({"next": place})), (Client(app), place)):
        status, headers, _ = browser.request("GET", quote(path, safe="/?=&%+"))
        assert status == 303
        assert all(value.isascii() for value in headers.values())
        target = headers["Location"].removeprefix("/login?next=")
        assert unquote(unquote(target)) == unquote(place)


def test_every_view_that_gives_a_file_is_in_the_table(make_app):
    gives = re.compile(r"audio_responses\.(named|table|download|export)\(|\b_captions\(")
    views = make_app().view_functions.items()
    assert {name for name, view in views if gives.search(inspect.getsource(view))} == VIEWS


@pytest.mark.parametrize("stem", ["", ".", "…", "\ud800", "con", "\u202e", "%", '"', "\0" * 300])
def test_a_name_of_nothing_is_a_name_all_the_same(stem):
    header = content_disposition(stem, ".mp3")
    assert re.fullmatch(r"[ -~]+", header)
    assert not re.search(r'filename=("?)[_ .-]*\.mp3', header)
    assert ascii_name(stem).lower() != "con"
