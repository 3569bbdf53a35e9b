"""Finds the sentences in modules that know nothing of languages, for pybabel and babel.cfg."""

import ast
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

SENTENCE = re.compile(r"[A-Z{“'\"][^\n]* [^\n]*[.}]")


def sentences(source: BinaryIO, *_: Any, **__: Any) -> Iterator[tuple[int, None, str, list[str]]]:
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
