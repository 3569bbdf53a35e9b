"""Powers, indices, roots and the signs of small formulas in words."""

import re
from collections.abc import Iterator

from speech.text.normalise.language import noun
from speech.text.normalise.numbers import Numbers, is_year
from speech.text.normalise.rules import START, Rule, rule, word_rule

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LOWERED = "₀₁₂₃₄₅₆₇₈₉"
PLAIN = str.maketrans(RAISED + LOWERED + "⁻⁺−", "01234567890123456789-+-")
POWER = rf"(?:(?P<raised>[⁺⁻]?[{RAISED}]{{1,4}})(?!\w)|\^(?P<caret>[-−+]?\d{{1,4}})(?![\w.^]))"
HAS_POWER = re.compile(rf"[{RAISED}^]")
HAS_INDEX = re.compile(rf"[{LOWERED}]")
HAS_SIGN = re.compile("[=+<>×÷≤≥≠≈±−·√π∞~]")
VARIABLE = r"(?:[A-Za-zΑ-Ωα-ω]|mc)"
LEFT = rf"(?:(?<![^\W\d_{RAISED}{LOWERED}]{{2}})[\d)%{RAISED}{LOWERED}∞π]|(?<!\w){VARIABLE})"
RIGHT = rf"(?=[-−±]?[\d(√π∞∫]|{VARIABLE}(?![A-Za-z0-9_']))"
NEAR = 60  # characters on either side in which "=" makes a line a formula
PER = r"(?<=[\w€$£])/(?P<unit>km|dm|cm|mm|m)(?P<raised>[²³])(?!\w)"
MEASURE = r"(?<![\w.])(?P<unit>km|dm|cm|mm|m)(?P<raised>[²³])(?!\w)"


class Formulas:
    """Says powers and formulas, with a language's words for their signs."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, self._words = numbers, numbers.language.formulas
        self.rules = (*self._power_rules(), *self._sign_rules()) if self._words else ()

    def _power_rules(self) -> Iterator[Rule]:
        yield rule(rf"{START}(?P<base>{self._numbers.pattern}){POWER}", self._number, HAS_POWER)
        yield word_rule(PER, self._per, HAS_POWER)
        yield word_rule(MEASURE, self._unit, HAS_POWER)
        yield word_rule(rf"(?:(?<!\w){VARIABLE}|\))(?P<out>{POWER})", self._variable, HAS_POWER)
        yield word_rule(
            rf"(?<=[A-Za-zΑ-Ωα-ω)\]])(?P<out>[{LOWERED}]{{1,4}})(?P<next>[A-Za-z(]?)",
            self._index,
            HAS_INDEX,
        )
        yield word_rule(rf"(?<![\w.])[A-Z]{{2,4}}(?=[{LOWERED}])", self._letters, HAS_INDEX)
        yield rule(r"(?<!\w)(?P<letters>[CNS]O)2(?!\w)", self._gas, "O2")

    def _sign_rules(self) -> Iterator[Rule]:
        yield word_rule(r"√(?=[\w(π])", self._sign, "√")
        spaced = r" (?P<sign>[=+<>×÷≤≥≠≈±·*/−–-]) "
        yield word_rule(rf"{LEFT}(?P<out>{spaced}){RIGHT}", self._between, HAS_SIGN)
        yield word_rule(
            rf"(?:(?<=[\d)%∞π])|(?<=\W[A-Za-z])|(?<=\A[A-Za-z])|(?<=[{RAISED}{LOWERED}]))"
            rf"(?P<out>(?P<sign>[=≤≥≠≈])){RIGHT}",
            self._between,
            HAS_SIGN,
        )
        yield rule(r"(?<=\d)(?P<sign>[+<>÷±−])(?=[\d(√π])", self._between, HAS_SIGN)
        yield rule(r"(?<=\d)(?P<sign>\+)(?=[\s.,;:)]|\Z)", self._after, "+")
        yield rule(r"(?<![\d.,])(?<=\d)(?P<sign>×)(?=\d(?!\d))", self._between, HAS_SIGN)
        yield rule(r"(?<![\w)%] )(?<![\w)%~])(?P<sign>[~≈]) ?(?=\d)", self._around, HAS_SIGN)
        yield rule(r"(?<![\w)%] )(?<![\w)%<>=-])(?P<sign>[<>≤≥±]) ?(?=\d)", self._sign, HAS_SIGN)
        yield word_rule(r"(?<![^\W\d_])(?P<sign>[π∞])(?!\w)", self._sign, HAS_SIGN)

    def _power(self, found: re.Match[str]) -> str:
        written = (found["raised"] or found["caret"]).translate(PLAIN)
        if word := {"2": self._words["²"], "3": self._words["³"]}.get(written):
            return word
        minus = f"{self._numbers.language.minus} " if written[0] == "-" else ""
        number = self._numbers.cardinal(str(int(written.lstrip("+-"))))
        return self._words["^"].format(n=minus + number)

    def _number(self, found: re.Match[str]) -> str | None:
        base, raised = found["base"], found["raised"]
        if is_year(base) and raised and raised.isdigit():
            return None  # the sign of a note after a year
        return f"{self._numbers.amount(base)} {self._power(found)}"

    def _unit(self, found: re.Match[str]) -> str | None:
        said = self._numbers.language.units.get(found["unit"] + found["raised"])
        return noun(said).many if said else None

    def _per(self, found: re.Match[str]) -> str | None:
        said = self._numbers.language.units.get(found["unit"] + found["raised"])
        return f" {self._words['per']} {noun(said).forms[0]}" if said else None

    def _variable(self, found: re.Match[str]) -> str:
        return f" {self._power(found)}"

    def _index(self, found: re.Match[str]) -> str:
        number = found["out"].translate(PLAIN)
        said = self._numbers.cardinal(number) if len(number) < 3 else self._numbers.digits(number)
        return f" {said} " if found["next"].isalpha() else f" {said}"

    def _letters(self, found: re.Match[str]) -> str:
        return " ".join(found[0])

    def _gas(self, found: re.Match[str]) -> str:
        return f"{' '.join(found['letters'])} {self._numbers.cardinal('2')}"

    def _between(self, found: re.Match[str]) -> str | None:
        sign = found["sign"]
        start, end = found.span("out" if "out" in found.re.groupindex else 0)
        near = found.string[max(0, start - NEAR) : end + NEAR]
        is_formula = "=" in near
        if sign in "-–/*" and not is_formula:
            return None
        following = found.string[end : end + 2]
        before = found.string[max(0, start - 2) : start]
        is_size = len(before) == 2 and before.isdecimal() and following.isdecimal()
        if sign == "×" and is_size and not is_formula:
            return None
        return f" {self._words[{'–': '-', '−': '-', '*': '×', '·': '×'}.get(sign, sign)]} "

    def _around(self, _found: re.Match[str]) -> str:
        return f"{self._numbers.language.around} "

    def _after(self, found: re.Match[str]) -> str:
        return f" {self._words[found['sign']]}"

    def _sign(self, found: re.Match[str]) -> str:
        sign = found[0][0]
        said = self._words[sign]
        if sign in "π∞":
            before = found.string[max(0, found.start() - 1) : found.start()]
            return f" {said}" if before.isdecimal() else said
        return f"{said} "
