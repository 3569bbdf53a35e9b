"""A cover for what has none: a wave of bars on cloth, drawn from the title, one of them lit."""

import hashlib
import struct
import zlib
from functools import lru_cache
from typing import NamedTuple

from speech.audio.id3 import Picture

SIDE = 640  # pixels
BARS, BAR, GAP = 9, 28, 28
LEFT = (SIDE - BARS * BAR - (BARS - 1) * GAP) // 2
CLOTH, INK, LAMP = range(3)
LIT = 0xEEB053
# Cloth and ink of quiet books, dark enough for either theme.
CLOTHS = (
    (0x1D2430, 0x5C687C),
    (0x2B3A33, 0x6E8779),
    (0x47302B, 0x97736A),
    (0x392F44, 0x80728F),
    (0x43391F, 0x8D7F55),
    (0x263C44, 0x658591),
)


class Design(NamedTuple):
    """What a title makes of a cover: the bars' half heights in pixels, which is lit, the cloth."""

    heights: tuple[int, ...]
    lit: int
    cloth: int
    ink: int


def design(title: str) -> Design:
    """The cover of a title, always the same for the same one."""
    digest = hashlib.sha256(title.encode("utf-8", "surrogatepass")).digest()
    heights = tuple(28 + digest[i] * 180 // 255 for i in range(BARS))
    return Design(heights, digest[BARS] % BARS, *CLOTHS[digest[BARS + 1] % len(CLOTHS)])


def drawing(title: str) -> str:
    """The cover as an SVG of some 700 bytes, for pages; it holds nothing of the title's text."""
    made, middle = design(title), SIDE // 2
    paths = ["", ""]
    for number, height in enumerate(made.heights):
        left = LEFT + number * (BAR + GAP)
        paths[number == made.lit] += f"M{left} {middle - height}h{BAR}v{2 * height}h-{BAR}z"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f'<path fill="#{made.cloth:06x}" d="M0 0h{SIDE}v{SIDE}H0z"/>'
        f'<path fill="#{made.ink:06x}" d="{paths[0]}"/>'
        f'<path fill="#{LIT:06x}" d="{paths[1]}"/></svg>'
    )


@lru_cache(maxsize=64)
def cover(title: str) -> Picture:
    """The cover as a PNG of 640 × 640 pixels, for files and for systems that show no SVG."""
    made = design(title)
    rows = {height: _row(made, height) for height in {0, *made.heights}}
    steps = sorted(rows)
    lines = bytearray()
    for y in range(SIDE):
        away = abs(y - SIDE // 2)
        # Every bar that reaches this far from the middle is cut by the line.
        step = next((each for each in steps if away < each), None)
        lines += b"\0" + (bytes(SIDE) if step is None else rows[step])
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    palette = b"".join(colour.to_bytes(3, "big") for colour in (made.cloth, made.ink, LIT))
    chunks = (
        (b"IHDR", head),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return Picture(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks), "image/png")


def _row(made: Design, reach: int) -> bytes:
    row = bytearray(SIDE)
    for number, height in enumerate(made.heights):
        if height >= reach:
            start = LEFT + number * (BAR + GAP)
            row[start : start + BAR] = bytes((LAMP if number == made.lit else INK,)) * BAR
    return bytes(row)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
