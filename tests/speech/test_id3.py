import io

import av
import pytest

from speech.audio.id3 import Chapter, Picture, id3_tag
from speech.audio.mp3 import scan_mp3
from tests.speech.test_mp3 import mp3, tone
from tests.support.listening import hear

SOUND = mp3(tone(3, 22050), 22050)
PICTURE = Picture(b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png")


def opened(tag):
    return av.open(io.BytesIO(tag + SOUND), metadata_errors="strict")


def test_tags_are_read_back():
    tag = id3_tag(title="Über", artist="Ann", album="Book", narrator="Nova", track="3/12")
    with opened(tag) as container:
        found = container.metadata
    assert found["title"] == "Über"
    assert found["artist"] == "Ann"
    assert found["album"] == "Book"
    assert found["composer"] == "Nova"
    assert found["track"] == "3/12"


@pytest.mark.parametrize("count", [2, 255, 256, 700])
def test_chapters_are_read_back_however_many(count):
    chapters = [Chapter(f"Kapitel {i} & mehr", 4 * i, 4 * i + 4) for i in range(count)]
    with opened(id3_tag(title="x", chapters=chapters)) as container:
        found = container.chapters()
    assert len(found) == count
    assert found[-1]["metadata"]["title"] == chapters[-1].title
    assert (found[1]["start"], found[1]["end"]) == (4, 8)


def test_no_table_of_contents_names_more_than_it_can_hold():
    tag = id3_tag(title="x", chapters=[Chapter("", i, i + 1) for i in range(600)])
    named = tag.split(b"CTOC")[1:]
    assert len(named) == 4
    assert named[0].count(b"\0t") == 3


def test_a_chapter_without_a_title_gets_its_number():
    with opened(id3_tag(title="x", chapters=[Chapter("", 0, 5), Chapter("", 5, 9)])) as container:
        assert [each["metadata"]["title"] for each in container.chapters()] == ["1", "2"]


def test_a_cover_comes_along():
    tag = id3_tag(title="x", cover=PICTURE)
    assert PICTURE.data in tag
    assert b"image/png\0\x03\0" in tag


def test_nothing_in_the_tag_changes_the_sound():
    chapters = [Chapter("a", 0, 1000), Chapter("b", 1000, 3000)]
    tag = id3_tag(title="N\0UL" * 90, artist="x", chapters=chapters, cover=PICTURE)
    assert hear(tag + SOUND).duration_s == 3.0
    assert scan_mp3(io.BytesIO(tag + SOUND)).duration_s == 3.0
