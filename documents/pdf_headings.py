"""Headings of a PDF without an outline, and large initials."""

import re
from collections import Counter
from statistics import median

from documents.heading_words import STANDING_ALONE
from documents.pdf_edges import HEADING_SIZE, Body
from documents.pdf_lines import LARGE, Line
from documents.pdf_outline import CHAPTER, LONGEST_LABEL
from documents.pdf_pages import is_formula_like

PAPER_NAMES = (
    "abstract summary keywords contents overview conclusions acknowledgements acknowledgments "
    "acknowledgement references bibliography zusammenfassung kurzfassung inhalt "
    "inhaltsverzeichnis schlüsselwörter literatur literaturverzeichnis danksagung résumé "
    "mots-clés remerciements références bibliographie annexe resumen resumo conclusiones "
    "agradecimientos bibliografía riassunto sommario conclusioni ringraziamenti bibliografia "
    "streszczenie samenvatting sammanfattning аннотация содержание литература "
    "摘要 概要 要旨 引言 目录"
)
NAMES = STANDING_ALONE | frozenset(PAPER_NAMES.split())
LONGEST_HEADING = 160
LONGEST_RUN = 240  # characters of a heading in several lines
LONGEST_CAPITALS = 60
LONE_NUMBER_SIZE = 1.4
INITIAL_LETTERS = 2  # an opening quotation mark before the letter
NEAR_INITIAL = 1.5  # of the size of the text

NUMBERED = re.compile(r"([1-9]\d?(?:\.\d{1,2}){0,3})\.?\s+(?![^\W\d_A-Z]*[a-zß-öø-ÿ])[^\W\d_]")
ROMANS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")
COUNTED = re.compile(r"([1-9]\d?|[IVX]{1,5})\.\s+(?=[^\W\d_])")
WORD = re.compile(r"[^\W\d_]{2,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
LONE_NUMBER = re.compile(r"(?:\d{1,3}|[IVXLC]{1,7})\.?")
SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’»)\]]{0,4}\Z")
WORD_START = re.compile(r"[^\W\d_]+")


def levels_of(lines: list[Line], body: Body, beside: range) -> dict[int, int]:
    """Find which lines are headings of which level, by size, by number or by weight.

    `beside` are the indexes of the title's credits, which are no headings.
    """
    likely = [index for index, line in enumerate(lines) if may_be_heading(line, body)]
    large = [i for i in likely if lines[i].size > HEADING_SIZE * body.size and i not in beside]
    large = _without_paragraphs(lines, large)
    sizes = sorted({round(lines[index].size) for index in large}, reverse=True)
    edge = min((line.left for line in lines if line.kind == "text"), default=0.0)
    found = {index: min(6, sizes.index(round(lines[index].size)) + 1) for index in large}
    for index in likely:
        line = lines[index]
        is_bold = line.is_bold and index not in found and index not in beside
        if not is_bold or line.size > HEADING_SIZE * body.size:
            continue
        number = NUMBERED.match(line.text)
        if is_named(line.text):
            found[index] = min(6, len(sizes) + 1)
        elif SENTENCE_END.search(line.text):
            continue
        elif number:
            found[index] = min(6, len(sizes) + 1 + number[1].count("."))
        elif CHAPTER.match(line.text) or _is_in_capitals(lines, index, body, edge):
            found[index] = min(6, len(sizes) + 1)
    for index in _centred_numbers(lines, body):
        if index not in beside:
            found.setdefault(index, min(6, len(sizes) + 1))
    for index in found:
        if index + 1 in found and is_label(lines[index].text):
            found[index] = found[index + 1] = min(found[index], found[index + 1])
    return found


def is_label(text: str) -> bool:
    """Whether a heading is a label above another: "Chapter 2"."""
    return bool(CHAPTER.match(text)) and len(text) <= LONGEST_LABEL


def _centred_numbers(lines: list[Line], body: Body) -> list[int]:
    """Find lines in the middle of their columns that count on, as sections of a journal do."""
    edges: dict[tuple[int, int], list[float]] = {}
    for line in lines:
        if line.kind == "text":
            edges.setdefault((line.page, line.column), []).append(line.left)
    found: list[tuple[int, str, int]] = []
    for index, line in enumerate(lines):
        number = COUNTED.match(line.text) if line.kind == "text" and line.cells == 1 else None
        if number is None or len(line.text) > LONGEST_CAPITALS or index + 1 >= len(lines):
            continue
        after = lines[index + 1]
        left = median(edges[line.page, line.column])
        right = max(li.right for li in lines[max(0, index - 9) : index + 9] if _beside(li, line))
        is_centred = abs(line.left - left - (right - line.right)) < 2.5 * body.size
        if is_centred and line.left > left + 2 * body.size and _beside(after, line):
            style = "1" if number[1].isdecimal() else "I"
            found.append((index, style, _value(number[1])))
    numbers = {(style, value) for _, style, value in found}
    return [
        index
        for index, style, value in found
        if (style, value - 1) in numbers or (style, value + 1) in numbers
    ]


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else ROMANS.index(number) if number in ROMANS else 99


