"""Marks within the paragraphs of a plain text: of notes, pages, pictures and lists."""

import re
from collections.abc import Iterator

from documents.plain_blocks import BULLET
from documents.text_cleaning import parts_of
from documents.types import TextRun

MARK = re.compile(
    r"(?P<page_number>\[(?:Pg|Page|p\.|S\.|Seite)[ .]{0,2}\d{1,4}\]|\{(?:p\. ?|Pg ?)\d{1,4}\})"
    r"|(?P<note_mark>(?:(?<=[.,;:!?\"'”’»)\]…])|(?<=[^\W\d_]{2})|(?<=[\u3040-\u9fff]))"
    r"\[(?P<label>\d{1,3}|[A-Za-z]|[*†‡]{1,3})\])"
    r"|(?P<caption>\[(?:Illustration|Abbildung|Ilustración|Illustrazione|Ilustração|Afbeelding|"
    r"Ilustracja)\b[^\[\]]{0,300}\])",
    re.IGNORECASE,
)
LABEL = re.compile(r"\[(?:Footnote |Fußnote |Note |Nota )?([^\s\[\]:]{1,3})[\]:]", re.IGNORECASE)


def labels_of(notes: list[str]) -> frozenset[str]:
    """Collect the numbers or signs of footnotes by how these begin."""
    found = (LABEL.match(note.strip()) for note in notes)
    return frozenset(match[1] for match in found if match)


def marked_parts(text: str, glue: str, labels: frozenset[str]) -> Iterator[TextRun]:
    """Split text into parts, with what marks notes and pages in it by their own rules.

    What stands in brackets marks a note if that has one of the `labels`.
    """
    if bullet := BULLET.match(text):
        yield TextRun(bullet[0].strip(), "bullet", glue)
        text, glue = text[bullet.end() :], " "
    end = 0
    for found in MARK.finditer(text) if "[" in text or "{" in text else ():
        kind = found.lastgroup or ""
        if found["note_mark"] and found["label"] not in labels:
            continue
        before = text[end : found.start()]
        if before.strip():
            yield from parts_of(before.rstrip(" "), glue)
            glue = " " if before.endswith(" ") else ""
        yield TextRun(found[0], kind, glue)
        end = found.end()
        glue = " " if text[end : end + 1] == " " else ""
        end += len(glue)
    if end < len(text):
        yield from parts_of(text[end:], glue)
