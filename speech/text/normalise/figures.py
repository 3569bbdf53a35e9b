"""Ordinals, ranges, fractions, telephone numbers and plain numbers in words."""

import re
from collections.abc import Iterator

from speech.text.normalise.numbers import Numbers, case_of, figures, is_year, substituted
from speech.text.normalise.rules import (
    CAPITAL,
    DASH,
    END,
    FRACTION,
    FRACTION_SIGNS,
    HAS_DASH,
    HAS_GLYPH,
    HAS_PHONE,
    HAS_SIDE,
    HAS_SIZE,
    MINUS,
    REACH,
    SPACE,
    START,
    Rule,
    before,
    rule,
)

PHONE = (
    r"(?<![\w.,$€£/-])(?P<plus>\+?)(?P<rest>(?:\d{1,4}[ .-])?(?:\(\d{1,5}\)[ -]?)?"
    r"\d{1,8}(?:(?: ?[/-] ?|[ .])\d{2,8}){0,5})(?![\w-]|[.,/:]\d)"
)
LONGEST_PART = 4  # digits between dots; longer ones are read digit by digit
FEWEST_DIGITS = 6  # of a telephone number
LONGEST_NUMBER = 9  # digits; longer ones without separators are read digit by digit
ONE_OF = re.compile(rf"1{SPACE}[%€$]")
ORDINAL = rf"\.\s{{1,3}}(?!{CAPITAL})[^\W\d_]"


