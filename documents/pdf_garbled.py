"""Text of a PDF whose fonts do not tell which letters they draw."""

import re
from typing import Any

import pypdfium2.raw as pdfium

MOST_UNKNOWN = 0.5  # of a line's characters
VOWELS = "aeiouyAEIOUY"
FEWEST_VOWELS = 0.18  # of the Latin letters; in languages they are 30 % and more
FEWEST_LETTERS = 80
LETTER = re.compile(r"[^\W\d_]")


def is_garbled(text: Any, first: int, line: str) -> bool:
    """Whether most characters of a line, from that index on a page, are of no known letter."""
    has_error = pdfium.FPDFText_HasUnicodeMapError
    if not (has_error(text, first) == 1 or has_error(text, first + len(line) // 2) == 1):
        return False
    places = [first + index for index, sign in enumerate(line) if not sign.isspace()]
    return sum(has_error(text, place) == 1 for place in places) > MOST_UNKNOWN * len(places)


def is_in_cipher(text: str) -> bool:
    """Whether the letters of a page are none of a language: another letter stands for each."""
    vowels = sum(map(text.count, VOWELS))
    if vowels >= FEWEST_VOWELS * len(text):
        return False
    letters = LETTER.findall(text)
    latin = sum(map(str.isascii, letters))
    if latin < max(FEWEST_LETTERS, 0.9 * len(letters)):
        return False
    return vowels < FEWEST_VOWELS * latin
