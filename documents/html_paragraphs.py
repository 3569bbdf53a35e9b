"""Paragraphs of HTML: runs of text with their kinds become parts, white space collapses."""

import re
from typing import NamedTuple

from documents.builder import PARAGRAPH
from documents.text_cleaning import clean, parts_of
from documents.types import INLINE, TextRun

BREAK = "\x0b"
GAPS = re.compile(r"[^\S\x0b\xa0]+")
UNEVEN = re.compile(r"[\t\n\r\f\u2000-\u200a]|  ")
BREAKS = re.compile(r" ?\x0b ?")


MOST_DECORATING = 20  # runs
DECORATION = re.compile(r"[\s\ue000-\uf8ff|/\\‹›«»<>·•×✕✖✓→←↑↓▲▼▶◀►◄▸▾☰]{1,20}+")


class Run(NamedTuple):
    """A stretch of a paragraph as it is written; `said` is spoken instead where it is left out."""

    text: str
    kind: str = "text"
    said: str | None = None


def is_decoration(runs: list[Run]) -> bool:
    """Whether a paragraph holds nothing but arrows, bars and pictures of a font of icons."""
    if len(runs) > MOST_DECORATING or any(run.kind != "text" for run in runs):
        return False
    text = "".join(run.text for run in runs)
    return bool(text.strip()) and DECORATION.fullmatch(text) is not None


def whole(runs: list[Run]) -> str:
    """Join the runs of a paragraph that is of one kind."""
    return clean(_collapsed("".join(_apart(run) for run in runs)))


def paragraph(runs: list[Run], glue: str = PARAGRAPH) -> list[TextRun]:
    """Make parts of a paragraph: white space stands in the glue between them."""
    parts: list[TextRun] = []
    gathered = ""
    for text, kind, said in [*runs, Run("", "end")]:
        if kind == "text":
            gathered += text
            continue
        text_before = GAPS.sub(" ", gathered) if UNEVEN.search(gathered) else gathered
        gathered = ""
        stretch = BREAKS.sub("\n", text_before.strip(" " if parts else " \x0b\xa0"))
        if stretch and kind == "end":
            stretch = stretch.rstrip("\n\xa0")
        if stretch:
            before = " " if text_before.startswith(" ") and parts else ""
            parts += parts_of(clean(stretch), glue or before)
            glue = ""
        if text:
            is_apart = not parts or text_before.endswith(" ") or kind == "caption"
            used = glue or (" " if is_apart else "")
            parts.append(TextRun(text, kind, used, said))
            # What a paragraph says after an image or a page number begins it without those, too.
            is_passed_over = kind == "caption" or (len(parts) == 1 and kind not in INLINE)
            glue = used if is_passed_over else ""
    return parts


def _collapsed(text: str) -> str:
    return BREAKS.sub("\n", GAPS.sub(" ", text)).strip(" \n\xa0")


def _apart(run: Run) -> str:
    return f" {run.text} " if run.kind == "caption" else run.said or run.text