class Figures:
    """Says figures that nothing else explains, with a language's words."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, self._language = numbers, numbers.language
        self._by = self._language.by or self._language.formulas.get("×", "")
        self._phones = re.compile(self._language.phones)
        self.rules = tuple(self._rules())
        whole = numbers.whole_pattern
        self.ordinals = tuple(
            rule(rf"(?<![\w.,/])(?P<number>{whole})(?:{ending})(?!\w)", _Nth(numbers, subs))
            for ending, subs in self._language.ordinals.items()
        )

    def _rules(self) -> Iterator[Rule]:
        number = self._numbers.pattern
        yield rule(PHONE, self._phone, HAS_PHONE)
        yield rule(FRACTION, self._fraction, "/")
        if self._by:
            size = r"(?P<size>[1-9]\d{0,4}(?: ?[x×] ?\d{1,5}){1,3})"
            yield rule(rf"{START}{size}{END}", self._size, HAS_SIZE)
            measured = r"(?:(?<=\d)|(?<=[ckdm]m)|(?<=\dm)|(?<=\d m))"
            sign = rf"{measured}(?P<out> [x×] )(?=\d)"
            yield rule(sign, lambda _found: f" {self._by} ", HAS_SIDE)
        yield rule(
            rf"(?<![\w.,/-])(?P<low>{number})(?:{DASH}| [–—] ?)(?P<high>{number})(?![\w/-]|[.,]\d)",
            self._range,
            HAS_DASH,
        )
        if self._language.dotted_ordinals:
            yield rule(r"(?<![\w.,/-])(?P<number>[1-9]\d{0,3})\.(?=\s{1,3}\w)", self._dotted_nth)
        fewest = 2 if self._language.decimal == "." else 1
        yield rule(
            rf"{START}(?P<parts>\d{{1,4}}(?:\.\d{{1,12}}){{{fewest},4}})(?!\w|[.,]\d)", self._dotted
        )
        yield rule(
            rf"(?<![\w.,])(?P<low>\d{{0,6}}[{''.join(FRACTION_SIGNS)}])", self._glyph, HAS_GLYPH
        )
        left = rf"(?!{ORDINAL})" if self._language.is_dot_ordinal else ""
        yield rule(rf"{START}(?P<minus>{MINUS})(?P<low>{number}){left}{END}", self._number)

    def _phone(self, found: re.Match[str]) -> str | None:
        rest = found["rest"]
        is_marked = found["plus"] or "(" in rest or re.match("0(?! 0)", rest)
        is_number = rest.replace(".", "", 1).isdecimal() and not found["plus"]
        is_long = len(figures(rest)) >= FEWEST_DIGITS
        if not (is_marked and is_long and not is_number) and not self._phones.fullmatch(rest):
            return None
        groups = re.findall(r"\d{1,8}", rest)
        said = ", ".join(map(self._group, groups))
        return f"{self._language.formulas.get('+', '+')} {said}" if found["plus"] else said

    def _group(self, group: str) -> str:
        is_pair = self._language.are_phones_pairs and len(group) == 2 and group[0] != "0"
        return self._numbers.cardinal(group) if is_pair else self._numbers.digits(group)

    def _fraction(self, found: re.Match[str]) -> str | None:
        part, of = int(found["part"]), int(found["of"])
        if (part, of) in self._language.not_fractions:
            return f"{self._numbers.cardinal(str(part))} {self._numbers.cardinal(str(of))}"
        if not (0 < part < of) or not self._numbers.fraction(part, of):
            return None
        return self._numbers.mixed(found["whole"] or "", part, of)

    def _size(self, found: re.Match[str]) -> str:
        lengths = re.split("[x×]", found["size"].replace(" ", ""))
        is_formula = "=" in found.string[found.end() : found.end() + REACH]
        by = self._language.formulas["×"] if is_formula else self._by
        return f" {by} ".join(map(self._numbers.amount, lengths))

    def _range(self, found: re.Match[str]) -> str | None:
        low, high, numbers = found["low"], found["high"], self._numbers
        if not self._language.to:
            return None
        if is_year(low) and len(high) == 2 and high.isdecimal() and high > low[2:]:
            return f"{numbers.year(low)} {self._language.to} {numbers.cardinal(str(int(high)))}"
        if "-" in found[0] and not numbers.value(low) < numbers.value(high):
            return None  # a score, a part number
        say = numbers.year if is_year(low) and is_year(high) else numbers.amount
        last = substituted(say(high), self._language.after_to)
        return f"{say(low)} {self._language.to} {last}"

    def _dotted_nth(self, found: re.Match[str]) -> str | None:
        """An ordinal with its dot, in the case that tells what stands round it."""
        number, following = (
            found["number"],
            found.string[found.end() : found.end() + REACH].lstrip(),
        )
        around = f"{before(found, REACH)}\0{following}"
        case = case_of(around, self._language.dotted_ordinals, "")
        if not case or is_year(number):
            return None
        word = re.split(r"\W", following, maxsplit=1)[0]
        stop = "." if word in self._language.sentence_starts else ""
        return self._numbers.ordinal(number, case) + stop

    def _dotted(self, found: re.Match[str]) -> str | None:
        parts = found["parts"].split(".")
        if self._language.dot == ".":
            return None
        if all(len(part) == 3 for part in parts[1:]):  # thousands
            if self._language.decimal != ".":
                return None
            if parts[0] != "0":
                return self._numbers.cardinal("".join(parts))
        number, digits = self._numbers.amount, self._numbers.digits
        said = (digits(part) if len(part) > LONGEST_PART else number(part) for part in parts)
        return f" {self._language.dot} ".join(said)

    def _glyph(self, found: re.Match[str]) -> str | None:
        return self._numbers.amount(found["low"]) or None

    def _number(self, found: re.Match[str]) -> str | None:
        number = found["low"]
        if self._language.is_one_left and ONE_OF.match(found.string, found.start()):
            return None
        if found["minus"]:
            if not self._language.minus:
                return None
            return f"{self._language.minus} {self._numbers.amount(number)}"
        if self._is_oblique(found):
            if is_year(number):
                return self._numbers.ordinal(number, "genitive")
            return substituted(self._numbers.amount(number), self._language.after_to)
        following = found.string[found.end() : found.end() + REACH]
        if gender := case_of(following, self._language.before_noun, ""):
            return self._numbers.amount(number, gender)
        if is_year(number):
            return self._numbers.year(number)
        if number.isdecimal() and len(number) > LONGEST_NUMBER:
            return self._numbers.digits(number)
        return self._numbers.amount(number)

    def _is_oblique(self, found: re.Match[str]) -> bool:
        oblique = self._language.oblique
        return bool(oblique) and re.search(oblique, before(found, REACH)) is not None


class _Nth:
    """Says an ordinal whose ending tells its form."""

    def __init__(self, numbers: Numbers, subs: tuple[tuple[str, str], ...]) -> None:
        self._numbers, self._subs = numbers, subs

    def __call__(self, found: re.Match[str]) -> str | None:
        if found["number"][0] == "0":
            return None
        return substituted(self._numbers.ordinal(figures(found["number"])), self._subs)
