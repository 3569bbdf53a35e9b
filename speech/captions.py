"""Captions: spoken segments as WebVTT."""

from collections.abc import Iterable, Iterator, Mapping

ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def webvtt(text: str, segments: Iterable[Mapping[str, int]]) -> str:
    """A WebVTT file from segments with text_start, text_end (code points), start_ms, end_ms.

    Segments without sound or without anything to read are left out.
    """
    return "WEBVTT\n\n" + "".join(_cues(text, segments))


def _cues(text: str, segments: Iterable[Mapping[str, int]]) -> Iterator[str]:
    for segment in segments:
        words = " ".join(text[segment["text_start"] : segment["text_end"]].split())
        if words and segment["end_ms"] > segment["start_ms"]:
            start, end = _time(segment["start_ms"]), _time(segment["end_ms"])
            yield f"{start} --> {end}\n{words.translate(ESCAPED)}\n\n"


def _time(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"
