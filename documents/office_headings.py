"""Headings of office documents that have no style: typed by hand, or told by their looks."""

from collections import Counter
from itertools import pairwise

from documents.builder import Builder
from documents.office_paragraphs import PLAIN, Look, Paragraph
from documents.plain_headings import heading_level

LONGEST = 100  # characters of a heading
MOST_WORDS = 14
LARGER = 1.15  # times the size of the running text
LEVELS = 3  # of headings told by their looks
CONTENTS_LINES = 3  # headings one after another are a table of contents


def tell(paragraphs: list[Paragraph], builder: Builder) -> None:
    """Tell a builder all paragraphs, those that are headings without a style as headings."""
    find_headings(paragraphs)
    for paragraph in paragraphs:
        paragraph.tell(builder)


def find_headings(paragraphs: list[Paragraph]) -> None:
    """Give a level to the paragraphs that are headings without having a style for it.

    Where headings have styles, others count only if they say so, as "Chapter 5" does.
    """
    styled = [paragraph.level for paragraph in paragraphs if paragraph.level]
    typed = {index: level for index, p in enumerate(paragraphs) if (level := _typed_level(p))}
    _leave_out_contents(paragraphs, typed)
    top, highest = min(styled, default=1), min(typed.values(), default=1)
    for index, level in typed.items():
        paragraphs[index].level = top + level - highest
    if not styled:
        _by_looks(paragraphs, below=max((top + 2 - highest, *typed.values())) if typed else 0)


def _is_short(paragraph: Paragraph) -> bool:
    text = paragraph.text
    return (
        paragraph.kind == "text"
        and not paragraph.level
        and 0 < len(text) <= LONGEST
        and "\n" not in text
        and len(text.split()) <= MOST_WORDS
        and any(map(str.isalnum, text))
    )


def _typed_level(paragraph: Paragraph) -> int:
    if not _is_short(paragraph) or paragraph.label:
        return 0
    return heading_level(paragraph.text)


def _leave_out_contents(paragraphs: list[Paragraph], typed: dict[int, int]) -> None:
    """Take lines of headings without any text between them for a table of contents."""
    row: list[int] = []
    for index, paragraph in enumerate([*paragraphs, Paragraph([])]):
        if index in typed:
            row.append(index)
        elif paragraph.parts or index == len(paragraphs):
            if len(row) >= CONTENTS_LINES:
                for place in row:
                    paragraphs[place].kind = "contents"
                    del typed[place]
            row = []


def _by_looks(paragraphs: list[Paragraph], below: int) -> None:
    """Make headings of short paragraphs that stand out from the text that follows them."""
    body = _usual_look(paragraphs)
    filled = [paragraph for paragraph in paragraphs if paragraph.parts]
    found = [
        paragraph
        for paragraph, following in pairwise(filled)
        if _stands_out(paragraph, body) and _is_over(paragraph, following, body)
    ]
    if len(found) * 2 > len(filled):
        return
    looks = sorted({_rank(paragraph.look) for paragraph in found}, reverse=True)[:LEVELS]
    for paragraph in found:
        if (rank := _rank(paragraph.look)) in looks:
            paragraph.level = below + 1 + looks.index(rank)


def _usual_look(paragraphs: list[Paragraph]) -> Look:
    looks: Counter[tuple[bool, int]] = Counter()
    for paragraph in paragraphs:
        if paragraph.kind == "text" and not paragraph.level:
            looks[paragraph.look.is_bold, paragraph.look.size] += len(paragraph.text)
    if not looks:
        return PLAIN
    is_bold, size = looks.most_common(1)[0][0]
    return Look(is_bold, size=size)


def _stands_out(paragraph: Paragraph, body: Look) -> bool:
    look = paragraph.look
    is_larger = body.size > 0 and look.size >= body.size * LARGER
    return (is_larger or (look.is_bold and not body.is_bold)) and _is_short(paragraph)


def _is_over(paragraph: Paragraph, following: Paragraph, body: Look) -> bool:
    """Whether a paragraph that stands out is the heading of what follows, rather than emphasis."""
    text, look = paragraph.text, paragraph.look
    if _is_sentence(text) or (paragraph.label and following.label):
        return False
    if look.is_centred or look.size > body.size:
        return True
    is_longer = len(following.text) > len(text) and following.kind == "text"
    return not text.endswith("!") and (is_longer or _stands_out(following, body))


def _is_sentence(text: str) -> bool:
    first = next(filter(str.isalnum, text))
    end = text.rstrip("\"'”’»)")[-1:]
    return first.islower() or end in (".", ",", ";", ":", "…", "。", "、")


def _rank(look: Look) -> tuple[int, bool, bool]:
    return look.size, look.is_centred, look.is_bold
