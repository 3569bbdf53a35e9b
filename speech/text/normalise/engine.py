"""The rules of a language, made from what it gives."""

from speech.text.normalise.amounts import Amounts
from speech.text.normalise.codes import Codes
from speech.text.normalise.dates import Dates
from speech.text.normalise.figures import Figures
from speech.text.normalise.formulas import Formulas
from speech.text.normalise.language import Language
from speech.text.normalise.numbers import Numbers
from speech.text.normalise.phrases import Phrases
from speech.text.normalise.rules import Addresses, Rules
from speech.text.normalise.shortened import Shortened


def rules_of(language: Language, tag: str) -> Rules:
    """The rules for a language in the variety that its tag names, the first ones first."""
    numbers = Numbers(language, tag)
    plain, dates = Figures(numbers), Dates(numbers)
    return Rules(
        (
            *(Addresses(language.signs).rules if language.signs else ()),
            *Codes(numbers).rules,
            *dates.rules,
            *Phrases(numbers, dates).rules,
            *plain.ordinals,
            *Amounts(numbers).rules,
            *Shortened(numbers).rules,
            *Formulas(numbers).rules,
            *plain.rules,
        )
    )
