"""Reader of plain texts: paragraphs, wrapped lines, headings such as "Chapter 3"."""

import re
from collections.abc import Iterator
from statistics import quantiles

from documents.builder import PARAGRAPH, Builder
from documents.citations import mark_citations
from documents.plain_headings import LONGEST_HEADING, heading_level, is_scene_break
from documents.text_cleaning import clean, hyphen, parts_of, words_of
from documents.types import Document, TextRun

BLANK = re.compile(r"\n(?:[^\S\n]*+\n)++")
NUMERAL_HEADING = re.compile(r"(?:\d{1,3}|[IVXLC]{1,7})\.(?:\s+\S[^.!?]{0,70})?")
GUTENBERG_START = re.compile(r"^\*\*\* ?START OF TH[^\n]*\*\*\*[^\n]*$", re.MULTILINE)
GUTENBERG_END = re.compile(r"^\*\*\* ?END OF TH[^\n]*\*\*\*[^\n]*$", re.MULTILINE)
HEADER_LINE = re.compile(r"^(Title|Author|Language):[ \t]*(\S[^\n]*)$", re.MULTILINE)
LANGUAGES = {"english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it"}
ENDS_OF_SENTENCES = tuple('.!?,;:…。！？»”"')
NARROW, WIDE = 40, 100  # characters in a line of a text that was wrapped
WRAPPED_SHARE = 0.6


def read_plain(text: str, title: str) -> Document:
    """Read a plain text; raises EmptyDocument."""
    builder = Builder(title_given=True)
    front, body, back = _frame(clean(text))
    _metadata(builder, front)
    builder.paragraph(front.strip(), "navigation")
    _body(builder, body)
    builder.paragraph(back.strip(), "navigation")
    return mark_citations(builder.document("txt", title))


def _frame(text: str) -> tuple[str, str, str]:
    """Split what Project Gutenberg puts before a text, the text, and the licence after it."""
    start, end = GUTENBERG_START.search(text), GUTENBERG_END.search(text)
    if not start:
        return "", text, ""
    stop = end.start() if end and end.start() > start.end() else len(text)
    return text[: start.end()], text[start.end() : stop], text[stop:]


def _metadata(builder: Builder, front: str) -> None:
    found = dict(HEADER_LINE.findall(front))
    builder.title, builder.author = found.get("Title", ""), found.get("Author", "")
    builder.language = LANGUAGES.get(found.get("Language", "").strip().lower(), "")


def _body(builder: Builder, text: str) -> None:
    blocks = [block.rstrip() for block in BLANK.split(text)]
    blocks = [block.strip("\n") for block in blocks if block.strip()]
    is_wrapped = _is_wrapped(blocks)
    blocks = [piece for block in blocks for piece in _pieces(block, is_wrapped=is_wrapped)]
    headings = _headings(blocks)
    words = words_of(text) if is_wrapped else frozenset()
    for index, block in enumerate(blocks):
        if index in headings:
            line = " ".join(block.split())
            level = headings[index]
            if level:
                builder.heading(parts_of(line, PARAGRAPH), level)
            else:
                builder.paragraph(line, "contents")
        elif not is_scene_break(block):
            builder.parts(_join_lines(block, words, is_wrapped=is_wrapped))


def _pieces(block: str, *, is_wrapped: bool) -> Iterator[str]:
    """Part a block at headings and scene breaks that no blank line sets apart.

    In a wrapped text only the first line may be a heading: any other may be the rest of a
    sentence, as in "… was told in Chapter 3."
    """
    lines = block.splitlines()
    if _is_contents(lines):
        yield block
        return
    begun = 0
    for number, line in enumerate(lines):
        is_heading = bool(heading_level(line)) and not (is_wrapped and number)
        if not is_heading and not is_scene_break(line):
            continue
        if is_heading and number == 0 and _level(block):
            break  # with its title on the next line
        if number > begun:
            yield "\n".join(lines[begun:number])
        yield line
        begun = number + 1
    if begun < len(lines):
        yield "\n".join(lines[begun:])


def _headings(blocks: list[str]) -> dict[int, int]:
    """Find the blocks that are headings, with levels; 0 for lines of a table of contents."""
    found = {index: level for index, block in enumerate(blocks) if (level := _level(block))}
    numerals = [index for index, block in enumerate(blocks) if NUMERAL_HEADING.fullmatch(block)]
    if not found and len(numerals) >= 2:
        found = dict.fromkeys(numerals, 1)
    if all(level == 2 for level in found.values()):
        found = dict.fromkeys(found, 1)
    for index, block in enumerate(blocks):
        if _is_contents(block.splitlines()):
            found[index] = 0
    return found


def _is_contents(lines: list[str]) -> bool:
    return len(lines) > 2 and sum(1 for line in lines if heading_level(line)) > len(lines) // 2


def _level(block: str) -> int:
    """The level of a block that is a heading, on one line or with a title below it; else 0."""
    first, _, second = block.strip().partition("\n")
    if len(block) > LONGEST_HEADING or "\n" in second:
        return 0
    title = second.strip()
    is_sentence = title[-1:] in ENDS_OF_SENTENCES and not title.isupper()
    return 0 if title and is_sentence else heading_level(first)


def _is_wrapped(blocks: list[str]) -> bool:
    """Whether lines were broken to fit a width, rather than where a verse or an item ends."""
    lines = [line for block in blocks for line in block.splitlines()[:-1]]
    if len(lines) < 2:
        return bool(lines) and len(lines[0]) >= NARROW
    longest = quantiles((len(line.rstrip()) for line in lines), n=20)[-1]
    full = sum(1 for line in lines if len(line.rstrip()) > longest * 0.75)
    return NARROW <= longest <= WIDE and full >= len(lines) * WRAPPED_SHARE


def _join_lines(block: str, words: frozenset[str], *, is_wrapped: bool) -> Iterator[TextRun]:
    """The parts of a paragraph of several lines; a word broken at a line's end becomes whole."""
    lines = [" ".join(line.split()) for line in block.splitlines()]
    glue = PARAGRAPH
    if is_wrapped and _is_verse(block):
        is_wrapped = False
    between = " " if is_wrapped else "\n"
    buffer = ""
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if is_wrapped and _is_broken(line, following):
            yield from parts_of(buffer + line[:-1], glue)
            yield hyphen(line[:-1], following, words)
            buffer, glue = "", ""
        else:
            buffer += line + (between if following else "")
    if buffer:
        yield from parts_of(buffer, glue)


def _is_broken(line: str, following: str) -> bool:
    return line[-1:] == "-" and line[-2:-1].isalpha() and following[:1].islower()


def _is_verse(block: str) -> bool:
    """Whether every line of a paragraph is indented, as verses and tables are."""
    lines = block.splitlines()
    return len(lines) > 1 and all(line.startswith(("    ", "\t")) for line in lines)
