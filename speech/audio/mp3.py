"""The MP3 format: frame headers, the Info frame in front, and measuring a file.

Layer III frames after ISO 11172-3 and 13818-3; the Info frame with LAME's extension tells a
player the exact length, the seek table, and how many samples at both ends are not sound.
"""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from common.errors import AppError

ENCODER_DELAY = 576  # samples that LAME puts before the sound
DECODER_DELAY = 529  # samples that a decoder adds; players skip both
DELAY = ENCODER_DELAY + DECODER_DELAY
SEARCHED = 65536  # bytes in which the first frame must begin
BLOCK = 1024 * 1024

BIT_RATES = {  # kbit/s by version, layer III
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


class NotMp3(AppError):
    """The bytes are not a playable MP3; `message` says what is wrong."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Header of a frame: `size` in bytes, `samples` per channel, `sample_rate` in Hz."""

    size: int
    samples: int
    sample_rate: int
    bit_rate: int
    side_info: int


@dataclass(frozen=True, slots=True)
class Mp3Info:
    """Measures of a file: exact duration in s, audio frames, sample rate in Hz, size in bytes."""

    duration_s: float
    frames: int
    sample_rate: int
    size: int


def parse_frame(header: bytes) -> Frame | None:
    """Parse the header in these four bytes; None where they are no frame's."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = (header[1] >> 3) & 3, (header[1] >> 1) & 3
    rate_index, sample_index = header[2] >> 4, (header[2] >> 2) & 3
    if version == 1 or layer != 1 or rate_index in (0, 15) or sample_index == 3:
        return None
    is_mpeg1 = version == 3
    bit_rate = BIT_RATES[1 if is_mpeg1 else 2][rate_index] * 1000
    sample_rate = SAMPLE_RATES[version][sample_index]
    samples = 1152 if is_mpeg1 else 576
    is_mono = header[3] >> 6 == 3
    side_info = (17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)
    size = samples // 8 * bit_rate // sample_rate + ((header[2] >> 1) & 1)
    return Frame(size, samples, sample_rate, bit_rate, side_info)


def known_frame(header: bytes) -> Frame:
    """The frame that starts with these four bytes; raises NotMp3 where none does."""
    frame = parse_frame(header)
    if frame is None:
        raise NotMp3("The sound is damaged: no frame begins where one must.")
    return frame


def frame_header(sample_rate: int, bit_rate: int) -> bytes:
    """The four bytes that begin a mono frame without padding; rates in Hz and bit/s."""
    version = next(key for key, rates in SAMPLE_RATES.items() if sample_rate in rates)
    rates = BIT_RATES[1 if version == 3 else 2]
    return bytes(
        (
            0xFF,
            0xE0 | version << 3 | 1 << 1 | 1,
            rates.index(bit_rate // 1000) << 4 | SAMPLE_RATES[version].index(sample_rate) << 2,
            0xC0,
        )
    )


def info_frame(
    sample_rate: int,
    bit_rate: int,
    *,
    frames: int = 0,
    audio_bytes: int = 0,
    delay: int = ENCODER_DELAY,
    padding: int = 0,
) -> bytes:
    """The silent first frame: how long the sound is, and what to skip at its ends.

    With `frames` = 0 the length stays open, as in a file that is still being made. `delay` and
    `padding` count samples; players skip the decoder's own delay as well.
    """
    header = frame_header(sample_rate, bit_rate)
    frame = known_frame(header)
    body = bytearray(frame.size)
    body[:4] = header
    at = 4 + frame.side_info
    fields = b""
    if frames:
        seek_table = bytes(i * 256 // 100 for i in range(100))
        fields = struct.pack(">II", frames, audio_bytes + frame.size) + seek_table
        fields += struct.pack(">I", 50)
    tag = b"Info" + struct.pack(">I", 0x0F if frames else 0) + fields
    delays = delay << 12 | padding
    tag += b"LAME3.100" + bytes((0x01, 0)) + bytes(8) + bytes((0, bit_rate // 1000))
    tag += delays.to_bytes(3, "big") + bytes((0, 0)) + bytes(2)
    tag += struct.pack(">I", audio_bytes + frame.size if frames else 0) + bytes(2)
    body[at : at + len(tag)] = tag
    end = at + len(tag)
    return bytes(body[:end]) + struct.pack(">H", _crc16(body[:end])) + bytes(frame.size - end - 2)


def stated_frames(frame: bytes) -> int:
    """Number of frames that an Info frame states; raises NotMp3."""
    at = 4 + known_frame(frame[:4]).side_info
    if frame[at : at + 4] != b"Info" or not frame[at + 7] & 1:
        raise NotMp3("The sound does not say how long it is.")
    return int.from_bytes(frame[at + 8 : at + 12], "big")


def scan_mp3(file: BinaryIO | str | os.PathLike[str]) -> Mp3Info:
    """Walk every frame of an MP3 and measure it exactly, in constant memory; raises NotMp3."""
    if isinstance(file, str | os.PathLike):
        with open(file, "rb") as opened:  # noqa: PTH123 (any path-like)
            return _scan(opened)
    return _scan(file)


def _scan(file: BinaryIO) -> Mp3Info:
    position = _skip_id3(file)
    file.seek(position)
    head = file.read(SEARCHED + 4096)
    start = _first_frame(head)
    first = known_frame(head[start : start + 4])
    skipped, has_info = _info_delays(head, start, first)
    if has_info:
        start += first.size
    file.seek(position + start)
    frames, samples, tail = _walk(file)
    if frames == 0 or (tail.strip(b"\0") and not tail.startswith((b"TAG", b"APE", b"ID3"))):
        where = "after its start" if frames == 0 else f"{samples / first.sample_rate:.1f} s in"
        raise NotMp3(f"The sound breaks off {where}: it is not a whole MP3.")
    duration = max(0, samples - skipped) / first.sample_rate
    return Mp3Info(duration, frames, first.sample_rate, file.seek(0, os.SEEK_END))


def place_of(file: BinaryIO, at_s: float) -> int:
    """The byte at which the frame begins that sounds at `at_s`, in a file of constant bit rate.

    In a file that is not that long yet, the byte at which it is going to be.
    """
    file.seek(0)
    first = parse_frame(file.read(4))
    if first is None:
        return 0
    sounds_s = at_s + DELAY / first.sample_rate
    place = first.size + int(sounds_s * first.bit_rate / 8)
    file.seek(place)
    try:
        return place + _first_frame(file.read(4 * first.size))
    except NotMp3:
        return place


def _walk(file: BinaryIO) -> tuple[int, int, bytes]:
    """Count frames and samples from here on; the bytes that follow the last whole frame."""
    known: dict[bytes, tuple[int, int]] = {}
    frames = samples = at = 0
    data = file.read(BLOCK)
    while True:
        header = data[at : at + 4]
        measures = known.get(header)
        if measures is None:
            frame = parse_frame(header)
            measures = known[header] = (frame.size, frame.samples) if frame else (0, 0)
        size, count = measures
        if size and at + size <= len(data):
            at, frames, samples = at + size, frames + 1, samples + count
            continue
        block = file.read(BLOCK)
        data, at = data[at:] + block, 0
        if not block or (not size and len(header) == 4):
            return frames, samples, data


def _skip_id3(file: BinaryIO) -> int:
    position = 0
    while True:
        file.seek(position)
        header = file.read(10)
        if len(header) < 10 or not header.startswith(b"ID3"):
            return position
        size = 0
        for byte in header[6:10]:
            size = size << 7 | byte & 0x7F
        position += 10 + size


def _first_frame(data: bytes) -> int:
    """Find where the sound begins: at two frames that follow each other."""
    for start in range(min(len(data), SEARCHED)):
        if data[start] == 0xFF and (frame := parse_frame(data[start : start + 4])):
            after = start + frame.size
            if after == len(data) or parse_frame(data[after : after + 4]):
                return start
    raise NotMp3("This is not an MP3: it holds no audio.")


def _info_delays(data: bytes, position: int, frame: Frame) -> tuple[int, bool]:
    """Samples to take off the frames' sum, and whether the first frame only describes."""
    at = position + 4 + frame.side_info
    if data[at : at + 4] not in (b"Info", b"Xing"):
        return 0, data[position + 36 : position + 40] == b"VBRI"
    flags = int.from_bytes(data[at + 4 : at + 8], "big")
    at += 8 + 4 * (flags & 1) + 2 * (flags & 2) + 25 * (flags & 4) + (flags & 8) // 2
    if data[at : at + 4] not in (b"LAME", b"Lavc", b"Lavf"):
        return 0, True
    delays = int.from_bytes(data[at + 21 : at + 24], "big")
    return (delays >> 12) + (delays & 0xFFF), True


def _crc16(data: bytes | bytearray) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
