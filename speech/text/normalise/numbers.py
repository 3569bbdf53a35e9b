"""Numbers in the words of a language: whole ones, decimals, fractions, ordinals and years."""

import re
from collections.abc import Callable
from functools import lru_cache

from speech.text.normalise import words
from speech.text.normalise.language import Language, Noun, Subs
from speech.text.normalise.rules import FRACTION_SIGNS

CENTURY_BREAK = "30"  # years of two figures below are of this century
LONGEST_DECIMALS = 2  # more of them are read digit by digit


class Numbers:
    """Spells out the numbers of a language; `tag` tells which variety."""

    def __init__(self, language: Language, tag: str) -> None:
        self.language, self._tag = language, tag
        separators = re.escape(language.separators)
        decimals = rf"(?:{re.escape(language.decimal)}\d{{1,12}})?"
        # Where a space parts no thousands, it does so before zeros.
        zeros = "|(?: 000){1,5}" if " " not in language.separators else ""
        thousands = rf"(?:(?:[{separators}]\d{{3}}){{1,5}}{zeros})"
        self.pattern = rf"(?:\d{{1,3}}{thousands}(?!\d)|\d{{1,15}}){decimals}"
        self.whole_pattern = rf"(?:\d{{1,3}}(?:[{separators}]\d{{3}}){{1,3}}|\d{{1,9}})"
        self.amount_pattern = rf"(?:{self.pattern}|\d{{0,6}}[{''.join(FRACTION_SIGNS)}])"

    def cardinal(self, number: str, gender: str = "") -> str:
        """A whole number in words, agreeing with a noun of a gender."""
        said = substituted(words.spelled(number, self._tag), self.language.fixes)
        return substituted(said, self.language.agreement.get(gender, ()))

    def digits(self, number: str) -> str:
        """Digit after digit, in words."""
        return words.digits(number, self._tag)

    def ordinal(self, number: str, case: str = "") -> str:
        """An ordinal in words, in one of the language's cases."""
        said = self.language.special_ordinals.get(int(number))
        if said is None:
            said = words.spelled(str(int(number)), self._tag, "ordinal")
            said = substituted(said, self.language.fixes)
        return substituted(said, self.language.cases.get(case, ()))

    def amount(self, written: str, gender: str = "") -> str:
        """A number in figures, with separators or a fraction sign, in words."""
        sign = written[-1]
        if sign in FRACTION_SIGNS:
            return self.mixed(written[:-1], *FRACTION_SIGNS[sign])
        whole, _, decimals = written.partition(self.language.decimal)
        whole = figures(whole)
        if not decimals:
            is_code = len(whole) > 1 and whole[0] == "0"
            return self.digits(whole) if is_code else self.cardinal(whole, gender)
        return f"{self.cardinal(str(int(whole)))} {self.language.point} {self._after(decimals)}"

    def mixed(self, whole: str, part: int, of: int) -> str:
        """A fraction, perhaps after a whole number."""
        said = self.fraction(part, of)
        if not whole:
            return said
        if (part, of) == (1, 2) and self.language.whole_and_half:
            return self.language.whole_and_half.format(whole=self.amount(whole, "m"))
        said = substituted(said, self.language.mixed)
        return self.language.whole_and_part.format(whole=self.amount(whole), part=said)

    def fraction(self, part: int, of: int) -> str:
        """A fraction below one: "a half", "three quarters"; "" where it has no name."""
        if (part, of) == (1, 2):
            return self.language.half
        names = self.language.denominators.get(of)
        if names is None:
            return ""
        return f"{self.cardinal(str(part), 'm')} {names[part > 1]}"

    def year(self, year: str) -> str:
        """A year of four figures in words."""
        if self.language.has_year_form and year[1:3] != "00":
            return substituted(words.spelled(year, self._tag, "year"), self.language.fixes)
        if self.language.hundreds and "1100" <= year < "2000":
            rest = self.cardinal(year[2:].lstrip("0")) if year[2:] != "00" else ""
            return self.cardinal(year[:2]) + self.language.hundreds + rest
        return self.cardinal(year)

    def form(self, written: str, counted: Noun) -> str:
        """The form of a noun after a number in figures."""
        if len(counted.forms) == 1:
            return counted.forms[0]
        if written[0] in FRACTION_SIGNS:
            return counted.forms[3 if len(counted.forms) > 3 else 0]
        index = PLURALS[self.language.plural](*self._parts(written))
        return counted.forms[min(index, len(counted.forms) - 1)]

    def value(self, written: str) -> float:
        """The value of a number that may have separators and decimals."""
        whole, _, decimals = written.partition(self.language.decimal)
        return float(f"{figures(whole)}.{decimals}")

    def _parts(self, written: str) -> tuple[int, bool]:
        if written[-1] in FRACTION_SIGNS:
            return int(written[:-1] or 0), True
        whole, _, decimals = written.partition(self.language.decimal)
        return int(figures(whole)), decimals.isdecimal()

    def _after(self, decimals: str) -> str:
        if self.language.are_decimals_digits or len(decimals) > LONGEST_DECIMALS:
            return self.digits(decimals)
        rest = decimals.lstrip("0")
        zeros = self.digits("0" * (len(decimals) - len(rest)))
        return f"{zeros} {self.cardinal(rest) if rest else ''}".strip()


def is_year(number: str) -> bool:
    """Whether four figures are read as a year where nothing else is known of them."""
    return len(number) == 4 and number.isdecimal() and "1100" <= number <= "2099"


def full_year(year: str) -> str:
    """A year of four figures for one of two."""
    if len(year) != 2:
        return year
    return ("20" if year < CENTURY_BREAK else "19") + year


def figures(number: str) -> str:
    """A whole number without its separators."""
    return "".join(filter(str.isdecimal, number))


def substituted(text: str, subs: Subs) -> str:
    """A text after substitutions; the patterns are those of data and few."""
    for pattern, instead in subs:
        text = _compiled(pattern).sub(instead, text)
    return text


def case_of(before: str, cases: Subs, otherwise: str) -> str:
    """The case of an ordinal by what stands before it."""
    return next((case for p, case in cases if _compiled(p).search(before)), otherwise)


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _one(whole: int, is_decimal: bool) -> int:
    return 0 if whole == 1 and not is_decimal else 1


def _french(whole: int, _is_decimal: bool) -> int:
    return 0 if whole < 2 else 1


def _polish(whole: int, is_decimal: bool) -> int:
    if is_decimal:
        return 3
    if whole == 1:
        return 0
    return 1 if whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14) else 2


PLURALS: dict[str, Callable[[int, bool], int]] = {
    "one": _one,
    "french": _french,
    "polish": _polish,
}
