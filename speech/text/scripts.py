"""Scripts that a text is in, such as Latin or Cyrillic, told by the names of its letters."""

import unicodedata
from collections import Counter
from functools import lru_cache

LATIN = "LATIN"
WIDTHS = ("FULLWIDTH", "HALFWIDTH", "SUPERSCRIPT", "SUBSCRIPT")
SAME = {"IDEOGRAPHIC": "CJK", "KATAKANA-HIRAGANA": "KATAKANA", "HENTAIGANA": "HIRAGANA"}
# Letters of formulas and phonetics, which texts in every script have.
NO_SCRIPT = frozenset((
    "ALEF", "ANGSTROM", "BET", "BLACK-LETTER", "CARON", "DALET", "DOUBLE-STRUCK", "EULER",
    "FEMININE", "GIMEL", "INFORMATION", "KELVIN", "MASCULINE", "MATHEMATICAL", "MICRO", "MODIFIER",
    "OHM", "PLANCK", "ROMAN", "SCRIPT", "TURNED", "VERTICAL",
))  # fmt: skip


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
