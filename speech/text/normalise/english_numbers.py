"""English numbers in words: cardinals, decimals, fractions and years."""

from speech.text.normalise import words
from speech.text.normalise.english_words import DENOMINATORS
from speech.text.normalise.rules import FRACTION_SIGNS

LANGUAGE = "en"


class Numbers:
    """Spells numbers out, with "and" between hundreds and tens where the variety has it."""

    def __init__(self, *, has_and: bool) -> None:
        self._has_and = has_and

    def cardinal(self, number: str, form: str = "cardinal") -> str:
        """A whole number in words; `form` is cardinal, ordinal or year."""
        said = words.spelled(number, LANGUAGE, form).replace(",", "")
        return said if self._has_and else said.replace(" and ", " ")

    def amount(self, written: str) -> str:
        """A number in figures, with separators or a fraction sign, in words."""
        sign = written[-1]
        if sign in FRACTION_SIGNS:
            part = self.fraction(*FRACTION_SIGNS[sign])
            return f"{self.amount(written[:-1])} and {part}" if written[:-1] else f"one {part[2:]}"
        whole, _, decimals = written.partition(".")
        whole = figures(whole)
        is_code = len(whole) > 1 and whole[0] == "0"
        said = words.digits(whole, LANGUAGE) if is_code else self.cardinal(whole)
        return f"{said} point {words.digits(decimals, LANGUAGE)}" if decimals else said

    def fraction(self, part: int, of: int) -> str:
        """A fraction below one: "a half", "three quarters"."""
        name = DENOMINATORS.get(of) or self.cardinal(str(of), "ordinal")
        if part == 1:
            return f"an {name}" if name[0] in "aeiou" else f"a {name}"
        return f"{self.cardinal(str(part))} {name}s"

    def year(self, year: str) -> str:
        """A year of four figures in words: "nineteen eighty-four", "two thousand"."""
        return self.cardinal(year, "year") if year[1:3] != "00" else self.cardinal(year)


def is_year(number: str) -> bool:
    """Whether four figures are read as a year where nothing else is known of them."""
    return len(number) == 4 and number.isdecimal() and "1100" <= number <= "2099"


def value(number: str) -> float:
    """The value of a number that may have separators and decimals."""
    whole, _, decimals = number.partition(".")
    return float(f"{figures(whole)}.{decimals}")


def figures(number: str) -> str:
    """A whole number without its separators."""
    return "".join(filter(str.isdecimal, number))
