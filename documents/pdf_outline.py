"""Outline of a PDF: its places, and the lines in which its titles are written."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from documents.pdf_lines import Line, Page, turned
from documents.text_cleaning import one_line

MOST_PLACES = 5_000
DEEPEST = 3
LONGEST_LABEL = 24
CHAPTER = re.compile(
    r"(?:chapter|kapitel|kapitlet|chapitre|capítulo|capitolo|hoofdstuk|rozdział|kapitola|глава|"
    r"part|teil|partie|deel|część|часть)\b|第[\d一二三四五六七八九十百]{1,5}[章部回话話]",
    re.IGNORECASE,
)
LABEL = re.compile(r"(?:chapter|appendix|part|kapitel|anhang)?[\divxlc]{0,8}[a-z]?")
LABEL_START = re.compile(r"(?:chapter|appendix|part|kapitel|anhang)?\d*")
LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the outline; `top` in points, None where it points to the whole page."""

    title: str
    level: int
    page: int
    top: float | None


def outline(pdf: pypdfium2.PdfDocument, pages: Sequence[Page]) -> list[Place]:
    """Read the places of an outline by page, none where it is broken."""
    found = []
    try:
        for mark in pdf.get_toc(max_depth=DEEPEST):
            target = mark.get_dest()
            page = target.get_index() if target else None
            title = one_line(mark.get_title())
            if page is None or not 0 <= page < len(pages) or not title:
                continue
            mode, view = target.get_view()
            top = _top(mode, view, pages[page].turn)
            found.append(Place(title, mark.level + 1, page, top))
            if len(found) >= MOST_PLACES:
                break
    except pypdfium2.PdfiumError:
        return []
    found.sort(key=lambda place: place.page)
    return found


def _top(mode: int, view: Sequence[float], turn: int) -> float | None:
    if mode == pdfium.PDFDEST_VIEW_XYZ and len(view) > 1:
        left, top = view[0] or 0.0, view[1]
        return turned((left, top, left, top), turn)[3]
    if mode == pdfium.PDFDEST_VIEW_FITH and view and not turn:
        return view[0]
    return None


def starts_of(lines: list[Line], places: list[Place]) -> dict[int, list[Place]]:
    """Find the line at which each place of the outline begins; the heading's lines are marked."""
    starts: dict[int, list[Place]] = defaultdict(list)
    first = [line.page for line in lines]
    lowest = 0
    for place in places:
        begin, end = bisect_left(first, place.page), bisect_left(first, place.page + 1)
        found = _heading_at(lines, max(begin, lowest), end, place)
        if found is None:
            found = begin
            while place.top is not None and found < end and lines[found].bottom > place.top:
                found += 1
        lowest = max(lowest, found)
        starts[min(lowest, len(lines) - 1)].append(place)
    return starts


def _heading_at(lines: list[Line], begin: int, end: int, place: Place) -> int | None:
    """The first line of the heading that an outline's title is written in, nearest its place."""
    wanted = _letters(place.title)
    best: tuple[float, int, int] | None = None
    for index in range(begin, end):
        if lines[index].kind not in ("text", "code", "table"):
            continue
        stop = _matched(lines, index, end, wanted)
        if stop:
            away = abs(lines[index].top - place.top) if place.top is not None else 0.0
            if best is None or away < best[0]:
                best = (away, index, stop)
    if best is None:
        return None
    _, index, stop = best
    if index > begin and len(lines[index - 1].text) <= LONGEST_LABEL:
        # "Chapter One" stands in a line of its own above the title.
        above = lines[index - 1]
        index -= 1 if above.kind == "text" and CHAPTER.match(above.text) else 0
    for line in lines[index:stop]:
        line.kind = "heading"
    return index


def _letters(text: str) -> str:
    return LETTERS.sub("", text).casefold()


def _matched(lines: list[Line], index: int, end: int, wanted: str) -> int:
    """The end of the lines that together are a title, a number before it allowed; 0 if none."""
    said = ""
    for stop in range(index, min(index + 4, end)):
        said += _letters(lines[stop].text)
        if said == wanted:
            return stop + 1
        number = said[: -len(wanted)] if said.endswith(wanted) else said
        is_number = bool(LABEL.fullmatch(number))
        if said.endswith(wanted) and is_number:
            return stop + 1
        if not (is_number or wanted.startswith(said) or _is_label_and(said, wanted)):
            return 0
    return 0


def _is_label_and(said: str, wanted: str) -> bool:
    label = LABEL_START.match(said)
    return label is not None and bool(label[0]) and wanted.startswith(said[label.end() :])
