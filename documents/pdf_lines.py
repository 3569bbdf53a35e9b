"""Lines of a PDF's pages with their places, read with PDFium."""

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import atan2, pi
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from documents.pdf_figures import FIGURES, SPACED, Box, unspaced, with_figures
from documents.pdf_garbled import is_garbled, is_in_cipher
from documents.pdf_letters import ACCENT, codes_of, is_a_language, rewritten
from documents.text_cleaning import clean

LINE_END = re.compile("\r\n|[\r\n\ufffe\x02]")
BLANKS = " \t\u00a0\u3000"  # no others: TeX's fonts have letters at the codes of separators
HYPHENS = "\ufffe\x02"
FIXED_PITCH = 1
FIXED = re.compile(r"mono|cour|consol|menlo|typewriter|tt\d*\Z", re.IGNORECASE)
BOLD = re.compile(
    r"bold|black|heavy|semib|demi|(?:\A|\+)(?:cm|sf|ec|la|lm)bx|(?:\A|\+)cm(?:b|ssbx)\d|Medi(?:Ital)?\Z",
    re.IGNORECASE,
)
BOLD_WEIGHT = 600
GAP = 1.6  # of the size: a wider space parts the cells of a row, or two columns
LOOSE = 0.66  # of the size: letters take less on average, unless there are wide gaps
LARGE = 1.6  # of the line's size: an initial over several lines
UNEVEN = 0.04  # of the size
STRAIGHT = 0.06  # radians
NAME_BYTES = 128


@dataclass(slots=True)
class Line:
    """A line of text; places in points in the frame in which its page is read, upwards.

    `marks` are the stretches of the text that are raised marks of notes. `is_broken` tells that
    its last word goes on in the next line after a hyphen, `is_field` that it holds a value that
    was filled into a form. `turn` counts the quarters by which it
    is turned against the page; a slanting line has 0.5.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    is_bold: bool = False
    is_fixed: bool = False
    is_broken: bool = False
    is_field: bool = False
    cells: int = 1
    column: int = 0
    kind: str = "text"
    turn: float = 0
    marks: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """The lines of a page in reading order; its sheet goes from `low` to `high` in points, and
    from `left` to `right`.

    `turn` counts the quarters by which most of its text is turned in the file, `lost` the
    characters that no font tells the letters of. `pieces` are the lines of one of the first
    pages, parted at all wide spaces.
    """

    lines: list[Line]
    low: float = 0.0
    high: float = 0.0
    turn: int = 0
    lost: int = 0
    pieces: list[Line] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0


def turned(box: Box, quarters: int) -> Box:
    """Turn a box (left, bottom, right, top) back by that many quarters of a circle."""
    left, bottom, right, top = box
    if quarters == 1:
        return bottom, -right, top, -left
    if quarters == 2:
        return -right, -top, -left, -bottom
    if quarters == 3:
        return -top, left, -bottom, right
    return box


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a page's text: index of its first character, text, and how it is turned."""

    first: int
    text: str
    is_broken: bool
    turn: float


