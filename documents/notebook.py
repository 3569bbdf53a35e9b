"""Reader of Jupyter notebooks: the text between the code is read, code and results are code."""

import json
import re
from collections.abc import Iterator
from typing import Any

from common.errors import Message
from documents.builder import Builder
from documents.encodings import decode
from documents.errors import Broken, EmptyDocument
from documents.html import parse_text
from documents.markdown import tell_markdown
from documents.safe_xml import DAMAGED
from documents.text_cleaning import clean, one_line
from documents.titles import is_title
from documents.types import Document

COLOURS = re.compile(r"\x1b\[[\d;]{0,40}[A-Za-z]")
CELL_TYPE = re.compile(r'(?<!\\)"cell_type(?<!\\)"\s{0,20}:\s{0,20}"(\w{1,20})"')
SOURCE = re.compile(r'(?<!\\)"(?:source|input)"\s{0,20}:\s{0,200}(\[|(?="))')
LINE = re.compile(r'[\s,]*+"((?:[^"\\]|\\.)*+)(?:"|\\?\Z)', re.DOTALL)
LEVEL = re.compile(r'"level"\s{0,20}:\s{0,20}([1-6])\b')
SHOWN = ("text/plain", "text/markdown", "text/latex")
MOST_BAD_BYTES = 50
MOST_OUTPUT = 20_000  # characters of one result


def read_notebook(data: bytes, title: str) -> Document:
    """Read a notebook; raises Broken, EmptyDocument."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and data.count(b"\0") <= MOST_BAD_BYTES:
        data = data.replace(b"\0", b"")
    text = decode(data).text
    builder = Builder()
    notebook: Any
    try:
        notebook = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        notebook = {"cells": list(_salvaged(text))}
        if not any(cell["source"] for cell in notebook["cells"]):
            raise Broken from error
        builder.notes.append(Message(DAMAGED))
    cells = list(_cells(notebook))
    if not cells:
        raise EmptyDocument if _inside(notebook, "cells") == [] else Broken
    named = _inside(notebook, "metadata")
    given = _text(_inside(named, "title")) or _text(_inside(named, "name"))
    if is_title(given):
        builder.title, builder.title_given = one_line(given), True
    for cell in cells:
        _tell(cell, builder)
    return builder.document("notebook", title)


def _salvaged(text: str) -> Iterator[dict[str, Any]]:
    """The cells of a damaged notebook, each with its source; results are lost."""
    marks = list(CELL_TYPE.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=False):
        level = LEVEL.search(text, mark.end(), min(end, mark.end() + 200))
        made = {"cell_type": mark[1], "source": "", "level": int(level[1]) if level else 1}
        if found := SOURCE.search(text, mark.end(), end):
            lines, place = [], found.end()
            while line := LINE.match(text, place, end):
                lines.append(_unescaped(line[1]))
                place = line.end() if found[1] == "[" else end
            made["source"] = lines
        yield made


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:  # an escape that was cut off, or damaged
        return text.replace("\\n", "\n").replace('\\"', '"').rstrip("\\")


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
    data = _inside(output, "data")
    shown = next((text for kind in SHOWN if (text := _text(_inside(data, kind)))), "")
    if not shown and (page := _text(_inside(data, "text/html"))):
        body = parse_text(page).body
        shown = body.text(separator=" ") if body else ""
    return shown or _text(_inside(output, "text"))
