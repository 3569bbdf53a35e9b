"""Numbers, money, dates, units, abbreviations and links as words, for engines that misread them."""

from functools import cache

from speech.text.edit_map import Edited
from speech.text.normalise.borders import goes_on
from speech.text.normalise.engine import rules_of
from speech.text.normalise.registry import language_of
from speech.text.normalise.rules import Rules

__all__ = ["goes_on", "normalise"]


def normalise(text: str, language: str) -> Edited:
    """The text as it is read aloud, with the way back; what is not understood stays."""
    return _rules(language).applied(text)


@cache
def _rules(language: str) -> Rules:
    words = language_of(language)
    return rules_of(words, language) if words else Rules(())
