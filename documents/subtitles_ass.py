"""Reader of subtitles in the formats ASS and SSA: what is said, without styles and effects."""

import re
from collections.abc import Iterator
from html import escape

from documents.errors import EmptyDocument
from documents.subtitles import read_captions
from documents.text_cleaning import clean, one_line
from documents.titles import is_title
from documents.types import Document

OVERRIDE = re.compile(r"\{[^{}\n]*+\}")
# That a brace is closed is seen first: else each \p in it would be tried up to the end.
DRAWING = re.compile(
    r"\{(?=[^{}\n]*+\})[^{}\n]*?\\p[1-9][^{}\n]*+\}[^{}\n]*+"
    r"(?:\{(?=[^{}\n]*+\})[^{}\n]*?\\p0[^{}\n]*+\})?"
)
BREAK = re.compile(r"(?:[ \t]*+\\[Nn])++[ \t]*+")
CLOCK = re.compile(r"(\d{1,2}):(\d\d):(\d\d)[.,:](\d{1,3})")
TITLE = re.compile(r"^Title:[ \t]*(\S[^\n]{0,300})$", re.MULTILINE)
USUAL = "layer, start, end, style, name, marginl, marginr, marginv, effect, text"
Line = tuple[str, str, str, str]  # start, end, who speaks, what is said


def read_ass(text: str, title: str) -> Document:
    """Read subtitles into one chapter of all that is said; raises EmptyDocument."""
    text = clean(text)
    lines = sorted(dict.fromkeys(_dialogue(text)))
    if not lines:
        raise EmptyDocument
    named = TITLE.search(text)
    if named and is_title(named[1]):
        title = one_line(named[1])
    # Cues of WebVTT say the same, and have a reader.
    cues = "\n\n".join(map(_cue, lines))
    return read_captions(f"WEBVTT\n\n{cues}\n", title, "ass")


def _dialogue(text: str) -> Iterator[Line]:
    columns = USUAL.split(", ")
    for line in text.split("\n"):
        kind, _, rest = line.partition(":")
        if kind == "Format" and "text" in rest.lower():
            columns = [name.strip().lower() for name in rest.split(",")]
        elif kind == "Dialogue":
            values = rest.split(",", len(columns) - 1)
            row = dict(zip(columns, map(str.strip, values), strict=False))
            start, end = _time(row.get("start", "")), _time(row.get("end", ""))
            said = _said(row.get("text", ""))
            if start and end and said:
                yield start, end, row.get("name", row.get("actor", "")), said


def _time(written: str) -> str:
    """A time as WebVTT writes it, "" where it is none."""
    clock = CLOCK.fullmatch(written)
    if not clock:
        return ""
    return f"{int(clock[1]):02}:{clock[2]}:{clock[3]}.{clock[4].ljust(3, '0')}"


def _said(text: str) -> str:
    bare = OVERRIDE.sub("", DRAWING.sub("", text)).replace("\\h", " ")
    return BREAK.sub("\n", bare.replace("{\\", "")).strip()


def _cue(line: Line) -> str:
    start, end, name, said = line
    name = re.sub(r"[<>&\n]", " ", name).strip()
    voice = f"<v {name}>" if name else ""
    return f"{start} --> {end}\n{voice}{escape(said, quote=False)}"
