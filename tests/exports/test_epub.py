"""The book that reads itself: valid, complete, and in time with its sound."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from speech.audio.mp3 import scan_mp3
from tests.browser.driving import CHROMIUM
from tests.exports.conftest import TITLES

ACE = Path(__file__).parents[2] / "tools" / "ace"
EPUBCHECK = Path("/usr/share/java/epubcheck.jar")
XHTML, SMIL = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/ns/SMIL}"
OPF, DC = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture(params=[None, -19.0], ids=["as spoken", "evened"])
def epub(request, make):
    with zipfile.ZipFile(io.BytesIO(make("epub", request.param).data)) as archive:
        yield archive


def tree(epub, name):
    return ElementTree.fromstring(epub.read(f"EPUB/{name}"))  # noqa: S314 (our own)


def seconds(text):
    return float(text.removesuffix("s"))


def test_the_type_comes_first_and_plain(epub):
    first = epub.infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", 0, b"")
    assert epub.read("mimetype") == b"application/epub+zip"


def test_every_word_is_there_once_and_in_order(home, book, epub):
    text = home.db.get_text(book["id"]).replace("[pause 1s]", " ")
    shown = []
    for number in (1, 2, 3):
        page = tree(epub, f"chapter-{number:03}.xhtml")
        spans = page.findall(f".//{XHTML}span")
        shown += ["".join(span.itertext()) for span in spans]
    assert " ".join(" ".join(shown).split()) == " ".join(text.split())


def test_a_spoken_title_is_the_heading_and_not_said_twice(epub):
    page = tree(epub, "chapter-002.xhtml")
    headings = ["".join(each.itertext()) for each in page.findall(f".//{XHTML}h1")]
    assert headings == [TITLES[1]]
    assert page.find(f".//{XHTML}h1/{XHTML}span") is not None
    assert tree(epub, "chapter-001.xhtml").find(f".//{XHTML}h1").text == TITLES[0]


def test_each_clip_names_a_span_and_lies_within_its_sound(epub):
    for number in (1, 2, 3):
        page = tree(epub, f"chapter-{number:03}.xhtml")
        spans = {span.get("id") for span in page.findall(f".//{XHTML}span")}
        length = scan_mp3(io.BytesIO(epub.read(f"EPUB/audio/{number:03}.mp3"))).duration_s
        end, named = 0.0, []
        for par in tree(epub, f"chapter-{number:03}.smil").findall(f".//{SMIL}par"):
            named.append(par.find(f"{SMIL}text").get("src").partition("#")[2])
            audio = par.find(f"{SMIL}audio")
            begin, old_end = seconds(audio.get("clipBegin")), end
            end = seconds(audio.get("clipEnd"))
            assert old_end - 0.001 <= begin < end <= length + 0.001
            assert audio.get("src") == f"audio/{number:03}.mp3"
        assert set(named) == spans
        assert len(named) == len(spans)


def test_clips_stand_where_the_piece_has_its_segments(home, book, epub):
    rows = home.db.get_chapters(book["id"])
    segments = home.db.get_segments(book["id"])
    second = next(each for each in segments if each["text_start"] >= rows[1]["text_start"])
    clip = tree(epub, "chapter-002.smil").find(f".//{SMIL}audio")
    # The file of a chapter begins a moment before its first word, in the pause.
    assert 0 <= seconds(clip.get("clipBegin")) < 0.1
    first = tree(epub, "chapter-001.smil").findall(f".//{SMIL}audio")[1]
    assert seconds(first.get("clipBegin")) == pytest.approx(segments[1]["start_ms"] / 1000, abs=0.1)
    assert second["start_ms"] == rows[1]["start_ms"]


def test_the_package_tells_the_book(epub):
    package = tree(epub, "package.opf")
    assert package.find(f".//{DC}title").text == "Harbour & Home"
    assert package.find(f".//{DC}creator").text == "English (Great Britain)"
    assert package.find(f".//{DC}language").text == "en-GB"
    assert re.match(r"urn:uuid:[0-9a-f-]{36}$", package.find(f".//{DC}identifier").text)
    named = {item.get("href") for item in package.findall(f".//{OPF}item")}
    there = {name.removeprefix("EPUB/") for name in epub.namelist() if name.startswith("EPUB/")}
    assert named == there - {"package.opf"}
    contents = tree(epub, "nav.xhtml").findall(f".//{XHTML}li/{XHTML}a")
    assert [link.text for link in contents] == list(TITLES)


def test_the_package_tells_who_can_use_the_book_and_how(epub):
    package = tree(epub, "package.opf")
    told = {(each.get("property"), each.text) for each in package.findall(f".//{OPF}meta")}
    assert {
        ("schema:accessMode", "textual"),
        ("schema:accessMode", "auditory"),
        ("schema:accessModeSufficient", "textual"),
        ("schema:accessibilityFeature", "synchronizedAudioText"),
        ("schema:accessibilityHazard", "none"),
    } <= told
    assert any(name == "schema:accessibilitySummary" and text for name, text in told)
    assert package.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-GB"


@pytest.mark.slow
@pytest.mark.skipif(
    not (ACE / "node_modules").exists() or CHROMIUM is None,
    reason="Ace by DAISY is not installed: npm ci --prefix tools/ace",
)
def test_ace_finds_nothing_that_shuts_anybody_out(make, tmp_path):
    path = tmp_path / "book.epub"
    path.write_bytes(make("epub", None).data)
    environment = os.environ | {"PUPPETEER_EXECUTABLE_PATH": CHROMIUM}
    command = ["node", "check.js", path]
    found = subprocess.run(
        command, cwd=ACE, env=environment, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, ""), found.stderr


@pytest.mark.slow
@pytest.mark.skipif(
    not EPUBCHECK.exists() or shutil.which("java") is None, reason="epubcheck is not installed"
)
def test_epubcheck_finds_nothing(make, tmp_path):
    path = tmp_path / "book.epub"
    path.write_bytes(make("epub", None).data)
    command = ["java", "-jar", EPUBCHECK, "--failonwarnings", path]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
