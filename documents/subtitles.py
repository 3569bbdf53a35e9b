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

CLOCK = r"-?(?:(\d{1,3})[:：])?(\d{1,2})[:：](\d{1,2})(?: ?[,.:;，] ?(\d{1,3}))?"
ARROW = r"[ \t]*+(?:[-–—=]{1,3}>|→)[ \t]*+"
TIMES = re.compile(rf"[ \t]*+{CLOCK}{ARROW}{CLOCK}(?:[ \t][^\n]*)?")
NUMBER = re.compile(r"[ \t]*+\d{1,6}[ \t]*+")
ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|\Z)")
VOICE = re.compile(r"<v(?:\.[^\s<>]*+)?\s++([^<>]++)>")
TAG = re.compile(r"<rt>[^<>]{0,60}</rt>|</?[a-z][^<>]*+>|<\d[\d:.]*+>|\{\\[^{}]*+\}", re.IGNORECASE)
NAMED = re.compile(
    r"(?:[-–—>]{1,3}\s*)?((?:[A-Z][A-Z.'’-]*)(?: [A-Z\d][A-Z\d.'’-]*){0,2}:)\s+(?=\S)"
)
CAPITAL = "[A-ZÀ-ÖØ-ÞА-ЯЁ]"
DIRECTED = re.compile(
    rf"(?:[-–—>]{{1,3}}\s*)?({CAPITAL}[\w.'’-]{{1,20}}(?: (?:{CAPITAL}|\d)[\w.'’-]{{0,20}}){{0,2}})"
    r"\s?([(\[][^()\[\]]{1,60}[)\]])\s?:\s+(?=\S)"
)
# A line of nothing else; brackets of capitals anywhere; short ones before or after a sentence.
SOUND = re.compile(
    r"[-–—]?\s?(?:\[[^\[\]]{0,200}\]|\([^()]{0,200}\)|\*[^*]{1,100}\*|[♪♫♩♬].*|#\s.{1,200}\s#)[.:]?"
)
CAPITALS = r"[^\[\]()a-zß-öø-ÿа-я]{2,100}"
FEW_WORDS = r"[^\W\dA-Z_][^\[\]()*\s]{0,30}(?: [^\[\]()*\s]{1,30}){0,3}"
SOUNDS = re.compile(
    rf"\[{CAPITALS}\]|\((?=[^()]{{5}}){CAPITALS}\)|[♪♫♩♬][^♪♫♩♬]{{0,300}}[♪♫♩♬]?"
    rf"|(?:(?<=[.!?…] )|\A)(?:\[{FEW_WORDS}\]|\({FEW_WORDS}\)|\*{FEW_WORDS}\*)(?=\s+[^a-z]|\Z)"
    r"|\A\([A-ZÄÖÜÀ-Þ][^()\s]{1,30}(?: [^()\s]{1,30}){0,3}\)(?=\s+\S)"
    r"|\A\[[^\[\]]{1,60}\](?=\s+[^a-z])"
)
DASH = re.compile(r"(?:[-–—]|>{2,3})\s*(?=\S)")


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
    for cue in _cues(clean(text), source):
        if isinstance(cue, str):
            builder.paragraph(cue, "mark")
            continue
        glue = PARAGRAPH if cue.start_s - ended_s > PAUSE_S else " "
        builder.parts([TextRun(cue.head, "mark", PARAGRAPH)])
        if _is_sound(cue.lines):
            builder.parts([TextRun(" ".join(map(_plain, cue.lines)), "sound", glue)])
            ended_s = cue.end_s
            continue
        for line in cue.lines:
            speaker, parts = _line(line, glue, speaker)
            said = "".join(part.text for part in parts)
            # Captions that roll up show the last line of one cue again in the next.
            is_repeated = said == said_last and cue.start_s - ended_s < 1
            builder.parts([TextRun(said, "mark", glue)] if is_repeated else parts)
            glue, said_last = " ", said
        ended_s = cue.end_s
    return builder.document(source, title)


def _cues(text: str, source: str) -> Iterator[Cue | str]:
    """Cues in order; what is none (the head, styles, notes) as a text.

    What follows a cue's times is said in it, over blank lines too, up to the next times.
    """
    head: list[str] = []
    times: re.Match[str] | None = None
    said: list[str] = []
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        line = lines[place]
        found = TIMES.fullmatch(line)
        if found:
            above = _take_head(said, source)
            yield from _ended(head, times, said)
            head, times, said = [*above, line], found, []
        elif source == "vtt" and ASIDE.match(line) and not (place and lines[place - 1].strip()):
            end = next((n for n in range(place, len(lines)) if not lines[n].strip()), len(lines))
            yield from _ended(head, times, said)
            yield "\n".join(lines[place:end])
            head, times, said = [], None, []
            place = end
        else:
            said.append(line.strip())
        place += 1
    yield from _ended(head, times, said)


def _take_head(said: list[str], source: str) -> list[str]:
    """Take the number or name of the next cue, which stands above its times, from the lines."""
    if not said or not said[-1]:
        return []
    is_after_blank = len(said) < 2 or not said[-2]
    is_number = NUMBER.fullmatch(said[-1]) is not None
    is_head = is_number or (source == "vtt" and is_after_blank)
    return [said.pop()] if is_head else []


def _ended(head: list[str], times: re.Match[str] | None, said: list[str]) -> Iterator[Cue | str]:
    lines = tuple(line for line in said if line)
    if times is None:
        if lines:
            yield "\n".join(lines)
        return
    start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
    yield Cue("\n".join(head), start, end, lines)


def _seconds(clock: tuple[str | Any, ...]) -> float:
    hours, minutes, seconds, fraction = clock  # of which the first and the last may be missing
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + (int(fraction) / 10 ** len(fraction) if fraction else 0)


def _line(line: str, glue: str, speaker: str) -> tuple[str, list[TextRun]]:
    """A line's parts, and who speaks: a name is told once, until another one speaks."""
    voice = VOICE.search(line)
    said = _plain(line)
    directed = DIRECTED.match(said)
    if directed:
        said = f"{directed[1]}: {directed[2]} {said[directed.end() :]}"
    named = directed or NAMED.match(said)
    name = f"{voice[1].strip()}:" if voice else f"{named[1].rstrip(':')}:" if named else ""
    if named and not voice:
        said = said[len(name) + 1 :].lstrip() if directed else said[named.end() :]
    said = DASH.sub("", said, count=1) if DASH.match(said) else said
    if not said:
        return speaker, []
    if not name or name == speaker:
        return name or speaker, list(_with_sounds(said, glue))
    glue = glue if glue == PARAGRAPH else "\n"
    return name, [TextRun(name, "speaker", glue), *_with_sounds(said, " ")]


def _plain(line: str) -> str:
    """A line without tags."""
    return html.unescape(TAG.sub("", line)).strip()


def _is_sound(lines: tuple[str, ...]) -> bool:
    """Whether the lines of a cue, taken together, only describe a sound, or are sung."""
    return SOUND.fullmatch(" ".join(_plain(line) for line in lines)) is not None


def _with_sounds(said: str, glue: str) -> Iterator[TextRun]:
    """The parts of what is said, with descriptions of sounds, as in "(laughs) So what?", apart."""
    if SOUND.fullmatch(said):
        yield TextRun(said, "sound", glue)
        return
    end = 0
    for found in SOUNDS.finditer(said):
        before = said[end : found.start()].strip()
        if before:
            yield from parts_of(before, glue)
            glue = " "
        yield TextRun(found[0], "sound", glue)
        glue, end = " ", found.end()
    if rest := said[end:].strip():
        yield from parts_of(rest, glue)
