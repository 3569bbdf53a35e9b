"""Blocks of a plain text: its paragraphs, headings and lists, told by lines and white space."""

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import quantiles

from documents.plain_headings import LONGEST_HEADING, heading_level, is_scene_break
from documents.text_cleaning import clean

BLANK = re.compile(r"\n(?:[^\S\n]*+\n)++")
ONE_BLANK = re.compile(r"(?<!\n)\n[^\S\n]*+\n(?![^\S\n]*+\n)")
ESCAPE = re.compile(r"\x1b\[[\d;?]{0,20}[A-Za-z]")  # of terminals
OVERSTRUCK = re.compile(r"[^\n]\x08")
PAGE_END = re.compile(r"([^\s\x0c]?)[^\S\x0c]*+\x0c\s{0,200}")
EMPHASIS = re.compile(r"(?<![\w_])_(?=[^\s_])([^_]{1,800})(?<=[^\s_])_(?![\w_])")
RULE = re.compile(r"\s*([=~*_^#─═—-])\1{2,}\s*")
SENTENCE_END = re.compile(r"[.!?:…。！？][\"'”’»“‘)\]*_]{0,4}\Z")
ITEM = re.compile(r"\s*(?:[-–—•*‣◦▪●○+]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))\s+\S")
BULLET = re.compile(r"\s*[•*‣◦▪●○+]\s+(?=\S)")
CONTENTS_LINE = re.compile(
    r"[^\n]{2,200}?(?:[ .·_…]{4,200}|\t|  +)[ \t]*(\d{1,4}|[ivxlc]{1,7})\.?[ \t]*"
)
ENDS_OF_TITLES = tuple('.!?,;:…。！？»”"-–—')
NARROW, WIDE = 40, 100  # characters in a line of a text that was wrapped
WRAPPED_SHARE = 0.6
DOUBLED_LINES, DOUBLED_SHARE, GOES_ON_SHARE = 8, 0.8, 0.35
SHORT_LINE = 0.8  # of the width: a line whose successor had room in it


def prepared(text: str) -> str:
    """Clean a text, with pages joined and without what terminals and old printers need."""
    text = text.replace("\r\r\n", "\n").replace("\u2029", "\n\n")
    if "\x1b" in text or "\x08" in text:
        text = OVERSTRUCK.sub("", ESCAPE.sub("", text))
    if "\x0c" in text:
        text = PAGE_END.sub(lambda found: _between_pages(text, found), text)
    text = clean(text)
    return EMPHASIS.sub(r"\1", text)


def blocks_of(text: str) -> tuple[list[str], int]:
    """Split a text into blocks; returns them and the width it was wrapped at, 0 if it was not."""
    blocks = _split(text)
    if _is_double_spaced(blocks):
        blocks = _split(ONE_BLANK.sub("\n", text))
    width = _width(blocks)
    return [piece for block in blocks for piece in _pieces(block, width)], width


def is_contents(lines: list[str]) -> bool:
    """Whether most lines are headings, or end with the numbers of pages, as in a printed list."""
    if len(lines) < 3:
        return False
    if sum(1 for line in lines if heading_level(line)) > len(lines) // 2:
        return True
    found = list(filter(None, map(CONTENTS_LINE.fullmatch, (line.rstrip() for line in lines))))
    numbers = [int(match[1]) for match in found if match[1].isdigit()]
    return len(found) > len(lines) // 2 and numbers == sorted(numbers)


def underlined(block: str) -> tuple[str, str]:
    """The title in a block that is one with a rule below it, and the rule's sign; else nothing."""
    *titles, rule = block.strip("\n").split("\n")[-3:]
    titles = [line for line in titles if not RULE.fullmatch(line)]
    if len(titles) != 1 or not RULE.fullmatch(rule) or not _is_title(titles[0], rule):
        return "", ""
    return titles[0], rule.strip()[0]


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with a text."""
    return SENTENCE_END.search(text.rstrip()[-12:]) is not None


def is_verse(block: str, width: int) -> bool:
    """Whether a writer ended the lines: each is indented, or had room for the word after it."""
    lines = block.splitlines()
    if len(lines) < 2:
        return False
    if all(line.startswith(("    ", "\t")) for line in lines):
        return True
    return all(_has_room(line, following, width * 0.9) for line, following in pairwise(lines))


def _split(text: str) -> list[str]:
    blocks = (block.rstrip() for block in BLANK.split(text))
    return [block.strip("\n") for block in blocks if block.strip()]


def _between_pages(text: str, found: re.Match[str]) -> str:
    """What stands for the end of a page: a line's end where the sentence goes on."""
    before, following = found[1], text[found.end() : found.end() + 1]
    line = text[max(0, found.start() - 9) : found.start() + 1].rpartition("\n")[2]
    line = line.strip(" \t-–—")
    goes_on = following.islower() and before not in ENDS_OF_TITLES[:3] and not line.isdigit()
    return f"{before}\n" if goes_on else f"{before}\n\n"


