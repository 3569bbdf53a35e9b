"""Card numbers, long codes and places on the globe in words."""

import re
from collections.abc import Iterator

from speech.text.normalise.language import Noun, noun
from speech.text.normalise.numbers import Numbers, is_year
from speech.text.normalise.rules import START, Rule, rule

CARD = (
    r"(?<![\w.,-])(?:\d{4}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{1,7}"
    r"|\d{4}(?P<wide>[ -])\d{6}(?P=wide)\d{5})(?![\w-]|[.,]\d)"
)
IBAN = r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?(?![\w-])"
CODE = r"(?<![\w-])(?=[A-Z]{0,10}\d)(?=\d{0,20}[A-Z])[A-Z\d]{8,30}(?![\w-])"
HAS_CARD = re.compile(r"\d{4}[ -]\d{4}")
HAS_CODE = re.compile(r"[A-Z]\d|\d[A-Z]")
RUN = re.compile(r"\d{1,4}|[A-Z]{1,30}")
FEWEST_DIGITS = 5  # of a code; "WINDOWS10" is a name


class Codes:
    """Says codes digit by digit, in groups, and coordinates with their directions."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, self._compass = numbers, numbers.language.compass
        self._angles = tuple(map(noun, numbers.language.angles))
        self.rules = tuple(self._rules())

    def _rules(self) -> Iterator[Rule]:
        yield rule(IBAN, self._code, HAS_CODE)
        yield rule(CARD, self._card, HAS_CARD)
        yield rule(CODE, self._code, HAS_CODE)
        if not self._compass:
            return
        way = rf"(?: ?(?P<way>[{''.join(self._compass)}])(?![\w'’]))"
        yield rule(
            rf"{START}(?P<degree>\d{{1,3}}) ?° ?(?P<minute>\d{{1,2}}) ?[′'’] ?"
            rf"(?:(?P<second>\d{{1,2}}(?:[.,]\d{{1,4}})?) ?(?:[″\"”]|''))?{way}?",
            self._place,
            "°",
        )
        yield rule(rf"{START}(?P<degree>\d{{1,3}}(?:[.,]\d{{1,8}})?) ?°{way}", self._place, "°")

    def _card(self, found: re.Match[str]) -> str | None:
        groups = re.split("[ -]", found[0])
        if all(map(is_year, groups)):
            return None
        return ", ".join(map(self._numbers.digits, groups))

    def _code(self, found: re.Match[str]) -> str | None:
        written = found[0]
        if sum(map(str.isdecimal, written)) < FEWEST_DIGITS:
            return None
        return ", ".join(
            self._numbers.digits(run) if run.isdecimal() else " ".join(run)
            for run in RUN.findall(written)
        )

    def _place(self, found: re.Match[str]) -> str:
        groups = found.groupdict()
        said = [
            self._angle(groups[name], angle)
            for name, angle in zip(("degree", "minute", "second"), self._angles, strict=True)
            if groups.get(name)
        ]
        if way := groups.get("way"):
            said.append(self._compass[way])
        return " ".join(said)

    def _angle(self, written: str, angle: Noun) -> str:
        decimal = self._numbers.language.decimal
        written = written.replace("." if decimal == "," else ",", decimal)
        whole, _, decimals = written.partition(decimal)
        whole = str(int(whole))
        form = self._numbers.form(whole + (decimal + decimals if decimals else ""), angle)
        if not decimals:
            return f"{self._numbers.cardinal(whole, angle.gender)} {form}"
        point, digits = self._numbers.language.point, self._numbers.digits(decimals)
        return f"{self._numbers.cardinal(whole)} {point} {digits} {form}"
