"""Raised and lowered figures in a line of a PDF, and lines of letters set wide apart."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Protocol

Box = tuple[float, float, float, float]  # left, bottom, right, top in points

FIGURES = re.compile(r"[\d*†‡]")
RUN = re.compile(r"\d{1,12}|[*†‡]{1,3}|(?<=\d) (?:st|nd|rd|th|er|re|e|o|a)\b")
SPACED = re.compile(r"(?:[^\W_] {1,3}){4,80}[^\W_]")
SMALL = 0.85  # of the line's size: raised and lowered figures are smaller
RAISED = 0.1  # of the line's size
LOWERED = 0.05
LONGEST_BASE = 2  # digits: a figure raised after a longer number, as a year, is a note's mark
UNIT_NAMES = "m km cm mm dm µm μm nm ft in yd mi s kg sec min l"
UNITS = frozenset(UNIT_NAMES.split())
ORDINARY = frozenset("aAI")  # letters that are words; any other is a variable
SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LAST_LETTERS = re.compile(r"[^\W\d_]{1,40}\Z")
LAST_DIGITS = re.compile(r"\d{1,12}\Z")


class Letters(Protocol):
    """The characters of a line by index: their boxes, and the heights they stand at."""

    def box(self, index: int, /) -> Box: ...

    def base(self, index: int, /) -> float: ...


def with_figures(line: str, letters: Letters, size: float) -> tuple[str, list[tuple[int, int]]]:
    """Write powers and indices as such; returns the text and where marks of notes stand in it."""
    made, marks, place = "", [], 0
    bottom: float | None = None
    for found in RUN.finditer(line):
        stop = found.end()
        if _is_large(letters.box(stop - 1), size):
            continue
        bottom = _base(line, letters, size) if bottom is None else bottom
        how = _level(letters, stop - 1, size, bottom)
        if not how:
            continue
        start = stop - 1
        while start > found.start() and _level(letters, start - 1, size, bottom) == how:
            start -= 1
        if line[start - 1 : start] in ("-", "−", "+") and _level(letters, start - 1, size, bottom):
            start -= 1
        figures = line[start:stop]
        before = made + line[place:start]
        if not before.strip():
            continue
        base = before.rstrip(" ")
        end = letters.box(len(line[:start].rstrip(" ")) - 1)[2]
        is_near = letters.box(start)[0] - end < 0.2 * size
        if how > 0 and figures.strip().isalpha():
            made += line[place:start].rstrip(" ") + figures.strip()
        elif how < 0:
            if not (is_near and (base[-1].isalpha() or base[-1] in ")]₀₁₂₃₄₅₆₇₈₉")):
                continue
            made = base + figures.translate(SUBSCRIPTS)
        elif is_near and _is_power(base, figures):
            made = base + figures.translate(SUPERSCRIPTS)
        else:
            made = before
            if base[-1].isalpha() or base[-1] in '.,;:!?”"’»)]' or base[-1].isdigit():
                marks.append((len(made), len(made) + len(figures)))
            made += figures
        place = stop
    return made + line[place:], marks


def _is_large(box: Box, size: float) -> bool:
    return box[3] - box[1] >= SMALL * size


def _base(line: str, letters: Letters, size: float) -> float:
    """The height that a line's letters of full size stand at."""
    for index in range(len(line)):
        if not line[index].isspace() and _is_large(letters.box(index), size):
            return letters.base(index)
    return letters.base(0)


def _level(letters: Letters, index: int, size: float, bottom: float) -> int:
    """1 for a small character that is raised, -1 for one that is lowered, else 0."""
    if _is_large(letters.box(index), size):
        return 0
    away = letters.base(index) - bottom
    if away > RAISED * size:
        return 1
    return -1 if away < -LOWERED * size else 0


def _is_power(base: str, figures: str) -> bool:
    if not figures[-1].isdigit():
        return False
    digits = LAST_DIGITS.search(base)
    if digits:
        return len(digits[0]) <= LONGEST_BASE or not figures[0].isdigit()
    letters = LAST_LETTERS.search(base)
    if letters is None:
        return False
    is_unit = letters[0] in UNITS and figures.lstrip("-−+") in ("1", "2", "3", "4")
    return is_unit or (len(letters[0]) == 1 and letters[0] not in ORDINARY)


def unspaced(line: str, boxes: Sequence[Box]) -> str:
    """Join letters that are set wide apart; wider gaps between them part words."""
    places = [index for index, sign in enumerate(line) if not sign.isspace()]
    gaps = [boxes[b][0] - boxes[a][2] for a, b in pairwise(places)]
    usual = median(gaps)
    wide = max(1.6 * usual, usual + 1)
    made = line[places[0]]
    for place, gap in zip(places[1:], gaps, strict=True):
        made += f" {line[place]}" if gap > wide else line[place]
    return made
