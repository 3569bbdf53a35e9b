"""Looking into files that were made: length, chapters, tags, loudness."""

import array
import io
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import av
from av.filter import Graph

from tests.support.listening import Heard


@dataclass(frozen=True)
class Made:
    """The bytes of a file, and how long the piece is that it was made of (s)."""

    data: bytes
    duration_s: float

    def open(self) -> av.container.InputContainer:
        return av.open(io.BytesIO(self.data))

    @cached_property
    def tags(self) -> dict[str, str]:
        """What players show, in small letters; Opus keeps it with its stream."""
        with self.open() as container:
            found = {**container.metadata, **container.streams.audio[0].metadata}
        return {name.lower(): value for name, value in found.items()}

    @cached_property
    def chapters(self) -> list[tuple[str, float, float]]:
        """Title, begin and end in s."""
        with self.open() as container:
            return [
                (
                    each["metadata"]["title"],
                    float(each["start"] * each["time_base"]),
                    float(each["end"] * each["time_base"]),
                )
                for each in container.chapters()
            ]

    @cached_property
    def pictures(self) -> int:
        with self.open() as container:
            return len(container.streams.video)

    @cached_property
    def heard(self) -> Heard:
        """All samples of the file, mono."""
        samples = array.array("f")
        resampler = av.AudioResampler(format="flt", layout="mono")
        with self.open() as container:
            rate = container.streams.audio[0].rate
            for frame in container.decode(audio=0):
                for each in resampler.resample(frame):
                    samples.frombytes(bytes(each.planes[0])[: 4 * each.samples])
        return Heard(samples, rate)

    @cached_property
    def loudness(self) -> tuple[float, float]:
        """LUFS of the whole, and the highest true peak in dBTP."""
        found = {}
        with self.open() as container:
            stream = container.streams.audio[0]
            graph = Graph()
            meter = graph.add("ebur128", "peak=true:metadata=1:framelog=quiet")
            sink = graph.add("abuffersink")
            source = graph.add_abuffer(
                sample_rate=stream.rate,
                format=stream.format,
                layout=stream.layout,
                time_base=Fraction(1, stream.rate),
            )
            source.link_to(meter)
            meter.link_to(sink)
            graph.configure()
            position = 0
            for frame in [*container.decode(stream), None]:
                if frame:
                    frame.pts, frame.time_base = position, Fraction(1, stream.rate)
                    position += frame.samples
                graph.push(frame)
                for pulled in _pulled(graph):
                    found = pulled.metadata or found
        peak = float(found["lavfi.r128.true_peak"])
        return float(found["lavfi.r128.I"]), 20 * math.log10(peak)


def _pulled(graph):
    while True:
        try:
            yield graph.pull()
        except (BlockingIOError, av.error.EOFError):
            return
