"""Encoding with PyAV: decoding, measuring and levelling loudness, encoding; all streamed."""

import base64
import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

import av
from av.filter import Graph
from av.stream import Disposition

from exports.types import ExportTask
from speech.audio.id3 import Picture

SILENCE_LUFS = -60.0  # what measures less is not made louder
MOST_GAIN_DB = 20.0
CEILING_DB = -2.0  # of samples; between them, and after coding, peaks rise a little further
OPUS_CEILING_DB = -3.5  # Opus overshoots by up to 2.5 dB, so that -1 dBTP holds
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
MONO = "channel_layouts=mono"
MS = Fraction(1, 1000)

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Codec:
    """Codec by which PyAV writes a format; `bit_rate` 0 leaves it to the codec."""

    container: str
    name: str
    bit_rate: int = 0
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    ceiling_db: float = CEILING_DB
    has_picture_stream: bool = False


CODECS = {
    "m4b": Codec(
        "mp4",
        "aac",
        64_000,
        {"aac_coder": "fast"},
        {"movflags": "+faststart", "brand": "M4B "},
        has_picture_stream=True,
    ),
    "opus": Codec(
        "opus",
        "libopus",
        32_000,
        {"application": "audio", "vbr": "constrained", "compression_level": "5"},
        ceiling_db=OPUS_CEILING_DB,
    ),
    "flac": Codec("flac", "flac", has_picture_stream=True),
    "wav": Codec("wav", "pcm_s16le", container_options={"rf64": "auto"}),
}


def pcm(source: str, gain_db: float | None, tell: Tell) -> Iterator[bytes]:
    """Decode to mono signed 16-bit samples, louder by `gain_db` below the ceiling."""
    chain = [*_gain(gain_db, CEILING_DB), ("aformat", f"sample_fmts=s16:{MONO}")]
    for frame in _filtered(source, chain, tell):
        yield bytes(frame.planes[0])[: 2 * frame.samples]


def gain_for(source: str, lufs: float, tell: Tell) -> float:
    """Gain in dB that brings the sound to this loudness after ITU-R BS.1770."""
    measured = -math.inf
    chain = [("aformat", MONO), ("ebur128", "metadata=1:framelog=quiet")]
    for frame in _filtered(source, chain, tell):
        measured = float(frame.metadata.get("lavfi.r128.I", measured))
    if measured < SILENCE_LUFS:
        return 0.0
    return min(lufs - measured, MOST_GAIN_DB)


def encode(task: ExportTask, gain_db: float | None, tell: Tell) -> None:
    """Encode the whole audio file in its format, with tags, chapters and cover."""
    codec = CODECS[task.format]
    chain = _gain(gain_db, codec.ceiling_db)
    with av.open(
        task.target, "w", format=codec.container, options=dict(codec.container_options)
    ) as out:
        rate = _rate(task.source, codec.name)
        stream: Any = out.add_stream(
            codec.name, rate=rate, layout="mono", options=dict(codec.options)
        )
        if codec.bit_rate:
            stream.bit_rate = codec.bit_rate
        out.metadata.update(_tags(task))
        picture = _picture_stream(out, task.cover) if codec.has_picture_stream else None
        if task.chapters and task.format != "opus":
            out.set_chapters([_mark(i, chapter) for i, chapter in enumerate(task.chapters, 1)])
        for frame in _filtered(task.source, chain, tell):
            for packet in stream.encode(frame):
                out.mux(packet)
            if picture:
                out.mux(picture)
                picture = None
        for packet in stream.encode(None):
            out.mux(packet)


