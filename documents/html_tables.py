"""Tables of HTML: what is a table, what only arranges a page, what holds verses."""

import re
from typing import Any

from documents.html_kinds import Attributes, classes_of, types_of
from documents.html_text import text_of
from documents.text_cleaning import one_line, parts_of
from documents.types import TextRun

LAYOUT_CELL = 200  # characters in a cell: more on average, and the table is there for the looks
FEW_ROWS = 4
PROSE = "td p ~ p, td font ~ p, td h1, td h2, td h3, td center, td blockquote"
VERSE_CLASSES = frozenset(("poem", "poetry", "verse", "stanza", "song", "lyrics"))
VERSE_TYPES = frozenset(("z3998:poem", "z3998:verse", "z3998:song", "z3998:hymn", "z3998:lyrics"))
CAST_NAMES = frozenset(("z3998:dramatis-personae", "dramatis-personae", "personae", "castlist"))
ABOVE, FAR_ABOVE = 3, 6  # elements around a table that may tell what it is
LINE_NUMBER = re.compile(r"\d{1,5}")


def is_layout(node: Any, attributes: Attributes) -> bool:
    """Whether a table only arranges a page: nested tables, one column, or cells full of prose."""
    if attributes.get("role") in ("presentation", "none"):
        return True
    if node.css_first("td table, th table") is not None:
        return True
    if _stands_in(node, CAST_NAMES, CAST_NAMES, FAR_ABOVE):
        return True
    cells, rows = len(node.css("td, th")), len(node.css("tr"))
    if cells <= rows and not node.css("th"):
        return True
    if rows <= FEW_ROWS and not node.css("th") and node.css_first(PROSE) is not None:
        return True
    return len(node.text()) > LAYOUT_CELL * max(1, cells)


def table_text(node: Any) -> str:
    """Write a row in each line, its cells separated by commas; the caption comes first."""
    lines = [one_line(caption.text()) for caption in node.css("caption")]
    for row in node.css("tr"):
        cells = (text_of(cell, with_images=True) for cell in row.css("td, th"))
        lines.append(", ".join(cell for cell in cells if cell))
    return "\n".join(line for line in lines if line)


def verses_of(node: Any) -> list[TextRun]:
    """Give the lines of a poem that is set as a table, nothing where it is none."""
    if node.css_first("td table, th table") is not None:
        return []
    rows = [[text_of(cell) for cell in row.css("td, th")] for row in node.css("tr")]
    if not (_stands_in(node, VERSE_CLASSES, VERSE_TYPES) or _is_numbered(rows)):
        return []
    parts: list[TextRun] = []
    for row in rows:
        glue = "\n" if parts else "\n\n"
        line = " ".join(cell for cell in row if cell and not LINE_NUMBER.fullmatch(cell))
        parts += parts_of(line, glue)
        numbers = [cell for cell in row if LINE_NUMBER.fullmatch(cell)]
        parts += [TextRun(number, "page_number", " ") for number in numbers]
    return parts


def _stands_in(
    node: Any, classes: frozenset[str], types: frozenset[str], above: int = ABOVE
) -> bool:
    """Whether an element, or one closely around it, is called so."""
    for _ in range(above):
        if node is None or node.tag in ("body", "-document"):
            return False
        attributes = node.attributes
        if classes_of(attributes) & classes or types_of(attributes) & types:
            return True
        node = node.parent
    return False


def _is_numbered(rows: list[list[str]]) -> bool:
    """Whether the second column counts every fifth line, or every tenth, of the first."""
    lines = [row for row in rows if row and not LINE_NUMBER.fullmatch(row[0])]
    numbers = [cell for row in rows for cell in row[1:] if cell]
    if len(lines) < 4 or not numbers or len(numbers) * 3 > len(rows):
        return False
    return all(LINE_NUMBER.fullmatch(cell) and int(cell) % 5 == 0 for cell in numbers)
