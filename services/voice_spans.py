"""Spans of a file by the voice that spoke them."""

from collections.abc import Sequence
from typing import NamedTuple

from queries.rows import DeviatingSegment


class VoiceSpan(NamedTuple):
    """A span of sound by one voice, from its first segment on."""

    key: str
    start_ms: int


def voice_spans(marked: Sequence[DeviatingSegment], own: str, segments: int) -> list[VoiceSpan]:
    """Spans of a file by who spoke them, in order; none where its own voice spoke all of it.

    `marked` are the segments that other voices spoke (`spoken_by`) or that differ otherwise, `own`
    is the key of the file's voice, `segments` how many there are.
    """
    spans: list[VoiceSpan] = []
    position, end_ms = 0, 0
    others = [segment for segment in marked if segment["spoken_by"]]
    for segment in others:
        if segment["position"] > position:
            spans.append(VoiceSpan(own, end_ms))
        if not spans or spans[-1].key != segment["spoken_by"]:
            spans.append(VoiceSpan(segment["spoken_by"], segment["start_ms"]))
        position, end_ms = segment["position"] + 1, segment["end_ms"]
    if others and position < segments:
        spans.append(VoiceSpan(own, end_ms))
    return spans
