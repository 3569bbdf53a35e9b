"""Reader of Jupyter notebooks: the text between the code is read, code and results are code."""

import json
import re
from collections.abc import Iterator
from typing import Any

from documents.builder import Builder
from documents.encodings import decode
from documents.errors import Broken
from documents.markdown import tell_markdown
from documents.text_cleaning import clean, one_line
from documents.titles import is_title
from documents.types import Document

COLOURS = re.compile(r"\x1b\[[\d;]{0,40}[A-Za-z]")
MOST_OUTPUT = 20_000  # characters of one result


def read_notebook(data: bytes, title: str) -> Document:
    """Read a notebook; raises Broken, EmptyDocument."""
    try:
        notebook = json.loads(decode(data).text)
    except (ValueError, RecursionError) as error:
        raise Broken from error
    cells = list(_cells(notebook))
    if not cells:
        raise Broken
    builder = Builder()
    given = _text(_inside(_inside(notebook, "metadata"), "title"))
    if is_title(given):
        builder.title, builder.title_given = one_line(given), True
    for cell in cells:
        _tell(cell, builder)
    return builder.document("notebook", title)


def _cells(notebook: Any) -> Iterator[dict[str, Any]]:
    """The cells of a notebook, those of the format before version 4, too."""
    sheets = _inside(notebook, "worksheets")
    for holder in [notebook, *_list(sheets)]:
        cells = _inside(holder, "cells")
        yield from (cell for cell in _list(cells) if isinstance(cell, dict))


def _inside(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    """A text that is written whole or as a list of lines."""
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str))


def _tell(cell: dict[str, Any], builder: Builder) -> None:
    source = _text(cell.get("source") or cell.get("input"))
    match cell.get("cell_type"):
        case "markdown":
            tell_markdown(builder, source)
        case "heading":
            level = cell.get("level")
            signs = "#" * min(level, 6) if isinstance(level, int) else "#"
            tell_markdown(builder, f"{signs} {one_line(source)}")
        case _:
            builder.paragraph(clean(source).strip("\n"), "code")
            for output in _list(cell.get("outputs")):
                shown = COLOURS.sub("", _output(output)[:MOST_OUTPUT])
                builder.paragraph(clean(shown).strip("\n"), "code")


def _output(output: Any) -> str:
    """A result as text, "" for pictures and the like."""
    if trace := _list(_inside(output, "traceback")):
        return "\n".join(line for line in trace if isinstance(line, str))
    plain = _inside(_inside(output, "data"), "text/plain")
    return _text(plain or _inside(output, "text"))