def _beside(line: Line, other: Line) -> bool:
    return (line.page, line.column, line.kind) == (other.page, other.column, "text")


def may_be_heading(line: Line, body: Body) -> bool:
    """Whether a line is larger or bolder than the text, and short enough."""
    text = line.text
    if line.kind != "text" or len(text) > LONGEST_HEADING:
        return False
    if line.size <= HEADING_SIZE * body.size and not line.is_bold:
        return False
    if line.cells > 1:
        return line.cells == 2 and bool(NUMBERED.match(text) or CHAPTER.match(text))
    if WORD.search(text):
        return not is_formula_like(text)
    return bool(LONE_NUMBER.fullmatch(text)) and line.size > LONE_NUMBER_SIZE * body.size


def is_named(text: str) -> bool:
    """Whether a text is a heading that stands without a number: "Abstract", "Vorwort"."""
    return text.rstrip(".: ").casefold() in NAMES


def _without_paragraphs(lines: list[Line], large: list[int]) -> list[int]:
    """Leave out whole paragraphs that are set a little larger than the text."""
    made: list[int] = []
    run: list[int] = []
    for index in [*large, -1]:
        last = lines[run[-1]] if run else None
        if last and index == run[-1] + 1 and goes_on(last, lines[index]):
            run.append(index)
            continue
        if sum(len(lines[one].text) for one in run) <= LONGEST_RUN:
            made += run
        run = [index]
    return made


def goes_on(line: Line, after: Line) -> bool:
    """Whether a large line goes on in the next one."""
    is_near = 0 <= line.bottom - after.bottom < 2 * line.size
    return line.page == after.page and is_near and abs(line.size - after.size) < 0.5


def _is_in_capitals(lines: list[Line], index: int, body: Body, edge: float) -> bool:
    """A bold line in capitals that stands alone: the sections of a manual."""
    line = lines[index]
    if not line.text.isupper() or len(line.text) > LONGEST_CAPITALS:
        return False
    before = lines[index - 1] if index else None
    after = lines[index + 1] if index + 1 < len(lines) else None
    if after is None or after.kind not in ("text", "code", "table"):
        return False
    is_first = before is None or before.page != line.page or before.kind != "text"
    is_apart = is_first or (before is not None and before.bottom - line.bottom > 1.2 * body.leading)
    is_inside = line.left > edge + body.size and line.column == 0
    if is_inside and after.left >= line.left:
        return False  # the name of a thing that is told of below it
    is_outside = after.left > line.left + body.size
    return (is_apart or is_outside) and not (after.is_bold and after.text.isupper())


def join_initials(lines: list[Line], body: Body) -> list[Line]:
    """Join large initials to the words that they begin."""
    gone: set[int] = set()
    words: Counter[str] = Counter()
    for index, line in enumerate(lines):
        letters = line.text.strip("“\"‘'«„—– ")
        is_initial = len(letters) == 1 and letters.isalpha() and len(line.text) <= INITIAL_LETTERS
        if not is_initial or line.kind != "text" or line.size < LARGE * body.size:
            continue
        beside = [
            other
            for other in lines[max(0, index - 4) : index + 5]
            if other is not line and other.page == line.page and other.kind == "text"
            if other.size < line.size / LARGE and -2 < other.left - line.right < _near(line, body)
            if line.bottom - body.size < other.bottom and other.top < line.top + body.size
        ]
        if not beside:
            continue
        first = max(beside, key=lambda other: other.bottom)
        words = words or Counter(WORD_START.findall(" ".join(li.text.lower() for li in lines)))
        space = " " if _is_word_alone(letters, first.text, words) else ""
        shift = len(line.text) + len(space)
        first.marks = [(start + shift, stop + shift) for start, stop in first.marks]
        first.text = f"{line.text}{space}{first.text}"
        first.left = min(first.left, line.left)
        gone.add(index)
    return [line for index, line in enumerate(lines) if index not in gone] if gone else lines


def _near(line: Line, body: Body) -> float:
    return max(NEAR_INITIAL * body.size, 0.4 * line.size)


def _is_word_alone(letter: str, text: str, words: Counter[str]) -> bool:
    """Whether an initial is a word, as "A" and "I" are."""
    first = WORD_START.match(text)
    if first is None:
        return text[:1] not in "'’-"
    rest = first[0].lower()
    is_joined = letter.lower() + rest in words
    return letter in "AIOÀYEUVWZК" and words[rest] > 1 and not is_joined
