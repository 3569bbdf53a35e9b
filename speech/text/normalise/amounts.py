"""Money and measures in words."""

import re
from collections.abc import Iterator

from speech.text.normalise.language import Noun, noun
from speech.text.normalise.numbers import Numbers, figures, substituted
from speech.text.normalise.rules import DASH, END, MINUS, SPACE, START, Rule, alternatives, rule

VOWELS = "aeiouéèêàh"
HAS_ATTRIBUTE = re.compile(r"[A-Za-z] \d")


class Amounts:
    """Says money and measures, with a language's words."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, language = numbers, numbers.language
        self._language = language
        self._coins = {
            sign: (noun(coin), noun(cent) if cent else None)
            for sign, (coin, cent) in language.currencies.items()
        }
        self._scales = {written: noun(said) for written, said in language.scales.items()}
        # "3 Mrd." alone counts as "3 Mrd. €" does.
        self._units = {
            written: scale
            for written, scale in self._scales.items()
            if len(written) > 1 and scale.gender != "thousand"
        } | {written: noun(said) for written, said in language.units.items()}
        self.rules = (*self._attribute_rules(), *self._money_rules(), *self._unit_rules())

    def _attribute_rules(self) -> Iterator[Rule]:
        """Rules for what has the unit in the singular: "a 5-km walk"."""
        units = alternatives(self._language.units)
        for ahead, within, after in self._language.attributes:
            measure = rf"(?P<out>(?P<low>{self._numbers.pattern}){within}(?P<unit>{units}))"
            needs = HAS_ATTRIBUTE if ahead != START else "-"
            yield rule(rf"{ahead}{measure}(?={after})", self._attribute, needs)

    def _money_rules(self) -> Iterator[Rule]:
        low = self._numbers.amount_pattern
        until = rf"{SPACE}(?:{DASH}|{self._language.to or '(?!)'}){SPACE}"
        mark = re.escape(self._language.decimal)
        scale = rf"(?:{SPACE}(?P<scale>{alternatives(self._scales)})(?!\w))?"
        if not self._scales:
            scale = r"(?P<scale>(?!))?"
        sign = alternatives(self._coins)
        round_sum = rf"(?:{mark}[-–—]{{1,2}})?"
        yield rule(
            rf"{START}(?P<minus>{MINUS})(?P<low>\d{{1,6}}) ?(?P<currency>[€£$])(?P<cents>\d\d)"
            rf"{END}",
            self._parted,
        )
        yield rule(
            rf"{START}(?P<minus>{MINUS})(?P<low>{low})(?:{SPACE}(?P<first>{sign})?{until}"
            rf"(?P<high>{low}))?{round_sum}{scale}{SPACE}(?P<currency>{sign})(?![\w{{(])",
            self._money,
        )
        yield rule(
            rf"(?<!\w)(?P<minus>[-\u2212]?)(?P<currency>{sign}){SPACE}(?P<low>{low})"
            rf"(?:{until}(?P<first>{sign})?(?P<high>{low}))?{round_sum}{scale}{END}",
            self._money,
        )

    def _unit_rules(self) -> Iterator[Rule]:
        low = self._numbers.amount_pattern
        unit = alternatives(self._units) or "(?!)"
        minus = rf"(?P<minus>{MINUS})"
        end = r"(?![\w°²³^]|/(?![kdcm]?m[²³])|\.\w)"
        yield rule(
            rf"{START}{minus}(?P<low>{low}){SPACE}(?P<first>{unit}){SPACE}{DASH}{SPACE}"
            rf"(?P<high>{low}){SPACE}(?P<unit>{unit}){end}",
            self._measure,
        )
        until = rf"(?:{DASH}| [–—] |{SPACE}{self._language.to or '(?!)'}{SPACE})"
        yield rule(
            rf"{START}{minus}(?P<low>{low})(?:{until}(?P<high>{low}))?{SPACE}(?P<unit>{unit}){end}",
            self._measure,
        )

    def _span(self, found: re.Match[str], counted: Noun) -> str:
        """The number or numbers before a noun, and the noun in its form."""
        say, gender = self._numbers.amount, counted.gender
        minus = f"{self._language.minus} " if found["minus"] else ""
        high = found["high"]
        if not high:
            form = self._numbers.form(found["low"], counted)
            said = say(found["low"], gender) + self._between(found["low"], counted) + form
            return minus + substituted(said, self._language.joined)
        last = substituted(say(high, gender), self._language.after_to)
        return (
            f"{minus}{say(found['low'], gender)} {self._language.to} {last} "
            f"{self._numbers.form(high, counted)}"
        )

    def _money(self, found: re.Match[str]) -> str | None:
        if found["first"] not in (None, found["currency"]) or self._is_left(found):
            return None
        coin, cent = self._coins[found["currency"]]
        if found["scale"]:
            return f"{self._span(found, self._scales[found['scale']])}{self._of(found, coin)}"
        whole, _, decimals = found["low"].partition(self._language.decimal)
        if len(decimals) != 2 or cent is None or found["high"]:
            return self._span(found, coin)
        return self._sum(found["minus"], whole, decimals, coin, cent)

    def _parted(self, found: re.Match[str]) -> str | None:
        coin, cent = self._coins[found["currency"]]
        if cent is None:
            return None
        return self._sum(found["minus"], found["low"], found["cents"], coin, cent)

    def _sum(self, sign: str, whole: str, decimals: str, coin: Noun, cent: Noun) -> str:
        minus = f"{self._language.minus} " if sign else ""
        small = str(int(decimals))
        cents = f"{self._numbers.cardinal(small, cent.gender)} {self._numbers.form(small, cent)}"
        if not int(figures(whole)):
            return minus + cents
        coins = f"{self._numbers.amount(whole, coin.gender)} {self._numbers.form(whole, coin)}"
        if small == "0":
            return minus + coins
        number = self._numbers.cardinal(small)
        return minus + self._language.cents.format(coins=coins, number=number, cents=cents)

    def _between(self, written: str, counted: Noun) -> str:
        """What parts a number from its noun: "un million d'euros", but "cent euros"."""
        whole = figures(written.partition(self._language.decimal)[0]) or "0"
        is_round = int(whole) > 0 and whole.endswith("000000")
        return self._language.of_scale[counted.many[0] in VOWELS] if is_round else " "

    def _of(self, found: re.Match[str], coin: Noun) -> str:
        scale = self._scales[found["scale"]]
        if scale.gender == "thousand":
            return f" {coin.many}"
        return self._language.of_scale[coin.many[0] in VOWELS] + coin.many

    def _attribute(self, found: re.Match[str]) -> str:
        return f"{self._numbers.amount(found['low'])} {self._units[found['unit']].forms[0]}"

    def _measure(self, found: re.Match[str]) -> str | None:
        unit = found["unit"]
        if found.re.groupindex.get("first") and found["first"] != unit:
            return None
        if unit == "s" and found[0][-2].isdecimal():
            return None
        return None if self._is_left(found) else self._span(found, self._units[unit])

    def _is_left(self, found: re.Match[str]) -> bool:
        if not self._language.is_one_left:
            return False
        return found["low"] == "1" or bool(found["high"] or found["minus"])
