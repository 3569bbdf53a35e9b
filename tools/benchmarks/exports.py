"""Each download of a piece beside PyAV doing the same bare: no tags, no chapters, no process."""

import resource
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.filter import Graph

from config import Config
from exports.pyav_encoder import CODECS, OPUS_RATES
from exports.types import FORMATS
from server.worker import Worker, build_studio
from services.studio import Studio
from tests.support.making import prose
from tools.benchmarks.report import Report, table

CHARACTERS = 10_000  # about nine minutes
FULL_CHARACTERS = 690_000  # about ten hours
LUFS = -19.0
RATE = 22_050
MP3 = ("mp3", "libmp3lame")


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Speak a piece of three chapters (ten hours with `full`), then make everything of it."""
    studio = build_studio(Config(data_dir=scratch / "exports", min_free_mb=0))
    try:
        _measure(report, studio, FULL_CHARACTERS if full else CHARACTERS)
    finally:
        studio.registry.close()
        studio.db.close()


def _measure(report: Report, studio: Studio, characters: int) -> None:
    text, worker = prose(characters), Worker(studio)
    thirds = [("Chapter", text.index(" ", place)) for place in (characters // 3, characters // 2)]
    user_id = studio.db.create_user("anna", "!")["id"]
    row = studio.generation.submit(user_id, text, chapters=[("Chapter", 0), *thirds])
    worker.run_pending()
    row = studio.db.get_audio_file(row["filename"], user_id)
    source, hours = studio.store.path(row["filename"]), row["duration"] / 3600
    rows, worst = [], 0.0
    for key in FORMATS:
        for lufs in (None, LUFS) if key != "mp3" else (LUFS,):
            cpu_s, wall_s = _make_s(studio, worker, row, key, lufs)
            floor_s = _floor_s(key, lufs, source)
            ratio = cpu_s / floor_s if floor_s else None
            worst = max(worst, ratio or 0.0)
            shown = f"{ratio:.2f}" if ratio else "no sound is encoded"
            sound = "evened" if lufs else "as spoken"
            rows.append((f"{key}, {sound}", f"{cpu_s / hours:.1f}", f"{wall_s / hours:.1f}", shown))
    heads = ("download", "CPU s an hour of sound", "s an hour of sound", "× bare PyAV, CPU")
    table(f"Downloads of {hours:.2f} hours of sound", heads, rows)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report.at_most("CPU of a download over bare PyAV, its process included", worst, 2, "x")
    report.at_most("memory of the process that makes downloads", memory, 300, "MB")


def _make_s(
    studio: Studio, worker: Worker, row: dict, key: str, lufs: float | None
) -> tuple[float, float]:
    """CPU and wall seconds of the process that makes a download."""
    export = studio.exports.order(row, key, lufs)
    used, started = _children_s(), time.perf_counter()
    worker.exporting.run_pending()
    wall_s = time.perf_counter() - started
    assert studio.exports.get(row, export["id"])["status"] == "ready"
    return _children_s() - used, wall_s


def _children_s() -> float:
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def _floor_s(key: str, lufs: float | None, source: Path) -> float | None:
    """CPU seconds of PyAV for the same sound; None where stored sound is only cut."""
    if key in ("zip", "epub") and lufs is None:
        return None
    started = time.process_time()
    chain = []
    if lufs is not None:
        for frame in _frames(source, [("ebur128", "metadata=1:framelog=quiet")]):
            frame.metadata.get("lavfi.r128.I")
        chain = [("volume", "1dB"), ("alimiter", "level=0:limit=0.8:latency=1")]
    codec = CODECS.get(key)
    container, name = (codec.container, codec.name) if codec else MP3
    target = source.with_name("bare")
    with av.open(target, "w", format=container) as out:
        rate = OPUS_RATES[3] if name == "libopus" else RATE
        options = dict(codec.options) if codec else {"compression_level": "5"}
        stream = out.add_stream(name, rate=rate, layout="mono", options=options)
        if not codec or codec.bit_rate:
            stream.bit_rate = codec.bit_rate if codec else 64_000
        for frame in _frames(source, chain):
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    target.unlink()
    return time.process_time() - started


def _frames(source: Path, chain: list[tuple[str, str]]) -> Iterator[av.AudioFrame]:
    with av.open(source) as container:
        stream, position = container.streams.audio[0], 0
        graph = _graph(stream, chain) if chain else None
        for frame in container.decode(stream):
            frame.pts, frame.time_base = position, Fraction(1, stream.rate)
            position += frame.samples
            if graph is None:
                yield frame
                continue
            graph.push(frame)
            yield from _pulled(graph)


def _graph(stream: av.AudioStream, chain: list[tuple[str, str]]) -> Graph:
    graph = Graph()
    last = graph.add_abuffer(
        sample_rate=stream.rate,
        format=stream.format,
        layout=stream.layout,
        time_base=Fraction(1, stream.rate),
    )
    for name, options in chain:
        following = graph.add(name, options)
        last.link_to(following)
        last = following
    last.link_to(graph.add("abuffersink"))
    graph.configure()
    return graph


def _pulled(graph: Graph) -> Iterator[av.AudioFrame]:
    while True:
        try:
            yield graph.pull()
        except (BlockingIOError, av.error.EOFError):
            return
