"""Reader of plain texts: paragraphs, wrapped lines, headings such as "Chapter 3"."""

import re
from collections.abc import Iterator
from itertools import pairwise

from documents import mail_text, plain_frame
from documents.builder import PARAGRAPH, Builder
from documents.citations import mark_citations
from documents.plain_blocks import BULLET, blocks_of, ends_sentence, is_verse, prepared, underlined
from documents.plain_headings import bare_heading, is_scene_break
from documents.plain_marks import labels_of, marked_parts
from documents.plain_outline import HEADING, TITLE, Role, outline
from documents.text_cleaning import hyphen, parts_of, words_of
from documents.types import Document, TextRun

LINE_HYPHENS = ("-", "\u2010", "\u00ad", "¬")
QUOTE = re.compile(r"^[ \t]{0,3}>", re.MULTILINE)
QUOTE_SIGNS = re.compile(r"^[ \t]{0,3}>[> \t]{0,20}", re.MULTILINE)
LONGEST_TITLE = 60  # characters
MOST_ABOVE = 2  # lines above the first heading that are a title and who wrote it
TEXT = Role("text")


def read_plain(text: str, title: str) -> Document:
    """Read a plain text; raises EmptyDocument."""
    builder = Builder(title_given=True)
    front, body, back = plain_frame.frame(prepared(text))
    found = plain_frame.fields(front)
    builder.title, builder.author = found.get("Title", ""), found.get("Author", "")
    builder.language = found.get("Language", "")
    builder.paragraph(front.strip(), "front_matter")
    for kind, stretch in _stretches(body):
        if kind == "text":
            _Body(stretch).read(builder)
        else:
            builder.paragraph(stretch, kind)
    builder.paragraph(back.strip(), "front_matter")
    return mark_citations(builder.document("txt", title))


def _stretches(text: str) -> Iterator[tuple[str, str]]:
    """The text, with quoted mail apart where it answers such; else without the signs of quotes."""
    if not QUOTE.search(text):
        yield "text", text
    elif any(map(mail_text.WROTE.fullmatch, text.split("\n"))):
        yield from mail_text.segments(text)
    else:
        yield "text", QUOTE_SIGNS.sub("", text)


class _Body:
    """The blocks of a text on their way into a document."""

    def __init__(self, text: str) -> None:
        self._blocks, self._width = blocks_of(text)
        self._roles = outline(self._blocks)
        notes = [self._blocks[n] for n, role in self._roles.items() if role.kind == "note"]
        self._labels = labels_of(notes)
        self._words = words_of(text) if self._width else frozenset()
        self._said = PARAGRAPH  # the paragraph last read, which may go on after a page's number

    def read(self, builder: Builder) -> None:
        """Add the blocks, each as what it is."""
        builder.title = builder.title or self._title()
        for number, block in enumerate(self._blocks):
            role = self._roles.get(number, TEXT)
            if role.kind == HEADING:
                self._heading(builder, number, role.level)
            elif role.kind == "page_number":
                builder.parts([TextRun(" ".join(block.split()), role.kind, " ")])
            elif role.kind == TEXT.kind:
                self._paragraph(builder, number)
            elif role.kind != TITLE:
                builder.paragraph(_unwrapped(block, role.kind), role.kind)

    def _title(self) -> str:
        """The line above the first heading, where nothing else is but perhaps its writer."""
        first = min((n for n, role in self._roles.items() if role.kind == HEADING), default=0)
        above = self._blocks[:first]
        is_title = 0 < first <= MOST_ABOVE and not self._roles.keys() & range(first)
        lines = [line.strip() for block in above for line in block.split("\n") if line.strip()]
        is_short = len(lines) <= MOST_ABOVE and all(len(line) <= LONGEST_TITLE for line in lines)
        goes_on = any(line.endswith((",", ";", ":")) or ends_sentence(line) for line in lines)
        if goes_on or not (is_title and is_short):
            return ""
        return bare_heading(lines[0])

    def _heading(self, builder: Builder, number: int, level: int) -> None:
        block = self._blocks[number]
        lines = [line for line in (underlined(block)[0] or block).split("\n") if line.strip()]
        parts = list(parts_of(" ".join(map(bare_heading, lines)), PARAGRAPH))
        if self._roles.get(number + 1, TEXT).kind == TITLE:
            parts += parts_of(bare_heading(self._blocks[number + 1]), PARAGRAPH)
        builder.heading(parts, level)

    def _paragraph(self, builder: Builder, number: int) -> None:
        block = self._blocks[number]
        if is_scene_break(block):
            builder.paragraph(" ".join(block.split()), "bullet")
            return
        is_after_page = self._roles.get(number - 1, TEXT).kind == "page_number" and number > 1
        goes_on = is_after_page and block.lstrip()[:1].islower()
        glue = " " if goes_on and not ends_sentence(self._blocks[number - 2]) else PARAGRAPH
        builder.parts(self._lines(block, glue))

    def _lines(self, block: str, glue: str) -> Iterator[TextRun]:
        """The parts of a paragraph's lines; a word broken at the end of one becomes whole."""
        lines = [" ".join(line.split()) for line in block.splitlines()]
        is_wrapped = bool(self._width) and not is_verse(block, self._width)
        has_bullets = any(map(BULLET.match, lines))
        buffer = ""
        for line, following in pairwise((*lines, "")):
            if _is_broken(line, following, is_wrapped=is_wrapped):
                yield from marked_parts(buffer + line[:-1], glue, self._labels)
                yield hyphen(line[:-1], following, self._words)
                buffer, glue = "", ""
            elif has_bullets and not is_wrapped:
                yield from marked_parts(buffer + line, glue, self._labels)
                buffer, glue = "", "\n"
            else:
                buffer += line + ((" " if is_wrapped else "\n") if following else "")
        if buffer:
            yield from marked_parts(buffer, glue, self._labels)


def _unwrapped(block: str, kind: str) -> str:
    return block.strip("\n") if kind in ("contents", "front_matter") else " ".join(block.split())


def _is_broken(line: str, following: str, *, is_wrapped: bool) -> bool:
    if not line.endswith(LINE_HYPHENS) or not line[-2:-1].isalpha():
        return False
    is_sure = line[-1] in LINE_HYPHENS[2:]
    return following[:1].islower() and (is_wrapped or is_sure)
