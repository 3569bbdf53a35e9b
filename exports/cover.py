"""A cover for what has none: a quiet wave of bars drawn from the title, one of them lit."""

import hashlib
import struct
import zlib
from functools import lru_cache

from speech.audio.id3 import Picture

SIDE = 640  # pixels
BARS, BAR, GAP = 20, 14, 16
NIGHT, INK, LAMP = range(3)
PALETTE = bytes((0x11, 0x14, 0x1B, 0x4A, 0x50, 0x5E, 0xEE, 0xB0, 0x53))


@lru_cache(maxsize=64)
def cover(title: str) -> Picture:
    """A PNG of 640 × 640 pixels, always the same for the same title."""
    digest = hashlib.sha256(title.encode("utf-8", "surrogatepass")).digest()
    heights = [24 + digest[i] * 200 // 255 for i in range(BARS)]
    lit = digest[BARS] % BARS
    rows = {height: _row(heights, lit, height) for height in {0, *heights}}
    steps = sorted(rows)
    lines = bytearray()
    for y in range(SIDE):
        away = abs(y - SIDE // 2)
        # Every bar that reaches this far from the middle is cut by the line.
        step = next((each for each in steps if away < each), None)
        lines += b"\0" + (bytes(SIDE) if step is None else rows[step])
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"PLTE", PALETTE),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return Picture(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks), "image/png")


def _row(heights: list[int], lit: int, reach: int) -> bytes:
    row = bytearray(SIDE)
    left = (SIDE - BARS * BAR - (BARS - 1) * GAP) // 2
    for number, height in enumerate(heights):
        if height >= reach:
            start = left + number * (BAR + GAP)
            row[start : start + BAR] = bytes((LAMP if number == lit else INK,)) * BAR
    return bytes(row)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