class TextLines:
    """Reads the lines of one page's text layer, in the order in which they are drawn."""

    def __init__(self, text: pypdfium2.PdfTextPage, number: int) -> None:
        self._text: Any = text
        self._number = number
        self._box = pdfium.FS_RECTF()
        self._name = ctypes.create_string_buffer(NAME_BYTES)
        self._flags = ctypes.c_int()
        self._fonts: dict[bytes, tuple[bool, bool]] = {}
        self.lost = 0
        self._codes: dict[int, str] = {}
        self._spans = self._readable(list(self._read_spans()))
        counts: Counter[float] = Counter()
        for span in self._spans:
            counts[span.turn] += len(span.text)
        counts.pop(0.5, None)
        self.turn = int(counts.most_common(1)[0][0]) if counts else 0

    def lines(self) -> list[Line]:
        """Read the lines that stand upright in the page's frame, and those that do not."""
        return [line for span in self._spans for line in self._lines_of(span)]

    def segments(self) -> list[Box]:
        """Find runs that stand side by side without a wide gap."""
        found: list[list[float]] = []
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        for number in range(pdfium.FPDFText_CountRects(self._text, 0, -1)):
            pdfium.FPDFText_GetRect(self._text, number, left, top, right, bottom)
            box = turned((left.value, bottom.value, right.value, top.value), self.turn)
            height = box[3] - box[1]
            last = found[-1] if found else None
            if last and abs(last[1] - box[1]) < height and -1 < box[0] - last[2] < height:
                last[2] = max(last[2], box[2])
            else:
                found.append(list(box))
        return [(box[0], box[1], box[2], box[3]) for box in found]

    def _parted(self, span: Span, line: Line, walls: list[float] | None) -> Iterator[Line]:
        """Part a line at its wide spaces, or at those that the walls between columns go through."""
        text, first, place = span.text, span.first, 0
        for gap in self._gaps(text, first, line.size, wide=0.6):
            after = gap + len(text[gap:]) - len(text[gap:].lstrip())
            end, start = self._box_of(first + gap - 1)[2], self._box_of(first + after)[0]
            if walls is None or any(end <= x <= start for x in walls):
                yield self._line(text[place:gap], first + place)
                place = after
        if place == 0:
            yield line
            return
        rest = self._line(text[place:], first + place)
        rest.is_broken = line.is_broken
        yield rest

    def lines_between(self, walls: list[float]) -> list[Line]:
        """Read the lines again, parted at the walls that they cross."""
        found: list[Line] = []
        for span in self._spans:
            lines = list(self._lines_of(span))
            crossed = [x for x in walls if lines[0].left < x < lines[-1].right]
            if crossed and len(lines) == 1 and not lines[0].turn:
                found += self._parted(span, lines[0], crossed)
            else:
                found += lines
        return found

    def pieces(self) -> list[Line]:
        """Read the lines again, parted at all wide spaces, into which others may be written."""
        found: list[Line] = []
        for span in self._spans:
            lines = list(self._lines_of(span))
            is_one = len(lines) == 1 and not lines[0].turn
            found += self._parted(span, lines[0], None) if is_one else lines
        return found

    def _read_spans(self) -> Iterator[Span]:
        text = self._text.get_text_range(errors="replace")
        is_even = len(text) == self._text.count_chars()
        start = 0
        for end in [*LINE_END.finditer(text), None]:
            stop = end.start() if end else len(text)
            if end and end[0] == "\r" and is_even and self.is_unnamed(stop):
                continue  # a letter: TeX's fonts have "fl" at this code
            line = text[start:stop].strip(BLANKS)
            if line:
                first = start + text[start:stop].index(line[0])
                if not is_even:
                    first = pdfium.FPDFText_GetCharIndexFromTextIndex(self._text, first)
                is_broken = end is not None and end[0] in HYPHENS
                yield Span(first, line, is_broken, self._turn(first))
            start = end.end() if end else stop

    def _readable(self, spans: list[Span]) -> list[Span]:
        """Leave out what would be read in letters that are not those on the page; it is counted."""
        every = sum(len(span.text) for span in spans)
        kept = [span for span in spans if not is_garbled(self._text, span.first, span.text)]
        if len(kept) < len(spans):
            readable = {span.first for span in kept}
            unnamed = " ".join(span.text for span in spans if span.first not in readable)
            if is_a_language(unnamed):
                self._codes, kept = codes_of(unnamed), spans
        if is_in_cipher(" ".join(span.text for span in kept)):
            kept = []
        self.lost = every - sum(len(span.text) for span in kept)
        return kept

    def _turn(self, place: int) -> float:
        """The quarters by which a character is turned to the left, 0.5 where it slants."""
        if pdfium.FPDFText_GetCharAngle(self._text, place) == 0:
            return 0
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text, place, matrix)
        quarters = atan2(matrix.b, matrix.a) / (pi / 2)
        whole = round(quarters)
        return whole % 4 if abs(quarters - whole) * pi / 2 < STRAIGHT else 0.5

    def _lines_of(self, span: Span) -> Iterator[Line]:
        if span.turn != self.turn:
            made = self._line(span.text, span.first)
            made.turn = 0.5 if span.turn == 0.5 else (span.turn - self.turn) % 4
            yield made
            return
        one, other = self._box_of(span.first), self._box_of(span.first + len(span.text) - 1)
        size = one[3] - one[1]
        if abs(size - (other[3] - other[1])) > UNEVEN * size and len(span.text) > 2:
            yield from self._uneven(span)
            return
        made = self._line(span.text, span.first)
        made.is_broken = span.is_broken
        yield made

    def _uneven(self, span: Span) -> Iterator[Line]:
        """A line of letters of several sizes; a large initial stands for itself."""
        text = span.text
        heights = [
            0.0 if sign.isspace() else box[3] - box[1]
            for sign, box in zip(text, self._boxes(span.first, len(text)), strict=True)
        ]
        counts = Counter(round(height, 1) for height in heights if height)
        size = max(counts, key=lambda height: (counts[height], height))
        begin, end = 0, len(text)
        while begin < end and heights[begin] > LARGE * size and text[begin].isalnum():
            begin += 1
        while end > begin and heights[end - 1] > LARGE * size and text[end - 1].isalnum():
            end -= 1
        for start, stop in ((0, begin), (begin, end), (end, len(text))):
            piece = text[start:stop]
            if piece.strip():
                start += len(piece) - len(piece.lstrip())
                first = span.first + start
                made = self._line(piece.strip(), first, size if start == begin else 0)
                made.is_broken = span.is_broken and stop == len(text)
                yield made

    def _line(self, line: str, first: int, size: float = 0) -> Line:
        last = first + len(line) - 1
        one, other = self._box_of(first), self._box_of(last)
        main = one if one[3] - one[1] >= other[3] - other[1] else other
        size = size or max(main[3] - main[1], 0.1)
        text = line
        places: Sequence[int] | None = None
        may_have_accents = not line.isascii() or "`" in line
        if self._codes or (may_have_accents and ACCENT.search(line)):
            text, places = rewritten(line, first, self, self._codes)
        is_plain = text.isascii() and text.isprintable()
        is_low = len(line) > 1 and one[3] - one[1] > size + 0.1
        made = Line(
            text if is_plain else unicodedata.normalize("NFC", clean(text)),
            self._number,
            min(one[0], other[0]),
            max(one[2], other[2]),
            other[1] if is_low else min(one[1], other[1]),
            max(one[3], other[3]),
            round(size, 1),
        )
        made.is_bold, made.is_fixed = self._font(first, last)
        if made.text == text:
            places = places or range(first, last + 1)
            if FIGURES.search(text):
                made.text, made.marks = with_figures(text, LettersAt(self, places), size)
            elif SPACED.fullmatch(text):
                made.text = unspaced(text, [self._box_of(place) for place in places])
        if made.right - made.left > LOOSE * size * len(made.text) and len(made.text) > 2:
            made.cells = len(self._gaps(line, first, size)) + 1
        return made

    def _box_of(self, place: int) -> Box:
        box = self._box
        pdfium.FPDFText_GetLooseCharBox(self._text, place, box)
        found = (box.left, box.bottom, box.right, box.top)
        return turned(found, self.turn) if self.turn else found

    def _boxes(self, first: int, count: int) -> list[Box]:
        return [self._box_of(place) for place in range(first, first + count)]

    def is_unnamed(self, place: int) -> bool:
        """Whether the font does not tell the letter of a character, by its index."""
        return bool(pdfium.FPDFText_HasUnicodeMapError(self._text, place) == 1)

    def box_of(self, place: int) -> Box:
        """The box of a character by its index, as (left, bottom, right, top)."""
        return self._box_of(place)

    def base_of(self, place: int) -> float:
        """The height that a character stands at, by its index."""
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._text, place, x, y)
        return turned((x.value, y.value, x.value, y.value), self.turn)[1]

    def _font(self, first: int, last: int) -> tuple[bool, bool]:
        """Whether all of a line is bold, and whether it is of a fixed pitch."""
        is_bold = is_fixed = True
        for place in (first, (first + last) // 2, last):
            bold, fixed = self._font_at(place)
            is_bold &= bold
            is_fixed &= fixed
            if not (is_bold or is_fixed):
                break
        return is_bold, is_fixed

    def _font_at(self, place: int) -> tuple[bool, bool]:
        pdfium.FPDFText_GetFontInfo(
            self._text, place, self._name, NAME_BYTES, ctypes.byref(self._flags)
        )
        key = self._name.value
        found = self._fonts.get(key)
        if found is None:
            name = key.decode("latin-1")
            weight = pdfium.FPDFText_GetFontWeight(self._text, place)
            is_fixed = bool(self._flags.value & FIXED_PITCH or FIXED.search(name))
            found = self._fonts[key] = weight >= BOLD_WEIGHT or bool(BOLD.search(name)), is_fixed
        return found

    def _gaps(self, line: str, first: int, size: float, wide: float = GAP) -> list[int]:
        """Find the spaces in a line that are as wide as those between columns."""
        found = []
        for space in re.finditer(r"(?<=\S) +(?=\S)", line):
            end = self._box_of(first + space.start() - 1)[2]
            if self._box_of(first + space.end())[0] - end > wide * size:
                found.append(space.start())
        return found


class LettersAt:
    """The characters of a line by their places on the page, each asked for when looked at."""

    def __init__(self, lines: TextLines, places: Sequence[int]) -> None:
        self._lines, self._places = lines, places

    def box(self, index: int) -> Box:
        """The box of a character."""
        return self._lines.box_of(self._places[index])

    def base(self, index: int) -> float:
        """The height that a character stands at."""
        return self._lines.base_of(self._places[index])
