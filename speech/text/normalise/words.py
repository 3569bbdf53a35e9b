"""Numbers as words, by num2words, which is loaded at the first number."""

from decimal import Decimal
from functools import cache, lru_cache

LONGEST = 15  # digits of a number that is read as one; longer ones are read digit by digit
KEPT = 4096


@cache
def code(language: str) -> str:
    """Code of num2words for a language tag, or "" where it has no words for it."""
    from num2words import CONVERTER_CLASSES

    first, _, rest = language.partition("-")
    for name in (f"{first}_{rest[:2].upper()}", {"nb": "no", "nn": "no"}.get(first, first)):
        if name in CONVERTER_CLASSES:
            return name
    return ""


@lru_cache(KEPT)
def spelled(number: str, language: str, form: str = "cardinal") -> str:
    """A plain number such as "12" or "3.5" in words; `form` is cardinal, ordinal or year.

    Raises NotImplementedError or OverflowError where the language has no words for it.
    """
    from num2words import num2words

    value = Decimal(number) if "." in number else int(number)
    return num2words(value, lang=code(language), to=form)


def digits(number: str, language: str) -> str:
    """Digit after digit, in words."""
    return " ".join(spelled(digit, language) for digit in number if digit.isdecimal())
