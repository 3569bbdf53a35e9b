"""Finds the sentences in modules that know nothing of languages, for pybabel and babel.cfg."""

import ast
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from babel.messages.extract import extract_python

SENTENCE = re.compile(r"(?:[A-Z“'\"]|\{\w)[^\n]* [^\n]*[.}]")


Found = tuple[int, str | None, Any, list[str]]


def both(
    source: BinaryIO, keywords: Any, comment_tags: Any, options: dict[str, Any]
) -> Iterator[Found]:
    """Every text that is marked for translation, and every other one that is a whole sentence."""
    marked = list(extract_python(source, keywords, comment_tags, options))
    yield from marked
    source.seek(0)
    known = {text for _, _, texts, _ in marked for text in _flat(texts)}
    yield from (found for found in sentences(source) if found[2] not in known)


def sentences(source: BinaryIO, *_: Any, **__: Any) -> Iterator[Found]:
    """Every text that is a whole sentence, but for docstrings: line, None, text, comments."""
    tree = ast.parse(source.read())
    passed_over = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr | ast.JoinedStr)
        for part in ast.iter_child_nodes(node)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in passed_over
            and SENTENCE.fullmatch(node.value)
        ):
            yield node.lineno, None, node.value, []


def _flat(texts: Any) -> tuple[str | None, ...]:
    return texts if isinstance(texts, tuple) else (texts,)