def _filtered(source: str, chain: list[tuple[str, str]], tell: Tell) -> Iterator[av.AudioFrame]:
    """Decoded frames through filters, counted from 0; tells how far it is."""
    with av.open(source) as container:
        stream = container.streams.audio[0]
        length = max(1, (container.duration or 1) * stream.rate // av.time_base)
        graph = _graph(stream, chain) if chain else None
        position = 0
        for frame in container.decode(stream):
            # Counted anew, for what is skipped in front would leave a gap.
            frame.pts, frame.time_base = position, Fraction(1, stream.rate)
            position += frame.samples
            tell(min(1.0, position / length))
            if graph is None:
                yield frame
            else:
                graph.push(frame)
                yield from _pulled(graph)
        if graph:
            graph.push(None)
            yield from _pulled(graph)


def _graph(stream: av.AudioStream, chain: list[tuple[str, str]]) -> Graph:
    graph = Graph()
    last = graph.add_abuffer(
        sample_rate=stream.rate,
        format=stream.format,
        layout=stream.layout,
        time_base=Fraction(1, stream.rate),
    )
    for name, options in [*chain, ("abuffersink", "")]:
        following = graph.add(name, options) if options else graph.add(name)
        last.link_to(following)
        last = following
    graph.configure()
    return graph


def _pulled(graph: Graph) -> Iterator[av.AudioFrame]:
    while True:
        try:
            yield cast(av.AudioFrame, graph.pull())
        except (BlockingIOError, av.error.EOFError):
            return


def _gain(gain_db: float | None, ceiling_db: float) -> list[tuple[str, str]]:
    if gain_db is None:
        return []
    limit = 10 ** (ceiling_db / 20)
    return [
        ("aformat", MONO),
        ("volume", f"{gain_db:.3f}dB"),
        ("alimiter", f"level=0:limit={limit:.4f}:attack=5:release=50:latency=1"),
    ]


def _rate(source: str, codec: str) -> int:
    with av.open(source) as container:
        rate = container.streams.audio[0].rate
    if codec == "libopus":
        return next((each for each in OPUS_RATES if each >= rate), OPUS_RATES[-1])
    return rate


def _tags(task: ExportTask) -> dict[str, str]:
    tags = {
        "title": task.title, "artist": task.artist, "album": task.album, "track": task.track,
        "composer": task.narrator, "language": task.language, "genre": "Speech",
    }  # fmt: skip
    if task.format == "opus":
        tags |= _comments(task)
    return {name: text.replace("\0", " ") for name, text in tags.items() if text}


def _comments(task: ExportTask) -> dict[str, str]:
    """Chapters and cover as Ogg holds them; FFmpeg itself would round up the chapters' seconds."""
    comments = {}
    for number, chapter in enumerate(task.chapters):
        seconds, ms = divmod(chapter.start_ms, 1000)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        comments[f"CHAPTER{number:03}"] = f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"
        comments[f"CHAPTER{number:03}NAME"] = chapter.title or str(number + 1)
    if task.cover:
        comments["METADATA_BLOCK_PICTURE"] = _picture_block(task.cover)
    return comments


def _mark(number: int, chapter: tuple[str, int, int]) -> "av.container.Chapter":
    title, start_ms, end_ms = chapter
    title = title or str(number)
    return {
        "id": number,
        "start": start_ms,
        "end": end_ms,
        "time_base": MS,
        "metadata": {"title": title},
    }


def _picture_stream(
    out: av.container.OutputContainer, cover: Picture | None
) -> "av.Packet[Any] | None":
    if cover is None:
        return None
    codec = "png" if cover.media_type == "image/png" else "mjpeg"
    stream = out.add_mux_stream(codec, width=1, height=1)
    stream.disposition = Disposition.attached_pic
    packet = av.Packet(cover.data)
    packet.stream, packet.pts, packet.dts, packet.is_keyframe = stream, 0, 0, True
    packet.time_base = Fraction(1, 90_000)
    return packet


def _picture_block(cover: Picture) -> str:
    """A FLAC picture block in base64; sizes are left to the reader."""
    media_type = cover.media_type.encode()
    head = struct.pack(">II", 3, len(media_type)) + media_type + struct.pack(">IIIII", *[0] * 5)
    return base64.b64encode(head + struct.pack(">I", len(cover.data)) + cover.data).decode()
