"""Scripts that a text is in, such as Latin or Cyrillic, told by the names of its letters."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LATIN = "LATIN"
WIDTHS = ("FULLWIDTH", "HALFWIDTH", "SUPERSCRIPT", "SUBSCRIPT")
SAME = {"IDEOGRAPHIC": "CJK", "KATAKANA-HIRAGANA": "KATAKANA", "HENTAIGANA": "HIRAGANA"}
# Letters of formulas and phonetics, which texts in every script have.
NO_SCRIPT = frozenset((
    "ALEF", "ANGSTROM", "BET", "BLACK-LETTER", "CARON", "DALET", "DOUBLE-STRUCK", "EULER",
    "FEMININE", "GIMEL", "INFORMATION", "KELVIN", "MASCULINE", "MATHEMATICAL", "MICRO", "MODIFIER",
    "OHM", "PLANCK", "ROMAN", "SCRIPT", "TURNED", "VERTICAL",
))  # fmt: skip
LATIN_LETTER, OTHER, NO_LETTER = "L", "O", " "
LATIN_FIRST, OTHERS_FIRST = re.compile("[^O]+|[^L]+"), re.compile("[^L]+|[^O]+")


class Run(NamedTuple):
    """A stretch of a text whose letters are all Latin, or all of other scripts."""

    text: str
    is_latin: bool


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """A letter's script as Unicode names it: "LATIN", "CJK", "HIRAGANA"; "" for all else."""
    if not character.isalpha():
        return ""
    words = unicodedata.name(character, "").split()
    words = words[1:] if words and words[0] in WIDTHS else words
    first = words[0] if words else "UNNAMED"
    return "" if first in NO_SCRIPT else SAME.get(first, first)


def scripts(text: str) -> Counter[str]:
    """How many letters of a text are in each script."""
    if text.isascii():
        return +Counter({LATIN: sum(map(str.isalpha, text))})
    counted: Counter[str] = Counter()
    for character, count in Counter(text).items():
        if script := script_of(character):
            counted[script] += count
    return counted


def share_outside_latin(text: str) -> float:
    """The share of a text's letters, 0 to 1, that an engine for Latin letters cannot read."""
    counted = scripts(text)
    letters = counted.total()
    return (letters - counted[LATIN]) / letters if letters else 0.0


def runs(text: str) -> Iterator[Run]:
    """Cut a text where its letters change between Latin and other scripts; joined, it is the text.

    What is no letter stays with the run before it, at the start with the first one.
    """
    kinds = text.translate({ord(each): _kind(each) for each in set(text)})
    first = kinds.lstrip(NO_LETTER)[:1]
    for found in (OTHERS_FIRST if first == OTHER else LATIN_FIRST).finditer(kinds):
        start, end = found.span()
        yield Run(text[start:end], OTHER not in found[0])


def _kind(character: str) -> str:
    script = script_of(character)
    return (LATIN_LETTER if script == LATIN else OTHER) if script else NO_LETTER
