"""Pages of an EPUB at a glance: what heads them, how long they are, whether they list others."""

import re
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from documents.html import parse
from documents.html_drawings import is_drawn
from documents.html_kinds import BLOCKS, HEADINGS, SKIPPED, is_hidden
from documents.html_text import text_of
from documents.safe_zip import Archive

UTF_16 = {
    b"<\0?\0": b"\xff\xfe",
    b"\0<\0?": b"\xfe\xff",
    b"<\0h\0": b"\xff\xfe",
    b"\0<\0h": b"\xfe\xff",
}
SUBSET = re.compile(rb"<!DOCTYPE\s[^>\[]{0,500}+\[([^\]]{0,20000}+)\]\s{0,20}+>", re.IGNORECASE)
ENTITY = re.compile(
    rb"<!ENTITY\s{1,20}([A-Za-z][\w.-]{0,40})\s{1,20}([\"'])([^\"'&%]{0,300}+)\2\s{0,20}>"
)
LONGEST_SUBSET, MOST_ENTITIES, MOST_ADDED = 24_000, 50, 1_000_000  # bytes, save the second
READ = 6000  # characters of a page that tell its kind
LONGEST_HEADING = 80
MOST_EMPTY = 20  # headings without a text before the one that counts
HEADING = re.compile(
    r"(?:chapter|part|book|act|kapitel|teil|chapitre|partie|capítulo|capitolo|parte|hoofdstuk|"
    r"deel|rozdział|глава|часть|kapitola)\s{1,3}(?:[\divxlc]{1,8}|[^\W\d_]{2,12})\b.{0,60}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Glance:
    """What a page looks like; `heading` is what it begins with, of that level, "" for none.

    `is_written` tells of a heading that is a paragraph. `text` is the beginning, `size` and
    `linked` count characters, in all and in links. `headings` counts those of the two upper
    levels, `pictures` images. `is_drawn` says that the text stands in drawings.
    """

    heading: str
    level: int
    is_written: bool
    text: str
    size: int
    linked: int
    links: int
    headings: int
    pictures: int
    is_drawn: bool


def parse_page(archive: Archive, path: str) -> LexborHTMLParser:
    """Parse a page of a book; raises Broken, Encrypted, TooLargeInside."""
    data = archive.read(path)
    return parse(UTF_16.get(data[:4], b"") + _with_entities(data))


def _with_entities(data: bytes) -> bytes:
    """Put in the texts that a page gives names to at its beginning, and take the names away."""
    subset = SUBSET.search(data, 0, LONGEST_SUBSET)
    if subset is None:
        return data
    named = {found[1]: found[3] for found in ENTITY.finditer(subset[1])}
    start, rest = data[: subset.start()], data[subset.end() :]
    for name, text in list(named.items())[:MOST_ENTITIES]:
        sign = b"&" + name + b";"
        if rest.count(sign) * len(text) < MOST_ADDED:
            rest = rest.replace(sign, text)
    return start + b"<!DOCTYPE html>" + rest


def glance(tree: LexborHTMLParser) -> Glance:
    """Look at a page."""
    body: Any = tree.body
    heading, level = _first_heading(body)
    pieces: list[str] = []
    size = linked = 0
    for node in body.traverse(include_text=True):
        if node.tag != "-text" or (node.parent is not None and node.parent.tag in SKIPPED):
            continue
        text = node.text_content or ""
        if size < READ:
            pieces.append(text)
        size += len(text.strip())
    links = body.css("a[href]")
    linked = sum(len(link.text()) for link in links)
    return Glance(
        heading=heading,
        level=level or 1,
        is_written=bool(heading) and not level,
        text=" ".join(" ".join(pieces).split())[:READ],
        size=size,
        linked=linked,
        links=len(links),
        headings=len(body.css("h1, h2")),
        pictures=len(body.css("img, image, object")),
        is_drawn=body.css_first("svg") is not None and is_drawn(body, size),
    )


def _first_heading(body: Any) -> tuple[str, int]:
    """The heading that a page begins with, and its level; "" where it begins otherwise."""
    empty = 0
    for node in body.traverse(include_text=True):
        if node.tag in HEADINGS:
            empty += 1
            if empty > MOST_EMPTY:
                return "", 0
            if text := text_of(node, with_images=True):
                return text, HEADINGS[node.tag]
        elif node.tag == "-text" and (node.text_content or "").strip():
            if (
                node.parent is None
                or node.parent.tag in SKIPPED
                or is_hidden(node.parent.attributes)
            ):
                continue
            return _written_heading(node), 0
    return "", 0


def _written_heading(text: Any) -> str:
    """The paragraph that a text begins, where it reads like the heading of a chapter."""
    block = text.parent
    while block is not None and block.tag not in BLOCKS:
        block = block.parent
    if block is None or block.tag in ("body", "html") or len(block.text()) > 4 * LONGEST_HEADING:
        return ""
    written = text_of(block)
    return written if len(written) <= LONGEST_HEADING and HEADING.fullmatch(written) else ""
