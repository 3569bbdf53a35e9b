"""Drawings in SVG: what they show, and pages whose text is drawn."""

from collections.abc import Iterator
from typing import Any

from documents.html_text import LONGEST
from documents.text_cleaning import clean, hyphen, one_line, parts_of
from documents.types import TextRun

OF_PAGE = 0.8  # the share of a page's text that stands in drawings, where it is drawn
WORDS = 2  # in a piece of a drawn text, on average: fewer, and they are the labels of a figure
MOST = 20_000  # pieces


def is_drawn(body: Any, size: int) -> bool:
    """Whether the text of a page, `size` characters in all, stands in drawings."""
    pieces = list(_pieces(body))
    drawn = sum(map(len, pieces))
    words = sum(len(piece.split()) for piece in pieces)
    return drawn > OF_PAGE * size and words >= WORDS * len(pieces) > 0


def drawn_text(drawing: Any) -> Iterator[list[TextRun]]:
    """Give the paragraphs of a drawn text: a piece that begins small goes on with the last."""
    parts: list[TextRun] = []
    for piece in _pieces(drawing):
        glue = " " if parts and piece[0].islower() else "\n\n"
        if parts and glue != " ":
            yield parts
            parts = []
        if glue == " " and parts[-1].text.endswith("-"):
            mark = hyphen(parts[-1].text[:-1], piece, frozenset())
            parts[-1:] = [*parts_of(parts[-1].text[:-1], parts[-1].glue), mark]
            glue = ""
        parts += parts_of(piece, glue)
    if parts:
        yield parts


def shown_by(drawing: Any, *, with_text: bool = True) -> str:
    """What a drawing says of itself, and the texts in it."""
    texts = [drawing.attributes.get("aria-label") or ""]
    size = 0
    for each in (*drawing.css("title, desc"), *(drawing.css("text") if with_text else ())):
        texts.append(each.text(separator=" "))
        size += len(texts[-1])
        if size > LONGEST:  # texts in texts: each holds all of the next
            break
    return " ".join(dict.fromkeys(filter(None, map(one_line, texts))))


def _pieces(root: Any) -> Iterator[str]:
    """The lines of the texts in drawings: a new height begins the next line."""
    left = MOST
    for text in root.css("text" if root.tag == "svg" else "svg text"):
        if text.css_first("text text") is not None:
            continue
        gathered, height = "", ""
        for node in text.traverse(include_text=True):
            left -= 1
            if not left:
                return
            if node.tag == "-text":
                gathered += node.text_content or ""
            elif node.tag == "tspan" and (new := _height(node)) and new != height:
                if piece := one_line(clean(gathered)):
                    yield piece
                gathered, height = "", new
        if piece := one_line(clean(gathered)):
            yield piece


def _height(span: Any) -> str:
    attributes = span.attributes
    shift = (attributes.get("dy") or "").strip()
    if shift and shift not in ("0", "0em"):
        return f"{span.mem_id} {shift}"
    return (attributes.get("y") or "").strip()
