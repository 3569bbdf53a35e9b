"""ID3v2.4 tags: what stands before the sound of an MP3 that somebody keeps."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

MOST_CHILDREN = 255  # of one table of contents
FRONT_COVER = 3
NO_OFFSET = 0xFFFFFFFF
TOP_LEVEL, ORDERED = 2, 1


class Chapter(NamedTuple):
    """A chapter of a sound, from `start_ms` up to `end_ms`."""

    title: str
    start_ms: int
    end_ms: int


class Picture(NamedTuple):
    """The bytes of a PNG or JPEG, and its media type."""

    data: bytes
    media_type: str


def id3_tag(
    *,
    title: str,
    artist: str = "",
    album: str = "",
    narrator: str = "",
    track: str = "",
    chapters: Sequence[Chapter] = (),
    cover: Picture | None = None,
) -> bytes:
    """A tag in UTF-8, to stand before the first frame; `track` is like "3" or "3/12"."""
    texts = {
        "TIT2": title, "TPE1": artist, "TALB": album, "TCOM": narrator, "TRCK": track,
        "TSSE": "VoiceVerse",
    }  # fmt: skip
    frames = b"".join(_text(name, text) for name, text in texts.items() if text)
    if cover:
        frames += _frame("APIC", _picture(cover))
    frames += _contents(chapters)
    return b"ID3\x04\x00\x00" + _syncsafe(len(frames)) + frames


def _contents(chapters: Sequence[Chapter]) -> bytes:
    """CTOC and CHAP frames; more chapters than one table holds are put into tables of tables."""
    if not chapters:
        return b""
    marks = [
        _frame("CHAP", _id(f"c{i}") + struct.pack(">IIII", *chapter[1:], NO_OFFSET, NO_OFFSET)
               + _text("TIT2", chapter.title or str(i + 1)))
        for i, chapter in enumerate(chapters)
    ]  # fmt: skip
    names = [f"c{i}" for i in range(len(chapters))]
    tables: list[bytes] = []
    while len(names) > MOST_CHILDREN:
        groups = [names[i : i + MOST_CHILDREN] for i in range(0, len(names), MOST_CHILDREN)]
        names = [f"t{len(tables) + i}" for i in range(len(groups))]
        pairs = zip(names, groups, strict=True)
        tables += [_table(name, children, ORDERED) for name, children in pairs]
    return b"".join([_table("toc", names, TOP_LEVEL | ORDERED), *tables, *marks])


def _table(name: str, children: Sequence[str], flags: int) -> bytes:
    return _frame("CTOC", _id(name) + bytes((flags, len(children))) + b"".join(map(_id, children)))


def _picture(cover: Picture) -> bytes:
    return b"\x03" + _id(cover.media_type) + bytes((FRONT_COVER,)) + b"\0" + cover.data


def _text(name: str, text: str) -> bytes:
    # A NUL would begin a second value.
    return _frame(name, b"\x03" + text.replace("\0", " ").encode("utf-8", "replace"))


def _frame(name: str, content: bytes) -> bytes:
    return name.encode() + _syncsafe(len(content)) + b"\0\0" + content


def _id(name: str) -> bytes:
    return name.encode() + b"\0"


def _syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
