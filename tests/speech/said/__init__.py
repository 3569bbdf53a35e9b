"""Sayings: how a person reads what is written in figures, signs and abbreviations, by language.

A module of this folder holds the `ROWS` of one language: kind, what is written, what is said.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

from speech.text.normalise import normalise


class Said(NamedTuple):
    """Saying of a kind, in a language: what is written, and what is right."""

    kind: str
    language: str
    text: str
    said: str


def all_said() -> Iterator[Said]:
    """Gather the sayings of all languages; a module is named by its language."""
    for module in pkgutil.iter_modules(__path__):
        language = module.name.replace("_", "-")
        for kind, text, said in import_module(f"{__name__}.{module.name}").ROWS:
            yield Said(kind, language, text, said)


def faults(row: Said) -> list[str]:
    """What is said otherwise than it should be, nothing where it is right."""
    said = normalise(row.text, row.language).text
    return [] if said == row.said else [f"said: {said!r}"]
