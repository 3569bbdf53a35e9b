"""Reader of tables in CSV and TSV: each row is a sentence that names its columns."""

import csv
import re
from collections import Counter
from io import StringIO
from itertools import islice

from documents.builder import PARAGRAPH, Builder
from documents.errors import Broken
from documents.text_cleaning import clean, one_line, parts_of
from documents.types import Document

Rows = list[list[str]]
DELIMITERS = "\t;|,"  # those that seldom stand in a text come first
LOOKED_AT = 200  # rows
HINT = re.compile(r"\ufeff?\"?sep=(.)\"?[ \t]*\n", re.IGNORECASE)
VALUE = re.compile(
    r"[\s\d.,:/%€$£+–-]*\d[\s\d.,:/%€$£+TZ–-]*|true|false|yes|no|ja|nein", re.IGNORECASE
)
LONGEST_LABEL = 60
LABEL_NAMES = (
    "id name title date city country email e-mail phone address age price text description type "
    "first last nr no number datum titel ort stadt land alter preis nom prénom ville pays prix "
    "nombre apellido ciudad fecha precio vorname nachname author autor year jahr année"
)
LABELS = frozenset(LABEL_NAMES.split())


def read_rows(text: str, title: str, source: str) -> Document:
    """Read a table; `source` is "csv" or "tsv". Raises Broken, EmptyDocument."""
    text = clean(text)
    hint = HINT.match(text)
    text = text[hint.end() :] if hint else text
    delimiter = hint[1] if hint else "\t" if source == "tsv" else _delimiter(text)
    rows = _rows(text, delimiter)
    labels = [one_line(cell) for cell in rows[0]] if _has_labels(rows) else []
    builder = Builder(title_given=True)
    for row in rows[1:] if labels else rows:
        builder.parts(parts_of(_sentence(row, labels), PARAGRAPH))
    return builder.document(source, title)


def _rows(text: str, delimiter: str, most: int | None = None) -> Rows:
    csv.field_size_limit(max(len(text), 1))
    try:
        reader = csv.reader(StringIO(text), delimiter=delimiter, skipinitialspace=True)
        return [row for row in islice(reader, most) if any(map(str.strip, row))]
    except csv.Error as error:
        raise Broken from error


def _delimiter(text: str) -> str:
    """The sign that parts most rows into the same number of cells, a comma where none does."""
    start = "\n".join(text.split("\n", LOOKED_AT)[:LOOKED_AT])
    best, best_share = ",", 0.0
    for sign in DELIMITERS:
        widths = Counter(len(row) for row in _rows(start, sign, LOOKED_AT))
        width, count = max(widths.items(), key=lambda found: found[1], default=(0, 0))
        share = count / max(1, widths.total())
        if width > 1 and share > best_share:
            best, best_share = sign, share
    return best


def _has_labels(rows: Rows) -> bool:
    """Whether the first row names the columns: it looks otherwise than those below."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    labels = [cell.strip() for cell in rows[0]]
    named = [label for label in labels if label]
    if len(set(named)) < len(named) or len(named) < len(labels) - 1:
        return False
    if any(len(label) > LONGEST_LABEL or VALUE.fullmatch(label) for label in named):
        return False
    if any(LABELS & frozenset(re.split(r"[\W_]+", label.lower())) for label in named):
        return True
    columns = zip(*(row for row in rows[1:LOOKED_AT] if len(row) == len(labels)), strict=False)
    return any(_are_values(column) for column in columns)


def _are_values(cells: tuple[str, ...]) -> bool:
    filled = [cell for cell in map(str.strip, cells) if cell]
    return bool(filled) and all(VALUE.fullmatch(cell[:100]) for cell in filled)


def _sentence(row: list[str], labels: list[str]) -> str:
    pieces = []
    for number, cell in enumerate(row):
        said = one_line(cell)
        label = labels[number] if number < len(labels) else ""
        if said:
            pieces.append(f"{label}: {said}" if label else said)
    return ", ".join(pieces)
