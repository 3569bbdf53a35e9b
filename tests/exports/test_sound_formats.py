"""Every sound format: as long as the piece, with its tags and chapters, even and unclipped."""

import io
import json
import shutil
import subprocess
import zipfile

import pytest

from exports.types import FORMATS
from speech.audio.mp3 import scan_mp3
from tests.exports.conftest import TITLES
from tests.exports.listening import Made

WHOLE = ("mp3", "m4b", "opus", "flac", "wav")
WITH_CHAPTERS = ("mp3", "m4b", "opus")
MAGIC = {
    "mp3": b"ID3\x04", "opus": b"OggS", "flac": b"fLaC", "wav": b"RIFF", "zip": b"PK\x03\x04",
    "epub": b"PK\x03\x04",
}  # fmt: skip


@pytest.mark.parametrize("key", WHOLE)
def test_a_file_is_exactly_as_long_as_the_piece(make, key):
    made = make(key)
    # What AAC adds to fill its last frame is left to the container's edit list.
    filling = 1024 / 22050 if key == "m4b" else 0.001
    assert 0 <= made.heard.duration_s - made.duration_s + 0.001 < filling + 0.001
    assert made.heard.loudness(made.duration_s - 0.02) < 0.01
    with made.open() as container:
        # Opus players take the padding of the last packet off; its container keeps it in.
        assert container.duration / 1e6 == pytest.approx(made.duration_s, abs=0.03)


@pytest.mark.parametrize("key", WHOLE)
def test_a_file_is_even_and_its_peaks_stay_below_minus_one(make, key):
    lufs, peak_db = make(key).loudness
    assert lufs == pytest.approx(-19.0, abs=1.0)
    assert peak_db < -1.0


@pytest.mark.parametrize("lufs", [-23.0, -16.0])
def test_another_loudness_can_be_chosen(make, lufs):
    found, peak_db = make("flac", lufs).loudness
    assert found == pytest.approx(lufs, abs=1.2)  # the limiter takes a little of the loudest
    assert peak_db < -1.0


@pytest.mark.parametrize("key", ["m4b", "flac", "wav"])
def test_sound_can_be_left_as_it_was_spoken(home, book, make, key):
    stored = home.heard(book["filename"])
    assert make(key, None).heard.loudness() == pytest.approx(stored.loudness(), rel=0.02)
    with_gain = make(key).heard.loudness()
    assert abs(with_gain / stored.loudness() - 1) > 0.02


def test_wav_and_flac_as_spoken_hold_the_very_samples(home, book, make):
    stored = home.heard(book["filename"]).samples
    for key in ("wav", "flac"):
        samples = make(key, None).heard.samples
        assert len(samples) == len(stored)
        clipped = (max(-1.0, min(1.0, sample)) for sample in stored)
        assert max(abs(a - b) for a, b in zip(samples, clipped, strict=True)) < 1e-4


@pytest.mark.parametrize("key", WHOLE)
def test_tags_say_what_it_is(make, key):
    tags = make(key).tags
    assert tags["title"] == "Harbour & Home"
    assert tags["album"] == "Sea"
    assert tags["artist"] == "English (Great Britain)"


@pytest.mark.parametrize("key", WITH_CHAPTERS)
def test_chapters_stand_where_they_begin_in_the_sound(home, book, make, key):
    made, rows = make(key), home.db.get_chapters(book["id"])
    assert [title for title, _, _ in made.chapters] == list(TITLES)
    for (_, start_s, end_s), row in zip(made.chapters, rows, strict=True):
        assert start_s == pytest.approx(row["start_ms"] / 1000, abs=0.001)
        assert end_s == pytest.approx(row["end_ms"] / 1000, abs=0.02)
    # What is spoken before a chapter's mark has ended there.
    place = rows[1]["start_ms"] / 1000
    assert made.heard.loudness(place - 0.04, place - 0.01) < 0.01


@pytest.mark.parametrize("key", ["mp3", "m4b", "opus", "flac"])
def test_a_cover_comes_along(make, key):
    assert make(key).pictures == 1


def test_an_audiobook_plays_before_all_of_it_is_loaded(make):
    data = make("m4b").data
    assert data[4:12] == b"ftypM4B "
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("key", MAGIC)
def test_a_file_is_what_its_name_says(make, key):
    assert make(key).data.startswith(MAGIC[key])


@pytest.mark.parametrize("key", WHOLE)
def test_the_expected_size_is_near(make, key):
    made = make(key)
    expected = FORMATS[key].bytes_a_second * made.duration_s
    assert len(made.data) == pytest.approx(expected, rel=0.35)


@pytest.mark.parametrize("lufs", [None, -19.0])
def test_chapters_as_files_are_whole_mp3s_that_together_are_the_piece(make, lufs):
    made, total = make("zip", lufs), 0.0
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == ["1 The harbour.mp3", "2 The -storm- & after.mp3", "3 Home.mp3"]
        for number, name in enumerate(names, 1):
            data = archive.read(name)
            info = scan_mp3(io.BytesIO(data))
            part = Made(data, info.duration_s)
            assert part.heard.duration_s == pytest.approx(info.duration_s, abs=0.001)
            assert part.tags["title"] == TITLES[number - 1]
            assert part.tags["album"] == "Harbour & Home"
            assert part.tags["track"] == f"{number}/3"
            assert part.heard.loudness(0.0, 1.0) > 0.02
            # A file ends in the silence between two chapters.
            assert part.heard.loudness(info.duration_s - 0.02) < 0.01
            total += info.duration_s
    assert total == pytest.approx(made.duration_s, abs=0.001)


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize("key", WITH_CHAPTERS)
def test_ffprobe_finds_the_same_chapters(make, key, tmp_path):
    path = tmp_path / f"book{FORMATS[key].suffix}"
    path.write_bytes(make(key).data)
    command = ["ffprobe", "-v", "error", "-show_chapters", "-show_format", "-of", "json", path]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [each["tags"]["title"] for each in found["chapters"]] == list(TITLES)
    assert float(found["format"]["duration"]) == pytest.approx(make(key).duration_s, abs=0.1)