def _is_double_spaced(blocks: list[str]) -> bool:
    """Whether an empty line stands between all lines, within sentences as well."""
    single = sum(1 for block in blocks if "\n" not in block)
    if len(blocks) < DOUBLED_LINES or single < DOUBLED_SHARE * len(blocks):
        return False
    going_on = sum(
        1
        for block, following in pairwise(blocks)
        if not ends_sentence(block) and following.lstrip()[:1].islower()
    )
    return going_on >= GOES_ON_SHARE * len(blocks)


def _width(blocks: list[str]) -> int:
    """The width that lines were broken at; 0 where a verse or an item ends with them."""
    lines = [
        len(line.rstrip())
        for block in blocks
        if not underlined(block)[0]
        for line in block.splitlines()[:-1]
        if not ends_sentence(line) and not heading_level(line)
    ]
    if len(lines) < 2:
        return lines[0] if lines and lines[0] >= NARROW else 0
    longest = quantiles(lines, n=20)[-1]
    full = sum(1 for line in lines if line > longest * 0.75)
    is_wrapped = NARROW <= longest <= WIDE and full >= len(lines) * WRAPPED_SHARE
    return round(longest) if is_wrapped else 0


def _pieces(block: str, width: int) -> Iterator[str]:
    """Part a block at headings, scene breaks and paragraphs that no blank line sets apart.

    In a wrapped text a heading begins a block or follows the end of a sentence: any other line
    may be the rest of one, as in "… was told in Chapter 3."
    """
    lines = block.splitlines()
    if is_contents(lines):
        yield block
        return
    begun = number = 0
    while number < len(lines):
        size = _heading_size(lines, number, is_first=number == begun, is_wrapped=bool(width))
        if size:
            if number > begun:
                yield from _paragraphs(lines[begun:number], width)
            yield "\n".join(lines[number : number + size])
            begun = number + size
        number += size or 1
    if begun < len(lines):
        yield from _paragraphs(lines[begun:], width)


def _heading_size(lines: list[str], number: int, *, is_first: bool, is_wrapped: bool) -> int:
    """How many lines make a heading or a scene break from that one on; 0 for other lines."""
    line = lines[number]
    following = lines[number + 1] if number + 1 < len(lines) else ""
    if (
        is_first
        and RULE.fullmatch(line)
        and RULE.fullmatch("".join(lines[number + 2 : number + 3]))
    ):
        return 3 if _is_title(following, line) else 1
    if is_first and RULE.fullmatch(following) and _is_title(line, following):
        return 2
    if is_scene_break(line):
        return 1
    if not heading_level(line) or (
        is_wrapped and not is_first and not ends_sentence(lines[number - 1])
    ):
        return 0
    is_titled = number == 0 and len(lines) == 2 and not following.rstrip().endswith(ENDS_OF_TITLES)
    return 2 if is_titled and len(following) < LONGEST_HEADING else 1


def _is_title(title: str, rule: str) -> bool:
    title, rule = title.strip(), rule.strip()
    if not 2 <= len(title) <= LONGEST_HEADING or title[-1] in ",;" or not title[0].isalnum():
        return False
    is_long = len(rule) * 2 >= len(title)
    return is_long and (heading_level(title) > 0 or title[-1] not in ".:")


def _paragraphs(lines: list[str], width: int) -> Iterator[str]:
    """Paragraphs of a block that has no blank lines in it."""
    if not width:
        is_long = sum(1 for line in lines if len(line) > WIDE) * 3 >= len(lines)
        yield from lines if is_long else ["\n".join(lines)]
        return
    if is_verse("\n".join(lines), width):
        yield "\n".join(lines)
        return
    base = min(len(line) - len(line.lstrip()) for line in lines)
    begun = 0
    for number in range(1, len(lines)):
        if _begins_paragraph(lines[number - 1], lines[number], lines[begun], base, width):
            yield "\n".join(lines[begun:number])
            begun = number
    yield "\n".join(lines[begun:])


def _begins_paragraph(before: str, line: str, first: str, base: int, width: int) -> bool:
    if ITEM.match(line) and ITEM.match(first):
        return True
    if not ends_sentence(before):
        return False
    indent = len(line) - len(line.lstrip())
    was_indented = (
        before is not first
        and before[:1].isspace()
        and len(before) - len(before.lstrip()) >= indent
    )
    if indent >= base + 2 and not was_indented:
        return True
    return bool(ITEM.match(line)) or (
        not line.lstrip()[0].islower() and _has_room(before, line, width * SHORT_LINE)
    )


def _has_room(line: str, following: str, width: float) -> bool:
    """Whether the first word of the next line would have fitted into a line."""
    words = following.split(maxsplit=1)
    return len(line.rstrip()) + 1 + len(words[0] if words else "") <= width
