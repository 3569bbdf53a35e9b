"""Salvage of damaged ZIP archives: what still unpacks, found without the list of contents."""

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

ENTRY = b"PK\x03\x04"
HEADER = struct.Struct("<4s5H3I2H")
STORED, PACKED = 0, 8
STEP = 256  # bytes that are unpacked at once
MOST_ENTRIES = 2000
MOST = 100_000_000  # bytes that are unpacked


def rebuilt(path: str) -> BytesIO:
    """Make a whole archive of the entries that still unpack, or the beginnings of them."""
    data = Path(path).read_bytes()
    made, left = BytesIO(), MOST
    with zipfile.ZipFile(made, "w") as archive:
        place = data.find(ENTRY)
        for _ in range(MOST_ENTRIES):
            if place < 0 or left <= 0:
                break
            following = data.find(ENTRY, place + 4)
            name, content = _entry(data, place, following if following >= 0 else len(data), left)
            if name and name not in archive.NameToInfo:
                archive.writestr(name, content)
            left -= len(content)
            place = following
    made.seek(0)
    return made


def _entry(data: bytes, place: int, end: int, most: int) -> tuple[str, bytes]:
    """The name and content of the entry that begins there; "" where neither can be read."""
    if place + HEADER.size > len(data):
        return "", b""
    _, _, _, method, *_, packed, _, name_size, extra = HEADER.unpack_from(data, place)
    start = place + HEADER.size + name_size + extra
    name = data[place + HEADER.size : place + HEADER.size + name_size].decode("utf-8", "replace")
    if not name or name.endswith("/") or start > end or not name.isprintable():
        return "", b""
    if method == STORED:
        return name, data[start : start + packed if 0 < packed <= end - start else end][:most]
    return (name, _inflated(memoryview(data)[start:], most)) if method == PACKED else ("", b"")


def _inflated(data: memoryview, most: int) -> bytes:
    """What unpacks of packed data before its end, or before its first mistake."""
    unpacker, pieces, size = zlib.decompressobj(-15), [], 0
    try:
        for start in range(0, len(data), STEP):
            piece = unpacker.decompress(data[start : start + STEP], most - size)
            pieces.append(piece)
            size += len(piece)
            if unpacker.eof or size >= most:
                break
    except zlib.error:
        pass
    return b"".join(pieces)
