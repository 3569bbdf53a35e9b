"""Reader of subtitles, SRT and WebVTT: what is said, without numbers, times and tags."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from documents.builder import PARAGRAPH, Builder
from documents.text_cleaning import clean, parts_of
from documents.types import Document, TextRun

PAUSE_S = 3.0  # a longer silence between two cues begins a paragraph

CLOCK = r"(?:(\d+):)?(\d\d):(\d\d)[,.](\d{1,3})"
TIMES = re.compile(rf"[ \t]*{CLOCK}[ \t]*-->[ \t]*{CLOCK}[^\n]*")
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
TAG = re.compile(r"</?[a-z][^<>]*>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)
NAMED = re.compile(r"(?:-\s*)?((?:[A-Z][A-Z.'’-]*)(?: [A-Z\d][A-Z\d.'’-]*){0,2}:)\s+(?=\S)")
DASH = re.compile(r"[-–—]\s*(?=\S)")
BLOCK = re.compile(r"\n[^\S\n]*\n+")


@dataclass(frozen=True, slots=True)
class Cue:
    """Cue of subtitles; `head` is its number and times as written, times in seconds."""

    head: str
    start_s: float
    end_s: float
    lines: tuple[str, ...]


def read_captions(text: str, title: str, source: str) -> Document:
    """Read subtitles into one chapter of all that is said; raises EmptyDocument."""
    builder = Builder()
    ended_s, said_last, speaker = 0.0, "", ""
    for cue in _cues(clean(text)):
        if isinstance(cue, str):
            builder.paragraph(cue, "mark")
            continue
        glue = PARAGRAPH if cue.start_s - ended_s > PAUSE_S else " "
        builder.parts([TextRun(cue.head, "mark", PARAGRAPH)])
        for line in cue.lines:
            speaker, parts = _line(line, glue, speaker)
            said = "".join(part.text for part in parts)
            # Captions that roll up show the last line of one cue again in the next.
            is_repeated = said == said_last and cue.start_s - ended_s < 1
            builder.parts([TextRun(said, "mark", glue)] if is_repeated else parts)
            glue, said_last = " ", said
        ended_s = cue.end_s
    return builder.document(source, title)


def _cues(text: str) -> Iterator[Cue | str]:
    """Cues in order; what is none (the head, styles, notes) as a text."""
    for block in BLOCK.split(text.strip("\n")):
        lines = block.split("\n")
        found = ((i, TIMES.fullmatch(line)) for i, line in enumerate(lines[:2]))
        place, times = next(((i, times) for i, times in found if times), (0, None))
        if times is None:
            yield block
            continue
        said = (line.strip() for line in lines[place + 1 :])
        head = "\n".join(lines[: place + 1])
        start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
        yield Cue(head, start, end, tuple(line for line in said if line))


def _seconds(clock: tuple[str | Any, ...]) -> float:
    hours, minutes, seconds, fraction = clock  # of which the hours may be missing
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(fraction) / 10 ** len(fraction)


def _line(line: str, glue: str, speaker: str) -> tuple[str, list[TextRun]]:
    """A line's parts, and who speaks: a name is told once, until another one speaks."""
    voice = VOICE.search(line)
    said = html.unescape(TAG.sub("", line)).strip()
    named = NAMED.match(said)
    name = f"{voice[1].strip()}:" if voice else named[1] if named else ""
    if named and not voice:
        said = said[named.end() :]
    said = DASH.sub("", said, count=1) if DASH.match(said) else said
    if not said:
        return speaker, []
    if not name or name == speaker:
        return name or speaker, list(parts_of(said, glue))
    glue = glue if glue == PARAGRAPH else "\n"
    return name, [TextRun(name, "speaker", glue), *parts_of(said, " ")]
