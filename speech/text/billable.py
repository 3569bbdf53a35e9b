"""Billable length of a text: without the directives in it, with the words of the dictionary."""

from collections.abc import Iterator
from typing import NamedTuple

from speech.text.directives import Cast, skipped
from speech.text.pronunciation import Dictionary
from speech.text.script import AFTER_DIRECTIVE

# A longer text is looked through for pronunciations in stretches: they tell its price nearly as
# well, and a book is priced as quickly as a page.
STRETCHES = 8
STRETCH = 25_000


class Spoken(NamedTuple):
    """Characters that are spoken, and the silence that the text asks for, in ms."""

    characters: int
    pause_ms: int


def count_spoken(
    text: str,
    language: str = "",
    *,
    dictionary: Dictionary | None = None,
    cast: Cast | None = None,
    phonemes: bool = False,
) -> Spoken:
    """Count a text as it is spoken; beyond 200,000 characters the dictionary's part is near."""
    silent, pause_ms = 0, 0
    cast = cast or Cast({})
    for directive in map(cast.directive, cast.any_directive.finditer(text)):
        silent += skipped(AFTER_DIRECTIVE, text, directive.end) - directive.start
        pause_ms += directive.pause_ms
    growth, looked_at = 0, 0
    words = dictionary or Dictionary(())
    for stretch in _stretches(text) if dictionary else ():
        looked_at += len(stretch)
        for start, end, entry in words.matches(stretch, language, phonemes=phonemes):
            growth += len(entry.replacement) - (end - start)
    growth = round(growth * len(text) / looked_at) if looked_at else 0
    return Spoken(max(0, len(text) - silent + growth), pause_ms)


def _stretches(text: str) -> Iterator[str]:
    if len(text) <= STRETCHES * STRETCH:
        yield text
        return
    for number in range(STRETCHES):
        start = number * (len(text) - STRETCH) // (STRETCHES - 1)
        yield text[start : start + STRETCH]
