"""Headings of a PDF without an outline, its title page, and large initials."""

import re
from collections import Counter
from collections.abc import Sequence

from documents.pdf_edges import HEADING_SIZE, Body
from documents.pdf_lines import LARGE, Line, Page
from documents.pdf_outline import CHAPTER
from documents.pdf_pages import is_formula_like

LONGEST_HEADING = 160
LONGEST_RUN = 240  # characters of a heading in several lines
LONGEST_CAPITALS = 60
TITLE_SIZE = 1.3  # of the size of the text
LONE_NUMBER_SIZE = 1.4
TITLE_PAGE_LINES = 14
MOST_BESIDE = 12  # lines under a title
PROSE = 60  # characters of a line of running text
INITIAL_LETTERS = 2  # an opening quotation mark before the letter
NEAR_INITIAL = 1.5  # of the size of the text

NUMBERED = re.compile(r"([1-9]\d?(?:\.\d{1,2}){0,3})\.?\s+(?![^\W\d_A-Z]*[a-zß-öø-ÿ])[^\W\d_]")
WORD = re.compile(r"[^\W\d_]{2,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
LONE_NUMBER = re.compile(r"(?:\d{1,3}|[IVXLC]{1,7})\.?")
SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’»)\]]{0,4}\Z")
WORD_START = re.compile(r"[^\W\d_]+")


def levels_of(lines: list[Line], body: Body, beside: frozenset[int]) -> dict[int, int]:
    """Find which lines are headings of which level, by size, by number or by weight.

    `beside` are the indexes of lines that stand with the title and are no headings.
    """
    likely = [index for index, line in enumerate(lines) if _may_be_heading(line, body)]
    large = [i for i in likely if lines[i].size > HEADING_SIZE * body.size and i not in beside]
    large = _without_paragraphs(lines, large)
    sizes = sorted({round(lines[index].size) for index in large}, reverse=True)
    edge = min((line.left for line in lines if line.kind == "text"), default=0.0)
    found = {index: min(6, sizes.index(round(lines[index].size)) + 1) for index in large}
    for index in likely:
        line = lines[index]
        is_bold = line.is_bold and index not in found and index not in beside
        if not is_bold or SENTENCE_END.search(line.text):
            continue
        if line.size > HEADING_SIZE * body.size:
            continue
        number = NUMBERED.match(line.text)
        if number:
            found[index] = min(6, len(sizes) + 1 + number[1].count("."))
        elif CHAPTER.match(line.text) or _is_in_capitals(lines, index, body, edge):
            found[index] = min(6, len(sizes) + 1)
    return found


def _may_be_heading(line: Line, body: Body) -> bool:
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


def _without_paragraphs(lines: list[Line], large: list[int]) -> list[int]:
    """Leave out whole paragraphs that are set a little larger than the text."""
    made: list[int] = []
    run: list[int] = []
    for index in [*large, -1]:
        last = lines[run[-1]] if run else None
        if last and index == run[-1] + 1 and _goes_on(last, lines[index]):
            run.append(index)
            continue
        if sum(len(lines[one].text) for one in run) <= LONGEST_RUN:
            made += run
        run = [index]
    return made


def _goes_on(line: Line, after: Line) -> bool:
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


def title_lines(lines: list[Line], body: Body) -> list[int]:
    """Find the large lines on the first page that are the document's title, by their indexes."""
    first = [i for i, li in enumerate(lines) if li.page == lines[0].page and li.kind == "text"]
    likely = [
        index
        for index in first
        if WORD.search(lines[index].text) and lines[index].cells == 1
        if not is_formula_like(lines[index].text)
    ]
    if not likely:
        return []
    size = max(lines[index].size for index in likely)
    if size < TITLE_SIZE * body.size:
        return []
    start = next(index for index in likely if lines[index].size > size - 0.5)
    stop = start + 1
    while stop in first and _goes_on(lines[stop - 1], lines[stop]):
        stop += 1
    text = " ".join(line.text for line in lines[start:stop])
    others = [*lines[:start], *lines[stop:]]
    if any(line.size > size - 0.5 and _may_be_heading(line, body) for line in others):
        return []
    if CHAPTER.match(text) or NUMBERED.match(text) or len(text) > LONGEST_RUN:
        return []
    return list(range(start, stop))


def beside_title(lines: list[Line], title: list[int], body: Body) -> frozenset[int]:
    """Find the authors, dates and subtitles that stand under a title, by their indexes."""
    found: set[int] = set()
    first = title[-1] + 1 if title else len(lines)
    for index in range(first, min(first + MOST_BESIDE, len(lines))):
        line = lines[index]
        is_larger = line.size > 1.02 * body.size
        if line.page != lines[title[-1]].page or not is_larger or line.kind != "text":
            break
        is_section = line.is_bold and NUMBERED.match(line.text)
        if is_section or CHAPTER.match(line.text):
            break
        size = round(line.size)
        alike = (li for li in lines[index:] if li.page != line.page and round(li.size) == size)
        if any(li.is_bold == line.is_bold and _may_be_heading(li, body) for li in alike):
            break
        found.add(index)
    return frozenset(found)


def mark_title_page(pages: Sequence[Page], title: list[int]) -> bool:
    """Mark a first page that holds title, author and date alone; whether it is one."""
    page = pages[0].lines
    text = [line for line in page if line.kind == "text"]
    if not title or len(pages) < 2 or not 1 <= len(text) <= TITLE_PAGE_LINES:
        return False
    rest = [line for line in text if line.size < page[title[0]].size - 0.5]
    if any(len(line.text) >= PROSE or SENTENCE_END.search(line.text) for line in rest):
        return False
    if not any(line.kind == "text" for other in pages[1:] for line in other.lines):
        return False
    for line in text:
        line.kind = "front_matter"
    return True


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


def text_of(lines: list[Line], indexes: list[int]) -> str:
    """The text of some lines as one."""
    return " ".join(lines[index].text for index in indexes)
