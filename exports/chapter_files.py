"""The chapters of a piece as MP3s: slices of the stored file, or encoded anew when evened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

from exports.types import ChapterSpan, CutSegment, ExportTask
from speech.audio.encoding import Mp3Stream
from speech.audio.id3 import id3_tag
from speech.audio.mp3 import scan_mp3
from speech.audio.slicing import Cut, Slicer

BLOCK = 256 * 1024

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Sounding:
    """A chapter as a file: it begins at `first_ms` of the piece; `pieces` are its bytes."""

    part: ChapterSpan
    number: int
    first_ms: float
    duration_ms: float
    pieces: Iterator[bytes]


def soundings(task: ExportTask, tell: Tell) -> Iterator[Sounding]:
    """Yield the sound of each chapter in order; read its bytes before the next is asked for."""
    if task.lufs is None:
        yield from _slices(task, tell)
    else:
        yield from _encoded(task, tell)


def _slices(task: ExportTask, tell: Tell) -> Iterator[Sounding]:
    with Path(task.source).open("rb") as file:
        info = scan_mp3(file)
        if len(task.parts) == 1:  # whatever kind of MP3 it is
            file.seek(0)
            pieces = _with_tag(task, task.parts[0], 1, iter(lambda: file.read(BLOCK), b""))
            yield Sounding(task.parts[0], 1, 0, 1000 * info.duration_s, pieces)
            return
        samples = round(info.duration_s * info.sample_rate)
        slicer = Slicer(file, total_frames=info.frames, total_samples=samples)
        cuts = [_cut(task, part) for part in task.parts[:-1]]
        ends = pairwise([None, *cuts, None])
        for number, (part, (start, end)) in enumerate(zip(task.parts, ends, strict=True), 1):
            found = slicer.cut(start, end)
            first_ms = 1000 * found.first_sample / slicer.sample_rate
            length_ms = 1000 * found.samples / slicer.sample_rate
            pieces = _with_tag(task, part, number, found.read(file))
            yield Sounding(part, number, first_ms, length_ms, pieces)
            tell(number / len(task.parts))


def _cut(task: ExportTask, part: ChapterSpan) -> Cut:
    last = cast("CutSegment", task.segments_of(part)[-1])
    return Cut(last["frame_end"], last["byte_end"])


def _gain_db(task: ExportTask, tell: Tell) -> float:
    """What brings the piece to the loudness that is asked for; tells the first third."""
    from exports import pyav_encoder  # PyAV is not needed for slices

    if task.lufs is None:
        raise ValueError("no loudness is asked for")
    return pyav_encoder.gain_for(task.source, task.lufs, lambda share: tell(share / 3))


def _encoded(task: ExportTask, tell: Tell) -> Iterator[Sounding]:
    from exports import pyav_encoder  # PyAV is not needed for slices

    gain_db = _gain_db(task, tell)
    with Path(task.source).open("rb") as file:
        rate = scan_mp3(file).sample_rate
    pcm = pyav_encoder.pcm(task.source, gain_db, lambda share: tell((1 + 2 * share) / 3))
    scratch, rest, taken = Path(task.target + ".chapter.part"), b"", 0
    try:
        for number, part in enumerate(task.parts, 1):
            is_last = number == len(task.parts)
            wanted = None if is_last else max(0, 2 * (part.end_ms * rate // 1000 - taken))
            stream = Mp3Stream(rate)
            with scratch.open("w+b") as file:
                rest = _encode_some(stream, file, pcm, rest, wanted)
                file.seek(0)
                pieces = _with_tag(task, part, number, iter(partial(file.read, BLOCK), b""))
                first_ms, length_ms = 1000 * taken / rate, 1000 * stream.position / rate
                yield Sounding(part, number, first_ms, length_ms, pieces)
            taken += stream.position
    finally:
        scratch.unlink(missing_ok=True)


def _encode_some(
    stream: Mp3Stream, file: BinaryIO, pcm: Iterator[bytes], rest: bytes, wanted: int | None
) -> bytes:
    """Encode `wanted` bytes of samples, or all, into a file; returns what is left of the last."""
    file.write(stream.header)
    piece: bytes | None = rest
    while piece is not None:
        if wanted is not None:
            piece, rest = piece[:wanted], piece[wanted:]
            wanted -= len(piece)
        file.write(stream.feed(piece))
        if wanted == 0:
            break
        piece = next(pcm, None)
    file.write(stream.finish())
    body = file.tell() - len(stream.header)
    file.seek(0)
    file.write(stream.final_header(body))
    return rest if wanted is not None else b""


def _with_tag(
    task: ExportTask, part: ChapterSpan, number: int, pieces: Iterator[bytes]
) -> Iterator[bytes]:
    yield id3_tag(
        title=part.title or task.title,
        artist=task.artist,
        album=task.title,
        narrator=task.narrator,
        track=f"{number}/{len(task.parts)}",
        cover=task.cover if number == 1 else None,
    )
    yield from pieces


def whole(task: ExportTask, tell: Tell) -> None:
    """The whole piece as one evened MP3 with tag and chapters."""
    from exports import pyav_encoder  # PyAV is not needed for slices

    gain_db = _gain_db(task, tell)
    with Path(task.source).open("rb") as file:
        stream = Mp3Stream(scan_mp3(file).sample_rate)
    pcm = pyav_encoder.pcm(task.source, gain_db, lambda share: tell((1 + 2 * share) / 3))
    tag = id3_tag(
        title=task.title,
        artist=task.artist,
        album=task.album,
        narrator=task.narrator,
        track=task.track,
        chapters=task.chapters,
        cover=task.cover,
    )
    with Path(task.target).open("wb") as file:
        file.write(tag + stream.header)
        for piece in pcm:
            file.write(stream.feed(piece))
        file.write(stream.finish())
        body = file.tell() - len(tag) - len(stream.header)
        file.seek(len(tag))
        file.write(stream.final_header(body))
